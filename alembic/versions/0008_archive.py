"""The tables of an archive, the triggers that keep the log append-only, and PostgreSQL's functions.

It has the number of the last of the eight migrations that it replaces.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = None
branch_labels = None
depends_on = None

# An update may only erase, that is set salt and body to NULL. INSERT OR REPLACE deletes rows without
# firing delete triggers, so a trigger also refuses inserts over an existing row.
SQLITE_TRIGGERS = """
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'dateline: events are never deleted'); END;
--
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
WHEN NOT (NEW.salt IS NULL AND NEW.body IS NULL AND NEW.position IS OLD.position
  AND NEW.event_id IS OLD.event_id AND NEW.story IS OLD.story AND NEW.version IS OLD.version
  AND NEW.type IS OLD.type AND NEW.schema_version IS OLD.schema_version
  AND NEW.recorded_us IS OLD.recorded_us AND NEW.reported_us IS OLD.reported_us
  AND NEW.subject_key IS OLD.subject_key AND NEW.commitment IS OLD.commitment
  AND NEW.leaf IS OLD.leaf)
BEGIN SELECT RAISE(ABORT, 'dateline: events never change'); END;
--
CREATE TRIGGER events_no_replace BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id)
  OR EXISTS (SELECT 1 FROM events WHERE story = NEW.story AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'dateline: events are never replaced'); END;
--
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head
BEGIN SELECT RAISE(ABORT, 'dateline: the log head is never deleted'); END;
--
CREATE TRIGGER log_head_forward BEFORE UPDATE ON log_head
WHEN NEW.position < OLD.position OR NEW.archive IS NOT OLD.archive OR NEW.id IS NOT OLD.id
BEGIN SELECT RAISE(ABORT, 'dateline: the log only grows'); END;
--
CREATE TRIGGER log_head_one BEFORE INSERT ON log_head WHEN EXISTS (SELECT 1 FROM log_head)
BEGIN SELECT RAISE(ABORT, 'dateline: the log has one head'); END;
--
CREATE TRIGGER stories_no_delete BEFORE DELETE ON stories
BEGIN SELECT RAISE(ABORT, 'dateline: stories are never deleted'); END
"""

# The same rules. Unique keys refuse inserts over a row, and ON CONFLICT DO UPDATE is an update. The
# head row is updated often: free space in its page lets every update stay in that page.
POSTGRES_TRIGGERS = """
CREATE FUNCTION dateline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'dateline: %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
--
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
FOR EACH STATEMENT EXECUTE FUNCTION dateline_refuse('events are never deleted');
--
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION dateline_refuse('events are never deleted');
--
CREATE TRIGGER events_no_update BEFORE UPDATE ON events FOR EACH ROW
WHEN (NOT (NEW.salt IS NULL AND NEW.body IS NULL
  AND (NEW.position, NEW.event_id, NEW.story, NEW.version, NEW.type, NEW.schema_version,
       NEW.recorded_us, NEW.reported_us, NEW.subject_key, NEW.commitment, NEW.leaf)
  IS NOT DISTINCT FROM
      (OLD.position, OLD.event_id, OLD.story, OLD.version, OLD.type, OLD.schema_version,
       OLD.recorded_us, OLD.reported_us, OLD.subject_key, OLD.commitment, OLD.leaf)))
EXECUTE FUNCTION dateline_refuse('events never change');
--
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head
FOR EACH STATEMENT EXECUTE FUNCTION dateline_refuse('the log head is never deleted');
--
CREATE TRIGGER log_head_no_truncate BEFORE TRUNCATE ON log_head
FOR EACH STATEMENT EXECUTE FUNCTION dateline_refuse('the log head is never deleted');
--
CREATE TRIGGER log_head_forward BEFORE UPDATE ON log_head FOR EACH ROW
WHEN (NEW.position < OLD.position OR NEW.archive IS DISTINCT FROM OLD.archive
  OR NEW.id IS DISTINCT FROM OLD.id)
EXECUTE FUNCTION dateline_refuse('the log only grows');
--
CREATE TRIGGER stories_no_delete BEFORE DELETE ON stories
FOR EACH STATEMENT EXECUTE FUNCTION dateline_refuse('stories are never deleted');
--
CREATE TRIGGER stories_no_truncate BEFORE TRUNCATE ON stories
FOR EACH STATEMENT EXECUTE FUNCTION dateline_refuse('stories are never deleted');
--
ALTER TABLE log_head SET (fillfactor = 10);
--
ALTER TABLE stories SET (fillfactor = 70)
"""

# These functions open and close an append in one round trip each, to shorten waits. Each statement of
# a volatile function sees what was committed before that statement began. The lock comes first, so
# nothing read after it is stale. Sequential scans are off because a plan made for an empty table is
# kept.
OPEN = """
CREATE FUNCTION dateline_open_append(ids bytea[], keys bytea[])
RETURNS TABLE (
  kind text, key bytea, owner bytea, number bigint, at bigint, name text, subject text, content bytea
)
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY SELECT 'head', h.archive, NULL::bytea, h.position, NULL::bigint, NULL::text, NULL::text,
    h.peaks
    FROM log_head h FOR UPDATE;
  RETURN QUERY SELECT 'event', e.event_id, e.story, e.position, NULL::bigint, e.type,
    e.subject_key, e.body
    FROM events e WHERE e.event_id = ANY (ids);
  RETURN QUERY SELECT 'story', s.story, NULL::bytea, s.version, s.recorded_us, NULL::text,
    NULL::text, s.leaf
    FROM stories s WHERE s.story = ANY (keys);
