"""Copying in batches. Each batch is one transaction, after which the copy holds the first events of
the archive, complete.

FROM is read in one snapshot, so all its tables show the same moment while appends to it continue. The
append lock of the copy is held for one batch at a time, and each batch checks that nobody else
appended in between.

The copy is marked unfinished from its first change until it was compared with FROM: content erased in
FROM is erased first, and the event that records this arrives later.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Engine, delete, select

from dateline.errors import DatelineError, NotAnArchive
from dateline.log import overwriting, schema, stored_tree
from dateline.log.copying.copied_table import CopiedTable
from dateline.log.databases import catalog
from dateline.log.databases.backend import Values
from dateline.log.databases.dialect import of
from dateline.log.databases.sql import found_in
from dateline.log.databases.unwritten import LockTimeout, require_done
from dateline.log.databases.wal import empty_wal, still_read
from dateline.log.engine import patiently, reading, shown, to_url, writing
from dateline.log.hashing import Frontier
from dateline.log.pages import EVENTS, LEAVES, agree, damaged, head_of, lasts, pages, take_sound
from dateline.log.read import Head
from dateline.log.tables import (
    EVENT_COLUMNS,
    STORY_COLUMNS,
    checkpoints,
    documents,
    events,
    merkle_nodes,
    paired_keys,
    plugin_types,
    proposed_facts,
    stories,
    views,
)
from dateline.log.walk import Walk

#: Seconds to wait for readers of erased content.
_PATIENCE = 2.0
_ELSEWHERE = "copy to a new file or an empty database"

#: Tables that are copied before the events, which refer to them. Add a new table of the log here, or
#: have a reason why not: views are folded again, and nodes are computed from events.
TABLES = (
    CopiedTable(documents, content="content", sealed="subject_key"),
    CopiedTable(plugin_types),
    CopiedTable(paired_keys),
    CopiedTable(checkpoints, erasable=False),
    CopiedTable(proposed_facts, mutable=True),
)

_SLUGS = f"SELECT story, slug FROM {stories.name} WHERE story IN"
_ERASE = "UPDATE events SET salt = NULL, body = NULL WHERE position = ?"

#: ``progress("copying", "events")`` is entered for each part of the work. It yields a function that is
#: called with (done, total).
Progress = Callable[[str, str], AbstractContextManager[Callable[[int, int], None]]]


def silent(what: str, unit: str) -> AbstractContextManager[Callable[[int, int], None]]:
    """Show no progress."""
    return nullcontext(lambda done, total: None)


class Copied(msgspec.Struct, frozen=True):
    """The head of a copy, and how many of its events this run copied."""

    head: Head
    new: int


def open_copy(db: str | os.PathLike[str], archive: UUID) -> Engine:
    """The copy to continue, created when there is none. Raises DatelineError for anything else."""
    try:
        return schema.connect(db, unfinished=True)
    except NotAnArchive:
        url = to_url(db)
        if url.get_backend_name() != "sqlite":
            return schema.create(db, copy_of=archive)
    path = Path(str(url.database))
    if path.exists():
        raise DatelineError(
            f"{path} exists and is not an archive", hint=_ELSEWHERE, code="target-occupied"
        )
    overwriting.refuse_used(path)
    return schema.create(db, copy_of=archive)


def forget_views(connection: Connection) -> None:
    """Drop every generation of every view, and objects that outsiders built on them. A fold under
    way notices that its generation is missing, and the next reader folds again."""
    found = connection.execute(select(views.c.name, views.c.generation)).all()
    for name in sorted({row.name for row in found}):
        catalog.drop_view(connection, name, others_too=True)
    for row in found:
        catalog.drop_table(connection, f"{row.name}__g{row.generation}", others_too=True)
    require_done(connection.execute(delete(views)).rowcount, len(found), views.name)


def copy(source: Engine, target: Engine, progress: Progress) -> Copied:
    """Make `target`, as returned by `open_copy`, equal to the current state of `source`, and check it.

    Raises DatelineError when it holds anything but the first events of the same archive (it is not
    changed then) or when somebody else appends to it meanwhile, Damaged when either does not match
    its hashes: the copy then holds the sound events before the damage.
    """
    with reading(source) as connection:
        copier = _Copier(connection, target)
        with progress("looking at what is there", "events") as step:
            copier.look(step)
        with progress("copying", "events") as step:
            new = copier.bring(step)
        with progress("checking", "events") as step:
            copier.check(step)
        return Copied(copier.goal, new)


class _Copier:
    def __init__(self, source: Connection, target: Engine) -> None:
        self._source, self._target = source, target
        self._from, self._to = shown(source.engine.url), shown(target.url)
        self.goal = head_of(source, self._from)
        #: Whether content that the copy has, or had, is erased in FROM.
        self._erased = False
        with reading(target) as connection:
            self._left = head_of(connection, self._to)

    # -- what the copy holds so far ----------------------------------------------------------------

    def look(self, step: Callable[[int, int], None]) -> None:
        """Check that the copy is the beginning of the same archive, and erase what FROM erased."""
        there, goal = self._left, self.goal
        if there.archive != goal.archive:
            raise self._refused(f"it is another archive, {there.archive}")
        if there.position > goal.position:
            raise self._refused(
                f"it has {there.position} events, but {self._from} has {goal.position}"
            )
        erased: list[int] = []
        frontier = Frontier()
        changed = there != goal
        with reading(self._target) as connection:
            for ours, theirs in zip(
                pages(self._source, LEAVES, there.position, where=self._from),
                pages(connection, LEAVES, there.position, where=self._to),
                strict=True,
            ):
                for (position, leaf, is_erased), (_, other, erased_there) in zip(
                    ours, theirs, strict=True
                ):
                    if leaf != other:
                        raise self._refused(f"it has another event at position {position}")
                    if erased_there and not is_erased:
                        raise self._refused(
                            f"the event at position {position} is erased there but not in {self._from}"
                        )
                    if is_erased and not erased_there:
                        erased.append(position)
                    self._erased |= bool(is_erased)
                    frontier.append(leaf)
                frontier.take_complete()  # the copy has those nodes
                step(frontier.size, goal.position)
            last = lasts(connection)
            if frontier.root() != there.root:
                raise damaged(self._to, "its head does not match its events")
            for table in TABLES:
                changed |= table.differs(self._source, connection)
        self._walk = Walk(goal.archive, frontier, last)
        if changed or erased:
            try:
                patiently(self._target, lambda connection: self._begin(connection, erased))
            except LockTimeout:
                raise DatelineError(
                    f"another session is writing to {self._to}, or reads a view there in a transaction "
                    "that does not end; nothing was changed",
                    hint="end that session (on PostgreSQL pg_stat_activity shows it), then run the "
                    "same `dateline copy` again",
                    code="locked",
                ) from None

    def _begin(self, connection: Connection, erased: Sequence[int]) -> None:
        self._require_alone(connection)
        if erased:
            forget_views(connection)  # first, because this may have to wait for readers
            many = [(position,) for position in erased]
            done = of(connection).execute_many(connection, _ERASE, many)
            require_done(done, len(many), events.name)
        schema.begin(connection)

    def _refused(self, why: str) -> DatelineError:
        return DatelineError(
            f"{self._to} is not an earlier copy of {self._from}: {why}; it was not changed",
            hint=_ELSEWHERE,
            code="not-a-copy",
        )

    # -- batches -------------------------------------------------------------------------------

    @contextmanager
    def _turn(self) -> Iterator[Connection]:
        """A transaction on the copy. Fails when the head is not as this run left it."""
        with writing(self._target) as connection:
            self._require_alone(connection)
            yield connection

    def _require_alone(self, connection: Connection) -> None:
        found = head_of(connection, self._to)
        if found != self._left:
            raise DatelineError(
                f"another process is writing to {self._to}: it moved from position "
                f"{self._left.position} to {found.position} meanwhile",
                hint="run one `dateline copy` at a time, and record into the copy only "
                "when it is finished",
                code="copy-disturbed",
            )

    def bring(self, step: Callable[[int, int], None]) -> int:
        """Copy everything that is missing. Returns the number of new events."""
        for table in TABLES:
            table.copy(self._source, self._turn, self._from)
        first, goal = self._left.position, self.goal.position
        for rows in pages(self._source, EVENTS, goal, after=first, where=self._from):
            self._write(rows)
            step(self._left.position - first, goal - first)
        if self._left != self.goal:
            raise damaged(self._from, "its head does not match its events")
        return goal - first

    def _write(self, rows: Sequence[Values]) -> None:
        """Write one batch. Damaged events are not written."""
        walk, moved, opened = self._walk, dict.fromkeys(row[2] for row in rows), []
        new = [story for story in moved if story not in walk.stories]
        take_sound(walk, rows, self._from)
        for story, slug in self._slugs(new).items():
            del moved[story]
            opened.append((story, slug, *walk.stories[story]))
        with self._turn() as connection:
            backend = of(connection)
            if opened:
                backend.insert(connection, stories.name, STORY_COLUMNS, opened)
            backend.insert(connection, events.name, EVENT_COLUMNS, rows)
            stored_tree.insert(connection, walk.frontier.take_complete())
            changed = [(*walk.stories[story], story) for story in moved]
            peaks = walk.frontier.to_bytes()
            backend.close_append(connection, walk.frontier.size, peaks, changed)
        self._left = Head(self.goal.archive, walk.frontier.size, walk.frontier.root())

    def _slugs(self, keys: list[bytes]) -> dict[bytes, str]:
        run = of(self._source).execute(self._source)
        found: dict[bytes, str] = {row[0]: row[1] for row in found_in(run, _SLUGS, keys)}
        if len(found) != len(keys):
            raise damaged(
                self._from, "an event belongs to a story that is not in the table of stories"
            )
        return found

    # -- the end -------------------------------------------------------------------------------

    def check(self, step: Callable[[int, int], None]) -> None:
        """Recompute every hash of the copy, compare every row with FROM's, and mark it finished."""
        with reading(self._target) as connection:
            walk = Walk(self.goal.archive, Frontier(), {})
            for ours, theirs in zip(
                pages(self._source, EVENTS, self.goal.position, where=self._from),
                pages(connection, EVENTS, self.goal.position, where=self._to),
                strict=True,
            ):
                take_sound(walk, theirs, self._to)
                for row, copied in zip(ours, theirs, strict=True):
                    if row != copied:
                        raise damaged(
                            self._to,
                            f"the event at position {row[0]} differs from that of {self._from}",
                        )
                step(walk.frontier.size, self.goal.position)
            agree(connection, walk, self.goal, self._to)
            for table in (CopiedTable(stories), CopiedTable(merkle_nodes), *TABLES):
                table.compare(self._source, connection, self._from, self._to)
        with self._turn() as connection:
            schema.finish(connection)
        if not empty_wal(self._target, _PATIENCE) and self._erased:
            raise still_read(
                f"{self._to} is complete, and content erased in {self._from} is erased there",
                "run the same `dateline copy` again",
            )
