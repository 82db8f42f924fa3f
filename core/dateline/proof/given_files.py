"""What was kept outside the archive, to compare it with: public keys, checkpoints and exports."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from dateline.documents.folder import read_bounded
from dateline.errors import DatelineError
from dateline.plugins.loaded import Plugins
from dateline.proof.exported import Export, stated_cut
from dateline.proof.held import Given
from dateline.proof.verifier import Checkpoint, Vkey, Wrong, parse_note, read_vkey

#: The largest checkpoint, and the largest export, that is read, in bytes. Both are read into memory.
_NOTE_BYTES, _EXPORT_BYTES = 1 << 20, 4 << 30


def public_keys(given: Iterable[Vkey | str]) -> list[Vkey]:
    return [read_vkey(key) if isinstance(key, str) else key for key in given]


def checkpoints(given: Iterable[Given | str | os.PathLike[str]]) -> list[Given]:
    return [one if isinstance(one, Given) else Given(str(one), read_note(one)) for one in given]


def read_note(path: str | os.PathLike[str]) -> Checkpoint:
    """A checkpoint from a file. Raises DatelineError."""
    try:
        return parse_note(read_bounded(Path(path), _NOTE_BYTES))
    except Wrong:
        raise DatelineError(
            f"{path} is not a checkpoint",
            hint="give a file that `dateline checkpoint -o` wrote",
            code="not-a-checkpoint",
        ) from None


def read_export(archive: UUID, plugins: Plugins, file: str | os.PathLike[str]) -> Export:
    """An export and the cut that it states. Raises DatelineError if it is not of this archive."""
    path = Path(file)
    content = read_bounded(path, _EXPORT_BYTES)
    exporter = plugins.exporter_for(path.name)
    if exporter is None:
        raise DatelineError(
            f"no export format has the suffix of {path}",
            hint="keep the suffix that the file had when it was exported",
            code="format-unknown",
        )
    if not exporter.binary:
        content = content.removeprefix("\ufeff".encode())
    sidecar_path = path.with_name(path.name + ".meta.json")
    sidecar = read_bounded(sidecar_path, _NOTE_BYTES) if sidecar_path.exists() else None
    stated = stated_cut(exporter, content, sidecar)
    if stated.cut.archive != archive:
        raise DatelineError(
            f"{path} is an export of archive {stated.cut.archive}, not of this one",
            hint="name the other archive with --db",
            code="export-foreign",
        )
    return Export(str(path), exporter.name, content, sidecar, stated)