END $$
"""
# It returns how many rows it changed: somebody's rule or trigger may have prevented changes without
# an error.
CLOSE = """
CREATE FUNCTION dateline_close_append(
  head bigint, head_peaks bytea,
  keys bytea[], versions bigint[], leaves bytea[], recorded bigint[]
) RETURNS bigint LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
  moved bigint;
  heads bigint;
BEGIN
  UPDATE stories s SET version = m.version, leaf = m.leaf, recorded_us = m.recorded
    FROM unnest(keys, versions, leaves, recorded) AS m (story, version, leaf, recorded)
    WHERE s.story = m.story;
  GET DIAGNOSTICS moved = ROW_COUNT;
  UPDATE log_head SET position = head, peaks = head_peaks;
  GET DIAGNOSTICS heads = ROW_COUNT;
  RETURN moved + heads;
END $$
"""
#: Tables whose rows are only added, with the words for a row, and what makes two rows the same.
APPEND_ONLY = {
    "merkle_nodes": ("nodes of the tree", "level = NEW.level AND number = NEW.number"),
    "checkpoints": ("checkpoints", "size = NEW.size AND key = NEW.key"),
}


def words(plain: sa.types.String) -> sa.types.TypeEngine[str]:
    """Text that sorts by code points on every database, whatever the server's locale is."""
    ordered = type(plain)(plain.length, collation="C")
    return plain.with_variant(ordered, "postgresql")


def upgrade() -> None:
    op.create_table(
        "log_head",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("archive", sa.LargeBinary(16), nullable=False),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("id = 1", name="log_head_one_row"),
    )
    op.create_table(
        "stories",
        sa.Column("story", sa.LargeBinary(16), primary_key=True),
        sa.Column("slug", words(sa.String(80)), nullable=False, unique=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.Column("recorded_us", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "events",
        # On SQLite, INTEGER PRIMARY KEY is the rowid: appends add to the end of one B-tree.
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("event_id", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("story", sa.LargeBinary(16), sa.ForeignKey("stories.story"), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("type", words(sa.Text()), nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("recorded_us", sa.BigInteger, nullable=False),
        sa.Column("reported_us", sa.BigInteger),
        sa.Column("subject_key", words(sa.Text())),
        sa.Column("salt", sa.LargeBinary(32)),
        sa.Column("body", sa.LargeBinary),
        sa.Column("commitment", sa.LargeBinary(32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.UniqueConstraint("story", "version", name="events_story_version"),
    )
    op.create_table(
        "documents",
        sa.Column("sha256", sa.LargeBinary(32), primary_key=True),
        sa.Column("charset", words(sa.Text()), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("subject_key", words(sa.Text())),
    )
    op.create_table(
        "views",
        sa.Column("name", words(sa.String(64)), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", words(sa.Text()), nullable=False),
        sa.Column("checkpoint", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("fingerprint", words(sa.Text()), nullable=False),
        sa.Column("plugin", words(sa.Text()), nullable=False),
        sa.Column("failed_position", sa.BigInteger),
        sa.Column("error", words(sa.Text())),
        # A build folds story by story: `cursor` is the last story done, `target` the position that it
        # folds to. Both are NULL once a generation is live. `pending` are stories to fold again.
        sa.Column("target", sa.BigInteger),
        sa.Column("cursor", sa.LargeBinary(16)),
        sa.Column("pending", sa.LargeBinary),
    )
    op.create_table(
        "plugin_types",
        sa.Column("name", words(sa.Text()), primary_key=True),
        # The position of the first event of that type.
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "merkle_nodes",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
    )
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", words(sa.Text()), primary_key=True),
        sa.Column("note", words(sa.Text()), nullable=False),
        sa.Column("signed_us", sa.BigInteger, nullable=False),
    )
    # No keys database but these erases anything without a confirmation.
    op.create_table("paired_keys", sa.Column("sha256", sa.LargeBinary(32), primary_key=True))
    # The indexes are partial, so they cost nothing for content that is not protected.
    protected = sa.text("subject_key IS NOT NULL")
    for table in ("documents", "events"):
        op.create_index(
            f"{table}_subject_key",
            table,
            ["subject_key"],
            sqlite_where=protected,
            postgresql_where=protected,
        )
    dialect = op.get_bind().dialect.name
    statements = (SQLITE_TRIGGERS if dialect == "sqlite" else POSTGRES_TRIGGERS).split("\n--\n")
    for table, (what, same) in APPEND_ONLY.items():
        statements += _triggers(dialect, table, what, same)
    if dialect == "postgresql":
        statements += [OPEN, CLOSE]
    for statement in statements:
        op.execute(statement)


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
