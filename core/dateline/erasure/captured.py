"""Documents go with the events that captured them, but not while a live event has the same one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from dateline.erasure.survey import Going, Mention
from dateline.events.source import SourceCaptured
from dateline.log.read import Reader

#: A document, and the key it is under: it may be there under several.
Held = tuple[str, str | None]


def captured(
    connection: Connection, reader: Reader, going: Sequence[Going]
) -> tuple[list[Held], list[Mention]]:
    """The documents that go with `going`, and the live events of any story that keep the others."""
    held = {(item.source, item.subject_key): None for item in going if item.source is not None}
    if not held:
        return [], []
    positions = {item.position for item in going}
    kept: dict[Held, Mention] = {}
    for event in reader.read_type(connection, SourceCaptured.type):
        data = event.data
        if isinstance(data, SourceCaptured) and event.position not in positions:
            found = Mention(event.position, event.slug, data.source, "is captured there too")
            kept.setdefault((data.source, event.subject_key), found)
    return [one for one in held if one not in kept], [kept[one] for one in held if one in kept]
