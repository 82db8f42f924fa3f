"""What search looks through: the facts, texts and entities of all stories, each with its tokens.

Three views of Dateline's own. Their rows also have what a result shows, so that showing it reads no story.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Any

from dateline.events.editorial import FactCorrected
from dateline.events.edtf import parse
from dateline.events.fact import StatementRecorded
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FactNotice, FactPayload
from dateline.events.state import Fact
from dateline.search.tokens import Text, indexed, tag
from dateline.views.forms import DocumentView, EntityView, FactView
from dateline.views.projection import Nearby
from dateline.views.row_type import FactRow, ViewRow
from dateline.views.things import CapturedDocument, Entity, Source
from dateline.views.view_schema import TextIndex

#: So many pieces of one text can be told apart.
_PIECES = 1000
#: Marks entities that others were merged into.
MERGED = tag("state", "merged")
#: Returns the text of a source, None if it has none here.
TextOf = Callable[[str], str | None]


class Facts(FactView):
    """One row for each fact, and one more if its words were others before a correction."""

    name, version, kernel, by = "dateline_search_facts", 1, True, None
    words = TextIndex("number", "tokens")

    class Row(FactRow, frozen=True):
        number: int
        tokens: str
        former: bool
        kind: str
        text: str
        quotes: str
        chain: str
        when: str
        earliest: str | None
        latest: str | None
        speakers: str
        publisher: str

    def rows(self, fact: Fact) -> Iterator[Row]:
        data, when, story = fact.data, fact.when, fact.story
        source = fact.document
        language = None if source is None else source.language
        quotes = list(_quotes(fact))
        speakers = [*dict.fromkeys(map(story.entity_id, _speakers(fact)))]
        publisher = _publisher(fact)
        texts = [(one, language) for one in (data.text, *quotes)]
        tags = (
            tag("story", story.slug),
            tag("kind", fact.kind),
            tag("publisher", publisher),
            *(tag("speaker", one) for one in speakers),
            *(tag("entity", one) for one in dict.fromkeys(map(story.entity_id, fact.names))),
        )
        pieces = [(False, one) for one in indexed(texts, tags)]
        former = [(one, language) for one in _former(fact)]
        if former:
            pieces += [(True, one) for one in indexed([*texts, *former], tags)]
        for item, (once, tokens) in enumerate(pieces[:_PIECES], 1):
            yield self.Row(
                fact.position * _PIECES + item,
                tokens,
                once,
                fact.kind,
                data.text,
                "\n".join(quotes),
                fact.chain_words,
                "undated" if when is None else when.words,
                None if when is None else when.earliest,
                None if when is None else when.latest,
                " ".join(speakers),
                publisher,
            )


class Sources(DocumentView):
    """A row for each piece of each text of a document that facts may quote. `text_of` must be set before
    a fold."""

    name, version, kernel, reads_documents = "dateline_search_sources", 1, True, True
    words = TextIndex("number", "tokens")
    text_of: TextOf | None = None

    class Row(ViewRow, frozen=True):
        number: int
        tokens: str
        document: str
        source: str
        captured: int
        title: str
        publisher: str
        published_by: str
        language: str | None
        when: str
        earliest: str | None
        latest: str | None

    def rows(self, document: CapturedDocument) -> Iterator[Row]:
        for source in document.texts:
            if source.data.media_type == "text/plain":
                yield from self._pieces(document.id, source)

    def _pieces(self, document: str, source: Source) -> Iterator[Row]:
        data, story = source.data, source.story
        text = None if self.text_of is None else self.text_of(source.id)
        texts: list[Text] = [(one, data.language) for one in (data.title, text) if one]
        if not texts:
            return
        when = None if data.published is None else parse(data.published)
        publisher = story.entity_id(data.publisher)
        tags = (tag("story", story.slug), tag("publisher", publisher))
        for item, tokens in enumerate(indexed(texts, tags), 1):
            yield self.Row(
                _number(when.earliest if when else None, story.slug, source.id, item),
                tokens,
                document,
                source.id,
                source.version,
                data.title or "",
                publisher,
                story.label(publisher),
                data.language,
                "undated" if when is None else when.words,
                None if when is None else when.earliest,
                None if when is None else when.latest,
            )

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Facts change nothing here."""
        found = super().touched(event)  # it follows what is one document, from event to event
        return () if isinstance(event.data, FactPayload | FactNotice) else found

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        return () if isinstance(event.data, FactPayload | FactNotice) else None


