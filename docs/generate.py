"""Writes the reference pages from the code: `python docs/generate.py`. A test runs it in memory.

What the code does not say of itself (a rule's meaning in one line, say) stands in the tables below;
`pages` raises KeyError for what is missing there, so that nothing goes undocumented.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from unittest.mock import patch

import click
import msgspec
from msgspec import inspect as shapes

from dateline import plugin
from dateline.cli.lazy import LazyGroup
from dateline.cli.root import root
from dateline.events import registry, rules, strict
from dateline.events.parts import Part
from dateline.events.payload import FactPayload
from dateline.plugins import hookspecs
from dateline.recording import batch

DOCS = Path(__file__).parent
WIDTH = 80
NOTE = "<!-- Written by docs/generate.py: change the code or that file, then run it. -->\n"


def pages() -> dict[str, str]:
    """The text of every generated page, by its path below docs/."""
    return {
        "reference/hooks.md": hooks_page(),
        "reference/api.md": api_page(),
        "reference/events.md": events_page(),
        "reference/rules.md": rules_page(),
        "reference/cli.md": cli_page(),
    }


# -- hooks -----------------------------------------------------------------------------------

#: Where a hook is shown at work, and what is refused beyond a wrong type.
HOOKS = {
    "dateline_views": (
        "[tutorial](../tutorial.md), [facts per day](../cookbook/per-day.md)",
        (
            "A name that is taken or reserved, a row field of another type than `str`, `int`, `float`, "
            "`bool` (or None with it), an `order` or `summary` that names no column."
        ),
    ),
    "dateline_exporters": (
        "[GeoJSON](../cookbook/geojson.md)",
        (
            "A name that is taken or is not lower-case letters, digits and `-`, a suffix that is not "
            "like `.csv`."
        ),
    ),
    "dateline_importers": (
        "[a spreadsheet](../cookbook/spreadsheet.md)",
        "The same as for exporters.",
    ),
    "dateline_event_types": (
        "[plugin guide](../plugins.md#event-types)",
        "A name without a vendor, a name that is taken, a schema version without its upcasters.",
    ),
    "dateline_checks": (
        "[plugin guide](../plugins.md#checks)",
        "A name that is taken.",
    ),
}


def hooks() -> list[FunctionType]:
    return [item for item in vars(hookspecs).values() if hasattr(item, "dateline_spec")]


def hooks_page() -> str:
    parts = [
        NOTE,
        "# Hooks\n",
        (
            "A plugin is a module with functions of these names, each marked `@hookimpl` and returning "
            "a list of instances. There is no hook to veto, and none whose order matters: Dateline calls "
            "plugins in the order of their names. [The plugin author's module](api.md) describes the "
            "classes; the [plugin guide](../plugins.md) tells when to use which.\n"
        ),
    ]
    for hook in hooks():
        seen, refused = HOOKS[hook.__name__]
        parts += [
            f"## `{signature(hook)}`\n",
            f"{doc(hook)}\n",
            f"At work: {seen}.\n",
            f"Refused: {refused}\n",
            f"Tested by: `tests/docs/test_hooks.py::test_hook_{hook.__name__}`.\n",
        ]
    return "\n".join(parts)


# -- the plugin author's module ---------------------------------------------------------------

CONSTANTS = {
    "BINARY": "The charset of a document whose bytes are no text.",
    "CUT": "Type of the first line of an export, which says where it was cut; import skips it.",
    "ERASED": "Type of the line an export has where an event was erased; import skips it.",
    "MAX_LINE": "Bytes of the longest line that is read.",
    "Status": "How a fact stands; `retracted` and `rejected` are left out of default reads.",
    "hookimpl": "Marks a function of a plugin as the implementation of the hook of its name.",
}
#: Sections of the page; what is in none of them is sorted in by what it is.
OFFERED = ("View", "FactView", "Exporter", "Importer", "SourceImporter", "EventType", "Check")
ROWS = ("ViewRow", "FactRow", "Column", "Table", "Rows", "last")
#: Classes that do more for the archive than for an author: what an author needs to know.
CLASSES = {
    "StoryState": (
        (
            "A story folded up to some version, for reading: `slug`, `title`, `closed`, `version`, "
            "`facts`, `entities` and `sources` by id, `withdrawn` (source: reason), `links`."
        ),
        ("label", "shown", "naming"),
    ),
    "Rows": (
        "The rows of the story at hand, by key; what a general view's fold writes to.",
        ("put", "get", "patch", "drop"),
    ),
    "FactView": (None, ("order", "of", "rows", "erased")),
}


def api_page() -> str:
    sections: dict[str, list[str]] = {
        "What hooks return": list(OFFERED),
        "Rows": list(ROWS),
        "What a plugin is handed": [],
        "Errors": [],
        "Functions": [],
        "Constants": [],
        "Payloads and their parts": [],
    }
    for name in sorted(plugin.__all__):
        if name not in (*OFFERED, *ROWS):
            sections[_section(name, getattr(plugin, name))].append(name)
    parts = [
        NOTE,
        "# The plugin author's module\n",
        (
            "`dateline.plugin` is the one module a plugin imports: what stands here is public, and "
            "nothing else is.\n"
        ),
    ]
    for title, names in sections.items():
        parts.append(f"## {title}\n")
        if title == "Payloads and their parts":
            listed = ", ".join(f"`{name}`" for name in names)
            parts.append(f"{listed}: see the [event catalogue](events.md).\n")
            continue
        parts += [_described(name, getattr(plugin, name)) for name in names]
    return "\n".join(parts)


def _section(name: str, item: object) -> str:
    if name in CONSTANTS:
        return "Constants"
    if isinstance(item, FunctionType):
        return "Functions"
    assert isinstance(item, type), name
    if issubclass(item, Exception) or name == "Finding":
        return "Errors"
    return "Payloads and their parts" if issubclass(item, Part) else "What a plugin is handed"


def _described(name: str, item: Any) -> str:
    if name in CONSTANTS:
        return f"### `{name}`\n\n{CONSTANTS[name]}\n"
    if isinstance(item, FunctionType):
        return f"### `{signature(item, name)}`\n\n{doc(item)}\n"
    bases = [base.__name__ for base in item.__bases__ if base.__name__ in plugin.__all__]
    lines = [f"### `{name}`" + (f" (a `{bases[0]}`)" if bases else "") + "\n"]
    said, wanted = CLASSES.get(name, (None, None))
    lines += [said or doc(item), ""]
    members = [line for member, line in _members(item) if wanted is None or member in wanted]
    lines += members and [*members, ""]
    return "\n".join(lines)


def _members(kind: type) -> Iterator[tuple[str, str]]:
    """(name, list item) of each public field and method that the class itself declares."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(tree, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            yield ast.unparse(node.target), f"- `{ast.unparse(node)}`"
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            said = " ".join((ast.get_docstring(node) or "").split())
            marks = {ast.unparse(mark) for mark in node.decorator_list}
            shown = _declared(node, bare="property" in marks)
            yield node.name, f"- `{shown}`" + (f": {said}" if said else "")


