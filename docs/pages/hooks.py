"""The page of hooks."""

from __future__ import annotations

from types import FunctionType

from pages.writing import NOTE, doc, signature

from dateline.plugins import hookspecs

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
