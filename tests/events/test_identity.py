"""Event ids: ordered by time for recorded events, derived from content for imported lines."""

from __future__ import annotations

import hashlib
import time
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dateline.events.identity import INSTRUCTIONS, import_id, renewed, uuid7

STORY = UUID("0192d0a0-7b6c-7def-8123-456789abcdef")
OTHER = UUID("0192d0a0-7b6c-7def-8123-456789abcdee")
LINE = {
    "type": "source.captured",
    "data": {"source": "sha256:00", "title": "Évacuation", "lat": 46.6, "names": {"b": 1, "a": 2}},
    "schema_version": 1,
}

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_values = st.recursive(
    st.one_of(st.none(), st.integers(), st.floats(allow_nan=False), _text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_text, inner, max_size=4)),
    max_leaves=10,
)
_lines = st.dictionaries(_text, _values, max_size=4)


# --- recorded here


def test_an_id_is_a_version_7_uuid() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)


def test_an_id_begins_with_its_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


@given(st.integers(0, 2**48 - 2), st.integers(1, 2**40))
def test_a_later_id_sorts_after_an_earlier_one(first: int, gap: int) -> None:
    second = min(first + gap, 2**48 - 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: first * 1_000_000 + 999_999)
        earlier = uuid7()
        patch.setattr(time, "time_ns", lambda: second * 1_000_000)
        later = uuid7()
    assert earlier < later
    assert str(earlier) < str(later)
    assert earlier.bytes < later.bytes


def test_ids_of_one_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_665_619_200_000_000_000)
    made = {uuid7() for _ in range(2000)}
    assert len(made) == 2000
    assert {(item.version, item.variant, item.int >> 80) for item in made} == {
        (7, RFC_4122, 1_665_619_200_000)
    }


# --- imported


def test_the_id_of_a_line_is_the_same_for_ever() -> None:
    canonical = (
        '{"data":{"lat":46.6,"names":{"a":2,"b":1},"source":"sha256:00","title":"Évacuation"},'
        '"schema_version":1,"type":"source.captured"}'
    )
    digest = bytearray(hashlib.sha256(STORY.bytes + canonical.encode()).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
    made = import_id(STORY, LINE)
    assert made.bytes == digest
    assert made == UUID("e5c71294-49eb-8c74-8fbb-5df2461b72ae")


@given(_lines)
def test_an_id_from_content_is_a_version_8_uuid(line: dict[str, Any]) -> None:
    made = import_id(STORY, line)
    assert (made.version, made.variant) == (8, RFC_4122)
    assert import_id(STORY, dict(line)) == made


def _turned(value: object) -> object:
    """`value` with the keys of every object in reverse order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


@given(_lines)
def test_the_order_of_keys_does_not_change_the_id(line: dict[str, Any]) -> None:
    turned = _turned(line)
    assert isinstance(turned, dict)
    assert import_id(STORY, turned) == import_id(STORY, line)


@given(_lines, st.sampled_from(["file", "charset", "content", "content_base64"]), _values)
def test_instructions_do_not_change_the_id(line: dict[str, Any], key: str, value: object) -> None:
    line.pop(key, None)
    captured = {**line, "type": "source.captured"}
    assert import_id(STORY, {**captured, key: value}) == import_id(STORY, captured)
    # In a line of another type such a key is data.
    other = {**line, "type": "acme.note.added"}
    assert import_id(STORY, {**other, key: value}) != import_id(STORY, other)


@pytest.mark.parametrize("key", ["file", "charset"])
def test_instruction_keys_inside_the_data_change_the_id(key: str) -> None:
    line = {**LINE, "data": {**LINE["data"], key: "x"}}  # type: ignore[dict-item]
    assert import_id(STORY, line) != import_id(STORY, LINE)


@given(_lines)
def test_the_same_line_has_a_different_id_in_another_story(line: dict[str, Any]) -> None:
    assert import_id(STORY, line) != import_id(OTHER, line)


@given(_lines, _lines)
def test_different_content_has_a_different_id(left: dict[str, Any], right: dict[str, Any]) -> None:
    assume(left != right and not INSTRUCTIONS & {*left, *right})
    assert import_id(STORY, left) != import_id(STORY, right)


@pytest.mark.parametrize(
    "changed",
    [
        {**LINE, "schema_version": 2},
        {**LINE, "schema_version": "1"},
        {**LINE, "type": "source.withdrawn"},
        {**LINE, "note": None},
        {key: value for key, value in LINE.items() if key != "schema_version"},
        {**LINE, "data": {**LINE["data"], "title": "Evacuation"}},  # type: ignore[dict-item]
        {**LINE, "data": {**LINE["data"], "title": "E\u0301vacuation"}},  # type: ignore[dict-item]
    ],
)
def test_each_change_of_a_line_changes_its_id(changed: dict[str, Any]) -> None:
    assert import_id(STORY, changed) != import_id(STORY, LINE)


def test_a_line_recorded_again_after_an_erasure_has_a_predictable_id() -> None:
    digest = bytearray(hashlib.sha256(b"dateline/anew/v1" + STORY.bytes).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
    assert renewed(STORY).bytes == bytes(digest)
    assert renewed(renewed(STORY)) not in (STORY, renewed(STORY))
