"""`dateline prove` when content, keys or checkpoints are missing, foreign or forged."""

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
from dateline.pytest_plugin import Cli
from dateline.testing import samples

KEY = ("--key", "a.key")


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    assert dateline_cli("checkpoint", *KEY).code == 0
    return dateline_cli


def test_an_unknown_fact_is_refused(ferry: Cli) -> None:
    result = ferry("prove", "ferry", "f99", *KEY)
    assert result.code == 1 and "'f99'" in result.err
    assert "protected" not in result.err


def test_protected_facts_are_withheld_and_counted_by_default(ferry: Cli) -> None:
    line = json.dumps(samples.fact("assessment", "NORA", text="Hers."))
    assert ferry("record", "ferry", "--protect", "her", stdin=line).code == 0
    missing = ferry("prove", "ferry", "f3", *KEY)
    assert missing.code == 1 and "--protected-too" in missing.err
    assert ferry("prove", "ferry", "f3", "--protected-too", "-o", "f3.json", *KEY).code == 0
    whole = ferry("prove", "ferry", "-o", "all.json", *KEY)
    assert "1 protected event is withheld: --protected-too shows them." in whole.err
    shown = ferry("prove", "ferry", "--protected-too", "-o", "more.json", *KEY)
    assert shown.code == 0 and "withheld" not in shown.err


def test_an_erased_fact_is_refused_with_its_reason(ferry: Cli) -> None:
    why = ("--reason", "Asked for", "--basis", "consent withdrawn", "--yes")
    assert ferry("erase", "6", *why).code == 0
    result = ferry("prove", "ferry", "f1", *KEY)
    assert result.code == 1
    assert "Asked for (consent withdrawn)" in result.err


def test_a_tampered_fact_is_named(ferry: Cli, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "dateline.db")
    with unguarded(database):
        database.execute("UPDATE events SET body = CAST(body || ' ' AS BLOB) WHERE position = 7")
    database.commit()
    database.close()
    result = ferry("prove", "ferry", "f2", *KEY)
    assert (result.code, result.error) == (1, "damaged")
    assert "position 7" in result.err
    assert ferry("prove", "ferry", "f1", "-o", "f1.json", *KEY).code == 0


# -- keys --------------------------------------------------------------------------------------


def public(ferry: Cli, *key: str) -> str:
    return ferry("key", "show", *key).out.strip()


