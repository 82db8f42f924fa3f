"""Candidates with who proposes them: from proposers, or from the lines of a program outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from dateline.documents.document import Document
from dateline.errors import (
    DatelineError,
    Finding,
    Refused,
    UnknownName,
    described,
    stops_plugin,
)
from dateline.events.state import StoryState
from dateline.proposals.judging import LeftOut, findings_of
from dateline.proposals.proposer import Candidate, Known, Proposer
from dateline.recording.line import Line, plain
from dateline.recording.lookup import find_source, quotable
from dateline.text import cut

#: Fields of a line that are about the proposal, and not about the fact.
_ABOUT = ("proposer", "version", "confidence", "source")
#: Characters of a candidate that is left out, to recognize it by.
_WORDS = 80


class Given(msgspec.Struct, frozen=True):
    """One candidate: its fields, its proposer, and the id of its source. ``line`` is its number in the input,
    if it has one. With ``findings`` it is left out unseen."""

    fields: Mapping[str, Any]
    proposer: str
    version: str
    source: str | None = None
    confidence: Any = None
    line: int | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def fact(self) -> dict[str, Any]:
        """The fields that are about the fact."""
        return {name: value for name, value in self.fields.items() if name not in _ABOUT}

    @property
    def certainty(self) -> float | None:
        """Its confidence, a number from 0 to 1. Raises Refused for anything else."""
        given = self.confidence
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
            reason = f"the confidence is a number from 0 to 1, not {given!r}"
            raise Refused([Finding("shape", "/confidence", reason)])
        return float(given)

    def left_out(self, error: DatelineError, text: str = "") -> LeftOut:
        """The candidate as one that is left out for `error`. `text` is that of its source, if it was read."""
        words = cut(" ".join(self._words(text).split()), _WORDS)
        tool = f"{self.proposer} {self.version}".strip()
        return LeftOut(findings_of(error), tool, self.source, words, self.line)

    def _words(self, text: str) -> str:
        """What it says, or the words that it rests on."""
        for name in ("quote", "text"):
            if isinstance(given := self.fields.get(name), str) and given:
                return given
        items = self.fields.get("evidence")
        items = items if isinstance(items, list | tuple) else [items]
        return " … ".join(filter(None, (_exact(item, text) for item in items)))


def _exact(item: Any, text: str) -> str:
    """The words of an item of evidence, if it has any."""
    if isinstance(item, Mapping):
        start, end = item.get("start"), item.get("end")
        placed = type(start) is type(end) is int and 0 <= start < end
        item = item.get("exact") or (text[start:end] if placed else "")
    return item if isinstance(item, str) else ""


def from_line(
    line: Line | Mapping[str, Any], tool: str, state: StoryState, source: str | None
) -> Given:
    """The candidate of a line. `tool` made it, and `source` is its source, unless the line says otherwise."""
    line = line if isinstance(line, Line) else Line(line)
    fields, findings = plain(line), line.findings
    name, _, version = tool.partition(" ")
    if isinstance(fields.get("proposer"), str):
        name, version = fields["proposer"], str(fields.get("version") or "")
    named = fields.get("source", source)
    try:
        if named is not None and not isinstance(named, str):
            raise Refused([Finding("shape", "/source", "the source is not text")])
        source = None if findings else find_source(state, named)
    except UnknownName as error:
        source, findings = None, (Finding(error.code, "/source", _which(state, named)),)
    except DatelineError as error:
        source, findings = None, findings_of(error)
    return Given(
        fields, name, version, source, fields.get("confidence"), line.number, tuple(findings)
    )


def _which(state: StoryState, named: str | None) -> str:
    """Why a line has no source of the story."""
    count = len(quotable(state))
    if not count:
        return f"story {state.slug} has no source yet"
    if named is None:
        return f"story {state.slug} has {count} sources: give the start of the id of one as source"
    return f"no source of story {state.slug}, or more than one, has an id that starts with {cut(named, _WORDS)}"


def asked(
    proposers: Sequence[Proposer],
    state: StoryState,
    sources: Sequence[str],
    document_of: Callable[[str], Document | None],
    failed: Callable[[Proposer, str], object],
    progress: Callable[[int, int], object],
) -> Iterator[Given]:
    """What proposers find in sources. One that raises is not asked again; `failed` gets it and the error.
    `progress` gets the number of sources that were read, and of all."""
    names = {one.entity: (one.label, *one.names) for one in state.entities.values()}
    left = list(proposers)
    for number, source in enumerate(sources):
        progress(number, len(sources))
        document = None if source in state.protected else document_of(source)
        if document is None or document.binary:
            yield Given({}, "", "", source, findings=(_unread(state, source),))
            continue
        about = state.sources[source]
        known = Known(
            state.slug, source, about.publisher, about.published, about.language, about.title, names
        )
        for proposer in tuple(left):
            try:
                found = list(proposer.propose(document.text, known))
                wrong = next((one for one in found if not isinstance(one, Candidate)), None)
                if wrong is not None:
                    raise TypeError(f"it yields {type(wrong).__name__}, not Candidate")
            except BaseException as error:  # noqa: BLE001 - what a plugin raises stops only itself
                stops_plugin(error)
                failed(proposer, described(error))
                left.remove(proposer)
                continue
            for one in found:
                yield Given(one.fields, proposer.name, proposer.version, source, one.confidence)


def _unread(state: StoryState, source: str) -> Finding:
    if source in state.protected:
        return Finding("protected", "/source", "the source is protected, and no tool may read it")
    return Finding("document", "/source", "the source has no text that could be read")
