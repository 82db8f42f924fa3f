"""What the checker shows about facts that editors changed: their present content and status."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.proof.bundles import Bundle

from dateline import Archive
from dateline.events import pointer
from dateline.events.registry import to_fields
from dateline.proof import verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Wrong, check, follow, read_checkpoint
from dateline.testing import samples

SECOND = "FICTION. The ferry company counted anew: 150 of 193 passengers were ashore by noon.\n"
NEW = samples.digest(SECOND)


def place(exact: str, text: str = SECOND) -> dict[str, Any]:
    start = text.index(exact)
    return {"role": "content", "exact": exact, "start": start, "end": start + len(exact)}


def move(archive: Archive, fact: str = "f2") -> None:
    """A correction that moves the fact to the second source."""
    present = to_fields(archive.state("ferry").facts[fact].data)
    changes = [
        {"path": "/source", "was": samples.SOURCE, "now": NEW},
        {"path": "/evidence", "was": present["evidence"], "now": [place("150 of 193 passengers")]},
        {"path": "/text", "was": present["text"], "now": "150 of 193 were ashore."},
    ]
    if "quantities" in present:
        changes += [
            {"path": "/quantities/0/verbatim", "was": "143 of 193", "now": "150 of 193"},
        ]
    line = {"type": "fact.corrected", "fact": fact, "changes": changes, "reason": "A new count"}
    archive.record([samples.captured(SECOND), line], story="ferry")


def prove(
    archive: Archive, key: SigningKey, *, documents: bool = True, fact: str | None = "f2"
) -> Bundle:
    signed = read_checkpoint(archive.checkpoint(key).note)
    return archive.prove("ferry", fact, signed, with_documents=documents)


def judge(
    folder: Path, bundle: Bundle, key: SigningKey, *documents: str | Path
) -> tuple[int, list[str]]:
    file = folder / "proof.json"
    file.write_text(json.dumps(bundle), "utf-8")
    return verifier.judge(str(file), [key.vkey], [str(path) for path in documents])


# -- a fact is followed ------------------------------------------------------------------------


@pytest.mark.parametrize("fact", ["f2", None])
def test_a_fact_that_was_moved_to_another_source_is_looked_up_there(
    archive: Archive, key: SigningKey, tmp_path: Path, fact: str | None
) -> None:
    move(archive)
    added = {"type": "evidence.added", "fact": "f2", "evidence": [place("by noon")]}
    archive.record([added], story="ferry")
    bundle = prove(archive, key, fact=fact)
    assert {item["source"] for item in bundle["documents"]} == {samples.SOURCE, NEW}
    assert bundle["charsets"].keys() == {samples.SOURCE, NEW}
    assert check(bundle, [key.vkey]).quoted == {samples.SOURCE: True, NEW: True}
    code, lines = judge(tmp_path, bundle, key)
    assert code == verifier.OK, lines
    assert f"Document    {NEW}: all its quotations were found in it, read as utf-8" in lines
    printed = "\n".join(lines[lines.index("Fact f2 (figure.recorded)") :])
    now = printed.partition("  now       ")[2]
    assert now.startswith("150 of 193 were ashore.\n")
    assert f'content {place("by noon")["start"]}-{place("by noon")["end"]}: "by noon"' in now
    assert f"source    {NEW}" in now and "through   Ister Wire" in now
    assert '"value": 150' in now and '"verbatim": "150 of 193"' in now
    later = [line for line in lines if line.startswith("  later") and "evidence.added" in line]
    assert later and later[-1].endswith('evidence.added content 75-82: "by noon"')


def test_quotations_that_a_correction_set_are_looked_up(archive: Archive, key: SigningKey) -> None:
    move(archive)
    bundle = prove(archive, key)
    bundle["documents"] = [item for item in bundle["documents"] if item["source"] != NEW]
    proven = check(bundle, [key.vkey])
    assert proven.quoted == {samples.SOURCE: True, NEW: False}
    [said] = proven.open
    assert said.startswith(f"The document {NEW} is not here")
    misread = prove(archive, key)
    for item in misread["documents"]:
        if item["source"] == NEW:
            item["charset"] = "cp037"
    with pytest.raises(Wrong, match=rf"^quote: .*{NEW}"):
        check(misread, [key.vkey])


def test_the_withdrawal_of_a_source_that_a_correction_named_is_reported(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    move(archive)
    archive.record(
        [{"type": "source.withdrawn", "source": NEW, "reason": "Miscounted"}], story="ferry"
    )
    code, lines = judge(tmp_path, prove(archive, key), key)
    assert code == verifier.OK
    assert any("source.withdrawn" in line and line.startswith("  later") for line in lines)
    assert "  status    rests on a source that was withdrawn: Miscounted" in lines
    assert "NOTE  f2 rests on a source that was withdrawn: Miscounted" in lines


def test_the_withdrawal_of_a_former_source_does_not_affect_the_fact(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    move(archive)
    line = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Miscounted"}
    archive.record([line], story="ferry")
    code, lines = judge(tmp_path, prove(archive, key), key)
    assert code == verifier.OK
    assert any("source.withdrawn" in line for line in lines)
    assert not any(line.startswith(("  status", "NOTE")) for line in lines)


def test_what_is_withheld_before_a_misplaced_quotation_may_explain_it(
    archive: Archive, key: SigningKey
) -> None:
    move(archive)
    added = {"type": "evidence.added", "fact": "f2", "evidence": [place("by noon")]}
    archive.record([added], story="ferry")
    bundle = prove(archive, key)
    at = next(
        n
        for n, item in enumerate(bundle["entries"], 1)
        if n > 10 and "fact.corrected" in item["entry"]
    )
    bundle["entries"][at - 1]["withheld"] = True
    proven = check(bundle, [key.vkey])
    assert proven.quoted[samples.SOURCE] is False
    assert any("a correction that is withheld or erased" in line for line in proven.open)


def test_nothing_is_followed_past_a_change_that_does_not_fit(
    archive: Archive, key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one made for another schema version than the fact was recorded in."""
    line = samples.corrected("f2", "/note", None, "Counted twice.", shape=1)
    archive.record([line], story="ferry")
    bundle = prove(archive, key)
    assert check(bundle, [key.vkey]).facts["f2"].now is not None
    original = verifier._corrected
    monkeypatch.setattr(verifier, "_corrected", lambda fact, data, shape: original(fact, data, 7))
    code, lines = judge(tmp_path, bundle, key)
    assert code == verifier.UNCHECKED
    assert "  now       not known: a change to it does not fit" in lines
    [said] = [line for line in lines if line.startswith("NOT CHECKED")]
    assert "changes f2 in a way that does not fit it" in said
    assert any(line.endswith("not all its quotations were found in it") for line in lines)


