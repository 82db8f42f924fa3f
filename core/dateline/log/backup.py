"""Backup: one file with the whole archive as it is now, while others go on writing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log import atomic_file, overwriting, schema
from dateline.log.copying.copier import Progress, copy
from dateline.log.databases.resting import rest
from dateline.log.engine import reading
from dateline.log.read import Head
from dateline.protect.keys_file import holds_keys


def backup(
    engine: Engine,
    file: str | os.PathLike[str],
    *,
    force: bool,
    progress: Progress,
    kept: Iterable[Path] = (),
) -> Head:
    """Write the archive to the SQLite `file`, readable only by its owner. Returns the head it holds.

    Only the tables of the log are copied, row by row: plain text in views and in free pages must not
    outlive an erasure in a file where nothing is erased later. The file is made next to its final
    place, checked, synced and then given its name. Raises DatelineError when it exists (unless
    `force`), is in use or cannot be written, Damaged when the archive does not match its hashes;
    nothing is left behind then. A `kept` file, a keys database or a signing key is never replaced.
    """
    target = Path(file)
    overwriting.refuse_kept(target, kept, replaceable=lambda path: not holds_keys(path))
    if target.is_symlink() or (target.exists() and not force):
        raise atomic_file.taken(target)
    if target.exists() and not target.is_file():
        raise DatelineError(
            f"{target} is not a file", hint="choose another name", code="output-not-a-file"
        )
    overwriting.refuse_used(target)
    with atomic_file.beside(target) as temporary:
        with reading(engine) as connection:
            archive = schema.archive_id(connection)
        copied = schema.create(temporary, copy_of=archive)
        try:
            goal = copy(engine, copied, progress).head
        finally:
            copied.dispose()
        rest(temporary)
        atomic_file.settle(temporary, target, force=force)
    return goal
