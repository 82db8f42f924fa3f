"""The ``dateline`` command: its options and its commands."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dateline.cli import completion
from dateline.cli.lazy import LazyGroup
from dateline.cli.settings import DEFAULT_DB, Settings


class Root(LazyGroup):
    open = True
    core = {
        "init": "Create a new archive.",
        "open": "Open a new story.",
        "capture": "Archive a document as a source of a story.",
        "import": "Import facts from a file, all or none.",
        "record": "Record one fact from a source.",
        "propose": "Queue facts that tools find in a source, or in all sources of a story.",
        "proposals": "Show proposed facts, and accept or reject them.",
        "correct": "Correct a fact; the log keeps what was recorded before.",
        "retract": "Retract a fact.",
        "dispute": "Record that somebody disputes a fact.",
        "review": "Accept or reject a fact, or note that its doubts were checked.",
        "evidence": "Add evidence from its source to a fact.",
        "link": "Link two facts: FACT RELATION OTHER.",
        "withdraw": "Record that a publisher withdrew a source.",
        "amend": "Amend what was recorded about a source or an entity.",
        "merge": "Record that two ids stand for one entity.",
        "undo": "Take back an editorial act.",
        "retitle": "Change the title of a story.",
        "close": "Close a story.",
        "stories": "List the stories.",
        "entities": "List the persons, organisations, places and groups of all stories.",
        "search": "Find facts, sources and entities by their words, in all stories.",
        "show": "Show a story, one view of it, one fact, one source or one entity.",
        "log": "Show events as they were recorded, oldest first.",
        "follow": "Show new events as they are recorded.",
        "export": "Write stories as CSV, JSON, NDJSON, Markdown or HTML.",
        "erase": "Permanently erase content; the log keeps a tombstone.",
        "pair": "Pair a keys database with this archive.",
        "checkpoint": "Sign a checkpoint of the log, to be kept elsewhere.",
        "verify": "Check whether anything was changed since it was recorded.",
        "prove": "Write a proof of a fact, or of a whole story, that anyone can check offline.",
        "key": "Create or show the key that signs checkpoints.",
        "rebuild": "Rebuild views by replaying the log from its first event.",
        "prune": "Delete generations of views that are no longer used.",
        "diff": "Show what changed in a story between two moments.",
        "status": "Show the state of each view.",
        "copy": "Copy a whole archive between databases.",
        "backup": "Back up the archive to one file.",
        "plugins": "List plugins and their status.",
        "upgrade": "Upgrade the tables of an archive.",
        "completion": "Print a shell completion script.",
    }
    homes = {
        **dict.fromkeys(("retract", "dispute", "review"), "editing"),
        **dict.fromkeys(("evidence", "link", "withdraw"), "editing"),
        **dict.fromkeys(("amend", "merge", "undo"), "amending"),
        **dict.fromkeys(("open", "retitle", "close"), "stories"),
        "entities": "list_entities",
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
    type=completion.FILE,
    help=f"The archive: a SQLite file or a SQLAlchemy URL.  [default: {DEFAULT_DB}]",
)
@click.option(
    "--keys",
    envvar="DATELINE_KEYS",
    show_envvar=True,
    metavar="PATH",
    type=completion.FILE,
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
    shell_complete=completion.plugins,
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
    at the time, and it detects later changes to the record. Start with `dateline demo`. Where a command
    takes a STORY, . is the one that was written to last.
    """
    ctx.obj = Settings(db, plugin_dirs, without, strict, debug, keys)