FACT = {
    "fact": "f1", "text": "t", "source": "s", "evidence": [{"exact": "a"}, {"exact": "b"}],
    "quantities": [{"value": 1}], "note": "n", "a/b": {"~": 1},
}  # fmt: skip


def corrected(*changes: tuple[str, Any], **more: Any) -> dict[str, Any] | None:
    listed = [{"path": path, "now": now} for path, now in changes]
    line = {"fact": "f1", "changes": listed} | more
    events = [("figure.recorded", 1, FACT, "1"), ("fact.corrected", 1, line, "2")]
    return follow(events)["f1"][-1][1]


@pytest.mark.parametrize(
    "change",
    [
        ("/text", "u"), ("/note", None), ("/evidence/1", None), ("/evidence/-", {"exact": "c"}),
        ("/evidence/2", {"exact": "c"}), ("/evidence/0/exact", "z"), ("/times/said/edtf", "2024"),
        ("/times/said/edtf", None), ("/a~1b/~0", 2), ("/quantities/0/value", None), ("/", 1),
    ],
)  # fmt: skip
def test_a_change_does_to_a_fact_what_it_does_in_the_archive(change: tuple[str, Any]) -> None:
    before, wanted = json.dumps(FACT), json.loads(json.dumps(FACT))
    pointer.put(wanted, *change)
    assert corrected(change) == wanted
    assert json.dumps(FACT) == before


@pytest.mark.parametrize(
    "change",
    [
        ("text", "u"), ("", "u"), ("/evidence/-1", None), ("/evidence/01", {}), ("/evidence/5", {}),
        ("/evidence/2", None), ("/evidence/-/exact", "c"), ("/text/0", "u"), ("/note~2", "u"),
        ("/evidence/²", {}), ("/evidence/" + "9" * 17, {}), ("/text", None), ("/source", 7),
        ("/fact", "f2"), ("/evidence", []), (7, "u"), (None, "u"), ("/a" * 5000, 1),
    ],
)  # fmt: skip
def test_a_change_that_leads_nowhere_does_not_fit(change: tuple[Any, Any]) -> None:
    assert corrected(change) is None


