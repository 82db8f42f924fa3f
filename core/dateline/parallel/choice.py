"""Who folds the chunks of a rebuild: this process, others, or a plugin's executor."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial

from sqlalchemy import Engine

from dateline.errors import DatelineError, named
from dateline.log import read as log
from dateline.log import schema
from dateline.log.databases.sqlite_connection import file_of
from dateline.log.engine import reading
from dateline.parallel import cores
from dateline.parallel.order import Order, views_of
from dateline.parallel.processes import processes
from dateline.parallel.worker import Worker, decode_folded, encode
from dateline.plugins.blaming import Blamed
from dateline.plugins.executors import PROCESSES, Executor
from dateline.plugins.loaded import Plugins
from dateline.plugins.points import own_version
from dateline.views.bulk import Replay
from dateline.views.chunk import Chunk
from dateline.views.collector import collector_paused
from dateline.views.stories import Folded


def chosen(
    engine: Engine,
    reader: log.Reader,
    plugins: Plugins,
    jobs: int | None,
    executor: str | None,
    notice: Callable[[str], None],
) -> Replay | None:
    """How to replay with `jobs` processes by `executor`, which is ``SCHEME`` or ``SCHEME://ADDRESS``; None
    to do so in this process. Raises UnknownName, DatelineError."""
    if jobs is not None and jobs < 1:
        raise DatelineError(f"jobs is {jobs}, not 1 or more", code="jobs-invalid")
    scheme, _, address = (executor or PROCESSES).partition("://")
    run: Executor = processes
    if scheme != PROCESSES:
        offered: dict[str, Executor] = {PROCESSES: processes, **plugins.executors}
        run = named(offered, scheme, "executor", "executor-unknown")
    if executor is None:
        with reading(engine) as connection:
            jobs = jobs or cores.worth(log.head(connection).position)
        if jobs == 1:
            return None
    if (reason := _bound(engine, plugins)) is not None:
        notice(f"The views are rebuilt in one process: {reason}.")
        return None
    return _replay(engine, reader, plugins, scheme, run, address, jobs or cores.usable())


def _bound(engine: Engine, plugins: Plugins) -> str | None:
    """Why other processes cannot fold, if they cannot."""
    if engine.dialect.name == "sqlite" and file_of(engine.url) is None:
        return "the archive is in the memory of this one"
    if plugins.recipe is None:
        return "plugins were added in this one, and others cannot import them"
    return None


def _replay(
    engine: Engine,
    reader: log.Reader,
    plugins: Plugins,
    scheme: str,
    run: Executor,
    address: str,
    jobs: int,
) -> Replay:
    def replay(names: Sequence[str], chunks: Iterable[Chunk]) -> Generator[Folded, None, None]:
        worker = Worker(encode(_order(engine, reader, plugins, names)))
        ask = partial(run, worker, map(encode, chunks), address=address, jobs=jobs)
        own = scheme == PROCESSES
        blamed = Blamed(plugins, "executors", scheme, noun="executor")
        results = ask() if own else blamed.each(ask)
        for result in results:
            with collector_paused():
                folded = decode_folded(result)
            yield folded

    return replay


def _order(engine: Engine, reader: log.Reader, plugins: Plugins, names: Sequence[str]) -> Order:
    assert plugins.recipe is not None
    path, keys = file_of(engine.url), None if reader.vault is None else reader.vault.keys.file.path
    url = engine.url if path is None else engine.url.set(database=str(path.absolute()))
    with reading(engine) as connection:
        archive = schema.archive_id(connection)
    return Order(
        archive,
        url.render_as_string(hide_password=False),
        None if keys is None else str(keys.absolute()),
        plugins.recipe,
        views_of(plugins, names),
        own_version(),
    )
