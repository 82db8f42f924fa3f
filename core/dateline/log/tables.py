"""The log's own tables, as SQLAlchemy sees them. Made and changed by Alembic alone."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
#: Where Alembic keeps the schema's number.
VERSION_TABLE = "alembic_version"

log_head = Table(
    "log_head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("archive", LargeBinary(16), nullable=False),
    Column("peaks", LargeBinary, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("story", LargeBinary(16), primary_key=True),
    Column("slug", String(80), nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", LargeBinary(16), nullable=False, unique=True),
    Column("story", LargeBinary(16), ForeignKey("stories.story"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("recorded_us", BigInteger, nullable=False),
    Column("reported_us", BigInteger),
    Column("subject_key", Text),
    Column("salt", LargeBinary(32)),
    Column("body", LargeBinary),
    Column("commitment", LargeBinary(32), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    UniqueConstraint("story", "version", name="events_story_version"),
)

plugin_types = Table(
    "plugin_types",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("sha256", LargeBinary(32), primary_key=True),
    Column("charset", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("subject_key", Text),
)

views = Table(
    "views",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("checkpoint", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("plugin", Text, nullable=False),
    Column("failed_position", BigInteger),
    Column("error", Text),
    Column("target", BigInteger),
    Column("cursor", LargeBinary(16)),
)

merkle_nodes = Table(
    "merkle_nodes",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("note", Text, nullable=False),
    Column("signed_us", BigInteger, nullable=False),
)