def signature(function: FunctionType, name: str | None = None) -> str:
    """As it is written, whatever Python reads it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    tree.name = name or tree.name
    return _declared(tree)


def _declared(node: ast.FunctionDef, *, bare: bool = False) -> str:
    arguments = node.args
    for listed in (arguments.posonlyargs, arguments.args):
        if listed and listed[0].arg in ("self", "cls"):
            del listed[0]
    given = "" if bare else f"({ast.unparse(arguments)})"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"{node.name}{given}{returns}"


def doc(item: Any) -> str:
    """Its own docstring, as Markdown: the one of a base class does not count."""
    own = item.__dict__.get("__doc__") if isinstance(item, type) else item.__doc__
    if not own:
        raise KeyError(f"{item.__name__} says nothing of itself")
    # A doctest is a block of its own.
    return re.sub(r"(?m)^>>> .*(?:\n.+)*", r"```text\n\g<0>\n```", inspect.cleandoc(own))


# -- events ------------------------------------------------------------------------------------

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


# -- rules -------------------------------------------------------------------------------------

STRICT = {
    "json": "The line is no JSON object in UTF-8.",
    "duplicate-key": "A key stands twice in one object: readers differ on which one counts.",
    "finite": "A number is NaN or infinite.",
    "number-range": "A number is past 2^53 - 1, where numbers lose digits.",
    "nul": "A text holds U+0000.",
    "surrogate": "A text holds half of a surrogate pair, which is no character.",
    "depth": "Objects and lists are nested deeper than 64.",
    "size": "A line is longer than 192 MiB.",
}
BATCH = {
    "shape": "A field is missing, not known, or of another type than the catalogue says.",
    "reserved": "A line sets what is the archive's to set (`subject_key`, `content.erased`); what "
    "another archive's export tells of its own erasures is taken, unless the events are here.",
    "type-unknown": "No event type has that name. A plugin's (`vendor.noun.verb`) is kept raw.",
    "version-unknown": "The schema version is newer than this Dateline's, and no id says that "
    "another Dateline wrote it.",
    "story-unknown": "No `story.opened` stands above the line and no story was named, or it is "
    "not there.",
    "document": "A document cannot be read, does not decode, or is archived under another charset.",
    "source-bytes": "The `source` is not the SHA-256 of the document that came with it.",
    "event-id-taken": "An event of that id is there, with other content.",
    "event-erased": "An event of that id was erased where it was recorded, as an imported "
    "`content.erased` says.",
    "line-repeated": "A line stands twice in the batch.",
    "evidence-missing": "An `exact` without offsets is nowhere in the source.",
    "evidence-ambiguous": "An `exact` without offsets is in the source several times; they are "
    "listed.",
    "protection": "A line would outlive the subject it speaks of: it names what is protected under "
    "another subject or several, goes with a fact that is not under the one that was given, or names "
    "what is protected in a notice about what is not.",
    "recorded-at": "The time of recording is in the future, or before the story's last event.",
    "reported-at": "The time given is not when the source was published.",
}
PAYLOAD = {
    "slug-form": "A slug is not lower-case words joined by hyphens, is longer than 80 characters, "
    "or names a device on Windows.",
    "slug-taken": "A story of that slug is there already.",
    "story-closed": "The story is closed already.",
    "entity-form": "An entity id is not like `person:jane-doe` (or `org:`, `place:`, `group:`), or its "
    "`kind` is another.",
    "entity-taken": "The entity is introduced in this story already.",
    "source-form": "A source is not `sha256:` and 64 lower-case hex digits.",
    "source-taken": "The source is captured in this story already.",
    "fact-form": "A fact's id is not like `f1` or `f27`.",
    "fact-taken": "The fact is recorded already, with other content: correct it instead.",
    "entity-unknown": "A named entity is introduced neither in the story nor in the batch.",
    "reference-self": "A fact, entity or source refers to itself.",
    "fact-unknown": "A named fact is not there; what an editor acts on must stand already.",
    "source-unknown": "The source is captured neither in the story nor in the batch.",
    "edtf": "A date is not of the EDTF subset.",
    "quantity-bounds": "A value is outside its bounds, more than there are, or bounds are crossed.",
    "identifier-form": "A Wikidata or GeoNames id, a latitude or a longitude cannot be one.",
    "blank": "A text that must say something says nothing.",
    "evidence-empty": "A fact has no evidence, or an item quotes nothing.",
    "evidence-text": "The `exact` is not the source's text at those offsets.",
    "evidence-context": "The `prefix` or `suffix` does not stand beside the quotation.",
    "quote-evidence": "A `quote` equals the `exact` of no evidence of role quote or content.",
    "speaker-missing": "A statement has no speaker, or a direct one no quote.",
    "verbatim": "A quantity's `verbatim` is not in the source.",
    "source-missing": "The source's document is not there, or is an empty text.",
    "source-chars": "The document has another number of characters than `chars` says.",
    "chain-publisher": "The last step of the attribution is not the source's publisher.",
    "chain-order": "The attribution does not run from origin over relays to publisher.",
    "independence": "`corroborates` does not say whether the two are independent.",
    "link-self": "A fact is linked to itself.",
    "already-retracted": "The fact is retracted: there is nothing left to change.",
    "already-withdrawn": "The source is withdrawn already.",
    "correction-empty": "A correction changes nothing.",
    "correction-was": "The `was` of a change is not what stands.",
    "correction-result": "The corrected fact would be none, or would break a rule itself.",
}


def rules_page() -> str:
    parts = [
        NOTE,
        "# Refusal rules\n",
        (
            "Bad input is refused whole: `dateline import` lists every finding with its line, field "
            "and the name of the rule, and nothing is written. Each rule has a test that breaks it, "
            "and a test that the first one fails when the rule is switched off "
            "(`tests/events/test_rules.py`, `tests/events/test_strict.py`).\n"
        ),
    ]
    for title, names, meanings in (
        ("Reading a line", strict.RULES, STRICT),
        ("A line in its batch", batch.RULES, BATCH),
        ("What an event says", rules.RULES, PAYLOAD),
    ):
        parts += [f"## {title}\n", "| rule | refused when |", "| --- | --- |"]
        parts += [f"| `{name}` | {meanings[name]} |" for name in names]
        parts.append("")
    return "\n".join(parts)


# -- commands ----------------------------------------------------------------------------------


def cli_page() -> str:
    found = dict(commands())
    parts = [
        NOTE,
        "# Commands\n",
        (
            "What `--help` says, command by command. Options of `dateline` itself come before the "
            "command: `dateline --db FILE show STORY`.\n"
        ),
    ]
    for path, text in found.items():
        parts += [f"## {path}\n", f"```text\n{text}\n```\n"]
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, str]]:
    """(name, help) of every command of Dateline's own, subcommands after their group."""
    own = LazyGroup._plugins

    def bundled(group: LazyGroup) -> dict[str, EntryPoint]:
        return {n: p for n, p in own(group).items() if p.dist and p.dist.name == "dateline"}

    with patch.object(LazyGroup, "_plugins", bundled):
        yield from _walk(root, "dateline", None)


def _walk(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    settings = command.context_settings
    context = click.Context(
        command, info_name=name, parent=parent, **{**settings, "terminal_width": WIDTH}
    )
    text = command.get_help(context)
    # The release's number would make this page old with every release.
    text = re.sub(r"from dateline \S+", "from Dateline itself", click.unstyle(text))
    yield context.command_path, "\n".join(line.rstrip() for line in text.splitlines())
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from _walk(found, below, context)


def main() -> None:
    for path, text in pages().items():
        (DOCS / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
