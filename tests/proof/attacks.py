"""Attacks by somebody who can write the database file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from dateline.log import hashing

Database = sqlite3.Connection
Attack = Callable[[Database], None]


@contextmanager
def unguarded(db: Database) -> Iterator[None]:
    """Without triggers and foreign keys; the triggers are put back, as a careful attacker would."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    guards = db.execute(query).fetchall()
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA foreign_keys = OFF")
    yield
    for _, sql in guards:
        with suppress(sqlite3.OperationalError):  # its table may be missing
            db.execute(sql)


# -- careless attackers ------------------------------------------------------------------------


def edit_a_body(db: Database) -> None:
    db.execute(
        "UPDATE events SET body = CAST(replace(body, '150', '151') AS BLOB) WHERE position = 8"
    )


def turn_a_body_into_text(db: Database) -> None:
    db.execute("UPDATE events SET body = CAST(body AS TEXT) WHERE position = 8")


def edit_a_body_and_its_commitment(db: Database) -> None:
    salt, body = db.execute("SELECT salt, body FROM events WHERE position = 8").fetchone()
    body = body.replace(b"150", b"151")
    db.execute(
        "UPDATE events SET body = ?, commitment = ? WHERE position = 8",
        (body, hashing.commitment(salt, body)),
    )


def edit_an_envelope(db: Database) -> None:
    db.execute("UPDATE events SET recorded_us = recorded_us - 86400000000 WHERE position = 8")


def edit_an_envelope_and_its_leaf(db: Database) -> None:
    edit_an_envelope(db)
    _hash_again(db, 8)


def swap_two_events(db: Database) -> None:
    _swap(db, 20, 21)


def delete_in_the_middle(db: Database) -> None:
    db.execute("DELETE FROM events WHERE position = 300")


def delete_and_renumber(db: Database) -> None:
    _delete_and_renumber(db)


def insert_in_front_of_the_end(db: Database) -> None:
    """An event that was never hashed, after the last one, with the head moved."""
    last = db.execute("SELECT * FROM events ORDER BY position DESC LIMIT 1").fetchone()
    forged = (last[0] + 1, b"\1" * 16, last[2], last[3] + 1, *last[4:])
    db.execute(f"INSERT INTO events VALUES ({','.join('?' * len(forged))})", forged)
    db.execute("UPDATE log_head SET position = position + 1")


def insert_before_the_first(db: Database) -> None:
    """A retraction in the middle of a page, with a matching row of the story and correct hashes."""
    last = db.execute("SELECT * FROM events WHERE position = 10").fetchone()
    body = json.loads(db.execute("SELECT body FROM events WHERE position = 10").fetchone()[0])
    body = json.dumps({**body, "data": {"fact": "f2", "reason": "Forged"}}).encode()
    archive = UUID(bytes=db.execute("SELECT archive FROM log_head").fetchone()[0])
    forged = [-1, b"\1" * 16, last[2], last[3] + 1, "fact.retracted", *last[5:9], last[9], body]
    forged.append(hashing.commitment(last[9], body))
    leaf = hashing.leaf(hashing.stored_entry(archive, forged, last[12]))
    db.execute(f"INSERT INTO events VALUES ({','.join('?' * 13)})", (*forged, leaf))
    db.execute(
        "UPDATE stories SET version = ?, leaf = ? WHERE story = ?", (forged[3], leaf, last[2])
    )


def insert_where_no_number_is(db: Database) -> None:
    """Into a table without constraints."""
    _insert_copies(db, b"\0", "later", 8.5, 8)


def insert_without_a_position(db: Database) -> None:
    _insert_copies(db, None)


def number_a_version_nought(db: Database) -> None:
    db.execute("UPDATE events SET version = 0 WHERE position = 1")


def split_a_microsecond(db: Database) -> None:
    """The hashed text of a time omits the fraction; reading the row fails."""
    db.execute("UPDATE events SET recorded_us = recorded_us + 0.25 WHERE position = 8")
    db.execute("UPDATE events SET reported_us = reported_us + 0.25 WHERE position = 6")


