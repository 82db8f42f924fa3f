"""Rules for evidence: every quotation must be in its source, code point for code point."""

from __future__ import annotations

from functools import lru_cache

from dateline.events.editorial import EvidenceAdded
from dateline.events.fact import StatementRecorded
from dateline.events.near import offer
from dateline.events.parts import Evidence
from dateline.events.payload import FactPayload
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceCaptured
from dateline.text import cut

_SHOWN = 120


def _quoted(payload: FactPayload | EvidenceAdded, context: Context) -> str | None:
    """The text that the evidence quotes; None if it is not known."""
    if isinstance(payload, FactPayload):
        return context.text_of(payload.source)
    fact = context.state.facts.get(payload.fact)
    return None if fact is None else context.text_of(fact.source)


@rule("evidence-empty", FactPayload, EvidenceAdded)
def evidence_empty(payload: FactPayload | EvidenceAdded, context: Context) -> Findings:
    if not payload.evidence:
        yield "/evidence", "no evidence is given"
    for index, item in enumerate(payload.evidence):
        if not item.exact:
            yield f"/evidence/{index}/exact", "the quotation is empty"


@rule("evidence-text", FactPayload, EvidenceAdded)
def evidence_text(payload: FactPayload | EvidenceAdded, context: Context) -> Findings:
    text = _quoted(payload, context)
    if text is None:
        return
    for index, item in enumerate(payload.evidence):
        start, end = item.start, item.end
        if start is None or end is None:
            continue
        if not 0 <= start <= end <= len(text):
            reason = f"{start}-{end} is outside the source's {len(text)} characters"
            yield f"/evidence/{index}", reason
        elif text[start:end] != item.exact:
            there = f"{text[start:end][:_SHOWN]!r}{offer(item.exact, text)}"
            reason = f"is not the source's text at {start}-{end}: that is {there}"
            yield f"/evidence/{index}/exact", f"{item.exact[:_SHOWN]!r} {reason}"


@rule("evidence-context", FactPayload, EvidenceAdded)
def evidence_context(payload: FactPayload | EvidenceAdded, context: Context) -> Findings:
    text = _quoted(payload, context)
    if text is None:
        return
    for index, item in enumerate(payload.evidence):
        start, end = item.start, item.end
        if start is None or end is None or not 0 <= start <= end <= len(text):
            continue
        if item.prefix and not text.endswith(item.prefix, 0, start):
            yield f"/evidence/{index}/prefix", f"{item.prefix!r} is not the text before {start}"
        if item.suffix and not text.startswith(item.suffix, end):
            yield f"/evidence/{index}/suffix", f"{item.suffix!r} is not the text after {end}"


@rule("quote-evidence", StatementRecorded)
def quote_evidence(payload: StatementRecorded, context: Context) -> Findings:
    if payload.quote is not None:
        quotable = [item.exact for item in payload.evidence if item.role in ("quote", "content")]
        if payload.quote not in quotable:
            yield (
                "/quote",
                "the quote does not equal the exact text of any evidence with the role quote or content",
            )


@rule("speaker-missing", StatementRecorded)
def speaker_missing(payload: StatementRecorded, context: Context) -> Findings:
    if not payload.speakers:
        yield "/speakers", "a statement needs a speaker"
    if payload.mode == "direct" and payload.quote is None:
        yield "/quote", "a direct statement needs a quote"


@rule("verbatim", FactPayload)
def verbatim(payload: FactPayload, context: Context) -> Findings:
    if not payload.quantities:
        return
    text = context.text_of(payload.source)
    for index, quantity in enumerate(payload.quantities):
        if text is None or any(_quotes(item, quantity.verbatim, text) for item in payload.evidence):
            continue
        if quantity.verbatim not in text:
            yield (
                f"/quantities/{index}/verbatim",
                f"{cut(quantity.verbatim, _SHOWN)!r} is not in the source{offer(quantity.verbatim, text)}",
            )


def _quotes(item: Evidence, words: str, text: str) -> bool:
    """Whether the words are in that evidence and the evidence is in its place in the text: then the rest
    of a long text need not be searched."""
    start, end = item.start, item.end
    return (
        start is not None
        and end is not None
        and 0 <= start <= end <= len(text)
        and words in item.exact
        and text[start:end] == item.exact
    )


@rule("source-missing", SourceCaptured)
def source_missing(payload: SourceCaptured, context: Context) -> Findings:
    text = context.text_of(payload.source)
    if text is None:
        yield "/source", "the document is not in the archive and did not come with the line"
    elif text == "" and payload.media_type.startswith("text/"):
        yield "/source", "the document is empty"


@rule("source-chars", SourceCaptured)
def source_chars(payload: SourceCaptured, context: Context) -> Findings:
    if payload.chars is not None:
        text = context.text_of(payload.source)
        if text is not None and len(text) != payload.chars:
            yield "/chars", f"the document has {len(text)} characters, not {payload.chars}"


@rule("chain-publisher", FactPayload)
def chain_publisher(payload: FactPayload, context: Context) -> Findings:
    source = context.source(payload.source)
    if source is None:
        return
    last = payload.attribution[-1].agent if payload.attribution else None
    if last != source.publisher:
        yield (
            "/attribution",
            f"the attribution ends with {last!r}, not with the source's publisher {source.publisher!r}",
        )


@rule("chain-order", FactPayload)
def chain_order(payload: FactPayload, context: Context) -> Findings:
    roles = tuple([step.role for step in payload.attribution])
    if not _in_order(roles):
        yield (
            "/attribution",
            f"the attribution runs {' > '.join(roles)}, not from origin through relays to publisher",
        )


@lru_cache(256)  # most attributions have the same few forms
def _in_order(roles: tuple[str, ...]) -> bool:
    ranks = [("origin", "relay", "publisher").index(role) for role in roles]
    return ranks == sorted(ranks) and roles.count("publisher") < 2 and roles.count("origin") < 2
