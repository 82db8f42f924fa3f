"""Rule V3: each story's events follow one another, and its row matches the last of them."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from dateline.log.tables import events, raw, stories
from dateline.log.walk import NONE, Last
from dateline.proof.report import Report

#: Stories whose last event is remembered; others are queried again.
_STORIES = 20_000


def forget(stories: dict[Any, Last]) -> None:
    """Forget the stories that were met first, so that memory does not grow with their number."""
    for story in list(islice(stories, max(0, len(stories) - _STORIES))):
        del stories[story]


def event_before(connection: Connection, position: int, story: bytes, version: int) -> Last:
    """The event of a story before `version`, if it is earlier in the log."""
    if version <= 1:
        return NONE
    query = select(raw(events.c.leaf)).where(
        events.c.story == story,
        events.c.version == version - 1,
        events.c.position.between(1, position - 1),
    )
    found = connection.execute(query).scalar()
    return NONE if found is None else (version - 1, found, 0)


def compare_stories(connection: Connection, report: Report) -> None:
    """Compare the rows of stories with their last events."""
    last, first = events.alias("last"), events.alias("first")
    highest = select(func.max(events.c.version)).where(events.c.story == stories.c.story)
    query = (
        select(
            stories.c.slug, stories.c.version, raw(stories.c.leaf).label("leaf"),
            stories.c.recorded_us, highest.scalar_subquery().label("highest"),
            raw(last.c.leaf).label("last"), last.c.recorded_us.label("stamp"),
            raw(first.c.body).label("body"), first.c.subject_key,
        )
        .select_from(stories)
        .outerjoin(
            last,
            (last.c.story == stories.c.story)
            & (last.c.version == stories.c.version)
            & (last.c.position >= 1),
        )
        .outerjoin(first, (first.c.story == stories.c.story) & (first.c.version == 1))
    )  # fmt: skip
    for row in connection.execute(query.execution_options(yield_per=500)):
        report.count("stories")
        numbers = type(row.version) is type(row.recorded_us) is int
        current = (row.version, row.leaf, row.recorded_us) == (row.highest, row.last, row.stamp)
        if not numbers or not current:
            report.add("V3", f"the row of story {row.slug} does not match its last event")
        if row.body is not None and row.subject_key is None:
            opened = _slug(row.body)
            if opened != row.slug:
                report.add("V3", f"story {row.slug} was opened as {opened}")
    known = select(stories.c.story).where(stories.c.story == events.c.story)
    orphans = select(events.c.position).where(events.c.version == 1, ~known.exists())
    for position in connection.execute(orphans.limit(100)).scalars():
        report.add("V3", "its story has no row", position)


class _Slug(msgspec.Struct):
    slug: str


class _Opened(msgspec.Struct):
    data: _Slug


def _slug(body: Any) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Opened).data.slug
    except (msgspec.DecodeError, ValueError, TypeError):
        return None
