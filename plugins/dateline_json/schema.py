"""The JSON Schema of the JSON export, generated from the payload types."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from dateline.plugin import (
    AssessmentRecorded,
    EntityIntroduced,
    FactPayload,
    FactsLinked,
    FigureRecorded,
    OccurrenceRecorded,
    RoleRecorded,
    SourceCaptured,
    StatementRecorded,
    StateRecorded,
    Status,
)

FORMAT = "dateline/export/v1"
_FACTS: tuple[type[FactPayload], ...] = (
    StatementRecorded,
    OccurrenceRecorded,
    FigureRecorded,
    StateRecorded,
    RoleRecorded,
    AssessmentRecorded,
)
_TEXT = {"type": "string"}
_POSITION = {"type": "integer", "minimum": 1}
_MAYBE = {"type": ["string", "null"]}
_STAMP = {"position": _POSITION, "event_id": _TEXT, "recorded_at": _TEXT}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12."""
    types = (*_FACTS, EntityIntroduced, SourceCaptured, FactsLinked)
    refs, definitions = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    facts, (entity, source, link) = refs[: len(_FACTS)], refs[len(_FACTS) :]
    # Sources and links have fields in addition to those of their payloads.
    for reference in (source, link):
        definitions[reference["$ref"].rsplit("/", 1)[1]]["additionalProperties"] = True
    known = [
        {"type": {"const": kind.type}, "data": ref} for kind, ref in zip(_FACTS, facts, strict=True)
    ]
    fact = _object(
        {
            "fact": _TEXT,
            "type": _TEXT,
            "status": {"enum": list(get_args(Status))},
            "method": {"enum": ["manual", "imported", "extracted"]},
            **_STAMP,
            "reported_at": _MAYBE,
            "chain": _TEXT,
            "when": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/When"}]},
            "data": {"type": "object"},
            "history": _list(_EVENT),
            "revoked": _list(_EVENT),
        }
    )
    # Of the quotations in `data`, in order, if the source was extracted from a PDF.
    fact["properties"]["pages"] = _list({"type": ["integer", "null"], "minimum": 1})
    fact["allOf"] = [
        {
            "if": {"properties": {"type": case["type"]}},
            "then": {"properties": {"data": case["data"]}},
        }
        for case in known
    ]
    story = _object(
        {
            "slug": _TEXT,
            "id": {"type": "string", "format": "uuid"},
            "title": _TEXT,
            "languages": _list(_TEXT),
            "closed": {"type": "boolean"},
            "version": _POSITION,
            "entities": _list(entity),
            "sources": _list({"allOf": [source, {"properties": {"withdrawn": _MAYBE}}]}),
            "acts": _list(_EVENT),
            "revocations": _list(_object({**_STAMP, "data": {"type": "object"}})),
            "links": _list({"allOf": [link, {"properties": _STAMP, "required": list(_STAMP)}]}),
            "left_out": _list(
                _object({"fact": _TEXT, "status": {"enum": ["retracted", "rejected"]}})
            ),
            "erased": _list(
                _object(
                    {
                        "fact": _TEXT,
                        "kind": _TEXT,
                        "position": _POSITION,
                        "erased_at": _TEXT,
                        "text": _TEXT,
                        "reason": _TEXT,
                        "basis": _TEXT,
                    }
                )
            ),
            "facts": _list({"$ref": "#/$defs/Fact"}),
            "views": {
                "type": "object",
                "additionalProperties": _list({"type": "object", "required": ["story"]}),
            },
        }
    )
    cut = _object(
        {
            "archive": _TEXT,
            "position": {"type": "integer"},
            "root": _TEXT,
            "as_of": _MAYBE,
            "stories": _list(_TEXT),
            "views": _list(_TEXT),
        }
    )
    when = _object({"edtf": _TEXT, "earliest": _MAYBE, "latest": _MAYBE, "words": _TEXT})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        **_object({"format": {"const": FORMAT}, "cut": cut, "stories": _list(story)}),
        "$defs": {**definitions, "Fact": fact, "When": when},
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


#: An editorial event in a history.
_EVENT = _object({"type": _TEXT, **_STAMP, "data": {"type": "object"}})
