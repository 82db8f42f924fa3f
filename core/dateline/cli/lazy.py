"""A command group that imports a command only to run it, not to list or complete it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.terminal.stdio import ReaderWentAway
from dateline.cli.terminal.stdout import FOREIGN, kept_for_data
from dateline.errors import DatelineError, described, stops_plugin
from dateline.plugins.points import COMMANDS, Point, points

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """``core`` maps the names of commands to their short help. A command is in the module of its name,
    or in the one that ``homes`` names. Plugins add commands to an ``open`` group through entry points
    of the group ``dateline.commands``; the names in ``core`` are reserved."""

    core: Mapping[str, str] = MappingProxyType({})
    homes: Mapping[str, str] = MappingProxyType({})
    open = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.core, *(name for name in self._plugins() if name not in self.core)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.core:
            # A trailing underscore keeps a name apart from a keyword or a builtin function.
            name = cmd_name + "_" * (cmd_name in ("import", "list", "open"))
            home = importlib.import_module(f"dateline.cli.{self.homes.get(cmd_name, name)}")
            command = getattr(home, name)
        else:
            point = self._plugins().get(cmd_name)
            if point is None:
                return None
            command = self._load(point)
            ctx.meta[FOREIGN] = True
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderWentAway from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (DatelineError, OSError, ReaderWentAway):
            raise
        except BaseException as error:
            stops_plugin(error)
            name = ctx.invoked_subcommand
            point = None if name in self.core else self._plugins().get(name or "")
            if point is None:
                raise
            raise DatelineError(
                f"command {point.name!r} of {point.origin} failed: {described(error)}",
                hint="fix or uninstall that package; `--debug` shows where it failed",
                code="plugin-failed",
            ) from error

    def _load(self, point: Point) -> click.Command:
        origin = point.origin
        try:
            with kept_for_data():
                command = point.load()
        except BaseException as error:
            stops_plugin(error)
            raise DatelineError(
                f"command {point.name!r} of {origin} cannot be loaded: {described(error)}",
                hint="fix or uninstall that package; all other commands work",
                code="plugin-failed",
            ) from error
        if not isinstance(command, click.Command):
            raise DatelineError(
                f"command {point.name!r} of {origin} is not a click command",
                hint="fix the entry point of that package, or uninstall it",
                code="entry-point-invalid",
            )
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # click takes its suggestions from `self.commands`, which is empty here.
        name = args[0]
        if not name.startswith("-") and name not in self.list_commands(ctx):
            raise click.exceptions.NoSuchCommand(
                name, possibilities=self.list_commands(ctx), ctx=ctx
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.core.items()))
        points = [point for name, point in self._plugins().items() if name not in self.core]
        if points:
            with formatter.section("Commands of plugins"):
                formatter.write_dl([(point.name, _from(point)) for point in points])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        options = super(click.Group, self).shell_complete(ctx, incomplete)
        return [CompletionItem(name) for name in names] + options

    def _plugins(self) -> Mapping[str, Point]:
        return points(COMMANDS) if self.open else {}


def _from(point: Point) -> str:
    """The origin of a command, and what is wrong with it as far as is known without importing it."""
    return f"from {point.origin}" + (f": {point.problem}" if point.problem else "")
