"""The archive's part of an erasure: one transaction, after which nothing is left and all is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, update

from dateline.erasure import rows, survey
from dateline.erasure.captured import captured
from dateline.erasure.journal import Erasure, Gone
from dateline.erasure.survey import Going
from dateline.events.editorial import ContentErased
from dateline.events.envelope import Event, NewEvent
from dateline.events.parts import ErasedEvent
from dateline.events.payload import Sealed
from dateline.log import documents
from dateline.log.append import Appender
from dateline.log.backend import of
from dateline.log.read import Reader
from dateline.log.tables import events
from dateline.protect.vault import Vault
from dateline.views.projection import View

_CHUNK = 500


def purge(
    connection: Connection,
    reader: Reader,
    vault: Vault,
    views: Mapping[str, View],
    erasure: Erasure,
) -> Gone:
    """Erase bodies, documents and rows, and append the event that says so to each story.

    Runs in a write transaction, and does nothing where it was done before. Returns what it did.
    """
    of(connection).hold_head(connection)
    going = list(_present(connection, reader, erasure))
    gone: dict[UUID, dict[int, ErasedEvent]] = {}
    for item in going:
        gone.setdefault(item.story, {})[item.position] = item.told
    gone = {
        story: items
        for story, items in gone.items()
        if reader.by_id(connection, erasure.event_id(story)) is None
    }
    dropped, _ = captured(connection, reader, going)
    count = sum(documents.drop(connection, name, vault, key) for name, key in dropped)
    if erasure.subject_key is not None:
        count += documents.drop_under(connection, erasure.subject_key)
    _null(connection, [position for items in gone.values() for position in items])
    if gone:
        appender = Appender(connection, vault)
        told = [(story, _event(erasure, story, items)) for story, items in sorted(gone.items())]
        appender.append_all(told, {})
        appender.finish()
        rows.purge(connection, reader, views, gone)
    told_of = [item for items in gone.values() for item in items.values()]
    facts = sum(item.fact is not None for item in told_of)
    return Gone(events=len(told_of), facts=facts, documents=count)


def _present(connection: Connection, reader: Reader, erasure: Erasure) -> Iterator[Going]:
    """What is on the list and in this log, and what now goes with it: a notice may have come since,
    and a backup may lack what came after it."""
    listed = {item.event.event_id: item for item in erasure.listed}
    for story in erasure.stories:
        stream = list(reader.read_story(connection, story))
        chosen = {event.position for event in stream if event.event_id in listed}
        readable = {
            event.position
            for event in stream
            if event.position in chosen and not isinstance(event.data, Sealed)
        }
        found = {item.position: item for item in survey.closure(stream, readable)}
        for event in stream:
            if event.position in found:
                yield found[event.position]
            elif event.position in chosen:
                yield _as_listed(event, listed[event.event_id].event)


def _as_listed(event: Event, listed: ErasedEvent) -> Going:
    return Going(
        position=event.position,
        event_id=event.event_id,
        story=event.story,
        slug=event.slug,
        type=event.type,
        fact=listed.fact,
        subject_key=event.subject_key,
    )


def _null(connection: Connection, positions: Sequence[int]) -> None:
    for at in range(0, len(positions), _CHUNK):
        some = positions[at : at + _CHUNK]
        erase = update(events).where(events.c.position.in_(some))
        connection.execute(erase.values(salt=None, body=None))


def _event(erasure: Erasure, story: UUID, items: Mapping[int, ErasedEvent]) -> NewEvent:
    data = ContentErased(
        reason=erasure.reason,
        basis=erasure.basis,
        subject_key=erasure.subject_key,
        positions=tuple(sorted(items)),
        events=tuple(items[position] for position in sorted(items)),
    )
    return NewEvent(
        event_id=erasure.event_id(story),
        data=data,
        type=data.type,
        schema_version=data.schema_version,
        recorded_by=erasure.recorded_by,
    )
