"""Candidates with who proposes them: from proposers, or from the lines of a program outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from dateline.documents.document import Document
from dateline.errors import DatelineError, Finding, Refused, described, stops_plugin
from dateline.events.state import StoryState
from dateline.proposals.judging import LeftOut, findings_of
from dateline.proposals.proposer import Candidate, Known, Proposer
from dateline.recording.line import Line, plain
from dateline.recording.lookup import find_source

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

    def left_out(self, error: DatelineError) -> LeftOut:
        shown = (self.fields.get(name) for name in ("quote", "text", "evidence"))
        words = " ".join(str(next(filter(None, shown), "")).split())[:_WORDS]
        tool = f"{self.proposer} {self.version}".strip()
        return LeftOut(findings_of(error), tool, self.source, words, self.line)


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
    except DatelineError as error:
        source, findings = None, findings_of(error)
    return Given(
        fields, name, version, source, fields.get("confidence"), line.number, tuple(findings)
    )


def asked(
    proposers: Sequence[Proposer],
    state: StoryState,
    sources: Iterable[str],
    document_of: Callable[[str], Document | None],
    failed: Callable[[Proposer, str], object],
) -> Iterator[Given]:
    """What proposers find in sources. One that raises is not asked again; `failed` gets it and the error."""
    names = {one.entity: (one.label, *one.names) for one in state.entities.values()}
    left = list(proposers)
    for source in sources:
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
