"""The contracts: every bundled plugin keeps them, and each rule detects a plugin that does not."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dateline import Plugins
from dateline.plugin import (
    Candidate,
    Check,
    Document,
    Doubt,
    Doubter,
    Entity,
    EntityView,
    Event,
    EventType,
    EventView,
    Exporter,
    Fact,
    FactCorrected,
    FactRow,
    FactView,
    FigureRecorded,
    FoldedEvent,
    Importer,
    Known,
    Line,
    Material,
    Payload,
    Proposer,
    Rows,
    Source,
    SourceImporter,
    SourceView,
    StoryState,
    StoryView,
    View,
    ViewRow,
    parse_json,
)
from dateline.testing import contracts
from dateline.testing.contracts import ContractBroken, Trials, Verdict, search, verdicts
from dateline.testing.contracts.checks import CHECK_RULES
from dateline.testing.contracts.doubters import DOUBTER_RULES
from dateline.testing.contracts.event_types import FIELD_RULES
from dateline.testing.contracts.exporters import EXPORTER_RULES
from dateline.testing.contracts.importers import IMPORTER_RULES, SOURCE_RULES
from dateline.testing.contracts.proposers import PROPOSER_RULES
from dateline.testing.contracts.views import VIEW_RULES
from dateline.testing.isolated import isolated

INSTALLED = Plugins.load(strict=True)
KINDS = (
    "views", "exporters", "importers", "source_importers", "containers", "event_types", "checks", "doubts",
    "proposers",
)  # fmt: skip
ITEMS = [(kind, name) for kind in KINDS for name in sorted(getattr(INSTALLED, kind))]


@pytest.fixture(scope="module")
def installed() -> Iterator[Trials]:
    with Trials(INSTALLED, examples=3) as trials:
        yield trials


@pytest.fixture(scope="module")
def no_plugins() -> Iterator[Trials]:
    with Trials(isolated(), examples=3) as trials:
        yield trials


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spend no time on making examples smaller where only the rule matters."""
    monkeypatch.setattr(search, "SECONDS", 0.0)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("kind", "name"),
    ITEMS,
)
def test_bundled_plugins_keep_the_contracts(installed: Trials, kind: str, name: str) -> None:
    found = verdicts(getattr(INSTALLED, kind)[name], installed)
    assert found
    assert [str(verdict.broken) for verdict in found if verdict.broken is not None] == []
    assert [verdict.note for verdict in found if verdict.note] == []


# -- views that break a rule ---------------------------------------------------------------


class Counting(View):
    """A correct view to break: events by type."""

    name = "counting"

    class Row(ViewRow, frozen=True):
        number: float | None

    def fold(self, event: Event, rows: Rows) -> None:
        row = rows.get(event.type)
        if not event.type.startswith("acme."):
            rows.put(event.type, self.Row(number=1 + (row.number if row else 0)))


class Figures(FactView):
    """A correct view of facts to break."""

    name, of = "sums", FigureRecorded

    class Row(FactRow, frozen=True):
        measure: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        for quantity in fact.data.quantities:
            yield self.Row(measure=quantity.measure)


class Raises(Figures):
    def rows(self, fact: Fact) -> Iterable[FactRow]:
        yield self.Row(measure=fact.data.quantities[1].measure)


class Untyped(Figures):
    def rows(self, fact: Fact) -> Iterable[FactRow]:
        yield self.Row(measure=None)  # type: ignore[arg-type]


class Clock(Counting):
    def fold(self, event: Event, rows: Rows) -> None:
        rows.put("at", self.Row(number=time.time()))


class Today(Counting):
    """``datetime.now`` cannot be patched but is detected."""

    def fold(self, event: Event, rows: Rows) -> None:
        rows.put("year", self.Row(number=datetime.now().year))


class Dice(Counting):
    def fold(self, event: Event, rows: Rows) -> None:
        rows.put("dice", self.Row(number=random.randint(1, 6) * 0))


class Reading(Counting):
    def fold(self, event: Event, rows: Rows) -> None:
        with open(__file__) as file:
            rows.put("length", self.Row(number=len(file.read())))


class Numbering(Counting):
    """Counts all calls in the process."""

    count = 0

    def fold(self, event: Event, rows: Rows) -> None:
        type(self).count += 1
        rows.put(event.type, self.Row(number=self.count))


