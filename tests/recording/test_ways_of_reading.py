"""However a line is given, it becomes the same event or is refused for the same reasons."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins

from dateline import Archive, Refused
from dateline.recording.line import Line
from dateline.testing import samples
from dateline.testing.histories import histories
from dateline.testing.samples import Fields

PLUGINS = plugins()
_COLUMNS = "event_id, story, version, type, schema_version, recorded_us, reported_us, body"

#: Changes of one line: most of them break a rule.
VALUES: tuple[Any, ...] = (
    None, "", "f1", "person:nobody", 0, -1, 2.5, 2**53, float("nan"), [], {}, ["x"], "2024-13-45", "\x00",
    "sha256:0", "01890000-0000-7000-8000-000000000001", [[[[[[[0]]]]]]], [{"role": "content", "exact": ""}],
)  # fmt: skip


@st.composite
def complete_lines(draw: st.DrawFn) -> list[Fields]:
    """An export, with some of its lines changed."""
    with Archive.create("sqlite://", PLUGINS) as archive:
        archive.record(draw(histories()))
        with archive.material() as material:
            exported = "".join(PLUGINS.exporters["ndjson"].export(material))
    lines: list[Fields] = [json.loads(line) for line in exported.split("\n")[1:-1]]
    for _ in range(draw(st.integers(0, 3))):
        fields = lines[draw(st.integers(0, len(lines) - 1))]
        names = st.sampled_from([*fields, "event_id", "recorded_at", "fact", "unknown", "times"])
        name = draw(names)
        if draw(st.booleans()) and name in fields:
            del fields[name]
        else:
            fields[name] = draw(st.sampled_from(VALUES))
    return lines


def findings(archive: Archive, given: Any, **how: Any) -> object:
    """Why `given`, a text or lines, is refused; nothing if it is recorded."""
    try:
        if isinstance(given, str):
            archive.import_file(io.BytesIO(given.encode()), **how)
        else:
            archive.record(given, **how)
    except Refused as refused:
        return refused.findings
    return ()


def outcome(given: Any) -> object:
    """The rows that `given` becomes, or the findings."""
    with Archive.create("sqlite://", PLUGINS) as archive:
        if found := findings(archive, given):
            return found
        with archive._engine.connect() as connection:
            rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM events ORDER BY position")
            return [tuple(row) for row in rows]


def ways(lines: list[Fields]) -> Iterator[str | list[Line]]:
    """The lines as an export has them, as other programs write them, and as values of Python."""
    yield "".join(
        json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in lines
    )
    yield "".join(json.dumps(one) + "\n" for one in lines)
    yield [Line(fields, number) for number, fields in enumerate(lines, 1)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(complete_lines())
def test_lines_are_accepted_or_refused_however_they_are_given(lines: list[Fields]) -> None:
    for fields in lines:  # else each archive would make up its own
        fields.setdefault("event_id", "01890000-0000-7000-8000-000000000002")
        fields.setdefault("recorded_at", "2026-01-01T00:00:00Z")
        fields.setdefault("story", "01890000-0000-7000-8000-000000000003")
    first, *others = map(outcome, ways(lines))
    assert others == [first, first]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_an_odd_value_has_the_same_findings_however_it_is_given(value: object) -> None:
    odd = 0
    with Archive.create("sqlite://", PLUGINS) as archive:
        archive.record(samples.story())
        for fact in (samples.figure(), samples.statement("The ferry Alma ran aground")):
            for name in (*fact, "note", "event_id", "recorded_at", "fact", "unknown", "source"):
                line = {**fact, "story": str(archive.story("ferry").id), name: value}
                found = [findings(archive, way, dry_run=True) for way in ways([line])]
                assert found[1:] == found[:1] * 2
                odd += found[0] != ()
    assert odd > 10
