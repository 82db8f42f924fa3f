"""The surroundings of a command: a hostile folder, hostile variables; and what the code never does."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import dateline

PROJECT = Path(__file__).parents[2]
_EVIL = "import os\nopen(os.environ['MARK'], 'w').close()\nraise SystemExit(9)\n"
#: Names that a hostile folder may use, to be imported or read as configuration.
_MODULES = (
    "multiprocessing", "concurrent", "click", "sqlalchemy", "msgspec", "pluggy", "alembic", "rich", "json", "sqlite3", "logging", "encodings",
    "dateline", "dateline_timeline", "dateline_local", "sitecustomize", "usercustomize", "env", "plugin",
    "cryptography", "prompt_toolkit", "readline", "trafilatura", "pypdf", "_alembic", "conftest",
)  # fmt: skip


def sources() -> dict[Path, ast.Module]:
    package = Path(dateline.__file__).parent
    roots = [package] + [
        Path(point.load().__file__).parent
        for point in entry_points(group="dateline")
        if point.dist is not None and point.dist.name == "dateline"
    ]
    found = {path for root in roots for path in root.rglob("*.py") if "testing" not in path.parts}
    found.discard(package / "pytest_plugin.py")
    assert len(found) > 100
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(found)}


def test_nothing_is_imported_or_read_from_a_hostile_folder(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    folder = tmp_path / "folder"
    for name in _MODULES:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(_EVIL)
        (folder / f"{name}.py").write_text(_EVIL)
    for name in ("alembic.ini", "pyproject.toml", "setup.cfg", ".env", "pytest.ini"):
        (folder / name).write_text("[alembic]\nscript_location = .\nprepend_sys_path = .\n")
    script = Path(sys.executable).with_name("dateline")
    assert script.exists()
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("DATELINE")
    }
    environment.pop("PYTHONPATH", None)
    for arguments in (
        ["init"],
        ["stories"],
        ["plugins", "-v"],
        ["status"],
        ["upgrade"],
        ["verify"],
        ["rebuild", "--all", "--jobs", "2"],
    ):
        done = subprocess.run(
            [script, *arguments], cwd=folder, env=environment | {"MARK": str(mark)}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not mark.exists(), arguments
        assert "left out" not in done.stderr


def test_plugins_come_from_a_folder_only_if_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "evil.py").write_text(_EVIL)
    (tmp_path / "evil.py").write_text(_EVIL)
    mark = tmp_path / "mark"
    code = "from dateline import Plugins; print([r.name for r in Plugins.load().records])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"MARK": str(mark), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert "evil" not in done.stdout and not mark.exists()


def test_nothing_that_runs_data_as_code_is_called() -> None:
    modules = {"pickle", "marshal", "shelve", "yaml", "subprocess", "ctypes", "dill", "code"}
    calls = {"eval", "exec", "compile", "__import__", "system", "popen"}
    found = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name.partition(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [(node.module or "").partition(".")[0]]
            elif isinstance(node, ast.Call):
                called = node.func
                bare = isinstance(called, ast.Name) and called.id in calls
                of_os = (
                    isinstance(called, ast.Attribute)
                    and isinstance(called.value, ast.Name)
                    and (called.value.id, called.attr) in (("os", "system"), ("os", "popen"))
                )
                if bare or of_os:
                    found.append(f"{path.name}:{node.lineno}")
            found += [f"{path.name}: {name}" for name in names if name in modules]
    assert found == []


def test_the_network_is_used_in_one_place() -> None:
    """Nothing but `dateline.capture.net` imports what connects."""
    package = Path(dateline.__file__).parent
    network = {
        "socket",
        "ssl",
        "http.client",
        "urllib.request",
        "ftplib",
        "smtplib",
        "requests",
        "httpx",
    }
    found = set()
    for path, tree in sources().items():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if network & set(names):
                found.add(path)
    # `follow` uses a pair of sockets to wake up; libpq connects to the database server.
    allowed = {package / "log" / "follow.py"}
    assert {path.parent for path in found - allowed} == {package / "capture" / "net"}


def test_every_environment_variable_is_documented() -> None:
    page = (PROJECT / "docs" / "security.md").read_text("utf-8")
    read = set()
    for tree in sources().values():
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and value.startswith("DATELINE_") and value.isidentifier():
                read.add(value)
    assert {"DATELINE_DB", "DATELINE_KEYS", "DATELINE_DEBUG"} <= read
    missing = sorted(name for name in read if f"`{name}`" not in page)
    assert missing == []


@pytest.mark.parametrize("name", ["DATELINE_DB", "DATELINE_KEYS", "DATELINE_PLUGINS_DIR"])
def test_a_hostile_variable_is_one_clear_error(tmp_path: Path, name: str) -> None:
    script = Path(sys.executable).with_name("dateline")
    environment = {"PATH": os.environ["PATH"], name: "no/\x1b[31m/\x9b.there"}
    done = subprocess.run(
        [script, "stories"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 1 and b"\x1b" not in done.stderr and b"\xc2\x9b" not in done.stderr
    assert b"Traceback" not in done.stderr
