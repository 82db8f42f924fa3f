"""The behaviour of the command line for a person or a script."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dateline.cli.root import root
from dateline.log.schema import HEAD
from dateline.pytest_plugin import Cli
from dateline.testing import samples


@dataclass
class Result:
    code: int
    out: str
    err: str
    error: str | None

    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))


Command = Callable[..., Result]


@pytest.fixture(params=["sqlite", "postgresql"])
def dateline(
    request: pytest.FixtureRequest, dateline_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs ``dateline ARGS`` in an empty folder, on each database in turn."""
    if request.param == "postgresql":
        monkeypatch.setenv("DATELINE_DB", request.getfixturevalue("dateline_postgres_url"))

    def call(*arguments: str, stdin: str = "") -> Result:
        done = dateline_cli(*arguments, stdin=stdin)
        return Result(done.code, done.out, done.err, done.error)

    return call


@pytest.fixture
def ferry(dateline: Command, tmp_path: Path) -> Command:
    """The same, with an archive that contains the sample story."""
    assert dateline("init").code == 0
    lines = "\n".join(json.dumps(line) for line in samples.story())
    (tmp_path / "ferry.ndjson").write_text(lines)
    assert dateline("import", "ferry.ndjson").err == "Imported 7 events.\n"
    return dateline


def test_commands_alone_record_a_fact_in_a_new_archive(dateline: Command, tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(samples.TEXT)
    assert dateline("init").code == 0
    assert dateline("open", "ferry", "--title", "Fictional: the ferry").code == 0
    captured = dateline(
        "capture", "report.txt", "--story", "ferry", "--publisher", "org:wire=The Wire",
        "--published", "2024-05-06", "--title", "Aground",
    )  # fmt: skip
    assert captured.code == 0, captured.err
    recorded = dateline(
        "record", "ferry", "statement", "--text", "Mara Voss said everyone is safe.",
        "--exact", "Everyone is safe", "--speaker", "person:mara-voss=Mara Voss",
        "--via", "org:nora=NORA", "--quote", "Everyone is safe", "--said", "2024-05-06",
    )  # fmt: skip
    assert recorded.err == "Recorded f1 at position 6.\n", recorded.err
    [row] = dateline("show", "ferry", "statements").rows()
    start = samples.TEXT.index("Everyone is safe")
    assert (row["start"], row["end"]) == (str(start), str(start + 16))
    assert row["chain"] == "Mara Voss › NORA › The Wire"


def test_an_exact_that_occurs_several_times_lists_every_place(ferry: Command) -> None:
    result = ferry(
        "record", "ferry", "occurrence", "--text", "The ferry moves.", "--exact", "The ferry",
        "--set", "action=move",
    )  # fmt: skip
    assert (result.code, result.error) == (1, "refused")
    places = [at for at in range(len(samples.TEXT)) if samples.TEXT.startswith("The ferry", at)]
    assert len(places) == 3
    for place in places:
        assert f"{place}-{place + 9}" in result.err
    assert "evidence-ambiguous" in result.err


def test_record_reads_one_event_from_stdin(ferry: Command) -> None:
    line = samples.figure(text="Counted again", cumulative=True)
    assert ferry("record", "ferry", stdin=json.dumps(line)).err.startswith("Recorded f3")
    again = ferry("record", "ferry", stdin=json.dumps(line))
    assert (again.code, again.err) == (0, "Already recorded; nothing was added.\n")


def test_corrections_and_retractions_appear_in_views_and_in_the_log(ferry: Command) -> None:
    done = ferry(
        "correct", "ferry", "f2", "--set", "quantities.0.value=150", "--reason", "Recount",
        "--by", samples.WIRE, "--reported", "2024-05-07",
    )  # fmt: skip
    assert "Corrected f2: value: 143 -> 150\n" in done.err
    assert "150 of 193 passengers" in done.err
    [row] = ferry("show", "ferry", "figures").rows()
    assert (row["value"], row["status"]) == ("150", "corrected")
    # Reversing a correction and repeating it with the same reason makes three corrections.
    for value in (143, 150):
        again = ferry(
            "correct", "ferry", "f2", "--set", f"quantities.0.value={value}", "--reason", "Recount"
        )
        assert again.code == 0, again.err
    assert ferry("retract", "ferry", "f2", "--reason", "Not counted").code == 0
    shown = ferry("show", "ferry", "figures")
    assert (shown.rows(), "--all" in shown.err) == ([], True)
    assert len(ferry("show", "ferry", "figures", "--all").rows()) == 1
    events = [json.loads(line) for line in ferry("log", "ferry", "-f", "ndjson").out.splitlines()]
    assert [event["type"] for event in events[-4:]] == [*["fact.corrected"] * 3, "fact.retracted"]
    assert events[7]["reported_at"] == "2024-05-07T00:00:00.000000Z"
    assert ferry("retract", "ferry", "f2", "--reason", "Twice").code == 1


def test_import_lists_every_error_with_its_line_and_writes_nothing(
    ferry: Command, tmp_path: Path
) -> None:
    bad = [
        json.dumps(samples.figure(text="Fine")),
        '{"type": "figure.recorded", "text": 1',
        json.dumps(samples.figure(text="Dated badly", as_of="soon")),
        json.dumps(samples.statement("not there")),
    ]
    (tmp_path / "bad.ndjson").write_text("\n".join(bad))
    result = ferry("import", "--story", "ferry", "bad.ndjson")
    assert (result.code, result.error) == (1, "refused")
    for expected in (
        "line 2: (event): json:",
        "line 3: /as_of: edtf:",
        "line 4: /evidence/0/exact: evidence-missing:",
    ):
        assert expected in result.err
    assert "line 1:" not in result.err
    assert len(ferry("log", "-f", "ndjson").out.splitlines()) == 7
    (tmp_path / "good.ndjson").write_text(bad[0])
    dry = ferry("import", "--dry-run", "--story", "ferry", "good.ndjson")
    assert dry.code == 0
    assert len(ferry("log", "-f", "ndjson").out.splitlines()) == 7


def test_a_file_that_a_line_names_must_be_in_the_folder_of_the_import(
    ferry: Command, tmp_path: Path
) -> None:
    outside = tmp_path.parent / "secret.txt"
    outside.write_text("secret")
    (tmp_path / "link.txt").symlink_to(outside)
    for name in ("../secret.txt", str(outside), "link.txt"):
        line = {"type": "source.captured", "file": name, "publisher": samples.WIRE}
        result = ferry("import", "--story", "ferry", "-", stdin=json.dumps(line))
        assert result.code == 1
        assert "line 1: /file: document:" in result.err


@pytest.mark.parametrize("name", ["csv", "json", "ndjson", "markdown"])
@pytest.mark.sampled(3)
def test_export_writes_whole_files_and_overwrites_only_with_force(
    ferry: Command, tmp_path: Path, name: str
) -> None:
    printed = ferry("export", "ferry", "-f", name).out
    suffix = {"markdown": "md"}.get(name, name)
    path = tmp_path / f"out.{suffix}"
    assert ferry("export", "ferry", "-o", path.name).code == 0
    assert path.read_bytes() == printed.encode()
    again = ferry("export", "ferry", "-o", path.name)
    assert (again.code, "--force" in again.err) == (1, True)
    assert ferry("export", "ferry", "-o", path.name, "--force").code == 0
    assert ferry("export", "--all", "-f", name, "-o", "folder/").code == 0
    assert (tmp_path / "folder" / f"ferry.{suffix}").exists()
    left = [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")]
    assert left == []


def test_a_csv_has_a_metadata_file_with_its_position(ferry: Command, tmp_path: Path) -> None:
    ferry("export", "ferry", "-o", "out.csv", "--view", "figures")
    meta = json.loads((tmp_path / "out.csv.meta.json").read_text())
    assert (meta["position"], meta["view"]) == (7, "figures")


def test_an_exporter_that_raises_leaves_no_file(ferry: Command, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "half.py").write_text(
        "from dateline.plugin import Exporter, hookimpl\n"
        "class Half(Exporter):\n"
        "    name, suffix = 'half', '.half'\n"
        "    def export(self, material):\n"
        "        yield 'half'\n"
        "        raise RuntimeError('no more')\n"
        "@hookimpl\n"
        "def dateline_exporters():\n"
        "    return [Half()]\n"
    )
    result = ferry("--plugins-dir", "p", "export", "ferry", "-o", "x.half")
    assert (result.code, "no more" in result.err) == (1, True)
    assert not (tmp_path / "x.half").exists()
    assert not list(tmp_path.glob(".x.half*"))


def test_status_describes_a_view_before_and_after_a_rebuild(ferry: Command) -> None:
    [timeline] = [row for row in ferry("status").rows() if row["view"] == "timeline"]
    assert timeline["state"] == "not built"
    ferry("show", "ferry", "timeline")
    [timeline] = [row for row in ferry("status").rows() if row["view"] == "timeline"]
    assert (timeline["state"], timeline["position"], timeline["behind"]) == ("live", "7", "0")
    before = ferry("show", "ferry", "timeline").out
    assert ferry("rebuild", "--view", "timeline").err == "timeline: rebuilt to position 7.\n"
    [timeline] = [row for row in ferry("status").rows() if row["view"] == "timeline"]
    assert timeline["generation"] == "2"
    assert ferry("show", "ferry", "timeline").out == before


def test_all_formats_of_show_contain_the_same_data(ferry: Command) -> None:
    table = ferry("show", "ferry", "figures", "-f", "table")
    assert "143 of 193" in table.out
    rows = json.loads(ferry("show", "ferry", "figures", "-f", "json").out)
    lines = ferry("show", "ferry", "figures", "-f", "ndjson").out.splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert rows[0]["value"] == 143
    picked = ferry("show", "ferry", "figures", "--columns", "fact,words")
    assert picked.out == "fact,words\nf2,143 of 193\n"


@pytest.mark.parametrize(
    ("arguments", "code", "error", "cause", "advice"),
    [
        (["show", "none"], 1, None, "'none'", "ferry"),
        (["show", "ferry", "figure"], 1, None, "'figure'", "'figures'"),
        (["export", "ferry", "-f", "xls"], 1, None, "'xls'", "csv"),
        (["--db", "no.db", "stories"], 1, "not-an-archive", "no.db", "dateline --db no.db init"),
        (["init"], 1, None, "", "--db"),
        (["shwo"], 2, None, "'shwo'", "show"),
        (["export"], 2, None, "--all", "--help"),
        (["correct", "ferry", "f9", "--set", "text=x", "--reason", "y"], 1, "fact-unknown", "'f9'", "timeline"),
        (["diff", "ferry", "2024-13-06", "2024-05-07"], 2, None, "FROM: '2024-13-06'", "diff --help"),
        (["diff", "ferry", "2024-05-06", "soon"], 2, None, "TO: 'soon'", "diff --help"),
        (["diff", "ferry", "..", "2024-05-06/..", "--recorded"], 2, None, "FROM: '..'", "EDTF"),
        (["show", "ferry", "--as-of", "2024-05-06/.."], 2, None, "--as-of: '2024-05-06/..'", "show --help"),
        (["show", "ferry", "--as-recorded", "soon"], 2, None, "--as-recorded: 'soon'", "EDTF"),
        (["open", "ferry", "--title", "Again"], 1, "refused", "slug-taken", ""),
        (["import", "none.ndjson"], 1, "file-not-found", "none.ndjson", "No such file"),
        (["capture", "x.pdf", "--story", "ferry", "--publisher", "org:x=X"], 1, None, "x.pdf", ""),
    ],
)  # fmt: skip
@pytest.mark.sampled(5)
def test_an_error_names_its_cause_and_the_next_step(
    ferry: Command, arguments: list[str], code: int, error: str | None, cause: str, advice: str
) -> None:
    result = ferry(*arguments)
    assert (result.code, result.out) == (code, "")
    assert (result.error is None) == (code == 2) and error in (None, result.error)
    assert cause in result.err
    assert advice in result.err
    assert "Traceback" not in result.err


def test_untrusted_text_never_reaches_the_terminal_raw(ferry: Command) -> None:
    nasty = "red \x1b[31malert\x07 \u202egnp.exe =1+1"
    line = samples.figure(text=nasty, note=nasty)
    assert ferry("record", "ferry", stdin=json.dumps(line)).code == 0
    for arguments in (
        ("show", "ferry", "timeline"), ("show", "ferry", "timeline", "-f", "table"),
        ("show", "ferry", "timeline", "-f", "json"), ("show", "ferry", "timeline", "-f", "ndjson"),
        ("log", "ferry"), ("log", "ferry", "-f", "table"), ("export", "ferry", "-f", "csv"),
        ("export", "ferry", "-f", "markdown"), ("show", nasty), ("export", nasty, "-f", "csv"),
    ):  # fmt: skip
        result = ferry(*arguments)
        for text in (result.out, result.err):
            assert not any(char in text for char in "\x1b\x07\u202e"), arguments


def test_a_formula_is_escaped_in_csv(ferry: Command) -> None:
    line = samples.figure(text="=HYPERLINK(1)")
    ferry("record", "ferry", stdin=json.dumps(line))
    for arguments in (("show", "ferry", "timeline"), ("export", "ferry", "-f", "csv")):
        texts = [row["text"] for row in ferry(*arguments).rows()]
        assert "'=HYPERLINK(1)" in texts


def test_every_command_has_a_summary_and_an_example() -> None:
    import click

    context = click.Context(root)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        assert "Example:" in (command.help or ""), name
        if name in root.core:  # type: ignore[attr-defined]
            assert command.get_short_help_str(100) == root.core[name]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("moments", "reversed_"),
    [
        (("2024-05-07", "2024-05-05"), True),
        (("2024-05-05", "2024-05-07"), False),
        (("2024-05-05", "2024-05-05"), False),
        (("7", "3", "--recorded"), True),
        (("3", "7", "--recorded"), False),
        (("2030-01-01", "2029-01-01", "--recorded"), True),
        (("2030-01-01", "7", "--recorded"), False),
    ],
)
def test_a_reversed_diff_prints_a_note(
    ferry: Command, moments: tuple[str, ...], reversed_: bool
) -> None:
    done = ferry("diff", "ferry", *moments)
    assert (done.code, bool(done.err)) == (0, reversed_)
    if reversed_:
        assert ferry("diff", "ferry", *moments, "-f", "markdown").err == done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(dateline: Command, shell: str) -> None:
    assert "_DATELINE_COMPLETE" in dateline("completion", shell).out


def test_upgrade_of_a_current_archive_changes_nothing(ferry: Command, tmp_path: Path) -> None:
    result: Any = ferry("upgrade")
    assert result.err.endswith(f" is at schema {HEAD}.\n")


def test_a_reader_that_closes_the_pipe_causes_no_error(ferry: Command, tmp_path: Path) -> None:
    code = "import sys; from dateline.cli import main; sys.exit(main())"
    child = subprocess.Popen(
        [sys.executable, "-c", code, "log", "ferry"],
        cwd=Path.cwd(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    assert child.stderr.read() == b""
    child.stderr.close()
    child.wait()


def test_a_new_plugin_depends_on_dateline_as_the_guide_recommends(
    dateline: Command, tmp_path: Path
) -> None:
    assert dateline("plugins", "new", "tally").code == 0
    made = tomllib.loads((tmp_path / "tally" / "pyproject.toml").read_text("utf-8"))
    guide = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text("utf-8")
    [advice] = re.findall(r"^dependencies = (\[.*\])$", guide, re.MULTILINE)
    assert made["project"]["dependencies"] == json.loads(advice)


@pytest.mark.parametrize("group", [(), ("key",)])
def test_a_group_without_a_command_prints_its_help_once(
    dateline: Command, group: tuple[str, ...]
) -> None:
    result = dateline(*group)
    assert (result.code, result.err.count("Usage:")) == (2, 1)
    assert "Error" not in result.err


def test_a_limit_is_only_for_views(ferry: Cli) -> None:
    assert ferry("show", "ferry", "timeline", "--limit", "1").code == 0
    for what in ([], ["f1"], ["org:nora"]):
        assert ferry("show", "ferry", *what, "--limit", "1").code == 2
