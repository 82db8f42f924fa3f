"""The log's own tables for SQLAlchemy. Only Alembic creates and changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    type_coerce,
)
from sqlalchemy.types import NullType

from dateline.errors import Damaged


class Bytes(LargeBinary):
    """Bytes and nothing else. A SQLite column holds values of any type, and ``bytes(n)`` would turn an
    integer into n zeros."""

    cache_ok = True

    def result_processor(self, dialect: Any, coltype: object) -> Callable[[Any], bytes | None]:
        return _bytes


def _bytes(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    raise Damaged(f"the database holds {type(value).__name__} where bytes should be")


def raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the database returns it, because a manipulated value may have any type."""
    return type_coerce(column, NullType())


metadata = MetaData()
#: The table in which Alembic keeps the schema's number.
VERSION_TABLE = "alembic_version"

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("archive", Bytes(16), nullable=False),
    Column("peaks", Bytes, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("story", Bytes(16), primary_key=True),
    Column("slug", String(80), nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),
    Column("leaf", Bytes(32), nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Bytes(16), nullable=False, unique=True),
    Column("story", Bytes(16), ForeignKey("stories.story"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
    Column("reported_us", BigInteger),
    Column("subject_key", Text),
    Column("salt", Bytes(32)),
    Column("body", Bytes),
    Column("commitment", Bytes(32), nullable=False),
    Column("leaf", Bytes(32), nullable=False),
    UniqueConstraint("story", "version", name="events_story_version"),
)

#: The columns of a row, in the order of the table.
STORY_COLUMNS = tuple(column.name for column in stories.columns)
EVENT_COLUMNS = tuple(column.name for column in events.columns)

plugin_types = Table(
    "plugin_types",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("sha256", Bytes(32), primary_key=True),
    Column("charset", Text, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("subject_key", Text),
)

paired_keys = Table("paired_keys", metadata, Column("sha256", Bytes(32), primary_key=True))

views = Table(
    "views",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    # The column has the name of earlier releases: renaming it would need a migration.
    Column("checkpoint", BigInteger, key="position", nullable=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("plugin", Text, nullable=False),
    Column("failed_position", BigInteger),
    Column("error", Text),
    Column("target", BigInteger),
    Column("cursor", Bytes(16)),
    Column("pending", Bytes),
)

merkle_nodes = Table(
    "merkle_nodes",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Bytes(32), nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("note", Text, nullable=False),
    Column("signed_us", BigInteger, nullable=False),
)

#: The queue of facts that tools propose. It is kept beside the log: nothing in the log refers to it.
proposed_facts = Table(
    "proposed_facts",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("story", Bytes(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("proposer", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("proposed_us", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("candidate", Bytes),
    Column("decided_us", BigInteger),
    Column("decided_by", Text),
    Column("reason", Text),
    Column("event_id", Bytes(16)),
)
