"""Options that several commands have, and the values that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from dateline.cli import completion
from dateline.cli.dates import edtf_of, understood
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.stdout import MARK
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.events.envelope import RecordedBy
    from dateline.views.asof import Moment

F = TypeVar("F", bound=Callable[..., Any])
Method = Literal["manual", "imported", "extracted"]
FORMATS = ("table", "json", "ndjson", "csv")


def _remember(ctx: click.Context, param: click.Parameter, given: bool) -> None:
    ctx.meta[MARK] = given


#: ``--bom``: CSV that Excel reads as UTF-8. `emit` reads the option from the context.
bom_option = click.option(
    "--bom",
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help="Begin CSV with a byte order mark, so that Excel reads it as UTF-8.",
)


def format_option(command: F, formats: tuple[str, ...] = FORMATS) -> F:
    """``-f/--format`` and ``--bom``; the default is a table on a terminal and CSV in a pipe."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(formats),
        help="Output format.  [default: table on a terminal, csv in a pipe]",
    )(bom_option(command))


output_option = click.option(
    "-o", "--output", metavar="FILE", type=completion.FILE, help="Output file.  [default: stdout]"
)
force_option = click.option("--force", is_flag=True, help="Overwrite an existing file.")
yes_option = click.option(
    "--yes", is_flag=True, help="Do not ask for confirmation. Required without a terminal."
)
types_option = click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Show only this type. May be repeated."
)
key_option = click.option(
    "--key",
    "key_file",
    envvar="DATELINE_KEY",
    show_envvar=True,
    metavar="FILE",
    type=completion.FILE,
    help="File of the signing key.  [default: dateline/keys/ARCHIVE.key in $XDG_CONFIG_HOME]",
)
vkey_option = click.option(
    "--vkey",
    "vkeys",
    multiple=True,
    metavar="VKEY",
    help="A public key to check signatures with, as `dateline key show` prints it. May be repeated.",
)
protect_option = click.option(
    "--protect",
    metavar="SUBJECT",
    help="Encrypt the content under this person's key; `dateline erase SUBJECT` destroys the key.",
)
agent_option = click.option(
    "--agent",
    envvar="DATELINE_AGENT",
    show_envvar=True,
    metavar="NAME",
    help="Who records the event; the log keeps this name.",
)


by_option = click.option(
    "--by",
    envvar="DATELINE_AGENT",
    show_envvar=True,
    metavar="WHO",
    help="Who decides; the log keeps this name.",
)


def reported_option(command: F) -> F:
    """``--reported``."""
    return click.option(
        "--reported",
        metavar="DATE",
        help="When this was made public, if it was: 5 March 2024, 2024-03-05T08:00:00Z.",
    )(understood("reported")(command))


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


def target_of(output: str | None) -> Path | None:
    """The file that ``--output`` names; None for stdout."""
    return None if output in (None, "-") else Path(str(output))


def views_option(help: str) -> Callable[[F], F]:
    """``--view``, which may be repeated."""
    return click.option(
        "--view", "views", multiple=True, metavar="NAME", shell_complete=completion.views, help=help
    )


def moment_options(command: F) -> F:
    """``--as-of`` and ``--as-recorded``: show an earlier state, by one of the two clocks."""
    command = click.option(
        "--as-recorded",
        metavar="TIME|POSITION",
        help="Show what this archive held then: a time, a day or a position (@2024 if it looks like a year).",
    )(command)
    return click.option(
        "--as-of", metavar="DATE", help="Show the public record at the end of this day (UTC)."
    )(command)


def moment(as_of: str | None, as_recorded: str | None) -> Moment | None:
    """The moment that was asked for; None means now. Raises UsageError for both options at once."""
    from dateline.views.asof import public, recorded

    if as_of is not None and as_recorded is not None:
        raise click.UsageError("--as-of and --as-recorded use different clocks: give only one")
    if as_of is not None:
        return read_moment(public, "--as-of", as_of)
    return None if as_recorded is None else read_moment(recorded, "--as-recorded", as_recorded)


def read_moment(clock: Callable[[str], Moment], name: str, text: str) -> Moment:
    """`text`, in EDTF or as people write dates, as a moment of a clock. Raises UsageError, which names
    the option or argument `name`."""
    try:
        return clock(text)
    except DatelineError as error:
        if error.code != "not-a-date":
            raise _wrong(name, error) from None
    try:
        return clock(edtf_of(text, name).edtf)
    except DatelineError as error:
        raise _wrong(name, error) from None


def _wrong(name: str, error: DatelineError) -> click.UsageError:
    what = str(error).removeprefix(f"{name}: ")
    return click.UsageError(f"{name}: {what}" + (f"; {error.hint}" if error.hint else ""))
