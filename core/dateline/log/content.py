"""The content of an event as its row stores it: plain, encrypted under a subject's key, or missing.

`events.payload` has `Sealed` and `Erased` for data that a reader of an event cannot see. Documents do not
need this: they have no salt, and an erased document has no row.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from dateline.events.envelope import NewEvent, RecordedBy
from dateline.events.payload import Raw
from dateline.log import hashing
from dateline.protect.vault import Vault


class Plain(msgspec.Struct, frozen=True):
    """What the commitment of an event covers."""

    salt: bytes
    body: bytes

    def matches(self, commitment: object) -> bool:
        """Whether it was committed to. With a salt of another length, the boundary between salt and
        body would be ambiguous."""
        salt, body = self.salt, self.body
        return len(salt) == hashing.SALT_BYTES and hashing.commitment(salt, body) == commitment


class Encrypted(msgspec.Struct, frozen=True):
    """Salt and body, sealed together: destroying the key erases both."""

    subject_key: str
    sealed: bytes

    def opened(self, event_key: bytes, vault: Vault | None) -> Plain | None:
        """None when the key is not at hand. Raises DatelineError when it does not open with its key."""
        if vault is None:
            return None
        plain = vault.open_event(self.subject_key, event_key, self.sealed)
        return None if plain is None else Plain(*plain)


class Missing(msgspec.Struct, frozen=True):
    """No salt and no body. Only a ``content.erased`` event shows that they were erased."""


class Malformed(msgspec.Struct, frozen=True):
    """Values that Dateline never stores. ``reason`` is a clause about the event."""

    reason: str


Content: TypeAlias = Plain | Encrypted | Missing | Malformed


def load(subject_key: object, salt: object, body: object) -> Content:
    """The content of a row, whose values may be of any type."""
    if isinstance(salt, bytes) and isinstance(body, bytes):
        return Plain(salt, body)
    if salt is None and body is None:
        return Missing()
    if salt is None and isinstance(subject_key, str) and isinstance(body, bytes):
        return Encrypted(subject_key, body)
    if salt is None or body is None:
        return Malformed("it has a salt or a body, but not both")
    return Malformed("its content does not match its commitment: it has values of the wrong type")


def dump(content: Plain | Encrypted) -> tuple[bytes | None, bytes]:
    """The columns ``salt`` and ``body`` of a row."""
    return (content.salt, content.body) if isinstance(content, Plain) else (None, content.sealed)


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of an event that is stored as one blob and committed to. It is encoded only once."""

    data: Any
    recorded_by: RecordedBy
    causation_id: UUID | None = None


_encode = msgspec.json.Encoder().encode


def encode(event: NewEvent) -> bytes:
    data = event.data.fields if isinstance(event.data, Raw) else event.data
    return _encode(Body(data, event.recorded_by, event.causation_id))


def salted(pairs: Sequence[tuple[UUID, NewEvent]]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(salt, body, commitment) of each event: the parts that do not depend on its position."""
    salts = os.urandom(hashing.SALT_BYTES * len(pairs))
    for index, (_, event) in enumerate(pairs):
        salt = salts[index * hashing.SALT_BYTES : (index + 1) * hashing.SALT_BYTES]
        body = encode(event)
        yield salt, body, hashing.commitment(salt, body)


def same_data(body: bytes | None, event: NewEvent) -> bool:
    """Whether the data are equal. Who recorded it is ignored: somebody else may retry."""
    if body is None:  # erased: there is nothing to compare, and the id shows that it was recorded
        return True
    stored = msgspec.json.decode(body, type=dict[str, Any])["data"]
    ours = msgspec.json.decode(encode(event), type=dict[str, Any])["data"]
    return bool(stored == ours)
