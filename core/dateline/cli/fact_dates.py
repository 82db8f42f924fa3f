"""The dates of a fact, as they are typed: as people write them, or in EDTF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dateline.cli.terminal.messages import say
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.events.state import StoryState

#: The choices for a date that can mean two things: (EDTF, what it means in words).
Choices = Sequence[tuple[str, str]]
#: Asks a person which of the choices is meant; returns its EDTF.
Ask = Callable[[str, Choices], str]


@dataclass(frozen=True, slots=True)
class Dates:
    """Reads dates against a source: `published` is its EDTF date, `languages` are those that decide
    what 3/4/2024 means. `ask` is called where a date can mean two things; without it, that is an
    error."""

    languages: tuple[str, ...] = ()
    published: str | None = None
    ask: Ask | None = None

    @classmethod
    def of(cls, state: StoryState, source: str | None, ask: Ask | None = None) -> Dates:
        """For the facts of a source."""
        document = state.sources.get(source or "")
        story = state.opened.languages if state.opened is not None else ()
        language = document.language if document is not None else None
        languages = dict.fromkeys([*([language] if language else []), *story])
        return cls(tuple(languages), document.published if document is not None else None, ask)

    def edtf(self, text: str, name: str) -> str:
        """The EDTF date that `text` means. Raises DatelineError."""
        return str(self.time(text, name)["edtf"])

    def time(self, text: str, name: str) -> dict[str, Any]:
        """The fields of a `Time`: ``edtf``, and the ``expression`` it was read from. What was understood
        is said on stderr. Raises DatelineError, which starts with `name`."""
        from dateline.language.dates import NotADate, UnclearDate, understand

        try:
            found = understand(text, languages=self.languages, published=self.published)
        except UnclearDate as error:
            if self.ask is not None:
                return _time(self.ask(text, error.choices), text, error.relative)
            listed = "\n  ".join(f"{name} {edtf}  {words}" for edtf, words in error.choices)
            raise DatelineError(
                f"{name}: {text!r} can mean two dates", hint=listed, code="date-unclear"
            ) from None
        except NotADate as error:
            raise DatelineError(f"{name}: {error}", code="not-a-date") from None
        if found.expression:
            say(f"{name.lstrip('-')}: {found.expression} = {found.edtf}")
        return _time(found.edtf, found.expression, found.relative)


def _time(edtf: str, expression: str, relative: bool) -> dict[str, Any]:
    more = {"resolution": "deictic", "anchor": "dateline"} if relative else {}
    return {"edtf": edtf, **({"expression": expression} if expression else {}), **more}
