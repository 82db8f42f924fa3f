"""Progress of builds: a rebuild of a view makes a new generation next to the live one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN, never batch mode. A build folds story by story: `cursor` is the last story
    # done, `target` the position that it folds to. Both are NULL once a generation is live.
    op.add_column("views", sa.Column("target", sa.BigInteger))
    op.add_column("views", sa.Column("cursor", sa.LargeBinary(16)))


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
