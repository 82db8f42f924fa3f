"""The rows of views as they were kept last, for reading without folding anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.log import read
from dateline.log.engine import reading
from dateline.views import store
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of

#: How often a read is repeated when another process replaces a view during it.
_TRIES = 100


def kept(connection: Connection, view: View, types: Iterable[str]) -> Build | None:
    """The generation of a view with the rows of all stories up to its position, until this snapshot ends.

    None if there is none, if its rows are of another version of the view or of other plugins' event types
    (`types` are the known ones), or if it has stories to fold again. Raises ChangedElsewhere if it is gone.
    """
    build = store.current(connection, view.name)
    if build is None or build.state != "live" or build.pending:
        return None
    if build.fingerprint != schema_of(view).fingerprint(types):
        return None
    store.hold(connection, build)
    return build


@contextmanager
def snapshot(
    engine: Engine, reader: read.Reader, views: Sequence[View], *, at_head: bool = False
) -> Iterator[tuple[Connection, dict[str, Build]]]:
    """A transaction that reads, and the generation of each of `views` that is `kept` in it, by name; with
    `at_head` only those that have all events. Raises DatelineError."""
    for _ in range(_TRIES):
        with reading(engine) as connection:
            types, head = reader.known_types(connection), read.head(connection).position
            some = () if reader.withholds(connection) else views
            try:
                found = [kept(connection, view, types) for view in some]
            except store.ChangedElsewhere:
                continue
            wanted = [one for one in found if one and (not at_head or one.position == head)]
            yield connection, {build.name: build for build in wanted}
            return
    raise DatelineError(
        f"other processes replaced views during each of {_TRIES} reads",
        hint="try again",
        code="view-busy",
    )
