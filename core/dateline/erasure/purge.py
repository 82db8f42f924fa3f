"""The archive's part of an erasure: one transaction that deletes the content and records the erasure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from dateline.documents import storage as documents
from dateline.erasure import survey, view_rows
from dateline.erasure.journal import Erasure, Gone
from dateline.erasure.plan import captured, under
from dateline.erasure.survey import Going
from dateline.events.editorial import ContentErased
from dateline.events.envelope import NewEvent
from dateline.events.parts import ErasedEvent
from dateline.events.payload import Sealed
from dateline.log.append import Appender
from dateline.log.databases.dialect import of
from dateline.log.databases.unwritten import require_done
from dateline.log.read import Reader, present
from dateline.log.tables import events
from dateline.proposals import queue
from dateline.protect.vault import Vault
from dateline.views import store
from dateline.views.projection import View

_CHUNK = 500


def purge(
    connection: Connection,
    reader: Reader,
    vault: Vault,
    views: Mapping[str, View],
    erasure: Erasure,
) -> Gone:
    """Erase bodies, documents, rows and the proposals of the stories, and append the event that records it
    to each story.

    Runs in a write transaction, and does nothing where it was done before. Returns how much it erased.
    """
    of(connection).hold_head(connection)
    going = list(present_of(connection, reader, erasure))
    gone: dict[UUID, dict[int, ErasedEvent]] = {}
    for item in going:
        gone.setdefault(item.story, {})[item.position] = item.told
    if gone:
        # First: a reader may hold this up, and work done before that would be lost.
        store.hold_all(connection)
    dropped, _ = captured(connection, reader, going)
    dropped_documents = sum(documents.drop(connection, name, vault, key) for name, key in dropped)
    if erasure.subject_key is not None:
        dropped_documents += documents.drop_under(connection, erasure.subject_key)
    _null(connection, [position for items in gone.values() for position in items])
    if gone:
        appender = Appender(connection, vault)
        records = [
            (story, _event(erasure, _free_id(connection, erasure, story), items))
            for story, items in sorted(gone.items())
        ]
        appender.append_all(records, {})
        appender.finish()
        view_rows.purge(connection, reader, views, gone)
        queue.drop(connection, gone)
    listed = [item for items in gone.values() for item in items.values()]
    facts = sum(item.fact is not None for item in listed)
    return Gone(events=len(listed), facts=facts, documents=dropped_documents)


def present_of(connection: Connection, reader: Reader, erasure: Erasure) -> Iterator[Going]:
    """What is listed or under the key and still in this log, and what must now be erased with it. This
    may differ from the list: a notice may be newer, a backup may lack events, a copy may have its own."""
    listed = {item.event.event_id: item.event for item in erasure.listed}
    keyed = [] if erasure.subject_key is None else under(connection, erasure.subject_key)
    positions = {position for _, position in keyed}
    for story in dict.fromkeys([*erasure.stories, *(story for story, _ in keyed)]):
        stream = list(reader.read_story(connection, story))
        chosen = {
            event.position: event
            for event in stream
            if event.event_id in listed or event.position in positions
        }
        sealed = {at for at, event in chosen.items() if isinstance(event.data, Sealed)}
        yield from survey.closure(stream, chosen.keys() - sealed)
        for at in sorted(sealed):
            told = listed.get(chosen[at].event_id)
            yield survey.envelope(chosen[at], None if told is None else told.fact)


def _null(connection: Connection, positions: Sequence[int]) -> None:
    for at in range(0, len(positions), _CHUNK):
        some = positions[at : at + _CHUNK]
        these = events.c.position.in_(some)
        done = connection.execute(update(events).where(these).values(salt=None, body=None))
        require_done(done.rowcount, len(some), events.name)
        # A trigger may have put the content back.
        whole = events.c.salt.is_not(None) | events.c.body.is_not(None)
        left = select(func.count()).select_from(events).where(these, whole)
        require_done(len(some) - connection.execute(left).scalar_one(), len(some), events.name)


def _free_id(connection: Connection, erasure: Erasure, story: UUID) -> UUID:
    """The id of the event that records it: another one where a smaller erasure was recorded before."""
    ids = (erasure.event_id(story, again) for again in count())
    return next(one for one in ids if not present(connection, [one]))


def _event(erasure: Erasure, event_id: UUID, items: Mapping[int, ErasedEvent]) -> NewEvent:
    data = ContentErased(
        reason=erasure.reason,
        basis=erasure.basis,
        subject_key=erasure.subject_key,
        positions=tuple(sorted(items)),
        events=tuple(items[position] for position in sorted(items)),
    )
    return NewEvent(
        event_id=event_id,
        data=data,
        type=data.type,
        schema_version=data.schema_version,
        recorded_by=erasure.recorded_by,
    )
