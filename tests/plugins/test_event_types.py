"""Event types of a plugin: recorded, upcast, exported and read like those of the core, and kept raw
while the plugin is missing."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive, Plugins, Refused
from dateline.plugin import Raw
from dateline.pytest_plugin import Cli, PluginDir
from dateline.testing import contracts, samples

V1 = '''
from typing import ClassVar
from dateline.plugin import EventType, FactPayload, FactRow, FactView, Payload, hookimpl

class Sighting(FactPayload, frozen=True, kw_only=True):
    """Somebody saw something."""
    type: ClassVar[str] = "acme.sighting.recorded"
    seen: str

class Watch(Payload, frozen=True, kw_only=True):
    """Somebody keeps an eye on something from now on."""
    type: ClassVar[str] = "acme.watch.begun"
    what: str

class Sightings(FactView):
    """What was seen."""
    name, version, of = "sightings", 1, Sighting
    class Row(FactRow):
        what: str
        text: str
    def rows(self, fact):
        yield self.Row(what=fact.data.seen, text=fact.data.text)

@hookimpl
def dateline_event_types():
    return [EventType(Sighting), EventType(Watch)]

@hookimpl
def dateline_views():
    return [Sightings()]
'''
#: The same plugin a year later: `seen` is now `what`, with a number.
V2 = (
    V1.replace('recorded"\n    seen: str', 'recorded"\n    schema_version: ClassVar[int] = 2\n    what: str\n    number: int')
    .replace("fact.data.seen", "f'{fact.data.number} {fact.data.what}'")
    .replace("EventType(Sighting)", "EventType(Sighting, {1: from_v1})")
    .replace('"sightings", 1', '"sightings", 2')
    + '''
def from_v1(fields):
    return {"what": fields.pop("seen"), "number": 1, **fields}
'''
)  # fmt: skip
SEEN = samples.fact("acme.sighting", "hundreds of people", seen="a crowd", text="A crowd was seen")
SEEN_2 = {key: value for key, value in SEEN.items() if key != "seen"} | {
    "schema_version": 2, "what": "boats", "number": 3, "text": "Boats were seen",
}  # fmt: skip
Golden = dict[int, list[dict[str, Any]]]
BEGUN = {"type": "acme.watch.begun", "what": "the harbour"}


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path, plugin_dir: PluginDir) -> Cli:
    """An archive with both events, recorded on the command line with version 1 of the plugin."""
    one = plugin_dir({"acme.py": V1})
    assert dateline_cli("init").code == 0
    write(tmp_path / "in.ndjson", samples.story(SEEN, BEGUN))
    result = dateline_cli("--plugins-dir", str(one), "import", "in.ndjson")
    assert (result.code, result.err) == (0, "Imported 9 events.\n")
    return dateline_cli


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def own_lines(text: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if line["type"].startswith("acme.")]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"seen": 5}, "/seen: shape"),
        ({"colour": "red"}, "colour"),
        ({"text": ""}, "/text"),
        ({"source": "sha256:" + "0" * 64}, "/source"),
        ({"evidence": [{"role": "content", "exact": "no such words"}]}, "/evidence/0"),
    ],
)
def test_a_plugins_fact_must_follow_its_own_shape_and_the_rules_of_every_fact(
    plugin_dir: PluginDir, change: dict[str, Any], finding: str
) -> None:
    plugins = Plugins.load(folders=[plugin_dir({"acme.py": V1})], strict=True)
    with Archive.create(":memory:", plugins) as archive:
        with pytest.raises(Refused) as refused:
            archive.record(samples.story(SEEN | change))
        assert finding in str(refused.value)
        assert archive.head().position == 0


def test_a_view_of_a_plugins_facts_follows_corrections(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path
) -> None:
    one = ("--plugins-dir", str(plugin_dir({"acme.py": V1})))
    shown = ferry(*one, "show", "ferry", "sightings")
    assert [(r["fact"], r["what"], r["status"]) for r in rows(shown.out)] == [
        ("f3", "a crowd", "recorded")
    ]
    correction = samples.corrected("f3", "/seen", "a crowd", "two crowds")
    write(tmp_path / "more.ndjson", [correction])
    assert ferry(*one, "import", "more.ndjson", "--story", "ferry").code == 0
    [row] = rows(ferry(*one, "show", "ferry", "sightings").out)
    assert (row["what"], row["status"]) == ("two crowds", "corrected")


def test_old_events_are_upcast_and_read_together_with_new_ones(
    ferry: Cli, plugin_dir: PluginDir, tmp_path: Path
) -> None:
    two = ("--plugins-dir", str(plugin_dir({"acme.py": V2})))
    write(tmp_path / "new.ndjson", [SEEN_2])
    result = ferry(*two, "import", "new.ndjson", "--story", "ferry")
    assert result.code == 0, result.err
    found = rows(ferry(*two, "show", "ferry", "sightings").out)
    assert [row["what"] for row in found] == ["1 a crowd", "3 boats"]
    # The log holds the events as recorded: upcasting happens only on reading.
    logged = [line["data"] for line in json.loads(ferry(*two, "log", "ferry", "-f", "json").out)]
    assert [data.get("seen") for data in logged[-3:]] == ["a crowd", None, None]
    exported = ferry(*two, "export", "ferry", "-f", "ndjson").out
    versions = [(line["schema_version"], line.get("seen")) for line in own_lines(exported)]
    assert versions == [(1, "a crowd"), (1, None), (2, None)]


def test_an_export_can_be_imported_unchanged(ferry: Cli, plugin_dir: PluginDir) -> None:
    two = ("--plugins-dir", str(plugin_dir({"acme.py": V2})))
    assert ferry(*two, "export", "--all", "-f", "ndjson", "-o", "all.ndjson").code == 0
    assert ferry("--db", "again.db", "init").code == 0
    assert ferry("--db", "again.db", *two, "import", "all.ndjson").code == 0
    for command in (("show", "ferry", "sightings"), ("log", "ferry", "-f", "json")):
        there, here = ferry("--db", "again.db", *two, *command), ferry(*two, *command)
        assert (there.code, here.code) == (0, 0)
        assert there.out == here.out


def test_without_the_plugin_its_events_are_kept_shown_and_exported_raw(
    ferry: Cli, plugin_dir: PluginDir
) -> None:
    two = ("--plugins-dir", str(plugin_dir({"acme.py": V2})))
    with_it = ferry(*two, "export", "ferry", "-f", "ndjson").out
    before = ferry(*two, "show", "ferry", "sightings").out

    missing = ferry("show", "ferry", "sightings")
    assert (missing.code, missing.out, missing.error) == (1, "", "view-unknown")
    types = [row["type"] for row in rows(ferry("log", "ferry").out)]
    assert types[-2:] == ["acme.sighting.recorded", "acme.watch.begun"]
    logged = json.loads(ferry("log", "ferry", "-f", "json").out)
    assert logged[-1]["data"] == {"what": "the harbour"}
    assert ferry("export", "ferry", "-f", "ndjson").out == with_it
    for format_ in ("json", "csv"):
        assert ferry("export", "ferry", "-f", format_).code == 0
    with Archive.open("dateline.db") as archive:
        raw = [event.data for event in archive.events("ferry")][-2:]
        assert [type(data) for data in raw] == [Raw, Raw]
        assert archive.record([samples.retracted("f1")], story="ferry").new == 1

    assert ferry("--db", "far.db", "init").code == 0
    assert ferry("export", "ferry", "-f", "ndjson", "-o", "raw.ndjson").code == 0
    assert ferry("--db", "far.db", "import", "raw.ndjson").code == 0
    for db in ("dateline.db", "far.db"):
        assert ferry("--db", db, *two, "show", "ferry", "sightings").out == before


@pytest.mark.parametrize("format_", ["markdown", "html"])
def test_without_the_plugin_a_story_is_still_written_for_readers(
    ferry: Cli, plugin_dir: PluginDir, format_: str
) -> None:
    one = ("--plugins-dir", str(plugin_dir({"acme.py": V1})))
    assert ferry(*one, "show", "ferry", "timeline").code == 0
    result = ferry("export", "ferry", "-f", format_)
    assert (result.code, result.err) == (0, "")


def test_fact_numbers_are_not_reused_while_the_plugin_is_missing(
    ferry: Cli, plugin_dir: PluginDir
) -> None:
    two = plugin_dir({"acme.py": V2})
    with Archive.open("dateline.db") as archive:
        assert archive.record([samples.figure(text="Again")], story="ferry").facts == ("f4",)
    with Archive.open("dateline.db", Plugins.load(folders=[two])) as archive:
        facts = archive.state("ferry").facts
        assert facts["f3"].data.what == "a crowd"


def test_the_types_pass_their_contract_with_golden_data(plugin_dir: PluginDir) -> None:
    plugins = Plugins.load(folders=[plugin_dir({"acme.py": V2})], strict=True)
    fact = {"text": "x", "source": samples.SOURCE, "evidence": []}
    golden: Golden = {1: [{"seen": "a crowd", **fact}], 2: [{"what": "boats", "number": 3, **fact}]}
    sighting = plugins.event_types["acme.sighting.recorded"]
    contracts.event_type_contract(sighting, golden=golden, examples=10)
    contracts.event_type_contract(plugins.event_types["acme.watch.begun"], examples=10)
    contracts.view_contract(plugins.view("sightings"), event_types=[sighting], examples=3)


@pytest.mark.slow
def test_the_view_contract_uses_the_plugins_own_events(plugin_dir: PluginDir) -> None:
    source = V2.replace("fact.data.number} ", "1 / (fact.data.number * 0)} ")
    plugins = Plugins.load(folders=[plugin_dir({"acme.py": source})], strict=True)
    with pytest.raises(contracts.ContractBroken, match="division by zero") as broken:
        contracts.view_contract(
            plugins.view("sightings"), event_types=list(plugins.event_types.values()), examples=10
        )
    assert "acme.sighting.recorded" in [line["type"] for line in broken.value.history]


def test_the_database_holds_the_complete_raw_events(ferry: Cli) -> None:
    found = sqlite3.connect("dateline.db").execute("SELECT body FROM events ORDER BY position")
    bodies = [json.loads(body) for (body,) in found]
    assert bodies[-1]["data"] == {"what": "the harbour"}
    assert bodies[-2]["data"]["seen"] == "a crowd"


def test_views_depend_on_the_known_event_types(ferry: Cli, plugin_dir: PluginDir) -> None:
    """Without the plugin, views have no rows for its facts; with it again, they do."""
    one = ("--plugins-dir", str(plugin_dir({"acme.py": V1})))
    before = ferry(*one, "show", "ferry", "timeline").out
    assert "A crowd was seen" in before
    without = ferry("show", "ferry", "timeline").out
    assert "A crowd was seen" not in without
    assert len(rows(without)) == len(rows(before)) - 1
    assert ferry(*one, "show", "ferry", "timeline").out == before


def test_a_type_the_log_does_not_hold_changes_no_view(ferry: Cli, plugin_dir: PluginDir) -> None:
    assert ferry("show", "ferry", "timeline").code == 0
    other = V1.replace("acme.", "other.").replace('"sightings"', '"others"')
    options = ("--plugins-dir", str(plugin_dir({"other.py": other})))
    assert ferry(*options, "show", "ferry", "timeline").code == 0
    with Archive.open("dateline.db") as archive:
        [timeline] = [build for build in archive.builds() if build.name == "timeline"]
    assert timeline.generation == 1
    assert "stale" not in ferry(*options, "status").out


@pytest.mark.parametrize(
    "number", ["f" + "9" * 40, "f" + "9" * 5000, "f\u0667", None, ["f3"], "f0"]
)
def test_no_line_of_an_unknown_type_stops_the_numbering(ferry: Cli, number: object) -> None:
    line = SEEN | {
        "type": "far.sighting.recorded", "fact": number,
        "event_id": "018f0000-0000-7000-8000-000000000001",
    }  # fmt: skip
    with Archive.open("dateline.db") as archive:
        archive.record([line], story="ferry")
        assert archive.record([samples.figure(text="Next")], story="ferry").facts == ("f4",)


def test_an_event_about_a_fact_is_imported_without_its_plugin(
    dateline_cli: Cli, plugin_dir: PluginDir, tmp_path: Path
) -> None:
    source = V1.replace(
        "class Watch(Payload, frozen=True, kw_only=True):",
        """
