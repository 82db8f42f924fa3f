"""Fixtures for plugin authors. pytest loads this in every run: nothing heavy is imported above."""

from __future__ import annotations

import inspect
import io
import os
import sys
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.testing.postgres import Server


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended: its exit code, both streams apart, and the code of the error that
    Dateline raised (`dateline.errors`), if it raised one."""

    code: int
    out: str
    err: str
    error: str | None = None


#: Makes an archive with what a plugin offers, and nothing that is installed.
WithPlugin = Callable[..., "Archive"]
#: Runs ``dateline ARGUMENTS``; ``stdin`` is what it reads.
Cli = Callable[..., Result]
#: Makes a folder of plugins for ``--plugins-dir``, from source, functions or modules by file name.
PluginDir = Callable[[Mapping[str, str | Callable[[], object] | types.ModuleType]], Path]


@pytest.fixture
def with_plugin() -> Iterator[WithPlugin]:
    """``with_plugin(MyView(), ...)`` or ``with_plugin(my_module)``: an empty archive in memory that
    knows this plugin alone. What cannot be loaded raises DatelineError."""
    with ExitStack() as stack:

        def make(*offers: object) -> Archive:
            from dateline.archive import Archive
            from dateline.testing.isolated import isolated

            return stack.enter_context(Archive.create(":memory:", isolated(*offers)))

        yield make


@pytest.fixture
def dateline_archive(with_plugin: WithPlugin) -> Archive:
    """An empty archive in memory, without any plugin, installed or not."""
    return with_plugin()


@pytest.fixture(scope="session")
def dateline_postgres() -> Iterator[Server]:
    """A PostgreSQL server for this run, started when the first test asks. Skips, saying why, where
    there is none to be had; a URL in ``DATELINE_TEST_POSTGRES`` names one to use."""
    from dateline.testing.postgres import Unavailable, server

    with ExitStack() as stack:
        try:
            running = stack.enter_context(server())
        except Unavailable as error:
            pytest.skip(f"no PostgreSQL: {error}")
        yield running


@pytest.fixture
def dateline_postgres_url(dateline_postgres: Server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    with dateline_postgres.database() as url:
        yield url


@pytest.fixture
def dateline_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs commands in an empty folder, with no ``DATELINE_`` variable set."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str, stdin: str = "") -> Result:
        from dateline.cli.errors import outcome
        from dateline.cli.root import root

        streams = {"stdin": _stream(stdin), "stdout": _stream(), "stderr": _stream()}
        with pytest.MonkeyPatch.context() as patch:
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            code, error = outcome(root, arguments)
        named = None if error is None else error.code
        return Result(code, _text(streams["stdout"]), _text(streams["stderr"]), named)

    return call


@pytest.fixture
def plugin_dir(tmp_path_factory: pytest.TempPathFactory) -> PluginDir:
    """``plugin_dir({"mine.py": source})``: a folder for ``--plugins-dir``.

    Of a function the body is the file, of a module its source.
    """

    def make(files: Mapping[str, str | Callable[[], object] | types.ModuleType]) -> Path:
        folder = tmp_path_factory.mktemp("plugins")
        for name, given in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_source(given), encoding="utf-8")
        return folder

    return make


def _source(given: str | Callable[[], object] | types.ModuleType) -> str:
    if isinstance(given, str):
        return textwrap.dedent(given)
    if isinstance(given, types.ModuleType):
        return inspect.getsource(given)
    source = textwrap.dedent(inspect.getsource(given))
    _, _, body = source.partition(":\n")
    return textwrap.dedent(body)


def _stream(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
