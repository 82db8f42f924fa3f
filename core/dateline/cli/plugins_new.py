"""``dateline plugins new``: create a plugin as a package of its own, with tests."""

from __future__ import annotations

import builtins
import importlib.util
import keyword
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import click

from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.view_forms import FORMS, Form, choose
from dateline.errors import DatelineError

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
#: Names that Windows reserves for devices.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of plugin. ``offers`` is the attribute of `Plugins` that holds items of this kind, and the
    end of the name of its group of entry points; ``use`` is a command that runs one."""

    name: str
    offers: str
    help: str
    use: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("view", "views", "A view: rows made from facts (the default).", "show STORY $view"),
        Kind(
            "exporter",
            "exporters",
            "A format that stories are exported to.",
            "export STORY -f $plugin",
        ),
        Kind(
            "importer",
            "importers",
            "A format that facts are imported from.",
            "import FILE.csv --story STORY",
        ),
        Kind(
            "container",
            "containers",
            "A file that holds several documents.",
            "capture FILE.$suffix --story STORY --default-publisher org:desk=Desk",
        ),
        Kind("event", "event_types", "An event type.", "import FILE.ndjson --story STORY"),
        Kind(
            "proposer",
            "proposers",
            "A finder of facts, which people accept or reject.",
            "propose STORY --with $plugin",
        ),
    )
}


@click.command("new", no_args_is_help=True)
@click.argument("name")
@click.option("--view", is_flag=True, help=KINDS["view"].help)
@click.option(
    "--form",
    type=click.Choice(list(FORMS)),
    help="What a row of the view is about; fold is for views that depend on the order of events.  "
    "[default: asked on a terminal, fact in a pipe]",
)
@click.option("--exporter", is_flag=True, help=KINDS["exporter"].help)
@click.option("--importer", is_flag=True, help=KINDS["importer"].help)
@click.option("--container", is_flag=True, help=KINDS["container"].help)
@click.option("--event", is_flag=True, help=KINDS["event"].help)
@click.option("--proposer", is_flag=True, help=KINDS["proposer"].help)
@click.option(
    "-o",
    "--output",
    "parent",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="Create the folder in DIR.  [default: the current folder]",
)
@pass_settings
def new(
    settings: Settings,
    name: str,
    parent: Path,
    view: bool,
    form: str | None,
    exporter: bool,
    importer: bool,
    container: bool,
    event: bool,
    proposer: bool,
) -> None:
    """Create a plugin: a package NAME with typed code and passing tests.

    The package is an ordinary Python distribution, dateline-NAME: install it, publish it, or keep it
    in a folder. Existing files are never overwritten.

    \b
    Example:
      dateline plugins new tally
      dateline plugins new portraits --form entity
      dateline plugins new digest --exporter -o plugins
    """
    flags = (view, exporter, importer, container, event, proposer)
    chosen = [kind for kind, given in zip(KINDS.values(), flags, strict=True) if given]
    if len(chosen) > 1:
        raise click.UsageError(f"choose one of --{' and --'.join(k.name for k in chosen)}")
    kind = chosen[0] if chosen else KINDS["view"]
    if form is not None and kind.name != "view":
        raise click.UsageError(f"--form is for views, not for --{kind.name}")
    words = _words(name)
    _refuse_taken(settings, kind, words)
    folder = parent / words["plugin"]
    if folder.exists():
        raise _there(folder)
    shape = (FORMS[form] if form is not None else choose()) if kind.name == "view" else None
    count = _write(folder, kind, shape, words)
    say(f"Created {folder}, a package of {count} files. Next steps:")
    use = Template(f"dateline {kind.use}").substitute(words)
    for command in (
        f'python -m pip install -e "{_path(folder)}[test]"',
        f"python -m pytest {shlex.quote(_path(folder))}",
        use,
    ):
        say(f"  {command}")


def _words(name: str) -> dict[str, str]:
    """The forms of `name` that the files need. Raises UsageError if the name is not usable."""
    if not _NAME.fullmatch(name):
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")
        hint = f"; try {near!r}" if _NAME.fullmatch(near) else ""
        raise click.UsageError(
            f"a plugin's name has only lower-case letters, digits and single hyphens, not {name!r}{hint}"
        )
    plugin = name.replace("_", "-").removeprefix("dateline-")
    if len(plugin) > 40:
        raise click.UsageError(f"{plugin!r} has {len(plugin)} characters; at most 40 are allowed")
    if not plugin[0].isalpha() or _DEVICES.fullmatch(plugin) or plugin == "dateline":
        raise click.UsageError(
            f"{plugin!r} cannot be the name of a folder or module on every system"
        )
    return {
        "plugin": plugin,
        "suffix": plugin.replace("-", ""),
        "dist": f"dateline-{plugin}",
        "module": f"dateline_{plugin.replace('-', '_')}",
        "view": plugin.replace("-", "_"),
        "type": f"{plugin.replace('-', '_')}.sighting.recorded",
        "cls": _class_name(plugin),
    }


def _class_name(plugin: str) -> str:
    """``per-day`` as PerDay, or PerDayPlugin if the file uses that name for something else."""
    from dateline import plugin as api

    name = "".join(part.capitalize() for part in plugin.split("-"))
    others = {*api.__all__, "Any", "ClassVar", "Counter", "Iterable", "Iterator", "Row"}
    taken = name in others or hasattr(builtins, name) or keyword.iskeyword(name)
    return f"{name}Plugin" if taken else name


def _refuse_taken(settings: Settings, kind: Kind, words: dict[str, str]) -> None:
    from dateline.views.projection import View, schema_of
    from dateline.views.row_type import ViewRow

    plugins = settings.plugins()
    plugin = words["plugin"]
    for record in plugins.records:
        if plugin == record.name:
            raise _taken(f"the plugin name {plugin!r} is already used by {record.origin}")
    offered = {"view": words["view"], "event": words["type"]}.get(kind.name, plugin)
    if offered in getattr(plugins, kind.offers):
        owner = plugins.owner(kind.offers, offered)
        raise _taken(f"the plugin {owner} already has {kind.name} {offered!r}")
    if importlib.util.find_spec(words["module"]) is not None:
        raise _taken(f"a module {words['module']} already exists")
    if kind.name == "view":
        members = {"name": offered, "Row": ViewRow, "fold": lambda self, event, rows: None}
        schema_of(type("Probe", (View,), members)())


def _taken(what: str) -> DatelineError:
    return DatelineError(
        what,
        hint="choose another name; `dateline plugins` lists those in use",
        code="plugin-name-taken",
    )


def _there(folder: Path) -> DatelineError:
    return DatelineError(
        f"{folder} already exists",
        hint="choose another name, or another folder with -o DIR",
        code="output-exists",
    )


def _write(folder: Path, kind: Kind, form: Form | None, words: dict[str, str]) -> int:
    """Write the package and return the number of its files. Writes all files or none. Raises
    DatelineError."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
    except FileExistsError:
        raise _there(folder) from None
    except OSError as error:
        raise _not_writable("create", folder, error) from None
    count = 0
    try:
        for path, text in _files(kind, form, words):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8", newline="\n")
            count += 1
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _not_writable("write", folder, error) from None
    return count