class Watch(Payload, frozen=True, kw_only=True):
    fact: str
    text: str
    source: str
    evidence: tuple[str, ...]""",
    ).replace("    what: str\n\nclass Sightings", "    what: str = ''\n\nclass Sightings")
    options = ("--plugins-dir", str(plugin_dir({"acme.py": source})))
    about = {"type": "acme.watch.begun", "fact": "f1", "text": "x", "source": "y", "evidence": []}
    write(tmp_path / "in.ndjson", samples.story(about))
    for db in ("here.db", "there.db"):
        assert dateline_cli("--db", db, "init").code == 0
    assert dateline_cli("--db", "here.db", *options, "import", "in.ndjson").code == 0
    exported = dateline_cli(
        "--db", "here.db", "export", "--all", "-f", "ndjson", "-o", "out.ndjson"
    )
    assert exported.code == 0
    result = dateline_cli("--db", "there.db", "import", "out.ndjson")
    assert (result.code, result.err) == (0, "Imported 8 events.\n")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (samples.corrected("f3", "/seen", "a crowd", "x"), "fact-unknown"),
        ({key: value for key, value in SEEN.items() if key != "fact"}, "type-unknown"),
        (samples.figure(fact="f3"), "fact-taken"),
    ],
)  # fmt: skip
def test_without_the_plugin_its_facts_can_only_be_retracted(
    ferry: Cli, line: dict[str, Any], rule: str
) -> None:
    with Archive.open("dateline.db") as archive:
        with pytest.raises(Refused) as refused:
            archive.record([line], story="ferry")
        assert [finding.rule for finding in refused.value.findings] == [rule]
        assert archive.record([samples.retracted("f3")], story="ferry").new == 1


@pytest.mark.parametrize(
    "command",
    [
        ("correct", "ferry", "f3", "--set", "text=x", "--reason", "y"),
        ("retract", "ferry", "f3", "--reason", "y"),
        ("dispute", "ferry", "f3", "--ground", "y"),
        ("link", "ferry", "f3", "explains", "f1"),
        ("show", "ferry", "f3"),
        ("show", "ferry", "f3", "--as-of", "2030-01-01"),
    ],
)
def test_a_command_states_that_a_fact_needs_its_plugin(
    ferry: Cli, command: tuple[str, ...]
) -> None:
    result = ferry(*command)
    assert (result.code, result.out, result.error) == (1, "", "event-type-unknown")
    assert "`dateline log ferry -f ndjson`" in result.err
    assert "a crowd" in ferry("log", "ferry", "-f", "ndjson").out
    assert "'f4'" in ferry("show", "ferry", "f4").err
