"""Bundles: what a stranger can check with one Python file and a public key."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from tests.erasure.scene import raises
from tests.proof.bundles import Bundle, key_signs, opened

from dateline import Archive
from dateline.proof import verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, Wrong, check, read_checkpoint
from dateline.testing import samples


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
    assert "up to position 10 of the log" in text


def test_what_is_withheld_is_not_in_the_file(bundle: Bundle, archive: Archive) -> None:
    everything = json.dumps(bundle) + "".join(
        base64.b64decode(item["body"]).decode() for item in bundle["entries"] if "body" in item
    )
    assert "Everyone is safe" not in everything.replace(samples.TEXT, "")
    assert "Fictional: the storm" not in everything  # another story


def test_only_events_about_the_fact_may_be_shown_and_the_gap_is_reported(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    bundle = archive.prove("ferry", "f2", outside, with_documents=True, only_about=True)
    proven = check(bundle, [key.vkey])
    types = [entry.type for entry in proven.entries if entry.body is not None]
    assert "fact.disputed" not in types
    [said] = opened(proven)
    assert "Other events (9 of the story) are withheld" in said


def test_without_the_document_its_quotations_are_reported_as_unchecked(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    proven = check(archive.prove("ferry", "f2", outside), [key.vkey])
    assert opened(proven) == [
        (
            f"The document {samples.SOURCE} is not here: the quotations from it were not checked "
            "(give it with --document FILE)."
        )
    ]


def test_a_whole_story_is_proven(archive: Archive, outside: Checkpoint, key: SigningKey) -> None:
    proven = check(archive.prove("ferry", None, outside, with_documents=True), [key.vkey])
    assert opened(proven) == []
    assert all(entry.body is not None for entry in proven.entries)
    text = "\n".join(verifier.words(proven))
    assert "Fact f1" in text
    assert "Fact f2" in text


def test_a_retraction_withheld_from_a_whole_story_is_reported(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    bundle = archive.prove("ferry", None, outside, with_documents=True)
    correction = bundle["entries"][7]
    assert "fact.corrected" in correction["entry"]
    del correction["salt"], correction["body"]
    correction["withheld"] = True
    [said] = opened(check(bundle, [key.vkey]))
    assert "Other events (8 of the story) are withheld" in said


def test_an_erased_event_leaves_the_chain_whole(
    archive: Archive, outside: Checkpoint, key: SigningKey, path: Path
) -> None:
    archive.erase(None, [6], reason="Asked", basis="GDPR 17")
    signed = read_checkpoint(archive.checkpoint(key).note)
    for fact in (None, "f2"):
        bundle = archive.prove("ferry", fact, signed, with_documents=True)
        assert bundle["entries"][5]["erased"]
        for say in ({"erased": True}, {"withheld": True}):  # what the file claims changes nothing
            bundle["entries"][5] = {"entry": bundle["entries"][5]["entry"], **say}
            proven = check(bundle, [key.vkey])
            assert [entry.erased for entry in proven.entries].count(True) == 2  # and its dispute
            assert proven.entries[5].erased
            assert "2 erased" in "\n".join(verifier.words(proven))
    with raises("fact-erased"):
        archive.prove("ferry", "f1", signed)
    # A proof up to an earlier checkpoint does not show that there was an erasure.
    proven = check(archive.prove("ferry", None, outside, with_documents=True), [key.vkey])
    assert not any(entry.erased for entry in proven.entries)
    assert "2 withheld, 0 erased" in "\n".join(verifier.words(proven))


def test_what_is_missing_without_a_record_of_an_erasure_is_not_called_erased(
    archive: Archive, outside: Checkpoint, key: SigningKey, path: Path
) -> None:
    from tests.proof.test_verify import erase

    erase(path, 6)
    proven = check(archive.prove("ferry", None, outside, with_documents=True), [key.vkey])
    assert not any(entry.erased for entry in proven.entries)
    assert "1 withheld, 0 erased" in "\n".join(verifier.words(proven))
    with raises("fact-unknown"):
        archive.prove("ferry", "f1", outside)


def test_a_story_is_called_by_its_newest_title(
    archive: Archive, outside: Checkpoint, key: SigningKey
) -> None:
    archive.record([{"type": "story.retitled", "title": "Fictional: the Alma"}], story="ferry")
    signed = read_checkpoint(archive.checkpoint(key).note)
    bundle = archive.prove("ferry", "f2", signed, with_documents=True)
    told = "\n".join(verifier.words(check(bundle, [key.vkey])))
    assert "Story       Fictional: the Alma:" in told and "old title" not in told
    bundle["entries"][-1] |= {"withheld": True}
    told = "\n".join(verifier.words(check(bundle, [key.vkey])))
    assert "Story       Fictional: the ferry Alma:" in told
    assert "may be an old title" in told


def test_a_proof_continues_an_earlier_checkpoint(archive: Archive, key: SigningKey) -> None:
    old = read_checkpoint(archive.checkpoint(key).note)
    archive.record([{"type": "story.retitled", "title": "Fictional: later"}], story="ferry")
    new = read_checkpoint(archive.checkpoint(key).note)
    bundle = archive.prove("ferry", "f2", new, earlier=old, with_documents=True)
    proven = check(bundle, [key.vkey], old)
    assert (proven.earlier, opened(proven, 601, 601)) == (old, [])
    assert "no later event of the story is left out" in "\n".join(verifier.words(proven))
    without = archive.prove("ferry", "f2", new, with_documents=True)
    assert "does not continue the checkpoint you hold" in check(without, [key.vkey], old).open[0]
    forged = key_signs(key, old.size, hashlib.sha256(b"other").digest())
    with pytest.raises(Wrong, match="consistency: "):
        check(bundle, [key.vkey], forged)
    with pytest.raises(Wrong, match="consistency: "):
        check({**bundle, "earlier": {**bundle["earlier"], "checkpoint": forged.note}}, [key.vkey])
    with raises("checkpoint-order"):
        archive.prove("ferry", "f2", old, earlier=new)


def test_a_story_that_begins_after_the_checkpoint_is_one_clear_error(
    archive: Archive, outside: Checkpoint
) -> None:
    archive.record([samples.opened("late", "Fictional: late")])
    with raises("story-after-checkpoint"):
        archive.prove("late", None, outside)


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
        "NOT SHOWN  Whether the story continues between position 7 and the checkpoint's last, 601: a "
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
        "all its quotations were found in it, read as utf-8",
    }
