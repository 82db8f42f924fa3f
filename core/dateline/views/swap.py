"""The swap: a generation is caught up with the log and made live, at once for all readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError, ViewFailed
from dateline.log import read as log
from dateline.log.databases.relation import Relation
from dateline.log.databases.unwritten import LockTimeout
from dateline.log.engine import patiently, reading, writing
from dateline.views import store, stored_rows
from dateline.views.folding import Running
from dateline.views.pending import fold_pending
from dateline.views.runner import PAGE, RecentStates, fold_range, write
from dateline.views.sql_view import Notice, not_kept

Result = TypeVar("Result")
#: The swap itself writes the rows of a tail of up to this many events; a longer tail is shortened first.
_TAIL = 500
#: How often a swap folds the newest events again because more were recorded meanwhile.
_CHANCES = 10


def swap(engine: Engine, reader: log.Reader, item: Running, notice: Notice) -> None:
    """Fold the tail, the events after the target, then make the generation live, in one transaction
    that holds the append lock. Events recorded meanwhile are folded first; if
    other processes keep recording, the next read catches up with the rest."""
    fold_pending(engine, reader, [item])
    _refuse_partial_undo(item)
    if item.build.target is not None:
        with writing(engine, append=False, limited=True) as connection:
            # A build that was killed in its tail is past its target: never fold those events twice.
            reached = max(item.build.position, item.build.target)
            item.build = store.advance(connection, item.build, position=reached)
            stored_rows.index(connection, item.rows.schema, item.build)
    states, chances = RecentStates(reader), _CHANCES
    while True:
        with reading(engine) as connection:
            head, position = log.head(connection).position, item.build.position
            until = min(position + PAGE, head)
            fold_range(connection, reader, states, [item], position, until)
        _refuse_partial_undo(item)
        if head - position <= _TAIL:
            chances -= 1
            take = partial(_take_over, item=item, until=until, late=chances <= 0)
            swapped, other = undisturbed(engine, take)
            if other is not None:
                notice(not_kept(item.build.name, other))
            if swapped:
                return
        else:
            with writing(engine, append=False, limited=True) as connection:
                write(connection, item, until, state=item.build.state)
        if item.error is not None:
            return


def _take_over(
    connection: Connection, item: Running, until: int, late: bool
) -> tuple[bool, Relation | None]:
    """Write the rows of the tail, then swap the generations; unless `late`, only if every event of the
    log is folded. May be rolled back and repeated. Returns whether this is done (the generations were
    swapped, or the fold failed), and the relation that has the SQL view's name, if any."""
    view, before, other = item.view, item.build, None
    try:
        write(connection, item, until, state=item.build.state)
        if item.error is None:
            if not late and log.head(connection).position > until:
                return False, None
            for older in store.builds(connection, view.name):
                # An unfinished build keeps its state: its rows are incomplete.
                if older.state in ("live", "failed") and not older.unfinished:
                    store.advance(connection, older, state="retired")
            item.build = store.advance(
                connection, item.build, state="live", target=None, cursor=None
            )
            other = store.publish(connection, item.build)
        return True, other
    except BaseException:
        item.build = before
        raise


def _refuse_partial_undo(item: Running) -> None:
    """An earlier generation is restored completely or not at all. Raises ViewFailed."""
    if item.error is not None and item.build.target is None:
        reason = item.error.strip().splitlines()[-1]
        raise ViewFailed(
            f"generation {item.build.generation} of view {item.build.name} cannot be restored: it "
            f"stopped at position {item.failed}: {reason}",
            hint="fix the plugin; the live generation is unchanged",
        )


def undisturbed(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Like `patiently`, but the error names readers of the table. Raises DatelineError."""
    try:
        return patiently(engine, work)
    except LockTimeout:
        raise DatelineError(
            "another program keeps reading the table of a view",
            hint="end its transaction (pg_stat_activity shows it), then run this again",
            code="view-locked",
        ) from None
