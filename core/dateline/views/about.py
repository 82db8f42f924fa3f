"""The projection of Dateline's own: the positions of the events about each thing of a story.

With it a few facts can be folded without the rest of a long story (see `dateline.views.present`). It is
kept, rebuilt, verified and purged as every view is. Its rows follow from events alone, not from a state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from dateline.events.acts import about
from dateline.events.editorial import ContentErased, EventRevoked, FactCorrected, FactsLinked
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.envelope import Event
from dateline.events.fold import FoldedEvent
from dateline.events.index import named, refers_to
from dateline.events.payload import FACT, Erased, FactNotice, FactPayload, Raw, Sealed
from dateline.events.registry import CORE_NAMES
from dateline.events.source import SourceAmended, SourceCaptured, document_of
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
_LINKS, _DRAWN, _SHARED, _NAMED = "=", "<", "@", "#"
#: Events that name entities and are rare.
_RARE = (FactCorrected, SourceAmended, EntityAmended, EntityMerged)
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


def drawn_thing(source: str) -> str:
    """The facts that are or were drawn from a source, as a thing."""
    return _DRAWN + document_of(source)


def shared_things(source: str, data: SourceCaptured) -> set[str]:
    """What a source may share with other sources of the same document: an original, or an address."""
    shared = {_SHARED + document_of(source)}
    if data.derived_from is not None:
        shared.add(_SHARED + document_of(data.derived_from))
    if data.url is not None:
        shared.add(_address(data.url))
    return shared


def _address(url: str) -> str:
    return _SHARED + _digest(url)


@lru_cache(4096)
def named_thing(entity: str) -> str:
    """The first event that names an entity without introducing it, as a thing."""
    return _NAMED + _digest(entity)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _entities(event: Event) -> Iterable[str]:
    """The entities that an event names so that others may show it once they are introduced."""
    data = event.data
    if event.subject_key is not None:
        return ()
    if isinstance(data, FactPayload):
        return refers_to(data)
    if isinstance(data, SourceCaptured):
        return (data.publisher, *data.byline, *(credit.agent for credit in data.credits))
    if isinstance(data, EntityIntroduced):
        return () if data.part_of is None else (data.part_of,)
    if isinstance(data, Raw):
        return () if data.fact is None else _agents_and_places(data.fields)
    return sorted(named(msgspec.json.encode(data))) if isinstance(data, _RARE) else ()


def _agents_and_places(fields: Mapping[str, Any]) -> Iterator[str]:
    """What `refers_to` finds in a fact of a plugin's type where the plugin is."""
    for field, part in (("attribution", "agent"), ("places", "place")):
        listed = fields.get(field)
        for item in listed if isinstance(listed, list) else ():
            name = item.get(part) if isinstance(item, dict) else None
            if isinstance(name, str):
                yield name


def things(event: Event) -> Iterable[str]:
    """The things under which an event is kept. The name of a protected thing is not written in plain text:
    events about it are always read."""
    return (WHOLE,) if event.subject_key is not None else subjects(event)


def subjects(event: Event) -> Iterable[str]:
    """The things that `event` is about."""
    data = event.data
    if isinstance(data, _OF_STORY):
        return (WHOLE,)
    if isinstance(data, FactPayload):
        # A plugin's type may be unknown to the next process: both find the ids as they were written.
        return (thing(data.fact), drawn_thing(data.source))
    if isinstance(data, FactCorrected):
        moved = [one.now for one in data.changes if one.path == "/source"]
        return (thing(data.fact), *(drawn_thing(one) for one in moved if isinstance(one, str)))
    if isinstance(data, FactNotice):
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
        return _unread(data)
    if isinstance(data, SourceCaptured):
        return (thing(data.source), *sorted(shared_things(data.source, data)))
    if isinstance(data, SourceAmended):
        urls = [one.now for one in data.changes if one.path == "/url"]
        return (thing(data.source), *(_address(one) for one in urls if isinstance(one, str)))
    return tuple(map(thing, about(data)))


def _unread(data: Raw) -> Iterator[str]:
    """The same things as in a process that has the plugin of the event's type."""
    if data.about is not None:
        yield thing(data.about)
        source = data.fields.get("source")
        if data.fact is not None and isinstance(source, str):
            yield drawn_thing(source)


class About(KernelView):
    """The positions of the events about each thing, and of the first event that names an entity."""

    name = "dateline_about"
    version = 2
    by = "thing"

    class Row(ViewRow, frozen=True):
        thing: str
        position: int

    def fold(self, event: FoldedEvent, rows: Rows) -> None:
        self.take(event, rows)

    def take(self, event: Event, rows: Rows) -> None:
        for item, name in enumerate(things(event), 1):
            rows.changed[(event.slug, f"{event.position}/{item}")] = (name, event.position)
        for entity in _entities(event):
            name = named_thing(entity)
            rows.add((event.slug, name), (name, event.position))


ABOUT = About()
