"""The result of a verification: findings, what was checked and what could not be."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

#: Findings kept in full. Further ones, of an archive damaged throughout, are only counted.
KEPT = 1000

#: What is true when each rule holds.
RULES = {
    "V1": "every event matches the hash made when it was recorded",
    "V2": "positions count from 1 to the head of the log without a hole",
    "V3": "each story's events follow one another, and its row matches the last of them",
    "V4": "the root, the stored nodes and the list of plugins' types match the events",
    "V5": "contents match their commitments, and the documents are those that were captured and no others",
    "V6": "every missing content was erased on record, and no erased content exists",
    "V7": "signed checkpoints belong to this log, and their signatures are valid",
    "schema": "the log's tables exist, with the triggers that guard them and no others, and the list of "
    "paired keys databases holds only hashes",
    "file": "the database finds its own file intact, and its indexes match its tables",
    "views": "each view's rows are the fold of the log, and its tables and SQL views are Dateline's own",
    "quotes": "every quotation is in its source",
    "against": "a checkpoint kept elsewhere belongs to this archive, and its signature is valid",
    "export": "an export is what the archive produces at the export's cut",
    "segments": "a folder of segments holds what the log holds up to the position that it states",
}
#: Rules about the log's input and output. A broken one does not mean that the log was changed.
BESIDE = frozenset({"views", "against", "export", "segments"})


class Finding(msgspec.Struct, frozen=True):
    """One way in which a rule is broken. ``position`` is its place in the log, if it has one."""

    rule: str
    reason: str
    position: int | None = None


@dataclass
class Report:
    """What a verification found. ``unchecked`` lists in sentences what could not be checked.

    ``root`` is the root of the present events, empty when they could not be read.
    """

    position: int = 0
    root: str = ""
    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    unchecked: list[str] = field(default_factory=list)
    #: Exports that were checked, each with the stories in it.
    exports: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, rule: str, reason: str, position: int | None = None) -> None:
        if len(self.findings) < KEPT:
            self.findings.append(Finding(rule, reason, position))
        else:
            self.more += 1

    def count(self, what: str, number: int = 1) -> None:
        self.checked[what] = self.checked.get(what, 0) + number

    def export(self, name: str, stories: tuple[str, ...]) -> None:
        """Note that an export was compared with the archive."""
        self.count("exports")
        self.exports[name] = stories

    @property
    def rules(self) -> list[str]:
        """The broken rules, in the order of `RULES`."""
        broken = {finding.rule for finding in self.findings}
        return [rule for rule in RULES if rule in broken]

    @property
    def tampered(self) -> bool:
        return bool(self.findings)
