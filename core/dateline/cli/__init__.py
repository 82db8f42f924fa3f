"""The command line. Importing this costs click and nothing else; commands import what they need."""

from __future__ import annotations

import sys

from dateline.cli.root import root


def main() -> None:
    """Entry point of ``dateline``."""
    from dateline.cli import streams
    from dateline.cli.errors import run
    from dateline.cli.stdout import keep_until_exit

    streams.prepare()
    code = streams.finish(run(root, sys.argv[1:]))
    if "dateline.plugins.loaded" in sys.modules:
        keep_until_exit()
    sys.exit(code)
