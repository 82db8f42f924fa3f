"""Failures of a database that wrote nothing, or not all that it was told to write."""

from __future__ import annotations

from dateline.errors import DatelineError

#: The code of an error, and what to do, when a column is missing.
ALTERED = (
    "table-altered",
    "a table is not as Dateline made it: run `dateline verify` to see which",
)


class LockTimeout(DatelineError):
    """Another session held a lock for longer than this session waits."""

    code = "locked"


class Unwritten(DatelineError):
    """The database failed and wrote nothing. ``step`` is what to do about it."""

    code = "not-written"

    def __init__(self, what: str, step: str) -> None:
        super().__init__(what, hint=f"{step}; nothing was written")
        self.step = step


class Unheeded(Unwritten):
    """The database accepted a statement, did something else, and reported no error."""

    code = "write-ignored"


def require_done(done: int, wanted: int, table: str) -> None:
    """Check that a statement changed as many rows as it had to. Raises Unheeded: then nothing may be
    acknowledged."""
    if done != wanted:
        raise Unheeded(
            f"the database changed {max(done, 0)} of {wanted} rows of the table {table} and reported no "
            "error: a rule, trigger or policy on the table interferes",
            "find it with `dateline verify` and remove it, then run this again",
        )
