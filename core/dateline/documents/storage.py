"""The store of captured documents, by the SHA-256 of their bytes.

A protected document is encrypted, and stored by the HMAC of that hash under its subject's key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select

from dateline.documents.document import PREFIX, Document
from dateline.errors import Damaged, DatelineError
from dateline.events.source import document_of
from dateline.log.databases.dialect import named_errors, of
from dateline.log.databases.sql import found_in, portions
from dateline.log.databases.unwritten import require_done
from dateline.log.tables import documents
from dateline.protect import cipher
from dateline.protect.vault import Vault

_COLUMNS = ("sha256", "charset", "content", "subject_key")
# Run by the driver itself: an import asks for each of its documents.
_ROW = "SELECT charset, content FROM documents WHERE sha256 = ?"
_CHARSETS = "SELECT sha256, charset FROM documents WHERE sha256 IN"
_UNDER = (
    "SELECT DISTINCT subject_key FROM documents WHERE subject_key IS NOT NULL ORDER BY subject_key"
)


def put_all(
    connection: Connection,
    given: Sequence[tuple[Document, str | None]],
    vault: Vault | None = None,
) -> None:
    """Store documents that are not stored yet, each under a subject's key if one is given. Raises
    DatelineError for one that is stored with another charset."""
    if any(subject_key for _, subject_key in given) or (given and under(connection)):
        for document, subject_key in given:
            put(connection, document, vault, subject_key)
        return
    new: dict[bytes, Document] = {}
    for document, _ in given:
        _require_charset(document, new.setdefault(_key(document.source), document).charset)
    run = of(connection).execute(connection)
    for key, charset in found_in(run, _CHARSETS, list(new)):
        _require_charset(new.pop(key), charset)
    rows = [(key, each.charset, each.content, None) for key, each in new.items()]
    of(connection).insert(connection, documents.name, _COLUMNS, rows)


def _require_charset(document: Document, charset: str) -> None:
    if charset != document.charset:
        raise DatelineError(
            f"{document.source} is archived as {charset}, not {document.charset}",
            hint="the text that facts quote cannot change: give another reading as a source of its own, with "
            f"derived_from {document.source} and read_as {document.charset}",
            code="charset-conflict",
        )


def put(
    connection: Connection,
    document: Document,
    vault: Vault | None = None,
    subject_key: str | None = None,
) -> bool:
    """Store a document, under a subject's key if one is given; False when it is stored already."""
    key = _key(document.source)
    there = get(connection, document.source, vault)
    if there is not None:
        _require_charset(document, there.charset)
    content = document.content
    if subject_key is not None:
        assert vault is not None
        name = vault.document_name(subject_key, key)
        assert name is not None
        key, content = name, vault.seal_document(subject_key, name, content)
    if _row(connection, key) is not None:
        return False
    row = (key, document.charset, content, subject_key)
    of(connection).insert(connection, documents.name, _COLUMNS, [row])
    return True


def get(connection: Connection, source: str, vault: Vault | None = None) -> Document | None:
    """The document of a source id; None when it is not stored (any more), or is protected and its
    key is not at hand."""
    key = _key(source)
    row = _row(connection, key)
    if row is not None:
        return Document(row[1], row[0])
    if vault is None:
        return None
    for subject_key, name in _held(connection, key, vault, under(connection)):
        row = _row(connection, name)
        assert row is not None
        return Document(vault.open_document(subject_key, name, row[1]), row[0])
    return None


def size(
    connection: Connection, source: str, vault: Vault | None, subject_key: str | None
) -> int | None:
    """The size in bytes of a document, under a subject's key if one is given; None when it is not
    stored. The document is not read."""
    name = name_of(source, vault, subject_key)
    query = select(func.length(documents.c.content)).where(documents.c.sha256 == name)
    found = None if name is None else connection.execute(query).scalar()
    return found if found is None or subject_key is None else found - cipher.OVERHEAD


def under(connection: Connection) -> list[str]:
    """The ids of the keys that protect documents."""
    with named_errors(connection):
        return [key for (key,) in of(connection).execute(connection)(_UNDER).fetchall()]


def protection(
    connection: Connection, source: str, vault: Vault, keys: Sequence[str]
) -> tuple[bool, set[str]]:
    """(whether it is stored unprotected, the keys it is stored under), as far as keys are at hand.

    `keys` are the result of `under`.
    """
    key = _key(source)
    held = {subject for subject, _ in _held(connection, key, vault, keys)}
    there = select(documents.c.sha256).where(documents.c.sha256 == key)
    return connection.execute(there).first() is not None, held


def drop(connection: Connection, source: str, vault: Vault, subject_key: str | None) -> int:
    """Delete a document, under a subject's key if one is given. Returns the number deleted. Raises
    Unheeded when it still exists."""
    name = name_of(source, vault, subject_key)
    return 0 if name is None else _delete(connection, documents.c.sha256 == name)


def drop_under(connection: Connection, subject_key: str) -> int:
    """Delete every document that is protected with a key. Returns the number deleted. Raises
    Unheeded when one still exists."""
    return _delete(connection, documents.c.subject_key == subject_key)


def _delete(connection: Connection, these: ColumnElement[bool]) -> int:
    deleted = connection.execute(delete(documents).where(these)).rowcount
    left = connection.execute(select(func.count()).select_from(documents).where(these)).scalar_one()
    require_done(deleted, deleted + left, documents.name)
    return deleted


def _held(
    connection: Connection, key: bytes, vault: Vault, keys: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """(key id, name) of each protected copy of a document whose key is at hand."""
    names = {vault.document_name(subject, key): subject for subject in keys}
    wanted = [name for name in names if name is not None]
    column = documents.c.sha256
    for some in portions(wanted):
        query = select(column).where(column.in_(some))
        for name in connection.execute(query).scalars():
            yield names[name], name


def name_of(source: str, vault: Vault | None, subject_key: str | None) -> bytes | None:
    """The name that it is stored under; None when its key is not at hand."""
    key = _key(source)
    if subject_key is None:
        return key
    return None if vault is None else vault.document_name(subject_key, key)


def _row(connection: Connection, key: bytes) -> tuple[str, bytes] | None:
    """The charset and the content of a stored document."""
    with named_errors(connection):
        row: tuple[Any, Any] | None = of(connection).execute(connection)(_ROW, (key,)).fetchone()
    if row is not None and not (isinstance(row[0], str) and isinstance(row[1], bytes)):
        raise Damaged(
            "the database holds a document whose charset is not text or content not bytes"
        )
    return row


def _key(source: str) -> bytes:
    try:
        return bytes.fromhex(document_of(source).removeprefix(PREFIX))
    except ValueError:
        return b""
