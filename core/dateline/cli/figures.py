"""Quantities as they are typed, and the places of a number in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from dateline.cli.fact_kinds import Incomplete
from dateline.cli.fact_options import number
from dateline.cli.fields import keyed
from dateline.cli.terminal.messages import say

_GAP = "[,.'’ _\u00a0\u202f]"
_NUMBER = rf"[-+]?\d+(?:{_GAP}\d{{3}})*(?:\.\d+)?"
_SHORT = re.compile(
    rf"(?P<how>about|around|some|~|at least|at most|up to|more than|over|fewer than|less than)?\s*"
    rf"(?P<low>{_NUMBER})(?:\s*(?:-|–|to)\s*(?P<high>{_NUMBER}))?(?:\s+of\s+(?P<of>{_NUMBER}))?"
    r"\s+(?P<measure>(?!and\b)\D.*)",
    re.IGNORECASE | re.DOTALL,
)
#: What a word before a number makes of it: the field of the number, and further fields.
_HOW: dict[str, tuple[str, dict[str, Any]]] = {
    **dict.fromkeys(("about", "around", "some", "~"), ("value", {"approximate": True})),
    "at least": ("lower", {}),
    **dict.fromkeys(("at most", "up to"), ("upper", {})),
    **dict.fromkeys(("more than", "over"), ("lower", {"lower_inclusive": False})),
    **dict.fromkeys(("fewer than", "less than"), ("upper", {"upper_inclusive": False})),
    "": ("value", {}),
}


def quantity(
    text: str, quotations: Sequence[str] = (), languages: Sequence[str] = (), unit: str = ""
) -> dict[str, Any]:
    """``143 of 193 passengers ashore``, ``about 40 homes``, ``twenty-seven killed``, or
    ``measure=...,value=...``, as the fields of a quantity. Without a number, ``passengers ashore``, it is
    the one figure that the `quotations` state, in the `unit` if one is given, and that is said on stderr.
    Raises Incomplete."""
    if "=" in text:
        return keyed(text)
    from dateline.language.figures import figures

    text = text.strip()
    said = figures(text, languages, typed=True) or figures(text, typed=True)
    found = _SHORT.fullmatch(text)
    if found is not None and (not said or said[0].end <= found.start("measure")):
        return _in_digits(found)
    first = min((one.opens for one in said), default=len(text))
    if text[:first].strip() and not re.search(r"\d", text):  # cranes older than thirty years
        return _quoted(text, quotations, languages, unit)
    [one, *more] = said or (None,)
    if one is not None and not more and len(one.readings) > 1 and not text[: one.opens].strip():
        raise _unclear(text, text[one.end :].strip(), one.readings)
    if one is None or more or not one.sure or text[: one.opens].strip():
        raise Incomplete(
            f"--quantity {text!r} is neither NUMBER MEASURE, as in '143 of 193 passengers ashore', nor "
            "KEY=VALUE,KEY=VALUE ...",
            "quantities",
        )
    if not text[one.end :].strip():
        raise without_measure("--quantity", text, text.strip(), quotations)
    return {"measure": text[one.end :].strip(), **one.readings[0]}


def _in_digits(found: re.Match[str]) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name in ("low", "high", "of"):
        if found[name]:
            numbers[name] = number(found[name])
            if numbers[name] is None:
                raise Incomplete(
                    f"--quantity: {found[name]!r} is not a number like 1670 or 1,670", "quantities"
                )
    field, more = _HOW[(found["how"] or "").lower()]
    fields = {"measure": found["measure"].strip(), field: numbers["low"], **more}
    if "high" in numbers:
        fields = {"measure": fields["measure"], "lower": numbers["low"], "upper": numbers["high"]}
        fields |= {"approximate": True} if more.get("approximate") else {}
    return fields | ({"of": numbers["of"]} if "of" in numbers else {})


def _quoted(
    text: str, quotations: Sequence[str], languages: Sequence[str], unit: str
) -> dict[str, Any]:
    """The one figure that the quotations state, of the measure `text`."""
    from dateline.language.figures import figures, none_said

    measure = text.strip()
    found = [
        (words, one)
        for words in dict.fromkeys(quotations)
        for one in figures(words, languages, measure=measure, unit=unit)
    ]
    if len(found) == 1 and found[0][1].sure:
        [(words, one)] = found
        fields = {"measure": measure, **one.readings[0], "verbatim": one.words(words)}
        say_figure({**fields, **({"unit": unit} if unit else {})})
        return fields
    readings = [fields for _, one in found for fields in one.readings]
    if not found and any(map(none_said, quotations)):
        readings = [{"value": 0}]
    if not readings:
        raise Incomplete(
            f"neither --quantity {text!r} nor the quotation has a number: write it, as in '143 {measure}'",
            "quantities",
        )
    raise _unclear(text, measure, readings)


def _unclear(text: str, measure: str, readings: Iterable[dict[str, Any]]) -> Incomplete:
    """The error about a quantity that can be one of `readings`, with a command for each."""
    from dateline.cli.command_line import retyped
    from dateline.language.figures import in_words

    listed = dict.fromkeys(map(in_words, readings))
    commands = "".join(f"\n  {retyped('--quantity', text, f'{one} {measure}')}" for one in listed)
    return Incomplete(
        f"it is unclear which number is meant by --quantity {text!r}: write it, as in{commands}",
        "quantities",
    )


def say_figure(fields: Mapping[str, Any]) -> None:
    """Say how a quantity was read, and in which words of the quotation it is."""
    from dateline.events.words import unit_words
    from dateline.language.figures import in_words

    counted = f"{fields['measure']}{unit_words(fields['measure'], fields.get('unit'))}"
    say(f"figure: {in_words(dict(fields))} {counted}, as in {fields['verbatim']!r}")


def without_measure(option: str, given: str, number: str, quotations: Iterable[str]) -> Incomplete:
    """The error about a number of which it is not said what is counted. It proposes words of the quotation:
    `number` stands before them in the option that replaces what was `given`, if it is not empty."""
    from dateline.cli.command_line import retyped
    from dateline.language.figures import counted

    proposed = next(filter(None, map(counted, quotations)), "deaths")
    again = retyped(option, given, f"{number} {proposed}".strip())
    return Incomplete(f"what is counted is missing: name it, as in\n  {again}", "measure")


def places(value: float, text: str) -> list[tuple[int, int]]:
    """Where `text` writes `value` in digits, as (start, end): 1670 as 1670, 1,670, 1.670 or 1 670."""
    whole, _, decimals = f"{value}".removesuffix(".0").partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)][::-1]
    pattern = f"{_GAP}?".join(groups) + (rf"[.,]{decimals}0*" if decimals else r"(?:[.,]0+)?")
    found = re.finditer(rf"(?<![\d.,]){re.escape(sign)}{pattern}(?![\d]|[.,]\d)", text)
    return [match.span() for match in found]


def spans(value: float, text: str) -> list[tuple[int, int]]:
    """Where `text` states `value`, in digits or else in words."""
    if found := places(value, text):
        return found
    from dateline.language.numbers import numbers

    return [(one.start, one.end) for one in numbers(text) if value in one.values]


def verbatim(
    fields: Mapping[str, Any], quotations: Iterable[str], languages: Sequence[str] = ()
) -> str | None:
    """The words of a quotation that state a quantity: from the first of its numbers to the last, with those
    before them that make a bound or an estimate of it, and whole numbers. None if no quotation has them."""
    from dateline.language.figures import figures, none_said

    wanted = _numbers(fields)
    quotations = list(quotations) if wanted else []
    for words in quotations:
        for one in figures(words, languages):
            if any(_numbers(reading) == wanted for reading in one.readings):
                return one.words(words)
    for words in quotations:
        found = [spans(one, words)[:1] for one in wanted]
        if all(found):
            ends = [span for some in found for span in some]
            return _whole(words, min(ends)[0], max(end for _, end in ends), languages)
        if wanted == [0] and (none := none_said(words)):
            return none
    return None


def _numbers(fields: Mapping[str, Any]) -> list[int | float]:
    given = (fields.get(name) for name in ("value", "lower", "upper", "of"))
    return [one for one in given if is_number(one)]


def _whole(words: str, start: int, end: int, languages: Sequence[str]) -> str:
    """The words from `start` to `end`, with all of the numbers that they are part of: 12 million."""
    from dateline.language.figures import figures
    from dateline.language.numbers import numbers

    for one in figures(words, languages):
        plain = all(
            fields.get("value") and not fields.get("approximate") for fields in one.readings
        )
        if not plain and one.start <= start and end <= one.end:
            return one.words(words)
    for whole in numbers(words, languages):
        if whole.start < end and start < whole.end:
            start, end = min(start, whole.start), max(end, whole.end)
    return words[start:end]


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number, and not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def restated(text: str, was: float, now: float) -> str | None:
    """`text` with `now` for each `was` that it states, grouped alike; None if it does not state it."""
    found = spans(was, text)
    for start, end in reversed(found):
        gap = re.search(r"\d(\D)\d{3}(?!\d)", text[start:end])
        plain = f"{now:,}" if gap else f"{now}"
        text = text[:start] + plain.replace(",", gap[1] if gap else ",") + text[end:]
    return text if found else None
