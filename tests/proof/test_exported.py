"""`verify --export`: whether an export is what the archive produces at its cut."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest
from tests.proof import attacks

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.pytest_plugin import PluginDir
from dateline.testing import samples

FORMATS = [".ndjson", ".json", ".csv", ".md", ".html"]
#: Reported before the day of the view of the past, recorded after the export was made.
TOLD = "2024-05-06T01:00:00Z"
Capture = pytest.CaptureFixture[str]


def dateline(path: Path, *arguments: str) -> int:
    return run(root, ["--db", str(path), *arguments])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DATELINE_KEY", raising=False)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "options",
    [(), ("--as-of", "2024-05-06"), ("--as-recorded", "9"), ("--as-recorded", "2999-01-01")],
    ids=["now", "as-of", "as-recorded", "as-recorded-moment"],
)
def test_an_export_is_recognised_after_later_events(
    archive: Archive, path: Path, suffix: str, options: tuple[str, ...], capfd: Capture
) -> None:
    file = f"out{suffix}"
    assert dateline(path, "export", "ferry", "-o", file, *options) == 0
    archive.record(
        [
            {"type": "story.retitled", "title": "Fictional: changed"},
            {"type": "fact.retracted", "fact": "f2", "reason": "No", "reported_at": TOLD},
        ],
        story="ferry",
    )
    capfd.readouterr()
    assert dateline(path, "verify", "--export", file) == 0, capfd.readouterr()
    content = Path(file).read_bytes()
    assert b"of 193" in content
    Path(file).write_bytes(content.replace(b"of 193", b"of 194"))
    capfd.readouterr()
    assert dateline(path, "verify", "--export", file) == 3
    assert "is not what the archive produces at that cut" in capfd.readouterr().out


@pytest.mark.sampled(2)
@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_of_every_story_is_recognised(
    archive: Archive, path: Path, suffix: str, capfd: Capture
) -> None:
    assert dateline(path, "export", "--all", "-o", f"all{suffix}") == 0
    assert dateline(path, "verify", "--export", f"all{suffix}") == 0, capfd.readouterr()


def test_a_page_of_an_earlier_layout_is_not_taken_for_a_changed_one(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "-o", "new.html") == 0
    page = Path("new.html").read_text()
    # The first layout did not state its number.
    Path("old.html").write_text(re.sub('<meta name="generator"[^>]*>', "", page))
    assert dateline(path, "verify", "--export", "old.html") == 1
    assert "only its position and root were checked" in capfd.readouterr().err
    root = archive.head().root.hex()
    Path("old.html").write_text(Path("old.html").read_text().replace(root, root[::-1]))
    assert dateline(path, "verify", "--export", "old.html") == 3
    assert "different root" in capfd.readouterr().out


STRANGER = """
import json
from dateline.plugin import Cut, Exporter, StatedCut, hookimpl

class Lines(Exporter):
    name, suffix = "lines", ".lines"

    def export(self, material):
        yield json.dumps(material.cut.fields) + "\\n"
        for story in material.stories():
            for fact in story.shown():
                yield f"{fact.id} {fact.data.text}\\n"

    def stated_cut(self, content, sidecar):
        return StatedCut(Cut.of(json.loads(content.splitlines()[0])))

@hookimpl
def dateline_exporters():
    return [Lines()]
