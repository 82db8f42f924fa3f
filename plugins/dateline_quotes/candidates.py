"""The facts that a text states, in the import format: statements with their speakers, and figures. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from dateline_quotes.attribution import Attribution, Span
from dateline_quotes.dates import Dated, Dates, source_day
from dateline_quotes.figures import Stated, figures
from dateline_quotes.marks import paragraphs
from dateline_quotes.names import Named
from dateline_quotes.people import People, Spoken
from dateline_quotes.sentences import masked_text
from dateline_quotes.statements import statements
from dateline_quotes.wording import bare, is_denied, sentence
from dateline_quotes.words import SPEECH, Words

_MARKS = "\"“”„‟«»`'‘’"
_ENDS = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘(]?[^\W\d_a-z])|\n")
_INNER = re.compile(r"[\"“«]([^\"“”«»]+)[\"”»]")
#: So far from a figure its sentence is looked for; so many words a quotation inside a clause has at least.
_FAR, _LEAST = 400, 3
#: So near the verb is the date on which something was said, in characters.
_NEAR = 80


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
        self._masked = masked_text(text, parts)
        self._people = People(self._masked, words, names)
        self._day = source_day(text, published, words)
        self._reader = Dates(self._day, words)
        self._dates = [
            dated
            for dated in self._reader.find(text, 0, len(text))
            if dated.expression.casefold() not in words.dates.vague  # now, recently
        ]
        self._places = [one.start for one in self._dates]
        self._said = statements(self._masked, parts, words)
        self._spoken: list[tuple[Span, list[str], list[str]]] = []

    def facts(self) -> Iterator[dict[str, Any]]:
        """The statements in order, then the figures."""
        speaker: Spoken | None = None
        for one in self._said:
            if one.source is None or is_denied(one, self._text, self._words):
                continue
            who = self._people.who(one.source, speaker)
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
            at = bisect_right(self._places, stated.start) - 1
            if at < 0 or self._dates[at].end <= stated.start:  # 9 October is no figure
                yield self._figure(stated)

    def _entities(self, who: Named) -> Iterator[str]:
        """The speakers that a name stands for: Kyiv and the West are two."""
        both = self._words.two.fullmatch(who.label) if who.id is None else None
        for label in both.groups() if both and who.label[0].isupper() else [who.label]:
            known = self._people.known(label)
            entity = (known or (who if label == who.label else Named(label, who.kind))).entity(
                self._names
            )
            if entity is not None:
                yield entity

    def _relays(self, one: Attribution) -> list[str]:
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

    # -- statements --------------------------------------------------------------------------

    def _statement(
        self, one: Attribution, who: Named, entities: list[str], relays: list[str]
    ) -> dict[str, Any]:
        parts = (
            [bare(self._text, part, _MARKS) for part in one.content]
            if one.direct
            else [*one.content]
        )
        quotes = [self._text[slice(*part)] for part in parts]
        evidence = [_item("content", part) for part in parts]
        fields: dict[str, Any] = {
            "type": "statement.recorded",
            "speakers": entities,
            "act": one.verb,
            "mode": "indirect",
        }
        if one.direct:
            fields |= {"mode": "direct", "quote": max(quotes, key=len)}
        else:
            inner = [
                match
                for part in parts
                for match in _INNER.finditer(self._text, *part)
                if len(match[1].split()) >= _LEAST
            ]
            if inner:
                longest = max(inner, key=lambda match: len(match[1]))
                evidence.append(_item("quote", bare(self._text, Span(*longest.span(1)), _MARKS)))
                fields |= {
                    "mode": "mixed",
                    "quote": self._text[slice(*bare(self._text, Span(*longest.span(1)), _MARKS))],
                }
        for role, span in (("source", one.source), ("cue", one.cue), ("relay", one.relay)):
            if span is not None:
                evidence.append(_item(role, span))
        if relays:
            fields["via"] = relays
        times = self._times(one, parts)
        if times:
            fields["times"] = times
            evidence += [
                _item("time", Span(dated.start, dated.end)) for dated in self._dated.values()
            ]
        return fields | {
            "text": sentence(one, who, quotes, self._text, self._words),
            "evidence": evidence,
        }

    def _times(self, one: Attribution, parts: list[Span]) -> dict[str, Any]:
        """When it was said, by the words around the verb; and the one date of what was said."""
        self._dated: dict[str, Dated] = {}
        outside, at = list[Dated](), one.sentence.start
        for part in [*one.content, Span(one.sentence.end, one.sentence.end)]:
            outside += self._dates_in(Span(at, part.start))
            at = max(at, part.end)
        if one.cue is not None:
            cue = one.cue.end
            near = [
                self._past(dated)
                for dated in outside
                if abs(dated.start - cue) < _NEAR and not self._is_aside(one.sentence.start, dated)
            ]
            said = min(near, key=lambda dated: abs(dated.start - cue), default=None)
            if said is not None and self._may_be_said(said):
                self._dated["said"] = said
        inside = [
            dated
            for part in parts
            for dated in self._dates_in(part)
            if not self._is_aside(part.start, dated)
        ]
        if len(inside) == 1:
            self._dated["valid"] = inside[0]
        return {name: _time(dated) for name, dated in self._dated.items()}

    def _past(self, dated: Dated) -> Dated:
        """A date as it is read where something was said: the last Monday, whatever is to come in the sentence."""
        read = self._reader.read(dated.expression) if dated.relative else None
        return dated if read is None else msgspec.structs.replace(dated, edtf=read[0])

    def _may_be_said(self, dated: Dated) -> bool:
        """Whether something can have been said then: on a date that is not after the source."""
        return self._day is None or dated.edtf[:10] <= self._day[: len(dated.edtf[:10])]

    def _is_aside(self, start: int, dated: Dated) -> bool:
        """Whether a date is in a relative clause: Crimea, which was seized in 2014."""
        return self._words.relative.search(self._text, start, dated.start) is not None

    def _dates_in(self, span: Span) -> list[Dated]:
        first, last = bisect_left(self._places, span.start), bisect_left(self._places, span.end)
        return self._dates[first:last]

    # -- figures -----------------------------------------------------------------------------

    def _figure(self, stated: Stated) -> dict[str, Any]:
        clause, speakers, relays = self._around(stated)
        dated = self._dates_in(clause)
        evidence = [_item("content", clause), _item("figure", Span(stated.start, stated.end))]
        fields: dict[str, Any] = {"type": "figure.recorded", "quantities": [stated.quantity]}
        if speakers:
            steps = [{"agent": speaker, "role": "origin", "act": "say"} for speaker in speakers[:1]]
            fields["attribution"] = [
                *steps,
                *({"agent": relay, "role": "relay"} for relay in relays),
            ]
        if len(dated) == 1:
            fields["times"] = {"valid": _time(dated[0])}
            evidence.append(_item("time", Span(dated[0].start, dated[0].end)))
        return fields | {"evidence": evidence}

    def _around(self, stated: Stated) -> tuple[Span, list[str], list[str]]:
        """The clause that has a figure, and who says it, through whom."""
        at = bisect_right(self._spoken, stated.start, key=lambda spoken: spoken[0].start) - 1
        if at >= 0 and self._spoken[at][0].end >= stated.end:
            limits, speakers, relays = self._spoken[at]
        else:
            limits, speakers, relays = Span(0, len(self._text)), [], []
        start = max(limits.start, stated.start - _FAR)
        for match in _ENDS.finditer(self._text, start, stated.start):
            start = match.end() if self._ends(match) else start
        end = min(limits.end, stated.end + _FAR)
        end = next(
            (
                one.start() + 1
                for one in _ENDS.finditer(self._text, stated.end, end)
                if self._ends(one)
            ),
            end,
        )
        text = self._text[start:end]
        return (
            Span(
                start + len(text) - len(text.lstrip(f" \n\t{_MARKS}")),
                end - len(text) + len(text.rstrip(f" \n\t{_MARKS}")),
            ),
            speakers,
            relays,
        )

    def _ends(self, match: re.Match[str]) -> bool:
        """Whether a sentence ends, and not an abbreviation."""
        at = match.start()
        return self._words.abbreviations.search(self._text, max(0, at - 8), at + 1) is None


def _item(role: str, span: Span) -> dict[str, Any]:
    return {"role": role, "start": span.start, "end": span.end}


def _time(dated: Dated) -> dict[str, Any]:
    more = {"resolution": "deictic", "anchor": "dateline"} if dated.relative else {}
    return {"edtf": dated.edtf, "expression": dated.expression, **more}
