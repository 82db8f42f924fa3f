"""Every reading command works on an archive that nobody can write to, as on a read-only medium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.log.databases.dialect import of
from dateline.log.engine import open_engine
from dateline.proof import keys
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``live.db`` in the current folder, and a read-only backup of it in another folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "sealed"
    folder.mkdir()
    with Archive.create("live.db", PLUGINS) as archive:
        archive.record(samples.story())
        archive.checkpoint(keys.create(Path("a.key"), archive.id))
        archive.backup(folder / "b.db")
    (folder / "b.db").chmod(0o444)
    folder.chmod(0o555)
    yield folder / "b.db"
    folder.chmod(0o755)


def dateline(path: Path | str, *arguments: str) -> int:
    return run(root, ["--db", str(path), *arguments])


@pytest.mark.parametrize(
    "command",
    [
        "stories", "log ferry", "status", "show ferry", "show ferry f2", "show ferry timeline",
        "show ferry figures --all", "show ferry timeline --as-of 2024-05-06", "diff ferry 2024 2025",
        "verify --deep --key a.key", "rebuild --verify", "export ferry -f ndjson", "backup again.db",
    ],
)  # fmt: skip
@pytest.mark.sampled(3)
def test_reading_commands_work_and_leave_no_other_file(
    sealed: Path, command: str, capfd: Capture
) -> None:
    assert dateline(sealed, *command.split()) == 0, capfd.readouterr()
    assert [path.name for path in sealed.parent.iterdir()] == ["b.db"]


@pytest.mark.parametrize("suffix", [".json", ".ndjson", ".csv", ".md", ".html"])
@pytest.mark.sampled(2)
def test_its_exports_equal_those_of_the_archive(sealed: Path, suffix: str) -> None:
    for name, path in (("live", Path("live.db")), ("sealed", sealed)):
        assert dateline(path, "export", "--all", "-o", f"{name}{suffix}") == 0
    assert Path(f"sealed{suffix}").read_bytes() == Path(f"live{suffix}").read_bytes()
    assert dateline(sealed, "verify", "--key", "a.key", "--export", f"live{suffix}") == 0


def test_writing_commands_fail_with_one_clear_error(sealed: Path, capfd: Capture) -> None:
    for command in (["close", "ferry"], ["rebuild", "--all"], ["erase", "7", *WHY]):
        assert dateline(sealed, *command) == 1
        assert "read-only" in capfd.readouterr().err.replace("readonly", "read-only")
    assert [path.name for path in sealed.parent.iterdir()] == ["b.db"]


WHY = ("--reason", "Asked", "--basis", "consent withdrawn", "--yes")


def test_an_archive_in_use_is_not_treated_as_read_only(sealed: Path) -> None:
    """A writer has a write-ahead log next to it, and readers must respect its locks."""
    engine = open_engine(sealed)
    assert of(engine).sealed(engine)
    sealed.parent.chmod(0o755)
    assert not of(engine).sealed(engine)
    sealed.with_name("b.db-wal").touch()
    sealed.parent.chmod(0o555)
    assert not of(engine).sealed(engine)
    engine.dispose()
