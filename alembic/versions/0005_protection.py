"""The key of each protected document, and indexes to find everything under a key."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    # Plain ADD COLUMN, never batch mode. The indexes are partial, so they cost
    # nothing for content that is not protected.
    op.add_column("documents", sa.Column("subject_key", words))
    protected = sa.text("subject_key IS NOT NULL")
    for table in ("documents", "events"):
        op.create_index(
            f"{table}_subject_key",
            table,
            ["subject_key"],
            sqlite_where=protected,
            postgresql_where=protected,
        )


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
