"""Whatever is erased, views are the fold of what is left, and the rest reads as before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.erasure import scene
from tests.erasure.scene import BASIS, REASON, WITNESS
from tests.log.roots import root_at

from dateline import Archive, Plugins, Refused
from dateline.events.editorial import EventRevoked
from dateline.events.envelope import Event
from dateline.events.payload import Erased
from dateline.log.engine import reading
from dateline.testing.histories import histories

PLUGINS = Plugins.load(strict=True)
FORMATS = ("csv", "html", "json", "markdown", "ndjson")


def record(archive: Archive, line: dict[str, Any], protect: bool) -> None:
    """Protected if possible: a notice follows its fact, which may be unprotected."""
    slug = "made-up" if archive.stories() else None
    if protect and slug is not None:
        try:
            archive.record([line], story=slug, protect=WITNESS)
            return
        except Refused as refusal:
            assert {finding.rule for finding in refusal.findings} == {"protection"}
    try:
        archive.record([line], story=slug)
    except Refused as refusal:  # a document that is protected where it was captured before
        assert {finding.rule for finding in refusal.findings} == {"protection"}
        archive.record([line], story=slug, protect=WITNESS)


def taken_back(events: Iterable[Event]) -> list[tuple[int, int]]:
    """The positions of each act that was taken back once, and of its revocation."""
    by_id = {event.event_id: event for event in events}
    revocations = [event for event in by_id.values() if isinstance(event.data, EventRevoked)]
    again = {event.data.event for event in revocations}
    return [
        (by_id[event.data.event].position, event.position)
        for event in revocations
        if event.event_id not in again and event.data.act != EventRevoked.type
    ]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=histories(min_length=6, max_length=18), data=st.data())
def test_after_erasing_anything_views_are_the_fold_and_the_rest_reads_the_same(
    lines: list[dict[str, Any]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with Archive.create(folder / "a.db", PLUGINS) as archive:
        hers = data.draw(st.sets(st.sampled_from(range(4, len(lines)))))
        for number, line in enumerate(lines):
            record(archive, line, number in hers)
        archive.catch_up()
        archive.search("said")
        archive.entities()
        before = {event.position: event for event in archive.events()}
        head = archive.head()
        never = ("story.opened", *scene.NOT_ALONE)
        erasable = [position for position, e in before.items() if e.type not in never]
        protected = {event.position for event in before.values() if event.subject_key}
        if protected and data.draw(st.booleans()):
            subject, chosen = WITNESS, []
            going = {item.position for item in archive.plan_erasure(WITNESS).events}
            assert going == protected
        else:
            subject = None
            chosen = data.draw(st.lists(st.sampled_from(erasable), min_size=1, unique=True))
            if pairs := taken_back(before.values()):
                chosen += data.draw(st.sampled_from(pairs))
                chosen = list(dict.fromkeys(chosen))
            going = {item.position for item in archive.plan_erasure(positions=chosen).events}
            assert set(chosen) <= going
        archive.erase(subject, chosen, reason=REASON, basis=BASIS)
        assert archive.verify().findings == []  # its views are compared below
        for event in archive.events():
            if event.position in going:
                assert isinstance(event.data, Erased)
            elif event.position in before:
                assert event == before[event.position]
        with reading(archive._engine) as connection:
            assert root_at(connection, head.position) == head.root
        archive.search("said")
        archive.entities()
        for name in (*PLUGINS.views, *archive.own_views()):
            assert archive.verify_view(name) == []
        assert archive.verify().findings == []
        live = {name: archive.view(name, everything=True) for name in PLUGINS.views}
        archive.rebuild()
        for name in PLUGINS.views:
            assert archive.view(name, everything=True) == live[name]
        for format_ in FORMATS:
            scene.exported(archive, format_)
        with Archive.create(folder / "b.db", PLUGINS) as other:
            text = scene.exported(archive, "ndjson").encode()
            other.record(list(other.plugins.importer("ndjson").read([text])))
            assert set(other.state("made-up").facts) == set(archive.state("made-up").facts)
