"""Fields of the forms on pages. All forms only ask: their answers are addresses."""

from __future__ import annotations

from collections.abc import Iterable

from dateline_html.markup import Html, el
from dateline_web.asked import Asked


def field(words: str, name: str, value: str | None, size: int = 14, **more: str | int) -> Html:
    """A line of text with its label."""
    given = el("input", name=name, value=value, size=size, maxlength=500, **more)
    return el("label", f"{words} ", given)


def box(words: str, name: str, value: str, *, checked: bool) -> Html:
    """A box to check."""
    given = el("input", type="checkbox", name=name, value=value, checked="" if checked else None)
    return el("label", given, f" {words}")


def choice(words: str, name: str, chosen: str | None, options: Iterable[tuple[str, str]]) -> Html:
    """One of several; `options` are values with their words."""
    listed = (
        el("option", shown, value=value, selected="" if value == (chosen or "") else None)
        for value, shown in options
    )
    return el("label", f"{words} ", el("select", *listed, name=name))


def any_of(known: Iterable[str]) -> list[tuple[str, str]]:
    """Options that are their own words, after one that asks for none of them."""
    return [("", "any"), *((one, one) for one in known)]


def form(asked: Asked, fields: Iterable[Html | None], button: str, *kept: str) -> Html:
    """A form that asks for the same page; the values of the query named `kept` are asked for again."""
    hidden = (
        el("input", type="hidden", name=name, value=value)
        for name in ("as_of", *kept)
        for value in asked.every.get(name, ())
    )
    return el(
        "form",
        *fields,
        *hidden,
        el("button", button, type="submit"),
        action=asked.path,
        class_="questions",
    )
