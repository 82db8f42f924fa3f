"""Notices, as methods of `dateline.Archive`: what editors record about stories, facts and sources.

Each records one event. All raise UnknownName for a story, fact or source that is not there, and
Refused for what breaks a rule. Except where another result is named, they return what `record` does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypedDict, Unpack

from dateline.doubts.weighing import Consider
from dateline.errors import DatelineError
from dateline.events import pointer
from dateline.events.clock import now_us, to_iso
from dateline.events.edtf import public_from
from dateline.events.envelope import RecordedBy
from dateline.events.identity import uuid7
from dateline.events.parts import Change
from dateline.events.registry import to_fields
from dateline.events.state import Fact, StoryState
from dateline.recording.introductions import introductions
from dateline.recording.line import Line
from dateline.recording.lookup import find_entity, find_source
from dateline.recording.naming import is_id
from dateline.recording.recorder import Recorded


class How(TypedDict, total=False):
    """Arguments of every notice: `reported` is the EDTF date or time at which it was made public, if it
    was; `recorded_by` says who records it; `doubts` is that of `record`."""

    reported: str | None
    recorded_by: RecordedBy
    doubts: Consider | None


class HowBy(How, total=False):
    """`by` is who corrects, retracts or disputes: an entity, or a name."""

    by: str | None


class Desk(Protocol):
    """What notices need of `dateline.Archive`."""

    def state(self, slug: str, *, facts: Collection[str]) -> StoryState: ...
    def fact(self, story: str, name: str) -> Fact: ...
    def source(self, story: str, start: str | None = None) -> str: ...
    def record(self, *lines: Any, **how: Any) -> Recorded: ...


def open_story(
    archive: Desk,
    slug: str,
    title: str,
    *,
    languages: Sequence[str] = (),
    recorded_by: RecordedBy = RecordedBy(),
) -> Recorded:
    """Open a story. Nothing is recorded if it is already open with this title. Raises SlugTaken."""
    line = {"type": "story.opened", "slug": slug, "title": title, "languages": list(languages)}
    return archive.record([line], expected="new", recorded_by=recorded_by)


def retitle(
    archive: Desk, story: str, title: str, *, reason: str | None = None, **how: Unpack[How]
) -> Recorded:
    """Change the title of a story. Its slug stays the same."""
    return _notice(archive, story, "story.retitled", title=title, reason=reason or None, **how)


def close_story(
    archive: Desk, story: str, *, reason: str | None = None, **how: Unpack[How]
) -> Recorded:
    """Close a story. It still accepts late facts and corrections."""
    return _notice(archive, story, "story.closed", reason=reason or None, **how)


def correct(
    archive: Desk,
    story: str,
    fact: str,
    changes: Mapping[str, Any] | Iterable[tuple[str, Any]],
    *,
    reason: str,
    kind: str = "correction",
    new: Iterable[str] = (),
    **how: Unpack[HowBy],
) -> list[Change]:
    """Correct a fact; the log keeps what was recorded before. Returns the changes, with old values.

    `changes` maps a path, such as ``quantities.0.value`` or a JSON Pointer, to the new value, or to
    a function of the old value; None removes it. `kind` is ``correction``, ``clarification``,
    ``typo`` or ``update``. `new` are entities that the changes name for the first time, each written
    ``ID=Label``: they are introduced along with the correction.
    """
    there = archive.fact(story, fact)
    current, made = to_fields(there.data), []
    for path, now in changes.items() if isinstance(changes, Mapping) else changes:
        path = pointer_of(path)
        was = pointer.get(current, path)
        made.append(Change(path=path, was=was, now=now(was) if callable(now) else now))
    listed = [{"path": one.path, "was": one.was, "now": one.now} for one in made]
    event = {"fact": fact, "changes": listed, "kind": kind, "reason": reason}
    before = introductions(new, there.story)
    _notice(archive, story, "fact.corrected", before, **event, **how)
    return made


def retract(archive: Desk, story: str, fact: str, *, reason: str, **how: Unpack[HowBy]) -> Recorded:
    """Retract a fact. It stays in the log; views leave it out unless they ask for it."""
    archive.fact(story, fact)
    return _notice(archive, story, "fact.retracted", fact=fact, reason=reason, **how)


def dispute(archive: Desk, story: str, fact: str, *, ground: str, **how: Unpack[HowBy]) -> Recorded:
    """Record that somebody disputes a fact. The fact itself does not change."""
    archive.fact(story, fact)
    return _notice(archive, story, "fact.disputed", fact=fact, ground=ground, **how)


def review(
    archive: Desk,
    story: str,
    fact: str,
    verdict: str,
    *,
    reviewer: str,
    reason: str | None = None,
    **how: Unpack[How],
) -> Recorded:
    """Accept or reject a fact, or note that its doubts were checked: `verdict` is ``accepted``,
    ``rejected`` or ``checked``. Views leave out a rejected fact until it is accepted again."""
    archive.fact(story, fact)
    event = {"fact": fact, "verdict": verdict, "reviewer": reviewer, "reason": reason or None}
    return _notice(archive, story, "fact.reviewed", **event, **how)


def add_evidence(
    archive: Desk,
    story: str,
    fact: str,
    *evidence: str | Mapping[str, Any],
    note: str | None = None,
    **how: Unpack[How],
) -> Recorded:
    """Add evidence to a fact: words of its source, or items with ``exact``, ``role`` and, when the
    words occur more than once, ``start``."""
    archive.fact(story, fact)
    items = [
        {"role": "content", "exact": item} if isinstance(item, str) else item for item in evidence
    ]
    return _notice(
        archive, story, "evidence.added", fact=fact, evidence=items, note=note or None, **how
    )


def link(
    archive: Desk,
    story: str,
    fact: str,
    relation: str,
    other: str,
    *,
    independence: str | None = None,
    note: str | None = None,
    **how: Unpack[How],
) -> Recorded:
    """Link two facts, as in ``link(story, "f4", "contradicts", "f3")``. The relation ``corroborates``
    needs `independence`: ``independent``, ``same-origin`` or ``unknown``."""
    archive.fact(story, fact)
    event = {"from": fact, "to": other, "relation": relation, "note": note or None}
    return _notice(
        archive, story, "facts.linked", independence=independence or None, **event, **how
    )


def withdraw(
    archive: Desk, story: str, source: str | None = None, *, reason: str, **how: Unpack[How]
) -> str:
    """Record that a publisher withdrew a source, found as by `source`. Its facts stay and are marked.
    Returns the id of the source."""
    name = archive.source(story, source)
    _notice(archive, story, "source.withdrawn", source=name, reason=reason, **how)
    return name


#: A source's id, or a part from the start of its hash.
_SOURCE = re.compile(r"sha256:|[0-9a-f]{2,64}(\.[0-9]+)?$")


def amend(
    archive: Desk,
    story: str,
    name: str,
    changes: Mapping[str, Any],
    *,
    reason: str,
    new: Iterable[str] = (),
    **how: Unpack[HowBy],
) -> list[Change]:
    """Amend what was recorded about an entity, found as by `entity`, or about a source, found as by
    `source`; the log keeps what was recorded before. Returns the changes, with old values.

    `changes` maps fields, such as ``published`` or ``identifiers.wikidata``, to new values; None removes
    one. `new` are entities that the changes name for the first time, each written ``ID=Label``. A document
    and the texts extracted from it are amended together, except for their ``url``, which
    only the document has.
    """
    state = archive.state(story, facts=())
    given = {pointer_of(path): now for path, now in changes.items()}
    if _SOURCE.match(name):
        things = _of_document(state, find_source(state, name), given)
    else:
        things = {find_entity(state, name).entity: dict(given)}
    lines: list[dict[str, Any]] = []
    for thing, wanted in things.items():
        field = "entity" if thing in state.entities else "source"
        current = to_fields(state.entities.get(thing) or state.sources[thing])
        listed = [
            {"path": path, "was": was, "now": now}
            for path, now in wanted.items()
            if not pointer.same(was := pointer.get(current, path), now) or len(things) == 1
        ]
        if listed:
            line = {"type": f"{field}.amended", field: thing, "changes": listed, "reason": reason}
            cause = {"causation_id": lines[0]["event_id"]} if lines else {}
            lines.append(line_of(line, **how) | cause)
    if not lines:
        raise DatelineError(
            f"{name} already has these values; nothing was written", code="amendment-empty"
        )
    recorded_by = how.get("recorded_by", RecordedBy())
    archive.record([*introductions(new, state), *lines], story=story, recorded_by=recorded_by)
    made = {change["path"]: change for line in lines for change in line["changes"]}
    return [Change(**change) for change in made.values()]


def _of_document(
    state: StoryState, source: str, changes: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The changes of a document and of each text extracted from it, which are described alike."""
    whole = state.sources[source].derived_from or source
    if whole not in state.sources:
        whole = source
    texts = [name for name, one in state.sources.items() if one.derived_from == whole]
    of_texts = {path: now for path, now in changes.items() if path != "/url"}
    return {whole: dict(changes), **dict.fromkeys(texts, of_texts)}


