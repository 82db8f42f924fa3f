"""The keys databases paired with the archive: no other one erases anything without a confirmation."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # It starts empty: an older keys database is recognised by content that only it can have.
    op.create_table("paired_keys", sa.Column("sha256", sa.LargeBinary(32), primary_key=True))


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
