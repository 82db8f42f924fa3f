"""``dateline plugins check``: test installed plugins against the contracts."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import click

from dateline.cli import completion
from dateline.cli.options import format_option
from dateline.cli.outcome import FOUND
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit
from dateline.errors import MissingLibrary, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dateline.plugins.loaded import Plugins
    from dateline.testing.contracts import Verdict

_KINDS = (
    "views", "exporters", "importers", "source_importers", "event_types", "checks", "doubts", "proposers",
)  # fmt: skip


@click.command()
@click.argument("name", required=False, shell_complete=completion.plugins)
@click.option(
    "--examples",
    type=click.IntRange(1, 10_000),
    default=25,
    show_default=True,
    help="How many generated histories to test each rule on.",
)
@format_option
@pass_settings
def check(settings: Settings, name: str | None, examples: int, format_: str | None) -> None:
    """Test plugins against the contracts: all of them, or NAME.

    Each rule is tested on generated histories. If one breaks a rule, the smallest history that was
    found to break it is printed, as lines for `dateline import`. Exit code 3 means that a rule is
    broken.

    \b
    Example:
      dateline plugins check figures
      dateline --plugins-dir . plugins check --examples 200
    """
    if importlib.util.find_spec("hypothesis") is None:
        raise MissingLibrary("hypothesis", "test")
    plugins = settings.plugins()
    rows, broken = [], []
    for plugin, item, verdict in _verdicts(plugins, name, examples):
        message = verdict.broken.message if verdict.broken is not None else verdict.note
        rows.append([plugin, item, verdict.rule, verdict.word, message])
        if verdict.broken is not None:
            broken.append((f"{plugin}: {item}", verdict.broken))
    failed = [
        [record.name, None, "loads", "broken", record.error]
        for record in plugins.failures
        if name in (None, record.name)
    ]
    emit(["plugin", "item", "rule", "result", "message"], failed + rows, format_)
    for title, found in broken:
        say(f"\n{title} breaks {found.rule}: {found.message}")
        say("\n".join(found.ndjson()) or "(the history is empty)")
    if failed or broken:
        click.get_current_context().exit(FOUND)


def _verdicts(
    plugins: Plugins, name: str | None, examples: int
) -> Iterator[tuple[str, str, Verdict]]:
    """(plugin, item, verdict) for every item that plugins offer and every rule of its contract."""
    from dateline.testing.contracts import Trials, verdicts

    _require(plugins, name)
    items = sorted(
        (plugins.owner(kind, item), _KINDS.index(kind), item)
        for kind in _KINDS
        for item in getattr(plugins, kind)
    )
    with Trials(plugins, list(plugins.event_types.values()), examples) as trials:
        for owner, kind, item in items:
            if name in (None, owner):
                noun = _KINDS[kind].replace("_", " ")[:-1]
                for verdict in verdicts(getattr(plugins, _KINDS[kind])[item], trials):
                    yield owner, f"{noun} {item}", verdict


def _require(plugins: Plugins, name: str | None) -> None:
    """Raises UnknownName if there is no plugin of that name, or if it is blocked."""
    status = {record.name: record.status for record in plugins.records}
    if name is not None and status.get(name) == "blocked":
        raise UnknownName(
            f"plugin {name!r} is blocked by --without or an environment variable",
            hint="leave that out and try again",
            code="plugin-blocked",
        )
    if name is not None and name not in status:
        raise UnknownName(
            f"there is no plugin {name!r}",
            hint="`dateline plugins` lists them",
            code="plugin-unknown",
        )
