"""Files as the formats of plugins read them, and exports as they write them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import BinaryIO

from dateline.errors import DatelineError
from dateline.export.exporter import Exporter, Material
from dateline.plugins.blaming import Blamed
from dateline.plugins.loaded import Plugins
from dateline.recording.line import Line

_CHUNK = 1 << 16


@contextmanager
def lines_of(
    plugins: Plugins, file: str | os.PathLike[str] | BinaryIO, format: str | None
) -> Iterator[Iterator[Line]]:
    """The lines of `file` in a format, by default that of its suffix; a stream is NDJSON by default.

    Raises UnknownName, DatelineError.
    """
    named = Path(file).name if isinstance(file, str | os.PathLike) else None
    if format is None and named is not None:
        reader = plugins.importer_for(named)
    else:
        reader = plugins.importer(format or "ndjson")
    # Errors of reading the file are not the plugin's.
    blamed = Blamed(
        plugins, "importers", reader.name, passing=(OSError,), file=named or "standard input"
    )
    with _opened(file) as stream:
        yield blamed.each(lambda: reader.read(iter(lambda: stream.read(_CHUNK), b"")))


def _opened(file: str | os.PathLike[str] | BinaryIO) -> AbstractContextManager[BinaryIO]:
    if not isinstance(file, str | os.PathLike):
        return nullcontext(file)
    try:
        return open(file, "rb")
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise DatelineError(
            f"cannot read {os.fspath(file)}: {error.strerror}",
            hint="name a file that you can read, or - for stdin",
            code="file-not-found" if missing else "file-unreadable",
        ) from None


def chunks(plugins: Plugins, format: str, material: Material) -> Iterator[str | bytes]:
    """The export in a format, in chunks: bytes in a binary one, else text. Raises UnknownName,
    DatelineError, ViewFailed."""
    exporter = plugins.exporter(format)
    return Blamed(plugins, "exporters", format).each(partial(_checked, exporter, material))


def text_of(plugins: Plugins, format: str, material: Material) -> str:
    """The export in a format that is text. Raises DatelineError (``format-binary``), and what `chunks` does."""
    if plugins.exporter(format).binary:
        raise DatelineError(
            f"the format {format} is not text",
            hint="use Archive.export_bytes, or `dateline export -o FILE`",
            code="format-binary",
        )
    return "".join(piece for piece in chunks(plugins, format, material) if isinstance(piece, str))


def bytes_of(plugins: Plugins, format: str, material: Material) -> bytes:
    """The export in any format; text is in UTF-8. Raises what `chunks` does."""
    pieces = chunks(plugins, format, material)
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)


def _checked(exporter: Exporter, material: Material) -> Iterator[str | bytes]:
    wanted, kind = (bytes, "bytes") if exporter.binary else (str, "text")
    for piece in exporter.export(material):
        if not isinstance(piece, wanted):
            raise TypeError(f"it yields {type(piece).__name__}, not {kind}")
        yield piece
