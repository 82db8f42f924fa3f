"""Stdout carries only data, whatever a plugin prints."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from dateline.cli.root import root
from dateline.cli.terminal import stdout
from dateline.pytest_plugin import Cli, PluginDir

#: A plugin that prints in all of its code. Its first line defines how.
LOUD = """
HOW
from dateline.plugin import (
    Check, Exporter, FactRow, FactView, FigureRecorded, Importer, Line, SourceImporter, Document, hookimpl
)
loud("at import")

class Measures(FactView):
    name, version, of = "measures", 1, FigureRecorded
    class Row(FactRow):
        measure: str
    def rows(self, fact):
        loud("in rows")
        for quantity in fact.data.quantities:
            yield self.Row(measure=quantity.measure)

class Plain(Exporter):
    name, suffix = "plain", ".plain"
    def export(self, material):
        loud("in export")
        yield "plain\\n"
        loud("after a piece")
    def schema(self):
        loud("in schema")
        return "{}\\n"

class Notes(Importer):
    name, suffixes = "notes", (".notes",)
    def read(self, chunks):
        loud("in read")
        for number, text in enumerate(b"".join(chunks).decode().splitlines(), 1):
            yield Line({"type": "story.retitled", "title": text}, number)

class Papers(SourceImporter):
    name, suffixes, media_type = "papers", (".paper",), "text/x-paper"
    def document(self, content, charset):
        loud("in document")
        return Document(content, charset or "utf-8")

def found(story):
    loud("in a check")
    return []

@hookimpl
def dateline_views():
    loud("in a hook")
    return [Measures()]

@hookimpl
def dateline_exporters():
    return [Plain()]

@hookimpl
def dateline_importers():
    return [Notes(), Papers()]

@hookimpl
def dateline_checks():
    return [Check("loud", found)]
"""
WAYS = {
    "print": "def loud(text): print(f'LOUD {text}')",
    "write": "import sys\ndef loud(text): sys.stdout.write(f'LOUD {text}\\n')",
    "logging": "import logging, sys\nlogging.getLogger('acme').addHandler(logging.StreamHandler(sys.stdout))\n"
    "def loud(text): logging.getLogger('acme').warning(f'LOUD {text}')",
    "click": "import click\ndef loud(text): click.echo(f'LOUD {text}')",
}  # fmt: skip
#: Ways that bypass `sys.stdout`; they need a separate process.
DEEP = {
    "descriptor": "import os\ndef loud(text): os.write(1, f'LOUD {text}\\n'.encode())",
    "original": "import sys\ndef loud(text): sys.__stdout__.write(f'LOUD {text}\\n')",
    "child": "import subprocess\ndef loud(text): subprocess.run(['echo', 'LOUD', text])",
    "exit": "import atexit\ndef loud(text): atexit.register(print, 'LOUD', text)",
}
#: Commands that print data, and where the plugin prints meanwhile.
COMMANDS = {
    ("stories", "-f", "json"): "in a hook",
    ("show", "ferry", "measures", "-f", "json"): "in rows",
    ("show", "ferry", "timeline", "-f", "csv"): "at import",
    ("log", "ferry", "-f", "ndjson"): "at import",
    ("export", "ferry", "-f", "json"): "in rows",
    ("export", "ferry", "-f", "plain"): "after a piece",
    ("export", "-f", "plain", "--schema"): "in schema",
    ("status", "-f", "json"): "in a check",
    ("plugins", "-f", "json"): "at import",
    ("verify", "--deep", "-f", "json"): "in rows",
    ("diff", "ferry", "2020", "2030", "-f", "json"): "at import",
}
QUIET = "def loud(text): pass"


def folders(plugin_dir: PluginDir, how: str) -> tuple[str, str]:
    """A folder with the loud plugin, and one with the same plugin silenced."""
    return tuple(str(plugin_dir({"acme.py": LOUD.replace("HOW", way)})) for way in (how, QUIET))  # type: ignore[return-value]


def same(text: str, loud: str, quiet: str) -> str:
    return text.replace(loud, quiet)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_data_are_the_same_with_a_plugin_that_prints(
    ferry: Cli, plugin_dir: PluginDir, command: tuple[str, ...]
) -> None:
    loud, quiet = folders(plugin_dir, WAYS["print"])
    if command[0] == "verify":  # it checks views that were built
        ferry("--plugins-dir", quiet, "rebuild", "--view", "measures")
    got = ferry("--plugins-dir", loud, *command)
    wanted = ferry("--plugins-dir", quiet, *command)
    assert (got.code, same(got.out, loud, quiet)) == (wanted.code, wanted.out)
    assert wanted.out
    assert f"LOUD {COMMANDS[command]}" in got.err


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_printing_ends_on_stderr(ferry: Cli, plugin_dir: PluginDir, way: str) -> None:
    loud, _ = folders(plugin_dir, WAYS[way])
    got = ferry("--plugins-dir", loud, "show", "ferry", "measures", "-f", "json")
    assert json.loads(got.out)[0]["fact"] == "f2"
    assert "LOUD in rows" in got.err


@pytest.mark.sampled(3)
@pytest.mark.parametrize("command", [("stories", "-f", "json"), ("show", "ferry", "measures")])
@pytest.mark.parametrize("way", DEEP)
def test_output_that_bypasses_sys_stdout_ends_on_stderr(
    ferry: Cli, plugin_dir: PluginDir, way: str, command: tuple[str, ...]
) -> None:
    loud, quiet = folders(plugin_dir, DEEP[way])
    code = "from dateline.cli import main; main()"

    def run(folder: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-c", code, "--plugins-dir", folder, *command]
        return subprocess.run(arguments, capture_output=True, text=True, check=True)

    got = run(loud)
    assert got.stdout == run(quiet).stdout
    assert "LOUD at import" in got.stderr


def test_a_plugin_may_print_during_import_and_capture(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path
) -> None:
    loud, _ = folders(plugin_dir, WAYS["print"])
    (tmp_path / "a.notes").write_text("Another title\n")
    (tmp_path / "b.paper").write_text("One more.\n")
    taken = ferry("--plugins-dir", loud, "import", "a.notes", "--story", "ferry")
    assert (taken.code, taken.out) == (0, "")
    assert "LOUD in read" in taken.err
    command = ("capture", "b.paper", "--story", "ferry", "--publisher", "org:w=W")
    captured = ferry("--plugins-dir", loud, *command)
    assert (captured.code, captured.out) == (0, "")
    assert "LOUD in document" in captured.err


def test_an_export_of_a_printing_plugin_can_be_imported(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path
) -> None:
    loud, _ = folders(plugin_dir, WAYS["print"])
    (tmp_path / "out.ndjson").write_text(
        ferry("--plugins-dir", loud, "export", "ferry", "-f", "ndjson").out
    )
    assert ferry("--db", "other.db", "init").code == 0
    assert ferry("--db", "other.db", "import", "out.ndjson").code == 0


COMMAND = """
import click
print("LOUD at import")

