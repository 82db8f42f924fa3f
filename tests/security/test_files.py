"""Files: who may read them, which names they may have, and where links lead."""

from __future__ import annotations

import ast
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline import Archive, Plugins
from dateline.cli.outfile import write_atomically
from dateline.documents.document import Document
from dateline.documents.folder import Folder
from dateline.errors import DatelineError, Refused
from dateline.log import atomic_file
from dateline.pytest_plugin import Cli
from dateline.testing import samples

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")

#: Creates files under a given umask; those with content or keys must be private to their owner.
_SCRIPT = """
import os, sys
os.umask(int(sys.argv[1], 8))
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.log.engine import open_engine

def call(*arguments):
    assert run(root, arguments) == 0, arguments

call("init")
call("import", "a.ndjson")
call("import", "b.ndjson", "--story", "ferry", "--protect", "Zed")
engine = open_engine("dateline.db")
with engine.connect() as connection:  # while a connection reads, the WAL exists
    connection.exec_driver_sql("SELECT count(*) FROM events").all()
    call("show", "ferry", "timeline")
    call("checkpoint", "--key", "a.key", "-o", "note.txt")
    call("export", "ferry", "-o", "out.md")
    print({name: oct(os.stat(name).st_mode & 0o777) for name in sorted(os.listdir())}, file=sys.stderr)
engine.dispose()
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("umask", "shared"), [("0", "0o666"), ("022", "0o644"), ("077", "0o600")])
def test_files_with_content_or_keys_are_private_to_their_owner(
    tmp_path: Path, umask: str, shared: str
) -> None:
    lines = "\n".join(json.dumps(line) for line in samples.story())
    (tmp_path / "a.ndjson").write_text(lines)
    (tmp_path / "b.ndjson").write_text(json.dumps(samples.entity("person:w", "W")))
    run = subprocess.run(
        [sys.executable, "-c", _SCRIPT, umask],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    modes = modes_of(run.stderr.strip().splitlines()[-1])
    private = ("dateline.db", "dateline.db-wal", "dateline.db-shm", "dateline.db.keys", "a.key")
    assert {name: modes[name] for name in private} == dict.fromkeys(private, "0o600")
    assert {modes["note.txt"], modes["out.md"]} == {shared}


def modes_of(text: str) -> dict[str, str]:
    found = ast.literal_eval(text)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("named", [True, False])
def test_an_export_is_private_until_it_is_whole(
    named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before that it has no name, or is in a folder of its own where the system cannot do that."""
    seen = []
    if named:
        monkeypatch.setattr(atomic_file, "_NAMELESS", 0)

    def chunks() -> Iterator[str]:
        yield "a"
        seen.extend(mode(path) for path in tmp_path.iterdir())

    old = os.umask(0)
    try:
        write_atomically(tmp_path / "x", chunks(), force=False)
    finally:
        os.umask(old)
    assert seen in ([], [0o700]) and (not named or seen)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert mode(tmp_path / "x") == 0o666


def test_status_says_when_others_can_read_the_archive(dateline_cli: Cli, tmp_path: Path) -> None:
    assert dateline_cli("init").code == 0
    assert "Others can read" not in dateline_cli("status").err
    (tmp_path / "dateline.db").chmod(0o640)
    assert "Others can read dateline.db (mode 0640)" in dateline_cli("status").err


def test_a_link_in_the_place_of_an_export_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for name, target in (("link", victim), ("dangling", tmp_path / "nowhere")):
        link = tmp_path / name
        link.symlink_to(target)
        with pytest.raises(DatelineError) as refused:
            write_atomically(link, iter(["theirs"]), force=False)
        assert name in refused.value.what
        write_atomically(link, iter(["theirs"]), force=True)
        assert not link.is_symlink() and link.read_text() == "theirs"
    assert victim.read_text() == "mine" and not (tmp_path / "nowhere").exists()


def test_a_link_beside_an_export_stops_it_before_anything_is_written(
    dateline_cli: Cli, tmp_path: Path
) -> None:
    with Archive.create(tmp_path / "dateline.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
    (tmp_path / "out.csv.meta.json").symlink_to(tmp_path / "nowhere")
    result = dateline_cli("export", "ferry", "-o", "out.csv")
    assert result.code == 1 and "out.csv.meta.json" in result.err
    assert not (tmp_path / "out.csv").exists() and not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "name",
    ["../secret", "/etc/hostname", "a/../../secret", "..", ".", "", "..\\secret", "C:\\x", "link/secret",
     "secret-link", "x\x00y", "\ud800", "x" * 5000, "pipe"],
)  # fmt: skip
def test_a_file_that_a_line_names_is_below_its_folder_or_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_text("SECRET")
    (folder / "link").symlink_to(tmp_path)
    (folder / "secret-link").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe")
    with pytest.raises((DatelineError, ValueError)) as caught:
        Folder(folder)(name)
    assert "SECRET" not in str(caught.value)
    with Archive.create(":memory:", Plugins()) as archive, pytest.raises(DatelineError) as refused:
        line = samples.captured()
        del line["content"]
        archive.record([samples.opened(), line | {"file": name}], files=Folder(folder))
    if isinstance(refused.value, Refused):
        assert {found.rule for found in refused.value.findings} <= {"document", "surrogate", "nul"}


def test_a_file_below_is_read(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("words")
    assert Document(Folder(tmp_path)("a b.txt")).text == "words"


def test_endless_files_are_not_read_to_the_end(dateline_cli: Cli, tmp_path: Path) -> None:
    assert dateline_cli("init").code == 0
    for option in ("--against", "--export"):
        result = dateline_cli("verify", option, "/dev/zero")
        assert result.code == 1 and result.err.startswith("Error: "), result.err
    (tmp_path / "large").write_bytes(b"\n" * 2**21)
    large = dateline_cli("verify", "--against", "large")
    assert large.code == 1 and "1 MiB" in large.err
