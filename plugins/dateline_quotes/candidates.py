"""The facts that a text states, in the import format: statements with their speakers, and figures. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dateline_quotes import times
from dateline_quotes.attribution import Attribution, Span
from dateline_quotes.clauses import around, bare
from dateline_quotes.dates import Dated
from dateline_quotes.figures import Stated, figures
from dateline_quotes.marks import paragraphs
from dateline_quotes.names import Named
from dateline_quotes.people import People, Spoken
from dateline_quotes.sentences import masked_text
from dateline_quotes.statements import statements
from dateline_quotes.wording import is_denied, sentence
from dateline_quotes.words import SPEECH, Words

_INNER = re.compile(r"[\"“«]([^\"“”«»]+)[\"”»]")
#: So many words a quotation inside a clause has at least.
_LEAST = 3


class Reading:
    """One text, read. `names` are the entities of its story, by id; `publisher` is the id of its own."""

    def __init__(
        self,
        text: str,
        words: Words,
        names: Mapping[str, tuple[str, ...]],
        publisher: str,
        published: str | None,
    ) -> None:
        self._text, self._words, self._names, self._publisher = text, words, names, publisher
        parts = [*paragraphs(text)]
        masked = masked_text(text, parts)
        self._people = People(masked, words, names)
        self._times = times.Times(text, words, published)
        self._said = statements(masked, parts, words)
        self._spoken: list[tuple[Span, list[str], list[str]]] = []

    def facts(self) -> Iterator[dict[str, Any]]:
        """The statements in order, then the figures."""
        speaker: Spoken | None = None
        for one in self._said:
            if one.source is None or is_denied(one, self._text, self._words):
                continue
            who = self._people.who(one.source, speaker, one.content)
            entities = [] if who is None else [*self._entities(who)]
            if who is None or not entities:
                continue
            speaker = Spoken(who, max(part.end for part in one.content))
            relays = self._relays(one)
            if one.direct or self._words.verbs[self._words.past[one.verb]].takes == SPEECH:
                self._spoken += [(part, entities, relays) for part in one.content]
            yield self._statement(one, who, entities, relays)
        self._spoken.sort(key=lambda spoken: spoken[0])
        for stated in figures(self._text, self._words):
            if not self._times.is_date(stated.start):  # 9 October is no figure
                yield self._figure(stated)

    def _entities(self, who: Named) -> Iterator[str]:
        """The speakers that a name stands for: Kyiv and the West are two."""
        both = self._words.two.fullmatch(who.label) if who.id is None else None
        for label in both.groups() if both and who.label[0].isupper() else [who.label]:
            named = who if label == who.label else Named(label, who.kind)
            entity = (self._people.known(label) or named).entity(self._names)
            if entity is not None:
                yield entity

    def _relays(self, one: Attribution) -> list[str]:
        """Through whom it is known: not the text's own publisher."""
        if one.relay is None:
            who = None if one.hearer is None else self._told(one.hearer)
        else:
            who = self._people.who(one.relay)
        entity = None if who is None else who.entity(self._names)
        return [entity] if entity is not None and entity != self._publisher else []

    def _told(self, hearer: Span) -> Named | None:
        """The organization of the story that somebody spoke to: told NORA, but not: told the Senate."""
        words = self._text[slice(*hearer)]
        known = self._people.known(words)
        body = not self._words.bodies.isdisjoint(words.casefold().split())
        return known if known is not None and known.kind == "organization" and not body else None

    def _statement(
        self, one: Attribution, who: Named, entities: list[str], relays: list[str]
    ) -> dict[str, Any]:
        parts = [bare(self._text, part) if one.direct else part for part in one.content]
        quotes = [self._text[slice(*part)] for part in parts]
        dated = self._times.of_statement(one, parts)
        quote = None if one.direct else self._quoted_in(parts)
        fields: dict[str, Any] = {
            "type": "statement.recorded",
            "speakers": entities,
            "act": one.verb,
            "mode": "direct" if one.direct else "indirect" if quote is None else "mixed",
            "text": sentence(one, who, quotes, self._text, self._words),
            "evidence": [
                *_items("content", parts),
                *_items("quote", [quote]),
                *_items("source", [one.source]),
                *_items("cue", [one.cue]),
                *_items("relay", [one.relay]),
                *_items("time", map(_place, dated.values())),
            ],
        }
        if one.direct:
            fields["quote"] = max(quotes, key=len)
        elif quote is not None:
            fields["quote"] = self._text[slice(*quote)]
        if relays:
            fields["via"] = relays
        if dated:
            fields["times"] = {name: times.fields(date) for name, date in dated.items()}
        return fields

    def _quoted_in(self, parts: Iterable[Span]) -> Span | None:
        """The longest quotation inside what is said in other words."""
        inner = (Span(*one.span(1)) for part in parts for one in _INNER.finditer(self._text, *part))
        long = [one for one in inner if len(self._text[slice(*one)].split()) >= _LEAST]
        return max((bare(self._text, one) for one in long), key=_length, default=None)

    def _figure(self, stated: Stated) -> dict[str, Any]:
        place = Span(stated.start, stated.end)
        at = bisect_right(self._spoken, stated.start, key=lambda spoken: spoken[0].start) - 1
        limits, speakers, relays = Span(0, len(self._text)), list[str](), list[str]()
        if at >= 0 and self._spoken[at][0].end >= stated.end:
            limits, speakers, relays = self._spoken[at]
        clause = around(self._text, place, limits, self._words)
        dated = self._times.within(clause)
        fields: dict[str, Any] = {
            "type": "figure.recorded",
            "quantities": [stated.quantity],
            "evidence": [*_items("content", [clause]), *_items("figure", [place])],
        }
        if speakers:
            fields["attribution"] = [
                {"agent": speakers[0], "role": "origin", "act": "say"},
                *({"agent": relay, "role": "relay"} for relay in relays),
            ]
        if len(dated) == 1:
            fields["times"] = {"valid": times.fields(dated[0])}
            fields["evidence"] += _items("time", map(_place, dated))
        return fields


def _items(role: str, spans: Iterable[Span | None]) -> Iterator[dict[str, Any]]:
    for span in spans:
        if span is not None:
            yield {"role": role, "start": span.start, "end": span.end}


def _place(dated: Dated) -> Span:
    return Span(dated.start, dated.end)


def _length(span: Span) -> int:
    return span.end - span.start
