"""Checks that the log's tables, and the triggers that keep it append-only, are as the schema made them.

Whoever can write to the database can remove a trigger. That changes no recorded event, but it may be
the preparation for a change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, inspect

from dateline.log.databases.dialect import of
from dateline.log.tables import VERSION_TABLE, metadata

#: By kind of database: the triggers after the newest migration, each as ``NAME on TABLE``, with a
#: digest of what it does. A test compares them with those of a new archive.
EXPECTED: dict[str, dict[str, str]] = {
    "sqlite": {
        "checkpoints_no_delete on checkpoints": "a018ef3fa4cc5559",
        "checkpoints_no_replace on checkpoints": "e196e0e2e9dd0cd9",
        "checkpoints_no_update on checkpoints": "4a2a04b2633ac0c2",
        "events_no_delete on events": "cf2ea2061928ad68",
        "events_no_replace on events": "07d2b695198f3d75",
        "events_no_update on events": "8ddd71092adad37c",
        "log_head_forward on log_head": "e575e01f576204c6",
        "log_head_no_delete on log_head": "2366d8c18879855f",
        "log_head_one on log_head": "942e5a8b77f3e562",
        "merkle_nodes_no_delete on merkle_nodes": "57d5643529bedcf4",
        "merkle_nodes_no_replace on merkle_nodes": "9a02b4f27ff67e7a",
        "merkle_nodes_no_update on merkle_nodes": "63f26ede76cc52e7",
        "stories_no_delete on stories": "9ac9d9c897635a86",
    },
    "postgresql": {
        "checkpoints_append_only on checkpoints": "11300c5fc520a836",
        "events_no_delete on events": "7e5c398b2fdba238",
        "events_no_truncate on events": "f4a3774ac6c7b3ba",
        "events_no_update on events": "4f0a6725cc81ff0f",
        "log_head_forward on log_head": "8337d388f4900e1a",
        "log_head_no_delete on log_head": "2ccf82c62892694a",
        "log_head_no_truncate on log_head": "f2fa6bc3825fb019",
        "merkle_nodes_append_only on merkle_nodes": "9f978c089f31a591",
        "stories_no_delete on stories": "28e11b8bf84ab089",
        "stories_no_truncate on stories": "5a01cde66767c0d8",
    },
}


def missing(connection: Connection) -> list[str]:
    """The tables of the log that are missing."""
    return sorted(set(metadata.tables) - set(inspect(connection).get_table_names()))


def there(connection: Connection) -> dict[str, str]:
    """The triggers of the log's tables, in the form of `EXPECTED`."""
    found = of(connection).triggers(connection, sorted({*metadata.tables, VERSION_TABLE}))
    return {name: hashlib.sha256(what.encode()).hexdigest()[:16] for name, what in found}


def wrong(connection: Connection) -> Iterator[str]:
    """A message for each difference from the schema."""
    yield from of(connection).meddling(connection, sorted({*metadata.tables, VERSION_TABLE}))
    expected, found = EXPECTED[connection.dialect.name], there(connection)
    for name in sorted({*expected, *found}):
        if name not in found:
            yield f"the trigger {name}, which keeps the log append-only, is missing"
        elif name not in expected:
            yield f"the trigger {name} is not one of Dateline's"
        elif expected[name] != found[name]:
            yield f"the trigger {name}, which keeps the log append-only, does something else"
