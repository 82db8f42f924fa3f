"""However a line is given, it becomes the same event or is refused for the same reasons."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins

from dateline import Archive, Refused
from dateline.recording.line import Line
from dateline.testing.histories import histories
from dateline.testing.samples import Fields

PLUGINS = plugins()
_COLUMNS = "event_id, story, version, type, schema_version, recorded_us, reported_us, body"

#: Changes of one line: most of them break a rule.
_values = st.sampled_from(
    [None, "", "f1", "person:nobody", 0, -1, 2.5, 2**53, [], {}, ["x"], [{"role": "content", "exact": ""}],
     "2024-13-45", "\x00", "sha256:0", "01890000-0000-7000-8000-000000000001"]
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
            fields[name] = draw(_values)
    return lines


def outcome(given: Any) -> object:
    """The rows that `given` becomes, or the findings."""
    with Archive.create("sqlite://", PLUGINS) as archive:
        try:
            if isinstance(given, str):
                archive.import_file(io.BytesIO(given.encode()))
            else:
                archive.record(given)
        except Refused as refused:
            return refused.findings
        with archive._engine.connect() as connection:
            rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM events ORDER BY position")
            return [tuple(row) for row in rows]


def text(lines: list[Fields], **how: Any) -> str:
    return "".join(json.dumps(line, **how) + "\n" for line in lines)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(complete_lines())
def test_lines_are_accepted_or_refused_however_they_are_given(lines: list[Fields]) -> None:
    for fields in lines:  # else each archive would make up its own
        fields.setdefault("event_id", "01890000-0000-7000-8000-000000000002")
        fields.setdefault("recorded_at", "2026-01-01T00:00:00Z")
        fields.setdefault("story", "01890000-0000-7000-8000-000000000003")
    found = outcome(text(lines, ensure_ascii=False, separators=(",", ":")))
    assert outcome(text(lines)) == found
    assert outcome([Line(fields, number) for number, fields in enumerate(lines, 1)]) == found
