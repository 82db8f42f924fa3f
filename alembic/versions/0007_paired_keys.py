"""Which keys databases were paired with the archive: no other one erases anything unasked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing is known yet: a keys database of before is recognised by what it alone can know.
    op.create_table("paired_keys", sa.Column("sha256", sa.LargeBinary(32), primary_key=True))


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
