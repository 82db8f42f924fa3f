"""Dateline's own executor: results in order, few chunks at a time, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.parallel import folds
from tests.parallel.waiting import alive, until

from dateline import DatelineError
from dateline.parallel.processes import processes


def run(fold: Callable[[bytes], bytes], *chunks: bytes, jobs: int = 2) -> list[bytes]:
    return list(processes(fold, chunks, address="", jobs=jobs))


def test_results_come_in_the_order_of_the_chunks() -> None:
    chunks = [str(number).encode() for number in range(9)]
    assert run(folds.uneven, *chunks) == chunks


def test_nothing_to_fold_starts_nothing() -> None:
    assert run(folds.die) == []


def test_chunks_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(50):
            taken.append(number)
            yield b"%d" % number

    results = processes(folds.shout, chunks(), address="", jobs=2)
    for number in range(20):
        assert next(results) == b"%d" % number
        assert len(taken) <= number + 1 + 4
    results.close()


def test_what_a_fold_raises_is_raised_in_order_with_its_code_and_hint() -> None:
    results = processes(folds.refuse, (b"0", b"1", b"2", b"3"), address="", jobs=2)
    assert [next(results), next(results)] == [b"0", b"1"]
    with pytest.raises(DatelineError) as caught:
        next(results)
    assert (caught.value.what, caught.value.hint) == ("no", "ask again")
    assert caught.value.code == "not-this-one"


def test_an_error_of_the_system_is_not_taken_for_the_death_of_a_process() -> None:
    with pytest.raises(FileNotFoundError, match="the keys"):
        run(folds.unreadable, b"0")


def test_what_a_process_had_that_died_is_folded_again(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(5)]
    for folder in folders:
        folder.mkdir()
    chunks = [os.fsencode(folder) for folder in folders]
    assert run(folds.die_once, *chunks) == chunks
    assert (folders[2] / "dead").exists()


def test_a_process_that_dies_twice_at_the_same_place_is_an_error() -> None:
    results = processes(folds.die, (b"0", b"1", b"2", b"3"), address="", jobs=1)
    assert [next(results), next(results)] == [b"0", b"1"]
    with pytest.raises(DatelineError) as caught:
        next(results)
    assert caught.value.code == "worker-died"
    assert "SIGKILL" in str(caught.value)


def test_an_address_is_refused() -> None:
    with pytest.raises(DatelineError) as caught:
        next(processes(folds.shout, (b"0",), address="host:1", jobs=1))
    assert caught.value.code == "executor-address-invalid"


def test_processes_end_when_the_caller_stops() -> None:
    results = processes(folds.pid, (b"0",) * 8, address="", jobs=2)
    workers = {int(next(results)) for _ in range(4)}
    results.close()
    assert not any(map(alive, workers))


def test_processes_end_at_once_in_the_middle_of_a_chunk(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    results = processes(
        folds.slow_but_first, [os.fsencode(tmp_path / str(n)) for n in range(3)], address="", jobs=2
    )
    next(results)
    until(lambda: len(found(tmp_path / "0")) == 2)
    results.close()
    assert not any(map(alive, found(tmp_path / "0")))


def test_an_error_that_cannot_be_pickled_is_described(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="Strange: as it is"):
        run(folds.strange, b"0")
    assert capfd.readouterr() == ("", "a fold should not print\n")


def test_a_process_that_dies_while_it_sends_holds_nobody_up() -> None:
    results = processes(folds.large, (b"0", b"1", b"2"), address="", jobs=1)
    assert len(next(results)) == 100_000_000
    with pytest.raises(DatelineError) as caught:
        list(results)
    assert caught.value.code == "worker-died"


def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from tests.parallel import folds\n"
        "from dateline.parallel.processes import processes\n"
        "if __name__ == '__main__':\n"
        "    list(processes(folds.slow, [os.fsencode(sys.argv[1])] * 2, address='', jobs=2))\n"
    )
    main = tmp_path / "main.py"
    main.write_text(script)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, main, tmp_path], env=environment)
    until(lambda: len(found(tmp_path)) == 2)
    pids = found(tmp_path)
    assert all(map(alive, pids))

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    until(lambda: not any(map(alive, pids)))


def found(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdigit()]