def merge(
    archive: Desk, story: str, entity: str, into: str, *, reason: str, **how: Unpack[HowBy]
) -> Recorded:
    """Record that two ids stand for one entity. Facts keep the id that they were recorded with; views
    show `into`, which is an entity of the story, or ``ID=Label`` for one of another story."""
    state = archive.state(story, facts=())
    entity = entity if entity in state.merged else find_entity(state, entity).entity
    new = introductions([into], state)
    name, given, _ = into.partition("=")
    into = name if given and is_id(name) else find_entity(state, into).entity
    return _notice(
        archive, story, "entity.merged", new, entity=entity, into=into, reason=reason, **how
    )


def _notice(
    archive: Desk,
    story: str,
    event_type: str,
    before: Iterable[Line] = (),
    /,
    *,
    reported: str | None = None,
    recorded_by: RecordedBy = RecordedBy(),
    doubts: Consider | None = None,
    **fields: Any,
) -> Recorded:
    """Record an event with those of `fields` that are not None, after the lines `before`. Its id is
    new, so that the same correction can be made again after it was reversed."""
    line = line_of({"type": event_type, **fields}, reported=reported)
    return archive.record([*before, line], story=story, recorded_by=recorded_by, doubts=doubts)


def line_of(
    fields: Mapping[str, Any],
    reported: str | None = None,
    by: str | None = None,
    **how: Any,
) -> dict[str, Any]:
    """An event as an input line with an id of its own, without those of `fields` that are None."""
    given = {"by": by, **fields}
    given = {name: value for name, value in given.items() if value is not None}
    given.setdefault("event_id", str(uuid7()))
    return {**given, **_reported(reported)}


def pointer_of(path: str) -> str:
    """``quantities.0.value`` as the JSON Pointer ``/quantities/0/value``. A JSON Pointer is returned
    unchanged."""
    return path if path.startswith("/") else "/" + path.replace(".", "/")


def _reported(edtf: str | None) -> dict[str, str]:
    """The time of a notice, as a field of an input line. Raises DatelineError."""
    if edtf is None:
        return {}
    try:
        instant = public_from(edtf, now_us())
    except ValueError as error:
        raise DatelineError(
            f"--reported: {error}",
            hint="give a day or a time, such as 2024-03-05 or 2024-03-05T08:00:00Z",
            code="not-a-date",
        ) from None
    return {} if instant is None else {"reported_at": to_iso(instant)}
