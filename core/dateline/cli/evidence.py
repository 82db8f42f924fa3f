"""Evidence as it is typed: ``[ROLE:]WORDS[@START]``."""

from __future__ import annotations

import re
from typing import Any, get_args


def evidence_item(text: str) -> dict[str, Any]:
    """An evidence item of role content, unless a role stands in front."""
    from dateline.events.parts import EvidenceRole

    role, colon, words = text.partition(":")
    if not colon or role not in get_args(EvidenceRole):
        role, words = "content", text
    placed = re.fullmatch(r"(.+)@(\d+)", words, re.DOTALL)
    if placed is None:
        return {"role": role, "exact": words}
    return {"role": role, "exact": placed[1], "start": int(placed[2])}
