"""Many documents: which are the same as before, who published them, and what is ignored of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.capture.conftest import Capture

from dateline import Archive
from dateline.capture.earlier import Earlier
from dateline.errors import UnknownName
from dateline.events.source import SourceCaptured, document_of
from dateline.plugin import Contained, Container
from dateline.testing import documents, packed, samples
from dateline.testing.isolated import isolated

NAMED = b'<head><meta property="og:site_name" content="Velm Herald">'
UNDATED = b"<html><body><article><p>Undated words of a page.</p></article></body></html>"


def crawled(page: bytes, at: str = "2024-05-06T08:30:00Z") -> bytes:
    return packed.warc(("https://wire.example/1", page)).replace(
        b"2024-05-06T08:30:00Z", at.encode()
    )


def captures(archive: Archive) -> list[SourceCaptured]:
    return [one for one in archive.state("ferry").sources.values() if one.derived_from is None]


def test_a_crawl_at_another_time_is_another_visit(capture: Capture, archive: Archive) -> None:
    earlier, later = crawled(UNDATED), crawled(UNDATED, "2024-05-07T08:30:00Z")
    for _ in range(2):
        capture("a.warc", earlier, publisher=None)
        capture("copy.warc", earlier + b"\r\n", publisher=None)
        capture("b.warc", later, publisher=None)
    assert [one.published for one in captures(archive)] == [
        "../2024-05-06T08:30:00Z",
        "../2024-05-07T08:30:00Z",
    ]


def test_a_dated_page_is_the_same_visit_in_the_same_file_only(
    capture: Capture, archive: Archive
) -> None:
    for _ in range(2):
        capture("a.warc", crawled(documents.page()), publisher=None)
        capture("b.warc", crawled(documents.page(), "2024-05-07T08:30:00Z"), publisher=None)
    assert [one.container and one.container.name for one in captures(archive)] == [
        "a.warc",
        "b.warc",
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.mbox").write_bytes(packed.mailbox(packed.mail("One", "One.")))
    (tmp_path / "in" / "b.html").write_bytes(documents.page().replace(b"<head>", NAMED))
    (tmp_path / "in" / "c.txt").write_text("Words of c.")
    return tmp_path / "in"


Tried = Callable[..., list[str]]


@pytest.fixture
def tried(archive: Archive, folder: Path) -> Tried:
    def call(**how: object) -> list[str]:
        found = archive.capture_all([str(folder)], story="ferry", **how)  # type: ignore[arg-type]
        return [
            one.error.code if one.error else "new" if one.captured and one.captured.new else "again"
            for one in found
        ]

    return call


def test_the_default_publisher_is_that_of_those_that_name_none(
    archive: Archive, tried: Tried
) -> None:
    assert tried() == ["new", "new", "publisher-missing"]
    assert tried(default_publisher="org:desk=Desk") == ["again", "again", "new"]
    assert tried(default_publisher="org:other=Other") == ["again", "again", "again"]
    assert "org:other" not in archive.state("ferry").entities
    assert [one.publisher for one in captures(archive)][-1] == "org:desk"


def test_what_is_there_under_the_publisher_that_it_names_stays_as_it_is(
    archive: Archive, tried: Tried
) -> None:
    tried(default_publisher="org:desk=Desk")
    assert tried(publisher="org:other=Other") == ["again", "again", "new"]
    assert tried(publisher="org:other") == ["again", "again", "again"]
    assert [one.publisher for one in captures(archive)][-2:] == ["org:desk", "org:other"]


def test_a_publisher_that_is_given_is_that_of_all(archive: Archive, tried: Tried) -> None:
    assert tried(publisher="org:desk=Desk") == ["new", "new", "new"]
    assert {one.publisher for one in captures(archive)} == {"org:desk"}
    assert tried() == tried(default_publisher="org:other=Other") == ["again", "again", "again"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=8), st.integers(0, 8))
def test_earlier_captures_are_those_that_a_search_of_all_finds(
    made: list[tuple[int, int]], split: int
) -> None:
    """Each pair is a document, and the number of the capture that it was read from, if there is one."""
    with Archive.create(":memory:", isolated()) as archive:
        archive.record(samples.story())
        known: list[str] = []
        for number, (which, origin) in enumerate(made):
            if number == split:
                kept = Earlier(archive.state("ferry", facts=()))
            text = f"Text {which}."
            name = Earlier(archive.state("ferry", facts=())).next_id(samples.digest(text))
            line = samples.captured(text) | {"source": name}
            if origin < len(known) and document_of(known[origin]) != document_of(name):
                line["derived_from"] = known[origin]
            archive.record([line], story="ferry")
            known.append(name)
        state = archive.state("ferry", facts=())
        fresh = Earlier(state)
        if split < len(made):
            kept._state = state
            for name in known[split:]:
                kept.add(state.sources[name])
        for document in {*map(document_of, state.sources)}:
            mine = {
                name
                for name, one in state.sources.items()
                if document in (document_of(name), document_of(one.derived_from or name))
            }
            wholes = {state.sources[name].derived_from for name in mine} - {None}
            texts = {n for n, one in state.sources.items() if {n, one.derived_from} & wholes}
            assert mine | texts <= {*fresh.of(document)}
            assert list(fresh.of(document)) == [n for n in state.sources if n in fresh.of(document)]
            if split < len(made):
                assert kept.of(document) == fresh.of(document)
                assert kept.next_id(document) == fresh.next_id(document)


class Odd(Container):
    """Documents with dates that are none, and one without a word."""

    name, suffixes = "odd", (".odd",)

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        yield Contained("1.txt", b"One.", published="6 May 2024")
        yield Contained("2.txt", b"Two.", published="2999-01-01")
        yield Contained("3.txt", b"Three.", retrieved="yesterday")
        yield Contained("4.txt", b"\n")


def test_a_date_that_is_none_is_ignored_and_said(tmp_path: Path) -> None:
    import dateline_text

    (tmp_path / "a.odd").write_bytes(b"x")
    with Archive.create(
        ":memory:", isolated(Odd(), *dateline_text.dateline_importers())
    ) as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")
        *read, blank = archive.capture_all(
            [str(tmp_path / "a.odd")], story="ferry", publisher="org:desk=Desk"
        )
        assert [len(one.captured.ignored) for one in read if one.captured] == [1, 1, 1]
        assert blank.error is not None and blank.error.code == "no-text-extracted"
        assert [one.published for one in captures(archive)] == [None, None, None]


def test_a_mail_comes_before_what_is_attached_to_it(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(packed.mail("One", "One.", ("a.txt", "text/plain", b"Attached.")))
    found = list(archive.capture_all([str(path)], story="ferry"))
    assert [one.place.removeprefix(str(path)) for one in found] == ["", ": 1/a.txt"]


def test_a_source_without_a_title_is_called_as_in_its_container(
    capture: Capture, archive: Archive
) -> None:
    capture("result.json", packed.telegram("One."))
    capture("a.txt", b"Plain.")
    rows = archive.view("sources", "ferry").dicts()
    assert {row["called"] for row in rows} == {"1.txt in result.json", "untitled"}
    assert all(row["source"].startswith(f"sha256:{row['id']}") for row in rows)


def test_a_file_that_is_not_what_its_name_says_is_explained() -> None:
    with pytest.raises(UnknownName) as caught:
        plugins().source_importer("a.json")
    assert caught.value.code == "format-unknown"
    assert "ninjs" in caught.value.what and "telegram" in caught.value.what
    assert ".zip" in str(caught.value.hint)


def test_a_text_that_was_erased_is_read_again_with_its_document(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_bytes(documents.page())
    with Archive.create(":memory:", plugins(), tmp_path / "a.keys") as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")

        def new() -> bool:
            [one] = archive.capture_all(
                [str(tmp_path / "in")], story="ferry", publisher="org:desk=Desk"
            )
            assert one.captured is not None
            return one.captured.new

        assert new()
        archive.erase(positions=[archive.story("ferry").version], reason="Asked", basis="GDPR 17")
        assert len(archive.state("ferry").sources) == 1
        assert new()
        assert len(archive.state("ferry").sources) == 2
        assert not new()
