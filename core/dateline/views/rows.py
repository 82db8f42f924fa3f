"""The rows that a fold writes: a write-back buffer, or a whole table in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.events.state import Fact
from dateline.events.tombstones import ErasedFact
from dateline.views.projection import Column, FactRow, FactView, View, ViewRow, columns

Key = tuple[Any, ...]
Values = tuple[Any, ...]

#: The longest key of a row, in UTF-8: with the story it must fit into one entry of a PostgreSQL index.
KEY_BYTES = 2_500
#: The most characters in the texts of a row: PostgreSQL accepts rows of less than 1 GB.
TEXT_LENGTH = 100_000_000
_SAFE = 2**53

_PYTHON: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class Rows:
    """Rows by key. The runner sets `story` before each event.

    Without `load` the buffer is the whole table; with it, rows that are not buffered are read by
    calling it.
    """

    def __init__(self, view: View, load: Callable[[Key], Values | None] | None = None) -> None:
        self.story = ""
        self.changed: dict[Key, Values | None] = {}
        #: (story, fact) whose stored rows are deleted before `changed` is written.
        self.cleared: set[Key] = set()
        self._view = view
        self._load = load
        self._row = view.Row
        self._own = columns(view)[1 + len(view.key_columns()) :]
        self._types = [_types(column) for column in self._own]
        kinds = [column.type for column in self._own]
        self._text_at = [at for at, kind in enumerate(kinds) if kind == "text"]
        self._number_at = [at for at, kind in enumerate(kinds) if kind in ("integer", "number")]
        self._seen: set[tuple[type, ...]] = set()
        self._by_fact: dict[Key, list[Key]] = {}
        self._journal: list[Callable[[], object]] = []
        # `set_all` is all or nothing; only an author's own `fold` may raise after it.
        self._journals_facts = isinstance(view, FactView) and type(view).fold is not FactView.fold

    # -- for a fold ----------------------------------------------------------------------

    def put(self, key: str, row: ViewRow) -> None:
        """Set the row at `key`, a text of at most 2,500 bytes in UTF-8, without NUL."""
        key = self._key("put", key)
        self._set((self.story, key), self._values(row, key))

    def get(self, key: str) -> Any:
        """The row at `key`, or None."""
        values = self._at((self.story, self._key("get", key)))
        return None if values is None else self._row(*values)

    def patch(self, key: str, **changes: Any) -> None:
        """Change fields of the row at `key`. Raises KeyError if there is none."""
        row = self.get(key)
        if row is None:
            raise KeyError(key)
        self.put(key, msgspec.structs.replace(row, **changes))

    def drop(self, key: str) -> None:
        """Remove the row at `key`, if there is one."""
        self._set((self.story, self._key("drop", key)), None)

    def replace(self, fact: Fact, rows: Iterable[FactRow], *, new: bool = False) -> None:
        """Set the rows of one fact; `new` states that it had none before."""
        self.set_all([(fact, rows, new)])

    def set_all(self, facts: Iterable[tuple[Fact | ErasedFact, Iterable[FactRow], bool]]) -> None:
        """Like `replace` for several facts: all of them, or none if one raises."""
        made = [(fact, new, [self._values(row, fact) for row in rows]) for fact, rows, new in facts]
        changed = self.changed
        for fact, new, values in made:
            group = (self.story, fact.id)
            if self._journals_facts:
                self._remember(group, len(values))
            for key in self._by_fact.pop(group, ()):
                changed[key] = None
            if not new and self._load is not None:
                self.cleared.add(group)
            base = (fact.status, fact.source, fact.position)
            keys = [(*group, item) for item in range(1, len(values) + 1)]
            changed.update(zip(keys, [base + row for row in values], strict=True))
            self._by_fact[group] = keys

    # -- for the runner --------------------------------------------------------------------

    def mark(self) -> None:
        """Set the point to which `undo` returns."""
        self._journal.clear()

    def undo(self) -> None:
        """Undo every change since `mark`: an event is folded completely or not at all."""
        for step in reversed(self._journal):
            step()
        self._journal.clear()

    def clear(self) -> None:
        """Empty the buffer, once it is written."""
        self.changed.clear()
        self.cleared.clear()
        self._by_fact.clear()
        self._journal.clear()

    def stored(self) -> Iterable[Values]:
        """The rows to write, as tuples in the order of the table's columns."""
        return (_full(key, values) for key, values in self.changed.items() if values is not None)

    def dropped(self) -> Iterable[Key]:
        return (key for key, values in self.changed.items() if values is None)

    def _at(self, key: Key) -> Values | None:
        if key in self.changed:
            return self.changed[key]
        return self._load(key) if self._load is not None else None

    def _set(self, key: Key, values: Values | None) -> None:
        changed = self.changed
        if key in changed:
            old = changed[key]
            self._journal.append(lambda: changed.__setitem__(key, old))
        else:
            self._journal.append(lambda: changed.pop(key, None))
        changed[key] = values

    def _remember(self, group: Key, count: int) -> None:
        """Journal the buffered rows of a fact that is about to get `count` rows."""
        changed, known = self.changed, self._by_fact.get(group)
        keys = dict.fromkeys([*(known or ()), *((*group, item + 1) for item in range(count))])
        before = {key: changed[key] for key in keys if key in changed}
        cleared = group in self.cleared

        def restore() -> None:
            for key in keys:
                changed.pop(key, None)
            changed.update(before)
            self._by_fact.pop(group, None)
            if known is not None:
                self._by_fact[group] = known
            if not cleared:
                self.cleared.discard(group)

        self._journal.append(restore)

    def _values(self, row: ViewRow, about: Fact | ErasedFact | str) -> Values:
        """The row's own values; `about` is its fact or key. Raises DatelineError for a wrong row."""
        if type(row) is not self._row:
            verb = "yield" if isinstance(about, Fact) else "put"
            raise DatelineError(
                f"{_name(about)}: {row!r} is not a row: {verb} self.Row(...)", code="row-invalid"
            )
        values = msgspec.structs.astuple(row)
        kinds = tuple(map(type, values))
        if kinds not in self._seen:
            for kind, allowed in zip(kinds, self._types, strict=True):
                if kind not in allowed:
                    self._explain(values, about)
            self._seen.add(kinds)
        texts = "".join([values[at] or "" for at in self._text_at])
        if len(texts) > TEXT_LENGTH:
            raise DatelineError(
                f"{_name(about)}: the row has {len(texts):,} characters; at most {TEXT_LENGTH:,} are "
                "allowed",
                code="row-too-large",
            )
        if "\x00" in texts or not (texts.isascii() or _encodes(texts)):
            self._explain(values, about)
        for at in self._number_at:
            value = values[at]
            if value is not None and not -_SAFE < value < _SAFE and not _storable(value):
                self._explain(values, about)
        return values

    def _explain(self, values: Values, about: Fact | ErasedFact | str) -> None:
        for value, column, kinds in zip(values, self._own, self._types, strict=True):
            what = f"{_name(about)}: {column.name}={value!r}"
            if type(value) not in kinds:
                kind = type(value).__name__
                raise DatelineError(
                    f"{what} is of type {kind}, but the column is of type {column.type}",
                    code="row-invalid",
                )
            if not _storable(value):
                raise DatelineError(
                    f"{what} cannot be stored in every database", code="value-not-storable"
                )

    def _key(self, verb: str, key: str) -> str:
        """`key` as every database stores it. Raises DatelineError here, because an error of the database
        would stop every view that is written in the same transaction."""
        if isinstance(self._view, FactView):
            raise DatelineError(
                f"a FactView yields its rows from `rows`; it cannot {verb} them", code="row-invalid"
            )
        if isinstance(key, str):
            key = str.__str__(key)  # drivers treat subclasses of str differently
        if not isinstance(key, str) or not _storable(key):
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


def _name(about: Fact | ErasedFact | str) -> str:
    return about.id if isinstance(about, Fact) else repr(about)


def _storable(value: Any) -> bool:
    """Whether every database stores it unchanged: no lone surrogate, NUL or NaN, at most 64 bits."""
    kind = type(value)
    if kind is str:
        return "\x00" not in value and _encodes(value)
    if kind is int:
        return bool(-(2**63) <= value < 2**63)
    return kind is not float or math.isfinite(value)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _types(column: Column) -> frozenset[type]:
    kinds = _PYTHON[column.type]
    return frozenset((*kinds, type(None)) if column.nullable else kinds)


def _full(key: Key, values: Values) -> Values:
    """(story, fact, item, status, source, position, own ...) or (story, key, own ...)"""
    return key + values
