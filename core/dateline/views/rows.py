"""The rows a fold works on: a write-back buffer, or the whole table when it is all in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.events.present import ErasedFact, Fact
from dateline.views.projection import Column, FactRow, FactView, View, ViewRow, columns

Key = tuple[Any, ...]
Values = tuple[Any, ...]

#: How long a row's key may be, as UTF-8: with the story it must fit into an entry of PostgreSQL's index.
KEY_BYTES = 2_500
#: How many characters the text of a row may have: PostgreSQL takes a row of less than 1 GB.
TEXT_LENGTH = 100_000_000
_SAFE = 2**53

_PYTHON: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class Rows:
    """Rows by key. `story` is set by the runner before each event.

    Without `load` the buffer is all there is; with it, rows not buffered are read through it.
    """

    def __init__(self, view: View, load: Callable[[Key], Values | None] | None = None) -> None:
        self.story = ""
        self.changed: dict[Key, Values | None] = {}
        #: (story, fact) whose stored rows go before `changed` is written.
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
        # `set_all` is all or nothing; only a fold of the author's own may raise after it.
        self._journals_facts = isinstance(view, FactView) and type(view).fold is not FactView.fold

    # -- for a fold ----------------------------------------------------------------------

    def put(self, key: str, row: ViewRow) -> None:
        """Set the row at `key`: text of at most `KEY_BYTES` bytes as UTF-8, without NUL."""
        key = self._key("put", key)
        self._set((self.story, key), self._values(row, key))

    def get(self, key: str) -> Any:
        """The row at `key`, or None."""
        values = self._at((self.story, self._key("get", key)))
        return None if values is None else self._row(*values)

    def patch(self, key: str, **changes: Any) -> None:
        """Change fields of the row at `key`. Raises KeyError when there is none."""
        row = self.get(key)
        if row is None:
            raise KeyError(key)
        self.put(key, msgspec.structs.replace(row, **changes))

    def drop(self, key: str) -> None:
        """Remove the row at `key`, if there is one."""
        self._set((self.story, self._key("drop", key)), None)

    def replace(self, fact: Fact, rows: Iterable[FactRow], *, new: bool = False) -> None:
        """Set the rows of one fact; `new` promises that it had none."""
        self.set_all([(fact, rows, new)])

    def set_all(self, facts: Iterable[tuple[Fact | ErasedFact, Iterable[FactRow], bool]]) -> None:
        """`replace` for several facts: all of them, or none if one raises."""
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
        """From here on, `undo` takes back."""
        self._journal.clear()

    def undo(self) -> None:
        """Take back everything since `mark`: an event is folded whole or not at all."""
        for step in reversed(self._journal):
            step()
        self._journal.clear()

    def clear(self) -> None:
        """Forget the buffer, once it is written."""
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
        """Journal what is buffered of a fact that is about to have `count` rows."""
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
        """The row's own values; `about` is the fact or key it stands for."""
        if type(row) is not self._row:
            verb = "yield" if isinstance(about, Fact) else "put"
            raise DatelineError(f"{_name(about)}: {row!r} is no row: {verb} self.Row(...)")
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
                f"{_name(about)}: a row of {len(texts):,} characters; {TEXT_LENGTH:,} is the most"
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
                raise DatelineError(f"{what} is of type {kind}, which is no {column.type}")
            if not _storable(value):
                raise DatelineError(f"{what} is nothing that every database keeps")

    def _key(self, verb: str, key: str) -> str:
        """`key` as every database keeps it. Raises DatelineError, here and not in the database: there
        it would be the failure of every view that is written with this one."""
        if isinstance(self._view, FactView):
            raise DatelineError(f"a FactView yields its rows from `rows`; it cannot {verb} them")
        if not isinstance(key, str):
            raise DatelineError(f"{key!r:.80} is not a key: a key is text without NUL")
        key = str.__str__(key)  # of a subclass drivers make different things
        if not _storable(key):
            raise DatelineError(f"{key!r:.80} is not a key: a key is text without NUL")
        size = len(key.encode())
        if size > KEY_BYTES:
            raise DatelineError(
                f"the key {key[:20]!r}... has {size:,} bytes; {KEY_BYTES:,} is the most",
                hint="put a digest of it in its place, and the text into a column",
            )
        return key


def _name(about: Fact | ErasedFact | str) -> str:
    return about.id if isinstance(about, Fact) else repr(about)


def _storable(value: Any) -> bool:
    """What every database keeps as it is: no lone surrogate or NUL, no NaN, 64 bits."""
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
