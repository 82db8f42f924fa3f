"""Backup: one file with the whole archive as it is now, while others go on writing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log import files, schema
from dateline.log.backend import of
from dateline.log.copying.chains import Chains
from dateline.log.copying.copier import Progress, copy, open_copy
from dateline.log.copying.pages import EVENTS, agree, head_of, pages
from dateline.log.engine import reading, shown
from dateline.log.read import Head
from dateline.protect.keys import holds_keys


def backup(
    engine: Engine,
    file: str | os.PathLike[str],
    *,
    force: bool,
    progress: Progress,
    kept: Iterable[Path] = (),
) -> Head:
    """Write the archive to the SQLite `file`, readable by its owner alone; returns how far it goes.

    The file is made beside its place, checked, synced and then given its name. Raises DatelineError
    when it is there already (unless `force`), is in use or cannot be written, Damaged when the
    archive is not what its hashes say; nothing is left behind then. No file that is `kept`, keys
    database or signing key is ever replaced.
    """
    target = Path(file)
    files.refuse_kept(target, kept, replaceable=lambda path: not holds_keys(path))
    if target.is_symlink() or (target.exists() and not force):
        raise files.taken(target)
    if target.exists() and not target.is_file():
        raise DatelineError(f"{target} is no file", hint="choose another name")
    files.refuse_used(target)
    with files.beside(target) as temporary:
        with reading(engine) as connection:
            goal = head_of(connection, shown(engine.url))
            with progress("backing up", "pages") as step:
                made = of(engine).back_up(connection, temporary, step)
        if made:
            _check(temporary, goal, shown(engine.url), progress)
        else:
            goal = _copy(engine, temporary, goal, progress)
        files.settle(temporary, target, force=force)
    return goal


def _copy(engine: Engine, temporary: Path, goal: Head, progress: Progress) -> Head:
    target = open_copy(temporary, goal.archive)
    try:
        return copy(engine, target, progress).head
    finally:
        target.dispose()


def _check(temporary: Path, goal: Head, where: str, progress: Progress) -> None:
    """See that the file is an archive whose hashes are right. Its faults are those of the original."""
    engine = schema.connect(temporary)
    try:
        with reading(engine) as connection, progress("checking", "events") as step:
            chains = Chains(where, goal.archive)
            for rows in pages(connection, EVENTS, goal.position, where=where):
                for row in rows:
                    chains.add(row)
                step(chains.position, goal.position)
            agree(connection, chains, goal, where)
    finally:
        engine.dispose()
