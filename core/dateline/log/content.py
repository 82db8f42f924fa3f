"""The content of an event as its row stores it: plain, encrypted under a subject's key, or missing.

The names differ from those of `events.payload`, where `Sealed` and `Erased` stand for data that a reader
cannot see. Documents have neither a salt nor rows without content, so they do not need this.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from dateline.log import hashing
from dateline.protect.vault import Vault


class Plain(msgspec.Struct, frozen=True):
    """What the commitment of an event covers."""

    salt: bytes
    body: bytes

    def matches(self, commitment: object) -> bool:
        """Whether it is the content that was recorded."""
        return hashing.holds(commitment, self.salt, self.body)


class Encrypted(msgspec.Struct, frozen=True):
    """Salt and body, sealed together: destroying the key erases both."""

    subject_key: str
    sealed: bytes


class Missing(msgspec.Struct, frozen=True):
    """No salt and no body. Only a ``content.erased`` event shows that they were erased."""


class Malformed(msgspec.Struct, frozen=True):
    """Values that Dateline never stores. ``reason`` completes a finding of `verify`."""

    reason: str


Content: TypeAlias = Plain | Encrypted | Missing | Malformed

_MISSING = Missing()
_HALF = Malformed("it has a salt or a body, but not both")
_TYPES = Malformed("its content does not match its commitment: it has values of the wrong type")


def load(subject_key: object, salt: object, body: object) -> Content:
    """The content of a row, whose values may be of any type."""
    if isinstance(salt, bytes) and isinstance(body, bytes):
        return Plain(salt, body)
    if salt is None and body is None:
        return _MISSING
    if salt is None and isinstance(subject_key, str) and isinstance(body, bytes):
        return Encrypted(subject_key, body)
    return _HALF if salt is None or body is None else _TYPES


def dump(content: Plain | Encrypted) -> tuple[bytes | None, bytes]:
    """The columns ``salt`` and ``body`` of a row."""
    return (content.salt, content.body) if isinstance(content, Plain) else (None, content.sealed)


def encrypt(content: Plain, subject_key: str, event_key: bytes, vault: Vault) -> Encrypted:
    sealed = vault.seal_event(subject_key, event_key, content.salt, content.body)
    return Encrypted(subject_key, sealed)


def decrypt(content: Encrypted, event_key: bytes, vault: Vault | None) -> Plain | None:
    """None when the key is not at hand. Raises DatelineError when it does not open with its key."""
    if vault is None:
        return None
    opened = vault.open_event(content.subject_key, event_key, content.sealed)
    return None if opened is None else Plain(*opened)
