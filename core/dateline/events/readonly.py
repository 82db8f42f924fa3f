"""What plugins are given can be read and not changed: one object serves all views."""

from __future__ import annotations

import operator
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from dateline.events.present import Fact, StoryState

T = TypeVar("T")


def _refused(*arguments: object, **named: object) -> NoReturn:
    raise TypeError("what a plugin is given cannot be changed: make a copy of it")


class FrozenDict(dict[Any, Any]):
    """A dict that is written once. JSON encoders take it as the dict it is."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refused
    clear = pop = popitem = setdefault = update = _refused

    def __reduce__(self) -> tuple[object, ...]:
        return dict, (list(self.items()),)  # a copy is a plain one


class FrozenList(list[Any]):
    """A list that is written once."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refused
    append = extend = insert = pop = remove = clear = reverse = sort = _refused

    def __reduce__(self) -> tuple[object, ...]:
        return list, (tuple(self),)


def frozen(value: T) -> T:
    """`value`, its dicts and lists read-only; a struct is changed in place, so give one that was
    just read. Costs a look into a table where a struct's type can hold neither."""
    kind = type(value)
    return value if _HOLDS.get(kind) is False or not _holds(kind) else _frozen(value)


def _frozen(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            was = getattr(value, name)
            now = frozen(was)
            if now is not was:
                msgspec.structs.force_setattr(value, name, now)
        return value
    if isinstance(value, dict):
        return FrozenDict({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list):
        return FrozenList(map(frozen, value))
    if isinstance(value, set):
        return frozenset(value)
    return tuple(map(frozen, value)) if type(value) is tuple else value


def thawed(value: T) -> T:
    """A copy of `value` with plain dicts and lists where `frozen` put read-only ones: an encoder leaves
    out empty ones that are the default only if they are plain."""
    kind = type(value)
    return value if _HOLDS.get(kind) is False or not _holds(kind) else _thawed(value)


def _thawed(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name in value.__struct_fields__:
            was = getattr(value, name)
            now = thawed(was)
            if now is not was:
                changed[name] = now
        return msgspec.structs.replace(value, **changed) if changed else value
    if isinstance(value, dict):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [thawed(item) for item in value]
    if type(value) is not tuple:
        return value
    items = tuple(map(thawed, value))
    return value if all(map(operator.is_, items, value)) else items


#: Whether a value of a type can be, or hold, what can be changed.
_HOLDS: dict[Any, bool] = dict.fromkeys((str, int, float, bool, bytes, types.NoneType, UUID), False)


def _holds(kind: Any) -> bool:
    known = _HOLDS.get(kind)
    if known is None:
        _HOLDS[kind] = True  # while it is looked at: a struct may hold itself
        known = _HOLDS[kind] = _may_hold(kind)
    return known


def _may_hold(kind: Any) -> bool:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return any(_holds(field.type) for field in msgspec.structs.fields(kind))
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return False
    if origin in (typing.Union, types.UnionType, tuple, typing.Annotated):
        return any(_holds(part) for part in typing.get_args(kind) if part is not Ellipsis)
    return True


class Kept(Sequence[T]):
    """A list that somebody else adds to."""

    __slots__ = ("_items",)

    def __init__(self, items: list[T]) -> None:
        self._items = items

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        return self._items[at]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)


class Seen(AbstractSet[T]):
    """A set that somebody else adds to."""

    __slots__ = ("_items",)

    def __init__(self, items: set[T]) -> None:
        self._items = items

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)


class ReadOnlyStory:
    """A story's state as views, exporters and checks get it: it follows the state, and changes
    nothing. What would change it is not there (`apply`) or raises TypeError or AttributeError."""

    __slots__ = (
        "_state", "entities", "erased", "facts", "gone", "keyed", "keys", "links", "protected",
        "sources", "unread", "withdrawn",
    )  # fmt: skip
    #: Of the state, what is not for readers.
    WITHHELD = frozenset({"apply", "fork", "given", "let_go"})

    def __init__(self, state: StoryState) -> None:
        put = object.__setattr__
        put(self, "_state", state)
        for name in self.__slots__[1:]:
            put(self, name, _read_only(getattr(state, name)))

    _state: StoryState
    entities: Mapping[str, Any]

    def label(self, entity: str | None) -> str:
        if entity is None:
            return ""
        known = self.entities.get(entity)
        return entity if known is None else known.label

    def naming(self, name: str) -> list[Fact]:
        return self._state.naming(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in self.WITHHELD:
            raise AttributeError(f"a plugin's story has no {name!r}: it can be read only")
        return getattr(self._state, name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a plugin's story can be read only: it takes no {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a plugin's story can be read only: it keeps its {name!r}")


def _read_only(held: Any) -> Any:
    if isinstance(held, dict):
        return types.MappingProxyType(held)
    return Kept(held) if isinstance(held, list) else Seen(held)
