"""Standard streams in other encodings, closed, on a full disk, and without a reader."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive, DatelineError, Plugins
from dateline.proof import keys
from dateline.pytest_plugin import Cli
from dateline.testing import samples

NAME = "Žofie Ж អ្នក\u200bរុករក"
DATELINE = [sys.executable, "-c", "from dateline.cli import main; main()"]
BUG = "this is a bug"
PRINTING = (
    ("stories",), ("stories", "-f", "table"), ("log", "ferry"), ("log", "-f", "json"),
    ("show", "ferry", "f1"), ("show", "ferry", "statements", "-f", "table"),
    ("export", "ferry", "-f", "csv"), ("export", "ferry", "-f", "markdown"),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    lines = samples.story()
    lines[0]["title"] = lines[3]["label"] = NAME
    with Archive.create(str(folder / "a.db"), Plugins.load(strict=True)) as archive:
        archive.record(lines)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DATELINE_")}
    return kept | {"DATELINE_DB": str(folder / "a.db")} | more


def run(folder: Path, *arguments: str, shell: str = "", **more: str) -> Any:
    """The command, in a shell that closes or redirects its streams."""
    command: list[str] = [*DATELINE, *arguments]
    if shell:
        command = ["sh", "-c", f'"$@" {shell}', "sh", *command]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder, **more),
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.sampled(3)
@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict", "utf-16"])
@pytest.mark.parametrize("arguments", [PRINTING[1], PRINTING[4], PRINTING[6]])
def test_data_in_a_pipe_is_utf8_whatever_the_encoding(
    folder: Path, arguments: tuple[str, ...], encoding: str
) -> None:
    done = run(folder, *arguments, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "Žofie" in done.stdout.decode()


@pytest.mark.sampled(1)
@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict", "utf-16"])
def test_an_error_with_any_character_is_printed_in_any_encoding(
    folder: Path, encoding: str
) -> None:
    done = run(folder, "show", f"no {NAME}", PYTHONIOENCODING=encoding)
    assert done.returncode == 1
    assert BUG not in done.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", "\\u017dofie \\u0416"), ("cp1251", "\\u017dofie Ж")]
)
def test_a_terminal_shows_missing_characters_as_escapes(
    folder: Path, encoding: str, shown: str
) -> None:
    out = on_terminal(folder, "show", "ferry", "f1", encoding=encoding)
    assert shown in out.decode(encoding)


def on_terminal(folder: Path, *arguments: str, encoding: str) -> bytes:
    import pty

    ours, theirs = pty.openpty()
    env = environment(folder, PYTHONIOENCODING=encoding)
    with subprocess.Popen([*DATELINE, *arguments], cwd=folder, env=env, stdout=theirs) as process:
        os.close(theirs)
        pieces = []
        while True:
            try:
                pieces.append(os.read(ours, 1 << 16))
            except OSError:  # the end of a terminal on Linux
                break
            if not pieces[-1]:
                break
        os.close(ours)
    assert process.returncode == 0
    return b"".join(pieces)


shells = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")


@shells
@pytest.mark.sampled(3)
@pytest.mark.parametrize("stdout", [">&-", ">/dev/full"])
@pytest.mark.parametrize("arguments", [PRINTING[1], PRINTING[-1], ("--help",)])
def test_data_that_cannot_be_written_is_one_error(
    folder: Path, arguments: tuple[str, ...], stdout: str
) -> None:
    done = run(folder, *arguments, shell=stdout)
    assert done.returncode == 1
    assert done.stderr.decode().count("Error:") == 1
    assert BUG not in done.stderr.decode()
    assert b"Exception ignored" not in done.stderr


@shells
@pytest.mark.sampled(3)
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [PRINTING[1], PRINTING[-1], ("--help",)])
def test_a_reader_that_closed_the_pipe_gets_no_error_message(
    folder: Path, arguments: tuple[str, ...], unbuffered: str
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(
        [*DATELINE, *arguments], cwd=folder, env=environment(folder, PYTHONUNBUFFERED=unbuffered),
        stdout=theirs, stderr=subprocess.PIPE, timeout=120, check=False,
    )  # fmt: skip
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, b"")


@shells
def test_a_command_that_prints_no_data_works_with_every_stream_closed(folder: Path) -> None:
    done = run(folder, "export", "ferry", "-o", "closed.ndjson", shell="<&- >&- 2>&-")
    assert done.returncode == 0
    assert b"Ferry aground" in (folder / "closed.ndjson").read_bytes()
    other = run(folder, "--db", "closed.db", "init", shell="<&- >&- 2>&-")
    assert other.returncode == 0
    # No file of the archive got the descriptor of a closed stream.
    assert (
        run(folder, "--db", "closed.db", "import", "closed.ndjson", shell="<&- >&- 2>&-").returncode
        == 0
    )
    assert run(folder, "--db", "closed.db", "verify").returncode == 0


@shells
@pytest.mark.sampled(1)
@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_messages_that_cannot_be_written_do_not_stop_a_command(folder: Path, stderr: str) -> None:
    assert run(folder, "stories", "-f", "csv", shell=stderr).stdout.count(b"\n") == 2
    assert run(folder, "show", "nothing", shell=stderr).returncode == 1


@shells
def test_a_closed_input_is_one_clear_error(folder: Path) -> None:
    done = run(folder, "import", "-", shell="<&-")
    assert done.returncode == 1
    assert "input is closed" in done.stderr.decode()


@shells
def test_an_argument_that_is_not_text_is_refused_clearly(folder: Path) -> None:
    done = subprocess.run(
        [*map(os.fsencode, DATELINE), b"show", b"\xff"],
        cwd=folder, env=environment(folder), capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert BUG not in done.stderr.decode()


def test_without_a_home_folder_the_key_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(DatelineError) as caught:
        keys.default_path(samples_id())
    assert caught.value.hint is not None and "--key" in caught.value.hint


def samples_id() -> Any:
    from uuid import UUID

    return UUID(int=1)


# --- a byte order mark

MARK = b"\xef\xbb\xbf"


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Iterator[Cli]:
    dateline_cli("init")
    with Archive.open(str(tmp_path / "dateline.db"), Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
    yield dateline_cli


def test_csv_begins_with_a_byte_order_mark_on_request(ferry: Cli, tmp_path: Path) -> None:
    for name, bom in (("plain.csv", ()), ("marked.csv", ("--bom",))):
        assert ferry("export", "ferry", "-o", name, *bom).code == 0
    plain, marked = (tmp_path / "plain.csv").read_bytes(), (tmp_path / "marked.csv").read_bytes()
    assert marked == MARK + plain
    assert not plain.startswith(MARK)
    assert ferry("export", "ferry", "-f", "csv", "--bom").out.encode() == marked
    for shown in (("show", "ferry"), ("log",), ("stories",), ("diff", "ferry", "2020", "2030")):
        assert ferry(*shown, "-f", "csv", "--bom").out == "\ufeff" + ferry(*shown, "-f", "csv").out
    rows = list(csv.DictReader(io.StringIO(marked.decode("utf-8-sig"), newline="")))
    assert rows[0]["story"] == "ferry"


def test_every_csv_file_of_a_folder_has_a_byte_order_mark(ferry: Cli, tmp_path: Path) -> None:
    assert ferry("export", "--all", "-f", "csv", "--bom", "-o", "out/").code == 0
    assert (tmp_path / "out" / "ferry.csv").read_bytes().startswith(MARK)


def test_an_export_with_a_byte_order_mark_can_be_verified(ferry: Cli) -> None:
    ferry("export", "ferry", "-o", "marked.csv", "--bom")
    done = ferry("verify", "--export", "marked.csv")
    assert done.code == 0, done.err


def test_only_csv_can_have_a_byte_order_mark(ferry: Cli) -> None:
    assert ferry("export", "ferry", "-f", "json", "--bom").code == 2
    assert ferry("show", "ferry", "-f", "json", "--bom").code == 2


def test_an_import_may_begin_with_a_byte_order_mark(ferry: Cli) -> None:
    lines = '\ufeff{"type": "story.opened", "slug": "other", "title": "Other"}\n'
    assert ferry("import", "-", stdin=lines).code == 0
