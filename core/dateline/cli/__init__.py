"""The command line. Importing this costs click and nothing else; commands import what they need."""

from __future__ import annotations

import sys

from dateline.cli.root import root


def main() -> None:
    """Entry point of ``dateline``."""
    from dateline.cli.outcome import run
    from dateline.cli.terminal import stdio
    from dateline.cli.terminal.stdout import keep_until_exit

    stdio.prepare()
    code = stdio.finish(run(root, sys.argv[1:]))
    if "dateline.plugins.loaded" in sys.modules:
        keep_until_exit()
    sys.exit(code)
