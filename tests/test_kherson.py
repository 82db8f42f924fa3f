"""The first real input: 92 lines about the evacuation of Kherson, written by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from tests.bundled import plugins

from dateline import Archive, Refused
from dateline.documents.folder import Folder
from dateline.recording.line import Line
from dateline.text import one_line

SLUG = "kherson-evacuation"


@pytest.fixture(scope="session")
def folder(shared: Path) -> Path:
    return shared / "examples" / "kherson"


def lines(folder: Path) -> list[Line]:
    raw = (folder / "kherson.ndjson").read_bytes()
    return list(plugins().importer("ndjson").read([raw]))


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        done = archive.record(lines(folder), files=Folder(folder))
        assert (done.new, done.already, len(done.facts)) == (92, 0, 45)
        yield archive


def exported(archive: Archive, name: str, view: str | None = None) -> str:
    with archive.material(SLUG, view=view) as material:
        return "".join(archive.plugins.exporter(name).export(material))


def test_a_second_import_adds_nothing(archive: Archive, folder: Path) -> None:
    again = archive.record(lines(folder), files=Folder(folder))
    assert (again.new, again.already) == (0, 92)
    assert archive.head().position == 92


def test_the_file_with_three_facts_appended_adds_three(archive: Archive, folder: Path) -> None:
    read = lines(folder)
    facts = [dict(line.fields) for line in read if line.fields["type"] == "state.recorded"][:3]
    more = []
    for number, fact in enumerate(facts):
        del fact["fact"]
        fact["text"] = f"Another reading, number {number}."
        more.append(Line(fact, 93 + number))
    done = archive.record([*read, *more], files=Folder(folder))
    assert (done.new, done.already, done.facts) == (3, 92, ("f50", "f51", "f52"))


def test_the_timeline_has_every_fact_by_date_and_the_undated_last(archive: Archive) -> None:
    rows = list(archive.view("timeline", SLUG).dicts())
    assert len(rows) == 45
    assert [row["fact"] for row in rows[-7:]] == ["f2", "f4", "f11", "f23", "f24", "f43", "f49"]
    assert all(row["when"] == "undated" for row in rows[-7:])
    dated = [(row["earliest"] or "", row["latest"] or "9999") for row in rows[:-7]]
    assert dated == sorted(dated)
    when = {row["fact"]: row for row in rows}
    assert when["f15"]["when"] == "since August 2022"
    assert when["f13"]["when"] == "September 2022"
    assert (when["f13"]["earliest"], when["f13"]["latest"]) == ("2022-09-01", "2022-09-30")


def test_statements_name_their_speakers_and_relays(archive: Archive) -> None:
    rows = list(archive.view("statements", SLUG).dicts())
    speakers = Counter(row["speaker"] for row in rows)
    assert len(rows) == 16
    assert speakers["Vladimir Saldo"] == 7
    assert speakers["Marat Khusnullin"] == 2
    golubev = [row for row in rows if row["speaker"] == "Vasily Golubev"]
    assert [row["chain"] for row in golubev] == ["Vasily Golubev › TASS › Reuters"] * 2
    assert golubev[0]["chain_words"] == "Vasily Golubev, quoted by TASS, in Reuters"


def test_figures_keep_bounds_and_invent_no_values(archive: Archive) -> None:
    rows = {row["fact"]: row for row in archive.view("figures", SLUG).dicts()}
    assert rows["f36"]["words"] == "143 of 193"
    fled = rows["f39"]
    assert fled["words"] == "200,000 to 999,999, given as 'hundreds of thousands'"
    assert (fled["value"], fled["lower"], fled["upper"]) == (None, 200000, 999999)


def test_markdown_reads_as_a_brief_and_every_footnote_resolves(
    archive: Archive, folder: Path
) -> None:
    brief = exported(archive, "markdown")
    for words in (
        "since August 2022",
        "143 of 193",
        "Vasily Golubev, quoted by TASS, in Reuters",
        "200,000 to 999,999, given as 'hundreds of thousands'",
        "### undated",
    ):
        assert words in brief
    text = (folder / "kherson.txt").read_text("utf-8")
    notes = re.findall(
        r"^\[\^(\S+)\]: .*characters (\d+)-(\d+) of `(\S+)`: “(.*)”$", brief, re.MULTILINE
    )
    assert len(notes) == 45
    [source] = archive.state(SLUG).sources
    for name, start, end, cited, words in notes:
        assert cited == source
        assert one_line(text[int(start) : int(end)]) == words, name
    assert set(re.findall(r"\[\^(\S+?)\](?!:)", brief)) == {name for name, *_ in notes}


def test_csv_reads_back_with_one_row_a_fact(archive: Archive) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(archive, "csv"), newline="")))
    assert len(rows) == 45
    by_fact = {row["fact"]: row for row in rows}
    assert by_fact["f26"]["chain"] == "Vasily Golubev › TASS › Reuters"
    assert by_fact["f8"]["edtf"] == "2022-02-24/2022-03~"
    assert (by_fact["f8"]["earliest"], by_fact["f8"]["latest"]) == ("2022-02-24", "2022-03-31")


def test_json_is_valid_against_its_published_schema(archive: Archive) -> None:
    schema = json.loads(plugins().exporter("json").schema() or "")
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(exported(archive, "json"))
    jsonschema.validate(document, schema)
    assert len(document["stories"][0]["facts"]) == 45
    document["stories"][0]["facts"][0]["data"]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_one_changed_character_refuses_the_whole_file(folder: Path) -> None:
    changed = lines(folder)
    number, fact = next(
        (at, json.loads(json.dumps(dict(line.fields))))
        for at, line in enumerate(changed)
        if line.fields["type"] == "figure.recorded"
    )
    exact = fact["evidence"][0]["exact"]
    fact["evidence"][0]["exact"] = exact.replace("143", "144")
    changed[number] = Line(fact, number + 1)
    with Archive.create(":memory:", plugins()) as archive:
        with pytest.raises(Refused) as refused:
            archive.record(changed, files=Folder(folder))
        [finding] = refused.value.findings
        assert (finding.line, finding.rule) == (number + 1, "evidence-text")
        assert finding.field == "/evidence/0/exact"
        assert archive.head().position == 0