def split_a_microsecond_everywhere(db: Database) -> None:
    db.execute("UPDATE events SET recorded_us = recorded_us + 0.25")
    db.execute("UPDATE stories SET recorded_us = recorded_us + 0.25")


def put_text_where_an_id_was(db: Database) -> None:
    db.execute("UPDATE events SET event_id = '0123456789abcdef' WHERE position = 8")


def put_text_that_is_no_utf_8(db: Database) -> None:
    db.execute("UPDATE events SET type = CAST(x'ff66' AS TEXT) WHERE position = 8")
    db.execute("UPDATE stories SET slug = CAST(x'ff66' AS TEXT) WHERE slug = 'ferry'")


def take_the_number_from_the_head(db: Database) -> None:
    db.execute("UPDATE log_head SET position = 'none'")


def add_a_head(db: Database) -> None:
    _loosen(db, "log_head")
    db.execute("INSERT INTO log_head SELECT 2, position, archive, peaks FROM log_head")


def corrupt_a_node(db: Database) -> None:
    db.execute("UPDATE merkle_nodes SET hash = zeroblob(32) WHERE number = 1")


def lose_a_node(db: Database) -> None:
    db.execute("DELETE FROM merkle_nodes WHERE number = 0")


def add_a_node(db: Database) -> None:
    db.execute("INSERT INTO merkle_nodes VALUES (2, 0, zeroblob(32))")


def corrupt_the_head(db: Database) -> None:
    db.execute("UPDATE log_head SET peaks = zeroblob(length(peaks))")


def move_a_body_to_another_event(db: Database) -> None:
    taken = db.execute("SELECT salt, body FROM events WHERE position = 30").fetchone()
    db.execute("UPDATE events SET salt = ?, body = ? WHERE position = 31", taken)


def drop_the_salt(db: Database) -> None:
    db.execute("UPDATE events SET salt = NULL WHERE position = 8")


def put_text_where_bytes_were(db: Database) -> None:
    db.execute("UPDATE events SET body = 'text', version = 'one' WHERE position = 8")


def mangle_the_head(db: Database) -> None:
    db.execute("UPDATE log_head SET peaks = x'00'")


def put_other_types_everywhere(db: Database) -> None:
    db.execute("UPDATE stories SET leaf = 'text', recorded_us = 'text'")
    db.execute("UPDATE merkle_nodes SET hash = 'text'")
    db.execute("UPDATE log_head SET peaks = 7, position = 'text'")
    db.execute("UPDATE documents SET sha256 = 'text', content = 7")
    db.execute("UPDATE checkpoints SET note = x'00'")
    db.execute("UPDATE events SET story = 'text', leaf = 7, event_id = 'text' WHERE position = 8")
    db.execute("UPDATE events SET leaf = 'text', salt = 7, commitment = 'x' WHERE position = 20")
    db.execute("UPDATE events SET recorded_us = 9000000000000000000 WHERE position = 21")
    db.execute("UPDATE events SET type = x'00', body = x'00', salt = x'00' WHERE position = 22")


def erase_silently(db: Database) -> None:
    db.execute("UPDATE events SET salt = NULL, body = NULL WHERE position = 9")


def change_a_document(db: Database) -> None:
    db.execute("UPDATE documents SET content = replace(content, '143', '144')")


def read_a_document_otherwise(db: Database) -> None:
    db.execute("UPDATE documents SET charset = 'utf-16'")


def forge_a_document_under_a_key(db: Database) -> None:
    """An unknown key: content under it cannot be opened."""
    db.execute("UPDATE documents SET content = x'00', subject_key = 'anyone'")


def plant_a_document(db: Database) -> None:
    content = b"Nobody captured this."
    row = (hashlib.sha256(content).digest(), "utf-8", content)
    db.execute("INSERT INTO documents VALUES (?, ?, ?, NULL)", row)


def name_a_document_by_text(db: Database) -> None:
    db.execute("INSERT INTO documents VALUES ('text', 'utf-8', x'00', NULL)")


def lose_a_document(db: Database) -> None:
    db.execute("DELETE FROM documents")


def rename_a_story(db: Database) -> None:
    db.execute("UPDATE stories SET slug = 'other' WHERE slug = 'ferry'")


