"""The commands that protect and erase content."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from dateline.cli.outcome import outcome
from dateline.cli.root import root
from dateline.testing import samples

ASKED = ["--reason", "Asked for", "--basis", "consent withdrawn"]
WHY = [*ASKED, "--yes"]


class Typed:
    def __init__(self, code: int, out: str, err: str, error: str | None) -> None:
        self.code, self.out, self.err, self.error = code, out, err, error

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))


class Shell:
    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capfd = folder, capfd

    def __call__(self, *arguments: str, code: int = 0) -> Typed:
        self._capfd.readouterr()
        got, error = outcome(root, list(arguments))
        captured = self._capfd.readouterr()
        assert got == code, captured.err
        return Typed(got, captured.out, captured.err, None if error is None else error.code)


@pytest.fixture
def dateline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name in ("DATELINE_DB", "DATELINE_KEYS"):
        monkeypatch.delenv(name, raising=False)
    shell = Shell(tmp_path, capfd)
    shell("init")
    Path("story.ndjson").write_text("\n".join(map(json.dumps, samples.story())), "utf-8")
    shell("import", "story.ndjson")
    Path("letter.txt").write_text("FICTION. A QUAGGA wrote: the ferry was late.", "utf-8")
    capture = ("capture", "letter.txt", "--story", "ferry", "--publisher", "org:post=The Post")
    shell(*capture, "--protect", "her")
    return shell


def record(dateline: Shell, *more: str) -> None:
    source = next(row for row in dateline("log", "-f", "csv").rows() if "The Post" in row["about"])
    assert source["type"] == "entity.introduced"
    [letter] = [
        json.loads(row["data"])["source"]
        for row in dateline("log", "--type", "source.captured").rows()[1:]
    ]
    dateline(
        "record", "ferry", "statement", "--source", letter.removeprefix("sha256:")[:12],
        "--speaker", "person:q=QUAGGA", "--text", "QUAGGA says it was late.",
        "--exact", "the ferry was late", *more,
    )  # fmt: skip


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def test_erasing_a_subject_erases_the_facts_of_its_protected_source(dateline: Shell) -> None:
    record(dateline, "--protect", "her")
    assert dateline("show", "ferry", "f3").out.count("QUAGGA") >= 2
    dateline("show", "ferry", "timeline")
    listed = dateline("erase", "her", *WHY, "--dry-run")
    events = [(row["name"], row["note"]) for row in listed.rows() if row["what"] == "event"]
    [document] = [row["name"] for row in listed.rows() if row["what"] == "document"]
    assert events == [
        (document, "is erased"),
        ("person:q QUAGGA", "is erased"),
        ("f3", "is erased"),
    ]
    views = {row["name"]: row["note"] for row in listed.rows() if row["what"] == "view"}
    assert views == {"timeline": "3 rows are rebuilt"}
    assert "Nothing was erased (--dry-run): 3 events (1 fact), 1 document." in listed.err
    done = dateline("erase", "her", *WHY)
    assert "Erased 3 events (1 fact), 1 document." in done.err and "backups" in done.err
    for arguments in (["ferry"], ["ferry", "f3"], ["ferry", "timeline"], ["ferry", "people"]):
        assert "QUAGGA" not in dateline("show", *arguments).out
    assert "[erased]" in dateline("show", "ferry", "f3").out
    assert dateline("show", "ferry", "f3", "-f", "json").out.count('"status": "erased"') == 1
    log = {row["position"]: row for row in dateline("log").rows()}
    assert log["9"]["about"] == "[erased]" and log["9"]["method"] == ""
    dateline("retract", "ferry", "f3", "--reason", "x", code=1)
    left = [path for path in dateline.folder.glob("dateline.db*") if b"QUAGGA" in path.read_bytes()]
    assert left == []


def test_organisations_that_a_capture_introduces_are_not_protected(dateline: Shell) -> None:
    dateline("erase", "her", *WHY)
    entities = dateline("log", "--type", "entity.introduced").rows()
    assert [row["about"] for row in entities][-1] == "org:post The Post"


def test_erasing_a_source_names_the_facts_that_quote_it(dateline: Shell) -> None:
    done = dateline("erase", "5", *WHY)
    assert "f1 (position 6)" in done.err
    assert "[erased]" in dateline("log").out


def test_a_document_that_another_story_captured_is_kept(dateline: Shell) -> None:
    second = Path("second.ndjson")
    second.write_text("\n".join(map(json.dumps, samples.story(slug="second"))), "utf-8")
    dateline("import", "second.ndjson")
    [position] = [row["position"] for row in dateline("log", "--type", "source.captured").rows() if row["story"] == "second"]  # fmt: skip
    listed = dateline("erase", "5", *WHY, "--dry-run")
    [kept] = [row for row in listed.rows() if row["story"] == "second"]
    assert (kept["what"], kept["story"], kept["position"]) == ("stays", "second", position)
    assert "1 event, 0 documents." in listed.err
    done = dateline("erase", "5", *WHY)
    assert f"(position {position})" in done.err
    assert "Erased 1 event, 0 documents." in done.err
    assert "Erased 1 event, 1 document." in dateline("erase", position, *WHY).err


def test_erasing_again_reports_that_the_content_is_already_erased(dateline: Shell) -> None:
    keys = sqlite3.connect("dateline.db.keys")
    [(key,)] = keys.execute("SELECT id FROM keys").fetchall()
    keys.close()
    dateline("erase", "her", *WHY)
    assert "already erased" in dateline("erase", key, *WHY).err
    assert dateline("erase", "her", *WHY, code=1).error is not None


def test_erased_content_can_be_captured_and_recorded_again(dateline: Shell) -> None:
    """An explicit command does just what it names: it is neither skipped nor done in part."""
    Path("r.txt").write_text("FICTION. The gate was open.", "utf-8")
    capture = ("capture", "r.txt", "--story", "ferry", "--publisher", "org:gazette=Gazette")
    fact = ("record", "ferry", "figure", "--text", "x", "--exact", "The gate", "--source")
    dateline(*capture)
    [*_, row] = dateline("log", "--type", "source.captured").rows()
    source = json.loads(row["data"])["source"].removeprefix("sha256:")
    dateline(*fact, source)
    at = int(row["position"])
    dateline("erase", str(at), str(at - 1), str(at + 1), *WHY)
    again = dateline(*capture)
    assert "Captured sha256:" in again.err
    assert f"(see position {at + 2})" in again.err
    assert "Recorded f4 at" in dateline(*fact, source).err
    assert "Already captured" in dateline(*capture).err
    assert "Already recorded" in dateline(*fact, source).err
    assert "gate" in dateline("show", "ferry", "f4").out
    dateline("verify", "--deep")


def test_an_import_does_not_bring_back_erased_content(dateline: Shell) -> None:
    dateline("erase", "7", *WHY)
    again = dateline("import", "story.ndjson")
    assert numbers(again.err) == [0, 6, 1]  # imported, already recorded, erased


@pytest.mark.parametrize(
    ("targets", "code", "named"),
    [
        (["nobody"], 1, "her"),
        (["her", "5"], 2, "one subject"),
        (["her", "him"], 2, "one subject"),
        (["1"], 1, "1"),
        (["99"], 1, "99"),
        ([], 2, "Missing argument"),
        (["007"], 2, "007"),
        (["\u0663"], 2, "\u0663"),
        (["0"], 1, "0"),
        (["9" * 5000], 1, "9" * 30),
    ],
)
@pytest.mark.sampled(3)
def test_invalid_targets_are_refused_with_one_clear_error(
    dateline: Shell, targets: list[str], code: int, named: str
) -> None:
    refused = dateline("erase", *targets, *WHY, code=code)
    assert named in refused.err
    assert (refused.error is None) is (code == 2)
    assert "[erased]" not in dateline("log").out


def test_a_reason_must_be_readable_text(dateline: Shell) -> None:
    for words in ("  ", "a\x00b", "\ud800"):
        refused = dateline("erase", "5", "--reason", words, "--basis", "x", "--yes", code=1)
        assert refused.error == "refused"


def test_the_keys_database_can_be_kept_elsewhere(
    dateline: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = dateline.folder / "safe" / "keys"
    keys.parent.mkdir()
    Path("dateline.db.keys").rename(keys)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    refused = dateline("show", "ferry", code=1)
    assert refused.error == "sealed" and "--keys" in refused.err
    assert "[sealed]" in dateline("log").out and "[sealed]" in dateline("stories").out
    assert "sources" in dateline("--keys", str(keys), "show", "ferry").out
    monkeypatch.setenv("DATELINE_KEYS", str(keys))
    dateline("erase", "her", *WHY)
    assert "[erased]" in dateline("log").out


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], int]]:
    """A terminal as stdin, and a function that types on it."""
    parent, child = pty.openpty()
    with os.fdopen(child) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        yield partial(os.write, parent)
    os.close(parent)


def test_on_a_terminal_it_lists_what_will_be_erased_and_asks(
    dateline: Shell, answer: Callable[[bytes], int]
) -> None:
    answer(b"n\n")
    asked = dateline("erase", "her", *ASKED, code=1)
    assert "Permanently erase 1 event, 1 document of 'her'? [y/N]" in asked.err
    assert "sha256:" in asked.err and asked.out == ""
    assert asked.err.endswith("Nothing was erased.\n") and "Interrupted" not in asked.err
    assert "[erased]" not in dateline("log").out
    answer(b"y\n")
    assert "Erased 1 event, 1 document." in dateline("erase", "her", *ASKED).err


def test_on_a_terminal_it_asks_for_reason_and_basis_after_the_list(
    dateline: Shell, answer: Callable[[bytes], int]
) -> None:
    answer(b"her wish\nAsked for\n\n  \nconsent withdrawn\ny\n")
    done = dateline("erase", "her")
    assert done.err.count("Reason (") == 2  # the first answer named the subject
    assert done.err.index("sha256:") < done.err.index("Reason") < done.err.index("Basis")
    assert "Erased 1 event, 1 document." in done.err and done.out == ""
    [*_, erased] = dateline("log").rows()
    kept = json.loads(erased["data"])
    assert (kept["reason"], kept["basis"]) == ("Asked for", "consent withdrawn")


def test_it_does_not_ask_about_erased_content(
    dateline: Shell, answer: Callable[[bytes], int]
) -> None:
    dateline("erase", "5", *WHY)
    again = dateline("erase", "5", *ASKED, code=1)
    assert again.error == "nothing-to-erase" and "[y/N]" not in again.err
    assert dateline("erase", "5", "--dry-run", code=1).error == "nothing-to-erase"


def test_without_a_terminal_it_needs_yes(dateline: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert "--yes" in dateline("erase", "5", *ASKED, code=2).err
    assert "[erased]" not in dateline("log").out


def test_reason_and_basis_are_checked_before_it_asks(
    dateline: Shell, answer: Callable[[bytes], int]
) -> None:
    dateline("erase", "5", "--dry-run")
    assert "--reason and --basis" in dateline("erase", "5", "--yes", code=2).err
    partly = dateline("erase", "5", "--reason", "x", "--yes", code=2).err
    assert "--basis" in partly and "--reason" not in partly
    empty = dateline("erase", "5", "--reason", "", "--basis", "x", code=1)
    assert "/reason" in empty.err and "[y/N]" not in empty.err


def test_reason_and_basis_must_not_name_the_subject(dateline: Shell) -> None:
    Path("other.txt").write_text("FICTION. Another letter.", "utf-8")
    dateline(
        "capture", "other.txt", "--story", "ferry", "--publisher", "org:post", "--protect", "Hal"
    )
    before = dateline("log").out
    for words in ("hal asked for it", "by HAL", "(Hal)"):
        refused = dateline("erase", "Hal", "--reason", "x", "--basis", words, "--yes", code=1)
        assert refused.error is not None and "'Hal'" in refused.err
    assert dateline("log").out == before
    dateline("erase", "Hal", "--reason", "shall be", "--basis", "x", "--yes")


def test_a_fact_given_as_subject_is_answered_with_its_position(dateline: Shell) -> None:
    refused = dateline("erase", "f1", *WHY, code=1)
    assert "f1 is a fact: erase it by its position, 6 (ferry)" in refused.err
    assert "her" in dateline("erase", "f9", *WHY, code=1).err
    second = Path("second.ndjson")
    second.write_text("\n".join(map(json.dumps, samples.story(slug="second"))), "utf-8")
    dateline("import", "second.ndjson")
    assert "6 (ferry), 15 (second)" in dateline("erase", "f1", *WHY, code=1).err


def test_subjects_that_are_still_protected_are_listed(dateline: Shell) -> None:
    Path("other.txt").write_text("FICTION. Another letter.", "utf-8")
    dateline(
        "capture", "other.txt", "--story", "ferry", "--publisher", "org:post", "--protect", "Hal"
    )
    assert "Still protected: Hal." in dateline("erase", "her", *WHY).err
    assert "Still protected" not in dateline("erase", "Hal", *WHY).err


def test_recording_under_a_new_subject_reports_the_new_name(dateline: Shell) -> None:
    """A mistyped name makes a new subject, which nobody would remember to erase."""
    Path("b.txt").write_text("FICTION. Another letter.", "utf-8")
    capture = ("capture", "b.txt", "--story", "ferry", "--publisher", "org:post")
    new = dateline(*capture, "--protect", "hex").err
    assert '"hex" (a new name' in new and "her)" in new
    Path("c.txt").write_text("FICTION. A third letter.", "utf-8")
    known = dateline("capture", "c.txt", *capture[2:], "--protect", "hex").err
    assert '"hex"' in known and "new name" not in known
    line = {"type": "entity.introduced", "entity": "person:z", "kind": "person", "label": "Z"}
    Path("z.ndjson").write_text(json.dumps(line), "utf-8")
    brought = ("import", "z.ndjson", "--story", "ferry", "--protect", "Zed")
    for dry in (["--dry-run"], []):
        said = dateline(*brought, *dry).err
        assert '"Zed" (a new name' in said and "her, hex)" in said
    assert "protected" not in dateline(*brought).err
    Path("r.txt").write_text("FICTION. The gate was open.", "utf-8")
    assert "protected" not in dateline("capture", "r.txt", *capture[2:]).err


def test_a_fact_protected_through_its_source_reports_the_subject(
    dateline: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(dateline)
    line = {"type": "fact.disputed", "fact": "f3", "ground": "No"}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(line).encode())))
    assert '"her"' in dateline("record", "ferry").err


def test_protected_content_is_marked_without_its_subject(dateline: Shell) -> None:
    record(dateline)
    rows = {row["position"]: row for row in dateline("log").rows()}
    assert rows["11"]["protected"] == "true" and rows["11"]["about"].startswith("[protected] f3 ")
    assert rows["6"]["protected"] == "false" and rows["6"]["about"].startswith("f1 ")
    assert "[protected]" in dateline("log", "-f", "table").out
    *_, last = map(json.loads, dateline("log", "-f", "ndjson").out.splitlines())
    assert last["protected"] is True
    assert dateline("show", "ferry", "f3").out.startswith("f3  statement  recorded  protected\n")
    assert dateline("show", "ferry", "f1").out.startswith("f1  statement  recorded\n")
    assert json.loads(dateline("show", "ferry", "f3", "-f", "ndjson").out)["protected"] is True
    shown = dateline("log", "-f", "json").out + dateline("show", "ferry", "f3").out
    assert '"her"' not in shown
    dateline("erase", "her", *WHY)
    assert {row["protected"] for row in dateline("log").rows()} == {"false"}


def test_capturing_an_erased_page_again_reports_its_remaining_text(
    dateline: Shell,
) -> None:
    words = "The water went down overnight and the school was empty by noon, the mayor said. " * 5
    Path("p.html").write_text(
        f"<html><body><article><p>FICTION. {words}</p></article></body></html>"
    )
    capture = ("capture", "p.html", "--story", "ferry", "--publisher", "org:post")
    dateline(*capture)
    count = len(dateline("log").rows())
    dateline(*capture)
    assert len(dateline("log").rows()) == count
    *_, page, _ = dateline("log", "--type", "source.captured").rows()
    dateline("erase", page["position"], *WHY)
    again = dateline(*capture).err
    assert "sha256:" in again and "erased" in again
    assert "Already" not in again


def test_a_backup_reports_that_it_does_not_hold_the_keys(dateline: Shell) -> None:
    assert "keys of protected content" in dateline("backup", "one.db").err
    dateline("erase", "her", *WHY)
    assert "keys" not in dateline("backup", "two.db").err


def test_content_can_be_erased_after_the_keys_are_lost(dateline: Shell) -> None:
    Path("dateline.db.keys").unlink()
    refused = dateline("erase", "6", *WHY, code=1)
    assert "--keys-lost" in refused.err and not Path("dateline.db.keys").exists()
    assert "--keys-lost" in dateline("erase", "her", "--keys-lost", *WHY, code=2).err
    foreseen = dateline("erase", "6", "--keys-lost", "--dry-run").err
    done = dateline("erase", "6", "--keys-lost", *WHY).err
    dateline("checkpoint", "--key", "a.key")
    assert "content is sealed" not in dateline("verify", "--key", "a.key", code=1).out
    with sqlite3.connect("dateline.db.keys") as keys:
        [(lost, state)] = keys.execute("SELECT id, state FROM keys").fetchall()
    keys.close()
    assert state == "lost" and f"by key id: {lost}." in done
    assert f"sealed for good: {lost}." in foreseen
    assert f"by key id: {lost}." in dateline("erase", "7", "--dry-run").err
    capture = ("capture", "letter.txt", "--story", "ferry", "--publisher", "org:post")
    for command in (["show", "ferry"], [*capture, "--protect", "her"]):
        refused = dateline(*command, code=1)
        assert refused.error == "sealed" and f"`dateline erase {lost}`" in refused.err
        assert "--keys" not in refused.err
    for command in (["--dry-run"], WHY):
        refused = dateline("erase", "her", *command, code=1)
        assert refused.error is not None
        assert f"`dateline erase {lost}`" in refused.err and "--keys" not in refused.err
    dateline("open", "other", "--title", "T")
    capture = ("capture", "letter.txt", "--story", "other", "--publisher", "org:post=The Post")
    assert "(a new name)" in dateline(*capture, "--protect", "his").err
    assert lost not in dateline("erase", lost, *WHY).err  # erases what the lost key had sealed
    assert "[sealed]" not in dateline("log").out
    assert "Nothing was changed." in dateline("verify", "--deep", "--key", "a.key").err
    assert "f2" in dateline("show", "ferry", "timeline", "-f", "csv").out


LINE = {"type": "entity.introduced", "entity": "person:z", "kind": "person", "label": "ZORILLA"}


def test_importing_a_protected_file_again_does_not_bring_it_back(dateline: Shell) -> None:
    Path("z.ndjson").write_text(json.dumps(LINE), "utf-8")
    brought = ("import", "z.ndjson", "--story", "ferry")
    dateline(*brought, "--protect", "her")
    assert numbers(dateline(*brought).err) == [0, 1]
    [*_, row] = dateline("log").rows()
    dateline("erase", row["position"], *WHY)
    assert numbers(dateline(*brought).err) == [0, 1]
    dateline("erase", "her", *WHY)
    refused = dateline(*brought, code=1).err
    assert "line 1: (event): perhaps-erased: " in refused
    assert "ZORILLA" not in dateline("log").out
    assert "Imported 1 event." in dateline(*brought, "--anew").err
    assert numbers(dateline(*brought).err) == [0, 1]


def test_an_import_with_anew_records_erased_content_again(dateline: Shell) -> None:
    dateline("erase", "7", *WHY)
    said = dateline("import", "story.ndjson", "--anew").err
    assert numbers(said) == [1, 6, 10]  # imported, already recorded, position of the erasure
    assert "f3" in dateline("show", "ferry", "timeline", "-f", "csv").out


def test_entities_introduced_with_a_protected_fact_are_erased_with_it(dateline: Shell) -> None:
    """Also without --protect, because the source is protected."""
    record(dateline, "--via", "org:relay=Relay", "--to", "group:g=QUAGGA-readers")
    rows = {row["about"].removeprefix("[protected] "): row for row in dateline("log").rows()}
    assert rows["person:q QUAGGA"]["protected"] == "true"
    assert rows["group:g QUAGGA-readers"]["protected"] == "true"
    assert rows["org:relay Relay"]["protected"] == "false"
    dateline("erase", "her", *WHY)
    assert "QUAGGA" not in dateline("log").out and "Relay" in dateline("log").out
    left = [path for path in dateline.folder.glob("dateline.db*") if b"QUAGGA" in path.read_bytes()]
    assert left == []


def test_entities_introduced_with_an_unprotected_fact_are_unprotected(dateline: Shell) -> None:
    [source] = dateline("log", "--type", "source.captured").rows()[:1]
    dateline(
        "record", "ferry", "statement", "--source", json.loads(source["data"])["source"],
        "--speaker", "person:q=Quentin", "--text", "Quentin says so.", "--exact", "143 of 193",
    )  # fmt: skip
    assert {row["protected"] for row in dateline("log").rows()[-2:]} == {"false"}


def test_every_command_reports_an_erasure_that_a_reader_holds_up(
    dateline: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.erasure.steps.Eraser.finish.__kwdefaults__", {"patience": 0.1})
    reader = sqlite3.connect("dateline.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    assert dateline("erase", "her", *WHY, code=1).error is not None
    for command in ("log", "stories", "status"):
        assert dateline(command).err.count("An erasure is not finished") == 1
    unchecked = dateline("verify", "--deep", code=1).err
    assert "Not checked: An erasure is not finished" in unchecked
    assert "Nothing was changed" not in unchecked
    reader.close()
    assert "Finished an erasure" in dateline("log").err
    assert "not finished" not in dateline("log").err


def test_a_diff_lists_facts_erased_in_between(dateline: Shell) -> None:
    dateline("erase", "7", *WHY)  # f2
    changes = dateline("diff", "ferry", "9", "10", "--recorded").rows()
    assert [(row["kind"], row["fact"], row["text"]) for row in changes] == [
        ("erased", "f2", "[erased]")
    ]
    assert changes[0]["why"].endswith(": Asked for (consent withdrawn)")
    for moments in (("7", "9"), ("10", "11"), ("10", "9")):
        assert dateline("diff", "ferry", *moments, "--recorded").rows() == []
    days = ("2024-01-01", "2999-01-01")
    for clock in ([], ["--recorded"]):
        kinds = [
            (row["kind"], row["fact"]) for row in dateline("diff", "ferry", *days, *clock).rows()
        ]
        assert kinds == [("added", "f1"), ("erased", "f2")]
    shown = dateline("diff", "ferry", "9", "10", "--recorded", "-f", "markdown").out
    assert "## Erased\n\n- f2 (" in shown and "was nothing" not in shown


def test_views_with_sealed_content_are_reported_as_not_checked(
    dateline: Shell,
) -> None:
    dateline("show", "ferry", "timeline")
    Path("dateline.db.keys").rename("away")
    said = dateline("rebuild", "--verify", code=1).err
    assert "timeline: could not be checked: " in said
    assert "figures: not built" in said and "rows match" not in said
    Path("away").rename("dateline.db.keys")
    said = dateline("rebuild", "--verify").err
    assert "timeline: rows match the log." in said and "figures: not built" in said


def test_undo_after_an_erasure_names_the_erasure(dateline: Shell) -> None:
    dateline("show", "ferry", "figures")
    dateline("rebuild", "--view", "figures")
    dateline("erase", "7", *WHY)
    refused = dateline("rebuild", "--all", "--undo", code=1)
    assert refused.error == "generation-not-found" and "an erasure" in refused.err
    assert "an erasure" in dateline("rebuild", "--view", "figures", "--undo", code=1).err


def test_a_directory_in_place_of_the_keys_database_is_reported(dateline: Shell) -> None:
    Path("dateline.db.keys").rename("away")
    Path("dateline.db.keys").mkdir()
    refused = dateline("log", code=1).err
    assert "directory" in refused and "chmod" not in refused and "--keys" in refused


def test_content_that_is_kept_is_listed_with_its_reason(dateline: Shell) -> None:
    dateline("link", "ferry", "f1", "explains", "f2")
    [report, _] = dateline("log", "--type", "source.captured").rows()
    line = {
        "type": "source.captured", "content": "FICTION. Drawn from it.", "publisher": "org:post",
        "title": "A copy", "derived_from": json.loads(report["data"])["source"],
    }  # fmt: skip
    Path("copy.ndjson").write_text(json.dumps(line), "utf-8")
    dateline("import", "copy.ndjson", "--story", "ferry")
    rows = dateline("erase", "5", "7", "--dry-run").rows()
    stays = {row["name"]: row["note"] for row in rows if row["what"] == "stays"}
    [copied] = [name for name in stays if name.startswith("sha256:")]
    assert copied.endswith(" A copy")
    assert {"f1 explains f2", "f1"} <= set(stays) and all(stays.values())


def test_a_restored_key_of_an_erased_subject_is_destroyed_again(dateline: Shell) -> None:
    older = Path("dateline.db.keys").read_bytes()
    dateline("erase", "her", *WHY)
    Path("dateline.db.keys").write_bytes(older)
    Path("b.txt").write_text("FICTION. Another letter.", "utf-8")
    capture = ("capture", "b.txt", "--story", "ferry", "--publisher", "org:post")
    said = dateline(*capture, "--protect", "her").err
    assert '"her"' in said and "older keys database" in said
    assert "new name" not in said
    Path("c.txt").write_text("FICTION. A third letter.", "utf-8")
    again = dateline("capture", "c.txt", *capture[2:], "--protect", "her").err
    assert "older keys database" not in again
