"""The figures that a text states, for plugins. Their patterns are compiled when the first text is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateline.language.figures import Figure


def stated_figures(
    text: str, languages: Iterable[str] = (), *, typed: bool = False
) -> tuple[Figure, ...]:
    """The figures of a text in order, with the bounds and shares that the words around them make.

    Each has its place, ``start`` and ``end`` in code points, and ``readings``: the fields of a quantity
    that it may mean. `languages` are those of the text, such as ``en``. With `typed` the text is a figure
    and nothing else.
    """
    from dateline.language.figures import figures

    return figures(text, languages, typed=typed)
