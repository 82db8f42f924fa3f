"""A program that rebuilds every view with two processes: ``python -m tests.parallel.rebuilding DB STEP``."""

from __future__ import annotations

import sys

from dateline import Archive
from dateline.views import bulk


def main(db: str, step: str) -> None:
    bulk.STEP = int(step)
    with Archive.open(db) as archive:
        builds = archive.rebuild(jobs=2)
    assert all(build.state == "live" for build in builds)


if __name__ == "__main__":
    main(*sys.argv[1:])
