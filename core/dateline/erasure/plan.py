"""The plan of an erasure: what it would erase. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from dateline.documents import storage as documents
from dateline.erasure import survey
from dateline.erasure.survey import Going, Mention, name_of
from dateline.errors import UnknownName
from dateline.events.source import SourceCaptured, document_of
from dateline.log.protected import keys_in_use
from dateline.log.read import Reader, head
from dateline.log.tables import events
from dateline.proposals import queue
from dateline.protect.keys import Key, Keys
from dateline.views import store, stored_rows
from dateline.views.projection import View, schema_of

#: (story, position) of an event.
Place = tuple[UUID, int]
#: A document and the key that it is under. It may be stored under several keys.
Held = tuple[str, str | None]


class Plan(msgspec.Struct, frozen=True):
    """What would be erased: events, documents (source, bytes) and rows of views (view, story, number of
    rows that are dropped or folded again); how many ``proposals`` are deleted; and ``still``, live events that still name it or keep a
    document."""

    subject_key: str | None
    subject: str | None  # the name that the key belongs to, while it is known
    events: tuple[Going, ...]
    documents: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, str, int], ...]
    still: tuple[Mention, ...]
    proposals: int = 0

    @property
    def people(self) -> list[str]:
        """Names of the persons and groups in it. Reason and basis are kept, and must not hold them."""
        return [name for item in self.events for name in item.people]


def plan(
    connection: Connection,
    reader: Reader,
    views: Mapping[str, View],
    key: Key | None,
    positions: Sequence[int],
) -> Plan:
    """The plan for a key, or for what a person chose. Raises UnknownName, DatelineError."""
    chosen = at(connection, reader, positions) if key is None else under(connection, key.id)
    going, still = surveyed(connection, reader, chosen, strict=key is None)
    dropped, kept = captured(connection, reader, going)
    vault = reader.vault
    sizes = ((name, documents.size(connection, name, vault, held)) for name, held in dropped)
    rows: dict[tuple[str, str], int] = {}
    slugs = list(dict.fromkeys(item.slug for item in going))
    for build in store.builds(connection):
        if (view := views.get(build.name)) is not None:
            for slug, count in stored_rows.counts(
                connection, schema_of(view), build, slugs
            ).items():
                rows[build.name, slug] = max(count, rows.get((build.name, slug), 0))
    folded = tuple((*place, count) for place, count in sorted(rows.items()))
    return Plan(
        subject_key=None if key is None else key.id,
        subject=None if key is None else key.subject,
        events=tuple(going),
        documents=tuple((name, size) for name, size in sizes if size is not None),
        rows=folded,
        still=(*still, *kept),
        proposals=queue.count(connection, {item.story for item in going}),
    )


def key_of(connection: Connection, keys: Keys, subject: str) -> Key:
    """A subject's key, by name or by the key's id. Raises UnknownName."""
    found = keys.find(subject) or keys.get(subject)
    if found is None:
        _require_opened(connection, keys)
        raise UnknownName(
            f"nothing is protected under the name {subject!r}",
            hint=_near(subject, keys.subjects()),
            code="subject-unknown",
        )
    return found


def _require_opened(connection: Connection, keys: Keys) -> None:
    """Check that every key in use is known: otherwise the name may belong to an unknown one.

    Raises UnknownName."""
    sealed_keys = sealed(connection, keys)
    if not sealed_keys:
        return
    count = sum(sealed_keys.values())
    lost = set(keys.lost())
    if lost >= sealed_keys.keys():
        raise UnknownName(
            f"nothing is protected under that name with the keys that are here; "
            f"{count} event{' is' if count == 1 else 's are'} sealed under keys that are lost",
            hint="erase those by the id of the key: "
            + ", ".join(f"`dateline erase {key}`" for key in sorted(sealed_keys)),
            code="keys-lost",
        )
    many = f"the subject of {count} protected event{'' if count == 1 else 's'} is unknown"
    if keys.file.path is None:
        raise UnknownName(
            f"no keys database is named: {many}", hint="name it with --keys", code="keys-missing"
        )
    if not keys.file.here:
        raise UnknownName(
            f"the keys database {keys.file.path} is not here: {many}",
            hint="name it with --keys",
            code="keys-missing",
        )
    raise UnknownName(
        f"the keys database {keys.file.path} does not have every key: {many}",
        hint="name the one that does with --keys",
        code="keys-incomplete",
    )


def sealed(connection: Connection, keys: Keys) -> dict[str, int]:
    """Ids of keys that are in use but not at hand, and the number of events under each."""
    used = keys_in_use(connection)
    return {key: count for key, count in used.items() if count and keys.secret(key) is None}


def _near(subject: str, known: Sequence[str]) -> str:
    if not known:
        return "no subject is protected in this archive"
    import difflib  # slow to import, and this is rare

    near = difflib.get_close_matches(subject, known, 1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    listed = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
    return f"{guess}protected subjects: {listed}"


def under(connection: Connection, subject_key: str) -> list[Place]:
    """Every event under a key, in order."""
    query = select(events.c.story, events.c.position).where(events.c.subject_key == subject_key)
    rows = connection.execute(query.order_by(events.c.position))
    return [(UUID(bytes=row.story), row.position) for row in rows]


def at(connection: Connection, reader: Reader, positions: Sequence[int]) -> list[Place]:
    """The events at `positions`. Raises UnknownName for a position that the log does not have."""
    top = head(connection).position
    for position in positions:
        if not 1 <= position <= top:
            raise UnknownName(
                f"the log has no position {position}: its last is {top}",
                hint="list positions with `dateline log`",
                code="position-unknown",
            )
    found = (next(reader.read(connection, after=p - 1, until=p)) for p in positions)
    return [(event.story, event.position) for event in found]


def surveyed(
    connection: Connection, reader: Reader, chosen: Sequence[Place], *, strict: bool = False
) -> tuple[list[Going], list[Mention]]:
    """What is erased with those events, in order, and the live events that still name it."""
    going: list[Going] = []
    still: list[Mention] = []
    for story in dict.fromkeys(story for story, _ in chosen):
        stream = list(reader.read_story(connection, story))
        here = {position for owner, position in chosen if owner == story}
        found = survey.closure(stream, here, strict=strict)
        going += found
        still += survey.mentions(stream, found)
    return sorted(going, key=lambda item: item.position), still


def captured(
    connection: Connection, reader: Reader, going: Sequence[Going]
) -> tuple[list[Held], list[Mention]]:
    """The documents that are deleted with the events `going`, and the live events of any story that
    captured the same ones, under whichever key: they keep the document, or a copy of their own."""
    held = {
        (document_of(item.source), item.subject_key): None
        for item in going
        if item.source is not None
    }
    if not held:
        return [], []
    positions = {item.position for item in going}
    sources = {source for source, _ in held}
    kept: set[Held] = set()
    there: list[Mention] = []
    for event in reader.read_types(connection, [SourceCaptured.type]):
        data = event.data
        if not isinstance(data, SourceCaptured) or event.position in positions:
            continue
        if document_of(data.source) in sources:
            kept.add((document_of(data.source), event.subject_key))
            how = "is captured there too"
            there.append(Mention(event.position, event.slug, name_of(event), how))
    return [one for one in held if one not in kept], there
