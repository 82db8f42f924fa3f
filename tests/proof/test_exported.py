"""`verify --export`: an export is what the archive gives at its cut, or it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.cli.errors import run
from dateline.cli.root import root

FORMATS = [".ndjson", ".json", ".csv", ".md", ".html"]
#: Told before the day that is looked back to, recorded after the export was made.
TOLD = "2024-05-06T01:00:00Z"
Capture = pytest.CaptureFixture[str]


def dateline(path: Path, *arguments: str) -> int:
    return run(root, ["--db", str(path), *arguments])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DATELINE_KEY", raising=False)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "options",
    [(), ("--as-of", "2024-05-06"), ("--as-recorded", "9"), ("--as-recorded", "2999-01-01")],
    ids=["now", "as-of", "as-recorded", "as-recorded-moment"],
)
def test_an_export_is_recognised_even_when_the_archive_went_on(
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
    assert "is not what the archive gives at that cut" in capfd.readouterr().out


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_export_of_every_story_is_recognised(
    archive: Archive, path: Path, suffix: str, capfd: Capture
) -> None:
    assert dateline(path, "export", "--all", "-o", f"all{suffix}") == 0
    assert dateline(path, "verify", "--export", f"all{suffix}") == 0, capfd.readouterr()


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_an_export_of_one_view_is_recognised(
    archive: Archive, path: Path, suffix: str, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "--view", "figures", "-o", f"v{suffix}") == 0
    assert dateline(path, "verify", "--export", f"v{suffix}") == 0, capfd.readouterr()


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
    assert "at position 600 the log has another root" in capfd.readouterr().out
    assert dateline(path, "verify", "--export", "later.md") == 3
    assert "cut at position 601, and the log has 600" in capfd.readouterr().out


def test_what_cannot_be_checked_is_not_called_all_right(
    archive: Archive, path: Path, tmp_path: Path, capfd: Capture
) -> None:
    assert dateline(path, "export", "ferry", "-o", "out.csv") == 0
    Path("out.csv.meta.json").unlink()
    Path("plain.md").write_text("# Nothing\n", "utf-8")
    Path("deep.json").write_text("[" * 100_000, "utf-8")
    with Archive.create(tmp_path / "other.db", Plugins.load()) as other:
        other.record([{"type": "story.opened", "slug": "ferry", "title": "T"}])
    assert dateline(tmp_path / "other.db", "export", "ferry", "-o", "other.json") == 0
    capfd.readouterr()
    for name, said in (
        ("out.csv", "does not say where it was cut"),
        ("plain.md", "does not say where it was cut"),
        ("deep.json", "does not say where it was cut"),
        ("other.json", "not of this one"),
        ("missing.json", "there is no file"),
        ("what.xyz", "no format"),
    ):
        assert dateline(path, "verify", "--export", name) == 1, name
        assert said in capfd.readouterr().err, name
