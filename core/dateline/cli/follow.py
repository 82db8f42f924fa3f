"""``dateline follow``: show new events as they are recorded."""

from __future__ import annotations

import select
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from types import FrameType
from typing import TYPE_CHECKING

import click

from dateline.cli.here import STORY
from dateline.cli.log import COLUMNS, row_of
from dateline.cli.options import format_option, types_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.stdout import data

if TYPE_CHECKING:
    from dateline.log.follow import Stop

#: The columns of lines that are printed one at a time, with their minimum widths.
_LINE = {"position": 8, "recorded_at": 20, "story": 20, "version": 7, "type": 20, "about": 0}


@click.command()
@click.argument("story", type=STORY, required=False)
@click.option(
    "--from",
    "after",
    type=click.IntRange(0),
    metavar="POSITION",
    help="Start after this position.  [default: the end of the log]",
)
@click.option("-n", "--limit", type=click.IntRange(0), metavar="N", help="Stop after N events.")
@types_option
@format_option
@click.pass_context
@pass_settings
def follow(
    settings: Settings,
    ctx: click.Context,
    story: str | None,
    after: int | None,
    limit: int | None,
    types: tuple[str, ...],
    format_: str | None,
) -> None:
    """Show new events as they are recorded.

    Shows the events of STORY, or of the whole archive, each once and in order, until ^C or SIGTERM.
    To continue later, give --from the last position that was shown. If the connection to PostgreSQL
    is lost, it is opened again.

    \b
    Example:
      dateline follow --from 0 -n 20
      dateline follow velm-flood --from 0 --type fact.corrected -f ndjson -n 1
    """
    from dateline.log.follow import Stop

    stop = Stop()
    try:
        with _stopped_by_signals(stop) as received, settings.archive() as archive:
            events = archive.follow(story, after=after, stop=stop, idle=_check_reader, report=say)
            with closing(iter(events)) as found:
                wanted = (event for event in found if not types or event.type in types)
                rows = (row_of(event) for event in islice(wanted, limit))
                emit(COLUMNS, rows, format_, running=_LINE)
    finally:
        stop.close()
    if received:
        say(f"Stopped. To continue, give `--from {events.position}`.")
    if signal.SIGINT in received:
        ctx.exit(130)


@contextmanager
def _stopped_by_signals(stop: Stop) -> Iterator[list[int]]:
    """The first signal stops after the current line, a second one ends the process at once."""
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        stop.request()
        signal.signal(number, signal.SIG_DFL)

    before = {
        number: signal.signal(number, handle)
        for number in (signal.SIGTERM, signal.SIGINT)
        if signal.getsignal(number) != signal.SIG_IGN  # as in a background job
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_reader() -> None:
    """Raises BrokenPipeError if the reader of stdout has exited: without a new event, no write would
    ever notice it."""
    if not hasattr(select, "poll"):
        return
    poll = select.poll()
    try:
        poll.register(data().fileno(), 0)
    except OSError:  # not a file, as in a test
        return
    if any(event & select.POLLERR for _, event in poll.poll(0)):
        raise BrokenPipeError
