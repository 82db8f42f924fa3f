"""The projection of Dateline's own: the positions of the events about each thing of a story.

With it a few facts can be folded without the rest of a long story (see `dateline.views.present`). It is
kept, rebuilt, verified and purged as every view is. Its rows follow from single events alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from dateline.events.acts import about
from dateline.events.editorial import ContentErased, EventRevoked, FactsLinked
from dateline.events.entity import EntityIntroduced
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent
from dateline.events.payload import FACT, Erased, FactNotice, FactPayload, Raw, Sealed
from dateline.events.registry import CORE_NAMES
from dateline.events.source import document_of
from dateline.events.story import StoryClosed, StoryOpened, StoryRetitled
from dateline.views.projection import KernelView
from dateline.views.row_type import ViewRow
from dateline.views.rows import Rows

#: What every fold of the story needs: events about the story itself, erased and protected ones.
WHOLE = ""
#: The things from here on are entities and sources: ``group:``, ``org:``, ``person:``, ``place:``, ``sha256:``.
CONTEXT = "g"
#: Facts with numbers from here on follow a scheme of the author's; `Tombstones.take` ignores them.
OWN_NUMBERS = "f100000000"
_LINKS = "="
#: Events that say how the story itself stands, or that something is gone.
_OF_STORY = (StoryOpened, StoryRetitled, StoryClosed, ContentErased, Erased, Sealed)


def fact_thing(fact: str) -> str:
    """A fact as a thing: ``f12`` as ``f000000012``, so that things sort by number."""
    return f"f{int(fact[1:]):09}"


def links_thing(fact: str) -> str:
    """The links of a fact as a thing of their own: a fact may have many, and few need them."""
    return _LINKS + fact_thing(fact)


def thing(name: str) -> str:
    """The id of a fact, entity or source as a thing. All captures of a document are one thing: their
    numbers follow from each other."""
    if FACT.fullmatch(name):
        return fact_thing(name)
    return document_of(name) if name.startswith("sha256:") else name


def things(event: Event) -> Iterable[str]:
    """The things under which an event is kept. The name of a protected thing is not written in plain text:
    events about it are always read."""
    return (WHOLE,) if event.subject_key is not None else subjects(event)


def subjects(event: Event) -> Iterable[str]:
    """The things that `event` is about."""
    data = event.data
    if isinstance(data, _OF_STORY):
        return (WHOLE,)
    if isinstance(data, FactPayload | FactNotice):
        # A plugin's type may be unknown to the next process: both find the id as it was written.
        return (thing(data.fact),)
    if isinstance(data, FactsLinked):
        return {links_thing(fact) for fact in (data.from_, data.to) if FACT.fullmatch(fact)}
    if isinstance(data, EntityIntroduced):
        return (data.entity,)
    if isinstance(data, EventRevoked):
        # What it takes back may be a link.
        links = [links_thing(name) for name in data.about if FACT.fullmatch(name)]
        return (*map(thing, data.about), *links) if data.about else (WHOLE,)
    if isinstance(data, Raw):
        if (
            event.type in CORE_NAMES
        ):  # a later release may read it: what it is about is unknown here
            return (WHOLE,)
        return () if data.about is None else (thing(data.about),)
    return tuple(map(thing, about(data)))


class About(KernelView):
    """The positions of the events about each thing."""

    name = "dateline_about"
    version = 1
    by = "thing"

    class Row(ViewRow, frozen=True):
        thing: str
        position: int

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        self.take(event, rows)

    def take(self, event: Event, rows: Rows) -> None:
        for item, name in enumerate(things(event), 1):
            rows.changed[(event.slug, f"{event.position}/{item}")] = (name, event.position)


ABOUT = About()
