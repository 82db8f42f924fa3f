"""The archive that the browser looks at, and its command line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from tests.web.running import MAIN

VELM, KHERSON, HOSTILE = "/stories/velm-flood", "/stories/kherson-retold", "/stories/hostile"


@dataclass(frozen=True)
class Desk:
    """`url` is the address of its server, which ends in no slash."""

    folder: Path
    db: Path
    url: str = ""

    def at(self, url: str) -> Desk:
        return replace(self, url=url)

    def run(self, *arguments: str) -> str:
        """Run a command of Dateline in a process of its own; what it printed."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")
        }
        command = [sys.executable, "-c", MAIN, "--db", str(self.db), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=kept, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
