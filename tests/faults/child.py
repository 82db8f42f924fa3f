"""A forked child that does one piece of work. strace kills it or fails any of its system calls."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dateline import DatelineError

#: System calls that change a file or make a change durable. Not every machine has those with a
#: question mark.
WRITES = (
    "pwrite64", "write", "fdatasync", "fsync", "ftruncate", "?rename", "?renameat", "?renameat2",
    "?unlink", "?unlinkat", "?link", "?linkat", "?mkdir", "?chmod", "?fchmod",
)  # fmt: skip
_CALL = re.compile(r"^\d+ +(\w+)\(", re.MULTILINE)
_PATIENCE = 60.0
#: The exit code of a child that could not acknowledge what it did.
UNACKNOWLEDGED = 71

#: Tells the parent that a unit of work is durably done.
Acknowledge = Callable[[str], None]
Work = Callable[[Acknowledge], int]


@dataclass(frozen=True)
class Ended:
    """The end of a child. `code` is None when it was killed."""

    code: int | None
    acknowledged: list[str]
    out: str
    err: str
    calls: Counter[str]


@dataclass(frozen=True)
class Fault:
    """At the `at`-th `call`, fail it with `error` (with `on` also every later one), or kill the process
    when `error` is None."""

    call: str
    at: int
    error: str | None = None
    on: bool = False

    @property
    def injected(self) -> str:
        what = "signal=KILL" if self.error is None else f"error={self.error}"
        return f"inject={self.call}:{what}:when={self.at}{'+' if self.on else ''}"


def why_not() -> str | None:
    """The reason why strace cannot be used here; None when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    trial = subprocess.run(
        ["strace", "-e", "inject=getppid:error=EIO", "-e", "trace=getppid", "true"],
        capture_output=True,
        check=False,
        text=True,
    )
    return None if trial.returncode == 0 else f"strace cannot trace here: {trial.stderr[-200:]}"


def run(
    folder: Path,
    work: Work,
    fault: Fault | None = None,
    *,
    traced: bool = False,
    meanwhile: Callable[[int], None] | None = None,
) -> Ended:
    """Do `work` in a child, with a `fault` or `traced` under strace, which counts its system calls.

    `meanwhile` is called with the process id once the child is working.
    """
    go, reports = os.pipe(), os.pipe()
    out, err, log = folder / ".out", folder / ".err", folder / ".calls"
    for path in (out, err):
        path.touch()  # the child may be killed before it can
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be_child(work, go, reports, out, err)
    os.close(go[0])
    os.close(reports[1])
    tracer = _trace(pid, fault, log) if traced or fault is not None else None
    os.write(go[1], b".")
    os.close(go[1])
    if meanwhile is not None:
        meanwhile(pid)
    with os.fdopen(reports[0]) as heard:
        acknowledged = heard.read().split("\n")[:-1]
    status = os.waitpid(pid, 0)[1]
    if tracer is not None:
        tracer.communicate(timeout=_PATIENCE)
    calls = Counter(_CALL.findall(log.read_text("utf-8", "replace"))) if traced else Counter()
    code = None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    output = [path.read_text("utf-8", "replace") for path in (out, err)]
    for path in (out, err, log):
        path.unlink(missing_ok=True)
    return Ended(code, acknowledged, output[0], output[1], calls)


def killed_after(seconds: float) -> Callable[[int], None]:
    """Kill the child after some time, unless it has ended."""

    def kill(pid: int) -> None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)  # nobody waited for it yet, so the id is still its own

    return kill


def _be_child(
    work: Work, go: tuple[int, int], reports: tuple[int, int], out: Path, err: Path
) -> None:
    try:
        os.close(go[1])
        os.close(reports[0])
        sys.dont_write_bytecode = True
        for path, number in ((out, 1), (err, 2)):
            handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
            os.dup2(handle, number)
            os.close(handle)
        # Pytest's replacements for these belong to the parent.
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.stdin = open(os.devnull)  # noqa: SIM115 - for as long as the child lives
        os.read(go[0], 1)
        code = work(lambda what: _acknowledge(reports[1], what))
        sys.stdout.flush()
        sys.stderr.flush()
    except DatelineError as error:  # as the command line reports it
        os.write(2, f"Error: {error}\n".encode())
        os._exit(1)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        os._exit(70)
    os._exit(code)


def _acknowledge(pipe: int, what: str) -> None:
    try:
        os.write(pipe, f"{what}\n".encode())
    except OSError:  # the fault hit the harness: done, but not acknowledged
        os._exit(UNACKNOWLEDGED)


def _trace(pid: int, fault: Fault | None, log: Path) -> subprocess.Popen[str]:
    calls = "trace=" + ",".join(WRITES)
    inject = [] if fault is None else ["-e", fault.injected]
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), "-o", str(log), "-s", "0", "-e", calls, *inject],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert tracer.stderr is not None
    answer = tracer.stderr.readline()
    if "attached" not in answer:
        os.kill(pid, signal.SIGKILL)
        raise RuntimeError(f"strace did not attach: {answer}")
    return tracer
