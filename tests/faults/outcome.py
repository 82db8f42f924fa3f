"""The result of all runs with one fault: a row of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.faults.child import UNACKNOWLEDGED, Ended

_UNSEEMLY = re.compile(r"Traceback|this is a bug")


@dataclass
class Row:
    """Counts units that were acknowledged, lost or duplicated. `refused` counts runs that ended with one
    clear error; `broken` lists other failures."""

    fault: str
    runs: int = 0
    acknowledged: int = 0
    missing: int = 0
    duplicates: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.missing or self.duplicates or self.broken)

    def cells(self) -> tuple[str, ...]:
        numbers = self.runs, self.acknowledged, self.missing, self.duplicates, self.refused
        return (self.fault, *map(str, numbers), str(len(self.broken)))


HEADER = ("fault", "runs", "acknowledged", "missing", "duplicates", "refused cleanly", "broken")


def seemly(ended: Ended, verdict: bool = False) -> None:
    """Check that there is no traceback, and that a failure printed one error or the verdict of a check."""
    output = ended.out + ended.err
    assert not _UNSEEMLY.search(output) and ended.code != 70, output[-1500:]
    if ended.code not in (0, None, UNACKNOWLEDGED) and not (verdict and "Checked " in ended.err):
        assert ended.err.count("Error: ") == 1, ended.err[-1500:]
