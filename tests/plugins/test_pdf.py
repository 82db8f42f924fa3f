"""The text of a PDF as a person reads it, and the pages of quotations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.bundled import plugins
from tests.plugins.pdfs import Block, made

from dateline import Archive
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.export.paging import Pages
from dateline.testing import samples
from dateline_pdf import PAGE_END, Pdf
from dateline_pdf.reading import rejoined, spelled


def read(*pages: Sequence[Block] | str, page: str = "") -> str:
    importer = Pdf()
    return importer.extract(importer.document(made(*pages, page=page), None)).text


def test_ligatures_are_letters_and_divided_words_are_joined_where_that_is_known() -> None:
    text = read(
        [
            (
                72,
                700,
                ["FICTION. The of\x01ce counted an evacu-", "ation, and an e\x02uent. No evi-"],
            )
        ],
        [(72, 700, ["Evacuation ended. A well-", "known man is well-known; wellknown is not."])],
    )
    assert text == (
        "FICTION. The office counted an evacuation,\nand an effluent. No evi-\n\f"
        "Evacuation ended. A well-\nknown man is well-known; wellknown is not."
    )


def test_what_is_not_known_stays_divided() -> None:
    for page, then in [
        ("evacu-\nation", "evacu-\nation"),
        ("evacu-\nation evacuation", "evacuation\nevacuation"),
        ("(evacu-\nation), evacuation.", "(evacuation),\nevacuation."),
        ("Evacu\u2010\nation evacuation", "Evacuation\nevacuation"),
        ("re-\nsign, resign, re-sign", "re-\nsign, resign, re-sign"),
        ("evacu\u00ad\nation now", "evacuation\nnow"),
        ("1914-\n18 191418", "1914-\n18 191418"),
        ("port -\nshut portshut", "port -\nshut portshut"),
    ]:
        assert rejoined([page]) == [then], page
    assert spelled("o\ufb03ce\f1") == "office\n1"


def test_columns_headers_and_footers_are_read_in_the_order_in_which_they_are_drawn() -> None:
    left, right = ["The water came", "at night."], ["Two hours later", "came the warning."]
    text = read(
        [(72, 800, ["Velm Courier"]), (72, 700, left), (320, 700, right), (72, 40, ["- 1 -"])]
    )
    assert text.split("\n") == ["Velm Courier", *left, *right, "- 1 -"]


def test_a_quotation_has_its_page_wherever_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, db = tmp_path / "report.pdf", str(tmp_path / "a.db")
    header = (72, 800, ["Velm Courier"])
    file.write_bytes(made(
        [header, (72, 700, ["FICTION. The water came."])],
        [header, (72, 700, ["The warning came two", "hours later."])],
        [header, (72, 700, ["Nobody was hurt."])],
    ))  # fmt: skip
    with Archive.create(db, plugins()) as archive:
        archive.record(samples.story())
        source = archive.capture(
            str(file), story="ferry", publisher=samples.WIRE, published="2024-05-06"
        ).text
        assert source is not None
        for exact in ("warning came two hours", "hours later.\n\n\fVelm Courier"):
            line = samples.fact("occurrence", exact, source=source, action="come")
            archive.record([line], story="ferry")
        facts = [archive.fact("ferry", name) for name in ("f2", "f3", "f4")]
        document = archive.document(source)
        assert document is not None
        assert document.text.count(PAGE_END) == 2
        pages = Pages(archive.state("ferry"), lambda source: document.text)
        found = [pages.of(fact.source, fact.data.evidence[0]) for fact in facts]
        assert found == [None, (2, 2), (2, 3)]
        span = facts[1].span
        assert span is not None
        markdown = archive.export("ferry", format="markdown")
        assert f"p. 2, characters {span.start}-{span.end} of `{source}`" in markdown
        assert "pp. 2-3, characters" in markdown
        html = archive.export("ferry", format="html")
        assert f'p. 2, <span class="span">{span.start}–{span.end}' in html
        story = json.loads(archive.export("ferry", format="json"))["stories"][0]
        shown = {fact["fact"]: fact.get("pages") for fact in story["facts"]}
        assert shown == {"f1": None, "f2": None, "f3": [2], "f4": [2]}
    assert run(root, ["--db", db, "show", "ferry", "f3"]) == 0
    assert f"p. 2, {span.start}-{span.end}  …" in capsys.readouterr().out
    assert run(root, ["--db", db, "show", "ferry", "f3", "-f", "json"]) == 0
    assert '"pages":[2]' in capsys.readouterr().out.replace(" ", "").replace("\n", "")