@click.command()
@click.pass_obj
def speak(settings):
    print("mine, printed")
    settings.plugins()
    click.echo("mine, echoed")
"""


def test_a_command_of_a_plugin_owns_stdout(
    ferry: Cli, installed: Callable[..., Path], plugin_dir: PluginDir
) -> None:
    site = installed("acme-speak 1.0", "[dateline.commands]", "speak = acme_speak_one:speak")
    (site / "acme_speak_one.py").write_text(COMMAND)
    loud, _ = folders(plugin_dir, WAYS["print"])
    done = ferry("--plugins-dir", loud, "speak")
    assert (done.code, done.out) == (0, "mine, printed\nmine, echoed\n")
    assert done.err.count("LOUD at import") == 2  # the command's module, and the plugin
    assert "speak" in ferry("speak", "--help").out


@pytest.mark.parametrize("command", [("stories",), ("show", "nothing"), ("no-such-command",)])
def test_stdout_is_restored_afterwards(
    ferry: Cli, plugin_dir: PluginDir, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    loud, _ = folders(plugin_dir, WAYS["print"])
    ferry("--plugins-dir", loud, *command)
    assert stdout.data() is sys.stdout
    print("to capsys")
    assert "to capsys" in capsys.readouterr().out


def test_the_test_runner_of_click_sees_data_on_stdout(ferry: Cli, plugin_dir: PluginDir) -> None:
    loud, _ = folders(plugin_dir, WAYS["print"])
    done = CliRunner().invoke(root, ["--plugins-dir", loud, "stories", "-f", "json"])
    assert json.loads(done.stdout)[0]["story"] == "ferry"
    assert "LOUD at import" in done.stderr
    assert stdout.data() is sys.stdout


def test_a_prompt_gets_stdout_back() -> None:
    before = sys.stdout
    with stdout.kept_for_data():
        assert sys.stdout is not before
        with stdout.given_back():
            assert sys.stdout is stdout.data()
        assert sys.stdout is not before
    assert sys.stdout is before


def test_a_plugin_that_closes_its_stdout_does_not_close_datelines(
    ferry: Cli, plugin_dir: PluginDir
) -> None:
    folder = str(
        plugin_dir({"acme.py": "import sys\nwith sys.stdout as file:\n    file.write('LOUD\\n')"})
    )
    code = "from dateline.cli import main; main()"
    command = [sys.executable, "-c", code, "--plugins-dir", folder, "show", "ferry", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "LOUD" in done.stderr and "Error: " in done.stderr and "'nothing'" in done.stderr


def test_with_stderr_closed_nothing_is_written_into_another_file(
    ferry: Cli, plugin_dir: PluginDir
) -> None:
    """Descriptor 2 then belongs to the next file opened, possibly the archive."""
    loud, quiet = folders(plugin_dir, DEEP["descriptor"])
    line = 'exec "$0" -c "from dateline.cli import main; main()" --plugins-dir "$1" stories 2>&-'

    def run(folder: str) -> bytes:
        return subprocess.run(
            ["sh", "-c", line, sys.executable, folder], stdout=subprocess.PIPE, check=False
        ).stdout

    assert run(loud) == run(quiet) != b""
    assert ferry("verify").code == 0
