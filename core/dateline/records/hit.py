"""One result of a search as a row: what ``search`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.search.searching import Hit

HIT_COLUMNS = (
    "in", "story", "id", "kind", "status", "when", "who", "title", "text", "quotation",
    "matches", "versions",
)  # fmt: skip


def hit_row(hit: Hit) -> dict[str, Any]:
    """The row of a result by column. ``matches`` are the words that were found."""
    marked = [part.text for part in (*hit.parts, *hit.quote) if part.marked]
    quote = "".join(part.text for part in hit.quote) or None
    found = (
        *(hit.what, hit.story, hit.id, hit.kind, hit.status or None, hit.when or None),
        *(hit.chain or None, hit.title or None, hit.text, quote),
        "; ".join(dict.fromkeys(marked)),
        hit.others + 1,
    )
    return dict(zip(HIT_COLUMNS, found, strict=True))
