"""What a query finds among sentences in eight languages: the same on both databases."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.effort import THOROUGH

from dateline import Archive, DatelineError, Plugins

_HERE = Path(__file__).parent
#: What the rules for endings do not join, of more than a thousand: a form with an accusative ending.
MISSED = {("مدينة", "ar11"), ("المدينة", "ar11"), ("مديـنة", "ar11")}
#: Other words with the same letters: суд and судна, мост and the genitive plural of місто.
WRONG = {
    ("суд", "uk33"), ("судьи", "uk21"), ("судьи", "uk33"), ("судьи", "uk34"), ("Киев", "uk8"),
    ("мост", "uk27"), ("мост", "uk45"), ("police -evacuated", "es8"),
}  # fmt: skip


def _table(name: str) -> list[list[str]]:
    lines = (_HERE / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line]


def test_a_table_of_queries_finds_what_it_says(tmp_path: Path) -> None:
    _holds(str(tmp_path / "a.db"), _table("queries.tsv")[:: 1 if THOROUGH else 5])


@pytest.mark.slow
def test_the_same_is_found_on_postgresql(dateline_postgres_url: str) -> None:
    _holds(dateline_postgres_url, _table("queries.tsv"))


def _holds(db: str, queries: list[list[str]]) -> None:
    with Archive.create(db, Plugins.load()) as archive:
        ids = _sources(archive)
        missed, wrong = set(), set()
        for query, expected, optional, *_ in queries:
            hits = _hits(archive, query)
            got, wanted = {ids[hit] for hit in hits}, set(expected.split())
            missed |= {(query, one) for one in wanted - got}
            wrong |= {(query, one) for one in got - wanted - set(optional.split())}
    asked = {query for query, *_ in queries}

    assert missed == {one for one in MISSED if one[0] in asked}
    assert wrong == {one for one in WRONG if one[0] in asked}


def _hits(archive: Archive, query: str) -> list[str]:
    try:
        return [hit.id for hit in archive.search(query, within=["source"], limit=500).hits]
    except DatelineError as error:
        assert error.code == "query-empty"
        return []


def _sources(archive: Archive) -> dict[str, str]:
    """Record each sentence as a source; return their names by id."""
    lines: list[dict[str, object]] = [
        {"type": "story.opened", "slug": "velm", "title": "Fictional: sentences"},
        {"type": "entity.introduced", "entity": "org:x", "kind": "organization", "label": "X"},
    ]
    ids = {}
    for name, language, text in _table("sentences.tsv"):
        source = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        ids[source] = name
        lines.append(
            {
                "type": "source.captured",
                "source": source,
                "publisher": "org:x",
                "language": language,
                "url": f"https://example.org/{name}",
                "chars": len(text),
                "content": text,
            }
        )
    archive.record(lines)
    return ids
