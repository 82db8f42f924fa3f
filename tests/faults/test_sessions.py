"""Sessions that freeze or end: other sessions continue."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.log.refused import refused

from dateline import Archive, Plugins
from dateline.log import schema
from dateline.log.engine import reading, writing
from dateline.testing import samples
from dateline.testing.postgres import Cluster, Unavailable

_WRITER = """
import sys
import tempfile
from sqlalchemy import text
from dateline import DatelineError
from dateline.log.databases import postgres
from dateline.log.append import Appender
from dateline.log.engine import open_engine, writing
postgres._IDLE_TIMEOUT = "1s"
try:
    with writing(open_engine(sys.argv[1]), append=sys.argv[2] == "head") as connection:
        if sys.argv[2] == "appender":
            Appender(connection).append_all([], {})
        print("held", flush=True)
        sys.stdin.readline()
        connection.execute(text("SELECT 1"))
except DatelineError as error:
    print(error, error.hint, flush=True)
"""


@contextmanager
def frozen(code: str, *arguments: str) -> Iterator[None]:
    """A process that runs `code` and is stopped within the block, as soon as it holds what it locks.
    Afterwards it continues, and must report that nothing was written."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == "held\n"
        process.send_signal(signal.SIGSTOP)
        yield
        process.send_signal(signal.SIGCONT)
        process.stdin.write("\n" * 5)
        process.stdin.flush()
        assert "nothing was written" in process.stdout.read()


@pytest.mark.parametrize("way", ["head", "appender"])
def test_a_frozen_writer_does_not_block_others(dateline_postgres_url: str, way: str) -> None:
    with (
        Archive.create(dateline_postgres_url, Plugins()) as archive,
        frozen(_WRITER, dateline_postgres_url, way),
    ):
        began = time.monotonic()
        archive.record(samples.story())
        assert time.monotonic() - began < 15


_VIEW_WRITER = """
import sys
from dateline import Archive, DatelineError, Plugins
from dateline.log.databases import postgres
from dateline.views import store, stored_rows
postgres._IDLE_TIMEOUT = "1s"
module = store if hasattr(store, sys.argv[2]) else stored_rows
plain = getattr(module, sys.argv[2])
def held(*given):
    plain(*given)
    print("held", flush=True)
    sys.stdin.readline()
setattr(module, sys.argv[2], held)
try:
    with Archive.open(sys.argv[1], Plugins.load()) as archive:
        getattr(archive, sys.argv[3])(["timeline"])
except DatelineError as error:
    print(error, error.hint, flush=True)
"""


@pytest.mark.parametrize(
    ("step", "work"),
    [("flush", "catch_up"), ("fill", "catch_up"), ("fill", "rebuild"), ("publish", "rebuild")],
)
def test_a_frozen_process_that_writes_a_view_does_not_block_others(
    dateline_postgres_url: str, tmp_path: Path, step: str, work: str
) -> None:
    plugins = Plugins.load(strict=True)
    with Archive.create(dateline_postgres_url, plugins, tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        archive.catch_up()
        if (step, work) == ("fill", "catch_up"):  # a story to be folded again
            archive.erase(None, [7], reason="r", basis="b", fold_again=False)
        archive.record([samples.figure(text="More")], story="ferry")
        with frozen(_VIEW_WRITER, dateline_postgres_url, step, work):
            if work == "rebuild":
                archive.rebuild(["timeline"])
            rows = archive.view("timeline", everything=True).rows
            assert "More" in repr(rows)
        assert archive.view("timeline", everything=True).rows == rows
        assert archive.verify_view("timeline") == []


def test_only_sessions_with_locks_have_an_idle_limit_and_the_server_s_limit_wins(
    dateline_postgres_url: str,
) -> None:
    shown = text("SHOW idle_in_transaction_session_timeout")
    engine = schema.create(dateline_postgres_url)
    with writing(engine) as connection:
        assert connection.execute(shown).scalar_one() == "20s"
    with writing(engine, append=False, limited=True) as connection:
        assert connection.execute(shown).scalar_one() == "20s"
    with reading(engine) as connection:
        assert connection.execute(shown).scalar_one() == "0"
    engine.dispose()
    own = f"{dateline_postgres_url}&options=-c%20idle_in_transaction_session_timeout%3D5min"
    engine = schema.connect(own)
    with writing(engine) as connection:
        assert connection.execute(shown).scalar_one() == "5min"
    engine.dispose()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="dateline-pg-") as folder:
        try:
            made = Cluster(Path(folder))
        except Unavailable as error:
            pytest.skip(f"no PostgreSQL: {error}")
        with made:
            yield made


def test_an_open_archive_continues_after_a_restart_of_the_server(cluster: Cluster) -> None:
    url = cluster.url.render_as_string(hide_password=False)
    with Archive.create(url, Plugins()) as archive:
        archive.record(samples.story())
        cluster.stop()
        with refused("connection-failed"):
            archive.head()
        cluster.start()
        assert archive.head().position == 7
        cluster.kill()
        cluster.start()
        archive.record([samples.figure(text="After the crash")], story="ferry")
        assert archive.head().position == 8
