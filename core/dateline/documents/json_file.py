"""JSON files of strangers, read whole and within bounds."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from dateline.documents.whole import whole
from dateline.errors import DatelineError


def json_file(file: BinaryIO) -> Any:
    """The value in a JSON file. Raises DatelineError (``json-unreadable``, ``file-too-large``)."""
    content = whole(file)
    try:
        return json.loads(content)
    except RecursionError:
        why = "it is nested too deeply"
    except (ValueError, MemoryError) as error:
        why = str(error)
    raise DatelineError(
        f"it is not valid JSON: {why}", hint="export or save it again", code="json-unreadable"
    )
