"""Building views, and their generations, as methods of `dateline.Archive`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from sqlalchemy import Engine

from dateline.export.served import Served
from dateline.log.engine import reading, require_writable
from dateline.log.read import Reader
from dateline.plugins.loaded import Plugins
from dateline.plugins.records import gone_views as views_without_plugin
from dateline.views import catching_up, runner, sql_view, store
from dateline.views import rebuild as generations
from dateline.views.generation import KERNEL, OWNERS, Build
from dateline.views.kept_counts import KeptCounts, kept_counts
from dateline.views.projection import View
from dateline.views.row_differences import Difference
from dateline.views.row_differences import verify as verify_rows


class Viewed(Protocol):
    """What building views needs of `dateline.Archive`."""

    plugins: Plugins
    notice: sql_view.Notice
    _engine: Engine
    _reader: Reader
    _seen: set[str]

    @property
    def _own(self) -> Mapping[str, View]: ...
    @property
    def _served(self) -> Served: ...
    def known_types(self) -> list[str]: ...


def catch_up(
    archive: Viewed, names: Sequence[str] | None = None, *, progress: runner.Progress | None = None
) -> list[Build]:
    """Fold new events into the named views, or into all. Returns their builds, failed ones included.

    Raises UnknownName.
    """
    require_writable(archive._engine)
    return archive._served.catch_up(names, progress=progress)


def catch_up_indexes(archive: Viewed, *, progress: runner.Progress | None = None) -> list[Build]:
    """Fold new events into `own_views`, as `search` and `entities` do when they are called. Returns their
    builds, failed ones included."""
    require_writable(archive._engine)
    own = list(archive._own.values())
    return catching_up.catch_up(archive._engine, archive._reader, own, OWNERS, progress=progress)


def rebuild(
    archive: Viewed,
    names: Sequence[str] | None = None,
    *,
    jobs: int | None = 1,
    executor: str | None = None,
    segments: str | os.PathLike[str] | None = None,
    progress: runner.Progress | None = None,
) -> list[Build]:
    """Replay the log into the next generation of the named views, or of all, and swap it in.

    `jobs` processes fold, and this one writes; None means one for each core, or none for a short log.
    `executor` is the name, or ``NAME://ADDRESS``, of a plugin's executor that folds instead. The rows
    are the same. A program that asks for processes needs ``if __name__ == "__main__":``. With
    `segments`, the path or URL of a folder that `export_segments` wrote, its files are read instead
    of the log.

    Readers see the old rows until the swap. An interrupted rebuild continues where it stopped.
    Returns the builds, failed ones included. Raises UnknownName, DatelineError.
    """
    from dateline.parallel.choice import chosen

    require_writable(archive._engine)
    wanted = [
        kept_view(archive, name) for name in names or (*archive.plugins.views, *own_views(archive))
    ]
    owners = {**archive.plugins.owners("views"), **OWNERS}
    build = partial(
        generations.rebuild,
        archive._engine,
        archive._reader,
        plugins=owners,
        progress=progress,
        notice=archive.notice,
    )
    # Segments have no documents: what reads those is folded here.
    here = [view for view in wanted if segments is not None and view.reads_documents]
    replay = chosen(
        archive._engine,
        archive._reader,
        archive.plugins,
        jobs,
        executor,
        archive.notice,
        None if segments is None else os.fspath(segments),
    )
    builds = build([view for view in wanted if view not in here], replay=replay)
    return [*builds, *(build(here) if here else ())]


def own_views(archive: Viewed) -> list[str]:
    """Projections of Dateline's own that were built. They speed up reading; `rebuild` and
    `verify_view` take them like the views of plugins."""
    with reading(archive._engine) as connection:
        return sorted({build.name for build in store.builds(connection) if build.kernel})


def kept_view(archive: Viewed, name: str) -> View:
    """The view of a plugin, or the projection of Dateline's own, with this name. Raises UnknownName."""
    return archive._own.get(name) or archive.plugins.view(name)


def verify_view(archive: Viewed, name: str) -> list[Difference]:
    """Compare the rows of a view with a replay of the log: rows that are wrong, and rows that are
    missing. Empty if the view is correct. Raises UnknownName."""
    found = verify_rows(archive._engine, archive._reader, [kept_view(archive, name)])
    return found.get(name, [])


def undo_rebuild(archive: Viewed, name: str) -> Build:
    """Restore the previous generation of a view. Raises UnknownName, DatelineError if there is none."""
    require_writable(archive._engine)
    return generations.undo(
        archive._engine, archive._reader, kept_view(archive, name), notice=archive.notice
    )


def prune(archive: Viewed, names: Sequence[str] | None = None) -> list[Build]:
    """Drop the generations that readers do not see: of the named views, or of all. Returns them.

    If a named view is no longer offered by any plugin (`gone_views`), all its generations and
    its SQL view are dropped; so are all generations of one of `own_views`, built again when needed. Raises UnknownName, DatelineError.
    """
    require_writable(archive._engine)
    there = {build.name for build in builds(archive)}
    for name in names or ():
        if name not in there:
            kept_view(archive, name)
    gone = [*gone_views(archive), *KERNEL] if names else ()
    return generations.prune(archive._engine, names, gone=gone)


def gone_views(archive: Viewed) -> list[str]:
    """Views with a table whose plugin is not installed or no longer offers them. Views of a plugin
    that is blocked or failed to load are not among them."""
    left_out = archive.plugins.left_out("views")
    return views_without_plugin(left_out, archive.plugins.views, builds(archive))


def refresh_sql_views(archive: Viewed) -> None:
    """Write the SQL views again that are missing, altered or of an earlier release, as reading each
    view does. What keeps that from being done is left to the next read."""
    require_writable(archive._engine)
    sql_view.keep(archive._engine, builds(archive), archive._seen, archive.notice)


def sql_views(archive: Viewed) -> list[sql_view.Shown]:
    """The state of the SQL view, for readers outside Dateline, of each view that was built."""
    with reading(archive._engine) as connection:
        return sql_view.look(connection, store.builds(connection))


def pending_views(archive: Viewed) -> list[str]:
    """Names of the loaded views in which an erasure left stories to be folded again. The next read
    of such a view does that, and so does `fold_again`."""
    pending = {build.name for build in builds(archive) if build.serves and build.pending}
    return sorted(pending & archive.plugins.views.keys())


def builds(archive: Viewed) -> list[Build]:
    """Every generation of every view."""
    with reading(archive._engine) as connection:
        return [build for build in store.builds(connection) if not build.kernel]


def open_doubts(archive: Viewed) -> KeptCounts | None:
    """How many doubts are open in each story that has any, as the view ``doubts`` was kept last; None
    if it is not live. Folds nothing."""
    view, types = archive.plugins.views.get("doubts"), archive.known_types()
    with reading(archive._engine) as connection:
        return None if view is None else kept_counts(connection, view, types)