def test_a_change_fits_only_the_recorded_schema_version() -> None:
    assert corrected(("/text", "u"), shape=1) is not None
    assert corrected(("/text", "u"), shape=None) is not None
    assert corrected(("/text", "u"), shape=2) is None
    for changes in (7, [7], [{}], None):
        assert corrected(changes=changes) is None


def test_a_story_of_thousands_of_changes_is_followed_in_seconds() -> None:
    evidence = [{"exact": "a", "start": 0, "end": 1}]
    events: list[tuple[str, object, dict[str, Any], str]] = []
    for fact in range(500):
        name = f"f{fact}"
        events.append(("figure.recorded", 1, {**FACT, "fact": name}, name))
        for _ in range(10):
            events.append(
                ("evidence.added", 1, {"fact": name, "evidence": evidence}, f"e{len(events)}")
            )
            change = {"path": "/evidence/0/exact", "now": "c"}
            events.append(
                ("fact.corrected", 1, {"fact": name, "changes": [change]}, f"c{len(events)}")
            )
    began = time.process_time()
    last = follow(events)["f499"][-1][1]
    assert last is not None and len(last["evidence"]) == 12
    assert time.process_time() - began < 5


# -- status ------------------------------------------------------------------------------------


def told(archive: Archive, key: SigningKey, folder: Path, fact: str = "f2") -> list[str]:
    code, lines = judge(folder, prove(archive, key, fact=fact), key)
    assert code == verifier.OK, lines
    return [line for line in lines if line.startswith(("  status", "NOTE"))]


def review(verdict: str, **more: str) -> dict[str, str]:
    line = {
        "type": "fact.reviewed",
        "fact": "f2",
        "verdict": verdict,
        "reviewer": "person:mara-voss",
    }
    return line | more