def set_a_story_back(db: Database) -> None:
    db.execute("UPDATE stories SET version = version - 1 WHERE slug = 'ferry'")


def forge_a_stored_checkpoint(db: Database) -> None:
    db.execute("UPDATE checkpoints SET note = replace(note, '600', '500'), size = 500")


def give_a_stored_checkpoint_another_key(db: Database) -> None:
    db.execute("UPDATE checkpoints SET key = 'another'")


# -- insiders who know how everything is hashed --------------------------------------------------


def cut_off_the_end(db: Database) -> None:
    """As if the archive had been replaced by an older copy."""
    db.execute("DELETE FROM events WHERE position > 590")
    rebuild(db)


def edit_and_rebuild(db: Database) -> None:
    edit_a_body_and_its_commitment(db)
    rebuild(db)


def delete_and_rebuild(db: Database) -> None:
    _delete_and_renumber(db)
    rebuild(db)


def swap_and_rebuild(db: Database) -> None:
    """Two events of different stories: positions 10 and 11."""
    _swap(db, 10, 11)
    rebuild(db)


def rebuild(db: Database) -> None:
    """Every hash computed again, and all stored checkpoints removed."""
    tree, leaves, stamps, versions = hashing.Frontier(), {}, {}, {}
    archive = UUID(bytes=db.execute("SELECT archive FROM log_head").fetchone()[0])
    for row in db.execute("SELECT * FROM events ORDER BY position").fetchall():
        leaf = hashing.leaf(hashing.stored_entry(archive, row, leaves.get(row[2], b"")))
        db.execute("UPDATE events SET leaf = ? WHERE position = ?", (leaf, row[0]))
        leaves[row[2]], stamps[row[2]], versions[row[2]] = leaf, row[6], row[3]
        tree.append(leaf)
    for story, leaf in leaves.items():
        db.execute(
            "UPDATE stories SET version = ?, leaf = ?, recorded_us = ? WHERE story = ?",
            (versions[story], leaf, stamps[story], story),
        )
    db.execute("UPDATE log_head SET position = ?, peaks = ?", (tree.size, tree.to_bytes()))
    db.execute("DELETE FROM merkle_nodes")
    db.executemany("INSERT INTO merkle_nodes VALUES (?, ?, ?)", tree.take_complete())
    db.execute("DELETE FROM checkpoints")


def _hash_again(db: Database, position: int) -> None:
    archive = UUID(bytes=db.execute("SELECT archive FROM log_head").fetchone()[0])
    row = db.execute("SELECT * FROM events WHERE position = ?", (position,)).fetchone()
    (prev,) = db.execute(
        "SELECT leaf FROM events WHERE story = ? AND version = ?", (row[2], row[3] - 1)
    ).fetchone()
    leaf = hashing.leaf(hashing.stored_entry(archive, row, prev))
    db.execute("UPDATE events SET leaf = ? WHERE position = ?", (leaf, position))


def _insert_copies(db: Database, *positions: object) -> None:
    """Of the event at position 8, late in its story."""
    _loosen(db, "events")
    row = db.execute("SELECT * FROM events WHERE position = 8").fetchone()
    for number, position in enumerate(positions):
        copied = (position, bytes([number]) * 16, row[2], 1000 + number, *row[4:])
        db.execute(f"INSERT INTO events VALUES ({','.join('?' * 13)})", copied)


def _loosen(db: Database, table: str) -> None:
    """The same rows without constraints."""
    db.execute(f"CREATE TABLE loose AS SELECT * FROM {table}")
    db.execute(f"DROP TABLE {table}")
    db.execute(f"ALTER TABLE loose RENAME TO {table}")


def _swap(db: Database, one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        db.execute("UPDATE events SET position = ? WHERE position = ?", (new, old))


def _delete_and_renumber(db: Database) -> None:
    """The story's later versions move up, and so do all later positions."""
    delete_in_the_middle(db)
    for position in range(301, 601):
        db.execute(
            "UPDATE events SET position = position - 1, version = version - 1 WHERE position = ?",
            (position,),
        )
    db.execute("UPDATE log_head SET position = 599")
    db.execute("UPDATE stories SET version = version - 1 WHERE slug = 'storm'")
