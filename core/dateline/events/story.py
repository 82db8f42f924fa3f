"""A story's own life."""

from __future__ import annotations

import re
from typing import ClassVar

from dateline.events.payload import Payload

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# File names on Windows that are devices; a slug becomes a file name.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def is_slug(text: str) -> bool:
    """Lower-case words joined by hyphens, at most 80 characters: also what a file may be called."""
    return len(text) <= 80 and bool(_SLUG.fullmatch(text)) and not _DEVICES.fullmatch(text)


class StoryOpened(Payload, frozen=True, kw_only=True):
    """A story begins. ``slug`` names it for ever; the title may change."""

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
    """Nobody follows the story any more. Corrections and late facts are still taken."""

    type: ClassVar[str] = "story.closed"
    reason: str | None = None
