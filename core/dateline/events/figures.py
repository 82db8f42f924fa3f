"""The figures of a fact: each of its numbers, as it is and as it was before the total moved on. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from unicodedata import normalize

import msgspec

from dateline.events import pointer
from dateline.events.editorial import FactCorrected
from dateline.events.edtf import Edtf, parse
from dateline.events.envelope import Event
from dateline.events.fact import FigureRecorded
from dateline.events.parts import Quantity, Times
from dateline.events.registry import to_fields
from dateline.events.state import Fact
from dateline.events.words import quantity_words

#: The parts of a fact that a figure is made of.
_FIELDS = ("quantities", "times", "as_of")


class Figure(NamedTuple):
    """One number of a fact.

    ``series`` is the key of its series. ``number`` is the place of the quantity in its fact, from 1.
    ``stage`` counts the updates before it: a running total that moves on has an earlier stage, which is
    not ``last``. ``first`` is the quantity before it was corrected; None if no correction changed it.
    ``about`` is the time that it is about; None if no time is given. ``public_us`` is when it was made
    public, or else when it was recorded.
    """

    series: str
    number: int
    stage: int
    quantity: Quantity
    first: Quantity | None
    about: Edtf | None
    public_us: int
    last: bool


class _Stage(NamedTuple):
    quantities: Sequence[Quantity]
    about: Edtf | None
    first: Sequence[Quantity]
    public_us: int


def has_number(quantity: Quantity) -> bool:
    """Whether it has a value or a bound, and so a place on a scale."""
    return not (quantity.value is None and quantity.lower is None and quantity.upper is None)


def figure_words(quantity: Quantity) -> str:
    """`quantity_words`, and the bounds of a number that has both: ``52 (50 to 58)``."""
    words = quantity_words(quantity)
    if quantity.value is None or (quantity.lower is None and quantity.upper is None):
        return words
    bounds = msgspec.structs.replace(quantity, value=None, of=None)
    return f"{words} ({quantity_words(bounds).partition(', given as ')[0]})"


def figures(fact: Fact) -> Iterator[Figure]:
    """The figures of a fact, the earlier stages first. A quantity that is only an ordinal is none."""
    data = fact.data
    if not data.quantities:
        return
    total = not isinstance(data, FigureRecorded) or data.cumulative is not False
    stages = _stages(fact)
    places = [fact.story.entity_id(place.place) for place in data.places]
    for at, stage in enumerate(stages):
        for number, quantity in enumerate(stage.quantities, 1):
            if quantity.ordinal is not None and not has_number(quantity):
                continue
            first = stage.first[number - 1] if number <= len(stage.first) else quantity
            yield Figure(
                _series(quantity, places, total=total),
                number,
                at,
                quantity,
                None if first == quantity else first,
                stage.about,
                stage.public_us,
                at == len(stages) - 1,
            )


def _series(quantity: Quantity, places: Sequence[str], *, total: bool) -> str:
    """``deaths · place:velm · person``. Figures that are stated not to be running totals have a series of
    their own: Tuesday's figure does not replace Monday's."""
    measure = " ".join(normalize("NFC", quantity.measure).casefold().split())
    where = ", ".join(sorted({*places}))
    return " · ".join([measure, where, quantity.unit or "", *([] if total else ["each"])])


def _stages(fact: Fact) -> list[_Stage]:
    """The stages of a fact, oldest first. Changes that cannot be taken back end the way into the past."""
    data = fact.data
    quantities, about = data.quantities, _about(getattr(data, "as_of", None), data.times)
    corrections = [
        (event, event.data)
        for event in fact.history
        if isinstance(event.data, FactCorrected) and _moves_figures(event.data)
    ]
    if not corrections:
        return [_Stage(quantities, about, quantities, _public(fact))]
    given = {name: value for name, value in to_fields(data).items() if name in _FIELDS}
    fields = msgspec.json.decode(msgspec.json.encode(given), type=dict[str, Any])
    found, first = list[_Stage](), quantities
    for event, correction in reversed(corrections):
        before = _before(fields, correction, data.schema_version)
        if before is None:
            break
        if correction.kind == "update":
            found.append(_Stage(quantities, about, first, _public(event)))
            quantities, about = before
        first = before[0]
    found.append(_Stage(quantities, about, first, _public(fact)))
    return found[::-1]


def _moves_figures(correction: FactCorrected) -> bool:
    """Whether it changes what a figure is made of. A typo was never meant: mending it corrects no value."""
    paths = (change.path.split("/") for change in correction.changes)
    return correction.kind != "typo" and any(path[1] in _FIELDS for path in paths)


def _before(
    fields: dict[str, Any], correction: FactCorrected, shape: int
) -> tuple[Sequence[Quantity], Edtf | None] | None:
    """Take a correction back in `fields`; return the quantities and the time before it. None if that
    cannot be done: an item was added to a list or removed, or the paths refer to an older shape."""
    if correction.shape not in (None, shape):
        return None
    for change in reversed(correction.changes):
        _, field, *rest = change.path.split("/")
        if field not in _FIELDS:
            continue
        if rest and rest[-1].isdecimal() and None in (change.was, change.now):
            return None
        try:
            pointer.put(fields, change.path, copy.deepcopy(change.was))
        except ValueError:
            return None
    try:
        quantities = msgspec.convert(fields.get("quantities", []), tuple[Quantity, ...])
        times = msgspec.convert(fields.get("times", {}), Times)
        return quantities, _about(fields.get("as_of"), times)
    except (msgspec.ValidationError, ValueError):
        return None


def _about(as_of: str | None, times: Times) -> Edtf | None:
    """The time that a figure is about: its own date, else when its fact held, else when it was said."""
    if as_of is not None:
        return parse(as_of)
    time = times.valid or times.said
    return None if time is None else parse(time.edtf)


def _public(of: Fact | Event) -> int:
    return of.recorded_us if of.reported_us is None else of.reported_us
