"""The stories that a generation must fold again; and closing an append counts the changed rows."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As in 0006, but it returns how many rows it changed: somebody's rule or trigger may have prevented
# changes without an error.
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


def upgrade() -> None:
    # Plain ADD COLUMN, never batch mode.
    op.add_column("views", sa.Column("pending", sa.LargeBinary))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "DROP FUNCTION dateline_close_append(bigint, bytea, bytea[], bigint[], bytea[], bigint[])"
        )
        op.execute(CLOSE)


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
