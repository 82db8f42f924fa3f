"""The strict reading pass: each rule by example, and corpora that it must survive."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.errors import Refused
from dateline.events import strict

NOT_AN_OBJECT = "an event must be a JSON object"

#: Documents that are each refused by exactly one rule.
EXAMPLES: dict[str, list[bytes]] = {
    "json": [
        b"",
        b"{",
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":01}',
        b'{"a":.5}',
        b'{"a":1} {"a":1}',
        b'{"a":"\n"}',
        b'{"a":"\x1f"}',
        b'{"a":"\\x41"}',
        b'{"a":tru}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',  # CESU: a surrogate in UTF-8
        '{"a":1}'.encode("utf-16"),
        # JSON, but not an event
        b"[]",
        b'"a"',
        b"1",
        b"null",
    ],
    "duplicate-key": [b'{"a":1,"a":2}', b'{"a":{"b":1,"c":0,"b":1}}', b'{"a":1,"\\u0061":2}'],
    "finite": [b'{"a":NaN}', b'{"a":[Infinity]}', b'{"a":-Infinity}', b'{"a":1e400}'],
    "number-range": [
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":1e16}',
        b'{"a":' + b"9" * 5000 + b"}",
    ],
    "nul": [b'{"a":"\\u0000"}', b'{"a\\u0000":1}', b'{"a":["x\\u0000y"]}'],
    "surrogate": [b'{"a":"\\ud800"}', b'{"\\udfff":1}', b'{"a":["\\ude00\\ud83d"]}'],
    "depth": [
        b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b'{"a":' + b"[" * 100_000,
    ],
    "size": [b'{"a":"' + b"x" * 100_000 + b'"}'],
}


def rules(refused: Refused) -> set[str]:
    return {finding.rule for finding in refused.findings}


def test_every_rule_has_an_example() -> None:
    assert set(EXAMPLES) == set(strict.RULES)


@pytest.mark.parametrize("rule", strict.RULES)
def test_each_rule_is_the_only_one_to_refuse_its_examples(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if rule == "size":
        monkeypatch.setattr(strict, "MAX_BYTES", len(EXAMPLES[rule][0]) - 1)
    for raw in EXAMPLES[rule]:
        with pytest.raises(Refused) as caught:
            strict.parse(raw)
        assert rules(caught.value) == {rule}, raw[:40]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b' {"a" : [1, 1.5, -0.0, true, null, ""]}\r\n', {"a": [1, 1.5, -0.0, True, None, ""]}),
        (b'{"a":9007199254740991,"b":-9007199254740991}', {"a": 2**53 - 1, "b": 1 - 2**53}),
        (b'{"a":"\\ud83d\\ude00\xf0\x9f\x98\x80"}', {"a": "😀😀"}),
        (b'{"a":{"a":1},"b":{"a":1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (b'{"\xc3\xa9":1,"e\xcc\x81":2}', {"é": 1, "e\u0301": 2}),
        ('{"a":"\u2028\x7f"}'.encode(), {"a": "\u2028\x7f"}),
    ],
)
def test_input_that_breaks_no_rule_is_read_unchanged(raw: bytes, value: dict[str, Any]) -> None:
    assert strict.parse(raw) == value
    assert strict.parse(raw.decode()) == value


def test_sixty_four_levels_are_not_too_deep() -> None:
    assert strict.parse(b'{"a":' * 64 + b"1" + b"}" * 64)


def test_a_document_of_64_mebibytes_in_base64_is_within_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert strict.MAX_BYTES > 64 * 2**20 * 4 / 3
    monkeypatch.setattr(strict, "MAX_BYTES", len(EXAMPLES["size"][0]))
    assert strict.parse(EXAMPLES["size"][0])


def test_a_finding_points_at_the_value() -> None:
    with pytest.raises(Refused) as caught:
        strict.parse(b'{"a/b":[0,{"~":NaN}],"c":"\\u0000","d":1,"d":1}')
    where = {(finding.rule, finding.field) for finding in caught.value.findings}
    assert where == {("duplicate-key", ""), ("finite", "/a~1b/1/~0"), ("nul", "/c")}


def test_values_made_in_python_are_checked_too() -> None:
    assert strict.check({"a": (1, "x", None, True, 0.5)}) == []
    found = strict.check({"a": (float("nan"), "\ud800"), "b\x00": 2**53})
    assert [finding.rule for finding in found] == ["finite", "surrogate", "nul", "number-range"]


def test_many_repeated_keys_are_found_in_linear_time() -> None:
    raw = b"{" + b",".join(b'"%d":1' % (n // 2) for n in range(60_000)) + b"}"
    before = time.process_time()
    with pytest.raises(Refused) as caught:
        strict.parse(raw)
    assert len(caught.value.findings) == 30_000
    assert time.process_time() - before < 5


# --- laws

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(1 - 2**53, 2**53 - 1),
        st.floats(-(2.0**52), 2.0**52),
        _text,
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(_text, inner)),
    max_leaves=12,
)


@given(st.dictionaries(_text, _values), st.booleans())
def test_allowed_values_come_back_equal(value: dict[str, Any], ascii_only: bool) -> None:
    assert strict.parse(json.dumps(value, ensure_ascii=ascii_only)) == value


@given(st.one_of(st.binary(), st.text(), st.text('{}[]":,\\u0dDeE8+-.1 ', max_size=40)))
def test_any_bytes_are_an_object_or_refused_and_nothing_else_happens(raw: bytes | str) -> None:
    try:
        value = strict.parse(raw)
    except Refused as refused:
        assert rules(refused) <= set(strict.RULES)
        assert refused.findings
    else:
        assert strict.check(value) == []


#: Values that break a rule, among others that do not.
_odd = st.one_of(
    st.sampled_from([float("nan"), float("inf"), 2**53, -(2**53), 10**30, 1e16, "a\x00", "\ud800"]),
    st.text(),
    st.integers(),
    st.floats(),
)
_trees = st.recursive(
    st.one_of(_odd, st.none(), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner), st.dictionaries(st.text(max_size=2), inner), st.tuples(inner)
    ),
    max_leaves=12,
)
#: Pieces of text that are put into the middle of valid text.
_pieces = st.sampled_from(
    [b'"a":1,"a":2', b'"a":1,', b"1e400", b"-0", b"1.50", b"01", b"9" * 17, b"1E3", b"\\u0000",
     b"\\ud800", b"\\/", b"\\u00e9", b"\xff", b"\x00", b"\n", b" ", b"[" * 9 + b"]" * 9, b"{}", b"NaN"]
)  # fmt: skip


@st.composite
def _texts_of_objects(draw: st.DrawFn) -> bytes:
    """JSON of an object, as an encoder without spaces writes it, that may have been changed."""
    value = draw(st.dictionaries(st.sampled_from(["a", "b", "\u00e9", "\x00"]), _trees))
    raw = json.dumps(value, ensure_ascii=draw(st.booleans()), separators=(",", ":"))
    text = raw.encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(_pieces) + text[at + draw(st.integers(0, 2)) :]
    return text


def _outcome(read: Callable[[Any], object], given: object) -> object:
    try:
        return read(given)
    except Refused as refused:
        return refused.findings


@settings(max_examples=400)
@given(_texts_of_objects())
def test_what_is_read_quickly_is_read_the_same_slowly(raw: bytes) -> None:
    quick, kept = _outcome(strict.parse, raw), _outcome(strict.JsonObject, raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict, "_read", lambda raw: None)
        patch.setattr(strict, "_is_sound", lambda value: False)
        slow = _outcome(strict.parse, raw)
    assert repr(quick) == repr(slow)  # 1 and 1.0 are not the same
    assert kept == slow
    if isinstance(kept, strict.JsonObject):
        assert repr(kept.plain()) == repr(slow)
        assert [*kept] == [*kept.plain()]


@given(_trees | st.dictionaries(st.text(max_size=2), _trees))
def test_what_is_checked_quickly_has_the_same_findings_slowly(value: object) -> None:
    quick = strict.check(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict, "_is_sound", lambda value: False)
        assert quick == strict.check(value)


def test_an_ordinary_line_is_read_quickly() -> None:
    assert strict._read(b'{"a":[{"b":1.5,"c":null}],"d":"\xc3\xa9"}') is not None
    assert strict._is_sound({"a": [{"b": 1.5, "c": None}], "d": "\u00e9"})


# --- corpora

#: Valid JSON in the JSONTestSuite that breaks a rule of this pass.
STRICTER = {
    "y_number.json": "number-range",
    "y_number_real_capital_e.json": "number-range",
    "y_number_real_exponent.json": "number-range",
    "y_number_real_fraction_exponent.json": "number-range",
    "y_object_duplicated_key.json": "duplicate-key",
    "y_object_duplicated_key_and_value.json": "duplicate-key",
    "y_object_escaped_null_in_key.json": "nul",
    "y_object_extreme_numbers.json": "number-range",
    "y_string_null_escape.json": "nul",
}


def documents(shared: Path, kind: str) -> dict[str, bytes]:
    folder = shared / "data" / "corpora" / "JSONTestSuite" / "test_parsing"
    found = {path.name: path.read_bytes() for path in sorted(folder.glob(f"{kind}_*.json"))}
    assert len(found) > 30
    return found


def inside(document: bytes) -> bytes:
    return b'{"v":' + document + b"}"


def test_valid_json_is_accepted_unless_it_breaks_a_rule_of_this_pass(shared: Path) -> None:
    refused = {}
    for name, document in documents(shared, "y").items():
        try:
            assert strict.parse(inside(document)) == {"v": json.loads(document)}, name
        except Refused as error:
            (refused[name],) = rules(error)
    assert refused == STRICTER


def test_invalid_json_is_refused_alone_and_inside_an_object(shared: Path) -> None:
    for name, document in documents(shared, "n").items():
        with pytest.raises(Refused) as caught:
            strict.parse(document)
        # It breaks JSON itself, not only the rule that an event is an object.
        assert any(finding.reason != NOT_AN_OBJECT for finding in caught.value.findings), name
        with pytest.raises(Refused):
            strict.parse(inside(document))


def test_json_on_which_readers_differ_is_accepted_or_refused(shared: Path) -> None:
    taken = set()
    for name, document in documents(shared, "i").items():
        for raw in (document, inside(document)):
            try:
                strict.parse(raw)
                taken.add(name)
            except Refused:
                pass
    assert taken == {"i_number_double_huge_neg_exp.json", "i_number_real_underflow.json"}


def test_naughty_strings_come_back_equal_or_are_refused(shared: Path) -> None:
    strings = json.loads((shared / "data" / "corpora" / "blns" / "blns.json").read_bytes())
    assert len(strings) > 400
    for text in strings:
        for document in ({"v": text}, {text: 1}):
            try:
                assert strict.parse(json.dumps(document)) == document
                assert strict.parse(json.dumps(document, ensure_ascii=False)) == document
            except Refused as refused:
                assert rules(refused) <= {"nul", "surrogate"}
                assert any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)
