"""Proofs that are altered, made up or malformed are found out."""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.proof.bundles import Bundle, key_signs, opened, rewrite

from dateline import Archive, Plugins
from dateline.events.identity import uuid7
from dateline.proof import keys, verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Unchecked, Wrong, check, read_checkpoint
from dateline.testing import samples


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
    put_a_rewriting_charset: "document",
    change_the_root: "signature",
    ask_for_a_fact_that_is_not_shown: "fact",
    name_another_story: "chain",
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
    """A forger of everything signs with a key of their own."""
    forger = keys.create(tmp_path / "forger.key", archive.head().archive)
    at = read_checkpoint(bundle["checkpoint"])
    bundle["checkpoint"] = key_signs(forger, at.size, at.root).note
    check(bundle, [forger.vkey])
    proven = check(bundle, [key.vkey])
    assert "not proven that anything here is from the archive" in opened(proven)[0]
    # Not even with the name and the id of the archive's key.
    name, id_, _ = at.signatures[0]
    note = at._replace(signatures=((name, id_, forger.sign(at.text)),)).note
    with pytest.raises(Wrong, match="signature: "):
        check({**bundle, "checkpoint": note}, [forger.vkey, key.vkey])
    with pytest.raises(Wrong, match="signature: "):
        check({**bundle, "checkpoint": at._replace(signatures=at.signatures * 2).note}, [key.vkey])
    # A key of another archive says nothing about this one.
    other = keys.create(tmp_path / "other.key", uuid7()).vkey
    [said] = opened(check(bundle, [other]))
    assert said.startswith(f"The given key belongs to {other.name}: ")


def test_an_entry_that_reads_in_two_ways_is_refused_even_when_signed(
    archive: Archive, key: SigningKey
) -> None:
    """A key that occurs twice: JSON parsers differ on which one counts."""
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
            with pytest.raises(Wrong, match="chain: "):
                check(bundle, [key.vkey])


@pytest.mark.parametrize("junk", [None, [], 1, "x", {}, {"format": "dateline/proof/v2"}])
def test_what_does_not_claim_to_be_a_proof_is_not_called_false(junk: Any, key: SigningKey) -> None:
    with pytest.raises(Unchecked):
        check(junk, [key.vkey])


@pytest.mark.parametrize(
    "more", [{}, {"archive": "x", "story": "x", "fact": None, "checkpoint": 7}]
)
def test_a_malformed_proof_is_refused_in_plain_words(more: Bundle, key: SigningKey) -> None:
    with pytest.raises(Wrong) as wrong:
        check({"format": verifier.FORMAT, **more}, [key.vkey])
    assert "Error" not in str(wrong.value) and "'" not in str(wrong.value)


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
        archive.record(
            [samples.entity("person:x", "X"), samples.figure(text="Again.")], story="ferry"
        )
        archive.erase(None, [9], reason="Asked", basis="GDPR 17")
        signed = read_checkpoint(archive.checkpoint(key).note)
        bundle = archive.prove("ferry", None, signed, earlier=old, with_documents=True)
    # Ten events: one is withheld, one was erased, and the last one records that.
    bundle["entries"][7] = {"entry": bundle["entries"][7]["entry"], "withheld": True}
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


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_anywhere_in_a_proof_gives_a_verdict(
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
    # What is shown is shown correctly, or the proof is refused.
    if code != verifier.FALSE and last != "format":
        assert re.search("10 events .*, 8 shown, 1 withheld, 1 erased", text), (above, last)
    # Only unsigned parts may change unnoticed, or the claim that it is a proof at all.
    free = ("format", "charsets", "documents", "withheld", "erased", "fact", "earlier", "position")
    if code != verifier.FALSE and inside[last] != before:
        assert any(name in free for name in (*above, last)) or last in ("inclusion", "salt", "body")


def test_a_body_of_an_unknown_shape_gives_a_verdict_too(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    """An event of a plugin need not look like a fact of the core."""
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
