"""Verifying a log from the inside, and against checkpoints kept outside: rules V1 to V7.

One pass over the events in the order of their positions, in memory that does not grow with the log
but for some hundred bytes an erased event or a document. Hashes as docs/format.md gives them.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, func, select

from dateline.errors import DatelineError, MissingLibrary, NotAnArchive
from dateline.events.editorial import ContentErased
from dateline.events.registry import CORE_NAMES
from dateline.log import hashing
from dateline.log.backend import of
from dateline.log.tables import events, log_head, merkle_nodes, plugin_types, raw, stories
from dateline.proof import checkpoint as signing
from dateline.proof.captured import Captured
from dateline.proof.erasure import Erasures
from dateline.proof.report import Report
from dateline.proof.verifier import (
    Checkpoint,
    Unchecked,
    Vkey,
    Wrong,
    check_signature,
    read_checkpoint,
)
from dateline.protect.vault import Vault

Progress = Callable[[int, int], None]
_PAGE = 2000
#: Stories whose last event is remembered; others are asked for again.
_STORIES = 20_000
#: Types of events whose content is read, not only hashed.
_READ = ("content.erased", "source.captured")
_Row = Sequence[Any]


_COLUMNS = [raw(column) for column in events.c]


class Given(msgspec.Struct, frozen=True):
    """A checkpoint to hold the log against, and what to call it."""

    name: str
    checkpoint: Checkpoint


def verify(
    connection: Connection,
    *,
    vkeys: Sequence[Vkey] = (),
    against: Sequence[Given] = (),
    vault: Vault | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check everything that the log says of itself. The connection must hold one snapshot.

    What is protected is opened with the keys of `vault`, and said to be unchecked without them.
    """
    report = Report()
    with of(connection).any_text(connection):
        run = _Run(connection, report, vault)
        run.checkpoints(vkeys, against)
        run.events(progress)
        run.stories()
        run.documents()
        for damage in of(connection).damage(connection):
            report.add("file", damage)
    return report


