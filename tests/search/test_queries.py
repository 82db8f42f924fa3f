"""What a query finds among sentences in eight languages: the same on both databases."""

from __future__ import annotations

from pathlib import Path

from dateline import Archive, Plugins

_HERE = Path(__file__).parent
#: Forms that no rule for endings joins: broken plurals in Arabic, and words that are spelled alike.
MISSED = 17
WRONG = 8


def _table(name: str) -> list[list[str]]:
    lines = (_HERE / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line]


def test_a_table_of_queries_finds_the_same_on_both_databases(db: str) -> None:
    with Archive.create(db, Plugins.load()) as archive:
        ids = _sources(archive)
        missed, wrong, found = [], [], 0
        for query, expected, optional, *_ in _table("queries.tsv"):
            hits = _hits(archive, query)
            got, wanted = {ids[hit] for hit in hits}, set(expected.split())
            found += len(got & wanted)
            missed += [(query, one) for one in sorted(wanted - got)]
            wrong += [(query, one) for one in sorted(got - wanted - set(optional.split()))]
    print(found, missed, wrong)
    assert (len(missed), len(wrong)) == (MISSED, WRONG)


def _hits(archive: Archive, query: str) -> list[str]:
    from dateline import DatelineError

    try:
        return [hit.id for hit in archive.search(query, within=["source"], limit=500).hits]
    except DatelineError as error:
        assert error.code == "query-empty"
        return []


def _sources(archive: Archive) -> dict[str, str]:
    """Record each sentence as a source; return their names by id."""
    import hashlib

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
