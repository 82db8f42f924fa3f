"""The page of the event catalogue."""

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
    "story.retitled": "The story has a new title from now on. Its slug does not change.",
    "evidence.added": "Further evidence was added to a recorded fact.",
    "fact.retracted": "A fact was retracted. It stays in the log and is left out of default reads.",
    "fact.disputed": "A fact was disputed. It stays and is marked as disputed.",
    "fact.reviewed": "A reviewer accepted or rejected a fact. The last verdict counts.",
    "Actor": "An entity that took part in an occurrence, with its role.",
    "Channel": "How a statement was made: its medium and platform, and whether in public.",
    "Credit": "Someone credited in a document, with their role.",
    "Factuality": "How certain an entity is of a fact, in the values of FactBank: certain (`CT`), "
    "probable (`PR`), possible (`PS`) or underspecified (`U`), with `+`, `-` or `u` for its polarity.",
    "PlaceRef": "A place of the fact, with its role.",
}


def events_page() -> str:
    parts = [
        NOTE,
        "# Event catalogue\n",
        (
            "All event types, and the import format. One line of NDJSON is one event: a JSON object "
            "with `type` and the fields below. A field that is not listed is refused, since dropping it "
            "would lose data. A line may also have the envelope fields `schema_version` (1 if left out), "
            "`event_id`, `story`, `recorded_at`, `reported_at`, `recorded_by` and `causation_id`. A "
            "`source.captured` line gives its document in `file`, `content` or `content_base64`, and "
            "its character encoding in `charset`.\n"
        ),
        (
            "An event never changes. If a type has a new schema version, events of older versions are "
            "**upcast** when they are read.\n"
        ),
        "| type | schema version | meaning |\n| --- | --- | --- |",
        *(
            f"| [`{t.name}`](#{t.name.replace('.', '')}) | {t.version} | {_first(_meaning(t))} |"
            for t in registry.CORE
        ),
        "",
        "## Fields of every fact\n",
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
        lines.append("In addition, the [fields of every fact](#fields-of-every-fact).\n")
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
