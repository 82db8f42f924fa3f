"""Seals and opens protected content of one archive with the keys that are at hand.

Sealed content is bound to its place (the archive and the event, or the document's name), so that it
cannot be moved to another one.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from dateline.errors import DatelineError
from dateline.protect import cipher
from dateline.protect.keys import Keys

_EVENT = b"dateline/protected-event/v1"
_DOCUMENT = b"dateline/protected-document/v1"
_NAME = b"dateline/document-name/v1"
_ID = b"dateline/event-id/v1"
SALT_BYTES = 32


class Vault:
    """Seals and opens content under the keys of one archive."""

    def __init__(self, keys: Keys, archive: UUID) -> None:
        self.keys, self._archive = keys, archive.bytes

    def seal_event(self, key_id: str, event_key: bytes, salt: bytes, body: bytes) -> bytes:
        """What is stored in place of an event's body: salt and body, sealed together."""
        bound = _EVENT + self._archive + event_key
        return cipher.seal(self._secret(key_id), salt + body, bound)

    def open_event(
        self, key_id: str, event_key: bytes, stored: bytes
    ) -> tuple[bytes, bytes] | None:
        """(salt, body) of a protected event; None when its key is not at hand.

        Raises DatelineError when it does not open with its key.
        """
        secret = self.keys.secret(key_id)
        if secret is None:
            return None
        plain = cipher.unseal(secret, stored, _EVENT + self._archive + event_key)
        return plain[:SALT_BYTES], plain[SALT_BYTES:]

    def document_name(self, key_id: str, digest: bytes) -> bytes | None:
        """The name that a protected document is stored under: HMAC-SHA256 of its SHA-256 under the key.
        Without the key it does not reveal whether a given document was here. None when the key is not
        at hand."""
        secret = self.keys.secret(key_id)
        return None if secret is None else _hmac(secret, _NAME + digest)

    def seal_document(self, key_id: str, name: bytes, content: bytes) -> bytes:
        bound = _DOCUMENT + self._archive + name
        return cipher.seal(self._secret(key_id), content, bound)

    def open_document(self, key_id: str, name: bytes, stored: bytes) -> bytes:
        return cipher.unseal(self._secret(key_id), stored, _DOCUMENT + self._archive + name)

    def id_digest(self, key_id: str, content: bytes) -> bytes:
        """The digest for the id of a protected imported line. A plain hash would outlive the key and
        confirm a guess at the content."""
        return _hmac(self._secret(key_id), _ID + content)

    def _secret(self, key_id: str) -> bytes:
        secret = self.keys.secret(key_id)
        if secret is None:
            raise DatelineError(
                f"the key {key_id} is not at hand",
                hint="name the keys database with --keys",
                code="keys-missing",
            )
        return secret


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
