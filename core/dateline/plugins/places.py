"""Where in a plugin's own code an exception was raised."""

from __future__ import annotations

import traceback
from pathlib import Path


def place(error: BaseException, package: str) -> str | None:
    """``file.py:12``: the innermost line of the plugin's own code in the traceback."""
    found = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if package and (module == package or module.startswith(f"{package}.")):
            path = Path(frame.f_code.co_filename)
            name = "/".join(path.parts[-2:]) if path.name == "__init__.py" else path.name
            found = f"{name}:{number}"
    return found
