"""``dateline`` itself: its options, and where each command lives."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dateline.cli import completing
from dateline.cli.lazy import LazyGroup
from dateline.cli.settings import DEFAULT_DB, Settings


class Root(LazyGroup):
    core = {
        "init": ("dateline.cli.setup:init", "Make a new archive."),
        "open": ("dateline.cli.stories:open_", "Open a new story."),
        "capture": ("dateline.cli.capture:capture", "Archive a document as a source of a story."),
        "import": ("dateline.cli.intake:import_", "Take in facts from a file, all or none."),
        "record": ("dateline.cli.record:record", "Record one fact from a source."),
        "correct": ("dateline.cli.editing:correct", "Correct a fact; what it was stays on record."),
        "retract": ("dateline.cli.editing:retract", "Take a fact back."),
        "dispute": ("dateline.cli.editing:dispute", "Record that somebody disputes a fact."),
        "review": ("dateline.cli.editing:review", "Accept or reject a fact."),
        "evidence": ("dateline.cli.editing:evidence", "Add words of its source to a fact."),
        "link": (
            "dateline.cli.editing:link",
            "Say how two facts belong together: FACT RELATION OTHER.",
        ),
        "withdraw": (
            "dateline.cli.editing:withdraw",
            "Record that a source was taken back by its publisher.",
        ),
        "retitle": ("dateline.cli.stories:retitle", "Give a story another title."),
        "close": ("dateline.cli.stories:close", "Say that nobody follows a story any more."),
        "stories": ("dateline.cli.stories:stories", "List the stories."),
        "show": ("dateline.cli.show:show", "Show a story, one view of it, one fact or one entity."),
        "log": ("dateline.cli.show:log", "Show events as they were recorded, oldest first."),
        "follow": ("dateline.cli.follow:follow", "Show events as they are recorded, by anybody."),
        "export": (
            "dateline.cli.export:export",
            "Write stories as CSV, JSON, NDJSON, Markdown or HTML.",
        ),
        "erase": ("dateline.cli.erase:erase", "Destroy what must not be kept; that it went stays."),
        "pair": ("dateline.cli.pair:pair", "Take a keys database as this archive's own."),
        "checkpoint": (
            "dateline.cli.checkpoint:checkpoint",
            "Sign the log as it stands, for safe keeping elsewhere.",
        ),
        "verify": (
            "dateline.cli.verify:verify",
            "Say whether anything was changed since it was recorded.",
        ),
        "prove": (
            "dateline.cli.prove:prove",
            "Write a proof of a fact, or of a whole story, that a stranger checks offline.",
        ),
        "key": ("dateline.cli.keys:key", "Make and show the key that signs checkpoints."),
        "rebuild": ("dateline.cli.views:rebuild", "Fold views again from the first event."),
        "prune": ("dateline.cli.views:prune", "Drop generations of views that nobody reads."),
        "diff": ("dateline.cli.diff:diff", "Say what changed in a story between two moments."),
        "status": ("dateline.cli.views:status", "Say how far each view is."),
        "copy": ("dateline.cli.moving:copy", "Copy a whole archive between databases."),
        "backup": ("dateline.cli.moving:backup", "Write the archive to one file, as it is now."),
        "plugins": ("dateline.cli.plugins:plugins", "List plugins, and what became of them."),
        "upgrade": ("dateline.cli.setup:upgrade", "Bring an archive's tables up to date."),
        "completion": ("dateline.cli.setup:completion", "Print a shell completion script."),
    }


def _split(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[Path, ...]:
    # Read here, since click would split the variable at spaces.
    value = value or (os.environ.get("DATELINE_PLUGINS_DIR", ""),)
    return tuple(Path(part) for text in value for part in text.split(os.pathsep) if part)


@click.group(
    cls=Root,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "color": False if os.environ.get("NO_COLOR") else None,
        "max_content_width": 100,
    },
    epilog="Exit codes: 0 ok, 1 failed or could not check, 2 wrong usage, 3 a check found something.",
)
@click.option(
    "--db",
    envvar="DATELINE_DB",
    show_envvar=True,
    metavar="PATH|URL",
    type=completing.FILE,
    help=f"The archive: a SQLite file or a SQLAlchemy URL.  [default: {DEFAULT_DB}]",
)
@click.option(
    "--keys",
    envvar="DATELINE_KEYS",
    show_envvar=True,
    metavar="PATH",
    type=completing.FILE,
    help="The keys of what is protected.  [default: the archive's name and .keys]",
)
@click.option(
    "--plugins-dir",
    "plugin_dirs",
    multiple=True,
    callback=_split,
    metavar="DIR",
    help="Load plugins from the files and packages of a folder too.  [env var: DATELINE_PLUGINS_DIR]",
)
@click.option(
    "--without",
    multiple=True,
    metavar="PLUGIN",
    shell_complete=completing.plugins,
    help="Leave a plugin out, unimported.",
)
@click.option("--strict", is_flag=True, help="Stop at the first broken plugin.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="dateline", message="%(package)s %(version)s")
@click.pass_context
def root(
    ctx: click.Context,
    db: str | None,
    keys: str | None,
    plugin_dirs: tuple[Path, ...],
    without: tuple[str, ...],
    strict: bool,
    debug: bool,
) -> None:
    """Dateline archives developing news stories.

    Who said it and through whom, where exactly it is written, what was known on that day, and
    that nobody changed the record since. Start with `dateline demo`.
    """
    ctx.obj = Settings(db, plugin_dirs, without, strict, debug, keys)