class Entities(EntityView):
    """One row for each entity of each story: the register. ``amended`` counts the amendments in force."""

    name, version, kernel = "dateline_search_entities", 1, True
    words = TextIndex("number", "tokens")
    indexes = (("entity", "story"),)

    class Row(ViewRow, frozen=True):
        number: int
        tokens: str
        entity: str
        kind: str
        label: str
        names: str
        identifiers: str
        also: str
        amended: int
        part_of: str | None
        lat: float | None
        lon: float | None
        precision: str | None

    def rows(self, entity: Entity) -> Iterator[Row]:
        data, story = entity.data, entity.story
        if data is None:
            return
        also = sorted(one for one in story.merged if story.entity_id(one) == entity.id)
        names = [
            name for one in also if one in story.entities for name in _names(story.entities[one])
        ]
        texts = [(name, None) for name in (*_names(data), *names)]
        tags = (
            tag("story", story.slug),
            tag("kind", data.kind),
            *(tag("entity", one) for one in (entity.id, *also)),
            *(tag("identifier", one) for one in _identifiers(data)),
            *((MERGED,) if also else ()),
        )
        yield self.Row(
            _hash62(story.slug, entity.id),
            indexed(texts, tags)[0],
            entity.id,
            data.kind,
            data.label,
            "\n".join(dict.fromkeys((*data.names, *names))),
            "\n".join(_identifiers(data)),
            " ".join(also),
            sum(len(story.amendments.get(one, ())) for one in (entity.id, *also)),
            data.part_of,
            data.lat,
            data.lon,
            data.precision,
        )

    def touched(self, event: FoldedEvent) -> Iterable[str]:
        """Facts change nothing here."""
        if isinstance(event.data, FactPayload | FactNotice):
            return ()
        return super().touched(event)

    def reads(
        self, event: FoldedEvent, names: Collection[str], nearby: Nearby
    ) -> Collection[str] | None:
        return ()


def _names(entity: Any) -> tuple[str, ...]:
    return (entity.label, *entity.names)


def _identifiers(entity: Any) -> list[str]:
    return [f"{register}:{value}" for register, value in sorted(entity.identifiers.items())]


def _quotes(fact: Fact) -> Iterator[str]:
    if isinstance(fact.data, StatementRecorded) and fact.data.quote:
        yield fact.data.quote
    for item in fact.data.evidence:
        if item.exact != fact.data.text:
            yield item.exact


def _former(fact: Fact) -> Iterator[str]:
    """Words that a correction replaced, or that a correction which was taken back had put there."""
    for event, side in (
        *((one, "was") for one in fact.history),
        *((one, "now") for one in fact.revoked),
    ):
        if isinstance(event.data, FactCorrected):
            for change in event.data.changes:
                yield from _texts(getattr(change, side))


def _texts(value: object) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _speakers(fact: Fact) -> Iterator[str]:
    """Who says it: the speakers of a statement, else whoever stands at the start of its chain."""
    if isinstance(fact.data, StatementRecorded):
        yield from fact.data.speakers
    elif fact.data.attribution:
        yield fact.data.attribution[0].agent


def _publisher(fact: Fact) -> str:
    steps = fact.data.attribution
    if steps and steps[-1].role == "publisher":
        return fact.story.entity_id(steps[-1].agent)
    return "" if fact.document is None else fact.story.entity_id(fact.document.publisher)


def _number(day: str | None, *what: object) -> int:
    """A number of 62 bits for what has no position: what is newer has a higher one."""
    return (0 if day is None else _days(day)) << 40 | _hash62(*what) >> 22


def _days(day: str) -> int:
    """About how many days a date is after the year -1000, as 22 bits."""
    found = re.match(r"(-?[0-9]+)-([0-9]{2})-([0-9]{2})", day)
    if found is None:
        return 0
    year, month, date = map(int, found.groups())
    return max(0, min((year + 1000) * 372 + month * 31 + date, 2**22 - 1))


def _hash62(*what: object) -> int:
    return int.from_bytes(blake2b("\n".join(map(str, what)).encode(), digest_size=8).digest()) >> 2
