"""What a verification found, what it checked and what it could not."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

#: Findings kept in full; of an archive that is wrong throughout, the rest are counted.
KEPT = 1000

#: What each rule says when it holds.
RULES = {
    "V1": "every event is what was hashed when it was recorded",
    "V2": "positions count from 1 to the head of the log without a hole",
    "V3": "each story's events follow one another, and its row says where it stands",
    "V4": "the root, the stored nodes and the list of plugins' types are those of the events",
    "V5": "contents are those committed to, documents those that were captured, and no others",
    "V6": "what is missing was erased on record, and what was erased is gone",
    "V7": "signed checkpoints are of this log, and their signatures hold",
    "schema": "the log's tables are there, with the triggers that guard them and no others, and the list of "
    "paired keys databases holds hashes",
    "file": "the database finds its own file whole, and its indexes those of its tables",
    "views": "each view's rows are the fold of the log, and its tables and SQL views Dateline's own",
    "quotes": "every quotation stands in its source",
    "against": "a checkpoint kept elsewhere is of this archive, and its signature true",
    "export": "an export is what the archive gives at its cut",
}
#: Rules of what the log is given or gives: broken, they do not say that it was changed.
BESIDE = frozenset({"views", "against", "export"})


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was recorded. ``position`` is where in the log, if somewhere."""

    rule: str
    reason: str
    position: int | None = None


@dataclass
class Report:
    """``unchecked`` says in sentences what could not be checked; none of it is meant by "ok".

    ``root`` is that of the events as they stand, empty when they could not be read.
    """

    position: int = 0
    root: str = ""
    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    unchecked: list[str] = field(default_factory=list)
    #: Exports that were looked at, each with the stories in it.
    exports: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, rule: str, reason: str, position: int | None = None) -> None:
        if len(self.findings) < KEPT:
            self.findings.append(Finding(rule, reason, position))
        else:
            self.more += 1

    def count(self, what: str, number: int = 1) -> None:
        self.checked[what] = self.checked.get(what, 0) + number

    def export(self, name: str, stories: tuple[str, ...]) -> None:
        """One more export was held against the archive."""
        self.count("exports")
        self.exports[name] = stories

    @property
    def rules(self) -> list[str]:
        """Those that are broken, in the order in which they are explained."""
        broken = {finding.rule for finding in self.findings}
        return [rule for rule in RULES if rule in broken]

    @property
    def tampered(self) -> bool:
        return bool(self.findings)
