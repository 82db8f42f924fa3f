"""What differs between databases, behind one door: `sqlite` and `postgres` each answer it.

The log and the views are written once; they ask a backend for the few things SQL leaves open.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from dateline.errors import DatelineError, NotAnArchive
from dateline.log.relation import Relation

#: Runs one statement on the driver's own connection, placeholders written ``?``; its cursor.
Execute = Callable[..., Any]
Values = tuple[Any, ...]


class LockTimeout(DatelineError):
    """Another session held a lock for longer than this one waits."""

    code = "locked"


class Unwritten(DatelineError):
    """The database could not do it, and wrote nothing. ``step`` is what gets past it."""

    code = "not-written"

    def __init__(self, what: str, step: str) -> None:
        super().__init__(what, hint=f"{step}; nothing was written")
        self.step = step


class Unheeded(Unwritten):
    """The database took a statement, did something else, and reported no error."""


def require_done(done: int, wanted: int, table: str) -> None:
    """See that a statement changed as many rows as it had to. Raises Unheeded: then nothing may be
    acknowledged."""
    if done != wanted:
        raise Unheeded(
            f"the database changed {max(done, 0)} of {wanted} rows of the table {table} and reported no "
            "error: a rule, a trigger or a policy on the table is in the way",
            "find it with `dateline verify` and remove it, then run this again",
        )


class Watch(ABC):
    """Looks out for events being recorded by anybody."""

    #: Seconds after which to look though nothing was heard.
    poll: ClassVar[float]

    def sockets(self) -> Sequence[int]:
        """Become readable when something was heard."""
        return ()

    @abstractmethod
    def changed(self) -> bool:
        """False when it is certain that nothing was recorded since it was last asked."""


class Backend(ABC):
    """One kind of database. It keeps no state of its own."""

    #: What the driver raises of itself, where no layer wraps it.
    errors: ClassVar[type[Exception]]
    #: Execution options of a connection that takes a snapshot, and of one that writes.
    reading: ClassVar[Mapping[str, Any]]
    writing: ClassVar[Mapping[str, Any]]
    #: Appends wait for each other at the head row alone, and each statement there is a round trip:
    #: `open_append` and `close_append` save some, and what can be done before is.
    remote: ClassVar[bool] = False
    #: What is added to DROP so that what others have built on it goes, too.
    cascade: ClassVar[str] = ""

    @abstractmethod
    def engine(self, url: URL) -> Engine:
        """An engine with Dateline's settings; it connects to nothing yet."""

    @abstractmethod
    def shown(self, url: URL) -> str:
        """`url` for a person's eyes: nothing in it is secret."""

    @abstractmethod
    def explained(self, error: Exception, where: str) -> Exception:
        """A driver's error as one with a next step; a programming error as it is."""

    @abstractmethod
    def exists(self, url: URL) -> bool:
        """False when there is nothing to connect to, as far as can be seen without connecting."""

    def require_own_log(self, engine: Engine, current: str) -> None:
        """See that what a process left beside the database when it died belongs to it; `current` is
        the present schema. Raises DatelineError."""

    def sealed(self, engine: Engine) -> bool:
        """Whether nobody can write to this database: what is to be read must not need that."""
        return False

    def rests(self, engine: Engine) -> bool:
        """Whether what is to be read must leave the database as it is: nobody can write to it, or it
        is a backup that nothing was written to since it was made."""
        return self.sealed(engine)

    @abstractmethod
    def place(self, engine: Engine) -> AbstractContextManager[Engine]:
        """An engine on a place to make a new archive in. It becomes that of `engine` when the block
        ends, and is taken away again when the block fails."""

    @abstractmethod
    def damage(self, connection: Connection) -> list[str]:
        """What the database itself finds wrong with how it is stored, as far as it can tell."""

    @abstractmethod
    def triggers(self, connection: Connection, tables: Sequence[str]) -> list[tuple[str, str]]:
        """The triggers of some tables: ``NAME on TABLE`` and what it does, the same on every server."""

    def meddling(self, connection: Connection, tables: Sequence[str]) -> list[str]:
        """What else than triggers may make a statement on some tables do something other than it
        says, in words."""
        return []

    @contextmanager
    def any_text(self, connection: Connection) -> Iterator[None]:
        """In the block, bytes of a text that are no UTF-8 are read as lone surrogates."""
        yield

    @abstractmethod
    def hold_creation(self, connection: Connection) -> None:
        """Keep others from making an archive in the same place until this transaction ends."""

    @abstractmethod
    def hold_head(self, connection: Connection) -> None:
        """Take the append lock, if beginning to write did not."""

    def limit_idle(self, connection: Connection) -> None:
        """Have the database end this transaction when its process says nothing for long, so that
        others do not wait for what it holds."""
        return

    @abstractmethod
    def hold_table(self, connection: Connection, table: str) -> bool:
        """Keep a table that this snapshot reads from being dropped; False when it is gone."""

    @abstractmethod
    def hold_alone(self, connection: Connection, tables: Sequence[str]) -> None:
        """Let nobody else read or write those tables, or SQL views, from now on; one that is not
        there is passed over."""

    @abstractmethod
    def relations(self, connection: Connection, names: Sequence[str]) -> list[Relation]:
        """What has one of `names`, of whatever kind, each under the name that was asked for."""

    @abstractmethod
    def show(self, connection: Connection, view: str, table: str, hidden: Sequence[str]) -> None:
        """Make the SQL view of that name show a table, without rows of a status in `hidden`. What
        others built on it stays; nothing else may have the name."""

    @abstractmethod
    def selects(self, view: Relation, table: Relation, hidden: Sequence[str]) -> str:
        """What the SQL view says that `show` makes in the place of `view`, as `Relation.selects`."""

    @abstractmethod
    def column_type(self, kind: str) -> str:
        """The type of a column that holds ``text``, ``integer``, ``number`` or ``boolean``, as
        `relations` has it."""

    @abstractmethod
    def execute(self, connection: Connection) -> Execute:
        """What runs single statements, as fast as the driver does."""

    @abstractmethod
    def execute_many(self, connection: Connection, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each of `rows`, placeholders written ``?``; how many rows it
        changed."""

    def open_append(
        self, connection: Connection, ids: Sequence[bytes], stories: Sequence[bytes]
    ) -> list[Values]:
        """Where `remote`: take the append lock, and look up what an append must know, in one round trip.

        Rows of (kind, key, owner, number, at, name, subject, content, the server's clock in
        microseconds): ``head`` (archive, None, position, None, None, None, peaks), one; ``event`` (id, story, position, None, type, subject
        key, body), each of `ids` that is there; ``story`` (id, None, version, recorded, None, None,
        leaf), each of `stories` that is there.
        """
        raise NotImplementedError

    def close_append(
        self, connection: Connection, position: int, peaks: bytes, stories: Sequence[Values]
    ) -> None:
        """Where `remote`: write the head and stories (version, leaf, recorded, id), in one round
        trip. Raises Unheeded."""
        raise NotImplementedError

    @abstractmethod
    def be_brief(self, connection: Connection, milliseconds: int) -> None:
        """Wait no longer than that for any lock in this transaction."""

    @abstractmethod
    def insert(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
    ) -> None:
        """Insert rows in bulk. Raises Unheeded when one of them is not there then."""

    @abstractmethod
    def replace(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
        key: Sequence[str],
    ) -> None:
        """Insert rows in bulk, over those of the same key. The key columns come first."""

    def written_us(self, engine: Engine) -> int | None:
        """When the file was written last, by the clock of its file system, in microseconds; None where
        there is no file to ask. Asked after a commit, it is the time of that."""
        return None

    @abstractmethod
    def announce(self, engine: Engine) -> None:
        """Wake who waits for events, after they are committed. Never fails."""

    @abstractmethod
    def watch(self, engine: Engine) -> AbstractContextManager[Watch]:
        """What wakes who waits for events. It may miss some: look again now and then."""

    @abstractmethod
    def lost(self, error: BaseException) -> bool:
        """Whether `error` says that the connection is gone, and another may be had."""

    @abstractmethod
    def delete(
        self, connection: Connection, table: str, key: Sequence[str], keys: Iterable[Values]
    ) -> None:
        """Delete the rows of text keys in bulk."""


@lru_cache(8)
def backend(name: str) -> Backend:
    """The backend of a SQLAlchemy dialect's name. Raises DatelineError, MissingLibrary."""
    if name == "sqlite":
        from dateline.log.sqlite import SQLite

        return SQLite()
    if name == "postgresql":
        from dateline.log.postgres import PostgreSQL

        return PostgreSQL()
    raise DatelineError(
        f"{name} archives are not supported",
        hint="give the path of a SQLite file with --db, or a URL postgresql://HOST/DATABASE",
    )


def of(connection: Connection | Engine) -> Backend:
    """The backend of a connection or an engine."""
    return backend(connection.dialect.name)


@contextmanager
def named_errors(bind: Connection | Engine) -> Iterator[None]:
    """The database's own failures as errors with a next step; programming errors pass."""
    kind, url = of(bind), bind.engine.url
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, kind.errors):
            explained = kind.explained(error.orig, kind.shown(url))
            if isinstance(explained, DatelineError):
                raise explained from error
        raise
    except UnicodeDecodeError as error:
        # The driver raises it of a message that repeats a name which is no UTF-8 any more.
        if b"malformed" not in error.object:
            raise
        said = error.object.decode(errors="replace")
        raise NotAnArchive(f"{kind.shown(url)} is damaged: {said}") from error
    except kind.errors as error:
        explained = kind.explained(error, kind.shown(url))
        if isinstance(explained, DatelineError):
            raise explained from error
        raise


def driver(connection: Connection) -> Any:
    """The database driver's own connection."""
    return connection.connection.driver_connection


def quoted(name: str) -> str:
    """A table's or column's name as SQL. Raises ValueError for one Dateline would not give."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ValueError(f"{name!r} is no name of a table or column")
    return f'"{name}"'


def without(hidden: Sequence[str]) -> str:
    """The condition that leaves out rows of those statuses; empty when there are none."""
    return f' WHERE "status" NOT IN ({", ".join(map(repr, hidden))})' if hidden else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
