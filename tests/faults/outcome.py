"""What became of runs of one fault: a row of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.faults.child import UNTOLD, Ended

_UNSEEMLY = re.compile(r"Traceback|this is a bug")


@dataclass
class Row:
    """Units that were acknowledged, lost, and doubled; `refused` counts runs that ended in one clear
    error. `broken` says what else did not hold."""

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
    """No traceback, and what failed said why in one error; or it is the verdict of a check."""
    said = ended.out + ended.err
    assert not _UNSEEMLY.search(said) and ended.code != 70, said[-1500:]
    if ended.code not in (0, None, UNTOLD) and not (verdict and "Checked " in ended.err):
        assert ended.err.count("Error: ") == 1, ended.err[-1500:]
