"""The ``dateline`` command: its options, and the module of each command."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dateline.cli import completing
from dateline.cli.lazy import LazyGroup
from dateline.cli.settings import DEFAULT_DB, Settings


class Root(LazyGroup):
    core = {
        "init": ("dateline.cli.setup:init", "Create a new archive."),
        "open": ("dateline.cli.stories:open_", "Open a new story."),
        "capture": ("dateline.cli.capture:capture", "Archive a document as a source of a story."),
        "import": ("dateline.cli.intake:import_", "Import facts from a file, all or none."),
        "record": ("dateline.cli.record:record", "Record one fact from a source."),
        "correct": (
            "dateline.cli.editing:correct",
            "Correct a fact; the log keeps what was recorded before.",
        ),
        "retract": ("dateline.cli.editing:retract", "Retract a fact."),
        "dispute": ("dateline.cli.editing:dispute", "Record that somebody disputes a fact."),
        "review": ("dateline.cli.editing:review", "Accept or reject a fact."),
        "evidence": ("dateline.cli.editing:evidence", "Add evidence from its source to a fact."),
        "link": ("dateline.cli.editing:link", "Link two facts: FACT RELATION OTHER."),
        "withdraw": (
            "dateline.cli.editing:withdraw",
            "Record that a publisher withdrew a source.",
        ),
        "retitle": ("dateline.cli.stories:retitle", "Change the title of a story."),
        "close": ("dateline.cli.stories:close", "Close a story."),
        "stories": ("dateline.cli.stories:stories", "List the stories."),
        "show": ("dateline.cli.show:show", "Show a story, one view of it, one fact or one entity."),
        "log": ("dateline.cli.show:log", "Show events as they were recorded, oldest first."),
        "follow": ("dateline.cli.follow:follow", "Show new events as they are recorded."),
        "export": (
            "dateline.cli.export:export",
            "Write stories as CSV, JSON, NDJSON, Markdown or HTML.",
        ),
        "erase": (
            "dateline.cli.erase:erase",
            "Permanently erase content; the log keeps a tombstone.",
        ),
        "pair": ("dateline.cli.pair:pair", "Pair a keys database with this archive."),
        "checkpoint": (
            "dateline.cli.checkpoint:checkpoint",
            "Sign a checkpoint of the log, to be kept elsewhere.",
        ),
        "verify": (
            "dateline.cli.verify:verify",
            "Check whether anything was changed since it was recorded.",
        ),
        "prove": (
            "dateline.cli.prove:prove",
            "Write a proof of a fact, or of a whole story, that anyone can check offline.",
        ),
        "key": ("dateline.cli.keys:key", "Create or show the key that signs checkpoints."),
        "rebuild": (
            "dateline.cli.views:rebuild",
            "Rebuild views by replaying the log from its first event.",
        ),
        "prune": (
            "dateline.cli.views:prune",
            "Delete generations of views that are no longer used.",
        ),
        "diff": ("dateline.cli.diff:diff", "Show what changed in a story between two moments."),
        "status": ("dateline.cli.views:status", "Show the state of each view."),
        "copy": ("dateline.cli.moving:copy", "Copy a whole archive between databases."),
        "backup": ("dateline.cli.moving:backup", "Back up the archive to one file."),
        "plugins": ("dateline.cli.plugins:plugins", "List plugins and their status."),
        "upgrade": ("dateline.cli.setup:upgrade", "Upgrade the tables of an archive."),
        "completion": ("dateline.cli.setup:completion", "Print a shell completion script."),
    }


def _split(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[Path, ...]:
    # The variable is read here because click would split it at spaces.
    value = value or (os.environ.get("DATELINE_PLUGINS_DIR", ""),)
    return tuple(Path(part) for text in value for part in text.split(os.pathsep) if part)


@click.group(
    cls=Root,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "color": False if os.environ.get("NO_COLOR") else None,
        "max_content_width": 100,
    },
    epilog="Exit codes: 0 success, 1 failed or could not check, 2 wrong usage, 3 a check found something.",
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
    help="The keys of protected content.  [default: the archive's name with .keys]",
)
@click.option(
    "--plugins-dir",
    "plugin_dirs",
    multiple=True,
    callback=_split,
    metavar="DIR",
    help="Also load plugins from the files and packages of a folder.  [env var: DATELINE_PLUGINS_DIR]",
)
@click.option(
    "--without",
    multiple=True,
    metavar="PLUGIN",
    shell_complete=completing.plugins,
    help="Do not import this plugin.",
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

    It records who said something and through whom, where exactly it is written and what was known
    at the time, and it detects later changes to the record. Start with `dateline demo`.
    """
    ctx.obj = Settings(db, plugin_dirs, without, strict, debug, keys)
