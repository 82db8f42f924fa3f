"""The entities of all stories, as methods of `dateline.Archive`. Only a call imports the room of the register."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine

from dateline.erasure.unfinished import require_readable
from dateline.events.links import Link
from dateline.events.state import StoryState
from dateline.log.read import Reader, StoryRow
from dateline.views.asof import Moment
from dateline.views.projection import View
from dateline.views.runner import Progress

if TYPE_CHECKING:
    from dateline.erasure.journal import Erasure
    from dateline.register.duplicates import Duplicate
    from dateline.register.entry import Entry
    from dateline.register.profile import Profile
    from dateline.register.register import Register
    from dateline.search.memory import InMemory


class Registered(Protocol):
    """What the register needs of `dateline.Archive`."""

    _engine: Engine
    _reader: Reader

    @property
    def _own(self) -> Mapping[str, View]: ...
    @property
    def _memory(self) -> InMemory: ...
    @property
    def held_up(self) -> list[Erasure]: ...
    def story(self, slug: str) -> StoryRow: ...
    def state(
        self, slug: str, at: Moment | None = None, *, facts: Collection[str] | None = None
    ) -> StoryState: ...


def entities(
    archive: Registered,
    *,
    kind: str | None = None,
    like: str | None = None,
    story: str | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> list[Entry]:
    """The entities of all stories, those that most facts name first: all of them, or the first `limit`.

    `kind` is ``person``, ``organization``, ``place`` or ``group``; `like` has words that one of its names
    has too, in any script. With `story` only the entities and facts of that story count. Entities that were
    merged in some story are one. Raises UnknownName, ViewFailed.
    """
    if story is not None:
        archive.story(story)
    return _register(archive).entries(kind, like, story, progress)[:limit]


def duplicates(archive: Registered, *, progress: Progress | None = None) -> list[Duplicate]:
    """Pairs of entities that may be one and the same, and why: they have the same identifier, or the same
    kind and, apart from case, accents and script, the same name. Raises ViewFailed."""
    return _register(archive).duplicates(progress)


def links_to(archive: Registered, story: str, fact: str) -> list[Link]:
    """The links of other stories to a fact, such as ``velm-flood/f3`` to ``archive.links_to("velm-flood", "f3")``.
    The story of each is that of its ``event``. Those of retracted and rejected facts are left out. Raises
    UnknownName, ViewFailed."""
    archive.story(story)
    return _register(archive).linking(story, fact)


def profile(
    archive: Registered, name: str, at: Moment | None, *, everything: bool, limit: int | None
) -> Profile:
    """What all stories know of the entity with that id or name. Raises UnknownName, ViewFailed."""
    return _register(archive).profile(name, at, everything=everything, limit=limit)


def _register(archive: Registered) -> Register:
    from dateline.register.register import Register

    def state_of(story: str, at: Moment | None, facts: Collection[str] | None) -> StoryState:
        return archive.state(story, at, facts=facts)

    require_readable(archive)
    return Register(archive._engine, archive._reader, archive._own, state_of, archive._memory)
