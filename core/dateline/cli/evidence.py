"""Evidence as it is typed on the command line: ``[ROLE:]WORDS[@START]``."""

from __future__ import annotations

import re
from typing import Any, get_args


def evidence_item(text: str) -> dict[str, Any]:
    """An evidence item. Its role is ``content`` unless the text begins with a role."""
    from dateline.events.parts import EvidenceRole

    role, colon, words = text.partition(":")
    if not colon or role not in get_args(EvidenceRole):
        role, words = "content", text
    placed = re.fullmatch(r"(.+)@(\d+)", words, re.DOTALL)
    if placed is None:
        return {"role": role, "exact": words}
    return {"role": role, "exact": placed[1], "start": int(placed[2])}
