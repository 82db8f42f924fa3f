"""Running a command: errors as one clear message, exit codes as documented."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from typing import NamedTuple

import click

from dateline.cli.settings import say
from dateline.cli.streams import ReaderWentAway
from dateline.errors import DatelineError, described, stops_plugin

#: Exit codes: 0 ok, 1 failed or could not check, 2 usage, 3 a check found something.
FAILED, USAGE, FOUND = 1, 2, 3


class Outcome(NamedTuple):
    """How a command ended: its exit code, and the error that Dateline raised, if it raised one."""

    exit_code: int
    error: DatelineError | None = None


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code. Tracebacks only with ``--debug``."""
    return outcome(command, arguments).exit_code


def outcome(command: click.Command, arguments: Sequence[str]) -> Outcome:
    """As `run`, with the error itself."""
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
        # Commands leave through click; whoever ends the interpreter is a plugin, and not done. Only
        # an answer to TAB ends so: that is click's own way.
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
        return "Error: an argument or a variable holds bytes that are not UTF-8 text"
    return (
        f"Error: {described(error)}\n"
        "  this is a bug in Dateline or a plugin; `--debug` shows where. If the archive came from "
        "elsewhere, or something else wrote to it, `dateline verify` says what is wrong with it"
    )


def _without_folder() -> str:
    """What is wrong where no file is named: most often nothing but that the folder is gone."""
    try:
        os.getcwd()
    except OSError:
        return ": the folder this is run in is gone"
    return ""


def _traceback() -> None:
    """Of what is being handled. Its message repeats input, which Python would print as it is."""
    say(traceback.format_exc().rstrip())


def _show_usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None:
        say(context.get_usage())
    say(f"Error: {error.format_message()}")
    if context is not None:
        say(f"  `{context.command_path} --help` explains.")
