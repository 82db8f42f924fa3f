"""Rules V5 and V6 for events: each content matches its commitment, or its erasure is on record."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError, MissingLibrary
from dateline.events.editorial import ContentErased
from dateline.events.source import SourceCaptured
from dateline.log.content import Content, Encrypted, Malformed, Missing, Plain
from dateline.log.walk import UNMATCHED, Step
from dateline.proof.captures import Captures
from dateline.proof.erasures import Erasures
from dateline.proof.report import Report
from dateline.protect.vault import Vault

T = TypeVar("T")


class Contents:
    """Checks the content of each event, and reads from it what the rules need."""

    def __init__(self, connection: Connection, vault: Vault | None, report: Report) -> None:
        self._vault, self._report = vault, report
        self._erasures = Erasures(connection)
        self.captured = Captures(connection, vault, report)
        self._sealed = 0

    def check(self, row: Step) -> None:
        """One event, in the order of the log."""
        body = self._body(row)
        if row.type == SourceCaptured.type:
            self._capture(row, body)
        elif row.type == ContentErased.type:
            self._erasure(row, body)

    def _body(self, row: Step) -> bytes | None:
        """The body that matches its commitment. None when it is erased, sealed or wrong."""
        content: Content | None = row.content
        if isinstance(content, Missing):
            self._erasures.missing(row.position, row.story, row.event_key)
        elif not isinstance(content, Malformed):
            self._erasures.live(row.position, row.subject_key)
        if isinstance(content, Encrypted):
            content = self._opened(row, content)
            if content is not None and not content.matches(row.commitment):
                self._report.add(UNMATCHED.rule, UNMATCHED.reason, row.position)
                return None
        if not isinstance(content, Plain) or UNMATCHED in row.faults:
            return None
        self._report.count("contents")
        return content.body

    def _opened(self, row: Step, content: Encrypted) -> Plain | None:
        """V5 for content under a subject's key; None when it does not open here."""
        vault, opened = self._vault, None
        # Outside the try: an unreadable keys database says nothing about the event.
        if vault is not None and vault.keys.secret(content.subject_key) is not None:
            try:
                opened = content.opened(row.event_key, vault)
            except MissingLibrary:
                pass
            except (DatelineError, TypeError) as error:
                self._report.add("V5", str(error), row.position)
                return None
        self._sealed += opened is None
        return opened

    def _capture(self, row: Step, body: bytes | None) -> None:
        if body is None:
            if row.body is None:
                self.captured.erased()
            else:
                self.captured.unread(row.subject_key)
            return
        if (event := self._read(body, _Captured, SourceCaptured.type, row.position)) is not None:
            data = event.data
            self.captured.read(row.position, data.source, row.subject_key, data.chars)

    def _erasure(self, row: Step, body: bytes | None) -> None:
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
