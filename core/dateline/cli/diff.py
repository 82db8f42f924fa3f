"""``dateline diff``: show what changed in a story between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import click

from dateline.cli.here import STORY
from dateline.cli.options import FORMATS, format_option, read_moment
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.stdout import data
from dateline.cli.undated import say_undated
from dateline.text import markdown

if TYPE_CHECKING:
    from dateline.views.story_changes import StoryChange


@click.command()
@click.argument("story", type=STORY)
@click.argument("from_", metavar="FROM")
@click.argument("to")
@click.option(
    "--recorded", is_flag=True, help="Use this archive's clock instead of the public record."
)
@partial(format_option, formats=(*FORMATS, "markdown"))
@pass_settings
def diff(
    settings: Settings, story: str, from_: str, to: str, recorded: bool, format_: str | None
) -> None:
    """Show what changed in a story between two moments.

    FROM and TO are days or times of the public record. With --recorded they are days, times or
    positions of this archive's own clock. The list has the facts that were added, corrected (with
    both values), retracted, disputed or erased between them, and the figures that changed: also
    those of an older fact that a new fact of the same series superseded.

    \b
    Example:
      dateline diff velm-flood 2024-03-04 2024-03-06
      dateline diff velm-flood 2024-03-04 2024-03-06 -f markdown
    """
    from dateline.records.change import change_rows, in_order
    from dateline.views import asof

    clock = asof.recorded if recorded else asof.public
    since, until = read_moment(clock, "FROM", from_), read_moment(clock, "TO", to)
    with settings.archive() as archive:
        found = archive.diff(story, since, until)
        changes = in_order(found)
        say_undated(archive, [story], until)
    if since.later_than(until):
        say(f"FROM ({from_}) is later than TO ({to}): the changes are shown in reverse.")
    if format_ == "markdown":
        click.echo(_markdown(story, from_, to, changes), nl=False, file=data())
        return
    if format_ == "table" or (format_ is None and data().isatty()):
        lines = [(c.kind, c.fact, c.text, _field(c), _arrow(c), c.why) for c in changes]
        emit(["kind", "fact", "text", "field", "change", "why"], lines, format_)
        return
    rows = (list(row.values()) for row in change_rows(changes))
    emit(["kind", "fact", "text", "path", "was", "now", "why"], rows, format_)


def _markdown(story: str, from_: str, to: str, changes: Sequence[StoryChange]) -> str:
    from dateline.records.change import change_title

    lines = [f"# {markdown(story)}: {markdown(from_)} to {markdown(to)}", ""]
    for kind, group in groupby(changes, key=lambda change: change.kind):
        lines += [f"## {change_title(kind)}", ""]
        for change in group:
            moved = ""
            if kind == "figure":
                moved = f": {markdown(_arrow(change) or '')}"
            elif kind not in ("added", "erased", "gone") and (change.was or change.now):
                moved = f": was {_words(change.was)}, now {_words(change.now)}"
            path = f" {markdown(_field(change))}" if change.path and kind != "figure" else ""
            why = f". {markdown(change.why)}" if change.why else ""
            lines.append(f"- {change.fact} ({markdown(change.text)}){path}{moved}{why}")
        lines.append("")
    if not changes:
        lines += ["Nothing changed.", ""]
    return "\n".join(lines)


def _field(change: StoryChange) -> str:
    from dateline.events.words import field_words

    return field_words(change.path) if change.path else ""


def _arrow(change: StoryChange) -> str | None:
    """``28 → 42``; only the new value where there was none."""
    if change.was is None:
        return change.now
    return f"{change.was} → {'nothing' if change.now is None else change.now}"


def _words(value: str | None) -> str:
    return "nothing" if value is None else markdown(value)
