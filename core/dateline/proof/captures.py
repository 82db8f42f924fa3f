"""Rule V5 for documents: each has the bytes and the text that a live event captured, and there are no
others.

Needs some hundred bytes of memory for each document. Without that list, a document that was erased and
put back, or that is read in another charset, could not be told from one that was captured.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from dateline.documents.document import PREFIX, Document
from dateline.documents.storage import name_of
from dateline.errors import DatelineError, MissingLibrary
from dateline.log.databases.sql import portions
from dateline.log.tables import documents, raw
from dateline.proof.report import Report
from dateline.protect.vault import Vault

#: A document that must exist: the position that captured it, its source id, and its name.
_Needed = tuple[int, str, bytes]


class Captures:
    """Follows the captures of a log, then compares the documents with them."""

    def __init__(self, connection: Connection, vault: Vault | None, report: Report) -> None:
        self._connection, self._vault, self._report = connection, vault, report
        self._page: list[_Needed] = []
        # By name: the subject's key, if any, and the number of characters, if it was recorded.
        self._names: dict[bytes, tuple[str | None, int | None]] = {}
        self._unread: Counter[object] = Counter()
        self._erased = False
        self._sealed = 0

    # -- on the way through the log ----------------------------------------------------------

    def read(self, position: int, source: str, subject_key: str | None, chars: int | None) -> None:
        """A live event that captured `source`."""
        name = name_of(source, self._vault, subject_key) or b""
        self._page.append((position, source, name))
        _, earlier = self._names.get(name, (None, None))
        self._names[name] = (subject_key, chars if earlier is None else earlier)
        if None not in (earlier, chars) and earlier != chars:
            reason = f"it gives {source} {chars} characters, and an earlier event {earlier}"
            self._report.add("V5", reason, position)

    def unread(self, subject_key: object) -> None:
        """A live event that captured something that could not be read."""
        self._unread[subject_key] += 1

    def erased(self) -> None:
        """An erased event that captured something."""
        self._erased = True

    def require(self) -> None:
        """Check that the documents captured since the last call exist."""
        for some in portions(self._page):
            column = documents.c.sha256
            query = select(raw(column)).where(column.in_([name for _, _, name in some]))
            there = set(self._connection.execute(query).scalars())
            for position, source, name in some:
                if name not in there:
                    self._report.add("V5", f"its document {source} is missing", position)
        self._page.clear()

    # -- the documents -------------------------------------------------------------------------

    def documents(self) -> None:
        """Compare every document with what was captured."""
        report, number = self._report, 0
        for name, charset, content, subject_key in self._stored():
            number += 1
            reason = self._wrong(name, charset, content, subject_key)
            if reason is not None:
                kind = "document " + PREFIX if subject_key is None else "the protected document "
                rule = "V6" if reason is _UNNAMED and self._erased else "V5"
                report.add(rule, f"{kind}{name.hex()} {reason}")
        report.count("documents", number)
        if self._sealed:
            many = "document: its key is" if self._sealed == 1 else "documents: their keys are"
            report.unchecked.append(f"The bytes of {self._sealed} protected {many} not here.")
        total = self._connection.execute(select(func.count()).select_from(documents)).scalar()
        if total != number:
            report.add("V5", "a document's key is not a SHA-256")

    def _stored(self) -> Iterator[Sequence[Any]]:
        """One at a time: a document may be large."""
        key, last = documents.c.sha256, b""
        columns = [raw(column) for column in documents.c]
        query = select(*columns).order_by(key).limit(1)
        while row := self._connection.execute(query.where(key > last)).first():
            last = row[0]
            yield row

    def _wrong(
        self, name: bytes, charset: object, stored: object, subject_key: object
    ) -> str | None:
        """What is wrong with a document. None when nothing is, or when its key is not here."""
        if name in self._names:
            captured_under, chars = self._names[name]
            if captured_under != subject_key:
                return "was captured under another key, or under none"
        elif self._unread[subject_key]:
            self._unread[subject_key] -= 1
            chars = None
        else:
            return _UNNAMED
        if not isinstance(stored, bytes) or not isinstance(charset, str):
            return "holds values of the wrong type"
        content = stored
        if isinstance(subject_key, str):
            try:
                opened = self._opened(name, stored, subject_key)
            except DatelineError:
                return "is not what was captured"
            if opened is None:
                self._sealed += 1
                return None
            content = opened
        elif hashlib.sha256(stored).digest() != name:
            return "has a different SHA-256"
        return _misread(Document(content, charset), chars)

    def _opened(self, name: bytes, stored: bytes, subject_key: str) -> bytes | None:
        """The bytes of a protected document; None when they cannot be read here.

        Raises DatelineError when they are not those that were captured.
        """
        vault = self._vault
        if vault is None or vault.keys.secret(subject_key) is None:
            return None
        try:
            content = vault.open_document(subject_key, name, stored)
        except MissingLibrary:
            return None
        if vault.document_name(subject_key, hashlib.sha256(content).digest()) != name:
            raise DatelineError("it is another document", code="document-altered")
        return content


_UNNAMED = "was captured by no event here: it was added by hand, or erased and put back"


def _misread(document: Document, chars: int | None) -> str | None:
    """What is wrong with the text. No hash covers the charset, but the number of characters was
    recorded."""
    try:
        found = len(document.text)
    except DatelineError:
        return f"does not decode as {document.charset!r}"
    if chars is not None and found != chars:
        return f"has {found} characters in {document.charset!r}, but {chars} were captured"
    return None
