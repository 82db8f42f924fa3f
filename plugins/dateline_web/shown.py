"""A page before its frame is put around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dateline_html.markup import Html


@dataclass(frozen=True)
class Shown:
    """``head`` and ``body`` are markup; ``trail`` are the pages above, as label and address. Pages of one story
    name its ``slug``: they have its days and its feed. ``forms`` are the endings that the page has besides
    ``json``."""

    title: str
    body: Iterable[Html]
    head: Iterable[Html] = ()
    trail: tuple[tuple[str, str], ...] = ()
    slug: str | None = None
    forms: tuple[str, ...] = ()
    #: Whether a day makes no difference to it, so that no slider is offered.
    timeless: bool = False
    #: Whether it is about an error: it then asks the archive for nothing, which may be the error.
    problem: bool = False
