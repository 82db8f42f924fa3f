"""Rules for values: dates must parse, bounds must hold, text must not be blank."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dateline.events import edtf
from dateline.events.editorial import (
    EventRevoked,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
)
from dateline.events.entity import EntityAmended, EntityIntroduced, EntityMerged
from dateline.events.fact import FigureRecorded
from dateline.events.parts import Quantity
from dateline.events.payload import FactPayload, Payload
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceAmended, SourceCaptured, SourceWithdrawn
from dateline.events.story import StoryOpened, StoryRetitled

_BLANK = "the text is blank"


@rule("edtf", FactPayload, SourceCaptured)
def edtf_parses(payload: FactPayload | SourceCaptured, context: Context) -> Findings:
    for field, text in _dates(payload):
        try:
            edtf.parse(text)
        except ValueError as error:
            yield field, str(error)


def _dates(payload: FactPayload | SourceCaptured) -> Iterator[tuple[str, str]]:
    if isinstance(payload, SourceCaptured):
        if payload.published is not None:
            yield "/published", payload.published
        return
    for name, time in payload.times.given():
        yield f"/times/{name}/edtf", time.edtf
    if isinstance(payload, FigureRecorded) and payload.as_of is not None:
        yield "/as_of", payload.as_of


@rule("quantity-bounds", FactPayload)
def quantity_bounds(payload: FactPayload, context: Context) -> Findings:
    for index, quantity in enumerate(payload.quantities):
        reason = _out_of_bounds(quantity)
        if reason:
            yield f"/quantities/{index}", reason


def _out_of_bounds(q: Quantity) -> str | None:
    if q.ordinal is not None and q.ordinal < 0:
        return f"ordinal {q.ordinal} is below zero"
    if q.of is not None and q.value is not None and q.value > q.of >= 0:
        return f"value {q.value} is more than the total {q.of}"
    if q.lower is not None and q.upper is not None and q.lower > q.upper:
        return f"lower {q.lower} is above upper {q.upper}"
    if q.value is not None and q.lower is not None and q.value < q.lower:
        return f"value {q.value} is below lower {q.lower}"
    if q.value is not None and q.upper is not None and q.value > q.upper:
        return f"value {q.value} is above upper {q.upper}"
    return None


@rule("identifier-form", EntityIntroduced)
def identifier_form(payload: EntityIntroduced, context: Context) -> Findings:
    if "part_of" in payload.identifiers:
        yield (
            "/identifiers/part_of",
            "part_of is not a register: give it as a field of its own, not as an identifier",
        )
    wikidata = payload.identifiers.get("wikidata")
    if wikidata is not None and not re.fullmatch(r"Q[1-9][0-9]*", str(wikidata)):
        yield "/identifiers/wikidata", f"{wikidata!r} is not a Wikidata id like Q42"
    geonames = payload.identifiers.get("geonames")
    if geonames is not None and not isinstance(geonames, int):
        yield "/identifiers/geonames", f"{geonames!r} is not a number"
    if payload.lat is not None and not -90 <= payload.lat <= 90:
        yield "/lat", f"{payload.lat} is not between -90 and 90 degrees"
    if payload.lon is not None and not -180 <= payload.lon <= 180:
        yield "/lon", f"{payload.lon} is not between -180 and 180 degrees"
    if (payload.lat is None) != (payload.lon is None):
        yield "/lat", "latitude and longitude must be given together"


@rule(
    "blank", FactPayload, StoryOpened, StoryRetitled, EntityIntroduced, FactCorrected, FactRetracted,
    SourceWithdrawn, FactDisputed, FactReviewed, SourceAmended, EntityAmended, EntityMerged, EventRevoked,
)  # fmt: skip
def blank(payload: Payload, context: Context) -> Findings:
    first, *more = _required(type(payload))
    if not getattr(payload, first).strip():
        yield f"/{first}", _BLANK
    if not isinstance(payload, FactPayload):
        return
    for index, quantity in enumerate(payload.quantities):
        for field, text in (("measure", quantity.measure), ("verbatim", quantity.verbatim)):
            if not text.strip():
                yield f"/quantities/{index}/{field}", _BLANK
    for field in more:
        text = getattr(payload, field)
        if isinstance(text, str) and not text.strip():
            yield f"/{field}", _BLANK


@cache
def _required(kind: type[Payload]) -> list[str]:
    """The fields whose text must not be blank."""
    if issubclass(kind, FactPayload):
        own = ("action", "act", "relation", "title", "effect")
        return ["text", *(field for field in own if hasattr(kind, field))]
    one = ("title", "label", "ground", "reviewer", "reason")  # a title's reason may be blank
    return [next(field for field in one if hasattr(kind, field))]
