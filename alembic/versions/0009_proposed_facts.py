"""The queue of proposed facts. It is no part of the log: its rows change and are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Text that sorts by code points on every database, whatever the server's locale is.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


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
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("proposer", _TEXT, nullable=False),
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("proposed_us", sa.BigInteger, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        # NULL once the proposal is accepted: the fact is in the log then, and erased there.
        sa.Column("candidate", sa.LargeBinary),
        sa.Column("decided_us", sa.BigInteger),
        sa.Column("decided_by", _TEXT),
        sa.Column("reason", _TEXT),
        sa.Column("event_id", sa.LargeBinary(16)),
    )
    op.create_index("proposed_facts_story", "proposed_facts", ["story"])


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
