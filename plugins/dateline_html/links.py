"""Where the links of a page lead. A page by itself links to its own parts; a site gives its addresses:

    class Addresses(Links):
        def fact(self, fact: str) -> str:
            return f"/stories/ferry/facts/{fact}"

    brief = Brief(story, material, links=Addresses)

`Brief` calls it with the anchors of the page; what it does not override stays a link within the page.
Everything that is drawn or written for a story asks its brief's links and makes no address itself.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from dateline.plugin import Fact, one_line
from dateline_html.anchors import Anchors


class Links:
    """Each method returns the href for one thing. All ids are those of the story's state."""

    def __init__(self, anchors: Anchors) -> None:
        self.anchors = anchors

    def part(self, name: str) -> str:
        """A part of the story's page, such as ``timeline``."""
        return f"#{self.anchors.part(name)}"

    def fact(self, fact: str) -> str:
        return f"#{self.anchors.fact(fact)}"

    def day(self, day: str) -> str:
        """The facts that begin on that day, an ISO date."""
        return f"#{self.anchors.day(day)}"

    def passage(self, fact: Fact) -> str:
        """The words of the source that a fact is drawn from."""
        return f"#{self.anchors.passage(fact)}"

    def source(self, source: str) -> str:
        return f"#{self.anchors.source(source)}"

    def event(self, version: int) -> str:
        """The event with that version of the story: a correction, retraction, dispute or link."""
        return f"#{self.anchors.event(version)}"

    def entity(self, entity: str) -> str | None:
        """A person, organisation, place or group; None if there is no page about them."""
        return None

    def original(self, url: str) -> str | None:
        """The address that a source was captured from; None if a link to it could act or deceive."""
        return url if harmless(url) else None


def harmless(url: str) -> bool:
    """Whether it is a plain web address: http or https, a host, no user name, no characters that hide."""
    if one_line(url) != url or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
