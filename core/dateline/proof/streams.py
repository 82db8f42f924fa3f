"""Rule V3: each story's events follow one another, and its row matches the last of them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from dateline.log.tables import events, raw, stories
from dateline.proof.report import Report

#: Stories whose last event is remembered; others are queried again.
_STORIES = 20_000


class Streams:
    """Follows every story through the log."""

    def __init__(self, connection: Connection, report: Report) -> None:
        self._connection, self._report = connection, report
        self._last: OrderedDict[object, tuple[int, bytes]] = OrderedDict()

    def before(self, position: int, story: bytes, version: int) -> bytes | None:
        """The leaf of the story's event before this one; None when it does not follow one."""
        known = self._last.get(story)
        if known is not None:
            self._last.move_to_end(story)
        elif version <= 1:
            known = (0, b"")
        else:
            query = select(raw(events.c.leaf)).where(
                events.c.story == story,
                events.c.version == version - 1,
                events.c.position.between(1, position - 1),
            )
            found = self._connection.execute(query).scalar()
            known = (0, b"") if found is None else (version - 1, found)
        if version != known[0] + 1:
            reason = f"it is version {version} of its story, after version {known[0]}"
            self._report.add("V3", reason, position)
            return None
        return known[1]

    def passed(self, story: object, version: int | None, leaf: bytes) -> None:
        """Remember an event of the story; without a version it counts as the next one."""
        if version is None:
            version = self._last.get(story, (0, b""))[0] + 1
        self._last[story] = (version, leaf)
        if len(self._last) > _STORIES:
            self._last.popitem(last=False)

    def finish(self) -> None:
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
        for row in self._connection.execute(query.execution_options(yield_per=500)):
            self._report.count("stories")
            numbers = type(row.version) is type(row.recorded_us) is int
            current = (row.version, row.leaf, row.recorded_us) == (row.highest, row.last, row.stamp)
            if not numbers or not current:
                self._report.add("V3", f"the row of story {row.slug} does not match its last event")
            if row.body is not None and row.subject_key is None:
                opened = _slug(row.body)
                if opened != row.slug:
                    self._report.add("V3", f"story {row.slug} was opened as {opened}")
        known = select(stories.c.story).where(stories.c.story == events.c.story)
        orphans = select(events.c.position).where(events.c.version == 1, ~known.exists())
        for position in self._connection.execute(orphans.limit(100)).scalars():
            self._report.add("V3", "its story has no row", position)


class _Slug(msgspec.Struct):
    slug: str


class _Opened(msgspec.Struct):
    data: _Slug


def _slug(body: Any) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Opened).data.slug
    except (msgspec.DecodeError, ValueError, TypeError):
        return None
