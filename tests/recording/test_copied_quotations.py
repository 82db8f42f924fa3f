"""Copied quotations are recorded in the source's own words, and what was put right is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.bundled import plugins

from dateline import Archive, Refused
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.events.parts import Change
from dateline.recording.line import Line
from dateline.testing import samples
from dateline.testing.samples import captured, figure, statement

Fields = dict[str, Any]
TEXT = (
    "FICTION. \u201cThe water came two hours be-\nfore the warning,\u201d Mara Voss said.\n"
    "About 16\u202f700 peo\u00adple left; the of\ufb01ce counted 143\u00a0of 193.\n"
)
OWN = "\u201cThe water came two hours be-\nfore the warning,\u201d"
COPY = '"The water came two hours before the warning,"'


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record([*samples.story()[:4], captured(TEXT)])
        yield archive


def said(exact: str, quote: str | None = None, **more: Any) -> Fields:
    fields = {"role": "quote", "exact": exact}
    own = {"source": SOURCE, "mode": "direct", "quote": quote or exact, "evidence": [fields]}
    return statement(**(own | more))


SOURCE = captured(TEXT)["source"]


def counted(exact: str, verbatim: str) -> Fields:
    quantity = {"measure": "people", "value": 16700, "verbatim": verbatim}
    evidence = [{"role": "figure", "exact": exact}]
    return figure(source=SOURCE, evidence=evidence, quantities=[quantity])


def kept(archive: Archive, fact: str = "f1") -> Any:
    return archive.fact("ferry", fact).data


def test_the_source_s_own_words_are_recorded_and_the_rest_follows(archive: Archive) -> None:
    lines = [said(COPY), counted("About 16 700 people left", "16 700")]
    result = archive.record([Line(line, at) for at, line in enumerate(lines, 5)], story="ferry")
    assert (kept(archive).evidence[0].exact, kept(archive).quote) == (OWN, OWN)
    item = kept(archive).evidence[0]
    assert TEXT[item.start : item.end] == OWN
    assert kept(archive, "f2").evidence[0].exact == "About 16\u202f700 peo\u00adple left"
    assert kept(archive, "f2").quantities[0].verbatim == "16\u202f700"
    assert [(one.line, one.field, one.given) for one in result.adjusted] == [
        (5, "/evidence/0/exact", COPY),
        (5, "/quote", COPY),
        (6, "/evidence/0/exact", "About 16 700 people left"),
        (6, "/quantities/0/verbatim", "16 700"),
    ]
    assert not archive.record([said(OWN, text="Again.")], story="ferry").adjusted


def test_only_what_was_copied_is_put_right(archive: Archive) -> None:
    archive.record([said(OWN, COPY)], story="ferry")
    assert kept(archive).quote == OWN
    archive.record([counted("16\u202f700", "143 of 193")], story="ferry")  # elsewhere in the source
    assert kept(archive, "f2").quantities[0].verbatim == "143\u00a0of 193"


def test_a_copy_and_the_source_s_own_words_are_one_event(archive: Archive) -> None:
    given = [{"fact": "f1"} | said(COPY), {"fact": "f2"} | counted("About 16 700", "16 700")]
    own = [{"fact": "f1"} | said(OWN), {"fact": "f2"} | counted("About 16\u202f700", "16\u202f700")]
    assert archive.record(given, story="ferry").new == 2
    for again in (given, own):
        result = archive.record(again, story="ferry")
        assert (result.new, result.already, result.adjusted) == (0, 2, ())
    with pytest.raises(Refused) as refusal:
        archive.record([said(COPY, text="Twice."), said(OWN, text="Twice.")], story="ferry")
    assert {finding.rule for finding in refusal.value.findings} == {"line-repeated"}


def test_a_line_with_its_own_id_is_recognised_too(archive: Archive) -> None:
    ids = [{"event_id": f"00000000-0000-8000-8000-00000000000{at}"} for at in range(3)]
    correction = samples.corrected("f1", "/evidence/0/exact", OWN, "of\ufb01ce  counted")
    lines = [
        ids[0] | {"fact": "f1"} | said(COPY, mode="indirect"),
        ids[1] | {"type": "evidence.added", "fact": "f1", "evidence": [{"role": "cue", "exact": "Mara  Voss said"}]},
        ids[2] | correction | {"changes": [*correction["changes"], {"path": "/quote", "was": OWN, "now": "office counted"}]},
    ]  # fmt: skip
    assert len(archive.record(lines, story="ferry").adjusted) == 5
    assert archive.record(lines, story="ferry").already == 3
    assert kept(archive).evidence[1].exact == "Mara Voss said"
    assert (kept(archive).evidence[0].exact, kept(archive).quote) == ("of\ufb01ce counted",) * 2


@pytest.mark.parametrize("path", ["/evidence/0/exact", "/evidence/0", "/evidence", "/evidence/-"])
def test_a_correction_records_the_source_s_own_words(archive: Archive, path: str) -> None:
    archive.record([counted("16\u202f700", "16\u202f700")], story="ferry")
    own, copy = "143\u00a0of 193", "143 of  193"
    item = {"role": "figure", "exact": copy}
    now: Any = {"/evidence/0/exact": copy, "/evidence": [item]}.get(path, item)
    changes = {path: now, "/quantities/0/verbatim": copy, "/quantities/0/value": 143}
    archive.correct("ferry", "f1", changes, reason="Another figure")
    assert kept(archive).evidence[-1].exact == own
    assert kept(archive).quantities[0].verbatim == own
    [event] = archive.fact("ferry", "f1").history
    recorded: list[Change] = list(event.data.changes)  # type: ignore[union-attr]
    assert copy not in json.dumps([change.now for change in recorded])
    assert archive.recorded is not None
    assert {one.given for one in archive.recorded.adjusted} == {copy}
    archive.correct("ferry", "f1", {"/quantities/0/value": 144}, reason="A recount")
    assert archive.recorded.adjusted == ()


def test_what_cannot_be_put_right_is_refused(archive: Archive) -> None:
    text = "It is  safe. It is\nsafe. They left, we heard, at dawn."
    archive.record([captured(text, title="Another")], story="ferry")
    source = captured(text)["source"]
    for exact, rule, words in [
        ("It is\u00a0safe.", "evidence-ambiguous", "0-12 (…[It is  safe.]"),
        ("They left \u2026 at dawn", "evidence-missing", "ellipsis"),
        ("They left [...] at dawn", "evidence-missing", "ellipsis"),
        ("it is\u00a0safe", "evidence-missing", "the source has"),
    ]:
        with pytest.raises(Refused) as refusal:
            line = samples.fact("occurrence", exact, source=source, action="leave")
            archive.record([line], story="ferry")
        [finding] = refusal.value.findings
        assert finding.rule == rule
        assert words in finding.reason
    exact = {"role": "content", "exact": "They left,\u00a0we", "start": text.index("They")}
    with pytest.raises(Refused) as refusal:  # a given place is kept
        line = samples.fact("occurrence", "x", source=source, action="leave", evidence=[exact])
        archive.record([line], story="ferry")
    assert {finding.rule for finding in refusal.value.findings} == {"evidence-text"}


def test_the_command_line_says_what_was_put_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db, file = str(tmp_path / "a.db"), tmp_path / "more.ndjson"
    with Archive.create(db, plugins()) as archive:
        archive.record([*samples.story()[:4], captured(TEXT)])
    lines = [said("two hours before", text=str(at), mode="indirect") for at in range(4)]
    file.write_text("\n".join(map(json.dumps, lines)))

    def told(*arguments: str) -> str:
        assert run(root, ["--db", db, *arguments]) == 0
        return capsys.readouterr().err

    imported = told("import", str(file), "--story", "ferry")
    assert imported.startswith("8 quotations were adjusted to the source's text:\n  line 1: 'two ")
    assert "'two hours be-\\nfore', at " in imported
    assert "and 3 more" in imported
    assert len(imported.splitlines()) == 8
    assert "adjusted" not in told("import", str(file), "--story", "ferry")
    fact = ["record", "ferry", "occurrence", "--text", "They left.", "--set", "action=leave"]
    assert "1 quotation was" in told(*fact, "--exact", "people left;")
    assert "1 quotation was" in told("evidence", "ferry", "f1", "--exact", "Mara  Voss")
    change = ["--set", "evidence.0.exact=the office counted", "--reason", "Moved"]
    assert "1 quotation was" in told("correct", "ferry", "f5", *change)
