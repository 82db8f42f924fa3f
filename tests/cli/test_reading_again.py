"""Another reading of a captured document: what is recorded, offered for quoting, shown and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from dateline import Archive, Plugins, Refused
from dateline.cli import completion
from dateline.cli.root import root
from dateline.erasure.plan import Plan
from dateline.errors import DatelineError
from dateline.events.readings import superseded
from dateline.events.source import SourceCaptured
from dateline.proof import verifier
from dateline.pytest_plugin import Cli, Result
from dateline.testing import documents, samples

PLUGINS = Plugins.load(strict=True)
WORDS = "Паром сел на мель у порта. It is safe, said 12 people.\n"
CONTENT = WORDS.encode("cp1251")
BY_W = {"attribution": [{"agent": "org:w", "role": "publisher"}]}
WHY = {"reason": "Names in it", "basis": "Correction"}
Capture = Callable[..., Result]


@pytest.fixture
def capture(dateline_cli: Cli, tmp_path: Path) -> Capture:
    """Captures a file in an open story; ``a.txt`` is in cp1251."""
    assert dateline_cli("init").code == 0
    assert dateline_cli("open", "ferry", "--title", "Fictional: the ferry Alma").code == 0
    (tmp_path / "a.txt").write_bytes(CONTENT)
    (tmp_path / "utf8.txt").write_bytes(WORDS.encode())

    def call(name: str, *options: str, story: str = "ferry") -> Result:
        wire = ("--publisher", "org:wire=Wire", "--published", "2024-05-06")
        return dateline_cli("capture", name, "--story", story, *wire, *options)

    return call


def record(dateline: Cli, exact: str, *options: str) -> Result:
    action = ("--set", "action=say", "--text", f"It says {exact}", "--exact", exact)
    return dateline("record", "ferry", "occurrence", *action, *options)


def sources(story: str = "ferry") -> list[SourceCaptured]:
    with Archive.open("dateline.db") as archive:
        return list(archive.state(story).sources.values())


def text_of(source: str) -> str:
    with Archive.open("dateline.db") as archive:
        document = archive.document(source)
    assert document is not None
    return document.text


def test_a_text_that_was_read_in_a_wrong_charset_is_read_again(
    capture: Capture, dateline_cli: Cli
) -> None:
    assert capture("a.txt", "--charset", "latin-1").code == 0
    garbled = CONTENT.decode("latin-1")[6:9]
    for exact in ("It is safe", garbled):
        assert record(dateline_cli, exact).code == 0
    again = capture("a.txt", "--charset", "cp1251")
    assert again.code == 0, again.err
    first, reading = sources()
    assert (reading.derived_from, reading.read_as) == (first.source, "cp1251")
    assert (text_of(first.source), text_of(reading.source)) == (CONTENT.decode("latin-1"), WORDS)
    assert "Read again as cp1251" in again.err and reading.source[7:19] in again.err
    assert "2 facts quote an earlier reading; 1 of them is not in the new one: f2." in again.err

    # The same reading adds nothing, also when no charset is given.
    for options in ((), ("--charset", "windows-1251")):
        same = capture("a.txt", *options)
        assert (same.code, "Already captured" in same.err) == (0, True)
        assert first.source[7:19] in same.err and len(sources()) == 2

    # The newest reading is quoted; words of the other are said to be there.
    assert record(dateline_cli, "сел на мель").code == 0
    only_there = record(dateline_cli, CONTENT.decode("latin-1")[:5])
    assert (only_there.code, only_there.error) == (1, "source-ambiguous")
    assert first.source[7:19] in only_there.err
    by_id = ("--source", first.source[7:19])
    assert record(dateline_cli, CONTENT.decode("latin-1")[:5], *by_id).code == 0
    context = click.Context(root, info_name="dateline")
    context.params["db"] = "dateline.db"

    def offered() -> list[str]:
        return completion.sources(context, click.Argument(["source"]), "")

    short = [reading.source[7:19]]
    assert offered() == short

    shown = dateline_cli("show", "ferry", first.source).out
    assert [
        line.split()[0] for line in shown.splitlines() if "NOT IN THE NEWEST READING" in line
    ] == [
        "f2",
        "f4",
    ]
    assert f"newest reading {short[0]} (dateline " in shown and "latin-1" in shown
    shown = dateline_cli("show", "ferry", reading.source).out
    assert ", cp1251" in shown and f"superseded reading {first.source[7:19]} (latin-1)" in shown
    compared = dateline_cli("show", "ferry", reading.source, "--versions").out
    assert "3 facts, not in the newest reading: f2, f4" in compared
    [shown] = json.loads(dateline_cli("show", "ferry", first.source, "-f", "json").out)
    assert (shown["superseded_by"], shown["charset"]) == (reading.source, "latin-1")
    assert shown["not_in_newest"] == ["f2", "f4"]
    assert '"sources"' in dateline_cli("show", "ferry", "-f", "json").out
    assert len(sources()) == 2

    # Taking back the newest reading makes the one before the newest; one that facts rest on stays.
    refused = dateline_cli("undo", "ferry", "6", "--yes")
    assert (refused.code, refused.error) == (1, "refused")
    assert capture("a.txt", "--charset", "koi8-r").code == 0
    wrong = [sources()[-1].source[7:19]]
    for position, newest in (("9", short), ("10", wrong), ("11", short)):
        assert offered() == (wrong if newest is short else short)
        assert dateline_cli("undo", "ferry", position, "--yes").code == 0
        assert offered() == newest == [sources()[-1].source[7:19]]
    assert [one.source for one in sources()] == [first.source, reading.source]
    assert "Already captured" in capture("a.txt").err

    # A fact of a reading is proven like any other.
    key = ("--key", "a.key")
    assert dateline_cli("checkpoint", *key).code == 0
    made = dateline_cli("prove", "ferry", "f3", "--with-documents", "-o", "f3.json", *key)
    assert made.code == 0, made.err
    proof = verifier.check(json.loads(Path("f3.json").read_text()))
    assert proof.quoted.keys() == {reading.source} and list(proof.facts) == ["f3"]


@pytest.mark.slow
def test_every_way_of_reading_again(capture: Capture, tmp_path: Path) -> None:
    """Each is a new reading if its text is not that of the newest, and is stored as it is read."""
    page = documents.page("FICTION. Паром сел на мель.", charset="koi8-r")
    (tmp_path / "p.html").write_bytes(page)
    (tmp_path / "ascii.txt").write_bytes(b"It is safe, she said.\n")
    for name, ways in {
        # In UTF-8 the text has the bytes of the original, which are stored with another charset.
        "utf8.txt": [("cp1251", ()), ("latin-1", ()), ("utf-8", ()), ("cp1251", ())],
        "ascii.txt": [("utf-8", ()), ("utf-16-le", ()), ("utf-8", ()), ("utf-16-le", ())],
        "p.html": [
            ("cp1251", ()), ("koi8-r", ()), ("koi8-r", ("--as", "text")), ("koi8-r", ("--as", "html")),
        ],
    }.items():  # fmt: skip
        before = len(sources())
        for number, (charset, options) in enumerate(ways):
            done = capture(name, "--charset", charset, *options)
            assert done.code == 0, done.err
            assert ("Read again" in done.err) == (number > 0)
            newest = sources()[-1]
            plain = name.endswith(".txt") or options == ("--as", "text")
            content = (tmp_path / name).read_bytes()
            expected = (
                content.decode(charset) if plain else "Паром сел".encode("koi8-r").decode(charset)
            )
            assert expected in text_of(newest.source)
            assert "Already captured" in capture(name).err
        assert len({one.derived_from for one in sources()[before:]}) == 2
        assert len(sources()) == before + 4 + (name == "p.html")


def test_a_page_is_taken_back_with_its_readings_in_force(
    capture: Capture, dateline_cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "p.html").write_bytes(
        documents.page("FICTION. Паром сел на мель.", charset="koi8-r")
    )
    assert capture("utf8.txt").code == 0
    assert capture("p.html", "--charset", "cp1251").code == 0
    assert capture("p.html", "--charset", "koi8-r").code == 0
    reading = sources()[-1].source
    assert record(dateline_cli, "Паром", "--source", reading[7:19]).code == 0
    # A fact rests on the page: the last act is the capture before it.
    assert "position 3" in dateline_cli("undo", "ferry").err
    moved = ("--source", sources()[0].source, "--reason", "The other report")
    assert dateline_cli("correct", "ferry", "f1", *moved).code == 0
    for position, acts in (("6", "1 act"), ("4", "2 acts")):
        assert f"Took back {acts}" in dateline_cli("undo", "ferry", position, "--yes").err
    assert len(sources()) == 1


def test_a_newer_reader_gives_another_reading(
    capture: Capture, dateline_cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "odd.py").write_text(
        "from pathlib import Path\n"
        "from dateline.plugin import *\n"
        "class Odd(SourceImporter):\n"
        "    name, suffixes, media_type = 'odd', ('.odd',), 'application/x-odd'\n"
        "    def document(self, content, charset):\n"
        "        return Document(content, BINARY)\n"
        "    def extract(self, document):\n"
        "        tool, text = Path('odd.txt').read_text().split('|')\n"
        "        return Extracted(text, tool)\n"
        "@hookimpl\n"
        "def dateline_importers():\n"
        "    return [Odd()]\n"
    )
    (tmp_path / "x.odd").write_bytes(b"\x00\xff")
    read = []
    for words in (
        "odd 1|Everyon is safe.",
        "odd 2|Everyon is safe.",
        "odd 2|Everyone is safe.",
        "even 1|Safe.",
    ):
        (tmp_path / "odd.txt").write_text(words)
        options = ("--plugins-dir", "p", "capture", "x.odd", "--story", "ferry")
        done = dateline_cli(*options, "--publisher", "org:wire=Wire")
        assert done.code == 0, done.err
        read.append(done.err.split()[0])
    assert read == ["Captured", "Already", "Read", "Already"]
    assert [one.extracted_by for one in sources()] == [None, "odd 1", "odd 2"]


def test_the_newest_reading_in_force_is_quoted_and_imported_again(db: str, tmp_path: Path) -> None:
    """On both databases, after any readings and undone readings."""
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    with Archive.create(db, PLUGINS) as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")
        texts: list[str] = []
        for charset in (
            "latin-1",
            "cp1251",
            "koi8-r",
            None,
            "undo",
            "undo",
            "mac_cyrillic",
            "cp1251",
        ):
            if charset == "undo":
                archive.undo("ferry")
                texts.pop()
            else:
                archive.capture(str(path), story="ferry", publisher="org:w=W", charset=charset)
                texts += [] if charset is None else [CONTENT.decode(charset)]
            document = archive.document(archive.source("ferry"))
            assert document is not None and document.text == texts[-1]
        line = samples.fact("occurrence", "сел на мель", source=archive.source("ferry"))
        archive.record([line | BY_W], story="ferry")
        assert archive.verify(deep_too=True).findings == []
        with archive.material() as material:
            lines = "".join(PLUGINS.exporter("ndjson").export(material))
        with Archive.create(":memory:", PLUGINS) as other:
            other.record(PLUGINS.importer("ndjson").read([lines.encode()]))
            there, here = other.state("ferry"), archive.state("ferry")
            assert there.sources == here.sources and other.source("ferry") == archive.source(
                "ferry"
            )
            assert superseded(there.sources).keys() == here.sources.keys() - {
                archive.source("ferry")
            }
            with other.material() as material:
                again = "".join(PLUGINS.exporter("ndjson").export(material))
        assert again.split("\n")[1:] == lines.split("\n")[1:]


def test_an_imported_line_that_would_change_a_text_says_how_to_give_another_reading(
    tmp_path: Path,
) -> None:
    with Archive.create(":memory:", PLUGINS) as archive:
        archive.record(samples.story(slug="ferry"))
        line = samples.captured("café")
        archive.record([line], story="ferry")
        with pytest.raises(Refused) as refused:
            archive.record([line | {"content": "cafÃ©", "charset": "cp1252"}], story="ferry")
        [finding] = refused.value.findings
        assert (finding.rule, finding.field) == ("document", "/charset")
        named = {"derived_from": line["source"], "read_as": "cp1252"}
        assert all(f"{key} {value}" in finding.reason for key, value in named.items())
        archive.record([samples.captured("cafÃ©") | named], story="ferry")
        archive.record([samples.captured("tea") | {"schema_version": 1}], story="ferry")
        assert [event.schema_version for event in archive.events("ferry")][-3:] == [3, 3, 1]
        assert superseded(archive.state("ferry").sources) == {
            line["source"]: samples.digest("cafÃ©")
        }


def test_another_story_reads_the_document_in_its_own_charset(
    capture: Capture, dateline_cli: Cli
) -> None:
    assert dateline_cli("open", "two", "--title", "Fictional").code == 0
    assert capture("a.txt", "--charset", "latin-1").code == 0
    assert capture("a.txt", "--charset", "cp1251", story="two").code == 0
    original, reading = sources("two")
    assert (text_of(original.source), text_of(reading.source)) == (CONTENT.decode("latin-1"), WORDS)
    assert reading.derived_from == original.source and len(sources()) == 1
    # Both were recorded together, so both are taken back.
    assert "2 acts" in dateline_cli("undo", "two", "--yes").err


@pytest.fixture
def read_twice(tmp_path: Path) -> Archive:
    """An archive with a text that was read in two charsets, and a fact of each reading."""
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    archive = Archive.create(tmp_path / "a.db", PLUGINS)
    archive.open_story("ferry", "Fictional: the ferry Alma")
    for charset, exact in (("latin-1", "It is safe"), ("cp1251", "сел")):
        archive.capture(str(path), story="ferry", publisher="org:w=W", charset=charset)
        line = samples.fact("occurrence", exact, source=archive.source("ferry"))
        archive.record([line | BY_W], story="ferry")
    return archive


def positions(archive: Archive) -> list[int]:
    return [event.position for event in archive.events() if event.type == "source.captured"]


def test_one_of_two_readings_is_erased(read_twice: Archive, tmp_path: Path) -> None:
    with read_twice as archive:
        original, reading = archive.state("ferry").sources
        plan: Plan = archive.plan_erasure(positions=positions(archive)[1:])
        assert [name for name, _ in plan.documents] == [reading]
        archive.erase(positions=positions(archive)[1:], **WHY)
        assert archive.document(reading) is None and archive.document(original) is not None
        assert archive.source("ferry") == original
        assert archive.verify(deep_too=True).findings == []


def test_the_original_of_two_readings_is_erased(read_twice: Archive, tmp_path: Path) -> None:
    with read_twice as archive:
        original, reading = archive.state("ferry").sources
        plan: Plan = archive.plan_erasure(positions=positions(archive)[:1])
        assert any(reading in str(one) for one in plan.still)
        archive.erase(positions=positions(archive)[:1], **WHY)
        assert archive.document(original) is None and archive.source("ferry") == reading
        assert archive.verify(deep_too=True).findings == []
        again = archive.capture(str(tmp_path / "a.txt"), story="ferry", publisher="org:w")
        assert again.stays_erased and again.text == reading and archive.document(original) is None


def test_a_second_reading_is_protected_like_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    capture = {"story": "ferry", "publisher": "org:w=W"}
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.open_story("ferry", "Fictional: the ferry Alma")
        archive.capture(str(path), charset="latin-1", protect="The witness", **capture)
        archive.capture(str(path), charset="cp1251", **capture)
        first, second = archive.state("ferry").sources
        keys = archive.state("ferry").protected
        assert keys[first] == keys[second] is not None
        with pytest.raises(DatelineError) as refused:
            archive.capture(str(path), charset="koi8-r", protect="Another", **capture)
        assert refused.value.code == "protection-differs"
        archive.erase("The witness", **WHY)
        assert archive.state("ferry").sources == {} and archive.document(second) is None
        assert archive.verify(deep_too=True).findings == []
        archive.capture(str(path), charset="latin-1", **capture)
        with pytest.raises(DatelineError) as refused:
            archive.capture(str(path), charset="cp1251", protect="Another", **capture)
        assert refused.value.code == "protection-differs"
