"""The description of the interface for programs: OpenAPI 3.1, made from the pages themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

from dateline_web.page import Page, Query

_TYPES = {
    "json": "application/json", "csv": "text/csv", "ndjson": "application/x-ndjson",
    "atom": "application/atom+xml",
}  # fmt: skip
_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}


def described(pages: Iterable[Page]) -> Page:
    """The page ``/openapi.json`` about these pages."""
    document = _document(list(pages))
    return Page("/openapi", "This description.", record=lambda asked: document, query=())


def _document(pages: list[Page]) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dateline",
            "version": version("dateline"),
            "description": "An archive for developing news stories, to be read only.",
        },
        "paths": {path: {"get": operation} for page in pages for path, operation in _paths(page)},
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


def _paths(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    endings: list[str | None] = [] if page.html is None else [None]
    endings += [*(page.forms or {}), *(["json"] if page.record is not None else [])]
    for ending in dict.fromkeys(endings):
        path = page.path if ending is None else f"{page.stem}.{ending}"
        yield path, _operation(page, path, ending)


def _operation(page: Page, path: str, ending: str | None) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    failed = problem if ending is not None else {"text/html": {"schema": {"type": "string"}}}
    # A page without an ending is a file in any format.
    schema: dict[str, Any] = {"type": "string"} if page.html is not None or ending else {}
    if ending == "json":
        schema = page.schema or {"type": "object"}
    statuses = {"400": "Not understood", "404": "Not found", "503": "Not available now"}
    return {
        "summary": page.about,
        "operationId": re.sub(r"\W+", "_", path).strip("_") or "home",
        "parameters": [
            *({**_given(name), "in": "path", "required": True} for name in re.findall(r"{(\w+)}", path)),
            *(_parameter(one) for one in page.query),
        ],
        "responses": {
            "200": {"description": page.about, "content": {_media_type(page, ending): {"schema": schema}}},
            "302": {"description": "At another address, for an id that is not written out"},
            "304": {"description": "It is as it was under that entity tag"},
            "414": {"description": "The address is too long", "content": problem},
            **{status: {"description": words, "content": failed} for status, words in statuses.items()},
        },
    }  # fmt: skip


def _media_type(page: Page, ending: str | None) -> str:
    if ending is None:
        return "text/html" if page.html is not None else "*/*"
    return _TYPES[ending]


def _given(name: str) -> dict[str, Any]:
    return {"name": name, "schema": {"type": "string", "minLength": 1}}


def _parameter(one: Query) -> dict[str, Any]:
    schema = one.schema or {"type": "string"}
    if one.many:
        schema = {"type": "array", "items": schema}
    return {
        "name": one.name,
        "in": "query",
        "description": one.about,
        "required": one.required,
        # An empty field of a form is not given.
        "allowEmptyValue": True,
        "schema": schema,
    }
