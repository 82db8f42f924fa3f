"""A Hypothesis strategy for payloads, derived from the types of their fields."""

from __future__ import annotations

import types
import typing
from typing import Any, Literal

import msgspec
from hypothesis import strategies as st

_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: _TEXTS,
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    float: st.floats(-1e15, 1e15),
    bool: st.booleans(),
    type(None): st.none(),
    Any: st.none() | st.booleans() | _TEXTS,
    object: st.none() | st.booleans() | _TEXTS,
}


class NotDrawn(Exception):
    """No strategy is known for the type of a field."""


def structs(
    kind: type[msgspec.Struct], *, leave: frozenset[str] = frozenset()
) -> st.SearchStrategy[Any]:
    """Fields of a struct as plain JSON values, without those in `leave`. A field with a default may
    be missing. Raises NotDrawn if no strategy is known for a required field."""
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for field in msgspec.structs.fields(kind):
        if field.name in leave:
            continue
        try:
            drawn = _values(field.type)
        except NotDrawn:
            if field.required:
                raise
            continue
        (required if field.required else optional)[field.encode_name] = drawn
    return st.fixed_dictionaries(required, optional=optional)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """JSON values of a type. Raises NotDrawn."""
    origin, given = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin is Literal:
        return st.sampled_from(given)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([_values(option) for option in given])
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return structs(hint)
    if origin in (list, tuple, set, frozenset) and given and (origin is not tuple or ... in given):
        return st.lists(_values(given[0]), max_size=3, unique=origin in (set, frozenset))
    if origin is tuple and given:
        return st.tuples(*map(_values, given)).map(list)
    if origin is dict and given[0] is str:
        return st.dictionaries(_TEXTS, _values(given[1]), max_size=3)
    if origin is typing.Annotated:
        return _values(given[0])  # bounds are not known here; values that break them are skipped
    raise NotDrawn(f"no values can be generated for the type {hint}")
