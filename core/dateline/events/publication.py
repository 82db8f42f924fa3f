"""The dates that documents declare: reading them, and telling them from placeholders."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from dateline.events.clock import from_iso, now_us
from dateline.events.edtf import earliest_instant, latest_instant
from dateline.events.edtf import parse as parse_edtf

#: An earlier date that a page or file declares is the zero of some clock (0001, 1900, 1970, 1980) or
#: means "no date". Documents that are older are dated by whoever captures them.
_FLOOR = from_iso("1990-01-01T00:00:00Z")
_DAY_US = 86_400_000_000
#: A date, and perhaps a time of which the zone or the seconds are missing.
_DAY = re.compile(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:[T ]+\d{1,2}:\d\d.{0,25})?", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?\s?(?:(Z)|([+-]\d\d):?(\d\d))", re.ASCII
)
#: RFC 5322, as in feeds and mail: Wed, 14 Jan 2015 09:42:15 -0500 (EST)
_MAIL = re.compile(
    r"(?:[A-Za-z]{3,9},? )?\d{1,2} [A-Za-z]{3,9} \d{2,4}(?: \d{1,2}:\d\d(?::\d\d)?.{0,40})?",
    re.ASCII,
)


def stated_date(said: str) -> str | None:
    """A date of a document, ISO 8601 or RFC 5322, as EDTF: as exact as it is given, with a time of day only
    if its zone is given. None for anything else."""
    said = _from_mail(" ".join(said[:200].split()))
    if match := _INSTANT.fullmatch(said):
        day, time, utc, hours, minutes = match.groups()
        found = f"{day}T{time}{utc or f'{hours}:{minutes}'}"
    else:
        day_alone = _DAY.fullmatch(said)
        if day_alone is None:
            return None
        found = day_alone[1]
    try:
        parse_edtf(found)
    except ValueError:
        return None
    return found


def _from_mail(said: str) -> str:
    """A date of mail and feeds as an ISO date; any other text as it is."""
    if not _MAIL.fullmatch(said):
        return said
    from email.utils import parsedate_tz  # slow to import, and seldom needed

    try:
        found = parsedate_tz(said)
        if found is None:
            return said
        at, offset = datetime(*found[:6], tzinfo=None), found[9]
        if said.endswith(" -0000"):  # in UTC, from an unknown zone
            offset = 0
        if offset is None or ":" not in said:
            return at.date().isoformat()
        zone = timezone(timedelta(seconds=offset)) if offset else UTC
        return at.replace(tzinfo=zone).isoformat().replace("+00:00", "Z")
    except (ValueError, TypeError, OverflowError, IndexError):
        return said


def is_publication_date(edtf: str) -> bool:
    """Whether an EDTF date that a document declares can be its date of publication: not before 1990,
    not more than a day from now, and with a start. Raises ValueError if it is not EDTF."""
    first, last = earliest_instant(edtf), latest_instant(edtf)
    return first is not None and last is not None and _FLOOR <= first <= now_us() + _DAY_US