def test_the_default_key_checks_a_proof_up_to_a_given_checkpoint(
    dateline_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
    assert dateline_cli("checkpoint", "-o", "monday.txt").code == 0
    done = dateline_cli("prove", "ferry", "f2", "--checkpoint", "monday.txt", "-o", "f2.json")
    assert done.code == 0 and "Not checked" not in done.err
    assert f"use the public key {public(dateline_cli)}" in done.err
    # Without the key, the proof is written all the same.
    (tmp_path / "config").rename(tmp_path / "away")
    done = dateline_cli("prove", "ferry", "f2", "--checkpoint", "monday.txt", "-o", "g2.json")
    assert done.code == 0 and "Not checked: the signature on the checkpoint of 7 events" in done.err
    assert (tmp_path / "g2.json").exists()


def test_without_cryptography_the_missing_library_is_reported_not_the_key(
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
    assert "pip install 'dateline[proof]'" in done.err
    assert "the last checkpoint, of 7 events" in done.err


def test_an_unknown_fact_creates_no_key_and_signs_nothing(
    dateline_cli: Cli, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "dateline.db", Plugins()) as archive:
        archive.record(samples.story())
        done = dateline_cli("prove", "ferry", "f99", *KEY)
        assert done.code == 1 and "'f99'" in done.err
        assert "checkpoint" not in done.err
        assert not (tmp_path / "a.key").exists()
        assert archive.last_checkpoint() is None


def test_a_fact_recorded_after_the_given_checkpoint_is_refused(ferry: Cli) -> None:
    assert ferry("checkpoint", *KEY, "-o", "monday.txt").code == 0
    line = json.dumps(samples.figure(text="Again"))
    assert ferry("record", "ferry", stdin=line).code == 0
    done = ferry("prove", "ferry", "f3", *KEY, "--checkpoint", "monday.txt")
    assert done.code == 1
    assert "'f3'" in done.err and "event 7 " in done.err


# -- documents and protection ------------------------------------------------------------------


def test_missing_quoted_documents_are_reported(ferry: Cli) -> None:
    said = "The quoted documents are not in the proof: send them too"
    assert said in ferry("prove", "ferry", "f2", *KEY, "-o", "a.json").err
    done = ferry("prove", "ferry", "f2", *KEY, "--with-documents", "-o", "b.json")
    assert "document" not in done.err
    secret = samples.captured("Fictional: hers.")
    quoting = samples.fact("assessment", "hers", source=secret["source"])
    lines = "".join(json.dumps(line) + "\n" for line in (secret, quoting))
    assert ferry("import", "-", "--story", "ferry", stdin=lines).code == 0
    why = ("--reason", "Asked for", "--basis", "consent withdrawn", "--yes")
    assert ferry("prove", "ferry", *KEY, "--with-documents", "-o", "c.json").code == 0
    assert ferry("erase", "8", *why).code == 0
    done = ferry("prove", "ferry", "f3", *KEY, "--with-documents", "-o", "d.json")
    assert "1 quoted document is not in the proof" in done.err


def test_protected_too_is_not_suggested_when_the_keys_are_missing(
    ferry: Cli, tmp_path: Path
) -> None:
    line = json.dumps(samples.fact("assessment", "NORA", text="Hers."))
    assert ferry("record", "ferry", "--protect", "her", stdin=line).code == 0
    (tmp_path / "dateline.db.keys").unlink()
    missing = ferry("prove", "ferry", "f3", "--protected-too", *KEY)
    assert missing.code == 1 and "keys database" in missing.err
    assert "--protected-too" not in missing.err
    whole = ferry("prove", "ferry", "--protected-too", "-o", "all.json", *KEY)
    assert "1 protected event is withheld" in whole.err and "--keys" in whole.err
    assert "--protected-too" not in whole.err


# -- wrong files --------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> SigningKey:
    """The key of another archive, and its checkpoint in other.txt."""
    with Archive.create(tmp_path / "other.db", Plugins()) as archive:
        archive.record(samples.story())
        key = keys.create(tmp_path / "other.key", archive.id)
        (tmp_path / "other.txt").write_text(archive.checkpoint(key).note, "utf-8")
    return key


def refused(ferry: Cli, code: str, *arguments: str) -> str:
    done = ferry("prove", "ferry", "f2", *KEY, "-o", "f2.json", *arguments)
    assert (done.code, done.error) == (1, code), done.err
    return done.err


def test_a_key_or_checkpoint_of_another_archive_is_refused(
    ferry: Cli, tmp_path: Path, other: SigningKey
) -> None:
    assert other.vkey.name in refused(ferry, "vkey-foreign", "--vkey", str(other.vkey))
    for option in ("--checkpoint", "--earlier"):
        said = refused(ferry, "checkpoint-foreign", option, "other.txt")
        assert "other.txt" in said and other.vkey.name in said
    assert not (tmp_path / "f2.json").exists()


def forged(note: Checkpoint, key: SigningKey, **changes: Any) -> Checkpoint:
    """The same checkpoint with `changes`, signed by `key`."""
    made = note._replace(**changes)
    text = verifier.checkpoint_text(made.origin, made.size, made.root)
    return made._replace(text=text, signatures=((key.vkey.name, key.vkey.id, key.sign(text)),))


def test_a_forged_checkpoint_is_refused(ferry: Cli, tmp_path: Path) -> None:
    assert ferry("checkpoint", *KEY, "-o", "monday.txt").code == 0
    note = read_checkpoint((tmp_path / "monday.txt").read_text("utf-8"))
    archive = UUID(note.origin.removeprefix(verifier.ORIGIN))
    mine, another = keys.load(tmp_path / "a.key", archive), keys.create(tmp_path / "b.key", archive)
    unsigned = note._replace(
        text=verifier.checkpoint_text(note.origin, 7, bytes(32)), root=bytes(32)
    )
    other_history = forged(note, mine, root=bytes(32))
    cases = [
        ("checkpoint-not-signed-here", "not what this archive signed", unsigned),
        ("checkpoint-not-continued", "may be forged", forged(note, another, root=bytes(32))),
        ("checkpoint-not-continued", "its signature is valid", other_history),
        ("checkpoint-ahead", "9 events", forged(note, mine, size=9)),
    ]
    for code, said, made in cases:
        (tmp_path / "it.txt").write_text(made.note, "utf-8")
        for option in ("--checkpoint", "--earlier"):
            err = refused(ferry, code, option, "it.txt")
            assert "it.txt" in err and said in err
            assert ("`dateline verify --against it.txt`" in err) is (made is not unsigned)
    (tmp_path / "it.txt").write_text(other_history.note, "utf-8")
    # Of two files, the error names the wrong one.
    for first, second in (("monday.txt", "it.txt"), ("it.txt", "monday.txt")):
        both = ("--checkpoint", first, "--earlier", second)
        assert "continue it.txt" in refused(ferry, "checkpoint-not-continued", *both)
