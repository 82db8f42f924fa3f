"""A story's own life."""

from __future__ import annotations

from typing import ClassVar

from dateline.events.payload import Payload


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
