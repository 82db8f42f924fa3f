"""One proposal for a person to read: the words of its source in context, and the fact as it would be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

import click

from dateline.cli.preview import preview
from dateline.cli.terminal.messages import wrapped
from dateline.recording.naming import similar
from dateline.text import legible, legible_line

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.events.state import StoryState
    from dateline.proposals.queue import Proposal

#: Characters of the source around the words that a proposal rests on.
_AROUND = 240
#: Around those words while lines are broken. No text has them once it is legible.
_OPEN, _CLOSE = "\x02", "\x03"


def shown(
    archive: Archive, proposal: Proposal, state: StoryState, place: str, stream: IO[Any]
) -> Iterator[str]:
    """Lines about an open proposal, safe to print and broken for `stream`. `state` is its story now; `place` is
    said after its id."""
    sure = "" if proposal.confidence is None else f", confidence {proposal.confidence:.2f}"
    put_off = ", put off before" if proposal.state == "later" else ""
    yield _line(f"{proposal.name}{place}, proposed by {proposal.tool}{sure}{put_off}", stream)
    document = archive.document(proposal.source)
    there = document is not None and not document.binary
    if document is not None and there:
        yield f"\n{passage(document.text, _spans(proposal), stream)}\n"
    given = ((one.partition("=")[0], one) for one in proposal.new)
    new = {entity: one for entity, one in given if entity not in state.entities}
    for line in preview({"fact": "", **proposal.fields}, state, new, quotations=not there):
        yield _line(f"  {line}" if line else "", stream)
    for one in new.values():
        label = one.partition("=")[2]
        if near := similar(state, label):
            known = ", ".join(f"{entity.label} ({entity.entity})" for entity in near)
            yield _line(f"  {label} is new; the story knows {known}", stream)
    if beside := list(_same_words(proposal, state)):
        yield _line(f"The story has facts with the same words: {'; '.join(beside)}", stream)


def _line(text: str, stream: IO[Any]) -> str:
    return wrapped(legible_line(text), stream)


def passage(text: str, spans: Sequence[tuple[int, int]], stream: IO[Any]) -> str:
    """The text around `spans`, which are in brackets and bold. It is made safe to print, and broken between
    words if `stream` is a terminal."""
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    begin, end = max(0, first - _AROUND), min(len(text), last + _AROUND)
    parts, at = ["…" if begin else ""], begin
    for start, stop in sorted(spans):
        if stop <= at:
            continue
        start = max(start, at)
        parts += [legible(text[at:start]), _OPEN, legible(text[start:stop]), _CLOSE]
        at = stop
    parts.append(legible(text[at:end]) + ("…" if end < len(text) else ""))
    return "\n".join(_bold(wrapped("".join(parts), stream).split("\n")))


def _bold(lines: Iterable[str]) -> Iterator[str]:
    """The lines with what is between `_OPEN` and `_CLOSE` in brackets and bold, each line of it alone."""
    inside = False
    for line in lines:
        done = ""
        for piece in re.split(f"(?={_OPEN})|(?<={_CLOSE})", line):
            inside = inside or piece.startswith(_OPEN)
            words = piece.replace(_OPEN, "[").replace(_CLOSE, "]")
            done += click.style(words, bold=True) if inside and words else words
            inside = inside and not piece.endswith(_CLOSE)
        yield done


def _spans(proposal: Proposal) -> list[tuple[int, int]]:
    return [(one["start"], one["end"]) for one in proposal.fields["evidence"]]


def _same_words(proposal: Proposal, state: StoryState) -> Iterator[str]:
    """The facts that rest on some of the same words of the source."""
    spans = _spans(proposal)
    for fact in state.facts.values():
        places = [(one.start or 0, one.end or 0) for one in fact.data.evidence]
        same = fact.source == proposal.source and any(
            start < stop and begin < end for start, end in spans for begin, stop in places
        )
        if same:
            yield f"{fact.id}, {fact.data.text}"