def test_an_unquestioned_fact_has_no_status(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    assert told(archive, key, tmp_path) == []
    assert told(archive, key, tmp_path, "f1") == [
        "  status    is disputed: The harbour master says otherwise"
    ]


def test_a_retraction_is_shown_at_the_top_and_at_the_end(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    archive.record([review("accepted"), samples.retracted("f2")], story="ferry")
    assert told(archive, key, tmp_path) == [
        "  status    was retracted: It did not happen.",
        "NOTE  f2 was retracted: It did not happen.",
    ]


def test_the_last_verdict_of_reviewers_counts(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    archive.record([review("rejected", reason="No source")], story="ferry")
    assert told(archive, key, tmp_path) == [
        "  status    was rejected: No source",
        "NOTE  f2 was rejected: No source",
    ]
    archive.record([review("accepted")], story="ferry")
    assert told(archive, key, tmp_path) == []
    archive.record([review("rejected", reason="Still none")], story="ferry")
    assert told(archive, key, tmp_path)[0] == "  status    was rejected: Still none"


def test_a_source_that_was_withdrawn_before_a_fact_was_recorded_from_it_is_reported(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    line = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Made up"}
    archive.record([line, samples.figure(text="Again")], story="ferry")
    bundle = prove(archive, key, fact="f3")
    code, lines = judge(tmp_path, bundle, key)
    assert code == verifier.OK
    assert "NOTE  f3 rests on a source that was withdrawn: Made up" in lines
    assert any(line.startswith("  before") and "source.withdrawn" in line for line in lines)
    bundle["entries"][10]["withheld"] = True
    assert "source.withdrawn" in bundle["entries"][10]["entry"]
    [said] = check(bundle, [key.vkey]).open
    assert "(11 of the story) are withheld or erased" in said and "withdraw its source" in said


def test_a_fact_that_was_retracted_disputes_nothing(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    link = {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "disputes"}
    archive.record([link], story="ferry")
    assert told(archive, key, tmp_path) == ["  status    is disputed by f1"]
    archive.record([samples.retracted("f1")], story="ferry")
    assert told(archive, key, tmp_path) == []


def test_the_status_is_that_of_the_archive(archive: Archive, key: SigningKey) -> None:
    other = {"type": "facts.linked", "from": "f2", "to": "f1", "relation": "disputes"}
    for lines in ([], [other], [review("rejected")], [samples.retracted("f1")]):
        archive.record(lines, story="ferry")
        facts = check(prove(archive, key, fact=None), [key.vkey]).facts
        for name, fact in archive.state("ferry").facts.items():
            wanted = fact.status if fact.status not in ("recorded", "updated", "corrected") else ""
            assert facts[name].status == wanted, name
            now = facts[name].now
            assert now is not None and now["text"] == fact.data.text


def test_the_withdrawal_of_a_source_that_the_fact_never_had_leaves_nothing_open(
    archive: Archive, key: SigningKey
) -> None:
    """It came before the fact, and is shown: without it, its source would be unknown."""
    lines = [
        samples.captured(SECOND),
        {"type": "source.withdrawn", "source": NEW, "reason": "Miscounted"},
        samples.figure(text="Again"),
    ]
    archive.record(lines, story="ferry")
    proven = check(prove(archive, key, fact="f3"), [key.vkey])
    assert proven.open == []
    assert (proven.facts["f3"].status, proven.facts["f3"].told) == ("", [])


def test_what_is_shown_is_not_erased_whatever_an_event_lists() -> None:
    fields = {"type": "content.erased", "event_id": "x"}
    entry = verifier.Entry(fields, 1, {"data": {"events": [{"event_id": "x"}]}}, False)
    assert not verifier._with_erased([entry])[0].erased
    assert verifier._with_erased([entry, entry._replace(body=None)])[1].erased


# -- amendments and revocations ----------------------------------------------------------------


@pytest.mark.parametrize("fact", ["f2", None])
def test_a_fact_whose_retraction_and_correction_were_taken_back_is_as_before(
    archive: Archive, key: SigningKey, tmp_path: Path, fact: str | None
) -> None:
    archive.correct("ferry", "f2", {"text": "Fewer were ashore."}, reason="A guess")
    archive.add_evidence("ferry", "f2", "by noon")
    archive.retract("ferry", "f2", reason="Made up")
    code, lines = judge(tmp_path, prove(archive, key, fact=fact), key)
    assert "NOTE  f2 was retracted: Made up" in lines
    archive.undo("ferry", reason="It was right")
    retraction = archive.head().position
    archive.undo("ferry", retraction - 3, reason="No guesses")
    bundle = prove(archive, key, fact=fact)
    proven = check(bundle, [key.vkey]).facts["f2"]
    present = json.loads(json.dumps(to_fields(archive.fact("ferry", "f2").data)))
    assert (proven.status, proven.now) == ("", present)
    code, lines = judge(tmp_path, bundle, key)
    assert code == verifier.OK
    assert not any(line.startswith(("NOTE", "  status")) for line in lines if "f2" in line)
    assert sum("event.revoked takes back" in line for line in lines) == 2
    archive.undo("ferry", retraction, reason="It was wrong after all")
    assert check(prove(archive, key, fact=fact), [key.vkey]).facts["f2"].status == "retracted"


def test_a_proof_shows_a_source_and_an_entity_as_amended(
    archive: Archive, key: SigningKey, tmp_path: Path
) -> None:
    archive.record([samples.entity("person:m-voss", "M. Voss")], story="ferry")
    archive.amend("ferry", samples.VOSS, {"label": "Mara Lind"}, reason="Renamed")
    archive.amend(
        "ferry",
        samples.SOURCE,
        {"publisher": samples.NORA, "published": "2024-05-07"},
        reason="Misread",
    )
    _, lines = judge(tmp_path, prove(archive, key, fact="f1"), key)
    assert "  through   Mara Lind > NORA > NORA" in lines
    assert "            Ferry aground, NORA, 2024-05-07" in lines
    archive.merge("ferry", samples.VOSS, "person:m-voss", reason="One person")
    code, lines = judge(tmp_path, prove(archive, key, fact="f1"), key)
    assert (code, "  through   M. Voss > NORA > NORA" in lines) == (verifier.OK, True)
    archive.undo("ferry")
    archive.undo("ferry")
    archive.undo("ferry")
    code, lines = judge(tmp_path, prove(archive, key, fact="f1"), key)
    assert (code, "  through   Mara Voss > NORA > Ister Wire" in lines) == (verifier.OK, True)


def test_a_withheld_revocation_may_change_a_fact(archive: Archive, key: SigningKey) -> None:
    archive.retract("ferry", "f2", reason="Made up")
    archive.undo("ferry")
    bundle = prove(archive, key)
    bundle["entries"][-1]["withheld"] = True
    proven = check(bundle, [key.vkey])
    assert proven.facts["f2"].status == "retracted"
    assert any("withheld" in said for said in proven.open)
