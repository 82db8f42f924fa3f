"""Recording: ids, competing writers, and what an import may not do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dateline import Archive, DatelineError, Plugins, Refused
from dateline.plugin import CUT
from dateline.testing import samples
from dateline.testing.samples import story


@pytest.fixture
def archive(db: str) -> Archive:
    return Archive.create(db, Plugins())


def test_two_documents_of_the_same_description_are_two_sources(archive: Archive) -> None:
    archive.record(story()[:4])
    described = {"type": "source.captured", "publisher": samples.WIRE, "file": "report.txt"}
    for text in (b"First text", b"Second text"):
        done = archive.record([described], story="ferry", files=lambda name, text=text: text)
        assert (done.new, done.already) == (1, 0)
    assert len(archive.state("ferry").sources) == 2
    again = archive.record([described], story="ferry", files=lambda name: b"First text")
    assert (again.new, again.already) == (0, 1)
    archive.close()


def test_a_document_has_one_charset(archive: Archive) -> None:
    raw = "caf\u00e9 is open".encode()
    line = {"type": "source.captured", "publisher": samples.WIRE, "file": "x.txt"}
    archive.record([*story(slug="one")[:4], line], files=lambda name: raw)
    with pytest.raises(Refused) as refused:
        archive.record(
            [*story(slug="two")[:4], line | {"charset": "latin-1"}], files=lambda name: raw
        )
    [finding] = refused.value.findings
    assert (finding.rule, finding.field) == ("document", "/charset")
    archive.close()


def test_lines_that_describe_one_document_otherwise_are_captures_of_their_own(
    archive: Archive,
) -> None:
    """Fields may be left out. A line that names its source by an id that is taken must agree with it."""
    archive.record([*story()[:4], samples.captured()])
    known = archive.head().position
    again = {"type": "source.captured", "publisher": samples.WIRE, "content": samples.TEXT}
    done = archive.record([again, again | {"published": samples.PUBLISHED}], story="ferry")
    assert (done.new, done.already) == (0, 2)
    other = {"published": "2024-05-08", "url": "https://wire.example/2", "byline": ["Ada Quill"]}
    for number in ("", ".2"):
        named = again | other | {"source": samples.SOURCE + number}
        if number:
            archive.record([named | {"title": "Otherwise"}], story="ferry")
            known = archive.head().position
        with pytest.raises(Refused) as refusal:
            archive.record([named | {"title": "Third"}], story="ferry")
        [finding] = refusal.value.findings
        assert finding.rule == "source-taken" and "title is" in finding.reason
        assert archive.head().position == known
    assert archive.record([again | other], story="ferry").already == 1
    third = again | {"title": "Printed again"}
    assert [archive.record([third], story="ferry").new for _ in range(2)] == [1, 0]
    sources = [samples.SOURCE, f"{samples.SOURCE}.2", f"{samples.SOURCE}.3"]
    assert list(archive.state("ferry").sources) == sources
    # The same holds within one batch, and a fact that names the document alone is from the first capture.
    archive.record([*story(slug="two")[:4], again, third, *story()[5:]])
    assert list(archive.state("two").sources) == sources[:2]
    assert archive.fact("two", "f1").source == samples.SOURCE
    assert archive.verify(deep_too=True).findings == []
    archive.close()


def test_an_event_id_used_by_another_story_or_type_is_refused(archive: Archive) -> None:
    fixed = {"event_id": "01890000-0000-7000-8000-000000000001"}
    archive.record(story({"type": "story.retitled", "title": "T"} | fixed, slug="one"))
    archive.record(story(slug="two"))
    for line, slug in (
        ({"type": "story.retitled", "title": "T"}, "two"),
        ({"type": "acme.note.added", "title": "T"}, "one"),
    ):
        with pytest.raises(Refused, match="event-id-taken"):
            archive.record([line | fixed], story=slug)
    archive.close()


def test_fact_ids_used_later_in_a_batch_are_not_given_out(archive: Archive) -> None:
    done = archive.record([*story()[:5], samples.statement(), samples.figure(fact="f1")])
    assert done.facts == ("f2", "f1")
    archive.close()


def test_the_first_line_of_an_export_is_skipped(archive: Archive) -> None:
    done = archive.record([{"type": CUT, "position": 9, "root": "00"}, *story()])
    assert done.new == 7
    archive.close()


def test_an_overlong_line_is_refused_without_being_kept_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import dateline_ndjson
    from dateline.events import strict

    monkeypatch.setattr(strict, "MAX_BYTES", 1000)
    monkeypatch.setattr(dateline_ndjson, "MAX_LINE", 1000)
    chunks = (b"x" * 100 for _ in range(100_000))
    [line, good] = dateline_ndjson.NdjsonImporter().read([*chunks, b'\n{"type": "a"}'])
    assert [finding.rule for finding in line.findings] == ["size"]
    assert good.fields == {"type": "a"}


IMPORT = """
import json, sys
from pathlib import Path
from dateline import Archive, Plugins
lines = json.loads(sys.stdin.read())
with Archive.open(sys.argv[1], Plugins()) as archive:
    done = archive.record(lines)
    print(done.new, done.already)
"""


def test_several_processes_may_import_the_same_new_file(db: str) -> None:
    """One is first; the others find all events recorded. None fails, nothing is recorded twice."""
    Archive.create(db, Plugins()).close()
    lines = json.dumps(story())
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, db],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    results = [process.communicate(lines, timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, results
    assert sorted(out.split() for out, _ in results) == [["0", "7"]] * 3 + [["7", "0"]]
    with Archive.open(db, Plugins()) as archive:
        assert archive.head().position == 7


def test_an_error_of_the_database_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(DatelineError, match="no-such-folder"):
        Archive.create(tmp_path / "no-such-folder" / "a.db", Plugins())
