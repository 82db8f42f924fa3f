"""Where in the log an export was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from dateline.views.question import Question


class Cut(msgspec.Struct, frozen=True):
    """The position and root of the log that an export was made at: enough to make the same bytes again.

    ``as_of`` is the past moment asked for, if any; ``stories`` are the slugs of its stories, in order; ``question``
    says which rows of its view were asked for, if not all.
    """

    archive: UUID
    position: int
    root: str
    as_of: str | None = None
    stories: tuple[str, ...] = ()
    question: Question | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The cut as exports state it, for JSON."""
        return {
            "archive": str(self.archive),
            "position": self.position,
            "root": self.root,
            "as_of": self.as_of,
            "stories": list(self.stories),
            **({} if self.question is None else {"question": msgspec.to_builtins(self.question)}),
        }

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Cut:
        """The cut that `fields` state; other fields are ignored. Raises KeyError for a missing field,
        msgspec.ValidationError for a value of the wrong type."""
        names = [name for name in cls.__struct_fields__ if name != "question" or name in fields]
        return msgspec.convert({name: fields[name] for name in names}, cls)


class StatedCut(msgspec.Struct, frozen=True):
    """What a finished export states: its cut, its view if it has only one, and its views if the format
    lists them. ``outdated`` says that an earlier release wrote it in a layout that this one no longer writes,
    so that it cannot be compared."""

    cut: Cut
    view: str | None = None
    views: tuple[str, ...] | None = None
    outdated: bool = False
