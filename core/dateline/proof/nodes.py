"""Rule V4: the head's root and the stored nodes match the events."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from dateline.log import hashing
from dateline.log.tables import merkle_nodes, raw
from dateline.proof.report import Report


class Nodes:
    """Compares the stored tree with the `tree` that is built again from the leaves."""

    def __init__(self, connection: Connection, tree: hashing.Frontier, report: Report) -> None:
        self._connection, self._tree, self._report = connection, tree, report
        self._checked = self._bad = 0
        self._first_bad = ""

    def compare(self) -> None:
        """Compare the nodes that were completed since the last call."""
        complete = self._tree.take_complete()
        for level in {level for level, _, _ in complete}:
            wanted = {number: hash_ for at, number, hash_ in complete if at == level}
            columns = merkle_nodes.c
            query = select(columns.number, raw(columns.hash)).where(
                columns.level == level, columns.number.between(min(wanted), max(wanted))
            )
            there = {row[0]: row[1] for row in self._connection.execute(query)}
            self._checked += len(wanted)
            for number, hash_ in sorted(wanted.items()):
                if there.get(number) != hash_:
                    self._bad += 1
                    self._first_bad = self._first_bad or f"level {level}, number {number}"

    def finish(self, size: int, peaks: object) -> None:
        """Compare the whole tree with the `size` and `peaks` in the log's head."""
        report = self._report
        try:
            stored = hashing.Frontier.from_bytes(size, peaks).root()  # type: ignore[arg-type]
        except (ValueError, TypeError):
            stored = None
        if stored != self._tree.root():
            report.add("V4", "the root does not match the events")
        if self._bad:
            reason = f"{self._bad} stored nodes do not match the events, the first at"
            report.add("V4", f"{reason} {self._first_bad}")
        count = self._connection.execute(select(func.count()).select_from(merkle_nodes)).scalar()
        if count != self._checked:
            report.add("V4", f"{count} nodes are stored; {self._checked} belong to the events")
        report.count("nodes", self._checked)
        report.position, report.root = self._tree.size, self._tree.root().hex()
