"""Opening ZIP files, and formats made of them, without unpacking more than is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from dateline.errors import DatelineError

if TYPE_CHECKING:
    import zipfile

_CHUNK = 1 << 16
_HEADER = 30
#: Bit 0 of the flags of an entry: its bytes are encrypted.
_ENCRYPTED = 1
_LINK = 0o120000
_HINT = "pack it again without that, or unpack it yourself and capture the files"


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The ZIP file. Raises DatelineError (``zip-damaged``, ``zip-overlapping``)."""
    import zipfile  # slow to import, and seldom needed

    try:
        packed = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise DatelineError(
            "it is not a complete ZIP file",
            hint="get the file again, or unpack it yourself and capture the files",
            code="zip-damaged",
        ) from None
    entries = sorted(packed.infolist(), key=lambda entry: entry.header_offset)
    for one, other in pairwise(entries):
        if one.header_offset + _HEADER + one.compress_size > other.header_offset:
            raise DatelineError(
                f"its entries {one.filename[:80]!r} and {other.filename[:80]!r} overlap",
                hint="such a file is made to fill a disk; do not open it",
                code="zip-overlapping",
            )
    return packed


def why_unreadable(entry: zipfile.ZipInfo) -> DatelineError | None:
    """Why an entry is not read: it is encrypted or a link. None if it can be read."""
    if entry.flag_bits & _ENCRYPTED:
        return DatelineError("it is encrypted", hint=_HINT, code="member-encrypted")
    if entry.external_attr >> 16 & 0o170000 == _LINK:
        return DatelineError("it is a link, not a document", hint=_HINT, code="link-not-followed")
    return None


def unpacked(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry, unpacked only as they are asked for. Raises DatelineError (``zip-damaged``)."""
    try:
        with packed.open(entry) as stream:
            while piece := stream.read(_CHUNK):
                yield piece
    except DatelineError:
        raise
    except Exception as error:  # zlib, bz2 and lzma raise errors of their own
        raise DatelineError(
            "it is damaged: it cannot be unpacked",
            hint="get the file again, or unpack it yourself and capture the files",
            code="zip-damaged",
        ) from error


def read_entry(packed: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    """The bytes of the entry `name`, at most `most`; None if there is none. Raises DatelineError
    (``member-too-large``, ``zip-damaged``)."""
    try:
        entry = packed.getinfo(name)
    except KeyError:
        return None
    if (error := why_unreadable(entry)) is not None:
        raise error
    kept, size = [], 0
    for piece in unpacked(packed, entry):
        kept.append(piece)
        size += len(piece)
        if size > most:
            raise DatelineError(
                f"its part {name} unpacks to more than {most >> 20} MiB",
                hint="save the text that you need and capture that with --as text",
                code="member-too-large",
            )
    return b"".join(kept)
