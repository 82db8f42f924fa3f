"""The dates of a fact, as they are typed: as people write them, or in EDTF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dateline.cli.fact_kinds import flag
from dateline.cli.terminal.messages import say
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.events.state import StoryState
    from dateline.language.dates import Tense, Understood

#: The choices for a date that can mean two things: (EDTF, what it means in words).
Choices = Sequence[tuple[str, str]]
#: Asks a person which of the choices is meant; returns its EDTF.
Ask = Callable[[str, Choices], str]


@dataclass(frozen=True, slots=True)
class Dates:
    """Reads dates against a source: `published` is its EDTF date, `languages` are those that decide
    what 3/4/2024 means. `ask` is called where a date can mean two things; without it, that is an
    error. ``tenses`` are those of `dateline.cli.fact_kinds.tenses`. ``quotations`` are what a date given
    as ``.`` is taken from."""

    languages: tuple[str, ...] = ()
    published: str | None = None
    ask: Ask | None = None
    tenses: Mapping[str, Tense] = field(default_factory=dict)
    quotations: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        state: StoryState,
        source: str | None,
        ask: Ask | None = None,
        tenses: Mapping[str, Tense] | None = None,
        quotations: Iterable[str] = (),
    ) -> Dates:
        """For the facts of a source."""
        document = state.sources.get(source or "")
        story = state.opened.languages if state.opened is not None else ()
        language = document.language if document is not None else None
        languages = dict.fromkeys([*([language] if language else []), *story])
        published = document.published if document is not None else None
        return cls(tuple(languages), published, ask, tenses or {}, tuple(quotations))

    def edtf(self, text: str, field: str) -> str:
        """The EDTF date that `text` means. Raises DatelineError."""
        return str(self.time(text, field)["edtf"])

    def time(self, text: str, field: str) -> dict[str, Any]:
        """The fields of a `Time`: ``edtf``, and the ``expression`` it was read from. What was understood
        is said on stderr. Raises DatelineError, which starts with the option of the `field`."""
        from dateline.cli.command_line import retyped
        from dateline.language.dates import NotADate, UnclearDate

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
            raise DatelineError(f"{name}: {error}", code="not-a-date") from None
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

    def _lasts(self, text: str, field: str) -> bool:
        from dateline.language.dates import UnclearDate

        try:
            return "/" in self._understood(text, field).edtf
        except UnclearDate:
            return False

    def _quoted(self, field: str) -> str:
        """The one date in the quotations. Raises DatelineError."""
        from dateline.cli.command_line import retyped
        from dateline.language.dates.finding import dates_in

        name = flag(field)
        found = dates_in("\n".join(self.quotations), lambda text: self._understood(text, field))
        if field == "said":  # nobody says something since March
            found = [one for one in found if not self._lasts(one, field)] or found
        if len(found) == 1:
            return found[0]
        what = "several dates" if found else "no date"
        offered = found or ([self.published.partition("T")[0]] if self.published else [])
        raise DatelineError(
            f"{name} .: the quotation has {what}",
            hint="\n  ".join(
                ["choose one:"] * bool(found) + [retyped(name, ".", one) for one in offered]
            )
            or "give the date itself",
            code="date-unclear" if found else "not-a-date",
        )


def _time(edtf: str, expression: str, relative: bool) -> dict[str, Any]:
    more = {"resolution": "deictic", "anchor": "dateline"} if relative else {}
    return {"edtf": edtf, **({"expression": expression} if expression else {}), **more}
