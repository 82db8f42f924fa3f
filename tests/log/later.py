"""A schema that is one migration later than the newest: what `dateline upgrade` leads to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dateline.log import schema

NOW = schema.HEAD
NEXT = f"{int(NOW) + 1:04}"
_MIGRATION = f'''
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{NEXT}", "{NOW}", None, None


def upgrade():
    op.create_table("shelves", sa.Column("shelf", sa.Integer, primary_key=True))
    op.add_column("documents", sa.Column("shelf", sa.Integer))
    op.execute("INSERT INTO shelves (shelf) VALUES (1)")
'''


def write(folder: Path) -> None:
    """Write the migrations, with one more, to a new folder."""
    shutil.copytree(schema.migrations(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{NEXT}_shelves.py").write_text(_MIGRATION)


@contextmanager
def known(folder: Path) -> Iterator[None]:
    """Within the block, Dateline has the migrations in that folder, and needs the later schema."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: folder)
        patch.setattr(schema, "HEAD", NEXT)
        yield
