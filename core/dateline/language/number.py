"""A number that a text says."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["cardinal", "ordinal", "fraction", "percent", "date", "article", "unknown"]
Values = tuple[float, ...]
#: Larger numbers are not told apart, and not compared.
LARGEST = 10**24


class Number(msgspec.Struct, frozen=True):
    """A number at [`start`, `end`) of a text. `values` are the numbers that it may mean; there are none for
    words such as ``several`` (kind ``unknown``). An ``article`` may mean one; a ``date`` is a part of one."""

    start: int
    end: int
    values: Values
    kind: Kind = "cardinal"


def whole(value: float) -> float:
    return int(value) if value == int(value) else value


def times(values: Values, scale: float) -> Values:
    """The values times a scale. Decimals are kept: 1.67 million is 1,670,000."""
    return tuple(whole(float(f"{min(value * scale, LARGEST):.15g}")) for value in values)


def shares(share: float) -> Values:
    """A share as a fraction, and in per cent."""
    return (share, 100 * share)
