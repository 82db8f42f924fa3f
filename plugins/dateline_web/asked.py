"""A request as a page sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dateline_web.addresses import Addresses

if TYPE_CHECKING:
    from dateline_web.site import Seen, Site


@dataclass(frozen=True)
class Asked:
    """What is asked for: ``places`` are the named parts of the path, ``query`` each value of the query once,
    ``every`` all values of those that may be repeated."""

    site: Site
    path: str
    places: Mapping[str, str]
    query: Mapping[str, str]
    every: Mapping[str, Sequence[str]]
    #: The scheme and the host by which the reader came, for addresses that are read elsewhere.
    base: str = ""

    @property
    def as_of(self) -> str | None:
        return self.query.get("as_of")

    @property
    def slug(self) -> str:
        return self.places["slug"]

    @cached_property
    def to(self) -> Addresses:
        """Addresses that keep the moment."""
        return Addresses(self.as_of)

    @cached_property
    def seen(self) -> Seen:
        """The story that the path names, at the moment. Raises UnknownName, SealedContent."""
        return self.site.seen(self.slug, self.as_of)

    @property
    def read(self) -> Seen | None:
        """The same if the page needed it, otherwise None."""
        return self.__dict__.get("seen")
