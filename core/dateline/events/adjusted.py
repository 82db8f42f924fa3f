"""Quotations that were given as copies, in place of which the source's own words are recorded. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

import msgspec

from dateline.events import pointer
from dateline.events.editorial import EvidenceAdded, FactCorrected
from dateline.events.fact import StatementRecorded
from dateline.events.payload import FactPayload, Payload, Raw


class Adjusted(msgspec.Struct, frozen=True):
    """One quotation: words as they were ``given``, and the source's own words that are ``recorded``.

    ``field`` is its path in the line, a JSON Pointer; ``line`` is the line's number, if it has one.
    ``start`` is where evidence begins in the source's text, in code points.
    """

    field: str
    given: str
    recorded: str
    line: int | None = None
    start: int | None = None


def adjusted(given: Payload | Raw, completed: Payload | Raw) -> Iterator[Adjusted]:
    """The quotations in which a completed payload differs from the one that was given."""
    if isinstance(given, FactPayload | EvidenceAdded) and isinstance(completed, type(given)):
        for index, (was, now) in enumerate(zip(given.evidence, completed.evidence, strict=True)):
            for found in _differing(was.exact, now.exact, f"/evidence/{index}/exact"):
                yield msgspec.structs.replace(found, start=now.start)
    if isinstance(given, FactPayload) and isinstance(completed, FactPayload):
        pairs = zip(given.quantities, completed.quantities, strict=True)
        for index, (one, other) in enumerate(pairs):
            yield from _differing(one.verbatim, other.verbatim, f"/quantities/{index}/verbatim")
    if isinstance(given, StatementRecorded) and isinstance(completed, StatementRecorded):
        yield from _differing(given.quote, completed.quote, "/quote")
    if isinstance(given, FactCorrected) and isinstance(completed, FactCorrected):
        # Changes that were filled in follow those that were given.
        for index, (change, kept) in enumerate(zip(given.changes, completed.changes, strict=False)):
            yield from _differing(change.now, kept.now, f"/changes/{index}/now")


def _differing(given: Any, recorded: Any, field: str) -> Iterator[Adjusted]:
    if given is recorded or given == recorded:
        return
    if isinstance(given, str) and isinstance(recorded, str):
        yield Adjusted(field, given, recorded)
    elif isinstance(given, list | tuple) and isinstance(recorded, list | tuple):
        for index, (one, other) in enumerate(zip_longest(given, recorded)):
            yield from _differing(one, other, f"{field}/{index}")
    elif isinstance(given, dict) and isinstance(recorded, dict):
        for name in given:
            yield from _differing(given[name], recorded.get(name), f"{field}/{name}")


def with_own_words(fields: Mapping[str, Any], found: list[Adjusted]) -> dict[str, Any]:
    """A copy of a line's fields with the source's own words; fields of another shape stay."""
    own: dict[str, Any] = json.loads(json.dumps(dict(fields)))
    for one in found:
        if pointer.get(own, one.field) == one.given:
            pointer.put(own, one.field, one.recorded)
    return own
