"""Measures the dates of the bundled proposer on files of TimeML."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from proposer_sets import english, scored, timeml

from dateline_quotes.dates import Dates

#: TimeML gives these words no date.
_PRESENT = re.compile(
    r"(?:right )?now|currently|current|(?:at )?present|these days|already|nowadays|today's",
    re.IGNORECASE,
)


def dates(files: list[Path]) -> None:
    """A date is found if it overlaps, and has the exact value if it is that of TimeML. A date that is part of a time
    has its value if it is the day of the time."""
    given = total = vague = found = recalled = real = exact = right = 0
    for file in files:
        day, text, gold = timeml(file)
        own, reader = Dates(day, english()), Dates(day, english())
        places = [*own.find(text, 0, len(text))]
        for start, end, kind, value in gold:
            if kind != "DATE":
                continue
            total += 1
            vague += value.endswith("_REF")
            read = reader.read(text[start:end], reader.tense(text, start, end))
            given += read is not None and as_timex(read[0], text[start:end], day) == value
            near = next((one for one in places if one.start < end and start < one.end), None)
            recalled += near is not None
            exact += near is not None and as_timex(near.edtf, near.expression, day) == value
        found += len(places)
        for one in places:
            values = [
                (kind, value)
                for start, end, kind, value in gold
                if one.start < end and start < one.end
            ]
            timex = as_timex(one.edtf, one.expression, day)
            real += bool(values)
            right += any(
                value == timex or (kind == "TIME" and value.startswith(timex))
                for kind, value in values
            )
    print(
        f"value of a given expression {100 * given / total:.1f} % of {total} ({vague} have no date)"
    )
    print(scored("dates found", (real, found), (recalled, total)))
    print(scored("  with exact value", (right, found), (exact, total)))


def as_timex(edtf: str, words: str, day: str) -> str:
    """EDTF as TimeML writes it. A part of a month or year has the value of the whole there."""
    if edtf.startswith("../"):
        return "PAST_REF"
    if edtf.endswith("/.."):
        return "FUTURE_REF"
    if edtf == day and _PRESENT.fullmatch(" ".join(words.split())):
        return "PRESENT_REF"
    first, _, last = edtf.rstrip("~?").partition("/")
    if last and len(first) == 7 and first[:4] == last[:4]:
        quarter = int(last[5:]) - int(first[5:]) == 2 and int(last[5:]) % 3 == 0
        return f"{first[:4]}-Q{int(last[5:]) // 3}" if quarter else first[:4]
    if last and len(first) == len(last) == 10:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        if (end - begin).days == 6:
            year, week, _ = (begin + timedelta(3)).isocalendar()
            return f"{year}-W{week:02}"
        if (end - begin).days == 1:
            return f"{begin.isocalendar()[0]}-W{begin.isocalendar()[1]:02}-WE"
        return first[:7]
    seasons = {"21": "SP", "22": "SU", "23": "FA", "24": "WI"}
    if len(first) == 7 and first[5:] in seasons:
        return f"{first[:4]}-{seasons[first[5:]]}"
    return first[:3] if first[3:] == "X" else first
