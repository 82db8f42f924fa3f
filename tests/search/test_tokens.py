"""Tokens: the same for every database, and for texts that differ only in how they are written."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline.search.matching import context, marked, matches
from dateline.search.query import fts5, parse
from dateline.search.stemming import ALL, stems
from dateline.search.tokens import indexed, tag, token
from dateline.search.words import words
from dateline.testing.postgres import connect

_ALPHABET = st.one_of(
    st.characters(codec="utf-8", exclude_characters="\x00"),
    st.sampled_from("aе0 1'’ʼ.,-іїйёß水害ทیّ\u0301\u00ad\u200b٣Ａ"),
)
TEXTS = st.text(_ALPHABET, max_size=40)


@pytest.fixture(scope="module")
def fts() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE found USING fts5(tokens,"
            " tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co'\")"
        )
        connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(found, 'row')")
        yield connection


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_sqlite_leaves_every_token_in_one_piece(fts: sqlite3.Connection, text: str) -> None:
    [tokens] = indexed([(text, None)], [tag("story", text)])
    fts.execute("DELETE FROM found")
    fts.execute("INSERT INTO found VALUES (?)", (tokens,))

    assert {term for (term,) in fts.execute("SELECT term FROM terms")} == set(tokens.split(" "))


def test_postgresql_leaves_every_token_in_one_piece(dateline_postgres_url: str) -> None:
    with connect(dateline_postgres_url) as connection:

        @settings(max_examples=examples(200))
        @given(TEXTS)
        def holds(text: str) -> None:
            [tokens] = indexed([(text, None)], [tag("story", text)])
            query = "SELECT tsvector_to_array(to_tsvector('simple', %s))"
            [found] = connection.execute(query, (tokens,)).fetchone()
            assert set(found) == set(tokens.split(" "))

        holds()


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS)
def test_no_query_is_a_syntax_error_and_a_text_finds_itself(
    fts: sqlite3.Connection, text: str, other: str
) -> None:
    fts.execute("DELETE FROM found")
    for piece in indexed([(text, None)]):
        fts.execute("INSERT INTO found VALUES (?)", (piece,))
    query = parse(other)
    if query.wanted:
        found = fts.execute(
            "SELECT rowid FROM found WHERE found MATCH ?", (fts5(query),)
        ).fetchall()
        assert bool(found) == matches(query, [(text, None)])
    own = parse('"' + text.replace('"', " ") + '"')
    if own.wanted:
        assert matches(own, [(text, None)])


@given(TEXTS)
def test_words_are_where_they_are_said_to_be(text: str) -> None:
    found = list(words(text))

    assert all(word.folded and 0 <= word.start < word.end <= len(text) for word in found)
    assert [word.start for word in found] == sorted(word.start for word in found)


@given(TEXTS, TEXTS)
def test_marking_and_cutting_change_no_text(text: str, other: str) -> None:
    parts = marked(parse(other), text)

    assert "".join(part.text for part in parts) == text
    shown = "".join(part.text for part in context(parts, 10)).removeprefix("… ").removesuffix(" …")
    assert shown in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("м’який", "м'який"), ("мʼякий", "М'ЯКИЙ"), ("ёлка", "елка"), ("Straße", "STRASSE"),
        ("évacué", "e\u0301vacue\u0301"), ("Kraftwerk", "Kraft\u00adwerk"), ("سَدّ", "سد"),
        ("المدينة", "المـدينة"), ("1,670", "1670"), ("16.700", "16\u202f700"), ("٣٥٠", "350"),
        ("Ｖｅｌｍ", "velm"), ("U.S.", "US"), ("Київ", "Ки\u0456\u0308в".replace("и\u0456", "и\u0456")),
    ],
)  # fmt: skip
def test_ways_of_writing_a_word_are_one(one: str, other: str) -> None:
    assert [word.folded for word in words(one)] == [word.folded for word in words(other)]


def test_letters_that_are_two_stay_two() -> None:
    pairs = [("май", "маи"), ("її", "іі"), ("水害", "水书"), ("dam", "dame")]

    assert all(parse(one) != parse(other) for one, other in pairs)


def test_forms_of_ukrainian_words_share_a_stem() -> None:
    lines = (Path(__file__).parent / "ukrainian.txt").read_text(encoding="utf-8").splitlines()
    groups = [line.split() for line in lines]

    def together(one: str, other: str) -> bool:
        both = (stems(word, ("uk",)) for word in (one, other))
        return not set(next(both)).isdisjoint(next(both))

    apart = [(a, b) for group in groups for a in group for b in group if not together(a, b)]
    assert apart == []
    firsts = [group[0] for group in groups]
    mixed = {
        (a, b) for a in firsts for b in firsts if a < b and together(a, b)
    }  # bridge and town: the plural genitive of one is the other
    assert mixed == {("міст", "місто")}


def test_a_long_text_has_pieces_that_overlap() -> None:
    text = " ".join(f"word{number}" for number in range(12_500)) + " the" * 300
    pieces = [piece.split(" ") for piece in indexed([(text, None)])]

    assert len(pieces) > 2
    assert all(piece.count("the") <= 250 for piece in pieces)
    query = parse('"word11999 word12000"')
    assert any(fts5(query).strip('("*) ') in " ".join(piece) for piece in pieces)


def test_a_stem_has_its_language() -> None:
    assert all(one.endswith("0en") for one in stems("evacuated", ("en",)))
    assert set(ALL["latin"]) > {"en", "de", "fr", "es"}
    assert token("2nd") == "zn2nd"


def test_threads_find_the_same_stems() -> None:
    found = [
        f"{start}{end}"
        for start in ("evacuat", "negotiat", "shell")
        for end in ("ed", "ing", "ion")
    ]
    expected = [stems.__wrapped__(word, ("en", "de")) for word in found]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            work = [pool.submit(_all_stems, found) for _ in range(40)]
            assert all(one.result() == expected for one in work)
    finally:
        sys.setswitchinterval(interval)


def _all_stems(found: list[str]) -> list[tuple[str, ...]]:
    return [stems.__wrapped__(word, ("en", "de")) for word in found]
