"""``dateline export``: write stories in a format, completely or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.here import STORY
from dateline.cli.options import force_option, moment, moment_options, target_of
from dateline.cli.outfile import require_free, write_atomically
from dateline.cli.question import question_options, retyping, say_left_out
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import give
from dateline.cli.terminal.progress import progress
from dateline.cli.terminal.stdout import MARK, data
from dateline.cli.undated import say_undated
from dateline.errors import DatelineError
from dateline.log.overwriting import refuse_kept
from dateline.plugins.blaming import Blamed

if TYPE_CHECKING:
    from dateline.export.exporter import Exporter, Material
    from dateline.plugins.loaded import Plugins
    from dateline.views.question import Question


@click.command()
@click.argument("stories", type=STORY, nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Export every story of the archive.")
@click.option(
    "-f",
    "--format",
    "format_",
    metavar="FORMAT",
    shell_complete=completion.exporters,
    help="Output format: csv, json, ndjson, markdown, html ...",
)
@click.option(
    "--view",
    metavar="NAME",
    shell_complete=completion.views,
    help="Export this view.  [default for csv: timeline]",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE|DIR",
    type=completion.FILE,
    help="Output file, or a folder for one file per story.  [default: stdout]",
)
@question_options
@force_option
@moment_options
@click.option(
    "--bom", is_flag=True, help="Begin CSV with a byte order mark, so that Excel reads it as UTF-8."
)
@click.option("--schema", is_flag=True, help="Print the format's schema instead.")
@click.option(
    "--segments",
    metavar="DIR",
    type=completion.FILE,
    help="Bring the Parquet files of the whole log in this folder up to date instead.",
)
@pass_settings
def export(
    settings: Settings,
    /,
    stories: tuple[str, ...],
    all_: bool,
    format_: str | None,
    view: str | None,
    target: str | None,
    force: bool,
    as_of: str | None,
    as_recorded: str | None,
    bom: bool,
    schema: bool,
    segments: str | None,
    **asked: Any,
) -> None:
    """Write stories as CSV, JSON, NDJSON, Markdown or HTML.

    Without --format, the suffix of FILE selects the format. Equal archives give equal bytes. Only
    NDJSON can be imported again. --where, --since, --until, --sort and --limit select rows of CSV. Excel reads CSV in the system's code page unless it begins with a
    byte order mark (--bom).

    \b
    Example:
      dateline export velm-flood -o brief.md
      dateline export velm-flood -f csv --view figures
      dateline export --all -f csv --view figures --where "value>=1000" --since 2024-03-01
      dateline export velm-flood -o then.md --as-of 2024-03-05
      dateline export --all -f ndjson -o backup.ndjson
      dateline export --segments segments
    """
    if segments is not None:
        _only(segments=True)
        _segments(settings, segments)
        return
    output = target_of(target)
    if not schema and bool(stories) == all_:
        raise click.UsageError("name one or more stories, or give --all")
    name = _format(settings, format_, output)
    exporter = settings.plugins().exporter(name)
    if schema:
        text = Blamed(settings.plugins(), "exporters", name).call(exporter.schema)
        if text is None:
            raise DatelineError(
                f"the format {name} has no schema",
                hint="export a story in this format to see what it writes",
                code="schema-missing",
            )
        click.echo(text, nl=False, file=data())
        return
    if bom and exporter.media_type != "text/csv":
        raise click.UsageError(f"--bom applies to CSV only, not to {name}")
    question = _question(asked, exporter)
    from dateline.plugins.converting import chunks

    mark = MARK if bom else ""
    at = moment(as_of, as_recorded)
    with settings.archive() as archive:
        if output is not None and (output.is_dir() or str(target).endswith("/")):
            slugs = list(dict.fromkeys(stories)) or [story.slug for story in archive.stories()]
            paths = {slug: output / f"{slug}{exporter.suffix}" for slug in slugs}
            for path in paths.values():  # before the first file is written
                require_free(path, force=force, kept=archive.kept)
                refuse_kept(_sidecar_path(path), archive.kept)
            for slug, path in paths.items():
                with (
                    retyping(),
                    archive.material(slug, view=view, question=question, at=at) as material,
                ):
                    _write(path, archive.plugins, exporter, material, force, mark, archive.kept)
                    _warn(material)
            say_undated(archive, slugs, at)
            say(f"Wrote {counted(len(slugs), 'file')} to {output}.")
            return
        with (
            retyping(),
            archive.material(*stories, view=view, question=question, at=at) as material,
        ):
            if output is None:
                if exporter.binary and data().isatty():
                    raise DatelineError(
                        f"{name} is not text, and a terminal cannot show it",
                        hint="write a file with -o FILE, or send it to another program with a pipe",
                        code="output-is-a-terminal",
                    )
                for chunk in _marked(mark, chunks(archive.plugins, name, material)):
                    give(chunk)
            else:
                _write(output, archive.plugins, exporter, material, force, mark, archive.kept)
            # Last: an export that needs a failed view has raised its own error by now.
            _warn(material)
            say_undated(archive, material.slugs, at)
    if output is not None:
        say(f"Wrote {output}.")


def _question(asked: Mapping[str, Any], exporter: Exporter) -> Question | None:
    """What was asked for, if anything. Raises UsageError if the format writes more than rows."""
    if not any(value not in (None, ()) for value in asked.values()):
        return None
    if not exporter.tabular:
        name = next(name for name, value in asked.items() if value not in (None, ()))
        raise click.UsageError(
            f"--{name} selects rows of csv; {exporter.name} has whole stories: "
            "`dateline show STORY VIEW -f json` has rows too"
        )
    from dateline.views.question import Question

    with retyping():
        return Question.of(**asked)


def _only(**given: bool) -> None:
    """Raise UsageError if an option is given together with one that stands alone."""
    context = click.get_current_context()
    more = [name for name in context.params if name not in given and context.params[name]]
    if more:
        raise click.UsageError(f"give --{next(iter(given))} alone")


def _segments(settings: Settings, folder: str) -> None:
    with settings.archive() as archive:
        done = archive.export_segments(folder, progress=progress)
    if not (done.events or done.replaced):
        say(f"{folder} holds every event already, up to position {done.position}.")
        return
    also = (
        f", replaced {counted(done.replaced, 'file')} with erased content" if done.replaced else ""
    )
    say(
        f"Wrote {counted(done.events, 'event')} in {counted(done.files, 'file')} to {folder}{also}. "
        f"It holds the log up to position {done.position}."
    )


def _write(
    path: Path,
    plugins: Plugins,
    exporter: Exporter,
    material: Material,
    force: bool,
    mark: str,
    kept: Sequence[Path],
) -> None:
    """Write the file, which begins with `mark`, and its sidecar. Neither is overwritten without
    `force`."""
    from dateline.plugins.converting import chunks

    sidecar_path = _sidecar_path(path)
    blamed = Blamed(plugins, "exporters", exporter.name)
    sidecar = blamed.call(partial(exporter.sidecar, material))
    if sidecar is not None:
        require_free(sidecar_path, force=force, kept=kept)
    pieces = _marked(mark, chunks(plugins, exporter.name, material))
    write_atomically(path, pieces, force=force, kept=kept)
    if sidecar is not None:
        write_atomically(sidecar_path, iter([sidecar]), force=force, kept=kept)


def _marked(mark: str, chunks: Iterator[str | bytes]) -> Iterator[str | bytes]:
    return chain([mark], chunks) if mark else chunks


def _sidecar_path(path: Path) -> Path:
    """The path of the sidecar: a file for what the format itself cannot hold."""
    return path.with_name(path.name + ".meta.json")


def _warn(material: Material) -> None:
    selected = getattr(material, "selected", None)
    if selected is not None:
        say_left_out(selected, ways=False)
    for name, build in material.failed.items():
        say(f"Warning: view {name} is left out: it stopped at position {build.failed_position}")


def _format(settings: Settings, given: str | None, output: Path | None) -> str:
    if given is not None:
        return given
    found = None if output is None else settings.plugins().exporter_for(output.name)
    if found is not None:
        return found.name
    known = ", ".join(sorted(settings.plugins().exporters)) or "none"
    raise click.UsageError(f"give a format with -f, or a suffix with -o; formats are {known}")
