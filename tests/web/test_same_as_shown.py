"""A page's JSON is what the command line prints for the same day."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from tests.web.conftest import Open

from dateline import Archive
from dateline.pytest_plugin import Cli
from dateline.testing import samples

DAY = "2024-05-06"
SOURCE = samples.SOURCE[7:]
#: Each address with the command that prints the same; those with one object print it in a list of one.
SAME: list[tuple[str, tuple[str, ...]]] = [
    ("/stories/ferry/facts/f1", ("show", "ferry", "f1")),
    ("/stories/ferry/facts/f2", ("show", "ferry", "f2")),
    (f"/stories/ferry/sources/{SOURCE}", ("show", "ferry", samples.SOURCE)),
    ("/entities", ("entities",)),
    ("/entities/person:mara-voss", ("show", "person:mara-voss")),
    ("/search?q=ferry", ("search", "ferry")),
    ("/stories/ferry/diff?from=2024-05-05&to=2024-05-07", ("diff", "ferry", "2024-05-05", "2024-05-07")),
    ("/stories/ferry/views/timeline", ("show", "ferry", "timeline")),
    ("/views/figures?where=value>100&sort=-value",
     ("show", "--all-stories", "figures", "--where", "value>100", "--sort", "-value")),
    ("/stories/ferry/views/figures?everything=1", ("show", "ferry", "figures", "--all")),
]  # fmt: skip
PAST = [(path, command) for path, command in SAME if command[0] in ("show", "search")][1:6]


@pytest.fixture
def changed(dateline_cli: Cli, recording: Callable[..., Archive]) -> Cli:
    """The story with a correction and a retraction of the day after it was published."""
    recording(
        *samples.story(),
        samples.fact("occurrence", "towed on Tuesday"),
        samples.fact("occurrence", "The ferry had", text="=1+1, as a formula"),
        {**samples.corrected("f2", "/quantities/0/value", 143, 144), "reported_at": "2024-05-07T12:00:00Z"},
        {**samples.retracted("f3"), "reported_at": "2024-05-07T13:00:00Z"},
    )  # fmt: skip
    return dateline_cli


def printed(cli: Cli, command: tuple[str, ...], *more: str) -> Any:
    result = cli(*command, *more, "-f", "json")
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_the_json_of_pages_is_what_commands_print(changed: Cli, reading: Open) -> None:
    reader = reading()
    for path, command in SAME:
        address, _, query = path.partition("?")
        found = reader.json(f"{address}.json?{query}")
        assert (found if isinstance(found, list) else [found]) == printed(changed, command), path


def test_the_json_of_pages_has_the_schema_that_the_description_states(
    changed: Cli, reading: Open
) -> None:
    reader = reading()
    described = reader.json("/openapi.json")["paths"]
    places = {"{slug}": "ferry", "{view}": "timeline", "{fact}": "f1"}
    for path, about in described.items():
        ids = {"{id}": SOURCE if "sources" in path else samples.VOSS}
        for name, value in {**places, **ids}.items():
            path = path.replace(name, value)
        content = about["get"]["responses"]["200"]["content"]
        if "application/json" in content and "proof" not in path:
            query = "?q=ferry" if "search" in path else ""
            jsonschema.validate(reader.json(path + query), content["application/json"]["schema"])


def test_so_it_is_for_a_day(changed: Cli, reading: Open) -> None:
    reader = reading()
    for path, command in PAST:
        address, _, query = path.partition("?")
        found = reader.json(f"{address}.json?{query}&as_of={DAY}")
        assert (found if isinstance(found, list) else [found]) == printed(
            changed, command, "--as-of", DAY
        ), path


def test_views_and_exports_have_the_bytes_that_commands_print(changed: Cli, reading: Open) -> None:
    reader = reading()
    for ending in ("csv", "ndjson", "json"):
        found = reader.ask(f"/stories/ferry/views/timeline.{ending}").content.decode()
        assert found == changed("show", "ferry", "timeline", "-f", ending).out
    for name in ("csv", "json"):
        answer = reader.ask(f"/stories/ferry/export/{name}?as_of={DAY}")
        assert answer.content.decode() == changed("export", "ferry", "-f", name, "--as-of", DAY).out
        assert answer.headers["content-disposition"] == f'attachment; filename="ferry.{name}"'
