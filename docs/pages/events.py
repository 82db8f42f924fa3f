"""The event catalogue."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import msgspec
from msgspec import inspect as shapes
from pages.writing import NOTE, doc

from dateline.events import registry
from dateline.events.payload import FactPayload

#: For types and parts whose class has no docstring of its own.
MEANINGS = {
    "story.retitled": "The story has another title from now on. Its slug stays.",
    "evidence.added": "More words of its source for a fact that stands.",
    "fact.retracted": "A fact is taken back. It stays in the log and leaves default reads.",
    "fact.disputed": "Somebody says that a fact is not so. It stays, marked as disputed.",
    "fact.reviewed": "An editor accepts or rejects a fact. The last verdict counts.",
    "Actor": "Who took part in an occurrence, as what.",
    "Change": "One changed value.",
    "Channel": "Through what a statement was made: a medium, a platform, in public or not.",
    "Credit": "Somebody named at the foot of a document, as what.",
    "Factuality": "How certain a fact is in whose eyes, in FactBank's values: certain, probable, "
    "possible or underspecified, and `+`, `-` or `u`.",
    "PlaceRef": "A place of the fact, as what.",
}


def events_page() -> str:
    parts = [
        NOTE,
        "# Event catalogue\n",
        (
            "Everything that can have happened, and the import format: a line of NDJSON is one event, "
            "a JSON object with `type` and the fields below. A field that is not listed is refused, "
            "since dropping it would lose data. A line may also say of itself `schema_version` (1 if "
            "left out), `event_id`, `story`, `recorded_at`, `reported_at`, `recorded_by` and "
            "`causation_id`; a `source.captured` line brings its document as `file`, `content` or "
            "`content_base64`, with `charset`.\n"
        ),
        (
            "An event never changes. When a type gets a new schema version, events of the old one are "
            "**upcast** when they are read.\n"
        ),
        "| type | schema version | |\n| --- | --- | --- |",
        *(
            f"| [`{t.name}`](#{t.name.replace('.', '')}) | {t.version} | {_first(_meaning(t))} |"
            for t in registry.CORE
        ),
        "",
        "## What every fact carries\n",
        f"{doc(FactPayload)}\n",
        _table(FactPayload, ()),
    ]
    for event_type in registry.CORE:
        parts += _event_type(event_type)
    parts.append("## Parts\n")
    for part in sorted(_parts(), key=lambda part: part.__name__):
        said = doc(part) if part.__dict__.get("__doc__") else MEANINGS[part.__name__]
        parts += [f"### {part.__name__}\n", f"{said}\n", _table(part, ())]
    return "\n".join(parts)


def _event_type(event_type: registry.EventType) -> list[str]:
    payload = event_type.payload
    a_fact = issubclass(payload, FactPayload)
    lines = [
        f"## {event_type.name}\n",
        f"{_meaning(event_type)}\n",
        f"Schema version {event_type.version}, `dateline.plugin.{payload.__name__}`.\n",
        _table(payload, FactPayload.__struct_fields__ if a_fact else ()),
    ]
    if a_fact:
        lines.append("And [what every fact carries](#what-every-fact-carries).\n")
    for version, upcaster in sorted(event_type.upcasters.items()):
        lines.append(f"Upcast from version {version}: {doc(upcaster)}\n")
    return lines


def _meaning(event_type: registry.EventType) -> str:
    said = event_type.payload.__dict__.get("__doc__")
    return inspect.cleandoc(said) if said else MEANINGS[event_type.name]


def _first(text: str) -> str:
    """The first sentence, on one line."""
    return re.split(r"(?<=[.:])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".:") + "."


def _table(kind: type[msgspec.Struct], left_out: tuple[str, ...]) -> str:
    fields = [
        f"| `{field.encode_name}` | {_type(field.type)} | {_default(field)} |"
        for field in _fields(kind)
        if field.name not in left_out
    ]
    return "\n".join(["| field | type | default |", "| --- | --- | --- |", *fields, ""])


def _fields(kind: type[msgspec.Struct]) -> tuple[shapes.Field, ...]:
    info = shapes.type_info(kind)
    assert isinstance(info, shapes.StructType)
    return info.fields


def _default(field: shapes.Field) -> str:
    if field.required:
        return "required"
    if field.default_factory is not msgspec.NODEFAULT:
        return "none" if field.default_factory in (list, dict, tuple) else "empty"
    if field.default is None or field.default == ():
        return "none"
    return f"`{msgspec.json.encode(field.default).decode()}`"


_NAMES: dict[type, str] = {
    shapes.StrType: "text",
    shapes.IntType: "integer",
    shapes.FloatType: "number",
    shapes.BoolType: "true or false",
    shapes.AnyType: "any JSON value",
    shapes.UUIDType: "UUID",
}


def _type(kind: shapes.Type) -> str:
    if isinstance(kind, shapes.UnionType):
        known = {_type(item) for item in kind.types if not isinstance(item, shapes.NoneType)}
        known -= {"integer"} if "number" in known else set()
        return " or ".join(sorted(known))
    if isinstance(kind, shapes.LiteralType):
        return ", ".join(f"`{value}`" for value in kind.values)
    if isinstance(kind, shapes.VarTupleType):
        return f"list of {_type(kind.item_type)}"
    if isinstance(kind, shapes.DictType):
        return f"object of {_type(kind.value_type)}"
    if isinstance(kind, shapes.StructType):
        return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
    return _NAMES[type(kind)]


def _parts() -> set[type[msgspec.Struct]]:
    """Every struct inside a payload, at any depth."""
    found: set[type[msgspec.Struct]] = set()
    ahead: list[type[msgspec.Struct]] = [event_type.payload for event_type in registry.CORE]
    while ahead:
        for field in _fields(ahead.pop()):
            for name in re.findall(r"\[(\w+)\]\(#", _type(field.type)):
                part = getattr(_parts_module(), name)
                if part not in found:
                    found.add(part)
                    ahead.append(part)
    return found


def _parts_module() -> ModuleType:
    from dateline.events import parts

    return parts
