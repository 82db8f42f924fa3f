"""Views are rebuilt beside themselves: how far a build has come, and what it is to reach."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN, never batch mode. A build goes story by story: `cursor` is the last one
    # done, `target` the position it folds to; both are NULL in a generation that went live.
    op.add_column("views", sa.Column("target", sa.BigInteger))
    op.add_column("views", sa.Column("cursor", sa.LargeBinary(16)))


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
