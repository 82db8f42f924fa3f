"""Protected documents of containers, on SQLite and PostgreSQL: nothing of them is in clear, and each can be erased alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.erasure.test_both_databases import FORMATS, holding, sound

from dateline import Archive, Plugins
from dateline.capture.many import Tried
from dateline.plugin import Event, SourceCaptured
from dateline.testing import packed, samples

PLUGINS = Plugins.load(strict=True)
CANARY, WITNESS = "QUAGGA", "Frau Vogel"
PAGE = f"<html><head><title>{CANARY}-title</title></head><body><p>{CANARY} in a page of hers.</p></body></html>"
FILES = {
    f"{CANARY}-letters.zip": packed.zipped({
        f"{CANARY}-one.txt": f"{CANARY} one.",
        "two.txt": f"{CANARY} two.",
        f"in/{CANARY}.zip": packed.zipped({"three.html": PAGE}),
    }),
    f"{CANARY}-letters.mbox": packed.mailbox(
        packed.mail(f"{CANARY} first", f"{CANARY} first.", (f"{CANARY}.txt", "text/plain", f"{CANARY} a.".encode())),
        packed.mail("second", f"{CANARY} second.").replace(b"Nora Pell", f"{CANARY} Pell".encode()),
    ),
}  # fmt: skip


pytestmark = pytest.mark.sampled(1)


@pytest.fixture(params=FILES)
def archive(request: pytest.FixtureRequest, db: str, tmp_path: Path) -> Iterator[Archive]:
    (tmp_path / "kept").mkdir()
    path = tmp_path / request.param
    path.write_bytes(FILES[request.param])
    with Archive.create(db, PLUGINS, tmp_path / "kept" / "a.db.keys") as archive:
        archive.record(samples.story())
        tries = list(captured(archive, path, samples.WIRE))
        assert [tried.error for tried in tries if tried.error] == [] and len(tries) > 2
        yield archive


def captured(archive: Archive, path: Path, publisher: str | None) -> Iterable[Tried]:
    return archive.capture_all([str(path)], story="ferry", publisher=publisher, protect=WITNESS)


def test_each_document_is_under_the_key_and_can_be_erased_alone(
    archive: Archive, tmp_path: Path
) -> None:
    assert holding(archive) == []  # no view was read yet
    events = [event for event in archive.events("ferry") if event.type == "source.captured"]
    first, *others = [event for event in events if event.subject_key]
    assert len(others) == len(events) - 2 and len({event.subject_key for event in events}) == 2
    assert archive.verify().findings == []
    archive.erase(positions=[first.position], reason="Asked for", basis="consent withdrawn")
    assert archive.document(of(first)) is None
    assert {archive.document(of(event)) is None for event in others if of(event) != of(first)} == {
        False
    }
    assert CANARY in archive.export("ferry", format="html")
    for file in (tmp_path / "kept").iterdir():
        assert CANARY.encode() not in file.read_bytes()


def of(event: Event) -> str:
    assert isinstance(event.data, SourceCaptured)
    return event.data.source.partition(".")[0]


def test_all_of_a_container_is_erased_with_its_subject(archive: Archive, tmp_path: Path) -> None:
    before = archive.head()
    archive.catch_up()
    archive.search(CANARY)
    archive.erase(WITNESS, reason="Asked for", basis="consent withdrawn")
    assert holding(archive) == [] and list(archive.state("ferry").sources) == [samples.SOURCE]
    sound(archive, before.position, before.root)
    for format_ in FORMATS:
        assert CANARY not in archive.export("ferry", format=format_)
    if (tmp_path / "a.db").exists():
        assert CANARY.encode() not in (tmp_path / "a.db").read_bytes()
    again = captured(archive, next(tmp_path.glob(f"{CANARY}-*")), samples.WIRE)
    assert all(tried.captured and tried.captured.new for tried in again)


def test_a_publisher_that_only_the_document_names_is_not_recorded_in_clear(
    db: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.mbox"
    mail = packed.mail("One", "Words.").replace(b"wire.example", CANARY.encode() + b".example")
    path.write_bytes(packed.mailbox(mail))
    with Archive.create(db, PLUGINS, tmp_path / "a.db.keys") as archive:
        archive.record(samples.story())
        [refused] = captured(archive, path, None)
        assert refused.error is not None and refused.error.code == "publisher-in-clear"
        assert holding(archive) == []
        [done] = captured(archive, path, samples.WIRE)
        assert done.captured is not None and holding(archive) == []
