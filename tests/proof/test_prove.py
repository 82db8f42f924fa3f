"""Bundles: what a stranger with one file of Python and a public key can tell, and what fools nobody."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline import Archive, Plugins
from dateline.cli.errors import run
from dateline.cli.root import root
from dateline.errors import DatelineError, UnknownName
from dateline.events.identity import uuid7
from dateline.proof import keys, verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, Wrong, check, read_checkpoint
from dateline.testing import samples

Bundle = dict[str, Any]
PROGRAM = Path(verifier.__file__)


@pytest.fixture
def bundle(archive: Archive, outside: Checkpoint) -> Bundle:
    return archive.prove("ferry", "f2", outside, with_documents=True)


def shown(bundle: Bundle) -> list[int]:
    return [n for n, item in enumerate(bundle["entries"], 1) if "body" in item]


def body(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(item["body"]))
    return found


def opened(proven: verifier.Proven, size: int = 600, position: int = 10) -> list[str]:
    """What a proof leaves open; it knows whether the story can have gone on."""
    assert proven.complete == (size == position)
    assert (proven.checkpoint.size, proven.position) == (size, position)
    return proven.open


def test_a_fact_is_proven_with_what_it_rests_on_and_what_came_later(
    bundle: Bundle, key: SigningKey
) -> None:
    proven = check(bundle, [key.vkey])
    assert opened(proven) == []
    types = [entry.type for entry in proven.entries if entry.body is not None]
    assert types == [
        "story.opened", "entity.introduced", "source.captured", "figure.recorded",
        "fact.corrected", "fact.disputed", "facts.linked",
    ]  # fmt: skip
    text = "\n".join(verifier.words(proven))
    assert "143 of 193 passengers" in text
    assert "Fact f2 (figure.recorded)" in text
    assert "fact.corrected /quantities/0/value 143 -> 150 A second count" in text
    assert "facts.linked f1 elaborates f2" in text
    assert "The harbour master says otherwise" not in text  # that is about f1
    assert "as far as position 10 of the log" in text


def test_what_is_withheld_is_not_in_the_file(bundle: Bundle, archive: Archive) -> None:
    everything = json.dumps(bundle) + "".join(
        base64.b64decode(item["body"]).decode() for item in bundle["entries"] if "body" in item
    )
    assert "Everyone is safe" not in everything.replace(samples.TEXT, "")
    assert "Fictional: the storm" not in everything  # another story


def test_only_what_is_about_the_fact_may_be_shown_and_that_is_said(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    bundle = archive.prove("ferry", "f2", outside, with_documents=True, only_about=True)
    proven = check(bundle, [key.vkey])
    types = [entry.type for entry in proven.entries if entry.body is not None]
    assert "fact.disputed" not in types
    [said] = opened(proven)
    assert "Later events (9 of the story) are withheld" in said


def test_without_the_document_its_quotations_are_said_to_be_unchecked(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    proven = check(archive.prove("ferry", "f2", outside), [key.vkey])
    assert opened(proven) == [
        (
            f"The document {samples.SOURCE} is not here: that the quotations stand in it is not "
            "checked (give it with --document FILE)."
        )
    ]


def test_a_whole_story_is_proven(archive: Archive, outside: Checkpoint, key: SigningKey) -> None:
    proven = check(archive.prove("ferry", None, outside, with_documents=True), [key.vkey])
    assert opened(proven) == []
    assert all(entry.body is not None for entry in proven.entries)
    text = "\n".join(verifier.words(proven))
    assert "Fact f1" in text
    assert "Fact f2" in text


def test_a_retraction_kept_back_from_a_whole_story_is_not_called_all_right(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    bundle = archive.prove("ferry", None, outside, with_documents=True)
    correction = bundle["entries"][7]
    assert "fact.corrected" in correction["entry"]
    del correction["salt"], correction["body"]
    correction["withheld"] = True
    [said] = opened(check(bundle, [key.vkey]))
    assert "Later events (8 of the story) are withheld" in said


def test_an_erased_event_leaves_the_chain_whole(
    archive: Archive, outside: Checkpoint, key: SigningKey, path: Path
) -> None:
    from tests.proof.test_verify import erase

    erase(path, 6)
    proven = check(archive.prove("ferry", None, outside, with_documents=True), [key.vkey])
    assert [entry.erased for entry in proven.entries].count(True) == 1
    with pytest.raises(UnknownName, match="no fact 'f1'"):
        archive.prove("ferry", "f1", outside)


def test_it_continues_an_earlier_checkpoint(archive: Archive, key: SigningKey) -> None:
    old = read_checkpoint(archive.checkpoint(key).note)
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    new = read_checkpoint(archive.checkpoint(key).note)
    bundle = archive.prove("ferry", "f2", new, earlier=old, with_documents=True)
    proven = check(bundle, [key.vkey], old)
    assert (proven.earlier, opened(proven, 601, 601)) == (old, [])
    assert "none is left out" in "\n".join(verifier.words(proven))
    without = archive.prove("ferry", "f2", new, with_documents=True)
    assert "does not lead from the checkpoint you hold" in check(without, [key.vkey], old).open[0]
    forged = key_signs(key, old.size, hashlib.sha256(b"other").digest())
    with pytest.raises(Wrong, match="history was rewritten"):
        check(bundle, [key.vkey], forged)
    with pytest.raises(Wrong, match="does not lead to the old root"):
        check({**bundle, "earlier": {**bundle["earlier"], "checkpoint": forged.note}}, [key.vkey])
    with pytest.raises(DatelineError, match="the earlier checkpoint has 601"):
        archive.prove("ferry", "f2", old, earlier=new)


def key_signs(key: SigningKey, size: int, root_: bytes) -> Checkpoint:
    """A checkpoint that the archive's key signed without looking."""
    text = verifier.checkpoint_text(key.vkey.name, size, root_)
    signature = (key.vkey.name, key.vkey.id, key.sign(text))
    return Checkpoint(key.vkey.name, size, root_, text, (signature,))


