"""The benchmarks run once on small input, only to check that they work. Their figures mean nothing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

RUN = Path(__file__).parent / "benchmarks" / "run.py"


def test_the_benchmarks_run_and_contenders_do_the_same_work(tmp_path: Path) -> None:
    file = tmp_path / "ratios.json"
    command = [sys.executable, str(RUN), "--events", "2000", "--rounds", "1", "--json", str(file)]

    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    ratios = {
        (line["measurement"], line["contender"]): line["ratio"]
        for line in found["lines"]
        if "ratio" in line
    }
    against = ["limit"]
    if importlib.util.find_spec("eventsourcing") is None:
        assert "it is not installed" in done.stdout
    else:
        against.append("eventsourcing")
    for name in ("append", "single", "replay"):
        for other in against:
            assert ratios[name, other]["wall"][0] > 0
    for name in ("append", "replay"):
        assert ratios[name, "SQLAlchemy script"]["wall"][0] > 0
    for name in ("views", "one_of_all", "one_event"):
        assert ratios[name, "limit"]["wall"][0] > 0
    assert found["memory"]["peak_mb"][1] > 0
    assert all(line["ratio"][0] > 0.5 for line in found["startup"].values())


def test_the_cost_of_proof_is_one_line_of_json(tmp_path: Path) -> None:
    command = [sys.executable, str(RUN.with_name("proof.py")), "--events", "2000", "--rounds", "1"]

    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    found = json.loads(line)
    assert found["append_ratio"] > 0
    assert found["verify_us"] > 0
    assert len(found["checkpoint_ms"]) == 5