"""


def test_a_format_of_a_plugin_is_verified_by_the_cut_it_states(
    archive: Archive, path: Path, plugin_dir: PluginDir, capfd: Capture
) -> None:
    folder = plugin_dir({"lines.py": STRANGER})

    def call(*arguments: str) -> int:
        return run(root, ["--db", str(path), "--plugins-dir", str(folder), *arguments])

    assert call("export", "ferry", "-o", "out.lines") == 0
    assert call("verify", "--export", "out.lines") == 0, capfd.readouterr()
    Path("out.lines").write_text(Path("out.lines").read_text("utf-8") + "f9 Added.\n", "utf-8")
    assert call("verify", "--export", "out.lines") == 3


WHICH: dict[str, tuple[str, ...]] = {
    "one": ("ferry",),
    "two": ("bare", "ferry"),
    "bare": ("bare",),
    "all": ("--all",),
}
MOMENTS: dict[str, tuple[str, ...]] = {
    "now": (),
    "as-of": ("--as-of", "2024-05-06"),
    "as-recorded": ("--as-recorded", "5"),
    "before everything": ("--as-of", "1999"),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("suffix", [".json", ".csv", ".html", ".md"])
def test_an_export_of_one_view_is_recognised(
    tmp_path: Path, suffix: str, which: str, capfd: Capture
) -> None:
    path, file = tmp_path / "small.db", f"v{suffix}"
    with Archive.create(path, Plugins.load()) as archive:
        archive.record(samples.story())
        archive.record([samples.opened("bare", "View: people <h2>View: people</h2>")])
    # The story had not begun; "No story" in Markdown does not state its cut.
    for moment, options in MOMENTS.items():
        code = int((suffix, which, moment) == (".md", "bare", "as-recorded"))
        asked = (*WHICH[which], "--view", "figures", *options)
        assert dateline(path, "export", *asked, "-o", file, "--force") == 0
        assert dateline(path, "verify", "--export", file) == code, capfd.readouterr()


def test_a_position_that_looks_like_a_year_is_recognised(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    titles = [{"type": "story.retitled", "title": f"Fictional: {n}"} for n in range(600)]
    archive.record(titles, story="storm")
    assert dateline(path, "export", "storm", "--as-recorded", "@1100", "-o", "out.ndjson") == 0
    assert "Fictional: 499" in Path("out.ndjson").read_text("utf-8")
    assert dateline(path, "verify", "--export", "out.ndjson") == 0, capfd.readouterr()


def test_what_a_file_leaves_out_is_found(archive: Archive, path: Path, capfd: Capture) -> None:
    """Rows, and whole stories: the cut lists the stories."""
    for suffix in (".csv", ".json", ".ndjson"):
        assert dateline(path, "export", "--all", "-o", f"all{suffix}") == 0
    head, *rows = Path("all.csv").read_text("utf-8").splitlines(keepends=True)
    found = json.loads(Path("all.json").read_text("utf-8"))
    cut, *lines = Path("all.ndjson").read_text("utf-8").splitlines(keepends=True)
    storm = str(archive.story("storm").id)
    Path("forged.csv.meta.json").write_bytes(Path("all.csv.meta.json").read_bytes())
    forged = {
        "forged.csv": [head, head + "".join(row for row in rows if not row.startswith("ferry"))],
        "forged.json": [
            json.dumps({**found, "stories": found["stories"][1:]}),
            json.dumps({**found, "stories": []}),
        ],
        "forged.ndjson": [cut, cut + "".join(line for line in lines if storm not in line)],
    }
    for name, texts in forged.items():
        for text in texts:
            Path(name).write_text(text, "utf-8", newline="")
            capfd.readouterr()
            assert dateline(path, "verify", "--export", name) == 3, (name, text[:200])
            assert f"{name} is an export of ferry, storm." in capfd.readouterr().err


def test_the_stories_of_an_export_are_named(archive: Archive, path: Path, capfd: Capture) -> None:
    """A file may be cut down to an export of fewer stories; the stories are printed for the reader."""
    assert dateline(path, "export", "storm", "-o", "one.ndjson") == 0
    capfd.readouterr()
    assert dateline(path, "verify", "--export", "one.ndjson") == 0
    assert "one.ndjson is an export of storm." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"position": 600', '"position": 600.5', 1),
        ('"position": 600', '"position": 1e999', 1),
        ('"view": "timeline"', '"view": {}', 1),
        ('"view": "timeline"', '"view": "timeline", "exported_by": "somebody"', 3),
        ('"as_of": null', '"as_of": null, "as_of": null', 3),
    ],
)
def test_the_metadata_file_of_a_csv_is_compared_with_the_archive(
    archive: Archive, path: Path, old: str, new: str, code: int, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "-o", "out.csv") == 0
    beside = Path("out.csv.meta.json")
    text = beside.read_text("utf-8")
    assert old in text
    beside.write_text(text.replace(old, new), "utf-8")
    capfd.readouterr()
    assert dateline(path, "verify", "--export", "out.csv") == code
    out, err = capfd.readouterr()
    assert ("the file next to out.csv is not" in out) is (code == 3)
    assert "this is a bug" not in err


def test_a_csv_with_a_very_long_cell_is_recognised(tmp_path: Path, capfd: Capture) -> None:
    path = tmp_path / "long.db"
    with Archive.create(path, Plugins.load()) as archive:
        archive.record([*samples.story(), samples.figure(text="Long. " * 30_000)])
    assert dateline(path, "export", "--all", "-o", "out.csv") == 0
    assert dateline(path, "verify", "--export", "out.csv") == 0, capfd.readouterr()


def test_an_export_is_recognised_whatever_views_are_loaded_now(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    def without(view: str, *arguments: str) -> int:
        return run(root, ["--db", str(path), "--without", view, *arguments])

    assert without("people", "export", "ferry", "-o", "fewer.json") == 0
    assert dateline(path, "verify", "--export", "fewer.json") == 0, capfd.readouterr()
    assert dateline(path, "export", "ferry", "-o", "all.json") == 0
    capfd.readouterr()
    assert without("people", "verify", "--export", "all.json") == 1
    assert "The export all.json cannot be repeated from the archive" in capfd.readouterr().err


def test_a_file_that_is_not_an_export_is_named_before_anything_is_verified(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    """So that no finding about the archive is hidden by the error."""
    archive.close()
    with sqlite3.connect(path) as db, attacks.unguarded(db):
        attacks.edit_a_body(db)
    db.close()
    assert dateline(path, "verify", "--export", "nowhere.json") == 1
    assert "Checked" not in capfd.readouterr().err
    Path("x.md").write_text("# Nothing\n", "utf-8")
    assert dateline(path, "verify", "--export", "x.md") == 1
    assert "Checked" not in capfd.readouterr().err
    assert dateline(path, "verify") == 3


# -- after an erasure --------------------------------------------------------------------------


def erase(archive: Archive, *positions: int) -> None:
    archive.erase(None, positions, reason="Asked", basis="consent withdrawn")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("options", [(), ("--as-recorded", "9"), ("--as-of", "2024-05-06")])
@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_from_before_an_erasure_is_neither_wrong_nor_confirmed(
    archive: Archive, path: Path, suffix: str, options: tuple[str, ...], capfd: Capture
) -> None:
    file = f"out{suffix}"
    assert dateline(path, "export", "--all", "-o", file, *options) == 0
    assert dateline(path, "export", "storm", "-o", f"other{suffix}") == 0
    erase(archive, 7)
    capfd.readouterr()
    assert dateline(path, "verify", "--export", file) == 1
    said = capfd.readouterr().err
    assert "could not be checked in full" in said and "was erased since" in said
    assert ("1 export" in said) is (suffix == ".ndjson")
    # No event of that story was erased.
    assert dateline(path, "verify", "--export", f"other{suffix}") == 0, capfd.readouterr()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_made_after_an_erasure_is_recognised(
    archive: Archive, path: Path, suffix: str, capfd: Capture
) -> None:
    erase(archive, 7)
    for options in ((), ("--as-recorded", "9"), ("--as-of", "2024-05-06")):
        asked = ("export", "ferry", "-o", f"out{suffix}", "--force", *options)
        assert dateline(path, *asked) == 0
        assert dateline(path, "verify", "--export", f"out{suffix}") == 0, capfd.readouterr()


def ids(path: Path) -> dict[int, str]:
    with Archive.open(path, Plugins.load()) as archive:
        return {event.position: str(event.event_id) for event in archive.events()}


def altered(lines: list[str], at: int, old: str, new: str) -> str:
    assert old in lines[at]
    return "\n".join([*lines[:at], lines[at].replace(old, new), *lines[at + 1 :]])


def test_a_line_of_a_live_event_is_checked_although_others_were_erased(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "-o", "out.ndjson") == 0
    lines = Path("out.ndjson").read_text("utf-8").split("\n")
    known = ids(path)
    erase(archive, 7)
    forged = {
        "an event that is there": altered(lines, 6, "Everyone is safe", "Everyone is lost"),
        "the time of one that is gone": altered(lines, 7, '"recorded_at":"2', '"recorded_at":"1'),
        "the kind of one that is gone": altered(lines, 7, "figure.recorded", "story.retitled"),
        "the id of one that is gone": altered(lines, 7, known[7], known[6]),
        "one left out": "\n".join(lines[:3] + lines[4:]),
        "one twice": "\n".join([*lines[:4], lines[3], *lines[4:]]),
        "one more": "\n".join([*lines, "{}"]),
        "one that is gone left out": "\n".join(lines[:7] + lines[8:]),
        "one that is gone twice": "\n".join([*lines[:8], lines[7], *lines[8:]]),
        "one that is gone moved": "\n".join([lines[0], lines[7], *lines[1:7], *lines[8:]]),
        "no last one": "\n".join(lines[:-2]),
    }
    for what, text in forged.items():
        Path("forged.ndjson").write_text(text, "utf-8")
        capfd.readouterr()
        assert dateline(path, "verify", "--export", "forged.ndjson") == 3, what
        assert "is not what the archive produces" in capfd.readouterr().out


def test_an_export_made_between_two_erasures_is_neither_wrong_nor_confirmed(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    erase(archive, 7)
    asked = ("export", "ferry", "--as-recorded", "9", "-o", "out.ndjson")
    assert dateline(path, *asked) == 0
    text = Path("out.ndjson").read_text("utf-8")
    assert "dateline.erased" in text and "content.erased" in text
    erase(archive, 6)
    capfd.readouterr()
    assert dateline(path, "verify", "--export", "out.ndjson") == 1, capfd.readouterr()
    Path("out.ndjson").write_text(text.replace("consent withdrawn", "court order"), "utf-8")
    assert dateline(path, "verify", "--export", "out.ndjson") == 3


def test_another_root_or_a_later_cut_is_a_finding(
    archive: Archive, path: Path, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "-o", "out.md") == 0
    text = Path("out.md").read_text("utf-8")
    root_ = archive.head().root.hex()
    Path("root.md").write_text(text.replace(root_, "0" * 64), "utf-8")
    Path("later.md").write_text(text.replace("position 600", "position 601"), "utf-8")
    capfd.readouterr()
    assert dateline(path, "verify", "--export", "root.md") == 3
    assert "the log has a different root at position 600" in capfd.readouterr().out
    assert dateline(path, "verify", "--export", "later.md") == 3
    assert "cut at position 601, but the log ends at 600" in capfd.readouterr().out


def test_what_cannot_be_checked_is_not_called_all_right(
    archive: Archive, path: Path, tmp_path: Path, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "-o", "out.csv") == 0
    Path("out.csv.meta.json").unlink()
    Path("plain.md").write_text("# Nothing\n", "utf-8")
    Path("deep.json").write_text("[" * 100_000, "utf-8")
    Path("what.xyz").write_text("?", "utf-8")
    with Archive.create(tmp_path / "other.db", Plugins.load()) as other:
        other.record([{"type": "story.opened", "slug": "ferry", "title": "T"}])
    assert dateline(tmp_path / "other.db", "export", "ferry", "-o", "other.json") == 0
    capfd.readouterr()
    for name, said in (
        ("out.csv", "does not state the archive"),
        ("plain.md", "does not state the archive"),
        ("deep.json", "does not state the archive"),
        ("other.json", "not of this one"),
        ("missing.json", "missing.json"),
        ("what.xyz", "what.xyz"),
    ):
        assert dateline(path, "verify", "--export", name) == 1, name
        assert said in capfd.readouterr().err, name
