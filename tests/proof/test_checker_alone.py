"""The checker among files from a stranger: nothing next to it or in the current folder is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.proof.bundles import PROGRAM, Bundle

from dateline.proof.keys import SigningKey

_EVIL = "import os\nopen(os.environ['MARK'], 'a').write(__name__)\nraise SystemExit(0)\n"
#: Everything that the checker could import, and what Python itself imports on starting.
_MODULES = sorted(
    {*sys.stdlib_module_names, "cryptography", "_cffi_backend", "sitecustomize", "usercustomize"}
)


def hostile(folder: Path, *, packages: bool) -> Path:
    """A folder of modules that record their name and report success."""
    folder.mkdir()
    for name in _MODULES:
        if packages:
            (folder / name).mkdir()
        (folder / (f"{name}/__init__.py" if packages else f"{name}.py")).write_text(_EVIL)
    return folder


def checked(folder: Path, proof: Bundle, key: SigningKey, *command: str, **more: str) -> int:
    """The exit code of the checker, run by `command` in `folder`; nothing hostile was imported."""
    (folder / "proof.json").write_text(json.dumps(proof), "utf-8")
    mark = folder.with_name("mark")
    environment = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
    done = subprocess.run(
        [sys.executable, *command, "proof.json", "--vkey", str(key.vkey)],
        cwd=folder,
        env=environment | {"MARK": str(mark)} | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not mark.exists(), mark.read_text()
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.mark.parametrize("packages", [False, True], ids=["files", "packages"])
def test_nothing_next_to_the_checker_is_imported(
    bundle: Bundle, key: SigningKey, tmp_path: Path, packages: bool
) -> None:
    folder = hostile(tmp_path / "zip", packages=packages)
    (folder / "check.py").write_bytes(PROGRAM.read_bytes())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    forged = {**bundle, "archive": "another"}
    for proof, code in ((bundle, 0), (forged, 3)):
        assert checked(folder, proof, key, "check.py") == code
        assert checked(elsewhere, proof, key, str(folder / "check.py")) == code
        assert checked(folder, proof, key, "-I", "check.py") == code


def test_nothing_next_to_the_target_of_a_link_is_imported(
    bundle: Bundle, key: SigningKey, tmp_path: Path
) -> None:
    program = hostile(tmp_path / "program", packages=False) / "check.py"
    program.write_bytes(PROGRAM.read_bytes())
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "check.py").symlink_to(program)
    assert checked(tmp_path / "links", bundle, key, "check.py") == 0


def test_isolated_mode_ignores_folders_named_by_variables(
    bundle: Bundle, key: SigningKey, tmp_path: Path
) -> None:
    folder = hostile(tmp_path / "zip", packages=False)
    (folder / "check.py").write_bytes(PROGRAM.read_bytes())
    everywhere = os.pathsep.join(("", ".", str(folder)))
    assert checked(folder, bundle, key, "-I", "check.py", PYTHONPATH=everywhere) == 0


def test_it_is_imported_without_a_change_to_where_modules_are_found(tmp_path: Path) -> None:
    (tmp_path / "check.py").write_bytes(PROGRAM.read_bytes())
    code = "import sys; before = list(sys.path); import check; print(sys.path == before)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"
