"""Facts in the words that an editor would print. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from dateline.events.parts import Quantity, Step

Label = Callable[[str], str]
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
)  # fmt: skip


def chain_words(steps: Sequence[Step], label: Label) -> str:
    """``Vasily Golubev, quoted by TASS, in Reuters``.

    A chain of only the publisher is its name; a step that the text does not name is marked.
    """
    names = [label(step.agent) for step in steps]
    if len(steps) < 2:
        return "".join(names)
    middle = [
        f"quoted by {name}{' (inferred)' if step.inferred else ''}"
        for step, name in zip(steps[1:-1], names[1:-1], strict=True)
    ]
    origin = names[0] + (" (inferred)" if steps[0].inferred else "")
    return ", ".join([origin, *middle, f"in {names[-1]}"])


def chain_arrows(steps: Sequence[Step], label: Label) -> str:
    """``Vasily Golubev › TASS › Reuters``: the flat form for a table cell."""
    return " › ".join([label(step.agent) for step in steps])


def number_words(value: float, unit: str | None = None) -> str:
    """``1,250``; a share as ``50%``."""
    if unit != "fraction" and value == (whole := int(value)):
        return f"{whole:,}"
    # A decimal neither loses nor adds digits, and is not written as 1e-07.
    number = Decimal(str(value)) * (100 if unit == "fraction" else 1)
    exact = number == number.to_integral_value()
    digits = f"{int(number):,}" if exact else f"{number.normalize():,f}"
    return f"{digits}%" if unit == "fraction" else digits


def quantity_words(quantity: Quantity) -> str:
    """``143 of 193``; ``200,000 to 999,999, given as 'hundreds of thousands'``."""
    number = _number(quantity)
    if number is None:
        return f"given as '{quantity.verbatim}'"
    loose = quantity.value is None or quantity.approximate
    return f"{number}, given as '{quantity.verbatim}'" if loose else number


def unit_words(measure: str, unit: str | None) -> str:
    """`` (tonne)`` after a measure that does not say its unit; persons need not be named."""
    if not unit or unit in ("fraction", "person") or unit.casefold()[:4] in measure.casefold():
        return ""
    return f" ({unit})"


def _number(q: Quantity) -> str | None:
    if q.value is not None:
        about = "about " if q.approximate else ""
        of = f" of {number_words(q.of, q.unit)}" if q.of is not None else ""
        return f"{about}{number_words(q.value, q.unit)}{of}"
    bounds = _bounds(q)
    if bounds is not None:
        return bounds + (f" of {number_words(q.of, q.unit)}" if q.of is not None else "")
    if q.ordinal is not None:
        return _ORDINALS[q.ordinal] if 0 <= q.ordinal < len(_ORDINALS) else f"number {q.ordinal}"
    return None


def _bounds(q: Quantity) -> str | None:
    """``200,000 to 999,999``; ``more than 5 and at most 9``; ``at least 5``; None without bounds."""
    inclusive = q.lower_inclusive is not False, q.upper_inclusive is not False
    low = None if q.lower is None else number_words(q.lower, q.unit)
    high = None if q.upper is None else number_words(q.upper, q.unit)
    if low and high and all(inclusive):
        return f"{low} to {high}"
    least = low and f"{'at least' if inclusive[0] else 'more than'} {low}"
    most = high and f"{'at most' if inclusive[1] else 'less than'} {high}"
    return " and ".join(filter(None, (least, most))) or None
