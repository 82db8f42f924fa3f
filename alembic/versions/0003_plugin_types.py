"""The event types of plugins that the log holds: a view folds differently when one is unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CORE = (
    "story.opened", "story.retitled", "story.closed", "source.captured", "source.withdrawn",
    "entity.introduced", "statement.recorded", "occurrence.recorded", "figure.recorded",
    "state.recorded", "role.recorded", "assessment.recorded", "facts.linked", "evidence.added",
    "fact.corrected", "fact.retracted", "fact.disputed", "fact.reviewed", "content.erased",
)  # fmt: skip


def upgrade() -> None:
    made = op.create_table(
        "plugin_types",
        sa.Column(
            "name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            primary_key=True,
        ),
        # The position of the first event of that type.
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    events = sa.table("events", sa.column("type"), sa.column("position"))
    held = sa.select(events.c.type, sa.func.min(events.c.position))
    held = held.where(events.c.type.not_in(CORE)).group_by(events.c.type)
    op.execute(made.insert().from_select(["name", "since"], held))


def downgrade() -> None:
    raise NotImplementedError("the log only moves forward: restore a backup instead")
