"""A kind of page: its address, what it takes, and the functions that make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dateline_web.answers import Answer
from dateline_web.asked import Asked
from dateline_web.problems import Problem
from dateline_web.shown import Shown


@dataclass(frozen=True)
class Query:
    """A value that a page takes in its query. ``many`` may be repeated. ``schema`` is its JSON Schema."""

    name: str
    about: str
    many: bool = False
    required: bool = False
    schema: dict[str, Any] | None = None

    def require(self, value: str) -> None:
        """Raises Problem if the schema does not allow a value: not one of its words, or no number in its range."""
        schema = self.schema or {}
        if value not in schema.get("enum", (value,)):
            raise Problem(
                400, f"{self.name} is one of {', '.join(schema['enum'])}", "query-invalid"
            )
        if schema.get("type") == "integer":
            least, most = schema["minimum"], schema["maximum"]
            digits = value.isascii() and value.isdecimal() and len(value) < 19
            if not digits or not least <= int(value) <= most:
                words = f"{self.name} is a number from {least} to {most:,}"
                raise Problem(400, words, "query-invalid")


AS_OF = Query("as_of", "The public record by the end of this day, an EDTF date such as 2024-03-05.")


@dataclass(frozen=True)
class Page:
    """``path`` has named parts such as ``{slug}``. ``html`` makes the page, ``record`` the value of its JSON;
    ``forms`` make other forms of it by their ending, or under None at the address itself, and take the place of
    ``record`` for ``json``. Endings are added to `stem`."""

    path: str
    about: str
    html: Callable[[Asked], Shown] | None = None
    record: Callable[[Asked], Any] | None = None
    query: tuple[Query, ...] = (AS_OF,)
    forms: Mapping[str | None, Callable[[Asked], Answer]] | None = None
    #: The JSON Schema of ``record``.
    schema: dict[str, Any] | None = None

    @property
    def stem(self) -> str:
        """The path to which endings are added."""
        return "/stories" if self.path == "/" else self.path
