"""Running a command: each error becomes one clear message and a documented exit code."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from typing import NamedTuple

import click

from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdio import ReaderWentAway
from dateline.errors import DatelineError, described, stops_plugin

#: Exit codes: 0 success, 1 failed or could not check, 2 wrong usage, 3 a check found something.
FAILED, USAGE, FOUND = 1, 2, 3


class Outcome(NamedTuple):
    """The exit code of a command, and the DatelineError that ended it, if any."""

    exit_code: int
    error: DatelineError | None = None


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code. Tracebacks only with ``--debug``."""
    return outcome(command, arguments).exit_code


def outcome(command: click.Command, arguments: Sequence[str]) -> Outcome:
    """Like `run`, but returns the error too."""
    try:
        return Outcome(_run(command, arguments))
    except DatelineError as error:
        if _debug(arguments):
            _traceback()
            say(f"Error code: {error.code}")
        else:
            say(f"Error: {error}" + (f"\n  {error.hint}" if error.hint else ""))
        return Outcome(error.exit_code, error)


def _debug(arguments: Sequence[str]) -> bool:
    return "--debug" in arguments or bool(os.environ.get("DATELINE_DEBUG"))


def _run(command: click.Command, arguments: Sequence[str]) -> int:
    """Raises DatelineError."""
    debug = _debug(arguments)
    try:
        result = command.main(list(arguments), prog_name="dateline", standalone_mode=False)
    except click.exceptions.Abort:
        say("Interrupted.")
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return USAGE
    except click.ClickException as error:
        _show_usage(error)
        return error.exit_code
    except DatelineError:
        raise
    except ReaderWentAway:  # nothing to report
        return FAILED
    except OSError as error:
        where = f": {error.filename}" if error.filename else _without_folder()
        if debug:
            _traceback()
        else:
            say(f"Error: {error.strerror or error}{where}")
        return FAILED
    except BaseException as error:
        stops_plugin(error)
        # Commands end through click. A SystemExit comes from a plugin and is a failure, except during
        # shell completion, where click itself raises it.
        if isinstance(error, SystemExit) and "_DATELINE_COMPLETE" in os.environ:
            raise
        if debug:
            _traceback()
            return FAILED
        say(_unforeseen(error))
        return FAILED
    return result if isinstance(result, int) else 0


def _unforeseen(error: BaseException) -> str:
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return (
            "Error: an argument or an environment variable contains bytes that are not UTF-8 text"
        )
    return (
        f"Error: {described(error)}\n"
        "  this is a bug in Dateline or a plugin; `--debug` shows where. If the archive came from "
        "elsewhere, or another program wrote to it, `dateline verify` shows what is wrong with it"
    )


def _without_folder() -> str:
    """The likely reason of an OSError without a file name: the current folder was deleted."""
    try:
        os.getcwd()
    except OSError:
        return ": the current folder no longer exists"
    return ""


def _traceback() -> None:
    """Print the current traceback through `say`, since its message may repeat unsafe input."""
    say(traceback.format_exc().rstrip())


def _show_usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None:
        say(context.get_usage())
    say(f"Error: {error.format_message()}")
    if context is not None:
        say(f"  see `{context.command_path} --help`")
