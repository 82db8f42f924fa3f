"""Verification of a log from the inside, and against checkpoints kept outside: rules V1 to V7.

One pass over the events in the order of their positions. Memory does not grow with the log, except for
some hundred bytes for each erased event and document. docs/format.md defines the hashes. Rule V2 is
here, the others are in `log.walk` and in modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from dateline.errors import NotAnArchive
from dateline.events.registry import CORE_NAMES
from dateline.log import guards, hashing
from dateline.log.databases.dialect import of
from dateline.log.tables import events, log_head, paired_keys, plugin_types, raw
from dateline.log.walk import Walk
from dateline.proof.contents import Contents
from dateline.proof.held import Given, Held
from dateline.proof.nodes import Nodes
from dateline.proof.report import Report
from dateline.proof.streams import compare_stories, event_before, forget
from dateline.proof.verifier import Vkey
from dateline.protect.vault import Vault

Progress = Callable[[int, int], None]
_PAGE = 2000
_COLUMNS = [raw(column) for column in events.c]


def verify(
    connection: Connection,
    *,
    vkeys: Sequence[Vkey] = (),
    against: Sequence[Given] = (),
    vault: Vault | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check everything that the log states about itself. The connection must hold one snapshot.

    Protected content is opened with the keys of `vault`; without them it is reported as unchecked.
    Raises NotAnArchive when the archive's id is missing.
    """
    report = Report()
    gone = guards.missing(connection)
    if gone:
        for table in gone:
            report.add("schema", f"the table {table} is missing")
        report.unchecked.append("The log: it cannot be read without all of its tables.")
        return report
    with of(connection).any_text(connection):
        for reason in guards.wrong(connection):
            report.add("schema", reason)
        for value in connection.execute(select(raw(paired_keys.c.sha256))).scalars():
            if not isinstance(value, bytes) or len(value) != hashing.HASH_BYTES:
                report.add("schema", "the table paired_keys holds a value that is not a hash")
        head = _Head(connection)
        held = Held(connection, head.archive, vkeys, against, report)
        _Events(connection, head, held, vault, report).run(progress)
        for damage in of(connection).damage(connection):
            report.add("file", damage)
    return report


class _Head:
    """The head of the log; its values may be of any type."""

    def __init__(self, connection: Connection) -> None:
        columns = log_head.c.archive, log_head.c.position, log_head.c.peaks
        row = connection.execute(select(*map(raw, columns))).first()
        if row is None or not isinstance(row[0], bytes) or len(row[0]) != 16:
            raise NotAnArchive(
                "the log's head is missing: nothing can be checked without it",
                hint="restore the archive from a backup",
                code="head-missing",
            )
        self.archive = UUID(bytes=row[0])
        self.size: int = row[1] if type(row[1]) is int else -1
        self.peaks = row[2]


class _Events:
    """The one pass."""

    def __init__(
        self, connection: Connection, head: _Head, held: Held, vault: Vault | None, report: Report
    ) -> None:
        self._connection, self._head, self._held, self._report = connection, head, held, report
        before = partial(event_before, connection)
        self._walk = Walk(head.archive, hashing.Frontier(), {}, before)
        self._nodes = Nodes(connection, self._walk.frontier, report)
        self._contents = Contents(connection, vault, report)
        self._types: dict[object, int] = {}

    def run(self, progress: Progress | None) -> None:
        last = walked = 0
        tree, held = self._walk.frontier, self._held
        if held.due(0):
            held.pass_(0, tree.root())
        for page in self._pages():
            for row in page:
                position = row[0]
                follows = position == last + 1 and type(position) is int
                if not follows and not self._accepts(last, position):
                    continue
                last = position
                self._event(row)
                if held.due(tree.size):
                    held.pass_(tree.size, tree.root())
            walked += len(page)
            self._nodes.compare()
            forget(self._walk.stories)
            self._contents.captured.require()
            if progress is not None:
                progress(min(last, self._head.size), self._head.size)
        self._report.count("events", tree.size)
        self._end(last, walked)
        self._nodes.finish(self._head.size, self._head.peaks)
        self._plugin_types()
        self._contents.finish()
        held.finish(tree.size)
        compare_stories(self._connection, self._report)
        self._contents.captured.documents()

    def _pages(self) -> Iterator[Sequence[Sequence[Any]]]:
        """Rows from the lowest position on, even if no event can have that position."""
        at = events.c.position
        query = select(*_COLUMNS).order_by(at).limit(_PAGE)
        page = self._connection.execute(query.where(at.is_not(None))).all()
        while page:
            yield page
            after = page[-1][0]
            if len(page) < _PAGE or not isinstance(after, (int, float)):
                return  # numbers sort first: the rest are not positions
            page = self._connection.execute(query.where(at > after)).all()

    def _event(self, row: Sequence[Any]) -> None:
        step = self._walk.take(row)
        self._types.setdefault(step.type, step.position)
        for fault in step.faults:
            self._report.add(fault.rule, fault.reason, step.position)
        self._contents.check(step)

    # -- V2 --------------------------------------------------------------------------------

    def _accepts(self, last: int, position: object) -> bool:
        """Report an event that is not at the next position. False when it has no place in the log."""
        if type(position) is not int:
            self._report.add("V2", f"an event is at {position!r}, which is not a position")
            return False
        if position <= last:
            reason = "occurs twice" if position > 0 else "is before the log: positions begin at 1"
            self._report.add("V2", f"the position {position} {reason}", position)
            return False
        one = position == last + 2
        missing = f"event {last + 1} is" if one else f"events {last + 1} to {position - 1} are"
        self._report.add("V2", f"{missing} missing", last + 1)
        return True

    def _end(self, last: int, walked: int) -> None:
        report, size = self._report, self._head.size
        # So that no event is passed over, whatever its position.
        total = self._connection.execute(select(func.count()).select_from(events)).scalar()
        if total != walked:
            report.add("V2", f"{total} events are stored, and {walked} have a place in the log")
        if size < 0:
            report.add("V2", "the head gives no number of events")
        elif last != size:
            report.add("V2", f"the head gives {size} events, and the last is at position {last}")
        heads = self._connection.execute(select(func.count()).select_from(log_head)).scalar()
        if heads != 1:
            report.add("V2", f"the log has {heads} heads")

    # -- V4, of types ------------------------------------------------------------------------

    def _plugin_types(self) -> None:
        """The list of plugins' types matches the events. Readers rely on that list."""
        columns = raw(plugin_types.c.name), raw(plugin_types.c.since)
        listed = {row[0]: row[1] for row in self._connection.execute(select(*columns))}
        found = {type_: at for type_, at in self._types.items() if type_ not in CORE_NAMES}
        for type_ in sorted({*found, *listed}, key=repr):
            if listed.get(type_) != found.get(type_):
                reason = f"the list of plugins' types is wrong about {type_}"
                self._report.add("V4", reason, found.get(type_))
