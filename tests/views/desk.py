"""A desk at work on one story, at random: what a history of any shape seldom has, many things that concern
each other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from dateline import Archive, DatelineError
from dateline.testing import samples
from dateline.testing.samples import Fields

SLUG = "ferry"
_PEOPLE = [f"person:p{number}" for number in range(5)]
_PLACES = ["place:quay", "place:bay"]
_PUBLISHERS = [samples.WIRE, samples.NORA]
_DAYS = ["2024-05-06", "2024-05-07", "2024-05", "2024-05-06/..", "2024-05-08"]
_TEXTS = [
    "143 of 193 passengers were ashore.",
    "Everyone is safe, she said.",
    "12 died, 7 are missing.",
]


class Desk:
    """Records one thing after another. Whatever the rules refuse is left out."""

    def __init__(self, archive: Archive, random: Random) -> None:
        self.archive, self._random = archive, random
        self._sources: list[tuple[str, str]] = []
        self._people: list[str] = []
        self._lines: list[Fields] = []
        archive.record([
            samples.opened(SLUG), samples.entity(samples.WIRE, "Wire"), samples.entity(samples.NORA, "Nora"),
            *(samples.entity(place, place.upper()) for place in _PLACES),
        ])  # fmt: skip
        self.step(self._source)
        self.step(self._person)

    def step(self, do: Callable[[], None] | None = None) -> None:
        often = [self._fact] * 6 + [self._source, self._correct, self._correct, self._link]
        seldom = [
            self._person, self._retract, self._review, self._undo, self._withdraw, self._amend, self._merge,
            self._dispute,
        ]  # fmt: skip
        with suppress(DatelineError):
            (do or self._random.choice(often * 2 + seldom))()

    def _record(self, *lines: Fields) -> None:
        self.archive.record(lines, story=SLUG)

    def _some(self, of: list[Any]) -> Any:
        return self._random.choice(of)

    def _known_fact(self) -> str:
        facts = self.archive.state(SLUG).facts
        return self._some(list(facts)) if facts else "f1"

    def _person(self) -> None:
        new = [one for one in _PEOPLE if one not in self._people]
        if new:
            self._record(samples.entity(new[0], new[0].upper()))
            self._people.append(new[0])

    def _source(self) -> None:
        text = f"{self._some(_TEXTS)} {len(self._sources)}"
        given: Fields = {"publisher": self._some(_PUBLISHERS)}
        if self._random.random() < 0.7:
            given["url"] = f"https://wire.example/{self._random.randint(1, 3)}"
        if self._sources and self._random.random() < 0.3:
            given["derived_from"] = self._some(self._sources)[0]
        self._record(samples.captured(text, **given))
        self._sources.append((samples.digest(text), given["publisher"]))

    def _made(self) -> Fields:
        source, publisher = self._some(self._sources)
        given: Fields = {"source": source, "places": [], "text": self._some(["One", "Two"])}
        day = {"edtf": self._some(_DAYS)}
        step = {"agent": publisher, "role": "publisher"}
        if self._random.random() < 0.6:
            given["places"] = [{"place": self._some(_PLACES), "role": "location"}]
        kind = self._some(["figure", "figure", "statement", "role"])
        exact = self._text_of(source)
        given["evidence"] = [{"role": "content", "exact": exact}]
        if kind == "figure":
            quantities = [
                {
                    "measure": self._some(["dead", "safe"]),
                    "unit": "person",
                    "value": self._random.randint(1, 9),
                    "verbatim": exact,
                }
                for _ in range(self._random.randint(1, 2))
            ]
            return samples.figure(
                **given, attribution=[step], quantities=quantities, times={"valid": day}
            )
        person = self._some(self._people)
        said = [{"agent": person, "role": "origin", "act": "say"}, step]
        if kind == "role":
            return samples.fact("role", exact, **given, person=person, attribution=[step])
        return samples.statement(
            exact, **given, speakers=[person], attribution=said, times={"said": day}
        )

    def _text_of(self, source: str) -> str:
        number = [name for name, _ in self._sources].index(source)
        return next(text for text in _TEXTS if samples.digest(f"{text} {number}") == source)

    def _fact(self) -> None:
        for _ in range(self._random.randint(1, 2)):
            again = self._lines and self._random.random() < 0.3  # somebody records it twice
            self._lines.append(self._some(self._lines) if again else self._made())
        self._record(*self._lines[-2:])

    def _correct(self) -> None:
        fact = self._known_fact()
        known = self.archive.fact(SLUG, fact).data
        changes: dict[str, Any] = self._some([
            {"text": self._some(["One", "Two", "Three"])},
            {"quantities/0/value": self._random.randint(1, 9)},
            {"quantities/0/measure": self._some(["dead", "safe"])},
            {"times/valid/edtf": self._some(_DAYS)},
            {"speakers/0": self._some(self._people)},
            {"places/0/place": self._some(_PLACES)},
            {"source": self._some(self._sources)[0]},
        ])  # fmt: skip
        kind = self._some(["correction", "update", "typo"])
        if not (hasattr(known, "speakers") or "speakers/0" not in changes):
            return
        try:
            self.archive.correct(SLUG, fact, changes, reason="Recount", kind=kind)
        except ValueError:
            return

    def _retract(self) -> None:
        self.archive.retract(SLUG, self._known_fact(), reason="Wrong")

    def _review(self) -> None:
        verdict = self._some(["accepted", "rejected", "checked"])
        self.archive.review(SLUG, self._known_fact(), verdict, reviewer="Ana", reason="Seen")

    def _dispute(self) -> None:
        self.archive.dispute(SLUG, self._known_fact(), ground="Denied")

    def _link(self) -> None:
        relation = self._some(["corroborates", "disputes", "contradicts", "same_statement"])
        independence = None
        if relation in ("corroborates", "same_statement"):
            independence = self._some(["independent", "same-origin", "unknown"])
        ends = self._known_fact(), self._known_fact()
        self.archive.link(SLUG, ends[0], relation, ends[1], independence=independence)

    def _undo(self) -> None:
        events = self.archive.events(SLUG)
        self.archive.undo(SLUG, self._some([event.position for event in events][-12:]))

    def _withdraw(self) -> None:
        self.archive.withdraw(SLUG, self._some(self._sources)[0], reason="Taken down")

    def _amend(self) -> None:
        change = self._some([
            {"publisher": self._some(_PUBLISHERS)}, {"url": f"https://wire.example/{self._random.randint(1, 3)}"},
        ])  # fmt: skip
        self.archive.amend(SLUG, self._some(self._sources)[0], change, reason="Misread")

    def _merge(self) -> None:
        if len(self._people) > 1:
            self.archive.merge(SLUG, self._people[-1], self._people[0], reason="The same")
