"""Values that cannot be changed: all views get the same ones, so none may change them."""

from __future__ import annotations

import operator
import types
import typing
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import msgspec

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
