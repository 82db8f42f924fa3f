"""The command line. Importing this costs click and nothing else; commands import what they need."""

from __future__ import annotations

import gc
import sys

from dateline.cli.root import root

#: Importing makes many objects and hardly any garbage, which would be searched for all the time.
_OBJECTS = 50_000


def main() -> None:
    """Entry point of ``dateline``."""
    gc.set_threshold(_OBJECTS)
    from dateline.cli.outcome import run
    from dateline.cli.terminal import stdio
    from dateline.cli.terminal.stdout import keep_until_exit

    stdio.prepare()
    code = stdio.finish(run(root, sys.argv[1:]))
    if "dateline.plugins.loaded" in sys.modules:
        keep_until_exit()
    gc.freeze()  # the process ends: looking for garbage in what is left would take longer than --help
    sys.exit(code)
