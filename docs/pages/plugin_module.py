"""The reference page of `dateline.plugin`."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from pages.writing import NOTE, declared, doc, signature

from dateline import plugin
from dateline.events.parts import Part

CONSTANTS = {
    "BINARY": "The charset of a document whose bytes are not text.",
    "CUT": "Type of the first line of an export, which states its cut; an import skips this line.",
    "ERASED": "Type of the line that replaces an erased event in an export; an import skips this line.",
    "MAX_LINE": "The size in bytes of the longest line that can be read.",
    "Fold": "The function that an executor is given, from a chunk to its result, both bytes. It can be pickled, "
    "and called again for the same chunk, in any process that has Dateline, the plugins and the archive.",
    "Status": "The status of a fact; default reads leave out `retracted` and `rejected` facts.",
    "hookimpl": "Marks a function of a plugin as the implementation of the hook with the same name.",
}
#: Names in the first two sections of the page; the others are sorted by their kind.
OFFERED = (
    "View",
    "FactView",
    "Exporter",
    "Importer",
    "SourceImporter",
    "Container",
    "EventType",
    "Check",
    "Executor",
)
ROWS = ("ViewRow", "FactRow", "Column", "Table", "Rows", "last")
#: Classes that mostly serve the archive: the text and the members that an author needs.
CLASSES = {
    "StoryState": (
        (
            "A read-only story, folded up to some version: `slug`, `title`, `closed`, `version`, "
            "`facts`, `entities` and `sources` by id, `withdrawn` (source: reason), `links`."
        ),
        ("label", "shown", "naming", "linked", "kept"),
    ),
    "Rows": (
        "The rows of the current story, by key, which the fold of a general view writes.",
        ("put", "get", "patch", "drop"),
    ),
    "FactView": (None, ("order", "of", "rows", "erased")),
}


def plugin_page() -> str:
    sections: dict[str, list[str]] = {
        "What hooks return": list(OFFERED),
        "Rows": list(ROWS),
        "What a plugin receives": [],
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
        "# The module `dateline.plugin`\n",
        (
            "`dateline.plugin` is the only module that a plugin imports. The names on this page are its "
            "public API; everything else is internal.\n"
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
    return "Payloads and their parts" if issubclass(item, Part) else "What a plugin receives"


def _described(name: str, item: Any) -> str:
    if name in CONSTANTS:
        return f"### `{name}`\n\n{CONSTANTS[name]}\n"
    if isinstance(item, FunctionType):
        return f"### `{signature(item, name)}`\n\n{doc(item)}\n"
    bases = [base.__name__ for base in item.__bases__ if base.__name__ in plugin.__all__]
    lines = [f"### `{name}`" + (f" (a `{bases[0]}`)" if bases else "") + "\n"]
    text, wanted = CLASSES.get(name, (None, None))
    lines += [text or doc(item), ""]
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
            text = " ".join((ast.get_docstring(node) or "").split())
            marks = {ast.unparse(mark) for mark in node.decorator_list}
            shown = declared(node, bare=bool({"property", "cached_property"} & marks))
            yield node.name, f"- `{shown}`" + (f": {text}" if text else "")
