"""`capture` of many documents: a line for each, the exit code, and what options it takes."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from dateline.pytest_plugin import Cli
from dateline.testing import packed

WIRE = ("--story", "ferry", "--publisher", "org:wire=Wire")


@pytest.fixture
def cli(dateline_cli: Cli) -> Cli:
    assert dateline_cli("init").code == 0
    assert dateline_cli("open", "ferry", "--title", "Fictional: the ferry Alma").code == 0
    return dateline_cli


def test_each_document_has_a_line_and_one_that_fails_stops_no_other(
    cli: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("Words of a.")
    (folder / "b.zip").write_bytes(packed.zipped({"c.txt": "Words of c.", "d.png": b"\x89PNG"}))
    (folder / "e.docx").write_bytes(b"no document")
    (folder / ".hidden.txt").write_text("Hidden.")
    first = cli("capture", "in", *WIRE)
    assert first.code == 3
    words = [line.split("  ")[0] for line in first.err.splitlines() if not line.startswith(" ")]
    place = os.path.join("in", "deep")
    assert words[:3] == [
        f"Captured {place}{os.sep}a.txt",
        f"Captured {place}{os.sep}b.zip: c.txt",
        f"Left out {place}{os.sep}b.zip: d.png: no plugin reads '.png'",
    ]
    assert words[3].startswith(f"Failed: {place}{os.sep}e.docx: it is not a complete ZIP file")
    assert words[4].startswith("4 documents: 2 captured, 1 left out")
    assert words[5].startswith("2 of them have no date of publication")
    again = cli("capture", "in", *WIRE)
    assert "2 already there" in again.err and again.code == 3
    assert "no date of publication" not in again.err
    assert (
        cli(
            "capture",
            os.path.join("in", "deep", "a.txt"),
            os.path.join("in", "deep", "b.zip"),
            *WIRE,
        ).code
        == 0
    )


def test_what_failed_is_named_again_after_a_long_list(cli: Cli, tmp_path: Path) -> None:
    good = {f"{n:02}.txt": f"Words {n}." for n in range(30)}
    bad = {f"{n}.docx": "no document" for n in range(7)}
    (tmp_path / "a.zip").write_bytes(packed.zipped(bad | good))
    said = cli("capture", "a.zip", *WIRE).err.splitlines()
    named = ", ".join(f"a.zip: {n}.docx" for n in range(5))
    assert said[-1] == f"Failed, see above: {named} and 2 more."


def test_what_describes_one_document_is_not_taken_for_many(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed.zipped({"c.txt": "Words."}))
    for option in ("--title", "--url", "--byline", "--transcript"):
        assert cli("capture", "a.zip", *WIRE, option, "x").code == 2


def test_names_of_members_do_nothing_on_a_terminal(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed.zipped({"\x1b[31mred.txt": "Words."}))
    assert "\x1b" not in cli("capture", "a.zip", *WIRE).err


PLUGIN = """
from dateline.plugin import Cut, Exporter, StatedCut, hookimpl
import json, zipfile, io

class Packed(Exporter):
    name, suffix, media_type, binary = "packed", ".facts.zip", "application/zip", True

    def export(self, material):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as file:
            for story in material.stories():
                file.writestr(zipfile.ZipInfo(story.slug), "\\n".join(sorted(story.facts)))
        yield held.getvalue()

    def sidecar(self, material):
        return json.dumps(material.cut.fields)

    def stated_cut(self, content, sidecar):
        return StatedCut(Cut.of(json.loads(sidecar)), None)

@hookimpl
def dateline_exporters():
    return [Packed()]
"""


def test_a_binary_export_is_written_piped_and_verified(
    ferry: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dateline import Archive, DatelineError, Plugins

    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "packed.py").write_text(PLUGIN)
    with_plugin = ("--plugins-dir", "plugins")
    assert ferry(*with_plugin, "export", "ferry", "-o", "out.facts.zip").code == 0
    content = (tmp_path / "out.facts.zip").read_bytes()
    assert content.startswith(b"PK")
    assert ferry(*with_plugin, "verify", "--export", "out.facts.zip").code == 0
    with monkeypatch.context() as patch:
        patch.setattr("dateline.cli.export.data", lambda: SimpleNamespace(isatty=lambda: True))
        shown = ferry(*with_plugin, "export", "ferry", "-f", "packed")
        assert (shown.out, shown.error) == ("", "output-is-a-terminal")
    (tmp_path / "out.facts.zip").write_bytes(content + b"\n")
    assert ferry(*with_plugin, "verify", "--export", "out.facts.zip").code == 3
    with Archive.open("dateline.db", Plugins.load(folders=[tmp_path / "plugins"])) as archive:
        assert archive.export_bytes("ferry", format="packed") == content
        assert archive.export_bytes("ferry", format="csv").decode() == archive.export(
            "ferry", format="csv"
        )
        with pytest.raises(DatelineError) as caught:
            archive.export("ferry", format="packed")
        assert caught.value.code == "format-binary"


def test_an_importer_that_raises_is_named_with_its_line(ferry: Cli, tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "rough.py").write_text(
        "from dateline.plugin import Importer, Line, hookimpl\n"
        "class Rough(Importer):\n"
        "    name, suffixes = 'rough', ('.rough.txt',)\n"
        "    def read(self, chunks):\n"
        "        yield Line({'type': 'story.retitled', 'title': 'A'}, 7)\n"
        "        raise KeyError('no')\n"
        "@hookimpl\n"
        "def dateline_importers():\n"
        "    return [Rough()]\n"
    )
    (tmp_path / "a.rough.txt").write_text("x")
    result = ferry("--plugins-dir", "plugins", "import", "a.rough.txt", "--story", "ferry")
    assert result.code == 1
    assert "a.rough.txt after line 7" in result.err and "(rough.py:6)" in result.err
