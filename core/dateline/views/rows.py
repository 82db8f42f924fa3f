"""The rows that a fold writes: a write-back buffer, or a whole table in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, repeat
from operator import add
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.views.row_type import Values, ViewRow, storable
from dateline.views.view_schema import ViewSchema

Key = tuple[Any, ...]
_ABSENT = object()

#: The longest key of a row, in UTF-8: with the story it must fit into one entry of a PostgreSQL index.
KEY_BYTES = 2_500


class Rows:
    """Rows by key. The runner sets `story` before each event.

    Without `load` the buffer is the whole table; with it, rows that are not buffered are read by
    calling it.
    """

    def __init__(
        self, schema: ViewSchema, load: Callable[[Key], Values | None] | None = None
    ) -> None:
        self.story = ""
        self.changed: dict[Key, Values | None] = {}
        #: (story, thing) whose stored rows are deleted before `changed` is written.
        self.cleared: dict[Key, None] = {}
        self.schema = schema
        self._values = schema.row.values
        self._load = load
        self._by_thing: dict[Key, list[Key]] = {}
        self._added: list[Values] = []
        self._journal: list[tuple[dict[Key, Any], Key, Any]] = []

    # -- for a fold ----------------------------------------------------------------------

    def put(self, key: str, row: ViewRow) -> None:
        """Set the row at `key`, a text of at most 2,500 bytes in UTF-8, without NUL."""
        key = self._key("put", key)
        self._set((self.story, key), self._values(row, key))

    def get(self, key: str) -> Any:
        """The row at `key`, or None."""
        at = (self.story, self._key("get", key))
        values = self.changed.get(at)
        if values is None and at not in self.changed and self._load is not None:
            values = self._load(at)
        return None if values is None else self.schema.row.row_class(*values)

    def patch(self, key: str, **changes: Any) -> None:
        """Change fields of the row at `key`. Raises KeyError if there is none."""
        row = self.get(key)
        if row is None:
            raise KeyError(key)
        self.put(key, msgspec.structs.replace(row, **changes))

    def drop(self, key: str) -> None:
        """Remove the row at `key`, if there is one."""
        self._set((self.story, self._key("drop", key)), None)

    # -- for the forms of views ------------------------------------------------------------

    def set_all(self, view: Any, things: Iterable[tuple[str, Any, bool]]) -> None:
        """Set the rows of things: (id, thing or None, whether it had no rows before). All of them are set,
        or none if one raises."""
        made = [
            (name, new, [] if thing is None else self._made(view, thing))
            for name, thing, new in things
        ]
        changed = self.changed
        for name, new, pairs in made:
            group = (self.story, name)
            if self.schema.undoes:
                self._remember(changed, *self._by_thing.get(group, ()), *(key for key, _ in pairs))
                self._remember(self._by_thing, group)
                self._remember(self.cleared, group)
            for key in self._by_thing.pop(group, ()):
                changed[key] = None
            if not new and self._load is not None:
                self.cleared[group] = None
            changed.update(pairs)
            self._by_thing[group] = [key for key, _ in pairs]

    def add(self, key: Key, values: Values) -> None:
        """Set a row unless there is one at `key`."""
        if key not in self.changed and (self._load is None or self._load(key) is None):
            self.changed[key] = values

    def add_all(self, view: Any, things: Iterable[tuple[Any, Iterable[ViewRow]]]) -> None:
        """Add the rows of all things of a story that has none yet: all of them, or none if one raises."""
        story, fact_rows = self.story, self.schema.fact_rows
        keys: list[Key] = []
        rows: list[ViewRow] = []
        about: list[Any] = []
        for thing, made in things:
            for item, row in enumerate(made, 1):
                if fact_rows:
                    base = (thing.status, thing.source, thing.position, thing.method)
                    keys.append((story, thing.id, item, *base))
                else:
                    keys.append((story, self._storable(view.key(row, thing, item))))
                rows.append(row)
                about.append(thing)
        values = self.schema.row.all_values(rows, about) if rows else []
        if not fact_rows:
            self._require_about(keys, values, about)
            if len({*keys}) < len(keys):  # the last row with a key counts
                keyed = dict(zip(keys, values, strict=True))
                keys, values = list(keyed), list(keyed.values())
        self._added += map(add, keys, values)

    def _require_about(
        self, keys: Iterable[Key], values: Iterable[Values], things: Iterable[Any]
    ) -> None:
        """Check that each row holds the id of its thing. Raises DatelineError."""
        by = self.schema.by_at
        if by is None:
            return
        for key, row, thing in zip(keys, values, things, strict=True):
            if row[by] != thing.id:
                raise DatelineError(
                    f"{key[1]}: {self.schema.by}={row[by]!r}, but the row is about {thing.id!r}",
                    code="row-invalid",
                )

    def _made(self, view: Any, thing: Any) -> list[tuple[Key, Values]]:
        """The keys and values of a thing's rows."""
        story, name = self.story, thing.id
        rows = enumerate(view.rows_of(thing), 1)
        if self.schema.fact_rows:
            base = (thing.status, thing.source, thing.position, thing.method)
            return [((story, name, item), base + self._values(row, thing)) for item, row in rows]
        pairs = []
        for item, row in rows:
            key = self._storable(view.key(row, thing, item))
            pairs.append(((story, key), self._values(row, key)))
        keys, values = [key for key, _ in pairs], [values for _, values in pairs]
        self._require_about(keys, values, repeat(thing, len(pairs)))
        return pairs

    # -- for the runner --------------------------------------------------------------------

    def mark(self) -> None:
        """Set the point to which `undo` returns."""
        self._journal.clear()

    def undo(self) -> None:
        """Undo every change since `mark`: an event is folded completely or not at all."""
        for where, key, before in reversed(self._journal):
            if before is _ABSENT:
                where.pop(key, None)
            else:
                where[key] = before
        self._journal.clear()

    def stored(self) -> Iterable[Values]:
        """The rows to write, as tuples in the order of the table's columns."""
        changed = (key + values for key, values in self.changed.items() if values is not None)
        return chain(self._added, changed)

    def dropped(self) -> Iterable[Key]:
        return (key for key, values in self.changed.items() if values is None)

    def _set(self, key: Key, values: Values | None) -> None:
        self._remember(self.changed, key)
        self.changed[key] = values

    def _remember(self, where: dict[Key, Any], *keys: Key) -> None:
        self._journal += [(where, key, where.get(key, _ABSENT)) for key in keys]

    def _key(self, verb: str, key: str) -> str:
        """`key` as every database stores it. Raises DatelineError here, because an error of the database
        would stop every view that is written in the same transaction."""
        if self.schema.fact_rows or self.schema.by is not None:
            raise DatelineError(
                f"this view yields its rows from `rows`; it cannot {verb} them", code="row-invalid"
            )
        return self._storable(key)

    def _storable(self, key: str) -> str:
        if isinstance(key, str):
            key = str.__str__(key)  # drivers treat subclasses of str differently
        if not isinstance(key, str) or not storable(key):
            raise DatelineError(
                f"{key!r:.80} is not a key: a key is text without NUL", code="key-invalid"
            )
        size = len(key.encode())
        if size > KEY_BYTES:
            raise DatelineError(
                f"the key {key[:20]!r}... has {size:,} bytes; at most {KEY_BYTES:,} are allowed",
                hint="use a digest of it as the key, and put the text into a column",
                code="key-too-long",
            )
        return key
