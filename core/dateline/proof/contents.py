"""Rules V5 and V6 for events: each content matches its commitment, or its erasure is on record."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from dateline.errors import DatelineError, MissingLibrary
from dateline.events.editorial import ContentErased
from dateline.events.source import SourceCaptured
from dateline.log import hashing
from dateline.log.tables import events
from dateline.proof.captured import Captured
from dateline.proof.erasure import Erasures
from dateline.proof.report import Report
from dateline.protect.vault import Vault

T = TypeVar("T")


class Stored(msgspec.Struct, frozen=True):
    """The content of a row; its values may be of any type."""

    position: int
    event_key: Any
    story: Any
    subject_key: Any
    salt: Any
    body: Any
    commitment: Any


class Contents:
    """Checks the content of each event, and reads from it what the rules need."""

    def __init__(self, connection: Connection, vault: Vault | None, report: Report) -> None:
        self._connection, self._vault, self._report = connection, vault, report
        self._erasures = Erasures(self._live)
        self.captured = Captured(connection, vault, report)
        self._sealed = 0

    def check(self, row: Stored, type_: object) -> None:
        """One event, in the order of the log."""
        body = self._body(row)
        if type_ == SourceCaptured.type:
            self._capture(row, body)
        elif type_ == ContentErased.type:
            self._erasure(row, body)

    def _body(self, row: Stored) -> bytes | None:
        """V5: the body that matches its commitment. None when it is erased, sealed or wrong."""
        if row.salt is None and row.body is None:
            self._erasures.missing(row.position, row.story, row.event_key)
            return None
        if isinstance(row.subject_key, str) and row.salt is None and isinstance(row.body, bytes):
            return self._protected(row, row.subject_key, row.body)
        if row.salt is None or row.body is None:
            self._report.add("V5", "it has a salt or a body, but not both", row.position)
            return None
        if not isinstance(row.salt, bytes) or not isinstance(row.body, bytes):
            reason = "its content does not match its commitment: it has values of the wrong type"
            self._report.add("V5", reason, row.position)
            return None
        self._erasures.live(row.position, row.subject_key)
        if row.subject_key is not None:
            self._report.add("V5", "it is protected, but stored in plain text", row.position)
        return self._committed(row, row.salt, row.body)

    def _protected(self, row: Stored, subject_key: str, stored: bytes) -> bytes | None:
        """V5 for content under a subject's key."""
        self._erasures.live(row.position, subject_key)
        vault, opened = self._vault, None
        # Outside the try: an unreadable keys database says nothing about the event.
        if vault is not None and vault.keys.secret(subject_key) is not None:
            try:
                opened = vault.open_event(subject_key, row.event_key, stored)
            except MissingLibrary:
                pass
            except (DatelineError, TypeError) as error:
                self._report.add("V5", str(error), row.position)
                return None
        if opened is None:
            self._sealed += 1
            return None
        return self._committed(row, *opened)

    def _committed(self, row: Stored, salt: bytes, body: bytes) -> bytes | None:
        if not hashing.holds(row.commitment, salt, body):
            self._report.add("V5", "its content does not match its commitment", row.position)
            return None
        self._report.count("contents")
        return body

    def _capture(self, row: Stored, body: bytes | None) -> None:
        if body is None:
            if row.body is None:
                self.captured.erased()
            else:
                self.captured.unread(row.subject_key)
            return
        if (event := self._read(body, _Captured, SourceCaptured.type, row.position)) is not None:
            data = event.data
            self.captured.read(row.position, data.source, row.subject_key, data.chars)

    def _erasure(self, row: Stored, body: bytes | None) -> None:
        if body is None:
            self._report.add("V6", "the record of an erasure cannot be read", row.position)
            return
        if (event := self._read(body, _Erased, ContentErased.type, row.position)) is not None:
            self._erasures.erased(row.position, row.story, event.data, self._report)

    def _read(self, body: bytes, shape: type[T], type_: str, position: int) -> T | None:
        """A body as an event of that type. None when it is not one, which is reported."""
        try:
            return msgspec.json.decode(body, type=shape)
        except (msgspec.DecodeError, ValueError, RecursionError):
            self._report.add("V5", f"its content is not that of a {type_} event", position)
            return None

    def _live(self, event_id: UUID) -> int | None:
        query = select(events.c.position).where(
            events.c.event_id == event_id.bytes, events.c.body.is_not(None)
        )
        return self._connection.execute(query).scalar()

    def finish(self) -> None:
        """The log ended."""
        self._erasures.finish(self._report)
        if self._sealed:
            many = "event: its key is" if self._sealed == 1 else "events: their keys are"
            self._report.unchecked.append(
                f"The commitments of {self._sealed} protected {many} not here."
            )


class _Erased(msgspec.Struct):
    data: ContentErased


class _Source(msgspec.Struct):
    source: str
    chars: int | None = None


class _Captured(msgspec.Struct):
    data: _Source
