"""Events about a story itself."""

from __future__ import annotations

import re
from typing import ClassVar

from dateline.events.payload import Payload

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# File names that are devices on Windows; a slug becomes a file name.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def is_slug(text: str) -> bool:
    """Whether it is lower-case words joined by hyphens, at most 80 characters, and a valid file name."""
    return len(text) <= 80 and bool(_SLUG.fullmatch(text)) and not _DEVICES.fullmatch(text)


class StoryOpened(Payload, frozen=True, kw_only=True):
    """A story was opened. ``slug`` never changes; the title may."""

    type: ClassVar[str] = "story.opened"
    slug: str
    title: str
    languages: tuple[str, ...] = ()
    scope: str | None = None


class StoryRetitled(Payload, frozen=True, kw_only=True):
    type: ClassVar[str] = "story.retitled"
    title: str
    reason: str | None = None


class StoryClosed(Payload, frozen=True, kw_only=True):
    """The story is no longer followed. Corrections and late facts are still accepted."""

    type: ClassVar[str] = "story.closed"
    reason: str | None = None
