"""Servers for tests: in a process of their own, as readers have them, or in a thread of this one."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MAIN = "from dateline.cli import main; main()"


@dataclass(frozen=True)
class Running:
    """A server that answers at `url`, which ends in no slash. `pid` is its process."""

    url: str
    pid: int

    @property
    def address(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.url)
        assert parts.hostname and parts.port
        return parts.hostname, parts.port

    @property
    def memory(self) -> int:
        """The bytes of memory that its process holds (Linux only)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@contextmanager
def served(
    db: str | Path, *options: str, plugins_dir: Path | None = None, errors: Path | None = None
) -> Iterator[Running]:
    """``dateline serve`` in a process of its own, until the end of the block. What it writes to stderr after
    its address goes to `errors`."""
    command = [sys.executable, "-c", MAIN, "--db", str(db)]
    if plugins_dir is not None:
        command += ["--plugins-dir", str(plugins_dir)]
    command += ["serve", "--port", "0", *options]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=kept) as process:
        assert process.stderr is not None
        try:
            first = process.stderr.readline()
            assert " at http" in first, first + process.stderr.read()
            url = first.split(" at ", 1)[1].split()[0].rstrip("/")
            rest = threading.Thread(target=_drain, args=(process.stderr, errors), daemon=True)
            rest.start()
            yield Running(url, process.pid)
        finally:
            process.terminate()
            process.wait(10)
            rest.join(5)


def _drain(stream: Any, errors: Path | None) -> None:
    text = stream.read()
    if errors is not None:
        errors.write_text(text)


@contextmanager
def in_a_thread(app: Any) -> Iterator[Running]:
    """An application under the server that ``dateline serve`` uses, in a thread: it starts in an instant."""
    import uvicorn

    from dateline_web.serving import config

    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = uvicorn.Server(config(app))

    def run() -> None:
        asyncio.run(server.serve(sockets=[listening]))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 10
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.005)
        assert server.started
        yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", os.getpid())
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
