"""Whatever a plugin raises stops only that plugin; only ^C ends the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.errors import DatelineError, described, stops_plugin
from dateline.pytest_plugin import Cli, PluginDir
from dateline.testing import samples

#: Statements that raise, and the text that the error message contains.
RAISED = {
    "import asyncio; raise asyncio.CancelledError('gone')": "CancelledError",
    "import pytest; pytest.skip('not here', allow_module_level=True)": "Skipped",
    "import pytest; pytest.fail('not so')": "Failed",
    "raise SystemExit(3)": "SystemExit",
    "raise GeneratorExit": "GeneratorExit",
    "raise StopIteration": "StopIteration",
    "raise RecursionError": "RecursionError",
    "raise MemoryError": "MemoryError",
    "raise BaseException('bare')": "BaseException: bare",
    "raise BaseExceptionGroup('two', [SystemExit(1), ValueError(2)])": "BaseExceptionGroup",
    "raise type('Mute', (BaseException,), {'__str__': lambda self: 1 / 0})": "Mute",
    r"raise ValueError('\x00 \ud800')": "ValueError",
}
PLACES = {
    "import": "stories",
    "hook": "stories",
    "fold": "show ferry acme",
    "rows": "show ferry acme-facts",
    "as of": "show ferry acme --as-recorded 9",
    "export": "export ferry -f acme",
    "piece": "export ferry -f acme",
    "schema": "export -f acme --schema",
    "sidecar": "export ferry -f acme -o out.acme",
    "import from": "import a.acme",
    "document": "capture a.paper --story ferry --publisher org:w=W",
    "check": "status",
}
PLUGIN = """
from dateline.plugin import (
    Check, Document, Exporter, FactRow, FactView, Importer, Line, SourceImporter, View, ViewRow, hookimpl
)

def at(place):
    if place == {place!r}:
        {statement}

at("import")

class Acme(View):
    name = "acme"
    class Row(ViewRow, frozen=True):
        number: int
    def fold(self, event, rows):
        rows.put("n", self.Row(number=event.version))
        if event.version == 4:
            at("fold")
            at("as of")

class Facts(FactView):
    name = "acme_facts"
    class Row(FactRow, frozen=True):
        text: str
    def rows(self, fact):
        at("rows")
        return [self.Row(text=fact.data.text)]

class Out(Exporter):
    name, suffix = "acme", ".acme"
    def export(self, material):
        at("export")
        return self.pieces()
    def pieces(self):
        yield "one\\n"
        at("piece")
    def schema(self):
        at("schema")
        return "{{}}"
    def sidecar(self, material):
        at("sidecar")

class In(Importer):
    name, suffixes = "acme", (".acme",)
    def read(self, chunks):
        at("import from")
        return iter(())

class Papers(SourceImporter):
    name, suffixes, media_type = "papers", (".paper",), "text/x-paper"
    def document(self, content, charset):
        at("document")
        return Document(content, charset or "utf-8")

def found(story):
    at("check")
    return []

@hookimpl
def dateline_views():
    at("hook")
    return [Acme(), Facts()]

@hookimpl
def dateline_exporters():
    return [Out()]

@hookimpl
def dateline_importers():
    return [In(), Papers()]

@hookimpl
def dateline_checks():
    return [Check("acme", found)]
"""


def raising(plugin_dir: PluginDir, place: str, statement: str) -> tuple[str, str]:
    source = PLUGIN.format(place=place, statement=statement)
    return "--plugins-dir", str(plugin_dir({"broken.py": source}))


@pytest.mark.parametrize("place", PLACES)
def test_a_cancelled_task_stops_only_its_plugin_wherever_it_is_raised(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path, place: str
) -> None:
    stops_alone(ferry, plugin_dir, tmp_path, place, *next(iter(RAISED.items())))


@pytest.mark.sampled(6)
@pytest.mark.parametrize("place", ["hook", "fold", "piece"])
@pytest.mark.parametrize("statement", list(RAISED)[1:])
def test_any_exception_stops_only_its_plugin(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path, place: str, statement: str
) -> None:
    stops_alone(ferry, plugin_dir, tmp_path, place, statement, RAISED[statement])


def stops_alone(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path, place: str, statement: str, text: str
) -> None:
    options = raising(plugin_dir, place, statement)
    (tmp_path / "a.acme").write_text("")
    (tmp_path / "a.paper").write_text("One more.\n")
    command = PLACES[place].replace("acme-facts", "acme_facts").split()
    done = ferry(*options, *command)
    assert done.code == {"import": 0, "hook": 0, "check": 3}.get(place, 1)
    assert text in done.err
    assert ("view acme stopped" if place == "as of" else "plugin broken") in done.err
    assert "bug in Dateline" not in done.err and "Traceback" not in done.err
    if place == "sidecar":
        assert not (tmp_path / "out.acme").exists()
    assert "Everyone is safe" in ferry(*options, "show", "ferry", "timeline").out
    assert ferry(*options, "rebuild", "--view", "timeline").code == 0


@pytest.mark.parametrize("format_", ["ndjson", "csv", "markdown", "html"])
def test_an_export_of_a_past_moment_leaves_out_a_view_that_raises(
    ferry: Cli, plugin_dir: PluginDir, format_: str
) -> None:
    options = raising(plugin_dir, "fold", "raise SystemExit")
    command = ("export", "ferry", "-f", format_, "--as-recorded", "@7")
    done = ferry(*options, *command)
    assert (done.code, done.out) == (0, ferry(*command).out)
    stopped = ferry(
        *options, "export", "ferry", "-f", "csv", "--view", "acme", "--as-recorded", "@7"
    )
    assert stopped.code == 1
    assert "view acme stopped at position 4: SystemExit" in stopped.err


def test_the_error_of_a_view_can_be_stored_in_both_databases(
    db: str, plugin_dir: PluginDir
) -> None:
    options = raising(plugin_dir, "fold", r"raise ValueError('\x00 and \ud800')")
    plugins = Plugins.load(folders=[Path(options[1])])
    with Archive.create(db, plugins) as archive:
        archive.record(samples.story())
        builds = {build.name: build for build in archive.rebuild(sorted(plugins.views))}
        assert builds["acme"].state == "failed"
        assert "ValueError" in (builds["acme"].error or "")
        assert builds["timeline"].state == "live"


TYPE = """
from typing import ClassVar
from dateline.plugin import EventType, Payload, hookimpl

