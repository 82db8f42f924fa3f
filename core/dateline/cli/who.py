"""The option ``--agent``, and the record of who recorded an event."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from dateline.cli.settings import Settings, pass_settings

if TYPE_CHECKING:
    from dateline.events.envelope import RecordedBy

F = TypeVar("F", bound=Callable[..., Any])
Method = Literal["manual", "imported", "extracted"]


def agent_option(command: F) -> F:
    return click.option(
        "--agent",
        envvar="DATELINE_AGENT",
        show_envvar=True,
        metavar="NAME",
        help="Who records the event; the log keeps this name.",
    )(command)


def signed(command: F, method: Method = "manual") -> F:
    """``--agent`` and `Settings`. The command gets who records it as ``recorded_by``, as `Archive` does."""

    @wraps(command)
    def run(settings: Settings, /, agent: str | None, **options: Any) -> None:
        command(settings, recorded_by=recorded_by(agent, method), **options)

    return agent_option(pass_settings(run))  # type: ignore[return-value]


def recorded_by(agent: str | None, method: Method = "manual") -> RecordedBy:
    from dateline.events.envelope import RecordedBy
    from dateline.plugins.points import own_version

    return RecordedBy(agent, f"dateline {own_version()}", method)