def _not_writable(verb: str, folder: Path, error: OSError) -> DatelineError:
    return DatelineError(
        f"cannot {verb} {folder}: {error.strerror}",
        hint="choose another folder with -o DIR",
        code="output-not-writable",
    )


def _files(kind: Kind, form: Form | None, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(path, text) of every file of the package."""
    package = f"src/{words['module']}"
    own = kind.name if form is None else f"{kind.name}/{form.name}"
    places = {
        "pyproject.toml": "common/pyproject.toml",
        "README.md": f"{kind.name}/README.md",
        ".gitignore": "common/gitignore",
        f"{package}/__init__.py": f"{own}/plugin.py",
        f"{package}/py.typed": None,
        "tests/test_contract.py": f"{own}/test_contract.py",
    }
    templates = files("dateline.cli") / "templates"
    words = {**words, "group": f"dateline.{kind.offers}"}
    if form is not None:
        words["example"] = form.example
    words["rest"] = Template((templates / "common/README.md.tmpl").read_text("utf-8")).substitute(
        words
    )
    for path, template in places.items():
        text = ""
        if template is not None:
            text = (templates / f"{template}.tmpl").read_text("utf-8")
        yield path, Template(text).substitute(words)


def _path(folder: Path) -> str:
    """A path that pip and pytest cannot take for the name of a distribution."""
    text = folder.as_posix()
    return text if folder.is_absolute() or text.startswith(".") else f"./{text}"
