"""The command ``propose``: facts that tools find are queued until somebody accepts them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.here import STORY, source_called
from dateline.cli.options import format_option
from dateline.cli.outcome import FAILED, FOUND
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.progress import progress

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proposals.filling import Proposed

_COLUMNS = ("line", "result", "proposal", "rule", "words", "reason", "source", "proposer")
_SHOWN = ("line", "result", "proposal", "rule", "words", "reason")


@click.command()
@click.argument("story", type=STORY)
@click.argument("source", required=False, shell_complete=completion.sources)
@click.option(
    "--with",
    "proposers",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.proposers,
    help="Ask this proposer only. With --from, the name and version of the program that made the lines.",
)
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Take the lines of another program: NDJSON, - for stdin.",
)
@format_option
@click.pass_context
@pass_settings
def propose(
    settings: Settings,
    ctx: click.Context,
    story: str,
    source: str | None,
    proposers: tuple[str, ...],
    file: Path | None,
    format_: str | None,
) -> None:
    """Queue facts that tools find in a source, or in all sources of a story.

    Nothing that is proposed is a fact. `dateline proposals STORY` shows the queue, and a fact is recorded
    when somebody accepts it. The proposers are plugins. With --from, the lines of another program are
    taken: each is a fact in the import format without ids, and may have the start of its source's id as
    source, and a confidence from 0 to 1.

    Each line is judged alone by the rules of recording. Those that misquote, name a missing source or say
    what the story or the queue has already are listed with the reason and left out. What proposers found
    before is only counted. SOURCE is the start of
    its id, its publisher or its title. Exit code 3 means that lines other than duplicates were left out.

    \b
    Example:
      dateline propose velm-flood
      my-model report.txt | dateline propose velm-flood 88dc --from - --with "my-model 2.1"
    """
    if file is not None and len(proposers) > 1:
        raise click.UsageError("with --from, --with names the one program that made the lines")
    with settings.archive() as archive:
        if source is not None:
            source = source_called(archive.state(story, facts=()), source, "SOURCE")
        if file is None:
            with progress("reading", "sources") as step:
                result = archive.propose(story, source, proposers=proposers, progress=step)
        else:
            tool = proposers[0] if proposers else "stdin" if str(file) == "-" else file.name
            result = _of_file(archive, story, source, file, tool)
        emit(_COLUMNS, _rows(result), format_, summary=_SHOWN)
    reasons = Counter(one.rule for one in result.left_out)
    listed = ", ".join(f"{number} {rule}" for rule, number in sorted(reasons.items()))
    say(
        f"Queued {counted(len(result.queued), 'proposal')}"
        + (f"; left out {reasons.total()}: {listed}." if listed else ".")
    )
    if result.queued:
        say(f"`dateline proposals {story}` shows them, to accept or reject.")
    for sentence in result.failed:
        say(f"Warning: {sentence}; the others were asked.")
    if result.failed:
        ctx.exit(FAILED)
    if any(one.proposer and one.rule != "duplicate" for one in result.left_out):
        ctx.exit(FOUND)


def _of_file(archive: Archive, story: str, source: str | None, file: Path, tool: str) -> Proposed:
    from dateline.plugins.converting import lines_of

    stdin = str(file) == "-"
    with lines_of(archive.plugins, sys.stdin.buffer if stdin else file, "ndjson") as lines:
        return archive.propose(story, source, lines=lines, tool=tool)


def _rows(result: Proposed) -> Iterator[list[Any]]:
    for line, one in zip(result.lines, result.queued, strict=True):
        words = one.fields["text"]
        yield [line, "queued", one.name, None, words, None, one.source, one.tool]
    for out in result.left_out:
        if out.line is None and out.rule == "duplicate":
            continue  # whoever asks the proposers again gets all that they proposed before
        kind = "duplicate" if out.rule == "duplicate" else "left out"
        yield [out.line, kind, None, out.rule, out.words, out.reason, out.source, out.proposer]
