"""The help of every command has an example, and each example works as printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dateline.cli.outcome import run as run_command
from dateline.cli.root import root
from dateline.pytest_plugin import Cli
from dateline.testing import samples

BIN = Path(sys.executable).parent


def examples() -> list[tuple[str, str]]:
    """(command, example line) of all commands."""
    context = click.Context(root)
    found = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        _, _, block = (command.help or "").partition("Example:\n")
        block = re.sub(r"\\\n\s*", "", block)  # continued lines
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        assert lines, f"{name} has no example"
        kinds = getattr(command, "examples", {}).values()
        lines += [" ".join(parts).replace("\\ ", "") for parts in kinds]
        found += [(name, line) for line in lines]
    return found


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo story in ./dateline.db and the files that examples name."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "report.txt").write_text("FICTION. The water is gone, the mayor said.", "utf-8")
    (folder / "story.ndjson").write_text("\n".join(map(json.dumps, samples.story())), "utf-8")
    letter = "FICTION. A witness writes: the gate stood open."
    (folder / "letter.txt").write_text(letter, "utf-8")
    more = {"type": "story.retitled", "title": "Fictional: after the flood"}
    (folder / "more.ndjson").write_text(json.dumps(more), "utf-8")
    page = "<html><head><title>T</title><meta property='og:site_name' content='Wire'></head>"
    page += "<body><article><p>FICTION. "
    page += "The water went down overnight and the school was empty by noon, the mayor said. " * 5
    (folder / "page.html").write_text(page + "</p></article></body></html>", "utf-8")
    model = folder / "my-model"
    found = {"type": "statement.recorded", "quote": "low streets", "speakers": ["Ida Brandt"]}
    model.write_text(f"#!/bin/sh\necho '{json.dumps(found)}'\n", "utf-8")
    model.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("DATELINE_KEY", "desk.key")
        for line in (
            "--db dateline.db demo",
            "capture letter.txt --story velm-flood --publisher org:post=Post --protect 'the witness'",
            "checkpoint -o today.txt",
            "export velm-flood -o sent.md",
            "export --segments segments",
            "propose velm-flood",
        ):
            assert run_command(root, shlex.split(line)) == 0
    return folder


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    programs = f"{BIN}{os.pathsep}{folder}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs}
    for name in ("DATELINE_DB", "DATELINE_PLUGINS_DIR", "DATELINE_PLUGINS"):
        environment.pop(name, None)
    environment["DATELINE_KEY"] = "desk.key"
    return subprocess.run(
        ["bash", "-c", f"set -eo pipefail; {line}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def serve_until_interrupted(folder: Path, line: str) -> tuple[int, str]:
    """Run a server, on any free port, and interrupt it as soon as it says that it serves."""
    (folder / "token.txt").write_text("a token of the test", "utf-8")
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    words = [*shlex.split(line), "--port", "0"]
    with subprocess.Popen(
        words, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        said = server.stderr.readline()
        assert said.startswith("Serving ")
        server.send_signal(signal.SIGINT)
        said += server.stderr.read()
        return server.wait(20), said


@pytest.mark.sampled(14)
@pytest.mark.parametrize(("command", "line"), examples(), ids=lambda value: str(value)[:50])
def test_an_example_works_as_printed(
    command: str,
    line: str,
    archive: Path,
    tmp_path: Path,
    dateline_cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if command not in ("init", "demo"):
        # It keeps the modes: only its owner may read a key.
        shutil.copytree(archive, tmp_path, dirs_exist_ok=True)
    if command == "serve":
        code, err = serve_until_interrupted(tmp_path, line)
    elif set(line) & set("|<>$&;`"):  # needs a shell
        done = run(tmp_path, line)
        code, err = done.returncode, done.stderr
    else:
        monkeypatch.setenv("DATELINE_KEY", "desk.key")
        program, *arguments = shlex.split(line)
        assert program == "dateline"
        result = dateline_cli(*arguments)
        code, err = result.code, result.err
    assert code == 0, err
    assert "Traceback" not in err
