"""Instants as integers: microseconds since 1970-01-01 in UTC. Exact, ordered, portable."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
#: The last microsecond of the year 9999, the last that can be written.
LAST_US = 253402300799999999
#: Clocks that differ by more than 5 minutes differ by mistake: that is reported; nothing is refused.
CLOCK_TOLERANCE_US = 5 * 60 * 1_000_000
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def now_us() -> int:
    return time.time_ns() // 1000


def to_datetime(us: int) -> datetime:
    return EPOCH + timedelta(microseconds=us)


def to_iso(us: int) -> str:
    """RFC 3339 in UTC with six digits, the form that is hashed: ``2022-10-13T00:00:00.000000Z``."""
    return f"{to_datetime(us).isoformat(timespec='microseconds')[:26]}Z"


def from_datetime(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_iso(text: str) -> int:
    """The instant of an RFC 3339 time stamp with a zone. Raises ValueError for anything else."""
    return _from_iso(text)


@lru_cache(4096)  # lines that were recorded together have the same times
def _from_iso(text: str) -> int:
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is not a time stamp like 2022-10-13T08:00:00Z")
    moment = datetime.fromisoformat(text)
    if not _FIRST <= moment <= _LAST:  # in UTC it is outside the years that can be written
        raise ValueError(f"{text!r} is outside the years 0001 to 9999 in UTC")
    return from_datetime(moment)
