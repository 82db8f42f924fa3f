"""The key that signs an archive's checkpoints: an Ed25519 key in a file outside the database.

The file holds one line in the form of golang.org/x/mod/sumdb/note, ``PRIVATE+KEY+name+id+base64``,
where the name is the archive's origin. Only its owner may read it.
"""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from dateline.errors import DatelineError, MissingLibrary
from dateline.log.atomic_file import made, sync_folder
from dateline.log.overwriting import refuse_kept
from dateline.proof.verifier import ORIGIN, Vkey, make_vkey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: The file of a signing key; None or "" for its default place.
KeyFile: TypeAlias = str | os.PathLike[str] | None
_PREFIX = "PRIVATE+KEY+"
_ED25519 = b"\x01"


class SigningKey:
    """Signs in the name of one archive. ``vkey`` is the public half, to hand out."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.vkey: Vkey = make_vkey(name, private.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        return self._private.sign(text.encode())


def origin(archive: UUID) -> str:
    """The name that an archive signs under, in checkpoints and keys."""
    return f"{ORIGIN}{archive}"


def default_path(archive: UUID) -> Path:
    """The default place of an archive's key, below ``$XDG_CONFIG_HOME``.

    Raises DatelineError when that is not set and there is no home folder.
    """
    try:
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    except RuntimeError:  # no HOME, and the user is unknown to the system
        raise DatelineError(
            "there is no home folder to keep the signing key in",
            hint="name its file with --key, or set XDG_CONFIG_HOME",
            code="home-missing",
        ) from None
    return Path(home) / "dateline" / "keys" / f"{archive}.key"


def place(archive: UUID, file: KeyFile) -> Path:
    return Path(file) if file else default_path(archive)


def find(archive: UUID, file: KeyFile = None) -> SigningKey | None:
    """An archive's key; None if its file does not exist. Raises DatelineError."""
    try:
        return load(place(archive, file), archive)
    except FileNotFoundError:
        return None


def missing(archive: UUID, file: KeyFile, hint: str) -> DatelineError:
    path = place(archive, file)
    return DatelineError(f"there is no signing key {path}", hint=hint, code="signing-key-missing")


def create(path: Path, archive: UUID, kept: Iterable[Path] = ()) -> SigningKey:
    """Make a key in a new file of mode 0600. Raises DatelineError when the file exists, or `path` is one
    of the files that the archive itself uses (`kept`)."""
    private = _ed25519().generate()
    key = SigningKey(origin(archive), private)
    packed = base64.b64encode(_ED25519 + private.private_bytes_raw()).decode()
    line = f"{_PREFIX}{key.vkey.name}+{key.vkey.id.hex()}+{packed}\n"
    taken = DatelineError(
        f"{path} already exists",
        hint="use it as it is, or choose another with --key",
        code="signing-key-exists",
    )
    if os.path.lexists(path):
        raise taken
    refuse_kept(path, kept)
    new = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with made(path, force=False) as file:  # half a key would keep a new one from being made
            file.write(line.encode("ascii"))
        for folder in new:
            sync_folder(folder.parent)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise DatelineError(
            f"cannot create {path}: {error.strerror}",
            hint="check the folder and its permissions, or name another file with --key",
            code="signing-key-not-created",
        ) from None
    return key


def load(path: Path, archive: UUID) -> SigningKey:
    """The key in a file. Raises DatelineError when it is not a key, belongs to another archive or can be
    read by others; FileNotFoundError when the file does not exist."""
    try:
        with open(path, encoding="ascii") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            line = file.read(1000).strip()
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise DatelineError(
            f"cannot read the key {path}: {error}",
            hint="check the file and its permissions, or name another file with --key",
            code="signing-key-unreadable",
        ) from None
    if mode & 0o077:
        raise DatelineError(
            f"others can read the key {path} (mode {mode:04o})",
            hint=f"chmod 600 {path}, or sign with a new key if others may have read it",
            code="signing-key-exposed",
        )
    try:
        name, _, rest = line.removeprefix(_PREFIX).partition("+")
        key_id, _, packed = rest.partition("+")
        raw = base64.b64decode(packed, validate=True)
        if not line.startswith(_PREFIX) or raw[:1] != _ED25519 or len(raw) != 33:
            raise ValueError
        key = SigningKey(name, _ed25519().from_private_bytes(raw[1:]))
        if key.vkey.id.hex() != key_id:
            raise ValueError
    except ValueError:
        raise DatelineError(
            f"{path} is not a signing key of Dateline",
            hint="name the right file with --key, or make a new key with `dateline key new`",
            code="not-a-signing-key",
        ) from None
    if name != origin(archive):
        raise DatelineError(
            f"the key {path} signs as {name}, not as this archive ({origin(archive)})",
            hint="name this archive's key with --key",
            code="signing-key-foreign",
        )
    return key


def _ed25519() -> type[Ed25519PrivateKey]:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        raise MissingLibrary("cryptography", "proof") from None
    return Ed25519PrivateKey
