"""Completes what an author may leave out: a fact's number, and the place of a quotation."""

from __future__ import annotations

import msgspec

from dateline.errors import Finding
from dateline.events.editorial import EvidenceAdded
from dateline.events.near import offer, places
from dateline.events.parts import Evidence
from dateline.events.payload import FactPayload, Payload

#: Code points of context kept on either side of a quotation.
CONTEXT = 24
_LISTED = 8


def complete(payload: Payload, text: str | None, number: str) -> tuple[Payload, list[Finding]]:
    """`payload` with offsets and context for each evidence item that has only `exact`, and with
    `number` as the fact's id if it has none. Findings name what cannot be completed.

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
    return payload, findings


def _is_complete(item: Evidence) -> bool:
    return None not in (item.start, item.end, item.prefix, item.suffix)


def locate(item: Evidence, text: str, field: str) -> Evidence | Finding:
    """`item` with its place in `text`: the given place, else the only match of `exact` (between the
    prefix and suffix, if given)."""
    start = item.start
    if start is None and item.end is not None:
        start = item.end - len(item.exact)
    if start is None:
        found = [
            place
            for place in places(item.exact, text)
            if text.endswith(item.prefix or "", 0, place)
            and text.startswith(item.suffix or "", place + len(item.exact))
        ]
        if not found:
            return Finding("evidence-missing", field, _missing(item, text))
        if len(found) > 1:
            return Finding("evidence-ambiguous", field, _ambiguous(item.exact, text, found))
        start = found[0]
    end = start + len(item.exact) if item.end is None else item.end
    prefix = text[max(0, start - CONTEXT) : max(0, start)] if item.prefix is None else item.prefix
    suffix = text[end : end + CONTEXT] if item.suffix is None else item.suffix
    return msgspec.structs.replace(item, start=start, end=end, prefix=prefix, suffix=suffix)


def _ambiguous(exact: str, text: str, found: list[int]) -> str:
    listed = [
        f"{place}-{place + len(exact)} (…{text[max(0, place - CONTEXT) : place]}[{exact}]"
        f"{text[place + len(exact) : place + len(exact) + CONTEXT]}…)"
        for place in found[:_LISTED]
    ]
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return (
        f"{exact!r} occurs {len(found)} times in the source, at {'; '.join(listed)}{more}; "
        "give start, or a longer quotation"
    )


def _missing(item: Evidence, text: str) -> str:
    exact = item.exact
    if exact and exact in text:
        return f"{exact!r} is in the source, but not between the prefix and suffix given"
    return f"{exact!r} is not in the source{offer(exact, text)}"
