"""Completes what an author may leave out: a fact's number, and the place of a quotation. A quotation
that is a copy of the source's words is replaced by them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dateline.errors import Finding
from dateline.events.editorial import EvidenceAdded
from dateline.events.fact import StatementRecorded
from dateline.events.near import offer
from dateline.events.parts import Evidence
from dateline.events.payload import FactPayload, Payload
from dateline.events.quoting import Span, find, leaves_out, same
from dateline.text import cut

#: Code points of context kept on either side of a quotation.
CONTEXT = 24
#: Characters of a quotation in a message.
_SHOWN = 200
_LISTED = 8


def complete(payload: Payload, text: str | None, number: str) -> tuple[Payload, list[Finding]]:
    """`payload` with offsets and context for each evidence item that has only `exact`, and with
    `number` as the fact's id if it has none. Where something of the evidence was left out, copied words
    are replaced by the source's own. Findings name what cannot be completed.

    ``text`` is the source's text, or None if the source is unknown (a rule reports that).
    """
    findings: list[Finding] = []
    if isinstance(payload, FactPayload) and not payload.fact:
        payload = msgspec.structs.replace(payload, fact=number)
    if (
        text is not None
        and isinstance(payload, FactPayload | EvidenceAdded)
        and not all(map(_is_complete, payload.evidence))
    ):
        completed = []
        for index, item in enumerate(payload.evidence):
            found = locate(item, text, f"/evidence/{index}/exact")
            if isinstance(found, Evidence):
                completed.append(found)
            else:
                findings.append(found)
        if not findings:
            payload = msgspec.structs.replace(payload, evidence=tuple(completed))
            payload = _with_own_words(payload, text)
    return payload, findings


def _with_own_words(payload: Payload, text: str) -> Payload:
    """`payload` with the source's own words for its quote and its figures."""
    if isinstance(payload, StatementRecorded) and payload.quote is not None:
        quotable = [item.exact for item in payload.evidence if item.role in ("quote", "content")]
        if (quote := own_quote(payload.quote, quotable)) != payload.quote:
            payload = msgspec.structs.replace(payload, quote=quote)
    if isinstance(payload, FactPayload) and payload.quantities:
        among = [item.exact for item in payload.evidence]
        quantities = tuple(
            item
            if (words := own_figure(item.verbatim, among, text)) == item.verbatim
            else msgspec.structs.replace(item, verbatim=words)
            for item in payload.quantities
        )
        if quantities != payload.quantities:
            payload = msgspec.structs.replace(payload, quantities=quantities)
    return payload


def own_quote(quote: str, among: Sequence[str]) -> str:
    """The quotation of which `quote` is a copy; `quote` itself if there is none."""
    return quote if quote in among else next((own for own in among if same(quote, own)), quote)


def own_figure(words: str, among: Sequence[str], text: str) -> str:
    """The source's own characters for the words of a figure, from the quotations `among`, else from
    anywhere in `text`; `words` itself if they are not there, or in several forms."""
    if any(words in exact for exact in among) or words in text:
        return words
    for quoted in (*among, text):
        forms = {quoted[start:end] for start, end in find(words, quoted)}
        if len(forms) == 1:
            return forms.pop()
    return words


def _is_complete(item: Evidence) -> bool:
    return None not in (item.start, item.end, item.prefix, item.suffix)


def locate(item: Evidence, text: str, field: str) -> Evidence | Finding:
    """`item` with its place in `text`: the given place, else the only place of `exact` (between the
    prefix and suffix, if given), with the source's own words."""
    start = item.start
    if start is None and item.end is not None:
        start = item.end - len(item.exact)
    if start is None:
        anywhere = find(item.exact, text)
        found = [
            (at, end)
            for at, end in anywhere
            if text.endswith(item.prefix or "", 0, at) and text.startswith(item.suffix or "", end)
        ]
        if not found:
            return Finding("evidence-missing", field, _missing(item.exact, text, anywhere))
        if len(found) > 1:
            return Finding("evidence-ambiguous", field, _ambiguous(item.exact, text, found))
        start, end = found[0]
        if item.exact != text[start:end]:
            item = msgspec.structs.replace(item, exact=text[start:end])
    end = start + len(item.exact) if item.end is None else item.end
    prefix = text[max(0, start - CONTEXT) : max(0, start)] if item.prefix is None else item.prefix
    suffix = text[end : end + CONTEXT] if item.suffix is None else item.suffix
    return msgspec.structs.replace(item, start=start, end=end, prefix=prefix, suffix=suffix)


def _ambiguous(exact: str, text: str, found: list[Span]) -> str:
    listed = [
        f"{start}-{end} (…{text[max(0, start - CONTEXT) : start]}[{text[start:end]}]"
        f"{text[end : end + CONTEXT]}…)"
        for start, end in found[:_LISTED]
    ]
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return (
        f"{cut(exact, _SHOWN)!r} occurs {len(found)} times in the source, at {'; '.join(listed)}{more}; "
        "give start, or a longer quotation"
    )


def _missing(exact: str, text: str, found: list[Span]) -> str:
    shown = cut(exact, _SHOWN)
    if found:
        return f"{shown!r} is in the source, but not between the prefix and suffix given"
    reason = f"{shown!r} is not in the source{offer(exact, text)}"
    if leaves_out(exact):
        reason += "; a quotation leaves nothing out: give the words on each side of the ellipsis as one quotation each"
    return reason
