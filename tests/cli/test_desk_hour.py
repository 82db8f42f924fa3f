"""A desk's hour, command by command: six documents, twelve facts, mistakes, and what they leave."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from dateline import Archive
from dateline.pytest_plugin import Cli

_PAGE = """<!DOCTYPE html><html lang="en"><head><title>{title}</title>
<meta property="og:site_name" content="{site}"><link rel="canonical" href="https://{host}/1">
<meta property="article:published_time" content="{published}"></head>
<body><article><h1>{title}</h1>{text}</article></body></html>"""
_WIRE = (
    "<p>FICTION. LINDOW – Rescue teams have found nine of the miners alive, the mayor of Lindow, Tessa "
    "Roam, told the agency NORA on Friday.</p><p>“We heard them knocking all night,” she said. Some 41 people "
    "had been underground when the northern shaft fell in on Thursday, the operator Lindow Coal said.</p>"
    "<p>At least three are missing. Work will go on through the night at the northern shaft.</p>"
)
_LATER = _WIRE.replace("found nine of the miners", "found eleven of the miners").replace(
    "At least three are missing", "One is missing"
)
#: What each document is called, its file, and its content.
DOCUMENTS = {
    "post.html": _PAGE.format(
        title="Nine miners found", site="North Post", host="post.example",
        published="2024-05-10T18:00:00Z", text=_WIRE,
    ),
    "post-2.html": _PAGE.format(
        title="Eleven miners found", site="North Post", host="post.example",
        published="2024-05-10T18:00:00Z", text=_LATER,
    ),
    "lamp.html": _PAGE.format(
        title="Miners alive", site="Daily Lamp", host="lamp.example",
        published="2024-05-11T12:00:00Z", text=_WIRE,
    ).replace("<h1>Miners alive</h1>", "<h1>Nine miners found</h1>"),
    "letter.txt": "FICTION. A letter. The pumps at Lindow had been off since Monday, writes a former engineer, Ole Mark.\n",
    "inquiry.txt": "FICTION. The inquiry opened on 4 June 2024. T. Roam was heard first: “I asked for the pumps in March.”\n",
    "regatta.txt": "FICTION. The regatta of Port Ister was won by the Alma.\n",
}  # fmt: skip


@pytest.fixture
def desk(dateline_cli: Cli, tmp_path: Path) -> Cli:
    for name, content in DOCUMENTS.items():
        (tmp_path / name).write_text(content, "utf-8")
    return dateline_cli


HOUR = r"""
init
open lindow --title "Fictional: the Lindow mine"
capture post.html --story lindow
capture lamp.html --story lindow
capture letter.txt --story lindow --publisher org:gazette="Lindow Gazette"
capture inquiry.txt --story lindow --publisher gazette --published "4 July 2024" --title "The inquiry opens"
capture regatta.txt --story lindow --publisher gazette
undo lindow --yes --reason "Captured in the wrong story"
amend lindow {inquiry} --set published=2024-06-04 --reason "June, not July"
record lindow -S {post} -s 'person:roam="Tessa Roam" > org:nora=NORA' --said "10 May" -t "Roam said that nine were found alive." -x "Rescue teams have found nine of the miners alive"
record lindow -S {post} -s "tessa roam > nora" --said "10 May" --quote '"We heard them knocking all night,"' "Roam said that they had heard knocking."
record lindow -S {post} -q "about 41 people underground" -w Thursday "Some 41 people were underground." "Some 41 people had been underground"
record lindow -S {post} --action "fall in" --actor place:shaft="Northern shaft" -w Thursday "The northern shaft fell in." "the northern shaft fell in on Thursday"
record lindow -S {post} -q "at least 3 people missing" -w "10 May" "At least three are missing." "At least three are missing"
record lindow -S {post} --subject org:lindow-coal="Lindow Coal" --relation operates --object shaft "Lindow Coal runs the mine." "the operator Lindow Coal"
record lindow -S {post} --person "tessa roam" --title mayor "Roam was mayor of Lindow." "the mayor of Lindow, Tessa Roam"
record lindow -S {lamp} --action find -w "10 May" "Nine miners were found." "Rescue teams have found nine of the miners alive"
record lindow -S {letter} -s person:mark="Ole Mark" "Mark wrote that the pumps were off." "The pumps at Lindow had been off since Monday"
record lindow -S {inquiry} --action open --actor group:inquiry="The inquiry" -w "4 June 2024" "The inquiry opened." "The inquiry opened on 4 June 2024"
record lindow -S {inquiry} -s person:t-roam="T. Roam" --said "4 June 2024" --quote "I asked for the pumps in March." "Roam said that she had asked for pumps."
capture post-2.html --story lindow
record lindow -S {later} -q "1 person missing" -w "10 May" "One is missing." "One is missing"
retract lindow f4 --reason "Not in the later report"
undo lindow --yes --reason "It is in the later report, further down"
correct lindow f3 --value 14 --reason "A slip of the keyboard"
undo lindow --yes
amend lindow nora --set label="NORA Agency" --reason "Its new name" --reported "1 June 2024"
merge lindow "T. Roam" "Tessa Roam" --reason "The same person"
"""


def test_a_desk_s_hour(desk: Cli, tmp_path: Path) -> None:
    ids: dict[str, str] = {}
    for line in HOUR.strip().splitlines():
        command = shlex.split(line.format_map(_Known(ids)))
        done = desk(*command)
        assert done.code == 0, f"{line}\n{done.err}"
        if command[0] == "capture":
            ids[_NAMES[command[1]]] = _text_of(tmp_path)
    with Archive.open(tmp_path / "dateline.db") as archive:
        state = archive.state("lindow")
        assert len(state.facts) == 12
        assert {fact.status for fact in state.facts.values()} == {"recorded"}
        # A copy of the text at a second outlet is a source of its own.
        assert ids["lamp"] == f"{ids['post']}.2"
        assert state.facts["f8"].chain == "Daily Lamp"
        # The quotation is the source's own, whatever was pasted.
        assert state.facts["f2"].data.quote == "“We heard them knocking all night,”"
        assert state.facts["f2"].chain == "Tessa Roam › NORA Agency › North Post"
        dates = {name: fact.time.edtf for name, fact in state.facts.items() if fact.time}
        assert (dates["f1"], dates["f4"], dates["f10"]) == (
            "2024-05-10",
            "2024-05-09",
            "2024-06-04",
        )
        assert state.facts["f11"].chain_words == "Tessa Roam, in Lindow Gazette"
        assert state.naming("person:roam")[-1].id == "f11"
        assert archive.verify(deep_too=True).findings == []
        for name in archive.plugins.views:
            assert archive.verify_view(name) == []
    # The public page as of three days.
    may, june, now = (page(desk, day) for day in ("2024-05-10", "2024-06-04", None))
    assert "Some 41 people were underground." in may and "At least three are missing" in may
    for later in (
        "Nine miners were found.",
        "The inquiry opened.",
        "pumps were off",
        "NORA Agency",
    ):
        assert later not in may, later
    assert "The inquiry opened." in june and "NORA Agency" in june and "pumps were off" not in june
    assert "T. Roam" in june and "T. Roam" not in now.partition("What was amended")[0]
    assert "pumps were off" in now
    assert "regatta" not in may + june + now.partition("What was amended")[0]
    # Versions of the page, and the fact that its newest one no longer supports.
    versions = desk("show", "lindow", ids["post"][7:19], "--versions")
    assert "Nine miners found -> Eleven miners found" in versions.out
    assert "no longer there: the quotations of f1" in versions.out


_NAMES = {
    "post.html": "post", "lamp.html": "lamp", "letter.txt": "letter", "inquiry.txt": "inquiry",
    "regatta.txt": "regatta", "post-2.html": "later",
}  # fmt: skip


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _text_of(folder: Path) -> str:
    """The id of the source captured last."""
    with Archive.open(folder / "dateline.db") as archive:
        return list(archive.state("lindow").sources)[-1]


def page(desk: Cli, day: str | None) -> str:
    done = desk("export", "lindow", "-f", "markdown", *(["--as-of", day] if day else []))
    assert done.code == 0, done.err
    return done.out
