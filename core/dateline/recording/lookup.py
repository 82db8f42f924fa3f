"""Finding a story, and a fact, an entity or a source of it. What is not found is an error with a next step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Connection

from dateline.documents.document import PREFIX
from dateline.errors import UnknownName
from dateline.events.acts import short
from dateline.events.entity import EntityIntroduced
from dateline.events.readings import superseded
from dateline.events.source import document_of
from dateline.events.state import Fact, StoryState
from dateline.log.read import StoryRow, list_stories, story_by_slug
from dateline.recording.naming import letters, matching, similar

#: So many sources are listed to choose from.
_LISTED = 20


def find_story(connection: Connection, slug: str) -> StoryRow:
    """The story with this slug. Raises UnknownName."""
    found = story_by_slug(connection, slug)
    if found is None:
        known = [row.slug for row in list_stories(connection)]
        listed = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
        hint = f"known are {listed}" if known else "open one with `dateline open`"
        raise UnknownName(f"there is no story {slug!r}", hint=hint, code="story-unknown")
    return found


def find_fact(state: StoryState, name: str) -> Fact:
    """A fact by its id. Raises UnknownName."""
    fact = state.facts.get(name)
    if name in state.erased:
        raise UnknownName(
            f"{name} of story {state.slug} was erased on {state.erased[name].why}",
            hint=f"`dateline show {state.slug} {name}` shows what remains of it",
            code="fact-erased",
        )
    if fact is None and name in state.tombstones.unread:
        raise UnknownName(
            f"{name} of story {state.slug} has an event type that no installed plugin knows",
            hint=f"install its plugin; `dateline log {state.slug} -f ndjson` shows the raw event",
            code="event-type-unknown",
        )
    if fact is None:
        raise UnknownName(
            f"story {state.slug} has no fact {name!r}",
            hint=f"list them with `dateline show {state.slug} timeline`",
            code="fact-unknown",
        )
    return fact


def find_entity(state: StoryState, name: str, kinds: Collection[str] = ()) -> EntityIntroduced:
    """An entity by its id, its label or another name; `kinds` are preferred if it fits several.

    Raises UnknownName, which lists the entities that it may mean, or similar ones.
    """
    found = matching(state, name, kinds)
    if len(found) == 1:
        return found[0]
    raise several_entities(state, name, found) if found else unknown_entity(state, name)


def several_entities(
    state: StoryState,
    name: str,
    found: Iterable[EntityIntroduced],
    command: Callable[[str], str] | None = None,
) -> UnknownName:
    """The error about a name that fits several entities. With `command`, the line after each is the
    command that takes its id."""
    return UnknownName(
        f"story {state.slug} has several entities called {name!r}",
        hint=f"choose one by its id:\n  {listed(found, command)}",
        code="name-ambiguous",
    )


def unknown_entity(
    state: StoryState,
    name: str,
    hint: str | None = None,
    command: Callable[[str], str] | None = None,
) -> UnknownName:
    """The error about a name that fits no entity; it lists similar ones after `hint`, each with its
    `command` as in `several_entities`."""
    near = similar(state, name)
    steps = [hint] if hint else []
    if near:
        steps.append(f"similar names:\n  {listed(near, command)}")
    return UnknownName(
        f"story {state.slug} has no entity {name!r}",
        hint="\n  ".join(steps) or "`dateline log --type entity.introduced` lists them",
        code="entity-unknown",
    )


def listed(
    entities: Iterable[EntityIntroduced], command: Callable[[str], str] | None = None
) -> str:
    """Entities with their ids, one a line, each followed by its `command` if there is one."""
    return "\n  ".join(
        line
        for one in entities
        for line in (
            f"{one.entity}, {one.label}",
            *([f"  {command(one.entity)}"] if command else []),
        )
    )


def find_source(
    state: StoryState, given: str | None, command: Callable[[str], str] | None = None
) -> str:
    """The full id of the one source whose hash starts with `given`; without it, of the one source to
    quote. Raises UnknownName, which lists the candidates, each with its `command` if there is one."""
    wanted, dot, number = (given or "").removeprefix(PREFIX).partition(".")
    found = [name for name in state.sources if name.removeprefix(PREFIX).startswith(wanted)]
    if dot:
        found = [name for name in found if name.partition(".")[2] == number]
    elif wanted:  # the first capture of a document stands for it
        found = list({document_of(name): name for name in reversed(found)}.values())[::-1]
    if not wanted:
        found = quotable(state)
    if len(found) == 1:
        return found[0]
    if not state.sources:
        raise UnknownName(
            f"story {state.slug} has no source yet",
            hint="capture one with `dateline capture`",
            code="source-unknown",
        )
    if not found:
        what = f"has no source {given!r}"
        raise choose_source(state, state.sources, what, code="source-unknown", command=command)
    raise choose_source(state, found, "has several matching sources; choose one", command=command)


def choose_source(
    state: StoryState,
    names: Iterable[str],
    what: str,
    *,
    code: str = "source-ambiguous",
    command: Callable[[str], str] | None = None,
) -> UnknownName:
    """An error that lists sources to choose from; `what` is said of the story. With `command`, the line
    after each is the command that takes it."""
    names = list(names)
    lines = [
        line
        for name in names[:_LISTED]
        for line in (
            (described(state, name), f"  {command(name)}")
            if command
            else (f"--source {described(state, name)}",)
        )
    ]
    if len(names) > _LISTED:
        lines.append(f"and {len(names) - _LISTED:,} more: `dateline show {state.slug} sources`")
    return UnknownName(f"story {state.slug} {what}", hint="\n  ".join(lines), code=code)


def sources_called(state: StoryState, name: str) -> list[str]:
    """The sources to quote whose publisher or title is called `name`, in the order of capture; ``.`` is
    the last one. None if `name` is the start of a hash."""
    sources, wanted = quotable(state), letters(name)
    if name == ".":
        return sources[-1:]
    if not wanted or any(one.removeprefix(PREFIX).startswith(name) for one in state.sources):
        return []
    publishers = {one.entity for one in matching(state, name)}
    return [
        one
        for one in sources
        if state.entity_id(state.sources[one].publisher) in publishers
        or letters(state.sources[one].title or "") == wanted
    ]


def quotable(state: StoryState) -> list[str]:
    """The sources that facts quote: the newest reading of each document, and not a document whose text,
    or that of another document of its media type, was extracted as a source of its own."""
    whole, old = (
        {source.derived_from for source in state.sources.values()},
        superseded(state.sources),
    )
    kinds = {source.media_type for name, source in state.sources.items() if name in whole}
    return [
        name
        for name, source in state.sources.items()
        if name not in old and (source.media_type == "text/plain" or source.media_type not in kinds)
    ]


def described(state: StoryState, name: str) -> str:
    """A source by what distinguishes it from others: the start of its id, title, publisher and date."""
    source = state.sources[name]
    parts = (source.title or "untitled", state.label(source.publisher), source.published)
    return f"{short(name)}  {', '.join(part for part in parts if part)}"
