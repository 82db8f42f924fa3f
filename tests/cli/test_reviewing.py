"""`capture` on a terminal: what a page says of itself is shown, and confirmed or changed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from dateline import Archive
from dateline.events.source import SourceCaptured
from dateline.pytest_plugin import Cli, Result
from dateline.testing import documents, samples

Capture = Callable[..., Result]
#: Removes what a prompt offers.
CLEARED = "\x15"
PAGE = documents.page().replace(
    b"<nav>", b'<meta property="og:site_name" content="Ister &lt;Wire"><nav>'
)


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def capture(ferry: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Capture]:
    monkeypatch.setattr(
        "dateline.pytest_plugin._stream",
        lambda text="": Terminal(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    )
    (tmp_path / "page.html").write_bytes(PAGE)
    (tmp_path / "report.txt").write_text("FICTION. Another report.\n", "utf-8")
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):

        def call(typed: str, name: str = "page.html", *options: str) -> Result:
            keys.send_text(typed)
            return ferry("capture", name, "--story", "ferry", *options)

        yield call


def newest() -> SourceCaptured:
    with Archive.open("dateline.db") as archive:
        found = [e.data for e in archive.events() if isinstance(e.data, SourceCaptured)]
    return found[-1]


def head() -> int:
    with Archive.open("dateline.db") as archive:
        return archive.head().position


def test_enter_records_what_is_shown(capture: Capture) -> None:
    result = capture("\n")
    assert result.code == 0, result.err
    for shown in ("Ferry aground", "org:ister-wire-2='Ister <Wire'", "Nora Pell", "2024-05-06"):
        assert shown in result.err
    assert "Taken from" not in result.err  # it was shown
    source = newest()
    assert (source.title, source.byline) == ("Ferry aground", ("Nora Pell",))
    assert (source.publisher, source.published) == ("org:ister-wire-2", "2024-05-06")


def test_a_number_changes_one_detail(capture: Capture) -> None:
    typed = [
        "9\n",  # none of them
        f"1\n{CLEARED}Mine\n", f"2\n{CLEARED}ister wire\n",
        f"3\n{CLEARED}6 maybe\n{CLEARED}2024-05\n",
        f"4\n{CLEARED}Ada Quill; Nora Pell\n", f"5\n{CLEARED}\n", "y\n",
    ]  # fmt: skip
    result = capture("".join(typed))
    assert result.code == 0, result.err
    source = newest()
    assert (source.title, source.publisher, source.language) == ("Mine", samples.WIRE, None)
    assert (source.published, source.byline) == ("2024-05", ("Ada Quill", "Nora Pell"))


def test_q_writes_nothing(capture: Capture) -> None:
    before = head()
    for typed, code in (("q\n", 1), (f"1\n{CLEARED}Mine\nq\n", 1), ("\x03", 130), ("\x04", 130)):
        assert capture(typed).code == code
    assert head() == before


def test_a_missing_publisher_is_asked_for(capture: Capture) -> None:
    result = capture(f"\nДилер\n{CLEARED}org:new=Ister Courier\n\n", "report.txt")
    assert result.code == 0, result.err
    assert newest().publisher == "org:new"
    # A document that says nothing of itself, with a publisher: there is nothing to ask.
    Path("report.txt").write_text("FICTION. A third report.\n", "utf-8")
    assert capture("", "report.txt", "--publisher", "org:new").code == 0


def test_yes_asks_nothing_and_so_does_a_known_document(capture: Capture) -> None:
    assert capture("", "page.html", "--yes").code == 0
    assert newest().publisher == "org:ister-wire-2"
    assert "Already captured" in capture("").err


def test_options_are_shown_and_win(capture: Capture) -> None:
    result = capture("\n", "page.html", "--title", "Given", "--publisher", samples.WIRE)
    assert result.code == 0, result.err
    assert (newest().title, newest().publisher) == ("Given", samples.WIRE)


def test_characters_that_act_on_a_terminal_are_not_offered(capture: Capture) -> None:
    Path("page.html").write_bytes(PAGE.replace(b"Ferry aground", "Ferry\u202e aground".encode()))
    result = capture("1\nFerry\n\n")
    assert result.code == 0, result.err
    assert "\u202e" not in result.err and newest().title == "Ferry"
