"""The reference page of the commands, as `--help` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import click
from pages.writing import NOTE

from dateline.cli.lazy import LazyGroup
from dateline.cli.root import root
from dateline.plugins.points import Point, own_version

WIDTH = 80


def cli_page() -> str:
    found = dict(commands())
    parts = [
        NOTE,
        "# Commands\n",
        (
            "The output of `--help` for every command. Options of `dateline` itself come before the "
            "command: `dateline --db FILE show STORY`.\n"
        ),
    ]
    for path, text in found.items():
        parts += [f"## {path}\n", f"```text\n{text}\n```\n"]
    return "\n".join(parts)


def commands() -> Iterator[tuple[str, str]]:
    """(name, help) of each of Dateline's own commands, subcommands after their group."""
    own, origin = LazyGroup._plugins, f"dateline {own_version()}"

    def bundled(group: LazyGroup) -> dict[str, Point]:
        return {name: point for name, point in own(group).items() if point.origin == origin}

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
    # With the version number, this page would change with every release.
    text = re.sub(r"from dateline \S+", "from Dateline itself", click.unstyle(text))
    yield context.command_path, "\n".join(line.rstrip() for line in text.splitlines())
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from _walk(found, below, context)
