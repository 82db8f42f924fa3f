"""Erasures that are not finished: until they are, content is not copied, and read-only archives show none."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Engine

from dateline.erasure.journal import Erasure
from dateline.erasure.pairing import Pairing
from dateline.erasure.steps import unrecorded
from dateline.errors import DatelineError
from dateline.log.databases.backend import only_reads
from dateline.log.engine import reading


class Copied(Protocol):
    """What copies of `dateline.Archive` need of it."""

    @property
    def held_up(self) -> list[Erasure]: ...


class Readable(Copied, Protocol):
    """What readers of `dateline.Archive` need of it."""

    _engine: Engine


def require_erased(archive: Copied) -> None:
    """Prevent copies of content that must be erased. Raises DatelineError."""
    if archive.held_up:
        raise DatelineError(
            f"an erasure is not finished ({archive.held_up[0].reason}): a copy would keep its content",
            hint="end the session that blocks it (on PostgreSQL, pg_stat_activity shows it), "
            "then run this again",
            code="erasure-unfinished",
        )


def require_readable(archive: Readable) -> None:
    """Prevent a read-only archive, which finishes no erasure, from showing what must be erased. Raises
    DatelineError."""
    if only_reads(archive._engine) and archive.held_up:
        raise DatelineError(
            "an erasure is not finished; until it is, this archive is not shown",
            hint="run any `dateline` command on the archive: it finishes the erasure",
            code="erasure-unfinished",
        )


class Unfinished:
    """The erasures whose content is still present, or present again. Those of a keys database that is not the
    archive's own are not among them. They are looked up again when the keys database has changed."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing, self._file = pairing, pairing.vault.keys.file
        self._known: tuple[object, list[Erasure]] | None = None

    def erasures(self) -> list[Erasure]:
        if not self._file.here:
            return []
        state, known = self._file.state(), self._known
        if state is None or known is None or known[0] != state:
            self._known = known = state, self._found()
        return known[1]

    def _found(self) -> list[Erasure]:
        erasures = self._pairing.journal.erasures()
        if not erasures:
            return []
        with reading(self._pairing.engine) as connection:
            if not self._pairing.own(connection, erasures):
                return []
            undone = unrecorded(connection, [one for one in erasures if one.step == "done"])
        return [one for one in erasures if one.step not in ("purged", "done")] + undone