def test_a_story_that_begins_after_the_checkpoint_is_one_clear_error(
    archive: Archive, outside: Checkpoint
) -> None:
    archive.record([samples.opened("late", "Fictional: late")])
    with pytest.raises(DatelineError, match="begins after that checkpoint"):
        archive.prove("late", None, outside)


# -- forgeries ---------------------------------------------------------------------------------


def rewrite(item: dict[str, Any], old: str, new: str) -> None:
    raw = base64.b64decode(item["body"]).decode()
    assert old in raw
    item["body"] = base64.b64encode(raw.replace(old, new).encode()).decode()


def change_a_body(bundle: Bundle) -> None:
    rewrite(bundle["entries"][6], "143 of 193", "144 of 193")


def change_an_entry(bundle: Bundle) -> None:
    item = bundle["entries"][3]
    item["entry"] = item["entry"].replace('"recorded_at":"2', '"recorded_at":"1')


def respell_an_entry(bundle: Bundle) -> None:
    item = bundle["entries"][3]
    item["entry"] = item["entry"].replace('"type"', ' "type"')


def leave_one_out(bundle: Bundle) -> None:
    del bundle["entries"][7]  # the correction


def leave_the_proof_out(bundle: Bundle) -> None:
    del bundle["entries"][-1]["inclusion"]


def say_another_position(bundle: Bundle) -> None:
    bundle["entries"][-1]["position"] += 1


def swap_bodies(bundle: Bundle) -> None:
    entries = bundle["entries"]
    one, other = entries[7], entries[8]
    one["salt"], other["salt"] = other["salt"], one["salt"]
    one["body"], other["body"] = other["body"], one["body"]


def change_the_document(bundle: Bundle) -> None:
    [document] = bundle["documents"]
    content = base64.b64decode(document["content"]).replace(b"143", b"144")
    document["content"] = base64.b64encode(content).decode()


def put_another_charset(bundle: Bundle) -> None:
    bundle["documents"][0]["charset"] = "cp037"


def put_a_rewriting_charset(bundle: Bundle) -> None:
    bundle["documents"][0]["charset"] = "unicode_escape"


def change_the_root(bundle: Bundle) -> None:
    lines = bundle["checkpoint"].split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    bundle["checkpoint"] = "\n".join(lines)


def ask_for_a_fact_that_is_not_shown(bundle: Bundle) -> None:
    bundle["fact"] = "f1"


def name_another_story(bundle: Bundle) -> None:
    bundle["story"] = "018f0000-0000-7000-8000-000000000002"


def name_another_format(bundle: Bundle) -> None:
    bundle["format"] = "dateline/proof/v2"


def hold_nothing(bundle: Bundle) -> None:
    bundle["entries"] = []


def be_malformed(bundle: Bundle) -> None:
    bundle["entries"][2] = None


