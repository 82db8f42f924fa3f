"""Support: who else says so, and whether they know it independently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.bundled import plugins

from dateline import Archive
from dateline.testing import samples
from dateline.testing.samples import NORA, VOSS, WIRE

HERALD, RADIO = "org:ister-herald", "org:port-radio"
TEXTS = {WIRE: samples.TEXT, HERALD: samples.TEXT + " (2)", RADIO: samples.TEXT + " (3)"}


def said(name: str, publisher: str, *before: str, **given: Any) -> dict[str, Any]:
    """A fact of `publisher`, who has it from `before`."""
    steps = [{"agent": agent, "role": "relay"} for agent in before]
    steps[:1] = [step | {"role": "origin"} for step in steps[:1]]
    line = samples.fact("occurrence", "ferry Alma ran aground", fact=name, text=f"{name} is said")
    line["source"] = samples.digest(TEXTS[publisher])
    return line | {"attribution": [*steps, {"agent": publisher, "role": "publisher"}]} | given


def linked(left: str, right: str, independence: str | None, **given: Any) -> dict[str, Any]:
    line = {"type": "facts.linked", "from": left, "to": right, "relation": "corroborates"}
    return line | ({"independence": independence} if independence else {}) | given


@pytest.fixture
def archive() -> Iterator[Archive]:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(
            [
                *samples.story()[:5],
                samples.entity(HERALD, "Ister Herald"),
                samples.entity(RADIO, "Port Radio"),
                samples.captured(TEXTS[HERALD], publisher=HERALD),
                samples.captured(TEXTS[RADIO], publisher=RADIO),
            ]
        )
        yield archive


def standings(archive: Archive) -> dict[str, tuple[Any, ...]]:
    """What the view says of each fact, followed event by event and rebuilt."""
    live = archive.view("support", everything=True)
    archive.rebuild(["support"])
    assert live == archive.view("support", everything=True)
    return {
        row["fact"]: (row["standing"], row["independent"], row["publishers"])
        for row in archive.view("support").dicts()
    }


CASES = [
    ("nobody else", [said("f1", WIRE)], ("single source", 1, 1)),
    (
        "two publishers, independent of each other",
        [said("f1", WIRE), said("f2", HERALD), linked("f2", "f1", "independent")],
        ("", 2, 2),
    ),
    (
        "the same publisher twice",
        [said("f1", WIRE), said("f2", WIRE), linked("f2", "f1", "independent")],
        ("single source", 1, 1),
    ),
    (
        "one agency in two outlets",
        [said("f1", WIRE, NORA), said("f2", HERALD, NORA), linked("f2", "f1", "independent")],
        ("uncorroborated", 1, 2),
    ),
    (
        "said to be of one origin",
        [said("f1", WIRE), said("f2", HERALD), linked("f2", "f1", "same-origin")],
        ("uncorroborated", 1, 2),
    ),
    (
        "nobody knows whether they are independent",
        [said("f1", WIRE), said("f2", HERALD), linked("f1", "f2", "unknown")],
        ("uncorroborated", 1, 2),
    ),
    (
        "two others, of one agency: one further voice",
        [
            said("f1", WIRE),
            said("f2", HERALD, NORA),
            said("f3", RADIO, NORA),
            linked("f2", "f1", "independent"),
            linked("f1", "f3", "independent"),
        ],
        ("", 2, 3),
    ),
    (
        "two others, of one origin as a later link says",
        [
            said("f1", WIRE),
            said("f2", HERALD),
            said("f3", RADIO),
            linked("f2", "f1", "independent"),
            linked("f3", "f1", "independent"),
            linked("f3", "f2", "same-origin"),
        ],
        ("", 2, 3),
    ),
    (
        "one that was retracted",
        [
            said("f1", WIRE),
            said("f2", HERALD),
            linked("f2", "f1", "independent"),
            samples.retracted("f2"),
        ],
        ("single source", 1, 1),
    ),
    (
        "a source that was withdrawn",
        [
            said("f1", WIRE),
            said("f2", HERALD),
            linked("f2", "f1", "independent"),
            {"type": "source.withdrawn", "source": samples.digest(TEXTS[HERALD]), "reason": "Wrong"},
        ],
        ("single source", 1, 1),
    ),
    (
        "two that heard one speaker say it",
        [
            said("f1", WIRE, VOSS, type="statement.recorded", speakers=[VOSS], action=None),
            said("f2", HERALD, VOSS, type="statement.recorded", speakers=[VOSS], action=None),
            linked("f2", "f1", "independent", relation="same_statement"),
        ],
        ("", 2, 2),
    ),
    (
        "one that says otherwise",
        [said("f1", WIRE), said("f2", HERALD), linked("f2", "f1", None, relation="contradicts")],
        ("single source, disputed", 1, 1),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("why", "lines", "expected"), CASES, ids=[case[0] for case in CASES])
def test_standing(
    archive: Archive, why: str, lines: list[dict[str, Any]], expected: tuple[Any, ...]
) -> None:
    *earlier, last = [{n: v for n, v in line.items() if v is not None} for line in lines]
    archive.record(earlier, story="ferry")
    archive.view("support")
    archive.record([last], story="ferry")
    assert standings(archive)["f1"] == expected


def test_it_names_who_stands_behind_a_fact(archive: Archive) -> None:
    lines = [said("f1", WIRE, NORA), said("f2", HERALD, VOSS), linked("f2", "f1", "independent")]
    archive.record(lines, story="ferry")
    row = next(archive.view("support").dicts())
    assert (row["supported_by"], row["published_by"]) == ("f2", "Ister Wire, Ister Herald")
    assert row["chains"] == "NORA › Ister Wire; Mara Voss › Ister Herald"
    assert (row["origins"], row["single_source"], row["uncorroborated"]) == (2, False, False)
