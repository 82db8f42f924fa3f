"""The queue of proposed facts. It is no part of the log: its rows change and are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposed_facts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("story", sa.LargeBinary(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("proposer", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("proposed_us", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        # NULL once the proposal is accepted: the fact is in the log then, and erased there.
        sa.Column("candidate", sa.LargeBinary),
        sa.Column("decided_us", sa.BigInteger),
        sa.Column("decided_by", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("event_id", sa.LargeBinary(16)),
    )
    op.create_index("proposed_facts_story", "proposed_facts", ["story"])


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
