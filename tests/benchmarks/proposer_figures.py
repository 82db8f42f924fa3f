"""Measures the figures of the bundled proposer on places and values that a person marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from proposer_sets import Mark, english, figure_texts, overlaps, scored

from dateline_quotes.candidates import Reading

#: Figures that the proposer leaves out by design, and places where a proposal is neither right nor wrong.
_LEFT_OUT, _IGNORED = ("duration", "age", "known"), ("table", "vague")


def counts(polnear_texts: Path, pages: Path, table: str = "figures.tsv") -> None:
    """A figure is found if it overlaps. What it counts is right if its name ends with a noun that was marked."""
    gold, proposed, wrong = Counter[str](), 0, 0
    rights = {name: Counter[str]() for name in ("found", "value", "counted", "both")}
    for _, text, marks in figure_texts(polnear_texts, pages, table):
        found = [*_proposed(text)]
        taken = set()
        for mark in (one for one in marks if one.kind not in _IGNORED):
            gold[mark.kind] += 1
            near = next(
                (one for one in found if one.start < mark.end and mark.start < one.end), None
            )
            if near is None:
                continue
            taken.add(near.start)
            value, counted = _has_value(near.quantity, mark.value), _counts(near.quantity, mark)
            judged = (True, value, counted, value and counted)
            for right, is_right in zip(rights.values(), judged, strict=True):
                right[mark.kind] += is_right
        ignored = [(one.start, one.end) for one in marks if one.kind in (*_IGNORED, *_LEFT_OUT)]
        counting = [one for one in found if not overlaps([(one.start, one.end)], ignored)]
        proposed += len(counting)
        wrong += sum(one.start not in taken for one in counting)
    kinds = [kind for kind in sorted(gold) if kind not in _LEFT_OUT]
    print("kind        marked  found  value right  what is counted right  both right")
    for kind in [*kinds, *_LEFT_OUT]:
        print(f"{kind:10}  {gold[kind]:6}", *(f"{right[kind]:9}" for right in rights.values()))
    print(f"no figure at all: {wrong} of {proposed} proposed")
    for name, right in rights.items():
        both = sum(right[kind] for kind in kinds)
        total = sum(gold[kind] for kind in kinds)
        print(scored(f"figures, {name}", (both, proposed), (both, total)))


class Proposed(NamedTuple):
    start: int
    end: int
    quantity: dict[str, Any]


def _proposed(text: str) -> Iterator[Proposed]:
    """The figures as they are proposed, with their places."""
    for fact in Reading(text, english(), {}, "org:paper", None).facts():
        if fact["type"] == "figure.recorded":
            [place] = [one for one in fact["evidence"] if one["role"] == "figure"]
            [quantity] = fact["quantities"]
            yield Proposed(place["start"], place["end"], quantity)


def _has_value(quantity: dict[str, Any], marked: str) -> bool:
    """Whether a quantity has the value or the bounds that a person marked."""
    if ".." in marked:
        low, high = map(float, marked.split(".."))
        return _near(quantity.get("lower"), low) and _near(quantity.get("upper"), high)
    sign, number, of = re.fullmatch(r"([<>=~]+)([\d.]+)(?:/(\d+))?", marked).groups()  # type: ignore[union-attr]
    value, about = quantity.get("value"), quantity.get("approximate", False)
    if sign in ("=", "~", "<~"):
        is_value = _near(value, float(number)) and about == (sign != "=")
        nearly = sign == "<~" and _near(quantity.get("upper"), float(number))
        return (
            (is_value or nearly) and _near(quantity.get("of"), float(of))
            if of
            else is_value or nearly
        )
    bound = "lower" if sign[0] == ">" else "upper"
    inclusive = quantity.get(f"{bound}_inclusive", True)
    return _near(quantity.get(bound), float(number)) and inclusive == (sign[-1] == "=")


def _near(value: Any, marked: float) -> bool:
    return value is not None and abs(value - marked) <= 1e-3 * max(1.0, abs(marked))


def _counts(quantity: dict[str, Any], mark: Mark) -> bool:
    """Whether the name of what is counted ends with one of the marked nouns, or with "of" and more."""
    name = re.sub(
        r" (?:of .*|a (?:day|week|month|year)|around the world)\Z", "", quantity["measure"]
    )
    return any(noun and name.lower().endswith(noun.lower()) for noun in mark.counted)