FORGERIES: dict[Callable[[Bundle], None], str] = {
    change_a_body: "body",
    change_an_entry: "chain",
    respell_an_entry: "chain",
    leave_one_out: "chain",
    leave_the_proof_out: "inclusion",
    say_another_position: "inclusion",
    swap_bodies: "body",
    change_the_document: "document",
    put_another_charset: "quote",
    put_a_rewriting_charset: "format",
    change_the_root: "signature",
    ask_for_a_fact_that_is_not_shown: "fact",
    name_another_story: "chain",
    name_another_format: "format",
    hold_nothing: "chain",
    be_malformed: "format",
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_bundle_is_refused(
    bundle: Bundle, key: SigningKey, forge: Callable[[Bundle], None]
) -> None:
    check(bundle, [key.vkey])
    forged = copy.deepcopy(bundle)
    forge(forged)
    with pytest.raises(Wrong) as wrong:
        check(forged, [key.vkey])
    assert wrong.value.rule == FORGERIES[forge], wrong.value


def test_a_key_that_came_with_the_bundle_proves_nothing(
    bundle: Bundle, key: SigningKey, archive: Archive, tmp_path: Path
) -> None:
    """Who forges everything signs with a key of his own."""
    forger = keys.create(tmp_path / "forger.key", archive.head().archive)
    at = read_checkpoint(bundle["checkpoint"])
    bundle["checkpoint"] = key_signs(forger, at.size, at.root).note
    check(bundle, [forger.vkey])
    proven = check(bundle, [key.vkey])
    assert "anything here is from the archive is not proven" in opened(proven)[0]
    # Nor with the name and the id of the archive's key on it.
    name, id_, _ = at.signatures[0]
    note = at._replace(signatures=((name, id_, forger.sign(at.text)),)).note
    with pytest.raises(Wrong, match="the signature is not that of"):
        check({**bundle, "checkpoint": note}, [forger.vkey, key.vkey])
    with pytest.raises(Wrong, match="not signed once by"):
        check({**bundle, "checkpoint": at._replace(signatures=at.signatures * 2).note}, [key.vkey])
    with pytest.raises(Wrong, match="of another archive"):
        check(bundle, [keys.create(tmp_path / "other.key", uuid7()).vkey])


# -- a change of keys --------------------------------------------------------------------------


@pytest.fixture
def rotated(
    archive: Archive, key: SigningKey, outside: Checkpoint, tmp_path: Path
) -> tuple[Bundle, SigningKey]:
    """A proof that another key signed, from the checkpoint of the first on."""
    newer = keys.create(tmp_path / "new.key", archive.id)
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    signed = read_checkpoint(archive.checkpoint(newer).note)
    return archive.prove("ferry", "f2", signed, earlier=outside, with_documents=True), newer


def test_after_a_change_of_keys_both_check_all(
    rotated: tuple[Bundle, SigningKey], key: SigningKey, outside: Checkpoint
) -> None:
    bundle, newer = rotated
    for both in ([key.vkey, newer.vkey], [newer.vkey, key.vkey]):
        for held in (None, outside, read_checkpoint(bundle["checkpoint"])):
            assert check(bundle, both, held).open == []


def test_a_checkpoint_of_a_key_that_is_not_given_is_not_called_false(
    rotated: tuple[Bundle, SigningKey], key: SigningKey, outside: Checkpoint
) -> None:
    bundle, newer = rotated
    [said] = check(bundle, [newer.vkey]).open
    assert "None of the keys given signed the earlier checkpoint, of 600 events" in said
    [said] = check(bundle, [newer.vkey], outside).open  # the same one, said once
    del bundle["earlier"]
    said, other = check(bundle, [newer.vkey], outside).open
    assert "None of the keys given signed the checkpoint you hold, of 600 events" in said
    assert "does not lead from the checkpoint you hold" in other
    said, _ = check(bundle, [key.vkey], outside).open
    assert "anything here is from the archive is not proven" in said


def test_a_false_signature_of_a_key_that_is_given_is_false_wherever_it_stands(
    rotated: tuple[Bundle, SigningKey], key: SigningKey, outside: Checkpoint
) -> None:
    bundle, newer = rotated
    name, id_, _ = outside.signatures[0]
    false = outside._replace(signatures=((name, id_, newer.sign(outside.text)),))
    both = [newer.vkey, key.vkey]
    with pytest.raises(Wrong, match="the checkpoint you hold is of another archive"):
        check(bundle, both, outside._replace(origin=f"{verifier.ORIGIN}{uuid7()}"))
    with pytest.raises(Wrong, match="the signature is not that of"):
        check({**bundle, "earlier": {**bundle["earlier"], "checkpoint": false.note}}, both)
    with pytest.raises(Wrong, match="the signature is not that of"):
        check(bundle, both, false)


# -- how far it goes ---------------------------------------------------------------------------


def test_a_bundle_that_was_cut_does_not_look_cleaner_than_a_whole_one(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    archive.record([{"type": "fact.retracted", "fact": "f2", "reason": "No"}], story="ferry")
    signed = read_checkpoint(archive.checkpoint(key).note)
    bundle = archive.prove("ferry", "f2", signed, with_documents=True)
    whole, cut = tmp_path / "whole.json", tmp_path / "cut.json"
    whole.write_text(json.dumps(bundle), "utf-8")
    while "figure.recorded" not in bundle["entries"][-1]["entry"]:
        bundle["entries"].pop()
    cut.write_text(json.dumps(bundle), "utf-8")
    code, lines = verifier.judge(str(whole), [key.vkey])
    assert code == verifier.OK and "fact.retracted" in "\n".join(lines)
    assert not any(line.startswith("NOT SHOWN") for line in lines)
    code, lines = verifier.judge(str(cut), [key.vkey])
    assert code == verifier.OK and "fact.retracted" not in "\n".join(lines)
    assert (
        "NOT SHOWN  Whether the story went on between position 7 and the checkpoint's last, 601: a "
        "correction or a retraction there would not be seen here."
    ) in "\n".join(lines)


def test_a_document_that_nothing_quotes_is_not_said_to_hold_quotations(
    archive: Archive, outside: Checkpoint, key: SigningKey, tmp_path: Path
) -> None:
    other, file = tmp_path / "other.txt", tmp_path / "f2.json"
    other.write_text("Nothing to do with it.\n", "utf-8")
    file.write_text(json.dumps(archive.prove("ferry", "f2", outside, with_documents=True)), "utf-8")
    _, lines = verifier.judge(str(file), [key.vkey], [str(other)])
    told = {line.split(": ")[1] for line in lines if line.startswith("Document")}
    assert told == {
        "the proof quotes nothing from it",
        "its quotations stand in it, read as utf-8",
    }


def test_an_entry_that_reads_in_two_ways_is_refused_even_when_signed(
    archive: Archive, key: SigningKey
) -> None:
    """A key that stands twice: JSON readers differ on which one counts."""
    fields = {
        "archive": str(archive.id), "commitment": "", "domain": verifier.DOMAIN, "prev": "",
        "story": str(archive.story("ferry").id), "type": "story.opened", "version": 1,
    }  # fmt: skip
    once = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    for entry in (once, once.replace('"type":', '"type":"x","type":')):
        leaf = verifier.leaf_hash(entry.encode())
        bundle = {
            "format": verifier.FORMAT, "archive": fields["archive"], "story": fields["story"],
            "fact": None, "checkpoint": key_signs(key, 1, leaf).note,
            "entries": [{"entry": entry, "withheld": True, "position": 1, "inclusion": []}],
        }  # fmt: skip
        if entry == once:
            assert check(bundle, [key.vkey]).entries[0].position == 1
        else:
            with pytest.raises(Wrong, match="not in its one form"):
                check(bundle, [key.vkey])


@pytest.mark.parametrize("junk", [None, [], 1, "x", {}, {"format": verifier.FORMAT}])
def test_anything_else_is_refused(junk: Any, key: SigningKey) -> None:
    with pytest.raises(Wrong, match="format"):
        check(junk, [key.vkey])


# -- as programs -------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DATELINE_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stranger(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program alone, in an interpreter that can see no Dateline."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DATELINE"))}
    code = (
        "import sys, runpy; sys.path = [p for p in sys.path if 'core' not in p];"
        "sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()];"
        "sys.modules['dateline'] = None;"
        "runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "check.py", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_the_archive_to_a_stranger_s_machine(
    archive: Archive, path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db = ["--db", str(path)]
    assert run(root, [*db, "checkpoint", "-o", "monday.txt"]) == 0
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    assert run(root, [*db, "prove", "ferry", "f2", "-o", "f2.json", "--earlier", "monday.txt"]) == 0
    assert run(root, [*db, "prove", "--verifier", "-o", "check.py"]) == 0
    assert run(root, [*db, "key", "show"]) == 0
    public = capfd.readouterr().out.strip()
    assert (home / "check.py").read_bytes() == PROGRAM.read_bytes()
    (home / "report.txt").write_text(samples.TEXT, "utf-8")

    done = stranger(home, "f2.json", "--vkey", public)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "NOT CHECKED  The document" in done.stdout
    done = stranger(
        home, "f2.json", "--vkey", public, "--document", "report.txt", "--against", "monday.txt"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OK  Everything that the proof says holds." in done.stdout
    assert "Fact f2 (figure.recorded)" in done.stdout

    text = (home / "f2.json").read_text("utf-8")
    (home / "f2.json").write_text(text.replace('"prev":"', '"prev":"0'), "utf-8")
    (home / "f2.json").write_text(text.replace('\\"version\\":3', '\\"version\\":4'), "utf-8")
    done = stranger(home, "f2.json", "--vkey", public)
    assert (done.returncode, done.stdout[:5]) == (3, "FALSE")
    assert stranger(home, "f2.json", "--vkey", "nonsense").returncode == 2
    assert stranger(home, "missing.json", "--vkey", public).returncode == 1


def test_a_proof_from_a_checkpoint_of_an_earlier_key_is_made_and_checked(
    archive: Archive, path: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    db = ["--db", str(path)]
    assert run(root, [*db, "checkpoint", "--key", "old.key", "-o", "monday.txt"]) == 0
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    assert run(root, [*db, "key", "new", "--key", "new.key"]) == 0
    capfd.readouterr()
    assert run(root, [*db, "key", "show", "--key", "old.key"]) == 0
    assert run(root, [*db, "key", "show", "--key", "new.key"]) == 0
    old, new = capfd.readouterr().out.split()
    asked = [*db, "prove", "ferry", "f2", "--key", "new.key", "--earlier", "monday.txt"]
    assert run(root, [*asked, "--with-documents", "-o", "a.json"]) == 0
    said = capfd.readouterr().err
    assert f"public key {new}" in said and old not in said
    assert "Not checked: who signed the checkpoint of 600 events" in said
    assert run(root, [*asked, "--with-documents", "--vkey", old, "-o", "b.json"]) == 0
    said = capfd.readouterr().err
    assert f"public key {new}" in said and f"public key {old}" in said
    assert "Not checked" not in said
    assert run(root, [*asked, "--vkey", "nonsense"]) == 2
    (home / "check.py").write_bytes(PROGRAM.read_bytes())
    held = ["b.json", "--against", "monday.txt"]
    done = stranger(home, *held, "--vkey", new, "--vkey", old)
    assert done.returncode == 0, done.stdout + done.stderr
    done = stranger(home, *held, "--vkey", new)
    assert done.returncode == 1 and "NOT CHECKED  None of the keys given" in done.stdout


def test_nothing_in_a_proof_reaches_the_terminal_raw(
    archive: Archive, home: Path, key: SigningKey
) -> None:
    archive.record(
        [
            {"type": "story.retitled", "title": "x"},
            samples.figure(text="\x1b[31mred\u202e and \x07", note="\x9b2J"),
        ],
        story="ferry",
    )
    signed = read_checkpoint(archive.checkpoint(key).note)
    (home / "f3.json").write_text(json.dumps(archive.prove("ferry", "f3", signed)), "utf-8")
    (home / "check.py").write_bytes(PROGRAM.read_bytes())
    done = stranger(home, "f3.json", "--vkey", str(key.vkey))
    assert done.returncode == 1, done.stderr
    assert "\\x1b[31mred\\u202e and \\x07" in done.stdout
    assert not set(done.stdout) & {"\x1b", "\x07", "\x9b", "\u202e"}


def test_what_the_archive_cannot_prove_is_not_written(
    archive: Archive,
    path: Path,
    home: Path,
    key: SigningKey,
    outside: Checkpoint,
    capfd: pytest.CaptureFixture[str],
) -> None:
    import sqlite3

    from tests.proof import attacks

    with sqlite3.connect(path) as db:
        attacks.drop_triggers(db)
        attacks.edit_an_envelope(db)
    db.close()
    arguments = ["--db", str(path), "prove", "ferry", "f2", "-o", "f2.json"]
    assert run(root, [*arguments, "--key", str(home / "a.key")]) == 1
    assert "the archive does not prove this" in capfd.readouterr().err
    assert not (home / "f2.json").exists()
    assert run(root, ["--db", str(path), "prove", "ferry", "f9"]) == 1
    assert "no fact 'f9'" in capfd.readouterr().err


#: The commitment to a body that is no JSON, under a salt of zeros.
NO_JSON = hashlib.sha256(bytes(32) + b"x").hexdigest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET position = -1 WHERE position = 10",
        "UPDATE events SET position = -1 WHERE position = 3",
        "UPDATE events SET position = 0 WHERE position = 1",
        "UPDATE events SET position = 900 WHERE position = 7",
        "UPDATE events SET version = 77 WHERE position = 3",
        "UPDATE events SET version = 'x' WHERE position = 10",
        "DELETE FROM events WHERE position = 4",
        "UPDATE events SET leaf = 'x' WHERE position = 12",
        "UPDATE events SET leaf = 7 WHERE position = 10",
        "UPDATE events SET body = 'x' WHERE position = 3",
        "UPDATE events SET salt = 5 WHERE position = 3",
        (
            f"UPDATE events SET salt = zeroblob(32), body = x'78', commitment = x'{NO_JSON}' "
            "WHERE position = 3"
        ),
        "UPDATE merkle_nodes SET hash = 'x'",
        "UPDATE merkle_nodes SET hash = 7",
    ],
)
def test_a_damaged_archive_is_one_clear_error(
    statement: str,
    archive: Archive,
    path: Path,
    home: Path,
    outside: Checkpoint,
    capfd: pytest.CaptureFixture[str],
) -> None:
    import sqlite3

    from tests.proof import attacks

    (home / "monday.txt").write_text(outside.note, "utf-8")
    with sqlite3.connect(path) as db:
        attacks.drop_triggers(db)
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(statement)
    db.close()
    for fact in ([], ["f2"]):
        asked = ["prove", "ferry", *fact, "--key", "a.key", "--checkpoint", "monday.txt"]
        assert run(root, ["--db", str(path), *asked, "-o", "f2.json"]) in (1, 3)
        said = capfd.readouterr().err
        assert said.startswith("Error: ") and "this is a bug" not in said
        assert not (home / "f2.json").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, verifier.Vkey]:
    folder = tmp_path_factory.mktemp("sample")
    with Archive.create(folder / "a.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        key = keys.create(folder / "a.key", archive.id)
        old = read_checkpoint(archive.checkpoint(key).note)
        archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
        signed = read_checkpoint(archive.checkpoint(key).note)
        bundle = archive.prove("ferry", None, signed, earlier=old, with_documents=True)
    return bundle, key.vkey


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = list(
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path] * bool(path) + [p for name, inner in below for p in places(inner, (*path, name))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_stands_anywhere_in_a_proof_gives_a_verdict(
    sample: tuple[Bundle, verifier.Vkey],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    bundle, vkey = copy.deepcopy(sample[0]), sample[1]
    *above, last = data.draw(st.sampled_from(places(bundle)))
    inside: Any = bundle
    for name in above:
        inside = inside[name]
    before = inside[last]
    inside[last] = data.draw(JSON)
    file = tmp_path_factory.getbasetemp() / "fuzzed.json"
    file.write_text(json.dumps(bundle), "utf-8")
    code, lines = verifier.judge(str(file), [vkey])
    assert code in (verifier.OK, verifier.UNCHECKED, verifier.FALSE)
    text = "\n".join(lines)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    # Only what is not signed may change without being found out.
    free = ("charsets", "documents", "withheld", "erased", "fact", "earlier", "position")
    if code != verifier.FALSE and inside[last] != before:
        assert any(name in free for name in (*above, last)) or last in ("inclusion", "salt", "body")


def test_a_body_of_an_unheard_of_shape_is_a_verdict_too(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    """What a plugin records need not look like a fact of the core."""
    line = {
        "type": "example.thing.seen", "event_id": str(uuid7()), "fact": "f9", "text": "odd",
        "evidence": 7, "source": ["x"], "entity": {}, "attribution": "no",
    }  # fmt: skip
    archive.record([line], story="ferry")
    signed = read_checkpoint(archive.checkpoint(key).note)
    bundle = archive.prove("ferry", "f2", signed, with_documents=True)
    assert opened(check(bundle, [key.vkey]), 601, 601) == []
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(archive.prove("ferry", None, signed)), "utf-8")
    code, lines = verifier.judge(str(whole), [key.vkey])
    assert code == verifier.UNCHECKED, lines
    assert "Fact f9" not in "\n".join(lines)
