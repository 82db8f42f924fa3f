"""The limit of an import of complete lines: sqlite3, msgspec and hashlib, written by hand for these lines.

It checks nothing, looks nothing up and takes an empty archive. What it writes is a valid archive: the
hashes verify, and the views are equal.
"""

from __future__ import annotations

import os
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from limit import connect
from measure import Clock

from dateline.events.clock import from_iso

_DOMAIN = "dateline/event/v1"
_STRIDE = 8


def load(db: Path, file: str) -> dict[str, Any]:
    clock, connection = Clock(), connect(db)
    with clock:
        count = _load(connection, Path(file))
    result = clock.result(count)
    connection.close()
    return result


def _load(connection: sqlite3.Connection, file: Path) -> int:
    decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    run, many = connection.execute, connection.executemany
    (archive,) = run("SELECT archive FROM log_head").fetchone()
    archive_id = str(UUID(bytes=archive))
    times: dict[str, int] = {}
    stories: dict[str, list[Any]] = {}
    peaks: list[bytes] = []
    nodes, events, documents = [], [], []
    with file.open("rb") as lines:
        for position, line in enumerate(lines, 1):
            data = decode(line)
            kind, schema = data.pop("type"), data.pop("schema_version")
            event, story = data.pop("event_id"), data.pop("story")
            recorded, reported = data.pop("recorded_at"), data.pop("reported_at", None)
            by = data.pop("recorded_by")
            for time in (recorded, reported):
                if time is not None and time not in times:
                    times[time] = from_iso(time)
            if kind == "story.opened":
                stories[story] = [bytes.fromhex(story.replace("-", "")), data["slug"], 0, b"", 0]
            elif kind == "source.captured":
                charset, content = data.pop("charset"), data.pop("content").encode()
                documents.append((bytes.fromhex(data["source"][7:]), charset, content, None))
            at = stories[story]
            at[2] += 1
            salt = os.urandom(32)
            body = encode({"data": data, "recorded_by": by})
            committed = sha256(salt + body)
            public = "" if reported is None else f'"reported_at":"{reported}",'
            leaf = sha256(
                f'\0{{"archive":"{archive_id}","commitment":"{committed.hexdigest()}",'
                f'"domain":"{_DOMAIN}","event_id":"{event}","prev":"{at[3].hex()}",'
                f'"recorded_at":"{recorded}",{public}"schema_version":{schema},'
                f'"story":"{story}","type":"{kind}","version":{at[2]}}}'.encode()
            ).digest()
            at[3], at[4] = leaf, times[recorded]
            carry, size, height = leaf, position - 1, 0
            while size & 1:
                carry = sha256(b"\x01" + peaks.pop() + carry).digest()
                size, height = size >> 1, height + 1
                if not height % _STRIDE:
                    nodes.append((height // _STRIDE, size, carry))
            peaks.append(carry)
            events.append(
                (position, bytes.fromhex(event.replace("-", "")), at[0], at[2], kind, schema, at[4],
                 None if reported is None else times[reported], None, salt, body,
                 committed.digest(), leaf)
            )  # fmt: skip
    run("BEGIN IMMEDIATE")
    many("INSERT INTO stories VALUES (?, ?, ?, ?, ?)", stories.values())
    many(f"INSERT INTO events VALUES ({', '.join('?' * 13)})", events)
    many("INSERT INTO documents VALUES (?, ?, ?, ?)", documents)
    many("INSERT INTO merkle_nodes VALUES (?, ?, ?)", nodes)
    run("UPDATE log_head SET position = ?, peaks = ?", (position, b"".join(peaks)))
    run("COMMIT")
    return position
