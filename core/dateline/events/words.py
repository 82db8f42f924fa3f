"""Facts in the words that an editor would print. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from dateline.events import pointer
from dateline.events.parts import Change, Quantity, Step

Label = Callable[[str], str]
_ORDINALS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
)  # fmt: skip
#: Fields whose names are not words that an editor would use.
_FIELDS = {
    "text": "sentence", "evidence": "quotation", "quantities": "figure", "attribution": "who",
    "speakers": "speaker", "addressees": "said to", "actors": "who took part", "places": "place",
    "said": "said", "valid": "held or happened", "baseline": "against", "lat": "latitude", "lon": "longitude",
}  # fmt: skip
#: The main part of a time and of a quotation, and what Dateline works out with it.
_MAIN = ("edtf", "exact")
_WORKED_OUT = frozenset({"resolution", "anchor", "start", "end", "prefix", "suffix"})
_ACTS = {
    "fact.corrected": "correction", "fact.retracted": "retraction", "fact.disputed": "dispute",
    "fact.reviewed": "review", "facts.linked": "link", "evidence.added": "evidence",
    "source.captured": "capture", "source.withdrawn": "withdrawal", "source.amended": "amendment",
    "entity.amended": "amendment", "entity.merged": "merge", "story.closed": "closing",
    "event.revoked": "revocation",
}  # fmt: skip


def act_words(act: str) -> str:
    """``capture`` for an event of the type ``source.captured``; another type as it is."""
    return _ACTS.get(act, act)


def field_words(path: str) -> str:
    """The field at a JSON Pointer: ``held or happened`` for ``/times/valid/edtf``; ``value`` for
    ``/quantities/0/value``, and ``figure 2, value`` for ``/quantities/1/value``."""
    try:
        parts = pointer.parts(path)
    except ValueError:
        return path
    if len(parts) > 1 and parts[0] == "times":
        parts = parts[1:]
    first, *rest = parts
    words = _FIELDS.get(first, first)
    if rest and rest[0].isdecimal() and len(rest[0]) < 9:
        number, *rest = rest
        if int(number):
            words = f"{words} {int(number) + 1}"
        elif first == "quantities" and rest:
            return ", ".join(rest).replace("_", " ")
    if rest and rest[-1] in _MAIN:
        rest = rest[:-1]
    rest = ["as written" if part == "expression" else part for part in rest]
    return ", ".join([words, *rest]).replace("_", " ")


def changed_fields(changes: Sequence[Change]) -> Iterator[tuple[str, Change]]:
    """Each change with the words for its field. Left out is what Dateline worked out, such as the place of
    a quotation, if what it belongs to changed too."""
    changed = {one.path.rpartition("/")[0] for one in changes if not _worked_out(one)}
    for one in changes:
        if not (_worked_out(one) and one.path.rpartition("/")[0] in changed):
            yield field_words(one.path), one


def _worked_out(change: Change) -> bool:
    return change.path.rpartition("/")[2] in _WORKED_OUT


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
