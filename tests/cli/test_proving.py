"""`prove` when there is nothing to prove, or not all of it: what it says."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.proof.attacks import unguarded

from dateline import Archive, Plugins
from dateline.proof import keys, verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, read_checkpoint
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
    assert (missing.code, missing.error) == (1, "fact-unknown")
    assert "1 protected fact is only searched with --protected-too" in missing.err
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


# -- keys --------------------------------------------------------------------------------------


def public(ferry: Cli, *key: str) -> str:
    return ferry("key", "show", *key).out.strip()


def test_the_default_key_checks_a_proof_up_to_a_checkpoint_that_is_named(
    dateline_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    assert dateline_cli("checkpoint", "-o", "monday.txt").code == 0
    done = dateline_cli("prove", "ferry", "f2", "--checkpoint", "monday.txt", "-o", "f2.json")
    assert done.code == 0 and "Not checked" not in done.err
    assert f"It is checked with the public key {public(dateline_cli)}" in done.err
    # Without it, the proof is written all the same, as --help says.
    (tmp_path / "config").rename(tmp_path / "away")
    done = dateline_cli("prove", "ferry", "f2", "--checkpoint", "monday.txt", "-o", "g2.json")
    assert done.code == 0 and "Not checked: who signed the checkpoint of 7 events" in done.err
    assert (tmp_path / "g2.json").exists()


def test_without_cryptography_it_does_not_say_that_the_key_is_missing(
    dateline_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    assert dateline_cli("checkpoint").code == 0
    for name in [name for name in sys.modules if name.startswith("cryptography")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    done = dateline_cli("prove", "ferry", "f2", "-o", "f2.json")
    assert done.code == 0 and "not here" not in done.err
    assert (
        "this needs cryptography, which is not installed (pip install 'dateline[proof]')"
        in done.err
    )
    assert "proving up to the last checkpoint, of 7 events" in done.err


def test_a_fact_that_is_not_there_makes_no_key_and_signs_nothing(
    dateline_cli: Cli, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
        done = dateline_cli("prove", "ferry", "f99", *KEY)
        assert done.code == 1 and "story ferry has no fact 'f99'\n" in done.err
        assert "checkpoint" not in done.err
        assert not (tmp_path / "a.key").exists()
        assert archive.last_checkpoint() is None


def test_a_fact_that_came_after_the_checkpoint_that_is_named(ferry: Cli) -> None:
    assert ferry("checkpoint", *KEY, "-o", "monday.txt").code == 0
    line = json.dumps(samples.figure(text="Again"))
    assert ferry("record", "ferry", stdin=line).code == 0
    done = ferry("prove", "ferry", "f3", *KEY, "--checkpoint", "monday.txt")
    assert done.code == 1
    assert "has no fact 'f3' up to event 7 of the log, where the checkpoint ends" in done.err


# -- documents and protection ------------------------------------------------------------------


def test_it_says_when_the_quoted_documents_are_not_in_it(ferry: Cli) -> None:
    said = "The quoted documents are not in it: give them along, for the checker's --document, or"
    assert said in ferry("prove", "ferry", "f2", *KEY, "-o", "a.json").err
    done = ferry("prove", "ferry", "f2", *KEY, "--with-documents", "-o", "b.json")
    assert "document" not in done.err
    secret = samples.captured("Fictional: hers.")
    told = samples.fact("assessment", "hers", source=secret["source"])
    lines = "".join(json.dumps(line) + "\n" for line in (secret, told))
    assert ferry("import", "-", "--story", "ferry", stdin=lines).code == 0
    why = ("--reason", "Asked for", "--basis", "consent withdrawn", "--yes")
    assert ferry("prove", "ferry", *KEY, "--with-documents", "-o", "c.json").code == 0
    assert ferry("erase", "8", *why).code == 0
    done = ferry("prove", "ferry", "f3", *KEY, "--with-documents", "-o", "d.json")
    assert "1 quoted document is not in it" in done.err


def test_protected_facts_whose_keys_are_not_here_are_not_offered_again(
    ferry: Cli, tmp_path: Path
) -> None:
    line = json.dumps(samples.fact("assessment", "NORA", text="Hers."))
    assert ferry("record", "ferry", "--protect", "her", stdin=line).code == 0
    (tmp_path / "dateline.db.keys").unlink()
    said = "bring the keys database back"
    missing = ferry("prove", "ferry", "f3", "--protected-too", *KEY)
    assert (missing.code, missing.error) == (1, "fact-unknown")
    assert said in missing.err and "with --protected-too" not in missing.err
    whole = ferry("prove", "ferry", "--protected-too", "-o", "all.json", *KEY)
    assert "1 protected event is withheld: their keys are not here. Bring the keys" in whole.err
    assert "--protected-too shows" not in whole.err


# -- files that are at fault -------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> SigningKey:
    """The key of another archive, and its checkpoint in other.txt."""
    with Archive.create(tmp_path / "other.db", Plugins()) as archive:
        archive.record(samples.story())
        key = keys.create(tmp_path / "other.key", archive.id)
        (tmp_path / "other.txt").write_text(archive.checkpoint(key).note, "utf-8")
    return key


def refused(ferry: Cli, *arguments: str) -> str:
    done = ferry("prove", "ferry", "f2", *KEY, "-o", "f2.json", *arguments)
    assert done.code == 1 and "the archive does not prove this" not in done.err
    return done.err


def test_a_key_or_checkpoint_of_another_archive_is_at_fault_itself(
    ferry: Cli, tmp_path: Path, other: SigningKey
) -> None:
    said = refused(ferry, "--vkey", str(other.vkey))
    assert f"the key given with --vkey is of {other.vkey.name}, not of this archive" in said
    for option in ("--checkpoint", "--earlier"):
        said = refused(ferry, option, "other.txt")
        assert f"other.txt is a checkpoint of another archive ({other.vkey.name})" in said
    assert not (tmp_path / "f2.json").exists()


def forged(note: Checkpoint, key: SigningKey, **changes: Any) -> Checkpoint:
    """The same checkpoint with something else in it, that `key` signed."""
    made = note._replace(**changes)
    text = verifier.checkpoint_text(made.origin, made.size, made.root)
    return made._replace(text=text, signatures=((key.vkey.name, key.vkey.id, key.sign(text)),))


def test_a_forged_checkpoint_is_at_fault_itself(ferry: Cli, tmp_path: Path) -> None:
    assert ferry("checkpoint", *KEY, "-o", "monday.txt").code == 0
    note = read_checkpoint((tmp_path / "monday.txt").read_text("utf-8"))
    archive = UUID(note.origin.removeprefix(verifier.ORIGIN))
    mine, another = keys.load(tmp_path / "a.key", archive), keys.create(tmp_path / "b.key", archive)
    unsigned = note._replace(
        text=verifier.checkpoint_text(note.origin, 7, bytes(32)), root=bytes(32)
    )
    cases = {
        "it.txt is not what this archive signed: the signature of": unsigned,
        "it.txt (none of the keys here signed it, so it may be forged)": forged(note, another, root=bytes(32)),
        "it.txt (its signature holds: history here is not the one it was signed for)": forged(note, mine, root=bytes(32)),
        "it.txt is of 9 events, and the archive has 7": forged(note, mine, size=9),
    }  # fmt: skip
    for said, made in cases.items():
        (tmp_path / "it.txt").write_text(made.note, "utf-8")
        for option in ("--checkpoint", "--earlier"):
            err = refused(ferry, option, "it.txt")
            assert said in err, (option, err)
            wanted = (
                "from whoever kept it" if made is unsigned else "`dateline verify --against it.txt`"
            )
            assert wanted in err
    (tmp_path / "it.txt").write_text(cases[list(cases)[2]].note, "utf-8")
    # Both files: the one that is at fault is named.
    assert "continue it.txt" in refused(ferry, "--checkpoint", "monday.txt", "--earlier", "it.txt")
    assert "continue it.txt" in refused(ferry, "--checkpoint", "it.txt", "--earlier", "monday.txt")
