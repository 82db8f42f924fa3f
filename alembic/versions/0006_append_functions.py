"""PostgreSQL functions that open and close an append in one round trip each, to shorten waits."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Each statement of a volatile function sees what was committed before that statement began. The lock
# comes first, so nothing read after it is stale. Sequential scans are off because a plan made for an
# empty table is kept.
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
CLOSE = """
CREATE FUNCTION dateline_close_append(
  head bigint, head_peaks bytea,
  keys bytea[], versions bigint[], leaves bytea[], recorded bigint[]
) RETURNS void LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
  UPDATE stories s SET version = m.version, leaf = m.leaf, recorded_us = m.recorded
    FROM unnest(keys, versions, leaves, recorded) AS m (story, version, leaf, recorded)
    WHERE s.story = m.story;
  UPDATE log_head SET position = head, peaks = head_peaks;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(OPEN)
        op.execute(CLOSE)


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
