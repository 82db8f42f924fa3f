"""Generates the reference pages from the code: `python docs/generate.py`. A test compares the result.

Texts that the code does not contain, such as a one-line meaning of each rule, are in tables of the
modules in docs/pages. `pages` raises KeyError for a missing entry, so that everything is documented.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from pages import api, commands, errors, events, hooks, plugin_module, rules


def pages() -> dict[str, str]:
    """The text of every generated page, by its path inside docs/."""
    return {
        "reference/hooks.md": hooks.hooks_page(),
        "reference/api.md": api.api_page(),
        "reference/plugin.md": plugin_module.plugin_page(),
        "reference/events.md": events.events_page(),
        "reference/rules.md": rules.rules_page(),
        "reference/errors.md": errors.errors_page(),
        "reference/cli.md": commands.cli_page(),
    }


def main() -> None:
    for path, text in pages().items():
        (DOCS / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