class Remembering(Counting):
    """Keeps state in the instance instead of in its rows: a new process does not have it."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def fold(self, event: Event, rows: Rows) -> None:
        if event.version == 1:
            self.seen = {}
        self.seen[event.type] = self.seen.get(event.type, 0) + 1
        if not event.type.startswith("acme."):
            rows.put(event.type, self.Row(number=self.seen[event.type]))


class Everything(Counting):
    def fold(self, event: Event, rows: Rows) -> None:
        row = rows.get("all")
        rows.put("all", self.Row(number=1 + (row.number if row else 0)))


class Entities(EntityView):
    """A correct view of entities to break."""

    name = "seen"

    class Row(ViewRow, frozen=True):
        entity: str
        number: int

    def rows(self, entity: Entity) -> Iterable[ViewRow]:
        if entity.facts or entity.data is not None:
            yield self.Row(entity=entity.id, number=len(entity.facts))


class Captures(SourceView):
    """A correct view of sources to break."""

    name = "captures"

    class Row(ViewRow, frozen=True):
        source: str
        number: int

    def rows(self, source: Source) -> Iterable[ViewRow]:
        yield self.Row(source=source.id, number=len(source.facts))


class Corrections(EventView):
    """A correct view of events to break."""

    name, of = "corrections", FactCorrected

    class Row(ViewRow, frozen=True):
        number: int

    def rows(self, event: FoldedEvent) -> Iterable[ViewRow]:
        yield self.Row(number=event.version)


class Whole(StoryView):
    """A correct view of stories to break."""

    name = "whole"

    class Row(ViewRow, frozen=True):
        number: int

    def rows(self, story: StoryState) -> Iterable[ViewRow]:
        yield self.Row(number=len(story.facts))


class ReadsOtherFacts(Figures):
    """Each row depends on all facts of the story, but is evaluated only when its own fact changes."""

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        yield self.Row(measure=str(len(fact.story.facts)))


class ReadsOtherEntities(Entities):
    def rows(self, entity: Entity) -> Iterable[ViewRow]:
        if entity.facts or entity.data is not None:
            yield self.Row(entity=entity.id, number=len(entity.story.facts))


class ReadsOtherSources(Captures):
    def rows(self, source: Source) -> Iterable[ViewRow]:
        yield self.Row(source=source.id, number=len(source.story.title))


class NumbersEvents(Corrections):
    """Keeps a count between calls, which another process does not have."""

    def __init__(self) -> None:
        self.count = 0

    def rows(self, event: FoldedEvent) -> Iterable[ViewRow]:
        self.count += 1
        yield self.Row(number=self.count)


class NumbersCalls(Whole):
    """Depends on how often it is called, which is less often in a rebuild."""

    def __init__(self) -> None:
        self.count = 0

    def rows(self, story: StoryState) -> Iterable[ViewRow]:
        self.count += 1
        yield self.Row(number=self.count)


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("view", "rule"),
    [
        (Raises(), "takes-every-story"),
        (Untyped(), "storable-rows"),
        (Clock(), "pure"),
        (Today(), "pure"),
        (Dice(), "pure"),
        (Reading(), "pure"),
        (Numbering(), "replay"),
        (Everything(), "unknown-events"),
        (Remembering(), "pause-and-resume"),
        (Remembering(), "resume-after-failure"),
        (Remembering(), "rebuilt-is-live"),
        (ReadsOtherFacts(), "early-or-late"),
        (ReadsOtherEntities(), "early-or-late"),
        (ReadsOtherSources(), "early-or-late"),
        (NumbersCalls(), "early-or-late"),
        (NumbersEvents(), "pause-and-resume"),
    ],
)
def test_a_view_that_breaks_a_rule_is_caught(view: View, rule: str, no_plugins: Trials) -> None:
    broken = caught(verdicts(view, no_plugins), rule)
    assert [line["type"] for line in broken.history][:1] == ["story.opened"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "view",
    [Counting(), Figures(), Entities(), Captures(), Corrections(), Whole()],
    ids=lambda view: type(view).__name__,
)
def test_a_correct_view_keeps_every_rule(view: View, no_plugins: Trials) -> None:
    found = verdicts(view, no_plugins)
    assert [(verdict.rule, verdict.word) for verdict in found] == [(r, "ok") for r in VIEW_RULES]


@pytest.mark.slow
def test_the_reported_history_is_minimal() -> None:
    class NoTitle(Counting):
        def fold(self, event: Event, rows: Rows) -> None:
            assert event.type != "story.retitled"

    with pytest.raises(ContractBroken) as broken:
        contracts.view_contract(NoTitle(), examples=10)
    assert broken.value.rule == "takes-every-story"
    types = [line["type"] for line in broken.value.history]
    assert types == ["story.opened", "story.retitled"]
    assert "AssertionError" in str(broken.value)


# -- exporters -----------------------------------------------------------------------------


class Lines(Exporter):
    """A correct exporter to break."""

    name, suffix = "lines", ".lines"

    def export(self, material: Material) -> Iterator[str]:
        yield "# stories\n"
        for story in material.stories():
            yield f"{story.slug} {len(story.facts)}\n"


class Buffering(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield "".join(super().export(material))


class HeadFirst(Lines):
    """Writes one piece at once, then reads everything before the next."""

    def export(self, material: Material) -> Iterator[str]:
        pieces = super().export(material)
        yield next(pieces)
        yield "".join(pieces)


class Unended(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield "".join(super().export(material)).rstrip("\n")


class Surrogate(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield "\ud800\n"


class Bytes(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield b"bytes\n"  # type: ignore[misc]


class NotJson(Lines):
    media_type = "application/json"


class Chance(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield f"{random.random()}\n"


class Counter(Lines):
    written = 0

    def export(self, material: Material) -> Iterator[str]:
        self.written += 1
        yield f"{self.written}\n"


class Year(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield f"{datetime.now().year}\n"


class Printing(Lines):
    def export(self, material: Material) -> Iterator[str]:
        print("writing ...")
        yield from super().export(material)


class Nothing(Lines):
    def export(self, material: Material) -> Iterator[str]:
        return (f"{story.slug}\n" for story in material.stories())


class Total(Lines):
    """A sum is known only at the end: this is not buffering."""

    def export(self, material: Material) -> Iterator[str]:
        yield f"{sum(len(story.facts) for story in material.stories()):09}\n"


class Divides(Lines):
    def export(self, material: Material) -> Iterator[str]:
        yield f"{sum(1 / len(story.facts) for story in material.stories())}\n"


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("exporter", "rule"),
    [
        (Buffering(), "streams"),
        (HeadFirst(), "streams"),
        (Unended(), "text"),
        (Surrogate(), "text"),
        (Bytes(), "text"),
        (NotJson(), "text"),
        (Chance(), "deterministic"),
        (Counter(), "deterministic"),
        (Year(), "pure"),
        (Printing(), "silent"),
        (Nothing(), "empty-archive"),
        (Divides(), "takes-every-story"),
    ],
)
def test_an_exporter_that_breaks_a_rule_is_caught(
    exporter: Exporter, rule: str, no_plugins: Trials
) -> None:
    caught(verdicts(exporter, no_plugins), rule)


@pytest.mark.slow
@pytest.mark.parametrize("exporter", [Lines(), Total()])
def test_a_correct_exporter_keeps_every_rule(exporter: Exporter, no_plugins: Trials) -> None:
    found = verdicts(exporter, no_plugins)
    assert [(v.rule, v.word) for v in found] == [(rule, "ok") for rule in EXPORTER_RULES]
    contracts.exporter_contract(exporter, plugins=isolated(), examples=2)


# -- importers -----------------------------------------------------------------------------


class Rough(Importer):
    """Raises on bytes that it cannot parse."""

    name, suffixes = "rough", (".rough",)

    def read(self, chunks: Iterable[bytes]) -> Iterator[Line]:
        for number, line in enumerate(b"".join(chunks).splitlines(), 1):
            yield Line(parse_json(line), number)


class Chunky(Importer):
    """Takes every chunk for a line."""

    name, suffixes = "chunky", (".chunky",)

    def read(self, chunks: Iterable[bytes]) -> Iterator[Line]:
        for number, chunk in enumerate(chunks, 1):
            yield Line({"type": "acme.chunk.read", "bytes": chunk.hex()}, number)


class Careless(SourceImporter):
    name, suffixes, media_type = "careless", (".c",), "text/plain"

    def document(self, content: bytes, charset: str | None) -> Document:
        content.decode()
        return Document(content, "utf-8")


class Trimming(SourceImporter):
    name, suffixes, media_type = "trimming", (".t",), "text/plain"

    def document(self, content: bytes, charset: str | None) -> Document:
        return Document(content.strip(), "utf-8")


class Fickle(SourceImporter):
    name, suffixes, media_type = "fickle", (".f",), "text/plain"
    asked = 0

    def document(self, content: bytes, charset: str | None) -> Document:
        self.asked += 1
        return Document(content, "utf-8" if self.asked % 2 else "cp1252")


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("importer", "rule"),
    [
        (Rough(), "any-bytes"),
        (Chunky(), "any-chunks"),
        (Careless(), "any-bytes"),
        (Trimming(), "keeps-bytes"),
        (Fickle(), "deterministic"),
    ],
)
def test_an_importer_that_breaks_a_rule_is_caught(
    importer: Importer | SourceImporter, rule: str, no_plugins: Trials
) -> None:
    caught(verdicts(importer, no_plugins), rule)
    with pytest.raises(ContractBroken):
        contracts.importer_contract(importer, files=[b"{}"], examples=3)


# -- event types and checks ----------------------------------------------------------------


class Sound(Payload, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.sound.heard"
    what: str
    loud: float | None = None


class Louder(Sound, frozen=True, kw_only=True):
    schema_version: ClassVar[int] = 2


class Loose(Sound, frozen=True, kw_only=True, forbid_unknown_fields=False):
    pass


def _from_v1(fields: dict[str, object]) -> dict[str, object]:
    return {"what": fields.pop("noise"), **fields}


@pytest.mark.slow
def test_a_correct_event_type_keeps_every_rule(no_plugins: Trials) -> None:
    found = verdicts(EventType(Sound), no_plugins)
    assert [(v.rule, v.word) for v in found][:-1] == [
        (rule, "ok") for rule in [*FIELD_RULES, "upcasters"]
    ]
    golden: dict[int, list[dict[str, Any]]] = {
        1: [{"noise": "a horn"}, {"noise": "a bell", "loud": 1.5}]
    }
    contracts.event_type_contract(EventType(Louder, {1: _from_v1}), golden=golden)


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("event_type", "golden", "rule"),
    [
        (EventType(Loose), {}, "unknown-fields"),
        (EventType(Sound, {1: _from_v1}), {}, "upcasters"),
        (EventType(Louder, {1: _from_v1}), {1: [{"sound": "a horn"}]}, "golden"),
        (EventType(Louder, {1: lambda f: {"what": str(random.random())}}), {1: [{}]}, "golden"),
    ],
)
def test_an_event_type_that_breaks_a_rule_is_caught(
    event_type: EventType, golden: dict[int, Any], rule: str
) -> None:
    with pytest.raises(ContractBroken) as broken:
        contracts.event_type_contract(event_type, golden=golden)
    assert broken.value.rule == rule


def _raises(state: StoryState) -> Iterator[str]:
    yield f"{1 / (0 if state.facts else 1)}"


@pytest.mark.slow
@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("run", "rule"),
    [
        (_raises, "takes-every-story"),
        (lambda state: [1], "takes-every-story"),
        (lambda state: [str(random.random())], "deterministic"),
    ],
)
def test_a_check_that_breaks_a_rule_is_caught(
    run: Callable[[StoryState], Iterable[str]], rule: str, no_plugins: Trials
) -> None:
    caught(verdicts(Check("mine", run), no_plugins), rule)


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("find", "rule"),
    [
        (_raises, "takes-every-fact"),
        (lambda fact: ["odd"], "takes-every-fact"),
        (lambda fact: [Doubt("odd", "", str(random.random()), "odd")], "pure"),
    ],
)
def test_a_doubter_that_breaks_a_rule_is_caught(
    find: Callable[[Fact], Iterable[Doubt]], rule: str, no_plugins: Trials
) -> None:
    caught(verdicts(Doubter("mine", find), no_plugins), rule)


class Proposes(Proposer):
    """Yields what a function makes of a text."""

    name, version = "mine", "1"

    def __init__(self, find: Callable[[str], Iterable[Any]]) -> None:
        self._find = find

    def propose(self, text: str, known: Known) -> Iterable[Candidate]:
        return self._find(text)


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize(
    ("find", "rule"),
    [
        (_raises, "any-text"),
        (lambda text: [{"quote": text}], "any-text"),
        (lambda text: [Candidate({"quote": text, "note": str(random.random())})], "pure"),
        (lambda text: [Candidate({"quote": text + "x"})], "quotes-the-text"),
        (lambda text: [Candidate({"evidence": [{"start": 0, "end": 9999}]})], "quotes-the-text"),
        (lambda text: [Candidate({"evidence": [{"exact": "FIC", "start": 1}]})], "quotes-the-text"),
        (lambda text: [Candidate({"text": text})], "quotes-the-text"),
    ],
)
def test_a_proposer_that_breaks_a_rule_is_caught(
    find: Callable[[str], Iterable[Any]], rule: str, no_plugins: Trials
) -> None:
    caught(verdicts(Proposes(find), no_plugins), rule)


@pytest.mark.slow
def test_every_rule_is_broken_by_a_plugin_of_this_module() -> None:
    source = Path(__file__).read_text()
    names = {*VIEW_RULES, *EXPORTER_RULES, *IMPORTER_RULES, *SOURCE_RULES, *CHECK_RULES}
    names |= {*DOUBTER_RULES, *PROPOSER_RULES}
    names |= {"unknown-fields", "upcasters", "golden"}
    assert {name for name in names if f'"{name}"),' not in source} == set()


def caught(found: list[Verdict], rule: str) -> ContractBroken:
    broken = {v.rule: v.broken for v in found if v.broken is not None}
    assert rule in broken, broken
    return broken[rule]
