"""AES-256-GCM (NIST SP 800-38D) under one key, with a random nonce each time."""

from __future__ import annotations

import os
from functools import cache

from dateline.errors import DatelineError, MissingLibrary

KEY_BYTES = 32
NONCE_BYTES = 12
#: Bytes that sealing adds: nonce and tag.
OVERHEAD = NONCE_BYTES + 16


def new_key() -> bytes:
    """256 random bits. Raises MissingLibrary, so that no unusable key is made."""
    _library()
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """nonce ‖ ciphertext ‖ tag of `plain`; `bound` is authenticated with it and must be given again.

    Nonces are random: one key is good for 2**32 messages (SP 800-38D §8.3). Raises MissingLibrary.
    """
    nonce = os.urandom(NONCE_BYTES)
    sealed: bytes = nonce + _library().AESGCM(key).encrypt(nonce, plain, bound)
    return sealed


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The content that was sealed. Raises MissingLibrary, and DatelineError when it was changed."""
    library = _library()
    try:
        plain: bytes = library.AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound
        )
    except (library.InvalidTag, ValueError):
        raise DatelineError(
            "protected content does not open with its key: it was changed or moved",
            hint="name the archive's own keys with --keys; if you did, restore the archive from a "
            "backup: something outside Dateline changed it",
            code="sealed-content-altered",
        ) from None
    return plain


class _Library:
    """The two names needed from `cryptography`, imported when first used."""

    def __init__(self) -> None:
        try:
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        except ImportError:
            raise MissingLibrary("cryptography", "protect") from None
        self.AESGCM, self.InvalidTag = AESGCM, InvalidTag


_library = cache(_Library)
