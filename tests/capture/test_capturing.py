"""`Archive.capture`: what it returns when a document is new, known, shared with another, or erased."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import Archive, DatelineError, RecordedBy
from dateline.capture.details import Details
from dateline.events.source import SourceCaptured
from dateline.testing import documents, samples

PAGE = documents.page()


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.chdir(tmp_path)
    Path("report.txt").write_text(samples.TEXT, "utf-8")
    Path("page.html").write_bytes(PAGE)
    with Archive.create("dateline.db") as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")
        yield archive


def test_a_new_document_is_recorded_with_what_was_given(archive: Archive) -> None:
    by = RecordedBy("the desk")
    done = archive.capture(
        "report.txt", story="ferry", publisher="org:wire=Wire", published="2024-05-06",
        byline=["Nora Pell"], recorded_by=by,
    )  # fmt: skip
    assert (done.new, done.story, done.source, done.text) == (True, "ferry", samples.SOURCE, None)
    *_, event = archive.events()
    assert isinstance(event.data, SourceCaptured)
    assert (event.data.published, event.data.byline) == ("2024-05-06", ("Nora Pell",))
    assert (event.recorded_by, event.position) == (by, done.recorded.positions[-1])


def test_a_page_gives_the_id_of_the_text_to_quote(archive: Archive) -> None:
    done = archive.capture("page.html", story="ferry", publisher="org:wire=Wire")
    assert done.text == archive.source("ferry") != done.source
    assert any(str(done.text)[7:19] in note for note in done.notes)


def test_a_review_decides_what_is_recorded(archive: Archive) -> None:
    shown = []

    def review(details: Details) -> dict[str, str]:
        shown.append((details.values["title"], details.taken, details.values["url"]))
        return {"publisher": "org:wire=Wire", "language": "en"}

    url = "https://wire.example/1"
    archive.capture("page.html", story="ferry", review=review, url=url)
    [(title, taken, address)] = shown
    assert (title, address) == ("Ferry aground", url) and "url" not in taken
    assert taken == {"title", "publisher", "published", "byline", "language"}
    *_, page, text = (event.data for event in archive.events())
    for source in (page, text):
        assert (source.title, source.published, source.byline) == (None, None, ())
        assert (source.publisher, source.language, source.url) == ("org:wire", "en", None)
    # A known document is not asked about again.
    assert not archive.capture("page.html", story="ferry", review=review).new and len(shown) == 1


def test_a_known_document_adds_nothing(archive: Archive) -> None:
    first = archive.capture("page.html", story="ferry", publisher="org:wire=Wire")
    head = archive.head()
    again = archive.capture("page.html", story="ferry", publisher="org:wire=Wire")
    assert (again.new, again.source, again.text) == (False, first.source, first.text)
    assert archive.head() == head


def test_a_known_text_is_another_source(archive: Archive) -> None:
    first = archive.capture("page.html", story="ferry", publisher="org:wire=Wire")
    Path("two.html").write_bytes(PAGE.replace(b"Ten recipes", b"Nine recipes"))
    second = archive.capture("two.html", story="ferry", publisher="org:wire")
    assert (second.text, second.new) == (f"{first.text}.2", True)
    assert second.source != first.source
    assert archive.document(second.text) == archive.document(first.text)


def test_an_erased_document_stays_erased_while_its_text_is_there(archive: Archive) -> None:
    first = archive.capture("page.html", story="ferry", publisher="org:wire=Wire")
    [page, _] = [event.position for event in archive.events() if event.type == "source.captured"]
    archive.erase(positions=[page], reason="Markup with names", basis="Correction")
    head = archive.head()
    again = archive.capture("page.html", story="ferry", publisher="org:wire")
    assert (again.new, again.stays_erased, again.text) == (False, True, first.text)
    assert archive.head() == head


def test_a_url_is_refused_unless_the_network_is_allowed(archive: Archive) -> None:
    with pytest.raises(DatelineError) as raised:
        archive.capture("https://wire.example/1", story="ferry", publisher="org:wire=Wire")
    assert raised.value.code == "network-not-allowed"


def test_a_document_over_the_limit_is_refused(archive: Archive) -> None:
    with pytest.raises(DatelineError) as raised:
        archive.capture("report.txt", story="ferry", publisher="org:wire=Wire", max_bytes=10)
    assert (raised.value.code, raised.value.hint) == (
        "file-too-large",
        "allow more with --max-size",
    )
