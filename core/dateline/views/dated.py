"""When each value of a fact entered the public record, which decides when its correction counts.

A fact is a tree of values, and each value knows the event that set it. So an item of a list keeps its
instant when an item before it is removed. The functions are pure.
"""

from __future__ import annotations

from dateline.events import pointer
from dateline.events.editorial import EvidenceAdded, FactCorrected
from dateline.events.payload import FactPayload
from dateline.events.registry import to_fields

_NEVER = -(1 << 62)


class _Recorded:
    """One event, and the instant from which it counts; a correction's is known after its last change."""

    __slots__ = ("at",)

    def __init__(self, at: int = _NEVER) -> None:
        self.at = at


class _Value:
    """``put`` is the event that set the value or, for a list, the last one that shortened it. ``place``
    is the event that first set any value there; ``parts`` are the values inside it."""

    __slots__ = ("absent", "parts", "place", "put")

    def __init__(self, value: object, put: _Recorded) -> None:
        self.put = self.place = put
        self.absent = value is None
        self.parts: dict[str, _Value] | list[_Value] | None = None
        if isinstance(value, dict):
            self.parts = {key: _Value(part, put) for key, part in value.items()}
        elif isinstance(value, list | tuple):
            self.parts = [_Value(part, put) for part in value]

    def latest(self) -> int:
        """The instant from which all of it is there."""
        parts = self.parts.values() if isinstance(self.parts, dict) else self.parts or []
        return max([self.put.at, *(part.latest() for part in parts)])

    def part(self, token: str) -> _Value | None:
        if isinstance(self.parts, dict):
            return self.parts.get(token)
        at, items = self._item(token)
        return items[at] if at < len(items) else None

    def reached(self, token: str) -> int:
        """The instant from which `token` leads to its present place: lists grow and shrink."""
        if isinstance(self.parts, dict):
            return _NEVER
        at, items = self._item(token)
        return max([self.put.at, *(item.place.at for item in items[: at + 1])])

    def set(self, token: str, value: _Value) -> None:
        old = self.part(token)
        if old is not None and not old.absent:
            value.place = old.place
        if isinstance(self.parts, dict):
            self.parts[token] = value
            return
        at, items = self._item(token)
        items[at : at + 1] = [] if value.absent else [value]
        if value.absent:
            self.put = value.put

    def _item(self, token: str) -> tuple[int, list[_Value]]:
        """The index and the list. Raises ValueError if no item is there and none can be added."""
        if not isinstance(self.parts, list):
            raise ValueError(token)
        at = len(self.parts) if token == "-" else int(token)
        if not 0 <= at <= len(self.parts):
            raise ValueError(token)
        return at, self.parts


class Dated:
    """One fact on the public record. `at` is the instant from which it counts."""

    def __init__(self, fact: FactPayload, at: int) -> None:
        self.at = at
        self._fact, self._recorded = fact, _Recorded(at)
        self._added: list[tuple[EvidenceAdded, int]] = []
        self._root: _Value | None = None  # made for the first correction: most facts have none

    def add(self, notice: EvidenceAdded, at: int) -> None:
        """Add evidence that counts from `at`."""
        if self._root is None:
            self._added.append((notice, at))
        else:
            _append(self._root, notice, at)

    def correct(self, notice: FactCorrected, at: int) -> int:
        """The instant from which a correction counts: that of its notice, `at`, but not before the
        corrected place exists. The correction of a typo counts as soon as the corrected values do."""
        if self._root is None:
            self._root = _Value(to_fields(self._fact), self._recorded)
            for added, since in self._added:
                _append(self._root, added, since)
        root, event = self._root, _Recorded()
        typo = notice.kind == "typo"
        counts = self.at if typo else max(at, self.at)
        if notice.shape not in (None, self._fact.schema_version):
            # Its paths belong to another tree.
            return max(counts, root.latest())
        for change in notice.changes:
            try:
                way, value = pointer.parts(change.path), _Value(change.now, event)
                counts = max(counts, _change(root, way, value, typo))
            except ValueError:  # the value it corrects was erased
                counts = max(counts, root.latest())
        event.at = counts
        return counts


def _append(root: _Value, notice: EvidenceAdded, at: int) -> None:
    held = root.part("evidence")
    if held is None or not isinstance(held.parts, list):
        root.set("evidence", held := _Value([], root.put))
    assert isinstance(held.parts, list)
    held.parts += [_Value({}, _Recorded(at)) for _ in notice.evidence]


def _change(root: _Value, path: list[str], value: _Value, typo: bool) -> int:
    """Set `value` at `path`. Returns the instant from which that place exists; for a `typo`, from which
    its old value does.

    Raises ValueError if `path` leads nowhere.
    """
    here, since = root, _NEVER
    *way, last = path
    for token in way:
        below = here.part(token)
        since = max(since, here.reached(token))
        if below is None or below.parts is None:
            since = max(since, _latest(here, token)) if typo else since
            here.set(token, below := _Value({}, value.put))
        here, since = below, max(since, below.place.at)
    since = max(since, here.reached(last), _latest(here, last) if typo else _NEVER)
    here.set(last, value)
    return since


def _latest(here: _Value, token: str) -> int:
    """The instant from which the value at `token` is there; if there is none, that of `here`."""
    found = here.part(token)
    return here.put.at if found is None else found.latest()
