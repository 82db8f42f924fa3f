"""The numbers of rows of a view as it was kept last, without folding anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from dateline.views import store, stored_rows
from dateline.views.kept import kept
from dateline.views.projection import View, schema_of


class KeptCounts(NamedTuple):
    """The number of rows of each story that has any, by slug, up to a position of the log."""

    stories: dict[str, int]
    position: int


def kept_counts(connection: Connection, view: View, types: Iterable[str]) -> KeptCounts | None:
    """The counts of a view that is live; None if it is not, or has stories to fold again."""
    try:
        build = kept(connection, view, types)
    except store.ChangedElsewhere:
        return None
    if build is None:
        return None
    return KeptCounts(stored_rows.counts(connection, schema_of(view), build), build.position)
