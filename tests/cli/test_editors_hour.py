"""An hour of an editor's work on the demo story, in at most twenty lines of shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """\
dateline --db dateline.db demo >/dev/null
echo 'FICTION. The gate log was found, Ida Brandt told NORA: "It had been in a drawer."' > day-4.txt
dateline capture day-4.txt --story velm-flood --publisher org:fictional-wire --published 2024-03-07
dateline record velm-flood statement --source $(sha256sum day-4.txt | cut -c1-12) --said 2024-03-07 \
 --speaker person:ida-brandt --via org:nora --quote "It had been in a drawer." \
 --text "Ida Brandt said the log had been in a drawer." --exact "quote:It had been in a drawer."
dateline record velm-flood occurrence --source $(sha256sum day-4.txt | cut -c1-12) \
 --text "The gate log was found." --exact "The gate log was found" --set action=find
dateline correct velm-flood f34 --set act=tell --reason "She told an agency"
dateline link velm-flood f34 elaborates f35 --note "Where it was"
dateline dispute velm-flood f35 --by person:corvin-sael --ground "The log was never lost"
dateline evidence velm-flood f35 --exact "It had been in a drawer"
dateline review velm-flood f34 accepted --reviewer "the desk" --reason "Heard on tape"
dateline retract velm-flood f35 --reason "It was the visitors' book" --reported 2024-03-08
dateline retitle velm-flood "Fictional: the log in the drawer"
dateline show velm-flood f34
dateline show velm-flood changes -f ndjson | tail -n 6 > changes.ndjson
dateline show velm-flood disputes
dateline export velm-flood -o brief.md
dateline export velm-flood -o facts.csv
dateline close velm-flood --reason "The inquiry begins"
dateline stories
"""


def test_an_hour_of_an_editors_work(tmp_path: Path) -> None:
    assert len(SCRIPT.replace("\\\n", "").splitlines()) <= 20
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    for name in ("DATELINE_DB", "DATELINE_PLUGINS_DIR", "DATELINE_PLUGINS"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", "-exc", SCRIPT],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Recorded f34" in done.stderr
    assert "Ida Brandt, quoted by NORA" in done.stdout
    changes = [json.loads(line) for line in (tmp_path / "changes.ndjson").read_text().splitlines()]
    assert [row["what"] for row in changes] == [
        "correction",
        "dispute",
        "evidence",
        "accepted",
        "retraction",
        "retitling",
    ]
    brief = (tmp_path / "brief.md").read_text("utf-8")
    assert brief.startswith("# Fictional: the log in the drawer\n")
    assert "“It had been in a drawer.”" in brief
    assert "f35 (The gate log was found.) retracted" in brief
    assert "The gate log was found." not in (tmp_path / "facts.csv").read_text("utf-8")
