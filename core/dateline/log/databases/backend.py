"""The interface to a database, implemented by `sqlite` and `postgres`.

The log and the views are written once. They ask a backend for whatever standard SQL does not cover;
`dialect.of` gives them the one of their connection.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from dateline.log.databases.relation import Relation
from dateline.log.databases.unwritten import require_done

#: Runs one statement on the driver's own connection, with ``?`` placeholders. Returns its cursor.
Execute = Callable[..., Any]
Values = tuple[Any, ...]
#: The execution option of an engine that only reads.
READ_ONLY = "dateline_read_only"
#: ``check(connection, where)`` raises an error unless the database, which errors call `where`, is sound.
Check = Callable[[Connection, str], None]

_SET_HEAD = "UPDATE log_head SET position = ?, peaks = ?"
_SET_STORY = "UPDATE stories SET version = ?, leaf = ?, recorded_us = ? WHERE story = ?"


def only_reads(engine: Engine) -> bool:
    """Whether an engine was made to read only."""
    return bool(engine.get_execution_options().get(READ_ONLY, False))


class Watch(ABC):
    """Waits for any process to record events."""

    #: Seconds after which to look for events even without a notification.
    poll: ClassVar[float]

    def sockets(self) -> Sequence[int]:
        """Sockets that become readable when a notification arrives."""
        return ()

    @abstractmethod
    def changed(self) -> bool:
        """False when certainly nothing was recorded since the last call."""


class Backend(ABC):
    """One kind of database. It keeps no state of its own."""

    #: The base class of the driver's own errors, where no layer wraps them.
    errors: ClassVar[type[Exception]]
    #: Execution options of a connection that reads a snapshot, and of one that writes.
    reading: ClassVar[Mapping[str, Any]]
    writing: ClassVar[Mapping[str, Any]]
    #: Whether each statement is a round trip, during which other appends wait for the head row. If so,
    #: `open_append` and `close_append` save round trips, and work is done before the lock if possible.
    remote: ClassVar[bool] = False
    #: What is added to DROP to drop dependent objects of outsiders, too.
    cascade: ClassVar[str] = ""
    #: How many letters of a text an index may hold, if entries have a limited size: three fit one entry.
    index_letters: ClassVar[int | None] = None

    @abstractmethod
    def engine(self, url: URL, *, read_only: bool = False) -> Engine:
        """An engine with Dateline's settings; it connects to nothing yet. The connections of one that is
        `read_only` cannot write. It may be used from any number of threads, and never makes one wait for
        another's connection: a thread may need a second one while it holds the first."""

    @abstractmethod
    def shown(self, url: URL) -> str:
        """`url` for display, without secrets."""

    @abstractmethod
    def explained(self, error: Exception, where: str) -> Exception:
        """A driver's error as an error with a next step; a programming error unchanged."""

    def exists(self, url: URL) -> bool:
        """False when there is nothing to connect to, as far as this can be seen without connecting."""
        return True

    def require_own_log(self, engine: Engine, read_through: Check) -> None:
        """Check that files which a killed process left next to the database belong to it, if need be
        with `read_through`, which reads the whole log. Raises DatelineError."""

    def sealed(self, engine: Engine) -> bool:
        """Whether the database is read-only for everybody, so that reading must not write to it."""
        return False

    def rests(self, engine: Engine) -> bool:
        """Whether reading must leave the database unchanged: it was opened read-only, is read-only for
        everybody, or is a backup that nothing was written to since it was made."""
        return only_reads(engine) or self.sealed(engine)

    @abstractmethod
    def place(self, engine: Engine) -> AbstractContextManager[Engine]:
        """An engine on a temporary place to make a new archive in. At the end of the block the archive
        is moved to the place of `engine`; when the block fails it is removed."""

    def damage(self, connection: Connection) -> list[str]:
        """Damage that the database itself finds in its storage. A server has its own tools for that."""
        return []

    @abstractmethod
    def triggers(self, connection: Connection, tables: Sequence[str]) -> list[tuple[str, str]]:
        """The triggers of some tables: ``NAME on TABLE`` and what it does, equal on every server."""

    def meddling(self, connection: Connection, tables: Sequence[str]) -> list[str]:
        """Messages about anything but triggers that may change what a statement on some tables does."""
        return []

    @contextmanager
    def any_text(self, connection: Connection) -> Iterator[None]:
        """In the block, bytes of a text that are not UTF-8 are read as lone surrogates."""
        yield

    def hold_creation(self, connection: Connection) -> None:
        """Prevent others from making an archive in the same place until this transaction ends. Nothing is
        to do where each archive has a new file."""

    def hold_head(self, connection: Connection) -> None:
        """Take the append lock, unless beginning to write took it."""

    def limit_idle(self, connection: Connection) -> None:
        """Let the database end this transaction when its process is idle for too long, so that others do
        not wait for its locks."""

    def hold_table(self, connection: Connection, table: str) -> bool:
        """Keep a table that this snapshot reads from being dropped, if the snapshot does not do that;
        False when it was dropped already."""
        return True

    def hold_alone(self, connection: Connection, tables: Sequence[str]) -> None:
        """Lock those tables or SQL views against other readers and writers from now on, where snapshots
        and a single writer do not suffice; names that do not exist are skipped."""

    @abstractmethod
    def relations(self, connection: Connection, names: Sequence[str]) -> list[Relation]:
        """The relations of any kind that have one of `names`, each under the name as given."""

    @abstractmethod
    def show(self, connection: Connection, view: str, table: str, hidden: Sequence[str]) -> None:
        """Make the SQL view of that name show a table, without rows of a status in `hidden`. Objects
        that others built on it are kept; nothing else may have the name."""

    @abstractmethod
    def selects(self, view: Relation, table: Relation, hidden: Sequence[str]) -> str:
        """The definition of the SQL view that `show` puts in the place of `view`, in the form of
        `Relation.selects`."""

    @abstractmethod
    def column_type(self, kind: str) -> str:
        """The type of a column that holds ``text``, ``integer``, ``number`` or ``boolean``, or the ``row`` number
        of a full-text index, in the form of `relations`."""

    @abstractmethod
    def containing(self, letters: Sequence[str]) -> tuple[str, str]:
        """How a text is found that contains some letters one after the other, each as any of those given:
        the operator, and the pattern on its right."""

    @abstractmethod
    def execute(self, connection: Connection) -> Execute:
        """A function that runs single statements at the driver's own speed."""

    @abstractmethod
    def execute_many(self, connection: Connection, sql: str, rows: Sequence[Values]) -> int:
        """Run one statement for each of `rows`, with ``?`` placeholders. Returns the number of changed
        rows."""

    def open_append(
        self, connection: Connection, ids: Sequence[bytes], stories: Sequence[bytes]
    ) -> list[Values]:
        """Where `remote`: take the append lock and look up what an append needs, in one round trip.

        Rows of (kind, key, owner, number, at, name, subject, content, the server's clock in
        microseconds): ``head`` (archive, None, position, None, None, None, peaks), one; ``event`` (id, story, position, None, type, subject
        key, body), one for each of `ids` that exists; ``story`` (id, None, version, recorded, None,
        None, leaf), one for each of `stories` that exists.
        """
        raise NotImplementedError

    def close_append(
        self, connection: Connection, position: int, peaks: bytes, stories: Sequence[Values]
    ) -> None:
        """Write the head and stories (version, leaf, recorded, id), where `remote` in one round trip.
        Raises Unheeded."""
        if stories:
            done = self.execute_many(connection, _SET_STORY, stories)
            require_done(done, len(stories), "stories")
        done = self.execute(connection)(_SET_HEAD, (position, peaks)).rowcount
        require_done(done, 1, "log_head")

    def be_brief(self, connection: Connection, milliseconds: int) -> None:
        """Wait at most so many milliseconds for any lock in this transaction, unless a writer has all
        locks."""

    @abstractmethod
    def insert(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Values]
    ) -> None:
        """Insert rows in bulk. Raises Unheeded when the database did not insert all of them."""

    def replace(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[str],
        rows: Sequence[Values],
        key: Sequence[str],
    ) -> None:
        """Insert rows in bulk and replace rows of the same key. The key columns come first."""
        self.delete(connection, table, key, [row[: len(key)] for row in rows])
        self.insert(connection, table, columns, rows)

    def written_us(self, engine: Engine) -> int | None:
        """When the file was last written, by the clock of its file system, in microseconds; None where
        there is no file. Right after a commit it is the time of that commit."""
        return None

    def announce(self, engine: Engine) -> None:
        """Wake the processes that wait for events, after a commit, unless they see the file change. Never
        fails."""

    @abstractmethod
    def watch(self, engine: Engine) -> AbstractContextManager[Watch]:
        """A watch that wakes a process that waits for events. It may miss some, so look now and then."""

    def lost(self, error: BaseException) -> bool:
        """Whether `error` means that the connection is lost and a new one may work."""
        return False

    # -- full-text indexes: of the tokens in a column of a table, by the number of their row ------

    def create_words(self, connection: Connection, table: str, number: str, tokens: str) -> None:
        """Make the index of a new table, where it is filled row by row."""

    def finish_words(self, connection: Connection, table: str, tokens: str) -> None:
        """Make the index of a table that has its rows, where it keeps itself up to date."""

    def fill_words(self, connection: Connection, table: str) -> None:
        """Index all rows of a table that were inserted without `add_words`."""

    def add_words(
        self, connection: Connection, table: str, tokens: str, rows: Sequence[Values]
    ) -> None:
        """Index rows (number, tokens) that were inserted."""

    def remove_words(
        self,
        connection: Connection,
        table: str,
        number: str,
        tokens: str,
        key: Sequence[str],
        keys: Sequence[Values],
    ) -> None:
        """Take rows out of the index before they are deleted."""

    def drop_words(self, connection: Connection, table: str) -> None:
        """Drop the index of a table, unless it goes with the table."""

    @abstractmethod
    def having_words(self, table: str, number: str, tokens: str) -> tuple[str, str, str]:
        """How rows are found that have words: what to select from, the condition with one parameter (the
        query in the database's language), and the expression of the row's number to sort by."""

    @contextmanager
    def by_words(self, connection: Connection) -> Iterator[None]:
        """In the block, queries with the condition of `having_words` use the index."""
        yield

    def most_are_found(
        self, connection: Connection, source: str, condition: str, text: str, limit: int
    ) -> int | None:
        """For words in so many rows that the newest `limit` of these are sooner found by reading rows in their
        order than with the index: how many rows to read at most. None for all others."""
        return None

    def words_in(self, connection: Connection, table: str) -> Iterator[tuple[str, int]] | None:
        """The tokens in the index of a table, and how often it has each; None if it cannot be read."""
        return None

    @abstractmethod
    def delete(
        self, connection: Connection, table: str, key: Sequence[str], keys: Iterable[Values]
    ) -> None:
        """Delete the rows with those text keys in bulk."""
