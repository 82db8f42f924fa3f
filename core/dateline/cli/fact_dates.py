"""The dates of a fact, as they are typed: as people write them, or in EDTF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.fact_kinds import flag
from dateline.cli.terminal.messages import say
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.events.state import StoryState
    from dateline.language.dates import Tense, Understood

#: The choices for a date that can mean two things: (EDTF, what it means in words).
Choices = Sequence[tuple[str, str]]
#: What is between two sentences.
_END = re.compile(r"[.!?]['\"”»]?\s+(?=[^\W\d_a-zа-яіїєґ]|\d)|\n\s*\n")
#: Asks a person which of the choices is meant; returns its EDTF.
Ask = Callable[[str, Choices], str]


@dataclass(frozen=True, slots=True)
class Dates:
    """Reads dates against a source: `published` is its EDTF date, `languages` are those that decide
    what 3/4/2024 means. `ask` is called where a date can mean two things; without it, that is an
    error. ``tenses`` are those of `dateline.cli.fact_kinds.tenses`. ``quotations`` are what a date given
    as ``.`` is taken from, and `around` returns the sentences that they are in. ``source`` is what the source is called in commands."""

    languages: tuple[str, ...] = ()
    published: str | None = None
    ask: Ask | None = None
    tenses: Mapping[str, Tense] = field(default_factory=dict)
    quotations: tuple[str, ...] = ()
    around: Callable[[], str] = str
    source: str = ""

    @classmethod
    def of(
        cls,
        state: StoryState,
        source: str | None,
        ask: Ask | None = None,
        tenses: Mapping[str, Tense] | None = None,
        quotations: Iterable[str] = (),
        text: str = "",
    ) -> Dates:
        """For the facts of a source with that text."""
        from dateline.events.acts import short

        document = state.sources.get(source or "")
        story = state.opened.languages if state.opened is not None else ()
        language = document.language if document is not None else None
        languages = dict.fromkeys([*([language] if language else []), *story])
        published = document.published if document is not None else None
        quoted = tuple(quotations)

        def around() -> str:
            return "\n".join(sentence for words in quoted for sentence in _sentences(words, text))

        return cls(
            tuple(languages), published, ask, tenses or {}, quoted, around, short(source or "")
        )

    def edtf(self, text: str, field: str) -> str:
        """The EDTF date that `text` means. Raises DatelineError."""
        return str(self.time(text, field)["edtf"])

    def time(self, text: str, field: str) -> dict[str, Any]:
        """The fields of a `Time`: ``edtf``, and the ``expression`` it was read from. What was understood
        is said on stderr. Raises DatelineError, which starts with the option of the `field`."""
        from dateline.cli.command_line import retyped
        from dateline.language.dates import NotADate, UnclearDate, Undated

        name, typed = flag(field), text
        if text == ".":
            text = self._quoted(field)
        try:
            found = self._understood(text, field)
        except UnclearDate as error:
            if self.ask is not None:
                return _time(self.ask(text, error.choices), text, error.relative)
            listed = "\n  ".join(
                f"{words}:\n    {retyped(name, typed, edtf)}" for edtf, words in error.choices
            )
            raise DatelineError(
                f"{name}: {text!r} can mean {len(error.choices)} dates",
                hint=listed,
                code="date-unclear",
            ) from None
        except NotADate as error:
            hint = "\n  ".join(self._dating(name, typed)) if isinstance(error, Undated) else None
            raise DatelineError(f"{name}: {error}", hint=hint, code="not-a-date") from None
        if found.expression:
            say(f"{field}: {found.expression} = {found.edtf}")
        return _time(found.edtf, found.expression, found.relative)

    def _understood(self, text: str, field: str) -> Understood:
        from dateline.language.dates import understand

        return understand(
            text,
            languages=self.languages,
            published=self.published,
            tense=self.tenses.get(field, ""),
        )

    def _quoted(self, field: str) -> str:
        """The one date in the quotations that the field may have: when it was said for ``said``, and else
        another. Raises DatelineError."""
        from dateline.language.reporting import dates_of_saying

        words = "\n".join(self.quotations)
        there = self._dates_in(words, field)
        saying = dates_of_saying(words, there)
        found = saying if field == "said" else [one for one in there if one not in saying]
        if len(found) == 1:
            return found[0]
        if found:
            what = "has several dates"
        elif there and field == "said":
            what = f"does not say that {' or '.join(map(repr, there))} is when it was said"
        elif there:
            what = f"has only the date of what was said, {' and '.join(map(repr, there))}"
        else:
            what = "has no date"
        offers = [*self._offers(found or there or self._nearby(field), field)]
        without = self._without(field)
        raise DatelineError(
            f"{flag(field)} .: the quotation {what}",
            hint="\n  ".join([*without, *offers] if there and not found else [*offers, *without]),
            code="date-unclear" if there else "not-a-date",
        )

    def _dates_in(self, text: str, field: str) -> list[str]:
        from dateline.language.dates import Undated
        from dateline.language.dates.finding import dates_in

        def read(words: str) -> object:
            try:
                return self._understood(words, field)
            except Undated:
                return None

        return dates_in(text, read)

    def _dating(self, name: str, typed: str) -> Iterator[str]:
        """Lines with the commands that date the source, and the fact."""
        from dateline.cli.command_line import retyped

        story = click.get_current_context().params.get("story")
        if self.published is None and story and self.source:
            amend = f"dateline amend {story} {self.source}"
            yield "to date the source:"
            yield f"  {amend} --set published=DATE --reason 'It had no date'"
        yield "to date the fact:"
        yield f"  {retyped(name, typed, 'DATE')}"

    def _nearby(self, field: str) -> list[str]:
        """The dates of the sentences around the quotations."""
        from dateline.language.reporting import dates_of_saying

        words = self.around()
        found = self._dates_in(words, field)
        return dates_of_saying(words, found) or found if field == "said" else found

    @staticmethod
    def _without(field: str) -> list[str]:
        """Lines with the command that gives no date."""
        from dateline.cli.command_line import command_line

        typed = click.get_current_context().params
        name = "when" if typed.get("when") == "." else field
        return ["without a date:", f"  {command_line({name: None})}"]

    def _offers(self, offered: Sequence[str], field: str) -> Iterator[str]:
        """Lines with the command for each date that is offered."""
        from dateline.cli.command_line import retyped
        from dateline.events.edtf import parse
        from dateline.language.dates import UnclearDate, Undated

        for one in offered:
            try:
                edtf = self._understood(one, field).edtf
                choices: Choices = ((edtf, parse(edtf).words),)
            except UnclearDate as error:
                choices = error.choices
            except Undated:
                continue
            for edtf, words in choices:
                yield f"{one}, {words}:"
                yield f"  {retyped(flag(field), '.', edtf)}"


def _sentences(words: str, text: str) -> Iterator[str]:
    """The sentences of a text that the quotation is in."""
    from dateline.events.quoting import find

    for start, end in find(words, text)[:1]:
        before = list(_END.finditer(text, 0, start))
        after = _END.search(text, end)
        yield text[before[-1].end() if before else 0 : after.start() if after else len(text)]


def _time(edtf: str, expression: str, relative: bool) -> dict[str, Any]:
    more = {"resolution": "deictic", "anchor": "dateline"} if relative else {}
    return {"edtf": edtf, **({"expression": expression} if expression else {}), **more}