class _Run:
    def __init__(self, connection: Connection, report: Report, vault: Vault | None) -> None:
        self._connection, self._report, self._vault = connection, report, vault
        head = [
            raw(column) for column in (log_head.c.archive, log_head.c.position, log_head.c.peaks)
        ]
        row = connection.execute(select(*head)).first()
        if row is None or not isinstance(row[0], bytes) or len(row[0]) != 16:
            raise NotAnArchive("the log's head is missing: nothing can be checked without it")
        self._archive = UUID(bytes=row[0])
        self._size: int = row[1] if type(row[1]) is int else -1
        self._peaks = row[2]
        self._tree = hashing.Frontier()
        self._chain: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()
        self._types: dict[object, int] = {}
        self._erasures = Erasures(self._live)
        self._captured = Captured(connection, vault, report)
        self._due: list[Given] = []
        self._nodes = self._bad_nodes = self._sealed = 0
        self._first_bad = ""
        self._name = str(self._archive)

    # -- V7: signatures now, roots on the way -------------------------------------------------

    def checkpoints(self, vkeys: Sequence[Vkey], against: Sequence[Given]) -> None:
        due = list(against)
        for signed in signing.stored(self._connection):
            name = f"the checkpoint of {signed.size} events on record"
            try:
                found = read_checkpoint(signed.note)
                if found.size != signed.size:
                    raise Wrong("checkpoint", "its row gives another size")
                if not signing.named(signed, found):
                    raise Wrong("checkpoint", "its row names a key that did not sign it")
                if type(signed.signed_us) is not int:
                    raise Wrong("checkpoint", "its row gives no time")
            except (Wrong, TypeError, AttributeError, ValueError) as wrong:
                reason = wrong.reason if isinstance(wrong, Wrong) else "it is no checkpoint"
                self._report.add("V7", f"{name}: {reason}")
                continue
            due.append(Given(name, found))
        due = [given for given in due if self._ours(given)]
        unsigned = [given.name for given in due if not self._signature(given, vkeys)]
        if unsigned:
            named = unsigned[0] + (f" and {len(unsigned) - 1} more" if unsigned[1:] else "")
            self._report.unchecked.append(
                f"The signature of {named}: give the key that signed with --vkey or --key."
            )
        self._due = sorted(due, key=lambda given: given.checkpoint.size)

    def _ours(self, given: Given) -> bool:
        """Nothing more can be asked of a checkpoint that was signed for another archive."""
        ours = signing.of_archive(given.checkpoint, self._archive)
        if not ours:
            self._report.add("V7", f"{given.name} is of another archive: not of this log")
        return ours

    def _signature(self, given: Given, vkeys: Sequence[Vkey]) -> bool:
        """False when it could not be checked."""
        signers = {(name, key_id) for name, key_id, _ in given.checkpoint.signatures}
        known = [vkey for vkey in vkeys if (vkey.name, vkey.id) in signers]
        try:
            for vkey in known:
                check_signature(given.checkpoint, vkey)
                self._report.count("signatures")
        except Wrong as wrong:
            self._report.add("V7", f"{given.name}: {wrong.reason}")
        except Unchecked as reason:
            self._report.unchecked.append(f"{str(reason).capitalize()}.")
        return bool(known)

    def _pass_checkpoints(self) -> None:
        """Those signed at just this size."""
        while self._due and self._due[0].checkpoint.size == self._tree.size:
            given = self._due.pop(0)
            self._report.count("checkpoints")
            if given.checkpoint.root != self._tree.root():
                reason = f"{given.name} has another root: history before it was rewritten"
                self._report.add("V7", reason, self._tree.size)

    # -- V1 to V6, event by event ---------------------------------------------------------------

    def events(self, progress: Progress | None) -> None:
        last = walked = 0
        self._pass_checkpoints()
        for page in self._pages():
            for row in page:
                position = row[0]
                next_ = position == last + 1 and type(position) is int
                if not next_ and not self._goes_on(last, position):
                    continue
                last = position
                self._event(row)
                if self._due:
                    self._pass_checkpoints()
            walked += len(page)
            self._compare_nodes()
            self._captured.require()
            if progress is not None:
                progress(min(last, self._size), self._size)
        self._report.count("events", self._tree.size)
        # Whatever its positions are: no event is passed over.
        total = self._connection.execute(select(func.count()).select_from(events)).scalar()
        if total != walked:
            self._report.add(
                "V2", f"{total} events are stored, and {walked} have a place in the log"
            )
        self._end(last)

    def _goes_on(self, last: int, position: object) -> bool:
        """V2: an event that is not at the next position. False when it can have no place at all."""
        if type(position) is not int:
            self._report.add("V2", f"an event stands at {position!r}, which is no position")
            return False
        if position <= last:
            reason = "is there twice" if position > 0 else "is before the log: positions begin at 1"
            self._report.add("V2", f"the position {position} {reason}", position)
            return False
        self._report.add("V2", f"{_holes(last, position)} missing", last + 1)
        return True

    def _pages(self) -> Iterator[Sequence[_Row]]:
        """From the lowest position there is, be it one that no event can have."""
        at = events.c.position
        query = select(*_COLUMNS).order_by(at).limit(_PAGE)
        page: Sequence[_Row] = self._connection.execute(query.where(at.is_not(None))).all()
        while page:
            yield page
            after = page[-1][0]
            if len(page) < _PAGE or not isinstance(after, (int, float)):
                return  # numbers come first: what follows is no position
            page = self._connection.execute(query.where(at > after)).all()

    def _event(self, row: _Row) -> None:
        position, story, version, type_ = row[0], row[2], row[3], row[4]
        leaf = row[12]
        if type_ not in self._types:
            self._types[type_] = position
        if not isinstance(leaf, bytes) or len(leaf) != hashing.HASH_BYTES:
            self._report.add("V1", "its leaf is no hash", position)
            leaf = bytes(hashing.HASH_BYTES)
        self._tree.append(leaf)
        prev = None
        if isinstance(story, bytes) and type(version) is int:
            prev = self._follows(position, story, version)
        else:
            self._report.add("V1", "its row holds values of another type", position)
            version = self._chain.get(story, (0, b""))[0] + 1
        if prev is not None:
            try:
                there = hashing.leaf(hashing.stored_entry(self._name, row, prev)) == leaf
            except (TypeError, ValueError, OverflowError, AttributeError):
                there = False
            if not there:
                reason = "its envelope, or the event before it in its story, is not what was hashed"
                self._report.add("V1", reason, position)
        self._chain[story] = (version, leaf)
        if len(self._chain) > _STORIES:
            self._chain.popitem(last=False)
        body = self._content(row)
        if type_ in _READ:
            self._read(row, body)

    def _follows(self, position: int, story: bytes, version: int) -> bytes | None:
        """V3: the leaf of the story's event before; None when it does not follow one."""
        known = self._chain.get(story)
        if known is not None:
            self._chain.move_to_end(story)
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

    def _content(self, row: _Row) -> bytes | None:
        """V5: the body as committed to; None when it is erased, sealed or wrong."""
        position, subject_key, salt, body, committed = row[0], row[8], row[9], row[10], row[11]
        if salt is None and body is None:
            self._erasures.missing(position, row[2], row[1])
            return None
        if isinstance(subject_key, str) and salt is None and isinstance(body, bytes):
            return self._protected(row, subject_key, body)
        if not isinstance(salt, bytes) or not isinstance(body, bytes):
            self._report.add("V5", "it has a salt or a body, but not both", position)
            return None
        self._erasures.live(position, subject_key)
        if hashlib.sha256(salt + body).digest() == committed:
            self._report.count("contents")
            return body
        self._report.add("V5", "its content is not what was committed to", position)
        return None

    def _protected(self, row: _Row, subject_key: str, stored: bytes) -> bytes | None:
        """V5 of what is under a subject's key."""
        position, committed = row[0], row[11]
        self._erasures.live(position, subject_key)
        vault, opened = self._vault, None
        # Outside: keys that cannot be read say nothing of the event.
        if vault is not None and vault.keys.secret(subject_key) is not None:
            try:
                opened = vault.open_event(subject_key, row[1], stored)
            except MissingLibrary:
                pass
            except (DatelineError, TypeError) as error:
                self._report.add("V5", str(error), position)
                return None
        if opened is None:
            self._sealed += 1
            return None
        if hashlib.sha256(b"".join(opened)).digest() != committed:
            self._report.add("V5", "its content is not what was committed to", position)
            return None
        self._report.count("contents")
        return opened[1]

    def _live(self, event_id: UUID) -> int | None:
        query = select(events.c.position).where(
            events.c.event_id == event_id.bytes, events.c.body.is_not(None)
        )
        return self._connection.execute(query).scalar()

    def _read(self, row: _Row, body: bytes | None) -> None:
        """What the other rules need: erasures, and which documents were captured."""
        position, story, type_, subject_key = row[0], row[2], row[4], row[8]
        try:
            if type_ == "source.captured":
                if body is not None:
                    data = msgspec.json.decode(body, type=_Captured).data
                    self._captured.read(position, data.source, subject_key, data.chars)
                elif row[10] is not None:
                    self._captured.unread(subject_key)
                else:
                    self._captured.erased()
            elif body is None:
                self._report.add("V6", "the record of an erasure cannot be read", position)
            else:
                erased = msgspec.json.decode(body, type=_Erased).data
                self._erasures.erased(position, story, erased, self._report)
        except (msgspec.DecodeError, ValueError, RecursionError):
            self._report.add("V5", f"its content is no {type_}", position)

    # -- V4: the tree ------------------------------------------------------------------------

    def _compare_nodes(self) -> None:
        """The nodes just completed against those stored."""
        complete = self._tree.take_complete()
        for level in {level for level, _, _ in complete}:
            wanted = {number: hash_ for at, number, hash_ in complete if at == level}
            columns = merkle_nodes.c
            query = select(columns.number, raw(columns.hash)).where(
                columns.level == level, columns.number.between(min(wanted), max(wanted))
            )
            there = {row[0]: row[1] for row in self._connection.execute(query)}
            self._nodes += len(wanted)
            for number, hash_ in sorted(wanted.items()):
                if there.get(number) != hash_:
                    self._bad_nodes += 1
                    self._first_bad = self._first_bad or f"level {level}, number {number}"

    def _end(self, last: int) -> None:
        report, root = self._report, self._tree.root()
        if self._size < 0:
            report.add("V2", "the head says no number of events")
        elif last != self._size:
            report.add("V2", f"the head says {self._size} events, the last is at {last}")
        heads = self._connection.execute(select(func.count()).select_from(log_head)).scalar()
        if heads != 1:
            report.add("V2", f"the log has {heads} heads")
        try:
            stored = hashing.Frontier.from_bytes(self._size, self._peaks).root()
        except (ValueError, TypeError):
            stored = None
        if stored != root:
            report.add("V4", "the root is not that of the events")
        if self._bad_nodes:
            reason = f"{self._bad_nodes} stored nodes are not those of the events, the first is at"
            report.add("V4", f"{reason} {self._first_bad}")
        count = self._connection.execute(select(func.count()).select_from(merkle_nodes)).scalar()
        if count != self._nodes:
            report.add("V4", f"{count} nodes are stored; {self._nodes} belong to the events")
        columns = raw(plugin_types.c.name), raw(plugin_types.c.since)
        listed = {row[0]: row[1] for row in self._connection.execute(select(*columns))}
        for type_, first in self._types.items():
            if type_ not in CORE_NAMES and listed.get(type_) != first:
                report.add("V4", f"the list of plugins' types does not say so of {type_}", first)
        report.count("nodes", self._nodes)
        report.position, report.root = self._tree.size, root.hex()
        self._erasures.finish(report)
        if self._sealed:
            report.unchecked.append(
                f"The commitments of {self._sealed} protected events: their key is not here."
            )
        for given in self._due:
            size = given.checkpoint.size
            reason = f"{given.name} was signed at {size} events, and the log has {self._tree.size}"
            report.count("checkpoints")
            report.add("V7", f"{reason}: its end was cut off, or an older copy put in its place")

    # -- V3 of stories, V5 of documents --------------------------------------------------------

    def stories(self) -> None:
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
            stands = (row.version, row.leaf, row.recorded_us) == (row.highest, row.last, row.stamp)
            if not numbers or not stands:
                self._report.add("V3", f"the row of story {row.slug} is not that of its last event")
            if row.body is not None and row.subject_key is None and _slug(row.body) != row.slug:
                self._report.add("V3", f"story {row.slug} was opened under another slug")
        known = select(stories.c.story).where(stories.c.story == events.c.story)
        orphans = select(events.c.position).where(events.c.version == 1, ~known.exists())
        for position in self._connection.execute(orphans.limit(100)).scalars():
            self._report.add("V3", "its story has no row", position)

    def documents(self) -> None:
        self._captured.documents()


class _Erased(msgspec.Struct):
    data: ContentErased


class _Source(msgspec.Struct):
    source: str
    chars: int | None = None


class _Captured(msgspec.Struct):
    data: _Source


class _Slug(msgspec.Struct):
    slug: str


class _Opened(msgspec.Struct):
    data: _Slug


def _slug(body: Any) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Opened).data.slug
    except (msgspec.DecodeError, ValueError, TypeError):
        return None


def _holes(last: int, position: int) -> str:
    if position > last + 2:
        return f"events {last + 1} to {position - 1} are"
    return f"event {last + 1} is"
