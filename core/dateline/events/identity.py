"""Event ids: ordered by time for events recorded here, derived from content for imported lines."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from uuid import UUID

_VARIANT = 0b10 << 62
#: Keys of an input line that control the import and are not part of the event.
INSTRUCTIONS = frozenset({"file", "charset", "content", "content_base64"})


def sha256(content: bytes) -> bytes:
    """The SHA-256 hash of `content`."""
    return hashlib.sha256(content).digest()


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): milliseconds, then random. Not in the standard library yet."""
    random = int.from_bytes(os.urandom(10), "big")
    high = (time.time_ns() // 1_000_000) << 16 | 7 << 12 | (random >> 64) & 0x0FFF
    return UUID(int=high << 64 | _VARIANT | random & (1 << 62) - 1)


def import_id(
    story: UUID, line: Mapping[str, object], digest: Callable[[bytes], bytes] = sha256
) -> UUID:
    """A UUIDv8 (RFC 9562 §5.8) of SHA-256(story id ‖ canonical line without instructions).

    The same line always gets the same id in the same story, so importing twice adds nothing.
    For protected lines `digest` is another hash than SHA-256.
    """
    steering = INSTRUCTIONS if line.get("type") == "source.captured" else frozenset[str]()
    fields = {key: value for key, value in line.items() if key not in steering}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return uuid8(digest(story.bytes + canonical.encode()))


def renewed(event_id: UUID) -> UUID:
    """The id for recording a line again after its event `event_id` was erased. It is always the same,
    so that recording the line twice adds one event."""
    return uuid8(sha256(b"dateline/anew/v1" + event_id.bytes))


def uuid8(digest: bytes) -> UUID:
    """A UUIDv8 of the first 16 bytes of `digest`, with the version and variant bits set."""
    bits = int.from_bytes(digest[:16], "big")
    high = (bits >> 64) & ~0xF000 | 8 << 12
    return UUID(int=high << 64 | _VARIANT | bits & (1 << 62) - 1)
