"""The executor of Dask: the same rows from a cluster, also when one of its workers is killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.parallel.test_rebuild import content
from tests.parallel.waiting import alive, until

from dateline import Archive, DatelineError, Plugins
from dateline.testing import samples

pytest.importorskip("distributed")

BIN = Path(sys.executable).parent


@contextmanager
def cluster(host: str) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler on a loopback address, and two workers. Yields its address, and the workers."""
    with socket.socket() as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    address = f"{host}:{port}"
    scheduler = ["scheduler", "--host", host, "--port", str(port), "--no-dashboard"]
    worker = ["worker", f"tcp://{address}", "--host", host, "--nthreads", "1", "--no-nanny"]
    worker += ["--no-dashboard"]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for arguments in (scheduler, worker, worker):
            command = [BIN / "dask", *arguments]
            started = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            running.append(started)
        yield address, running[1:]
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


def rebuild(
    db: str, executor: str, step: int = 100, more: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Rebuild in a process of its own: Dask leaves threads and warnings behind."""
    code = (
        "import sys\n"
        "from dateline.views import bulk\n"
        "from dateline.cli import main\n"
        "if __name__ == '__main__':\n"
        f"    bulk.STEP = {step}\n"
        "    main()\n"
    )
    script = Path(f"{db}.py")
    script.write_text(code)
    command = [sys.executable, script, "--db", db, "rebuild", "--all", "--executor", executor]
    return subprocess.Popen(
        [*command, "--jobs", "2", *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "a.db", Plugins.load(strict=True)) as archive:
        for number in range(200):
            archive.record(samples.story(slug=f"ferry-{number:03}"))
        yield archive


def same_rows(archive: Archive, executor: str, *more: str) -> None:
    archive.rebuild()
    one = content(archive)
    archive.prune()
    process = rebuild(str(archive._engine.url.database), executor, more=more)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert [build.generation for build in archive.builds() if build.serves] == [2] * len(one)
    assert content(archive) == one


@pytest.mark.slow
def test_a_local_cluster_folds_the_same_rows(archive: Archive) -> None:
    same_rows(archive, "dask")


@pytest.mark.slow
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_a_cluster_folds_the_same_rows(archive: Archive, host: str) -> None:
    with cluster(host) as (address, _):
        same_rows(archive, f"dask://{address}")


@pytest.mark.slow
def test_a_cluster_reads_segments(archive: Archive, tmp_path: Path) -> None:
    archive.export_segments(tmp_path / "segments")
    with cluster("127.0.0.2") as (address, _):
        same_rows(archive, f"dask://{address}", "--segments", str(tmp_path / "segments"))


@pytest.mark.slow
def test_a_cluster_refuses_a_changed_segment(archive: Archive, tmp_path: Path) -> None:
    archive.export_segments(tmp_path / "segments")
    [segment, *_] = (tmp_path / "segments").glob("*.parquet")
    segment.write_bytes(segment.read_bytes()[:-1])
    with cluster("127.0.0.1") as (address, _):
        more = ["--segments", str(tmp_path / "segments")]
        process = rebuild(str(archive._engine.url.database), f"dask://{address}", more=more)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert segment.name in said and "Traceback" not in said


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(archive: Archive) -> None:
    archive.rebuild()
    one = content(archive)
    archive.prune()
    with cluster("127.0.0.1") as (address, workers):
        process = rebuild(str(archive._engine.url.database), f"dask://{address}", step=7)

        def begun() -> bool:
            return any(build.unfinished and build.cursor for build in archive.builds())

        until(begun)
        workers[0].send_signal(signal.SIGKILL)
        assert any(build.unfinished for build in archive.builds()), "it was killed too late"
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert not alive(workers[0].pid)
    assert content(archive) == one


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_one_clear_error(archive: Archive) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        process = rebuild(
            str(archive._engine.url.database), f"dask://127.0.0.1:{free.getsockname()[1]}"
        )
        _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "no Dask scheduler answers" in said and "Traceback" not in said


def test_without_dask_the_extra_is_named(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DatelineError) as caught:
        archive.rebuild(["figures"], executor="dask")
    assert caught.value.code == "library-missing"
    assert caught.value.hint == "pip install 'dateline[dask]'"
