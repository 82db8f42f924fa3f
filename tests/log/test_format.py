"""docs/format.md agrees with the code: its test vector is recomputed from the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import UUID

from dateline.events import identity
from dateline.log import hashing

PAGE = Path(__file__).parents[2] / "docs" / "format.md"


def vector() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9, ]+): `(.*)`$", PAGE.read_text("utf-8"), re.MULTILINE))


def entry_of(text: str) -> bytes:
    fields = json.loads(text)
    assert fields.pop("domain") == hashing.DOMAIN
    return hashing.entry(
        archive=UUID(fields["archive"]),
        story=UUID(fields["story"]),
        version=fields["version"],
        event_id=UUID(fields["event_id"]),
        type=fields["type"],
        schema_version=fields["schema_version"],
        recorded_at=fields["recorded_at"],
        reported_at=fields.get("reported_at"),
        subject_key=fields.get("subject_key"),
        prev=bytes.fromhex(fields["prev"]),
        commitment=bytes.fromhex(fields["commitment"]),
    )


def test_the_code_computes_the_test_vector_of_the_page() -> None:
    page = vector()
    committed = hashing.commitment(bytes.fromhex(page["salt"]), page["body"].encode())
    assert committed.hex() == page["commitment"]
    leaves = []
    for number in (1, 2):
        entry = entry_of(page[f"entry {number}"])
        assert entry.decode() == page[f"entry {number}"]
        leaves.append(hashing.leaf(entry))
        assert leaves[-1].hex() == page[f"leaf {number}"]
    tree = hashing.Frontier()
    tree.extend([leaves[0], leaves[1], leaves[1]])
    assert tree.root().hex() == page["root of leaf 1, leaf 2, leaf 2"]


def test_an_import_id_is_computed_as_the_page_states() -> None:
    import hashlib

    story = UUID("018f0000-0000-7000-8000-000000000002")
    line = {"type": "source.captured", "title": "Ü", "file": "left out"}
    raw = '{"title":"Ü","type":"source.captured"}'.encode()
    digest = bytearray(hashlib.sha256(story.bytes + raw).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    assert identity.import_id(story, line).bytes == bytes(digest)
