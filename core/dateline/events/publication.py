"""Tells the dates that a document declares from placeholders."""

from __future__ import annotations

from dateline.events.clock import from_iso, now_us
from dateline.events.edtf import earliest_instant, latest_instant

#: An earlier date that a page or file declares is the zero of some clock (0001, 1900, 1970, 1980) or
#: means "no date". Documents that are older are dated by whoever captures them.
_FLOOR = from_iso("1990-01-01T00:00:00Z")
_DAY_US = 86_400_000_000


def is_publication_date(edtf: str) -> bool:
    """Whether an EDTF date that a document declares can be its date of publication: not before 1990,
    not more than a day from now, and with a start. Raises ValueError if it is not EDTF."""
    first, last = earliest_instant(edtf), latest_instant(edtf)
    return first is not None and last is not None and _FLOOR <= first <= now_us() + _DAY_US
