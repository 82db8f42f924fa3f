"""The names in a byline."""

from __future__ import annotations

from typing import NamedTuple


class Byline(NamedTuple):
    """The names in a byline, and the parts of it that were ignored because they are none."""

    names: tuple[str, ...]
    ignored: tuple[str, ...]


def read_byline(byline: str) -> Byline:
    """The names of people in a byline, as a document writes it: "By Nora Pell and Ada Quill, VTN".

    Placeholders, addresses, organizations, roles and dates are ignored. A name that a role or a date
    is glued to ("A. Name Games Editor March") is ignored as well, because where it ends is unknown. After a
    single comma comes what the person is or where they write; three names make a list.
    """
    # Its patterns take milliseconds to compile, and most commands need none.
    from dateline.events.byline_names import names_in

    names, ignored = names_in(byline)
    return Byline(tuple(names), tuple(ignored))
