"""`status` and `rebuild`: generations, comparisons, and views that cannot be rolled back."""

from __future__ import annotations

import csv
import io
import sqlite3

from dateline.cli import completion
from dateline.pytest_plugin import Cli, PluginDir


def generations(cli: Cli, *options: str) -> list[tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(cli("status", *options).out))
    return [(row["view"], row["generation"], row["state"]) for row in rows if row["generation"]]


def test_status_v_lists_the_generations_that_undo_can_return_to(ferry: Cli) -> None:
    ferry("show", "ferry", "figures")
    ferry("rebuild", "--view", "figures")
    assert generations(ferry) == [("figures", "2", "live")]
    assert generations(ferry, "-v") == [("figures", "2", "live"), ("figures", "1", "retired")]
    assert ferry("status", "-v").code == 0
    ferry("prune")
    refused = ferry("rebuild", "--undo", "--view", "figures")
    assert refused.code == 1
    assert "`dateline status -v`" in refused.err


def test_undo_all_skips_views_without_an_earlier_generation(ferry: Cli) -> None:
    ferry("export", "ferry", "-f", "json")
    ferry("rebuild", "--view", "figures", "--view", "timeline")
    done = ferry("rebuild", "--undo", "--all")
    assert done.code == 0
    assert "changes" in done.err
    assert "figures: returned to generation 1, position 7." in done.err
    assert "timeline: returned to generation 1, position 7." in done.err
    ferry("prune")
    none = ferry("rebuild", "--undo", "--all")
    assert (none.code, none.error) == (1, "generation-not-found")
    assert "`dateline status -v`" in none.err


def test_verify_compares_every_view_by_default(ferry: Cli) -> None:
    ferry("export", "ferry", "-f", "json")
    done = ferry("rebuild", "--verify")
    assert done.code == 0
    assert done.err.count(": rows match the log.\n") == len(completion.VIEWS)
    assert ferry("rebuild", "--verify", "--view", "figures").err == "figures: rows match the log.\n"
    for wrong in ((), ("--undo",), ("--verify", "--all", "--view", "figures")):
        refused = ferry("rebuild", *wrong)
        assert (refused.code, "--view" in refused.err) == (2, True)


def test_verify_names_the_columns_of_a_row_that_differs(ferry: Cli) -> None:
    ferry("show", "ferry", "figures")
    with sqlite3.connect("dateline.db") as connection:
        connection.execute("UPDATE figures__g1 SET value = 5")
    connection.close()
    done = ferry("rebuild", "--verify")
    assert done.code == 3
    live, folded = csv.DictReader(io.StringIO(done.out))
    assert live["row"].startswith("fact=f2 item=1 status=recorded source=")
    assert " value=5 " in live["row"]
    assert " value=143 " in folded["row"]
    assert ' words="143 of 193" ' in folded["row"] + " "


BROKEN = """
from dateline.plugin import FactRow, FactView, hookimpl

class Words(FactView):
    name, version = "words", 1
    class Row(FactRow):
        count: int
    def rows(self, fact):
        yield self.Row(count=str(len(fact.data.text)))

@hookimpl
def dateline_views():
    return [Words()]
"""


def test_the_reason_for_a_failed_view_has_no_python_names(
    ferry: Cli, plugin_dir: PluginDir
) -> None:
    options = ("--plugins-dir", str(plugin_dir({"acme.py": BROKEN})))
    why = "f1: count='32'"
    for command in (
        ("show", "ferry", "words"), ("show", "ferry", "words", "--as-of", "2030-01-01"),
        ("status",), ("rebuild", "--view", "words"),
    ):  # fmt: skip
        said = ferry(*options, *command).err
        assert f": {why} " in said, said
        assert "DatelineError" not in said
    [row] = [r for r in csv.DictReader(io.StringIO(ferry(*options, "status").out)) if r["reason"]]
    assert row["view"] == "words" and row["reason"].startswith(why)


def test_an_export_of_a_failed_view_reports_the_failure_once(
    ferry: Cli, plugin_dir: PluginDir
) -> None:
    options = ("--plugins-dir", str(plugin_dir({"acme.py": BROKEN})))
    for more in ((), ("-o", "words.csv")):
        done = ferry(*options, "export", "ferry", "-f", "csv", "--view", "words", *more)
        assert (done.code, done.out, done.error) == (1, "", "view-failed")
        assert "acme" in done.err and "position 6" in done.err and "Warning" not in done.err
    other = ferry(*options, "export", "ferry", "-f", "json")
    assert other.code == 0 and "Warning: view words" in other.err
