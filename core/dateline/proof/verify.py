"""Verifying a log from the inside, and against checkpoints kept outside: rules V1 to V7.

One pass over the events in the order of their positions, in memory that does not grow with the log.
Hashes as docs/format.md gives them.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, type_coerce
from sqlalchemy.types import NullType

from dateline.errors import DatelineError, MissingLibrary, NotAnArchive
from dateline.events.editorial import ContentErased
from dateline.log import hashing
from dateline.log.backend import of
from dateline.log.document import PREFIX
from dateline.log.tables import documents, events, log_head, merkle_nodes, stories
from dateline.proof import checkpoint as signing
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
_Row = Sequence[Any]


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """As the database gives it: what was tampered with may be of any type."""
    return type_coerce(column, NullType())


_COLUMNS = [_raw(column) for column in events.c]


class Given(msgspec.Struct, frozen=True):
    """A checkpoint to hold the log against, and what to call it."""

    name: str
    checkpoint: Checkpoint


#: A document that is to be there: who captured it, its source id, and its subject's key, if any.
_Needed = tuple[int, str, str | None]


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
            _raw(column) for column in (log_head.c.archive, log_head.c.position, log_head.c.peaks)
        ]
        row = connection.execute(select(*head)).first()
        if row is None or not isinstance(row[0], bytes) or len(row[0]) != 16:
            raise NotAnArchive("the log's head is missing: nothing can be checked without it")
        self._archive = UUID(bytes=row[0])
        self._size: int = row[1] if isinstance(row[1], int) else 0
        self._peaks = row[2]
        self._tree = hashing.Frontier()
        self._chain: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()
        self._erasures = Erasures(self._live)
        self._due: list[Given] = []
        self._nodes = self._bad_nodes = self._sealed = self._sealed_documents = 0
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
            except (Wrong, TypeError, AttributeError) as wrong:
                reason = wrong.reason if isinstance(wrong, Wrong) else "it is no text"
                self._report.add("V7", f"{name}: {reason}")
                continue
            due.append(Given(name, found))
        unsigned = [given.name for given in due if not self._signature(given, vkeys)]
        if unsigned:
            named = unsigned[0] + (f" and {len(unsigned) - 1} more" if unsigned[1:] else "")
            self._report.unchecked.append(
                f"The signature of {named}: give the key that signed with --vkey or --key."
            )
        self._due = sorted(due, key=lambda given: given.checkpoint.size)

    def _signature(self, given: Given, vkeys: Sequence[Vkey]) -> bool:
        """False when it could not be checked."""
        signers = {(name, key_id) for name, key_id, _ in given.checkpoint.signatures}
        known = [vkey for vkey in vkeys if (vkey.name, vkey.id) in signers]
        if not signing.of_archive(given.checkpoint, self._archive):
            self._report.add("V7", f"{given.name} is of another archive")
            return True
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
        last: int = 0
        self._pass_checkpoints()
        for page in self._pages():
            captured: list[_Needed] = []
            for row in page:
                position = row[0]
                if position != last + 1:
                    self._report.add("V2", f"{_holes(last, position)} missing", last + 1)
                last = position
                self._event(row, captured)
                if self._due:
                    self._pass_checkpoints()
            self._compare_nodes()
            self._require_documents(captured)
            if progress is not None:
                progress(min(last, self._size), self._size)
        self._report.count("events", self._tree.size)
        self._end(last)

    def _pages(self) -> Iterator[Sequence[_Row]]:
        after: int = 0
        at = events.c.position
        while True:
            query = select(*_COLUMNS).where(at > after).order_by(at).limit(_PAGE)
            page: Sequence[_Row] = self._connection.execute(query).all()
            yield page
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def _event(self, row: _Row, captured: list[_Needed]) -> None:
        position, story, version, type_ = row[0], row[2], row[3], row[4]
        leaf = row[12]
        if not isinstance(leaf, bytes) or len(leaf) != hashing.HASH_BYTES:
            self._report.add("V1", "its leaf is no hash", position)
            leaf = bytes(hashing.HASH_BYTES)
        self._tree.append(leaf)
        prev = None
        if isinstance(story, bytes) and isinstance(version, int):
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
        if body is not None and type_ in ("content.erased", "source.captured"):
            self._read(row, body, captured)
        elif type_ == "content.erased":
            self._report.add("V6", "the record of an erasure cannot be read", position)

    def _follows(self, position: int, story: bytes, version: int) -> bytes | None:
        """V3: the leaf of the story's event before; None when it does not follow one."""
        known = self._chain.get(story)
        if known is not None:
            self._chain.move_to_end(story)
        elif version == 1:
            known = (0, b"")
        else:
            query = select(_raw(events.c.leaf)).where(
                events.c.story == story,
                events.c.version == version - 1,
                events.c.position < position,
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
        try:
            vault = self._vault
            opened = None if vault is None else vault.open_event(subject_key, row[1], stored)
        except MissingLibrary:
            opened = None
        except DatelineError as error:
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

    def _read(self, row: _Row, body: bytes, captured: list[_Needed]) -> None:
        position, type_ = row[0], row[4]
        try:
            if type_ == "content.erased":
                erased = msgspec.json.decode(body, type=_Erased).data
                self._erasures.erased(position, row[2], erased, self._report)
            else:
                source = msgspec.json.decode(body, type=_Captured).data.source
                captured.append((position, source, row[8]))
        except (msgspec.DecodeError, ValueError):
            self._report.add("V5", f"its content is no {type_}", position)

    def _require_documents(self, captured: list[_Needed]) -> None:
        for at in range(0, len(captured), 500):
            some = captured[at : at + 500]
            keys = [self._document_key(source, subject_key) for _, source, subject_key in some]
            query = select(_raw(documents.c.sha256)).where(documents.c.sha256.in_(keys))
            there = set(self._connection.execute(query).scalars())
            for (position, source, _), key in zip(some, keys, strict=True):
                if key not in there:
                    self._report.add("V5", f"its document {source} is missing", position)

    def _document_key(self, source: str, subject_key: str | None) -> bytes:
        """Under what a document is stored. The event that captured it was read: its key is here."""
        digest = _digest(source)
        if subject_key is None or self._vault is None:
            return digest
        return self._vault.document_name(subject_key, digest) or b""

    # -- V4: the tree ------------------------------------------------------------------------

    def _compare_nodes(self) -> None:
        """The nodes just completed against those stored."""
        complete = self._tree.take_complete()
        for level in {level for level, _, _ in complete}:
            wanted = {number: hash_ for at, number, hash_ in complete if at == level}
            columns = merkle_nodes.c
            query = select(columns.number, _raw(columns.hash)).where(
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
        if last != self._size:
            report.add("V2", f"the head says {self._size} events, the last is at {last}")
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
                stories.c.slug, stories.c.version, _raw(stories.c.leaf).label("leaf"),
                stories.c.recorded_us, highest.scalar_subquery().label("highest"),
                _raw(last.c.leaf).label("last"), last.c.recorded_us.label("stamp"),
                _raw(first.c.body).label("body"), first.c.subject_key,
            )
            .select_from(stories)
            .outerjoin(
                last, (last.c.story == stories.c.story) & (last.c.version == stories.c.version)
            )
            .outerjoin(first, (first.c.story == stories.c.story) & (first.c.version == 1))
        )  # fmt: skip
        for row in self._connection.execute(query.execution_options(yield_per=500)):
            self._report.count("stories")
            if row.version != row.highest or row.leaf != row.last or row.recorded_us != row.stamp:
                self._report.add("V3", f"the row of story {row.slug} is not that of its last event")
            if row.body is not None and row.subject_key is None and _slug(row.body) != row.slug:
                self._report.add("V3", f"story {row.slug} was opened under another slug")
        known = select(stories.c.story).where(stories.c.story == events.c.story)
        orphans = select(events.c.position).where(events.c.version == 1, ~known.exists())
        for position in self._connection.execute(orphans.limit(100)).scalars():
            self._report.add("V3", "its story has no row", position)

    def documents(self) -> None:
        key = documents.c.sha256
        columns = [_raw(column) for column in (key, documents.c.content, documents.c.subject_key)]
        last = b""
        # One at a time: a document may be large.
        while row := self._connection.execute(
            select(*columns).where(key > last).order_by(key).limit(1)
        ).first():
            last, found, subject_key = row[0], row[1], row[2]
            self._report.count("documents")
            if isinstance(found, bytes) and isinstance(subject_key, str):
                self._protected_document(last, found, subject_key)
            elif not isinstance(found, bytes) or hashlib.sha256(found).digest() != last:
                self._report.add("V5", f"document {PREFIX}{last.hex()} has another SHA-256")
        if self._sealed_documents:
            self._report.unchecked.append(
                f"The bytes of {self._sealed_documents} protected documents: their key is not here."
            )
        count = self._connection.execute(select(func.count()).select_from(documents)).scalar()
        if count != self._report.checked.get("documents", 0):
            self._report.add("V5", "a document's key is no SHA-256")

    def _protected_document(self, name: bytes, stored: bytes, subject_key: str) -> None:
        vault = self._vault
        if vault is None or vault.keys.secret(subject_key) is None:
            self._sealed_documents += 1
            return
        try:
            content = vault.open_document(subject_key, name, stored)
            there = vault.document_name(subject_key, hashlib.sha256(content).digest())
        except MissingLibrary:
            self._sealed_documents += 1
            return
        except DatelineError:
            there = None
        if there != name:
            self._report.add("V5", f"the protected document {name.hex()} is not what was captured")


class _Erased(msgspec.Struct):
    data: ContentErased


class _Source(msgspec.Struct):
    source: str


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


def _digest(source: str) -> bytes:
    try:
        return bytes.fromhex(source.removeprefix(PREFIX))
    except ValueError:
        return b""


def _holes(last: int, position: object) -> str:
    if isinstance(position, int) and position > last + 2:
        return f"events {last + 1} to {position - 1} are"
    return f"event {last + 1} is"
