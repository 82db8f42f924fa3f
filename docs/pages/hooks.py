"""The reference page of the hooks."""

from __future__ import annotations

from types import FunctionType

from pages.writing import NOTE, doc, signature

from dateline.plugins import hookspecs

#: Examples of each hook, and what it refuses in addition to a wrong type.
HOOKS = {
    "dateline_views": (
        "[tutorial](../tutorial.md), [facts per day](../cookbook/per-day.md)",
        (
            "A name that is taken or reserved; a row field whose type is not `str`, `int`, `float` or "
            "`bool`, or one of them or None; an `order` or `summary` with a name that is not a column."
        ),
    ),
    "dateline_exporters": (
        "[GeoJSON](../cookbook/geojson.md)",
        (
            "A name that is taken, or has other characters than lower-case letters, digits and `-`; a "
            "suffix that does not have the form `.csv`."
        ),
    ),
    "dateline_importers": (
        "[a spreadsheet](../cookbook/spreadsheet.md)",
        "The same as for exporters.",
    ),
    "dateline_event_types": (
        "[plugin guide](../plugins.md#event-types)",
        "A name without a vendor; a name that is taken; a schema version without its upcasters.",
    ),
    "dateline_checks": (
        "[plugin guide](../plugins.md#checks)",
        "A name that is taken.",
    ),
    "dateline_doubts": (
        "[doubts](../doubts.md#doubts-of-your-own)",
        "A name that is taken.",
    ),
    "dateline_proposers": (
        "[proposals](../proposals.md#a-proposer-of-your-own)",
        (
            "A name that is taken, or has other characters than lower-case letters, digits and `-`; a "
            "version that is not a text without spaces."
        ),
    ),
    "dateline_executors": (
        "[plugin guide](../plugins.md#executors)",
        (
            "A name that is taken, is `processes`, or has other characters than lower-case letters, digits "
            "and `-`."
        ),
    ),
}


def hooks() -> list[FunctionType]:
    return [item for item in vars(hookspecs).values() if hasattr(item, "dateline_spec")]


def hooks_page() -> str:
    parts = [
        NOTE,
        "# Hooks\n",
        (
            "A plugin is a module with functions of these names. Each is marked with `@hookimpl` and "
            "returns a list of instances, or for executors a dict of functions by name. Dateline calls plugins in the order of their names; no hook "
            "can veto, and the result does not depend on the order. [`dateline.plugin`](api.md) "
            "describes the classes; the [plugin guide](../plugins.md) explains when to use each hook.\n"
        ),
    ]
    for hook in hooks():
        examples, refused = HOOKS[hook.__name__]
        parts += [
            f"## `{signature(hook)}`\n",
            f"{doc(hook)}\n",
            f"Examples: {examples}.\n",
            f"Refused: {refused}\n",
            f"Tested by: `tests/docs/test_hooks.py::test_hook_{hook.__name__}`.\n",
        ]
    return "\n".join(parts)
