"""The table of failures: what is wrong with a plugin, what its user sees, and the exit code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from dateline.cli import lazy
from dateline.plugins.points import Point
from dateline.pytest_plugin import Cli, PluginDir, Result

GOOD = """
from dateline.plugin import Exporter, FactRow, FactView, FigureRecorded, hookimpl

class Measures(FactView):
    name, version, of = "measures", 1, FigureRecorded
    class Row(FactRow):
        measure: str
    def rows(self, fact):
        for quantity in fact.data.quantities:
            yield self.Row(measure=quantity.measure)

class Plain(Exporter):
    name, suffix = "plain", ".plain"
    def export(self, material):
        for story in material.stories():
            yield story.slug + "\\n"

@hookimpl
def dateline_views():
    return [Measures()]

@hookimpl
def dateline_exporters():
    return [Plain()]
"""
SHOW = ("show", "ferry", "timeline")
LOUD = "raise RuntimeError('it was imported')"


@dataclass(frozen=True)
class Row:
    """One row of the table. stderr names the plugin and its origin, and contains each text of `named`."""

    done: str
    source: str
    command: tuple[str, ...]
    named: tuple[str, ...]
    code: int
    #: The exit code with ``--strict``; None if the fault shows only when the plugin runs.
    strict: int | None = 1
    options: tuple[str, ...] = ()
    silent: bool = field(default=False)


LEFT_OUT = ("is left out", "--without acme", "dateline plugins -v")
TABLE = [
    Row("blocked", LOUD, SHOW, (), 0, 0, ("--without", "acme"), silent=True),
    Row("import error", "import no_such_module", SHOW,
        ("ModuleNotFoundError: No module named 'no_such_module' (acme.py:1)", *LEFT_OUT), 0),
    Row("syntax error", "def broken(:", SHOW, ("SyntaxError", *LEFT_OUT), 0),
    Row("exits when imported", "raise SystemExit(3)", SHOW, ("SystemExit: 3", *LEFT_OUT), 0),
    Row("bad signature", GOOD.replace("dateline_views()", "dateline_views(archive)"), SHOW,
        ("dateline_views", "archive", *LEFT_OUT), 0),
    Row("duplicate view", GOOD.replace('"measures", 1', '"timeline", 1'), SHOW,
        ("offered by plugin timeline (dateline ", *LEFT_OUT), 0),
    Row("duplicate format", GOOD.replace('"plain", ', '"csv", '), SHOW,
        ("offered by plugin csv", *LEFT_OUT), 0),
    Row("reserved name", GOOD.replace('"measures", 1', '"events", 1'), SHOW,
        ("'events' is reserved for the archive", *LEFT_OUT), 0),
    Row("misspelt hook", GOOD.replace("dateline_views", "dateline_view"), SHOW,
        ("unknown hook 'dateline_view'; did you mean 'dateline_views'?", *LEFT_OUT), 0),
    Row("hook without its marker", GOOD.replace("@hookimpl\ndef dateline_views", "def dateline_views"),
        SHOW, ("dateline_views lacks its @hookimpl", *LEFT_OUT), 0),
    Row("nothing returned", GOOD.replace("return [Measures()]", "[Measures()]"), SHOW,
        ("dateline_views() returned None, not a list of views", *LEFT_OUT), 0),
    Row("a class returned", GOOD.replace("[Measures()]", "[Measures]"), SHOW,
        ("return instances", *LEFT_OUT), 0),
    Row("a format among views", GOOD.replace("[Measures()]", "[Plain()]"), SHOW,
        ("not a View", *LEFT_OUT), 0),
    Row("raises in a hook", GOOD.replace("return [Measures()]", "return [1 / 0]"), SHOW,
        ("ZeroDivisionError: division by zero (acme.py:20)", *LEFT_OUT), 0),
    Row("raises in its fold", GOOD.replace("measure=quantity.measure", "measure=1 / 0"),
        ("show", "ferry", "measures"),
        ("view measures (plugin acme) stopped at position 7: ZeroDivisionError: division by zero",
         "--without acme", "dateline status -v"), 1, None),
    Row("another view while it raises", GOOD.replace("measure=quantity.measure", "measure=1 / 0"),
        SHOW, (), 0, None, silent=True),
    Row("an export while it raises", GOOD.replace("measure=quantity.measure", "measure=1 / 0"),
        ("export", "ferry", "-f", "csv"),
        ("Warning: view measures is left out: it stopped at position 7",), 0, None),
    Row("wrong row", GOOD.replace("measure=quantity.measure", "measure=5"),
        ("show", "ferry", "measures"),
        ("(plugin acme)", ": f2: measure=5 is of type int", "--without acme"), 1, None),
    Row("no row at all", GOOD.replace("self.Row(measure=quantity.measure)", "{'measure': 'x'}"),
        ("show", "ferry", "measures"),
        (": f2: {'measure': 'x'} is not a row: yield self.Row(...)\n", "--without acme"), 1, None),
    Row("raises in an exporter", GOOD.replace("story.slug +", "story.no_such +"),
        ("export", "ferry", "-f", "plain"),
        ("format plain (plugin acme) failed: AttributeError", "no_such"), 1, None),
    Row("exporter yields no text", GOOD.replace('story.slug + "\\n"', "5"),
        ("export", "ferry", "-f", "plain"), ("Error",), 1, None),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.done)
@pytest.mark.sampled(5)
def test_a_broken_plugin_is_named_with_its_cause_and_a_hint(
    ferry: Cli, plugin_dir: PluginDir, row: Row
) -> None:
    folder = plugin_dir({"acme.py": row.source})
    options = ("--plugins-dir", str(folder), *row.options)
    result = ferry(*options, *row.command)
    assert (result.code, [text for text in row.named if text not in result.err]) == (row.code, [])
    assert "Traceback" not in result.err
    if LEFT_OUT[0] in row.named:
        assert f"plugin acme ({folder / 'acme.py'}) is left out" in result.err
    if row.silent:
        assert result.err.strip() == ""
    assert bool(result.out) == (row.code == 0)
    works(ferry, options)

    strict = ferry("--strict", *options, *row.command)
    assert strict.code == (row.code if row.strict is None else row.strict)
    if row.strict == 1:
        assert row.named[0] in strict.err
        assert f"plugin acme ({folder / 'acme.py'})" in strict.err
        assert (strict.out, strict.error) == ("", "plugin-failed")


def works(cli: Cli, options: tuple[str, ...]) -> None:
    """Check that other views and the list of plugins still work."""
    assert "Everyone is safe" in cli(*options, *SHOW).out
    assert "acme," in cli(*options, "plugins").out


def test_the_list_shows_plugins_that_failed_or_are_blocked(
    dateline_cli: Cli, plugin_dir: PluginDir
) -> None:
    folder = plugin_dir({"acme.py": LOUD})
    options = ("--plugins-dir", str(folder))
    failed = dateline_cli(*options, "plugins", "-v")
    assert (
        f"acme,failed,{folder / 'acme.py'},,RuntimeError: it was imported (acme.py:1)" in failed.out
    )
    assert "Traceback" in failed.err
    assert (
        f"acme,blocked,{folder / 'acme.py'},,"
        in dateline_cli(*options, "--without", "acme", "plugins").out
    )
    assert (folder / "__pycache__").exists() is False


def test_an_error_names_the_innermost_line_of_the_plugins_own_code(
    dateline_cli: Cli, plugin_dir: PluginDir
) -> None:
    """Not the line of the standard library; for a package, with the folder of its file."""
    source = "import json\n\n\ndef read(text):\n    return json.loads(text)\n\n\nread('no json')\n"
    folder = plugin_dir({"acme/__init__.py": source})
    stderr = dateline_cli("--plugins-dir", str(folder), "plugins").err
    assert (
        "JSONDecodeError: Expecting value: line 1 column 1 (char 0) (acme/__init__.py:5)" in stderr
    )


@pytest.mark.parametrize(
    ("options", "variables", "named"),
    [
        (("--without", "figurs"), {}, "no plugin is called 'figurs' ("),
        (("--without", "figurs"), {}, "); did you mean 'figures'?"),
        ((), {"DATELINE_WITHOUT": "csv,zzz"}, "no plugin is called 'zzz'"),
        ((), {"DATELINE_PLUGINS": "timeline,cvs"}, "no plugin is called 'cvs'"),
        (("--without", "csv"), {}, None),
    ],
)  # fmt: skip
def test_a_warning_names_an_unknown_plugin_to_leave_out(
    ferry: Cli, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...],
    variables: dict[str, str], named: str | None,
) -> None:  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = ferry(*options, *SHOW)
    assert done.code == 0
    assert "Everyone is safe" in done.out
    if named is None:
        assert done.err == ""
    else:
        assert named in done.err
        assert "`dateline plugins`" in done.err
        assert done.err.count("Warning") == 1


# -- plugins of distributions --------------------------------------------------------------


def test_two_distributions_with_one_name_are_both_named(
    ferry: Cli, installed: Callable[..., Path]
) -> None:
    installed("acme-dateline 1.4.2", "[dateline]", "acme = acme_one")
    installed("other-acme 1.4.2", "[dateline]", "acme = acme_two")
    result = ferry(*SHOW)
    assert result.code == 0
    assert "acme-dateline 1.4.2 and other-acme 1.4.2 both offer a plugin 'acme'" in result.err
    strict = ferry("--strict", *SHOW)
    assert strict.code == 1
    assert "acme-dateline 1.4.2 and other-acme 1.4.2" in strict.err


def test_a_distribution_is_named_with_its_version(
    ferry: Cli, installed: Callable[..., Path]
) -> None:
    installed("acme-dateline 1.4.2", "[dateline]", "acme = no_such_module_of_acme")
    result = ferry(*SHOW)
    assert result.code == 0
    assert "plugin acme (acme-dateline 1.4.2) is left out: ModuleNotFoundError" in result.err


@click.group()
def acme() -> None:
    """Commands of a plugin."""


@acme.command()
@click.argument("how")
def fail(how: str) -> None:
    if how == "usage":
        raise click.UsageError("not like this")
    if how == "file":
        Path("no-such-file").read_text()
    if how == "exit":
        click.get_current_context().exit(3)
    raise KeyError("how")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, dateline_cli: Cli) -> Callable[..., Result]:
    """Runs ``dateline acme ...`` where `acme` is a command of acme-dateline 1.4.2."""

    def call(value: object, *arguments: str) -> Result:
        class Given(Point):
            def load(self) -> object:
                if isinstance(value, BaseException):
                    raise value
                return value

        made = Given("acme", "acme:command", "acme-dateline 1.4.2")
        monkeypatch.setattr(lazy, "points", lambda group: {"acme": made})
        return dateline_cli(*arguments)

    return call


@pytest.mark.parametrize(
    ("value", "arguments", "named", "code"),
    [
        (acme, ("acme", "fail", "x"),
         "command 'acme' of acme-dateline 1.4.2 failed: KeyError: 'how'", 1),
        (acme, ("acme", "fail", "usage"), "not like this", 2),
        (acme, ("acme", "fail", "exit"), "", 3),
        (acme, ("acme", "fail", "file"), "No such file or directory: no-such-file", 1),
        (ImportError("no acme"), ("acme", "fail", "x"),
         "command 'acme' of acme-dateline 1.4.2 cannot be loaded: ImportError: no acme", 1),
        ("text", ("acme",), "command 'acme' of acme-dateline 1.4.2", 1),
        (ImportError("no acme"), ("--help",), "", 0),
        (ImportError("no acme"), ("init",), "", 0),
    ],
)  # fmt: skip
def test_a_command_that_fails_names_its_distribution(
    commands: Callable[..., Result],
    value: object,
    arguments: tuple[str, ...],
    named: str,
    code: int,
) -> None:
    result = commands(value, *arguments)
    assert result.code == code
    assert named in result.err
    assert "bug in Dateline" not in result.err
    assert "Traceback" not in result.err


def test_debug_shows_where_a_command_raised(commands: Callable[..., Result]) -> None:
    result = commands(acme, "--debug", "acme", "fail", "x")
    assert result.code == 1
    assert "acme-dateline 1.4.2 failed" in result.err
    assert "Traceback" in result.err and "KeyError: 'how'" in result.err


READER = """
from dateline.plugin import Importer, Line, hookimpl

class {name}(Importer):
    name, suffixes = "{name}", (".notes",)
    def read(self, chunks):
        for number, text in enumerate(b"".join(chunks).decode().splitlines(), 1):
            yield Line({{"type": "story.retitled", "title": "{name} read: " + text}}, number)

@hookimpl
def dateline_importers():
    return [{name}()]
"""


def test_one_of_two_importers_of_a_suffix_is_chosen_by_name(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path
) -> None:
    sources = {f"{name}.py": READER.format(name=name) for name in ("left", "right")}
    options = ("--plugins-dir", str(plugin_dir(sources)))
    (tmp_path / "a.notes").write_text("a title\n")
    command = (*options, "import", "a.notes", "--story", "ferry")
    refused = ferry(*command)
    assert (refused.code, refused.out, refused.error) == (1, "", "format-ambiguous")
    assert "left and right" in refused.err and "-f" in refused.err
    assert ferry(*command, "-f", "right").err == "Imported 1 event.\n"
    assert "right read: a title" in ferry("stories").out
    unknown = ferry(*command, "-f", "rihgt")
    assert (unknown.code, unknown.error) == (1, "format-unknown")
    assert "'right'" in unknown.err
