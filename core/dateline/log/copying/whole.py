"""Copying a whole archive to a path or URL, which must not be its own."""

from __future__ import annotations

import os

from sqlalchemy import Engine

from dateline.errors import DatelineError
from dateline.log import schema
from dateline.log.copying.copier import Copied, Progress, copy, open_copy
from dateline.log.databases.sqlite_connection import file_of
from dateline.log.engine import kept_files, reading, shown, to_url
from dateline.log.overwriting import same_file


def require_elsewhere(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    keys: str | os.PathLike[str] | None,
) -> None:
    """Refuse a copy onto its own source, under whatever name. Raises DatelineError."""
    one, other = to_url(source), to_url(target)
    file = file_of(other)
    if one == other or (
        file is not None and any(same_file(file, own) for own in kept_files(one, keys))
    ):
        raise DatelineError(
            f"the target is {shown(one)} itself, or its keys database",
            hint="copy to a path where nothing exists yet",
            code="copy-onto-itself",
        )


def copy_to(engine: Engine, target: str | os.PathLike[str], progress: Progress) -> Copied:
    """Copy to `target` and close `engine`. Raises DatelineError, Damaged."""
    try:
        with reading(engine) as connection:
            archive = schema.archive_id(connection)
        made = open_copy(target, archive)
        try:
            return copy(engine, made, progress)
        finally:
            made.dispose()
    finally:
        engine.dispose()
