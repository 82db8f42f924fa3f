"""`prove` when there is nothing to prove, or not all of it: what it says."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.proof.attacks import unguarded

from dateline import Archive, Plugins
from dateline.testing import samples
from dateline.testing.pytest_plugin import Cli

KEY = ("--key", "a.key")


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    assert dateline_cli("checkpoint", *KEY).code == 0
    return dateline_cli


def test_a_fact_that_is_not_there(ferry: Cli) -> None:
    result = ferry("prove", "ferry", "f99", *KEY)
    assert result.code == 1 and "has no fact 'f99'" in result.err
    assert "protected" not in result.err


def test_protected_facts_are_not_shown_unasked_and_are_counted(ferry: Cli) -> None:
    line = json.dumps(samples.fact("assessment", "NORA", text="Hers."))
    assert ferry("record", "ferry", "--protect", "her", stdin=line).code == 0
    missing = ferry("prove", "ferry", "f3", *KEY)
    assert missing.code == 1
    assert "1 protected are not looked into without --protected-too" in missing.err
    assert ferry("prove", "ferry", "f3", "--protected-too", "-o", "f3.json", *KEY).code == 0
    whole = ferry("prove", "ferry", "-o", "all.json", *KEY)
    assert "1 protected event is withheld: --protected-too shows them." in whole.err
    shown = ferry("prove", "ferry", "--protected-too", "-o", "more.json", *KEY)
    assert shown.code == 0 and "withheld" not in shown.err


def test_an_erased_fact_says_why(ferry: Cli) -> None:
    why = ("--reason", "Asked for", "--basis", "consent withdrawn", "--yes")
    assert ferry("erase", "6", *why).code == 0
    result = ferry("prove", "ferry", "f1", *KEY)
    assert result.code == 1
    assert "f1 was erased: Asked for (consent withdrawn)" in result.err


def test_a_tampered_fact_is_named(ferry: Cli, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "dateline.db")
    with unguarded(database):
        database.execute("UPDATE events SET body = CAST(body || ' ' AS BLOB) WHERE position = 7")
    database.commit()
    database.close()
    result = ferry("prove", "ferry", "f2", *KEY)
    assert result.code == 1
    assert "the event at position 7 is not what was recorded" in result.err
    assert ferry("prove", "ferry", "f1", "-o", "f1.json", *KEY).code == 0
