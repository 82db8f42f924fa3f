"""Writes the reference pages from the code: `python docs/generate.py`. A test runs it in memory.

What the code does not say of itself (a rule's meaning in one line, say) stands in tables of the modules
in docs/pages; `pages` raises KeyError for what is missing there, so that nothing goes undocumented.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from pages import api, commands, events, hooks, rules


def pages() -> dict[str, str]:
    """The text of every generated page, by its path below docs/."""
    return {
        "reference/hooks.md": hooks.hooks_page(),
        "reference/api.md": api.api_page(),
        "reference/events.md": events.events_page(),
        "reference/rules.md": rules.rules_page(),
        "reference/cli.md": commands.cli_page(),
    }


def main() -> None:
    for path, text in pages().items():
        (DOCS / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
