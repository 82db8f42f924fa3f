"""How plugins were found, so that another process can load the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from dateline.plugins.discovery import Selection


class Recipe(msgspec.Struct, frozen=True):
    """The folders, and which plugins were left out; ``only`` None allows all others."""

    folders: tuple[str, ...]
    without: frozenset[str]
    only: frozenset[str] | None

    @classmethod
    def of(cls, folders: Sequence[Path], selection: Selection) -> Recipe:
        found = tuple(str(folder.resolve()) for folder in folders)
        return cls(found, selection.without, selection.only)

    @property
    def selection(self) -> Selection:
        return Selection(self.without, self.only)
