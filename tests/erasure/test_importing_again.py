"""Importing a file again does not bring back what was erased since."""

from __future__ import annotations

from typing import Any

import pytest
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, PERSON, REASON, WITNESS

from dateline import Archive, Refused
from dateline.events.clock import to_iso
from dateline.recording.line import Line
from dateline.testing import samples


def numbered(lines: list[dict[str, Any]]) -> list[Line]:
    return [Line(line, number) for number, line in enumerate(lines, 1)]


def test_lines_that_may_be_erased_content_are_refused_one_by_one(archive: Archive) -> None:
    scene.erase(archive)
    head = archive.head()
    with pytest.raises(Refused) as refused:
        archive.record(numbered(scene.protected()), story="ferry")
    told = [(finding.line, finding.rule) for finding in refused.value.findings]
    assert told == [(line, "perhaps-erased") for line in (1, 2, 3, 4)]
    assert "--anew" in refused.value.findings[0].reason
    assert archive.head() == head and CANARY not in repr(list(archive.events()))


def test_known_lines_and_lines_with_an_event_id_are_accepted(archive: Archive) -> None:
    scene.erase(archive)
    there = [samples.opened(), *samples.story()[1:]]
    told = samples.figure(text="New") | {"event_id": "01890000-0000-7000-8000-000000000009"}
    done = archive.record([*there, told], story="ferry")
    assert (done.already, done.new) == (len(there), 1)
    assert archive.record([samples.figure(text="New")], story="other").new == 1


def test_anew_records_erased_content_again(archive: Archive) -> None:
    scene.erase(archive)
    person, letter, *_ = scene.protected()
    under = archive.record([person], story="ferry", protect="Herr Amsel")
    assert under.subjects == ("Herr Amsel",)
    assert archive.record([letter], story="ferry", anew=True).new == 1
    assert archive.record([letter], story="ferry").already == 1


def test_without_the_key_of_a_later_erasure_nothing_is_known_of_an_earlier_one(
    archive: Archive,
) -> None:
    """The story's content is erased by position and the key afterwards, which records nothing new."""
    scene.erase(archive, *range(8, 16))
    scene.erase(archive)
    with pytest.raises(Refused, match="perhaps-erased"):
        archive.record(scene.protected()[:1], story="ferry")


def test_a_line_under_a_key_at_hand_is_recognised_without_protect(
    archive: Archive,
) -> None:
    scene.erase(archive, 8, 10)  # the person, and the statement
    done = archive.record(scene.protected(), story="ferry")
    assert (done.new, done.already, done.erased) == (0, 2, 2)
    assert PERSON not in archive.state("ferry").entities
    again = archive.record(scene.protected()[:1], story="ferry", anew=True)
    assert (again.new, again.anew) == (1, (archive.head().position - 1,))


def test_what_another_archive_erased_with_its_key_is_refused_too(archive: Archive) -> None:
    told = {
        "type": "content.erased", "schema_version": 2, "reason": REASON, "basis": BASIS,
        "event_id": "01890000-0000-7000-8000-000000000002", "subject_key": "gone",
        "recorded_at": last_time(archive), "events": [],
    }  # fmt: skip
    archive.record([told], story="other")
    with pytest.raises(Refused, match="perhaps-erased"):
        archive.record(scene.protected()[:1], story="other")


def last_time(archive: Archive) -> str:
    return to_iso(max(event.recorded_us for event in archive.events("other")))


def test_nothing_identifies_an_erased_subject(archive: Archive) -> None:
    """The refusal is the same whatever the line says, so it confirms no guess."""
    scene.erase(archive)
    guesses = [samples.entity(PERSON, f"{CANARY}-label"), samples.entity("person:w9", "Nobody")]
    said = []
    for guess in guesses:
        with pytest.raises(Refused) as refused:
            archive.record([guess], story="ferry")
        said.append(str(refused.value))
    assert said[0] == said[1] and WITNESS not in said[0]


def test_content_erased_unprotected_does_not_come_back_under_a_key(archive: Archive) -> None:
    lines = [samples.figure(text="A figure in the clear")]
    [position] = archive.record(lines, story="other").positions
    archive.erase(None, [position], reason="Asked", basis="consent withdrawn")
    again = archive.record(lines, story="other", protect="somebody")
    assert (again.new, again.erased) == (0, 1)
    assert archive.record(lines, story="other", protect="somebody", anew=True).new == 1
