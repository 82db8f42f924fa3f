"""Rules for values: dates must parse, bounds must hold, text must not be blank."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.events import edtf
from dateline.events.editorial import FactCorrected, FactDisputed, FactRetracted, FactReviewed
from dateline.events.entity import EntityIntroduced
from dateline.events.fact import FigureRecorded
from dateline.events.parts import Quantity
from dateline.events.payload import FactPayload, Payload
from dateline.events.rules import Context, Findings, rule
from dateline.events.source import SourceCaptured, SourceWithdrawn
from dateline.events.story import StoryOpened, StoryRetitled


@rule("edtf")
def edtf_parses(payload: Payload, context: Context) -> Findings:
    for field, text in _dates(payload):
        try:
            edtf.parse(text)
        except ValueError as error:
            yield field, str(error)


def _dates(payload: Payload) -> Iterator[tuple[str, str]]:
    if isinstance(payload, FactPayload):
        for name in ("said", "valid", "baseline"):
            if (time := getattr(payload.times, name)) is not None:
                yield f"/times/{name}/edtf", time.edtf
    if isinstance(payload, FigureRecorded) and payload.as_of is not None:
        yield "/as_of", payload.as_of
    if isinstance(payload, SourceCaptured) and payload.published is not None:
        yield "/published", payload.published


@rule("quantity-bounds")
def quantity_bounds(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, FactPayload):
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


@rule("identifier-form")
def identifier_form(payload: Payload, context: Context) -> Findings:
    if not isinstance(payload, EntityIntroduced):
        return
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


@rule("blank")
def blank(payload: Payload, context: Context) -> Findings:
    for field, text in _required(payload):
        if not text.strip():
            yield field, "the text is blank"


def _required(payload: Payload) -> Iterator[tuple[str, str]]:
    if isinstance(payload, FactPayload):
        yield "/text", payload.text
        for index, quantity in enumerate(payload.quantities):
            yield f"/quantities/{index}/measure", quantity.measure
            yield f"/quantities/{index}/verbatim", quantity.verbatim
        for field in ("action", "act", "relation", "title", "effect"):
            text = getattr(payload, field, None)
            if isinstance(text, str):
                yield f"/{field}", text
    elif isinstance(payload, StoryOpened | StoryRetitled):
        yield "/title", payload.title
    elif isinstance(payload, EntityIntroduced):
        yield "/label", payload.label
    elif isinstance(payload, FactCorrected | FactRetracted | SourceWithdrawn):
        yield "/reason", payload.reason
    elif isinstance(payload, FactDisputed):
        yield "/ground", payload.ground
    elif isinstance(payload, FactReviewed):
        yield "/reviewer", payload.reviewer
