"""The store of captured documents, by the SHA-256 of their bytes.

A protected document is encrypted, and stored by the HMAC of that hash under its subject's key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select

from dateline.documents.document import PREFIX, Document
from dateline.errors import DatelineError
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import portions
from dateline.log.databases.unwritten import require_done
from dateline.log.tables import documents
from dateline.protect import cipher
from dateline.protect.vault import Vault

_COLUMNS = ("sha256", "charset", "content", "subject_key")


def put(
    connection: Connection,
    document: Document,
    vault: Vault | None = None,
    subject_key: str | None = None,
) -> bool:
    """Store a document, under a subject's key if one is given; False when it is stored already."""
    key = _key(document.source)
    there = get(connection, document.source, vault)
    if there is not None and there.charset != document.charset:
        raise DatelineError(
            f"{document.source} is archived as {there.charset}, not {document.charset}",
            hint=f"give --charset {there.charset}: the text that facts quote cannot change",
            code="charset-conflict",
        )
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
        return Document(row.content, row.charset)
    if vault is None:
        return None
    for subject_key, name in _held(connection, key, vault, under(connection)):
        row = _row(connection, name)
        return Document(vault.open_document(subject_key, name, row.content), row.charset)
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
    column = documents.c.subject_key
    query = select(column).where(column.is_not(None)).distinct().order_by(column)
    return list(connection.execute(query).scalars())


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


def _row(connection: Connection, key: bytes) -> Any:
    return connection.execute(documents.select().where(documents.c.sha256 == key)).first()


def _key(source: str) -> bytes:
    try:
        return bytes.fromhex(source.removeprefix(PREFIX))
    except ValueError:
        return b""
