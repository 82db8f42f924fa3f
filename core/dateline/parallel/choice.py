"""Who folds the chunks of a rebuild: this process, others, or a plugin's executor."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import Engine

from dateline.errors import DatelineError, named
from dateline.log import read as log
from dateline.log import schema
from dateline.log.collector import collector_paused
from dateline.log.databases.sqlite_connection import file_of
from dateline.log.engine import reading
from dateline.parallel import cores
from dateline.parallel.order import Order, views_of
from dateline.parallel.processes import processes
from dateline.parallel.worker import Worker, decode_folded, encode
from dateline.plugins.blaming import Blamed
from dateline.plugins.executors import PROCESSES, Executor, Fold
from dateline.plugins.loaded import Plugins
from dateline.plugins.points import own_version
from dateline.views.bulk import Replay
from dateline.views.chunk import Chunk
from dateline.views.stories import Folded


def chosen(
    engine: Engine,
    reader: log.Reader,
    plugins: Plugins,
    jobs: int | None,
    executor: str | None,
    notice: Callable[[str], None],
    segments: str | None = None,
) -> Replay | None:
    """How to replay with `jobs` processes by `executor`, which is ``SCHEME`` or ``SCHEME://ADDRESS``; None
    to do so in this process. With `segments`, the path or URL of their folder, they are read instead of
    the log. Raises UnknownName, DatelineError."""
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
        if jobs == 1 and segments is None:
            return None
        run = here if jobs == 1 else run
    if segments is not None:
        from dateline.segments import read  # with an extra that only this needs

        read.manifest(segments)  # before any build is begun
    if (reason := _bound(engine, plugins)) is not None:
        if segments is not None:
            raise DatelineError(
                f"segments cannot be read here: {reason}",
                hint="leave --segments out",
                code="segments-unusable",
            )
        notice(f"The views are rebuilt in one process: {reason}.")
        return None
    ask = partial(run, address=address, jobs=jobs or cores.usable())
    return _replay(engine, reader, plugins, scheme, ask, segments)


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
    run: Callable[[Fold, Iterable[bytes]], Iterable[bytes]],
    segments: str | None,
) -> Replay:
    def replay(names: Sequence[str], chunks: Iterable[Chunk]) -> Generator[Folded, None, None]:
        own = scheme == PROCESSES
        order = _order(engine, reader, plugins, names)
        order = replace(order, segments=segments is not None, connected=own)
        wanted = chunks if segments is None else _of_segments(engine, reader, segments, chunks)
        ask = partial(run, Worker(encode(order)), map(encode, wanted))
        blamed = Blamed(plugins, "executors", scheme, noun="executor")
        results = ask() if own else blamed.each(ask)
        for result in results:
            with collector_paused():
                folded = decode_folded(result)
            yield folded

    return replay


def here(
    fold: Fold, chunks: Iterable[bytes], *, address: str, jobs: int
) -> Generator[bytes, None, None]:
    """An executor that folds in this process."""
    yield from map(fold, chunks)


def _of_segments(
    engine: Engine, reader: log.Reader, path: str, chunks: Iterable[Chunk]
) -> Iterator[object]:
    """The same stories as each of `chunks`, in segments. Raises DatelineError if these lack some of it."""
    from dateline.segments import read  # with an extra that only this needs

    found = None
    for chunk in chunks:
        if found is None:
            with reading(engine) as connection:
                found = read.usable(connection, reader, path, chunk.target)
        after = UUID(bytes=chunk.after) if chunk.after else None
        last = None if chunk.until is None else UUID(bytes=chunk.until)
        yield read.chunk(path, found, after=after, last=last, until=chunk.target)


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
