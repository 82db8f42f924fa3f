"""Which documents an erasure deletes: those that no other live event captured."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from dateline.erasure.survey import Going, Mention, name_of
from dateline.events.source import SourceCaptured
from dateline.log.read import Reader

#: A document and the key that it is under. It may be stored under several keys.
Held = tuple[str, str | None]


def captured(
    connection: Connection, reader: Reader, going: Sequence[Going]
) -> tuple[list[Held], list[Mention]]:
    """The documents that are deleted with the events `going`, and the live events of any story that
    captured the same ones, under whichever key: they keep the document, or a copy of their own."""
    held = {(item.source, item.subject_key): None for item in going if item.source is not None}
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
        if data.source in sources:
            kept.add((data.source, event.subject_key))
            how = "is captured there too"
            there.append(Mention(event.position, event.slug, name_of(event), how))
    return [one for one in held if one not in kept], there
