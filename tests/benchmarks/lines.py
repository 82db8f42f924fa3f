"""The workload of the import: complete lines of made-up stories, as `dateline export -f ndjson` writes them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from workload import WORDS

from dateline.events.clock import to_iso
from dateline.events.identity import uuid7

#: A source has so many sentences, each the evidence of one fact.
PER_SOURCE = 20
BY = {"agent": "desk", "tool": "bench 1", "method": "imported"}
#: Every line was recorded at this time, every source published at that.
RECORDED, REPORTED = 1_709_640_000_000_000, 1_709_510_400_000_000
PUBLISHED = "2024-03-04"
PEOPLE = ("person:ada-lind", "person:bo-holm", "person:cy-marsh")
LABELS = {
    "org:wire": "The Wire", "org:council": "The Council", "place:velm": "Velm",
    **{name: name[7:].replace("-", " ").title() for name in PEOPLE},
}  # fmt: skip
_KINDS = {"person": "person", "org": "organization", "place": "place"}
_CONTEXT = 24


def write(db: Path, facts: int, stories: int) -> dict[str, Any]:
    """Write the lines of `facts` facts in so many stories, story after story, to the file `db`."""
    each, more = divmod(facts, stories)
    count = 0
    with db.open("w", encoding="utf-8") as file:
        for number in range(stories):
            for line in story(number, each + (number < more)):
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                count += 1
    return {"events": count, "bytes": db.stat().st_size}


def story(number: int, facts: int) -> Iterator[dict[str, Any]]:
    """The lines of one story: what it is about, then its sources, each with its facts."""
    own, chance = str(uuid7()), random.Random(number)
    given = {"story": own, "recorded_at": to_iso(RECORDED)}

    def line(kind: str, version: int, data: dict[str, Any], reported: bool = False) -> Any:
        head = {"type": kind, "schema_version": version, "event_id": str(uuid7()), **given}
        head |= {"reported_at": to_iso(REPORTED)} if reported else {}
        return {**head, "recorded_by": BY, **data}

    yield line("story.opened", 1, {"slug": f"story-{number}", "title": f"Story {number}"})
    for entity, label in LABELS.items():
        kind = _KINDS[entity.partition(":")[0]]
        yield line("entity.introduced", 2, {"entity": entity, "kind": kind, "label": label})
    for first in range(1, facts + 1, PER_SOURCE):
        numbers = range(first, min(first + PER_SOURCE, facts + 1))
        sentences = [_sentence(chance, at) for at in numbers]
        text = f"FICTION. Report {first} of story {number}.\n" + "\n".join(sentences) + "\nEnds.\n"
        source = "sha256:" + sha256(text.encode()).hexdigest()
        captured = {
            "source": source, "title": f"Report {first}", "publisher": "org:wire",
            "published": PUBLISHED, "chars": len(text), "charset": "utf-8", "content": text,
        }  # fmt: skip
        yield line("source.captured", 1, captured, reported=True)
        start = text.index("\n") + 1
        for at, sentence in zip(numbers, sentences, strict=True):
            kind, data = _fact(chance, at, source, text, sentence, start)
            yield line(f"{kind}.recorded", 1, data, reported=True)
            start += len(sentence) + 1


def _sentence(chance: random.Random, number: int) -> str:
    one, two, three = (chance.choice(WORDS) for _ in range(3))
    return f"Near the {one} {number + 6} of {number + 90} saw the {two} by the {three}."


def _fact(
    chance: random.Random, number: int, source: str, text: str, sentence: str, start: int
) -> tuple[str, dict[str, Any]]:
    """A statement, a figure or an occurrence in turn. The evidence leaves out the full stop."""
    end, who = start + len(sentence) - 1, chance.choice(PEOPLE)
    time = {"edtf": f"2024-03-{chance.randrange(1, 29):02}", "resolution": "deictic"}
    data: dict[str, Any] = {
        "fact": f"f{number}",
        "text": f"In Velm, {sentence}",
        "source": source,
        "evidence": [
            {
                "role": "content", "exact": text[start:end], "start": start, "end": end,
                "prefix": text[max(0, start - _CONTEXT) : start],
                "suffix": text[end : end + _CONTEXT],
            }
        ],
        "attribution": [
            {"agent": who, "role": "origin", "act": "say"},
            {"agent": "org:council", "role": "relay"},
            {"agent": "org:wire", "role": "publisher"},
        ],
        "factuality": [{"by": "org:wire", "value": "CT+"}],
    }  # fmt: skip
    quantity = {
        "measure": "people", "unit": "person", "value": number + 6, "of": number + 90,
        "verbatim": f"{number + 6} of {number + 90}",
    }  # fmt: skip
    if number % 3 == 0:
        said = {
            "times": {"said": time},
            "speakers": [who],
            "mode": "direct",
            "quote": text[start:end],
        }
        return "statement", data | said
    places = [{"place": "place:velm", "role": "location"}]
    data |= {"times": {"valid": time}, "places": places}
    if number % 3 == 1:
        return "figure", data | {"quantities": [quantity]}
    return "occurrence", data | {"action": "see", "actors": [{"agent": who, "role": "agent"}]}
