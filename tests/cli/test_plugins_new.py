"""``plugins new``: the generated plugins pass their own tests and work when installed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

import dateline
from dateline.cli.outcome import outcome
from dateline.cli.plugins import plugins as group
from dateline.cli.root import root
from dateline.cli.view_forms import FORMS, Form

KINDS = ("view", "exporter", "importer", "event", "proposer")
#: The option of each generated plugin, by the last word of its name.
PLUGINS = (
    {kind: f"--{kind}" for kind in KINDS}
    | {form: f"--form={form}" for form in FORMS if form != "event"}
    | {"events": "--form=event"}
)


def run(folder: Path, *command: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")}
    environment |= {"PYTHONPATH": str(path)} if path is not None else {}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@dataclass(frozen=True)
class Ended:
    returncode: int
    stderr: str
    error: str | None


New = Callable[..., Ended]


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> New:
    """Runs ``dateline OPTIONS plugins new ARGUMENTS`` in the empty folder `tmp_path`."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, options: tuple[str, ...] = ()) -> Ended:
        status, error = outcome(root, [*options, "plugins", "new", *arguments])
        return Ended(status, capsys.readouterr().err, None if error is None else error.code)

    return call


def needs(*modules: str) -> None:
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module}, of the extra dev, is not installed")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plugin of each kind and form, called sea-view, sea-exporter, sea-entity ..."""
    folder = tmp_path_factory.mktemp("made")
    for name, option in PLUGINS.items():
        done = run(folder, "dateline", "plugins", "new", f"sea-{name}", option)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("kind", PLUGINS)
def test_the_generated_tests_pass(kind: str, made: Path) -> None:
    done = run(made, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"sea-{kind}")
    assert done.returncode == 0, done.stdout
    assert re.search(r"[23] passed", done.stdout)


@pytest.mark.parametrize("kind", PLUGINS)
def test_lint_and_format_pass(kind: str, made: Path) -> None:
    needs("ruff")
    for command in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        done = run(made / f"sea-{kind}", sys.executable, "-m", "ruff", *command)
        assert done.returncode == 0, done.stdout


def test_mypy_strict_passes(made: Path, tmp_path: Path) -> None:
    needs("mypy")
    home = Path(dateline.__file__).parents[1]
    for kind in PLUGINS:
        config = made / f"sea-{kind}" / "pyproject.toml"
        assert "strict = true" in config.read_text("utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path}"]
        environment = dict(os.environ)
        if "site-packages" not in home.parts:
            environment["MYPYPATH"] = str(home)
        done = subprocess.run(
            command, cwd=config.parent, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_installed_plugins_offer_views_formats_and_event_types(made: Path, tmp_path: Path) -> None:
    needs("hatchling")
    site = tmp_path / "site"
    projects = [str(made / f"sea-{kind}") for kind in PLUGINS]
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    pip = (sys.executable, "-m", "pip", "install", "-q", *options, "--target", str(site))
    done = run(tmp_path, *pip, *projects)
    assert done.returncode == 0, done.stderr

    def command(*arguments: str) -> str:
        done = run(tmp_path, "dateline", "--strict", "--db", "a.db", *arguments, path=site)
        assert done.returncode == 0, done.stderr
        return done.stdout

    command("demo")
    shown = command("show", "velm-flood", "sea_view").splitlines()
    assert shown[0].endswith("kind,day,words")
    assert len(shown) > 10
    assert "Fictional" in command("export", "velm-flood", "-f", "sea-exporter")
    listed = command("plugins")
    for name, form in FORMS.items():
        view = f"sea_{'events' if name == 'event' else name}"
        assert command("show", "velm-flood", view).count("\n") > 1, form
        command("rebuild", "--view", view, "--verify")
    for kind in PLUGINS:
        assert f"sea-{kind}," in listed
        assert f"dateline-sea-{kind}" in listed
    assert "sea_event.sighting.recorded" in listed


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_generated_view_has_the_form_that_was_chosen(form: Form, made: Path) -> None:
    name = "sea-events" if form.name == "event" else f"sea-{form.name}"
    [file] = (made / name).glob("src/*/__init__.py")
    assert f"({form.base}):" in file.read_text("utf-8")
    assert form.writes.partition("(")[0] in file.read_text("utf-8")
    assert form.example in (made / name / "README.md").read_text("utf-8")
    assert '[project.entry-points."dateline.views"]' in (made / name / "pyproject.toml").read_text()


def test_in_a_pipe_the_form_is_said_and_nothing_is_asked(new: New, tmp_path: Path) -> None:
    done = new("tally")
    assert "form fact (FactView)" in done.stderr
    assert "(FactView):" in (tmp_path / "tally/src/dateline_tally/__init__.py").read_text("utf-8")
    assert "form" not in new("digest", "--exporter").stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("typed", "base"),
    [("\n", "FactView"), ("3\n", "SourceView"), ("story\n", "StoryView"), ("7\nView\n", "View")],
)
def test_on_a_terminal_the_form_is_asked_for(typed: str, base: str, tmp_path: Path) -> None:
    shown, status = on_terminal(tmp_path, typed, "plugins", "new", "tally")
    assert status == 0, shown
    assert all(form.base in shown for form in FORMS.values())
    [file] = tmp_path.glob("tally/src/*/__init__.py")
    assert f"({base}):" in file.read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_ending_the_question_writes_nothing(tmp_path: Path) -> None:
    _, status = on_terminal(tmp_path, "\x04", "plugins", "new", "tally")
    assert status == 130
    assert list(tmp_path.iterdir()) == []