class Seen(Payload, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.seen.recorded"
    schema_version: ClassVar[int] = {version}
    what: str
    def __post_init__(self):
        {post}

def from_v1(fields):
    {upcast}
    return fields

@hookimpl
def dateline_event_types():
    return [EventType(Seen, {upcasters})]
"""


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 1, "post": "raise ZeroDivisionError", "upcast": "pass", "upcasters": "{}"},
        {"version": 1, "post": "import asyncio; raise asyncio.CancelledError", "upcast": "pass",
         "upcasters": "{}"},
        {"version": 2, "post": "pass", "upcast": "raise SystemExit", "upcasters": "{1: from_v1}"},
        {"version": 2, "post": "pass", "upcast": "raise KeyError('what')", "upcasters": "{1: from_v1}"},
    ],
)  # fmt: skip
def test_an_event_whose_plugin_type_raises_stays_readable(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path, changed: dict[str, object]
) -> None:
    """The code of the payload or of its upcaster raises an error."""
    sound = TYPE.format(version=1, post="pass", upcast="pass", upcasters="{}")
    options = ("--plugins-dir", str(plugin_dir({"acme.py": sound})))
    line = {"type": "acme.seen.recorded", "what": "a tug"}
    (tmp_path / "seen.ndjson").write_text(json.dumps(line))
    command = ("import", "--story", "ferry", "seen.ndjson")
    assert ferry(*options, *command).code == 0
    broken = ("--plugins-dir", str(plugin_dir({"acme.py": TYPE.format(**changed)})))
    for reading in (("show", "ferry", "timeline"), ("log", "ferry"), ("rebuild", "--all")):
        done = ferry(*broken, *reading)
        assert (done.code, "Error" in done.err) == (0, False)
    assert "a tug" in ferry(*broken, "export", "ferry", "-f", "ndjson").out
    (tmp_path / "seen.ndjson").write_text(json.dumps(line | {"what": "another"}))
    refused = ferry(*broken, *command)
    assert (refused.code, refused.error) == (1, "refused")
    assert "bug in Dateline" not in refused.err


@pytest.mark.parametrize("place", ["import", "hook", "fold", "rows", "piece", "check"])
@pytest.mark.parametrize(
    "statement", ["raise KeyboardInterrupt", "raise BaseExceptionGroup('', [KeyboardInterrupt()])"]
)
def test_an_interrupt_ends_the_command(
    ferry: Cli, plugin_dir: PluginDir, place: str, statement: str
) -> None:
    done = ferry(
        *raising(plugin_dir, place, statement),
        *PLACES[place].replace("acme-facts", "acme_facts").split(),
    )
    assert done.code == 130


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), BaseExceptionGroup("", [ValueError(), KeyboardInterrupt()])]
)
def test_only_an_interrupt_is_raised_again(error: BaseException) -> None:
    with pytest.raises(KeyboardInterrupt):
        stops_plugin(error)
    for other in (SystemExit(), GeneratorExit(), BaseExceptionGroup("", [SystemExit()])):
        stops_plugin(other)


def test_an_error_is_described_even_if_its_str_raises() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise SystemExit

    assert described(Mute()) == "Mute: (its text raises SystemExit)"
    assert described(ValueError("no port")) == "ValueError: no port"
    assert described(ValueError()) == "ValueError"
    assert described(DatelineError("no port here")) == "no port here"


@pytest.mark.parametrize("statement", [*RAISED][::3])
def test_a_command_of_a_plugin_that_raises_is_named(
    ferry: Cli, installed: Callable[..., Path], statement: str
) -> None:
    name = f"acme_raises_{abs(hash(statement))}"
    site = installed(
        "acme-view 1.0", "[dateline.commands]", f"one = {name}:one", f"two = {name}_two:two"
    )
    (site / f"{name}.py").write_text(
        f"import click\n@click.command()\ndef one():\n    {statement}\n"
    )
    (site / f"{name}_two.py").write_text(statement)
    for command, how in (("one", "failed"), ("two", "cannot be loaded")):
        done = ferry(command)
        assert done.code == 1
        assert f"command '{command}' of acme-view 1.0 {how}: {RAISED[statement]}" in done.err
    assert ferry("stories").code == 0
