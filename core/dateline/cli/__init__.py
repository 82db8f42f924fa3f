"""The command line. Importing this costs click and nothing else; commands import what they need."""

from __future__ import annotations

import sys

from dateline.cli.root import root


def main() -> None:
    """Entry point of ``dateline``."""
    from dateline.cli import streams
    from dateline.cli.errors import run

    streams.prepare()
    sys.exit(streams.finish(run(root, sys.argv[1:])))