def on_terminal(folder: Path, typed: str, *arguments: str) -> tuple[str, int]:
    """Runs ``dateline ARGUMENTS`` on a pseudo-terminal; returns what it showed, and its exit code."""
    import pty

    dateline = Path(sys.executable).with_name("dateline")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execv(dateline, ["dateline", *arguments])
    shown = b""
    with suppress(OSError):  # raised at the end on Linux
        while more := os.read(terminal, 4096):
            shown += more
            if typed and b"]: " in shown:  # it asks
                os.write(terminal, typed.encode())
                typed = ""
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(status)


def test_a_form_is_for_views_alone(new: New, tmp_path: Path) -> None:
    assert new("tally", "--exporter", "--form", "entity").returncode == 2
    assert new("tally", "--form", "person").returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_it_prints_the_next_three_commands(new: New, tmp_path: Path) -> None:
    done = new("per_day", "-o", "some where")
    *_, install, tests, use = done.stderr.splitlines()
    assert install == '  python -m pip install -e "./some where/per-day[test]"'
    assert tests == "  python -m pytest './some where/per-day'"
    assert use == "  dateline show STORY per_day"
    files = {path.name for path in (tmp_path / "some where" / "per-day").rglob("*")}
    assert {"pyproject.toml", "README.md", "py.typed", "test_contract.py"} <= files
    assert "$" not in "".join(
        path.read_text("utf-8") for path in tmp_path.rglob("*.*") if path.is_file()
    )


#: The codes of the errors that this command raises itself.
CODES = {
    "timeline": "plugin-name-taken",
    "dateline-timeline": "plugin-name-taken",
    "demo": "plugin-name-taken",
    "there": "output-exists",
}


@pytest.mark.parametrize(
    ("name", "status", "named"),
    [
        ("Tally", 2, "try 'tally'"),
        ("per day", 2, "try 'per-day'"),
        ("per--day", 2, "try 'per-day'"),
        ("9lives", 2, "try 'lives'"),
        ("../escape", 2, "try 'escape'"),
        ("a" * 41, 2, "40"),
        ("con", 2, "'con'"),
        ("lpt1", 2, "'lpt1'"),
        ("dateline", 2, "'dateline'"),
        ("timeline", 1, "'timeline'"),
        ("dateline-timeline", 1, "'timeline'"),
        ("demo", 1, "dateline_demo"),
        ("events", 1, "events"),
        ("there", 1, "there"),
    ],
)
def test_an_unusable_name_is_refused(
    name: str, status: int, named: str, new: New, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    done = new(name)
    assert done.returncode == status, done.stderr
    assert named in done.stderr
    assert done.error == CODES.get(name, done.error)
    assert (done.error is None) is (status == 2)
    assert list(tmp_path.rglob("*")) == [tmp_path / "there"]


def test_the_name_of_a_loaded_view_is_refused(new: New, tmp_path: Path) -> None:
    view = (
        "from dateline.plugin import *\n"
        "class Other(FactView):\n"
        "    name = 'sea_level'\n"
        "    class Row(FactRow):\n        words: int\n"
        "    def rows(self, fact):\n        return []\n"
        "@hookimpl\ndef dateline_views():\n    return [Other()]\n"
    )
    (tmp_path / "other.py").write_text(view, "utf-8")
    options = ("--plugins-dir", str(tmp_path))
    done = new("sea-level", options=options)
    assert (done.returncode, done.error) == (1, "plugin-name-taken")
    assert "'sea_level'" in done.stderr and "other" in done.stderr
    assert new("sea-level", "--exporter", options=options).returncode == 0


def test_a_name_with_a_meaning_in_python_gives_working_code(new: New, tmp_path: Path) -> None:
    names = ("none", "fact", "row", "exception", "class", "iterable", "fact-row", "view", "counter")
    code = "\n".join(
        f"import dateline_{name.replace('-', '_')} as it; isolated(it)" for name in names
    )
    for name in names:
        assert new(name, "--form", "story").returncode == 0
        source = tmp_path / name / "src" / f"dateline_{name.replace('-', '_')}"
        shutil.copytree(source, tmp_path / source.name)
    code = f"from dateline.testing.isolated import isolated\n{code}"
    done = run(tmp_path, sys.executable, "-W", "error", "-c", code, path=tmp_path)
    assert done.returncode == 0, done.stderr


def test_two_kinds_at_once_are_a_usage_error(new: New) -> None:
    done = new("tally", "--view", "--event")
    assert done.returncode == 2
    assert "--view" in done.stderr and "--event" in done.stderr


def test_a_failed_write_leaves_nothing_behind(new: New, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = new("tally", "-o", "file/below")
    assert (done.returncode, done.error) == (1, "output-not-writable")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def examples() -> list[str]:
    context = click.Context(group)
    command = group.get_command(context, "new")
    assert command is not None
    block = (command.help or "").partition("Example:\n")[2]
    return [line.strip() for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("line", examples())
def test_an_example_of_its_help_works_as_printed(line: str, tmp_path: Path) -> None:
    done = run(tmp_path, "bash", "-c", line)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("pyproject.toml"))
