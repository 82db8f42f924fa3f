"""Runs one step in a separate process: ``one.py [--profile FILE] MODULE FUNCTION KEYWORDS-AS-JSON``."""

from __future__ import annotations

import cProfile
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> None:
    profile = Path(arguments[1]) if arguments[0] == "--profile" else None
    module, name, keywords = arguments[-3:]
    given: dict[str, Any] = json.loads(keywords)
    step = getattr(import_module(module), name)
    if "://" not in given["db"]:
        given["db"] = Path(given["db"])
    if profile is None:
        result = step(**given)
    else:
        watch = cProfile.Profile()
        result = watch.runcall(step, **given)
        watch.dump_stats(profile)
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
