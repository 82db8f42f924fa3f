"""Limits on what a container may unpack to, so that a hostile file costs little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dateline.errors import DatelineError

_MIB = 1 << 20
#: The characters that a name may not contain: they would move the cursor or end the line.
_CONTROL = frozenset(map(chr, [*range(32), *range(127, 160), 0x2028, 0x2029]))


@dataclass(frozen=True)
class Bounds:
    """``member`` is the most bytes of a document, ``total`` of all documents of one file, ``count`` the most
    documents, ``depth`` of containers in containers. A file may unpack to `ratio` times its size; up to
    `small` bytes always."""

    member: int = 64 * _MIB
    total: int = 16_384 * _MIB
    count: int = 200_000
    depth: int = 4
    ratio: int = 200
    small: int = 64 * _MIB


class Spent:
    """What one file was unpacked to so far. Each method raises DatelineError when a bound is passed."""

    def __init__(self, bounds: Bounds, size: int) -> None:
        self._bounds = bounds
        self._most = min(bounds.total, max(bounds.small, size * bounds.ratio))
        self._dense = self._most < bounds.total
        self._bytes = self._count = 0

    def another(self) -> None:
        """Count one more document. Raises DatelineError (``container-too-many``)."""
        self._count += 1
        if self._count > self._bounds.count:
            raise DatelineError(
                f"it holds more than {self._bounds.count:,} documents; the rest was not read",
                hint="split it, and capture the parts",
                code="container-too-many",
            )

    def deeper(self, depth: int) -> None:
        """Raises DatelineError (``container-too-deep``)."""
        if depth > self._bounds.depth:
            raise DatelineError(
                f"what it holds would lie in more than {self._bounds.depth} containers",
                hint="unpack it yourself, and capture what you need",
                code="container-too-deep",
            )

    def content(self, pieces: bytes | Iterable[bytes]) -> bytes:
        """The bytes of one document. Raises DatelineError (``member-too-large``, ``container-too-dense``,
        ``container-too-large``)."""
        kept, size = [], 0
        for piece in [pieces] if isinstance(pieces, bytes) else pieces:
            size += len(piece)
            self._bytes += len(piece)
            if size > self._bounds.member:
                raise DatelineError(
                    f"it is over {self._bounds.member // _MIB} MiB",
                    hint="allow more with --max-size",
                    code="member-too-large",
                )
            if self._bytes > self._most:
                raise self._over()
            kept.append(piece)
        return b"".join(kept)

    def _over(self) -> DatelineError:
        if self._dense:
            return DatelineError(
                f"it unpacks to more than {self._bounds.ratio} times its size; the rest was not read",
                hint="if you trust it, unpack it yourself and capture the folder",
                code="container-too-dense",
            )
        return DatelineError(
            f"it unpacks to more than {self._most // _MIB:,} MiB; the rest was not read",
            hint="unpack it yourself, and capture it in parts",
            code="container-too-large",
        )


#: These end the reading of a file; after other errors its next document is read.
ENDING = frozenset({"container-too-many", "container-too-dense", "container-too-large"})


def require_plain_name(name: str) -> None:
    """Raises DatelineError (``member-name``) for a name that leads out of its container or would
    change what a terminal shows."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or name[1:3] in (":\\", ":/"):
        what = f"its name {name[:80]!r} leads out of the container"
    elif not name.strip() or not _CONTROL.isdisjoint(name):
        what = f"its name {name[:80]!r} is empty or has control characters"
    elif len(name) > 1000:
        what = f"its name {name[:40]!r}... has more than 1,000 characters"
    else:
        return
    raise DatelineError(
        what,
        hint="unpack it yourself under another name, and capture that",
        code="member-name",
    )
