"""The option ``--agent``, and the record of who recorded an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

if TYPE_CHECKING:
    from dateline.events.envelope import RecordedBy

F = TypeVar("F", bound=Callable[..., Any])


def agent_option(command: F) -> F:
    return click.option(
        "--agent",
        envvar="DATELINE_AGENT",
        show_envvar=True,
        metavar="NAME",
        help="Who records the event; the log keeps this name.",
    )(command)


def recorded_by(
    agent: str | None, method: Literal["manual", "imported", "extracted"] = "manual"
) -> RecordedBy:
    from dateline.events.envelope import RecordedBy
    from dateline.plugins.points import own_version

    return RecordedBy(agent, f"dateline {own_version()}", method)
