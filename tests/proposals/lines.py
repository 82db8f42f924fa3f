"""Lines of a made-up tool about the fictional ferry."""

from __future__ import annotations

from typing import Any

Fields = dict[str, Any]
REPAIR = "The ferry had been due for repair since August"
TOWED = "The ferry will be towed on Tuesday"


def quote(words: str, **fields: Any) -> Fields:
    return {"type": "statement.recorded", "speakers": ["Mara Voss"], "quote": words} | fields


def happened(words: str, action: str, **fields: Any) -> Fields:
    return {"type": "occurrence.recorded", "action": action, "evidence": [words]} | fields


def figure(words: str, measure: str, **quantity: Any) -> Fields:
    counted = {"measure": measure, "verbatim": words, **quantity}
    return {"type": "figure.recorded", "evidence": [words], "quantities": [counted]}


#: Eleven that can be queued.
GOOD = [
    quote(REPAIR, via=["NORA"], confidence=0.9),
    quote(TOWED),
    quote("143 of 193 passengers were ashore by noon", mode="indirect"),
    happened("ran aground off Port Ister on Monday", "run aground"),
    happened(TOWED, "tow", status="planned", times={"valid": {"edtf": "2024-05-07"}}),
    happened("hundreds of people watched", "watch"),
    figure("hundreds of people", "people watching", lower=200, upper=999),
    figure("193 passengers", "passengers aboard", value=193),
    {
        "type": "role.recorded",
        "person": "person:port-master=The harbour master",
        "title": "harbour master",
        "evidence": ["the harbour master said"],
    },
    {
        "type": "statement.recorded",
        "speakers": ["person:port-master=The harbour master"],
        "text": "The ferry Alma ran aground, the harbour master said.",
        "evidence": [{"start": 13, "end": 50}],
    },
    {"type": "assessment.recorded", "effect": "delay", "evidence": ["due for repair"]},
]
#: Six that quote other words than the source has.
MISQUOTED = [
    quote("Everyone is save"),
    quote("Everybody is safe"),
    quote("The ferry had been due for repairs since August"),
    happened("The ferry sank", "sink"),
    figure("143 of 194", "passengers ashore", value=143),
    quote("Everyone is safe … quoted by the agency NORA"),
]
#: One that says what f1 says, and one that says what a line above says.
DOUBLE = [quote("Everyone is safe"), quote(REPAIR, text="In other words of the tool.")]
MISSING = [quote(TOWED, source="beef")]
ALL = [*GOOD, *MISQUOTED, *DOUBLE, *MISSING]
