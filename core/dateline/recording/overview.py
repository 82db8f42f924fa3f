"""One line for every story, from the rows of `SUMMARIES`. Stories that it does not have yet are folded."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec
from sqlalchemy import Connection, Engine, select

from dateline.errors import DatelineError, SealedContent
from dateline.log.databases.dialect import of
from dateline.log.engine import reading
from dateline.log.read import Reader, StoryRow, latest_stories, list_stories
from dateline.log.tables import events
from dateline.recording.lookup import find_story
from dateline.views import store, stored_rows
from dateline.views.catching_up import catch_up
from dateline.views.generation import OWNERS
from dateline.views.present import fold
from dateline.views.projection import schema_of
from dateline.views.row_type import Values
from dateline.views.summaries import SUMMARIES, Summary, combined, summary


class Overview(msgspec.Struct, frozen=True):
    """One story. ``facts`` counts the facts of default reads, ``sources`` the captured documents as a person counts
    them (`dateline.events.counting.documents`), ``publishers`` those of all sources. ``earliest`` and ``latest`` are
    the first and the last of the dates of its facts. ``sealed`` is true if some of its content is sealed: then only
    ``story`` is reliable."""

    story: StoryRow
    title: str = ""
    closed: bool = False
    facts: int = 0
    sources: int = 0
    publishers: int = 0
    earliest: str | None = None
    latest: str | None = None
    sealed: bool = False


def overview(
    engine: Engine,
    reader: Reader,
    slugs: Sequence[str] = (),
    latest: int | None = None,
    skip: int = 0,
) -> list[Overview]:
    """The stories `slugs`, or all, by slug; or the `latest` ones that changed, after the first `skip` of these."""
    if not of(engine).rests(engine):
        with suppress(DatelineError):  # what keeps it from being done only makes this slower
            catch_up(engine, reader, [SUMMARIES], OWNERS)
    with reading(engine) as connection:
        sealed = _sealed(connection, reader)
        if slugs:
            stories = [find_story(connection, one) for one in sorted(set(slugs))]
            kept = _kept(connection, reader, stories, [one.slug for one in stories])
        elif latest is None:
            stories = list_stories(connection)
            kept = _kept(connection, reader, stories)
        else:
            stories = latest_stories(connection, latest, skip)
            kept = _kept(connection, reader, stories, [one.slug for one in stories])
        return [
            Overview(story, sealed=True)
            if story.id.bytes in sealed
            else _line(connection, reader, story, kept.get(story.slug))
            for story in stories
        ]


def _line(
    connection: Connection, reader: Reader, story: StoryRow, kept: Summary | None
) -> Overview:
    if kept is not None:
        return _listed(story, kept)
    try:
        return _listed(story, summary(fold(connection, reader, story.id)))
    except SealedContent:  # its key was lost meanwhile
        return Overview(story, sealed=True)


def _listed(story: StoryRow, found: Summary) -> Overview:
    return Overview(story, *msgspec.structs.astuple(found)[1:])


def _kept(
    connection: Connection,
    reader: Reader,
    stories: Sequence[StoryRow],
    named: Sequence[str] | None = None,
) -> dict[str, Summary]:
    """The rows of `SUMMARIES` by slug, but for stories with newer events; only of those `named`, if any are."""
    if reader.withholds(connection):
        return {}
    schema, build = schema_of(SUMMARIES), store.current(connection, SUMMARIES.name)
    types = reader.known_types(connection)
    if build is None or build.state != "live" or build.fingerprint != schema.fingerprint(types):
        return {}
    try:
        store.hold(connection, build)
    except store.ChangedElsewhere:
        return {}
    newer = select(events.c.story).where(events.c.position > build.position).distinct()
    left_out = {*connection.execute(newer).scalars(), *(id.bytes for id in build.pending_stories)}
    slugs = {one.slug for one in stories if one.id.bytes in left_out}
    parts: dict[str, list[Values]] = {}
    for slug, _, *values in stored_rows.read(connection, schema, build, named):
        parts.setdefault(slug, []).append(tuple(values))
    return {slug: combined(found) for slug, found in parts.items() if slug not in slugs}


def _sealed(connection: Connection, reader: Reader) -> set[bytes]:
    """The ids of the stories with content whose key is not at hand."""
    if reader.withhold:
        return set()
    vault, key = reader.vault, events.c.subject_key
    used = connection.execute(select(key).where(key.is_not(None)).distinct()).scalars()
    missing = [one for one in used if vault is None or vault.keys.secret(one) is None]
    query = select(events.c.story).where(key.in_(missing), events.c.body.is_not(None)).distinct()
    return set(connection.execute(query).scalars()) if missing else set()
