"""JSON: a story for programs, with a published schema (``dateline export -f json --schema``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from dateline.plugin import (
    Cut,
    Event,
    Exporter,
    Fact,
    Material,
    Pages,
    Payload,
    Raw,
    StatedCut,
    StoryState,
    hookimpl,
    located,
    to_fields,
    to_iso,
)
from dateline_json.schema import FORMAT, schema

_METHOD = re.compile(',"method":"(?:manual|imported|extracted)"')


class JsonExporter(Exporter):
    """Stories with their entities, sources, current facts, links and views.

    Retracted and rejected facts are left out; ``left_out`` lists their ids.
    """

    name, suffix, media_type = "json", ".json", "application/json"

    def export(self, material: Material) -> Iterator[str]:
        cut = {**material.cut.fields, "views": _views(material)}
        head = {"format": FORMAT, "cut": cut}
        yield _dump(head)[:-1] + ',"stories":['
        for number, story in enumerate(material.stories()):
            yield ("," if number else "") + "\n"
            yield from _story(story, material)
        yield "]}\n"

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        fields = json.loads(content)["cut"]
        views = tuple(fields["views"])
        if not all(isinstance(view, str) for view in views):
            return None
        return StatedCut(Cut.of(fields), views[0] if len(views) == 1 else None, views)

    def earlier(self, content: str) -> str | None:
        """Without the method of facts and rows, which came later. In a text its quotation marks are escaped."""
        return _METHOD.sub("", content)

    def schema(self) -> str:
        return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def _story(story: StoryState, material: Material) -> Iterator[str]:
    opened = story.opened
    head = {
        "slug": story.slug,
        "id": str(story.id),
        "title": story.title,
        "languages": list(opened.languages) if opened is not None else [],
        "closed": story.closed,
        "version": story.version,
        "entities": [to_fields(entity) for entity in story.entities.values()],
        "sources": [
            {**to_fields(source), "withdrawn": story.withdrawn.get(name)}
            for name, source in story.sources.items()
        ],
        "acts": [{"type": e.type, **_stamp(e), "data": _data(e)} for e in story.acts],
        "revocations": [{**_stamp(e), "data": _data(e)} for e in story.revocations],
        "links": [{**to_fields(link.data), **_stamp(link.event)} for link in story.links],
        "left_out": [
            {"fact": fact.id, "status": fact.status} for fact in story.facts.values() if fact.hidden
        ],
        "erased": [
            {
                "fact": erased.id,
                "kind": erased.kind,
                "position": erased.position,
                "erased_at": to_iso(erased.erased_us),
                "text": erased.words,
                "reason": erased.reason,
                "basis": erased.basis,
            }
            for erased in story.erased.values()
        ],
    }
    yield _dump(head)[:-1] + ',"facts":['
    pages = Pages(story, partial(_text, material))
    for number, fact in enumerate(story.shown()):
        yield ("," if number else "") + "\n" + _dump(_fact(fact, pages))
    yield '],"views":{'
    for number, name in enumerate(_views(material)):
        yield ("," if number else "") + "\n" + _dump(name) + ":["
        for at, row in enumerate(material.table(name, story.slug).dicts()):
            yield ("," if at else "") + "\n" + _dump(row)
        yield "]"
    yield "}}"


def _views(material: Material) -> list[str]:
    return material.views() if material.view is None else [material.view]


def _text(material: Material, source: str) -> str | None:
    document = material.document(source)
    return None if document is None else document.text


def _fact(fact: Fact, pages: Pages) -> dict[str, Any]:
    when = fact.when
    return {
        "fact": fact.id,
        "type": fact.type,
        "status": fact.status,
        "method": fact.method,
        "position": fact.position,
        "event_id": str(fact.event_id),
        "recorded_at": to_iso(fact.recorded_us),
        "reported_at": None if fact.reported_us is None else to_iso(fact.reported_us),
        "chain": fact.chain_words,
        "when": None
        if when is None
        else {
            "edtf": when.text,
            "earliest": when.earliest,
            "latest": when.latest,
            "words": when.words,
        },
        "data": to_fields(fact.data),
        **located(pages, fact.source, fact.data.evidence),
        "history": [{"type": e.type, **_stamp(e), "data": _data(e)} for e in fact.history],
        "revoked": [{"type": e.type, **_stamp(e), "data": _data(e)} for e in fact.revoked],
    }


def _stamp(event: Event) -> dict[str, Any]:
    return {
        "position": event.position,
        "event_id": str(event.event_id),
        "recorded_at": to_iso(event.recorded_us),
    }


def _data(event: Event) -> dict[str, Any]:
    return to_fields(event.data) if isinstance(event.data, Payload | Raw) else {}


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [JsonExporter()]
