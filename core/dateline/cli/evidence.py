"""Evidence as it is typed: ``WORDS``, or ``ROLE:WORDS``."""

from __future__ import annotations

from typing import get_args


def evidence_item(text: str) -> dict[str, str]:
    """An evidence item of role content, unless a role stands in front."""
    from dateline.events.parts import EvidenceRole

    role, colon, words = text.partition(":")
    if colon and role in get_args(EvidenceRole):
        return {"role": role, "exact": words}
    return {"role": "content", "exact": text}
