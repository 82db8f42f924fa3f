"""Nodes of the log's Merkle tree, computed from the existing leaves, and signed checkpoints."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PAGE = 10_000
TABLES = {
    "merkle_nodes": ("nodes of the tree", "level = NEW.level AND number = NEW.number"),
    "checkpoints": ("checkpoints", "size = NEW.size AND key = NEW.key"),
}


def upgrade() -> None:
    words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    nodes = op.create_table(
        "merkle_nodes",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", words, primary_key=True),
        sa.Column("note", words, nullable=False),
        sa.Column("signed_us", sa.BigInteger, nullable=False),
    )
    _fill(op.get_bind(), nodes)
    for table, (what, same) in TABLES.items():
        for statement in _triggers(op.get_bind().dialect.name, table, what, same):
            op.execute(statement)


def _fill(connection, nodes) -> None:
    """Store a node for every 256 leaves or nodes of the level below (RFC 6962 §2.1), page by page."""
    waiting: list[list[bytes]] = [[]]  # by level, the hashes of an incomplete node
    done: dict[int, int] = {}
    query = sa.text(
        "SELECT position, leaf FROM events WHERE position > :after ORDER BY position LIMIT :page"
    )
    after = 0
    while page := connection.execute(query, {"after": after, "page": PAGE}).all():
        rows = []
        for row in page:
            level, carry = 0, bytes(row.leaf)
            while True:
                waiting[level].append(carry)
                if len(waiting[level]) < 256:
                    break
                carry, waiting[level], level = _root(waiting[level]), [], level + 1
                if level == len(waiting):
                    waiting.append([])
                rows.append({"level": level, "number": done.get(level, 0), "hash": carry})
                done[level] = done.get(level, 0) + 1
        if rows:
            connection.execute(nodes.insert(), rows)
        after = page[-1].position


def _root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _triggers(dialect: str, table: str, what: str, same: str) -> list[str]:
    if dialect == "postgresql":
        return [
            (
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
                f" BEGIN RAISE EXCEPTION 'dateline: {what} never change'; END $$"
            ),
            (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
            ),
        ]
    return [
        (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'dateline: {what} are never deleted'); END"
        ),
        (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'dateline: {what} never change'); END"
        ),
        # INSERT OR REPLACE deletes rows without firing delete triggers.
        (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            f" BEGIN SELECT RAISE(ABORT, 'dateline: {what} are never replaced'); END"
        ),
    ]


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
