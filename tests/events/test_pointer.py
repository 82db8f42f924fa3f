"""JSON Pointer (RFC 6901): reading, changing, refusals, and properties of all paths."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.events.pointer import get, parts, put, same

#: The document of RFC 6901 §5.
RFC = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_standard_are_found(path: str, value: object) -> None:
    assert get(RFC, path) == value


def test_escapes_are_decoded_in_the_order_that_the_standard_requires() -> None:
    assert parts("/~01/~10/~0~1") == ["~1", "/0", "~/"]


@pytest.mark.parametrize(
    "path",
    [
        "/none", "/foo/2", "/foo/-", "/foo/-1", "/foo/00", "/foo/01", "/foo/+1", "/foo/ 1",
        "/foo/1.0", "/foo/", "/foo/١", "/foo/²", "/foo/0/0", "/a~1b/c", "/foo/" + "9" * 5000,
    ],
)  # fmt: skip
def test_a_missing_value_is_none(path: str) -> None:
    assert get(RFC, path) is None


@pytest.mark.parametrize("path", ["", "foo", "foo/0", "#/foo", " /foo", "/a~b", "/m~", "/~2"])
def test_an_invalid_pointer_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|neither"):
        get(RFC, path)
    with pytest.raises(ValueError, match=r"path|neither"):
        put({}, path, 1)


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ({}, "/a", 1, {"a": 1}),
        ({"a": 1}, "/a", 2, {"a": 2}),
        ({"a": 1, "b": 2}, "/a", None, {"b": 2}),
        ({}, "/a", None, {}),
        ({}, "/a/b/c", 1, {"a": {"b": {"c": 1}}}),
        ({}, "/a/b/c", None, {}),
        ({"a": None}, "/a/b", 1, {"a": {"b": 1}}),
        ({"a": {"b": 1, "c": 2}}, "/a/b", None, {"a": {"c": 2}}),
        ({}, "/a~1b/~0", 1, {"a/b": {"~": 1}}),
        ({"a": [1, 2]}, "/a/0", 3, {"a": [3, 2]}),
        ({"a": [1, 2]}, "/a/-", 3, {"a": [1, 2, 3]}),
        ({"a": [1, 2]}, "/a/2", 3, {"a": [1, 2, 3]}),
        ({"a": []}, "/a/-", 3, {"a": [3]}),
        ({"a": [1, 2]}, "/a/0", None, {"a": [2]}),
        ({"a": [{"b": 1}]}, "/a/0/b", 2, {"a": [{"b": 2}]}),
        ({"a": [{}]}, "/a/0/b/c", 2, {"a": [{"b": {"c": 2}}]}),
        ({"a": [[1]]}, "/a/0/-", 2, {"a": [[1, 2]]}),
        ({"a": 1}, "/a", {"b": []}, {"a": {"b": []}}),
        ({}, "/a/-", 1, {"a": {"-": 1}}),
    ],
)
def test_putting_changes_the_one_place(
    before: dict[str, Any], path: str, value: object, after: dict[str, Any]
) -> None:
    put(before, path, value)
    assert before == after


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        ({"a": [1]}, "/a/2", 1),
        ({"a": [1]}, "/a/1", None),
        ({"a": [1]}, "/a/-", None),
        ({"a": [1]}, "/a/-1", 1),
        ({"a": [1]}, "/a/01", 1),
        ({"a": [1, 2]}, "/a/٠", 1),
        ({"a": [1]}, "/a/x", 1),
        ({"a": [1]}, "/a/" + "9" * 5000, 1),
        ({"a": [{}]}, "/a/-/b", 1),
        ({"a": [{}]}, "/a/1/b", 1),
        ({"a": 1}, "/a/b", 1),
        ({"a": "text"}, "/a/0", "T"),
        ({"a": 1}, "/a/b", None),
        ({"a": True}, "/a/b/c", 1),
    ],
)
def test_putting_at_an_impossible_place_is_refused_and_changes_nothing(
    document: dict[str, Any], path: str, value: object
) -> None:
    before = copy.deepcopy(document)
    with pytest.raises(ValueError, match="'/"):
        put(document, path, value)
    assert document == before


# --- laws

_keys = st.one_of(st.text("ab/~01-", max_size=4), st.text(max_size=3))
_leaves = st.one_of(st.booleans(), st.integers(), st.text(max_size=3))
_values = st.recursive(
    _leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_keys, inner, max_size=3)),
    max_leaves=10,
)
_documents = st.dictionaries(_keys, _values, min_size=1, max_size=3)


def _path(*tokens: object) -> str:
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def _places(value: object, *way: object) -> Iterator[tuple[tuple[object, ...], object]]:
    """Every place in `value` with the value there, found without `get`."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*way, key), item
            yield from _places(item, *way, key)


@given(_documents)
def test_get_finds_what_is_at_every_place(document: dict[str, Any]) -> None:
    for way, value in _places(document):
        assert get(document, _path(*way)) is value


@given(_documents, _values, st.data())
def test_get_returns_what_was_put_and_nothing_else_changes(
    document: dict[str, Any], value: object, data: st.DataObject
) -> None:
    way, _ = data.draw(st.sampled_from(list(_places(document))))
    others = {
        place: item
        for place, item in _places(copy.deepcopy(document))
        if place[: len(way)] != way and way[: len(place)] != place
    }
    put(document, _path(*way), value)
    assert get(document, _path(*way)) == value
    assert {p: v for p, v in _places(document) if p in others} == others


@given(_documents, st.lists(_keys, min_size=1, max_size=3), _values)
def test_missing_objects_on_the_way_are_created(
    document: dict[str, Any], tokens: list[str], value: object
) -> None:
    path = _path("new" * 3, *tokens)
    put(document, path, value)
    assert get(document, path) == value


@given(_documents, st.data())
def test_putting_none_removes(document: dict[str, Any], data: st.DataObject) -> None:
    way, old = data.draw(st.sampled_from(list(_places(document))))
    holder = get(document, _path(*way[:-1])) if len(way) > 1 else document
    assert isinstance(holder, dict | list)
    expected = copy.copy(holder)
    del expected[way[-1]]  # type: ignore[arg-type]
    put(document, _path(*way), None)
    assert holder == expected
    if isinstance(holder, dict):
        assert get(document, _path(*way)) is None
        put(document, _path(*way), None)  # removing it again changes nothing
        assert holder == expected
        put(document, _path(*way), old)
        assert get(document, _path(*way)) == old


@given(st.one_of(_documents, st.none(), st.text()), st.text("/~01-ab²", max_size=8))
def test_any_path_is_read_or_refused_and_nothing_else_happens(document: object, path: str) -> None:
    try:
        get(document, path)
    except ValueError:
        return
    assert path.startswith("/")


# --- equality


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (0, None, False),
        ("", None, False),
        (None, [], False),
        (None, {}, False),
        (None, False, False),
        (False, False, True),
        ((1, 2), [1, 2], True),
        ([1, 2], [2, 1], False),
        ([1], [1, None], False),
        ({"a": 1}, {"a": 1, "b": None}, True),
        ({"a": 1, "b": []}, {"a": 1}, False),
        ({"a": 1, "b": False}, {"a": 1}, False),
        ({"a": 1}, {"a": 1, "b": 0}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": [1]}, [["a", 1]], False),
        ("1", 1, False),
    ],
)
def test_values_are_the_same_as_json(left: object, right: object, equal: bool) -> None:
    assert same(left, right) is equal
    assert same(right, left) is equal


@given(_values)
def test_every_value_is_the_same_as_itself_and_its_copy(value: object) -> None:
    assert same(value, copy.deepcopy(value))
