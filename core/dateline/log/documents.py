"""Where captured documents are kept, by the SHA-256 of their bytes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from dateline.errors import DatelineError
from dateline.log.document import PREFIX, Document
from dateline.log.tables import documents


def put(connection: Connection, document: Document) -> bool:
    """Store a document; False when it is there already."""
    key = _key(document.source)
    there = get(connection, document.source)
    if there is not None:
        if there.charset != document.charset:
            raise DatelineError(
                f"{document.source} is archived as {there.charset}, not {document.charset}",
                hint=f"give --charset {there.charset}: the text that facts quote cannot change",
            )
        return False
    row = {"sha256": key, "charset": document.charset, "content": document.content}
    connection.execute(documents.insert().values(**row))
    return True


def get(connection: Connection, source: str) -> Document | None:
    """The document of a source id; None when it is not there (or was erased)."""
    key = _key(source)
    row = connection.execute(documents.select().where(documents.c.sha256 == key)).first()
    return None if row is None else Document(row.content, row.charset)


def sources(connection: Connection) -> Iterator[str]:
    """Ids of all stored documents, in order."""
    for row in connection.execute(select(documents.c.sha256).order_by(documents.c.sha256)):
        yield PREFIX + row.sha256.hex()


def _key(source: str) -> bytes:
    try:
        return bytes.fromhex(source.removeprefix(PREFIX))
    except ValueError:
        return b""
