"""Read-only objects for plugins: all views get the same object, so none may change it."""

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
    raise TypeError("a plugin cannot change what it is given: make a copy and change that")


class FrozenDict(dict[Any, Any]):
    """A dict that cannot be changed. JSON encoders treat it as a dict."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refused
    clear = pop = popitem = setdefault = update = _refused

    def __reduce__(self) -> tuple[object, ...]:
        return dict, (list(self.items()),)  # a copy is a plain dict


class FrozenList(list[Any]):
    """A list that cannot be changed."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refused
    append = extend = insert = pop = remove = clear = reverse = sort = _refused

    def __reduce__(self) -> tuple[object, ...]:
        return list, (tuple(self),)


def frozen(value: T) -> T:
    """`value` with its dicts and lists made read-only. A struct is changed in place, so pass one that
    was just read. If the type of a struct can hold neither, this costs one look-up."""
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
    """A copy of `value` with plain dicts and lists in place of the read-only ones of `frozen`: an
    encoder leaves out empty defaults only if they are plain."""
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


#: Whether a value of a type can be, or hold, something mutable.
_HOLDS: dict[Any, bool] = dict.fromkeys((str, int, float, bool, bytes, types.NoneType, UUID), False)


def _holds(kind: Any) -> bool:
    known = _HOLDS.get(kind)
    if known is None:
        _HOLDS[kind] = True  # for now: a struct may hold itself
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
    """A read-only view of a list that its owner still extends."""

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
    """A read-only view of a set that its owner still extends."""

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
    """A story's state as views, exporters and checks get it: it shows the current state and cannot
    change it. Methods that would change it are missing (`apply`); other attempts raise TypeError or
    AttributeError."""

    __slots__ = (
        "_state", "entities", "erased", "facts", "gone", "keyed", "keys", "links", "protected",
        "sources", "unread", "withdrawn",
    )  # fmt: skip
    #: Attributes of the state that readers do not get.
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
            raise AttributeError(f"a plugin's story is read-only: it has no {name!r}")
        return getattr(self._state, name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a plugin's story is read-only: {name!r} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a plugin's story is read-only: {name!r} cannot be deleted")


def _read_only(held: Any) -> Any:
    if isinstance(held, dict):
        return types.MappingProxyType(held)
    return Kept(held) if isinstance(held, list) else Seen(held)
