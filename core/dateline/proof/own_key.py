"""The key that an archive's checkpoints are signed with: found, or created on first use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection

from dateline.errors import Damaged, DatelineError
from dateline.log import read
from dateline.log.schema import archive_id
from dateline.proof import checkpoint
from dateline.proof.keys import SigningKey, create, default_path, load, origin
from dateline.proof.verifier import (
    Checkpoint,
    Proven,
    Unchecked,
    Vkey,
    Wrong,
    check,
    checkpoint_text,
    read_checkpoint,
    read_vkey,
)

#: The file of a signing key; None or "" for its default place.
KeyFile: TypeAlias = str | os.PathLike[str] | None


def key_path(archive: UUID, file: KeyFile) -> Path:
    return Path(file) if file else default_path(archive)


def find_key(archive: UUID, file: KeyFile) -> SigningKey | None:
    """The signing key; None if its file does not exist. Raises DatelineError."""
    try:
        return load(key_path(archive, file), archive)
    except FileNotFoundError:
        return None


def require_key(connection: Connection, file: KeyFile) -> SigningKey:
    """The signing key. Raises DatelineError (``signing-key-missing``)."""
    archive = archive_id(connection)
    key = find_key(archive, file)
    if key is None:
        hint = "create one with `dateline key new`"
        if checkpoint.last(connection) is not None:
            hint = "checkpoints are already signed: name the file of their key with --key"
        raise _missing(key_path(archive, file), hint)
    return key


def make_key(
    archive: UUID, file: KeyFile, kept: Iterable[Path], notice: Callable[[str], object]
) -> SigningKey:
    """Create a key in its file, and report it. Raises DatelineError if the file exists."""
    path = key_path(archive, file)
    key = create(path, archive, kept)
    notice(
        f"Created the signing key {path}. Keep a copy away from the archive. Anyone who has it can sign "
        f"as you.\nPublic key, to publish: {key.vkey}"
    )
    return key


def key_to_sign(
    connection: Connection, file: KeyFile, kept: Iterable[Path], notice: Callable[[str], object]
) -> SigningKey:
    """The signing key, created on first use. Raises DatelineError if there is nothing to sign, or if
    checkpoints were signed with a key that is not here."""
    if not read.head(connection).position:
        raise checkpoint.NothingToSign
    archive = archive_id(connection)
    path = key_path(archive, file)
    if checkpoint.last(connection) is None and not path.exists():
        try:
            return make_key(archive, file, kept, notice)
        except DatelineError:
            if not path.exists():
                raise
            # Another process created it meanwhile.
    if file:
        return require_key(connection, file)
    key = find_key(archive, None)
    if key is None:
        raise _missing(
            path, "name its file with --key; if it is lost, create another with `dateline key new`"
        )
    return key


def unsigned(head: read.Head) -> Checkpoint:
    """A checkpoint of the log as it is, without a signature."""
    name = origin(head.archive)
    text = checkpoint_text(name, head.position, head.root)
    return Checkpoint(name, head.position, head.root, text, ())


def readable(signed: checkpoint.Signed) -> Checkpoint:
    """A stored checkpoint, read. Raises Damaged."""
    try:
        return read_checkpoint(signed.note)
    except Wrong:
        raise Damaged("the last checkpoint in the archive cannot be read") from None


def _missing(path: Path, hint: str) -> DatelineError:
    return DatelineError(f"there is no signing key {path}", hint=hint, code="signing-key-missing")


def check_proof(proof: Mapping[str, Any], vkeys: Iterable[Vkey | str] = ()) -> Proven:
    """Check a proof as its reader will, with the public keys `vkeys`. What could not be checked is in
    ``open`` of the result, in sentences. Raises DatelineError (``proof-failed``)."""
    keys = [read_vkey(key) if isinstance(key, str) else key for key in vkeys]
    try:
        return check(proof, keys)
    except (Wrong, Unchecked) as wrong:
        raise DatelineError(f"this proof is wrong: {wrong}", code="proof-failed") from None
