"""How many characters a fact costs to type, against what it cost when every field had to be spelled out.

Both command lines of each fact are run and must record the same fact; only its sentence may differ. Entities
are known, and the story has two sources. `pytest -rP tests/cli/test_keystrokes.py` prints the table.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
from pathlib import Path
from typing import Any

from dateline import Archive
from dateline.events.registry import to_fields
from dateline.pytest_plugin import Cli

REPORT = """FICTION. TARN, Friday. The River Velm broke over its east bank on Thursday, and at least fourteen of the 19
houses in Low Street were flooded. "The water was in our kitchens two hours before the warning was," Ida Brandt
told the agency NORA on Friday. Corvin Sael has been deputy director of the Velm Water Board since 2021, which
runs the Hollin dam. The board may have to pay for the damage if the gate moved first.
"""
OTHER = "FICTION. The regatta of Tarn was put off on Thursday, said the mayor.\n"
PREPARED = """
init
open velm-flood --title "Fictional: the Velm flood"
capture report.txt --story velm-flood --publisher org:wire="Fictional Wire" --published 2024-03-08 --language en
capture other.txt --story velm-flood --publisher org:gazette="Tarn Gazette" --published 2024-03-08 --language en
record velm-flood -s 'person:ida-brandt="Ida Brandt" > org:nora=NORA' --to person:corvin-sael="Corvin Sael" "Ida Brandt told the agency NORA"
record velm-flood --subject org:velm-water-board="Velm Water Board" --relation runs --object place:hollin-dam="Hollin dam" "runs the Hollin dam"
record velm-flood --action flow --actor group:river-velm="River Velm" --place "place:low-street=Low Street" "The River Velm"
"""
#: For each fact: the line as it had to be typed before, and as it may be typed now.
FACTS = {
    "statement with chain and figure": (
        """dateline record velm-flood statement --source {source} --speaker person:ida-brandt --via org:nora
        --text "Brandt said the water came two hours before the warning."
        --exact "The water was in our kitchens two hours before the warning was" --said 2024-03-08
        --quantity "measure=hours before the warning,value=2,unit=hour,verbatim=two" """,
        """dateline record velm-flood -s "brandt > nora" -q "hours before the warning" -u hour -d Friday
        "The water was in our kitchens two hours before the warning was" """,
    ),
    "occurrence": (
        """dateline record velm-flood occurrence --source {source} --set action=flood
        --set 'actors=[{{"agent": "group:river-velm", "role": "agent"}}]' --text "The Velm broke over its bank."
        --exact "The River Velm broke over its east bank on Thursday" --valid 2024-03-07""",
        """dateline record velm-flood -a flood -A river-velm -w .
        "The River Velm broke over its east bank on Thursday" """,
    ),
    "figure": (
        """dateline record velm-flood figure --source {source} --text "14 of the 19 houses were flooded."
        --exact "at least fourteen of the 19 houses in Low Street were flooded" --valid 2024-03-07
        --quantity "measure=houses flooded,lower=14,of=19,verbatim=at least fourteen of the 19" """,
        """dateline record velm-flood -q "houses flooded" -w Thursday
        "at least fourteen of the 19 houses in Low Street were flooded" """,
    ),
    "state": (
        """dateline record velm-flood state --source {source} --set relation=runs --set subject=org:velm-water-board
        --set object=place:hollin-dam --text "The water board runs the Hollin dam."
        --exact "the Velm Water Board since 2021, which runs the Hollin dam" """,
        """dateline record velm-flood --subject velm-water-board -r runs -o hollin-dam
        "the Velm Water Board ... runs the Hollin dam" """,
    ),
    "role": (
        """dateline record velm-flood role --source {source} --set person=person:corvin-sael
        --set "title=deputy director" --set organization=org:velm-water-board --valid 2021/..
        --text "Sael is deputy director." --exact "Corvin Sael has been deputy director of the Velm Water Board since 2021" """,
        """dateline record velm-flood --person sael --title "deputy director" --organization velm-water-board
        -w . "Corvin Sael ... since 2021" """,
    ),
    "assessment": (
        """dateline record velm-flood assessment --source {source} --set "condition=the gate moved first"
        --set "effect=the board may have to pay" --text "The board may have to pay for the damage."
        --exact "The board may have to pay for the damage if the gate moved first" """,
        """dateline record velm-flood -c "the gate moved first" --effect "the board may have to pay"
        "The board may ... moved first" """,
    ),
}  # fmt: skip
#: The most that each may cost now, in per cent of before.
AT_MOST = {
    "statement with chain and figure": 50, "occurrence": 46, "figure": 48, "state": 51, "role": 48, "assessment": 48,
}  # fmt: skip


def test_a_fact_costs_about_half_the_characters_that_it_did(
    dateline_cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "report.txt").write_text(REPORT, "utf-8")
    (tmp_path / "other.txt").write_text(OTHER, "utf-8")
    for line in PREPARED.strip().splitlines():
        done = dateline_cli(*shlex.split(line))
        assert done.code == 0, f"{line}\n{done.err}"
    prepared = shutil.copy(tmp_path / "dateline.db", tmp_path / "prepared.db")
    source = hashlib.sha256(REPORT.encode()).hexdigest()[:4]
    costs = {}
    for name, both in FACTS.items():
        before, now = (" ".join(line.split()).format(source=source) for line in both)
        assert recorded(dateline_cli, prepared, now) == recorded(dateline_cli, prepared, before)
        costs[name] = round(100 * len(now) / len(before))
        print(f"{name:32} {len(before):4} -> {len(now):4}  {costs[name]} %")
    assert all(costs[name] <= most for name, most in AT_MOST.items()), costs


def recorded(dateline_cli: Cli, prepared: Path, line: str) -> dict[str, Any]:
    """The fact that a command line records, without its sentence and the words of its dates."""
    shutil.copy(prepared, "dateline.db")
    done = dateline_cli(*shlex.split(line)[1:])
    assert done.code == 0, f"{line}\n{done.err}"
    with Archive.open("dateline.db") as archive:
        event = list(archive.events("velm-flood"))[-1]
    fields = {"type": event.type, **to_fields(event.data)}  # type: ignore[arg-type]
    times = {name: time["edtf"] for name, time in fields.get("times", {}).items() if time}
    return {**fields, "text": None, "times": times}
