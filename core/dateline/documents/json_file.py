"""JSON files of strangers, read whole and within bounds."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from dateline.errors import DatelineError

#: The most bytes of a JSON file: what it becomes in memory is several times as large.
MAX_BYTES = 512 * 1024 * 1024


def json_file(file: BinaryIO) -> Any:
    """The value in a JSON file. Raises DatelineError (``json-unreadable``, ``json-too-large``)."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise DatelineError(
            f"the JSON file is over {MAX_BYTES >> 20} MiB",
            hint="export it in parts: fewer chats, or less time",
            code="json-too-large",
        )
    try:
        return json.loads(content)
    except RecursionError:
        why = "it is nested too deeply"
    except (ValueError, MemoryError) as error:
        why = str(error)
    raise DatelineError(
        f"it is not valid JSON: {why}", hint="export or save it again", code="json-unreadable"
    )
