"""``follow``: events as they are recorded."""

from __future__ import annotations

import select
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from types import FrameType
from typing import TYPE_CHECKING

import click

from dateline.cli import completing
from dateline.cli.events import COLUMNS, LINE, row_of
from dateline.cli.output import emit, format_option
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.stdout import data

if TYPE_CHECKING:
    from dateline.log.follow import Stop


@click.command()
@click.argument("story", required=False, shell_complete=completing.stories)
@click.option(
    "--from",
    "after",
    type=click.IntRange(0),
    metavar="POSITION",
    help="Start after this position.  [default: the end of the log]",
)
@click.option(
    "-n", "--limit", type=click.IntRange(0), metavar="N", help="Stop after so many events."
)
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only these types.")
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
    """Show events as they are recorded, by anybody.

    Of one STORY, or of the whole archive, each once and in order, until ^C or SIGTERM. To go on
    later, give --from the last position you have. A lost connection to PostgreSQL is made again.

    \b
    Example:
      dateline follow --from 0 -n 20
      dateline follow velm-flood --from 0 --type fact.corrected -f ndjson -n 1
    """
    from dateline.log.follow import Stop

    stop = Stop()
    try:
        with _stopped_by_signals(stop) as received, settings.archive() as archive:
            events = archive.follow(story, after=after, stop=stop, idle=_look, report=say)
            with closing(iter(events)) as found:
                wanted = (event for event in found if not types or event.type in types)
                rows = (row_of(event) for event in islice(wanted, limit))
                emit(COLUMNS, rows, format_, running=LINE)
    finally:
        stop.close()
    if received:
        say(f"Stopped; `--from {events.position}` goes on.")
    if signal.SIGINT in received:
        ctx.exit(130)


@contextmanager
def _stopped_by_signals(stop: Stop) -> Iterator[list[int]]:
    """The first signal lets the line at hand be printed, a second one ends the process at once."""
    received: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        stop.request()
        signal.signal(number, signal.SIG_DFL)

    before = {
        number: signal.signal(number, handle)
        for number in (signal.SIGTERM, signal.SIGINT)
        if signal.getsignal(number) != signal.SIG_IGN  # as of a job in the background
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _look() -> None:
    """Raises BrokenPipeError when nobody reads any more: no event may ever come to tell."""
    if not hasattr(select, "poll"):
        return
    poll = select.poll()
    try:
        poll.register(data().fileno(), 0)
    except OSError:  # no file, as in a test
        return
    if any(event & select.POLLERR for _, event in poll.poll(0)):
        raise BrokenPipeError
