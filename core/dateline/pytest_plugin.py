"""Fixtures for plugin authors.

pytest loads this module in every run, so its head imports nothing that is slow to import.
"""

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
    """The result of a command: its exit code, what it wrote to stdout (``out``) and stderr (``err``),
    and the code of the error that Dateline raised (`dateline.errors`), if it raised one."""

    code: int
    out: str
    err: str
    error: str | None = None


#: Creates an archive with the given plugins and no installed ones.
WithPlugin = Callable[..., "Archive"]
#: Runs ``dateline ARGUMENTS`` with ``stdin`` as its input.
Cli = Callable[..., Result]
#: Creates a folder for ``--plugins-dir`` from a mapping of file names to source code, functions or
#: modules.
PluginDir = Callable[[Mapping[str, str | Callable[[], object] | types.ModuleType]], Path]


@pytest.fixture
def with_plugin() -> Iterator[WithPlugin]:
    """``with_plugin(MyView(), ...)`` or ``with_plugin(my_module)``: an empty archive in memory with
    these plugins and no others. Raises DatelineError if one cannot be loaded."""
    with ExitStack() as stack:

        def make(*offers: object) -> Archive:
            from dateline.archive import Archive
            from dateline.testing.isolated import isolated

            return stack.enter_context(Archive.create(":memory:", isolated(*offers)))

        yield make


@pytest.fixture
def dateline_archive(with_plugin: WithPlugin) -> Archive:
    """An empty archive in memory without any plugins, not even installed ones."""
    return with_plugin()


@pytest.fixture(scope="session")
def dateline_postgres() -> Iterator[Server]:
    """A PostgreSQL server for this run; it is started for the first test that uses it.

    A URL in ``DATELINE_TEST_POSTGRES`` names a running server to use instead. Tests are skipped, with
    the reason, where no server is available.
    """
    from dateline.testing.postgres import Unavailable, server

    with ExitStack() as stack:
        try:
            running = stack.enter_context(server())
        except Unavailable as error:
            pytest.skip(f"no PostgreSQL: {error}")
        yield running


@pytest.fixture
def dateline_postgres_url(dateline_postgres: Server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that only this test uses."""
    with dateline_postgres.database() as url:
        yield url


@pytest.fixture
def dateline_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """``dateline_cli("show", "ferry")`` runs a command in this process and returns its `Result`.

    The current folder is empty, and no ``DATELINE_`` variable is set."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str, stdin: str = "") -> Result:
        from dateline.cli.outcome import outcome
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
    """``plugin_dir({"mine.py": source})``: the path of a new folder for ``--plugins-dir``.

    For a function, the file contains its body; for a module, its source.
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
