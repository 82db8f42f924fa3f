"""Lines of the import format that make up a small fictional story, to build tests on."""

from __future__ import annotations

import hashlib
from typing import Any

Fields = dict[str, Any]

#: A fictional dispatch. Some words occur twice on purpose: evidence must say which it means.
TEXT = (
    "FICTION. The ferry Alma ran aground off Port Ister on Monday, the harbour master said.\n"
    '"Everyone is safe," Mara Voss told the Ister Herald, quoted by the agency NORA.\n'
    "She said 143 of 193 passengers were ashore by noon, and hundreds of people watched.\n"
    "The ferry had been due for repair since August. \U0001f6a2 The ferry will be towed on Tuesday."
)
WIRE, NORA, VOSS = "org:ister-wire", "org:nora", "person:mara-voss"
PUBLISHED = "2024-05-06"


def digest(text: str) -> str:
    """The id of a source with that text."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


SOURCE = digest(TEXT)


def opened(slug: str = "ferry", title: str = "Fictional: the ferry Alma") -> Fields:
    return {"type": "story.opened", "slug": slug, "title": title, "languages": ["en"]}


def entity(name: str, label: str) -> Fields:
    kinds = {"person": "person", "org": "organization", "place": "place", "group": "group"}
    kind = kinds[name.partition(":")[0]]
    return {"type": "entity.introduced", "entity": name, "kind": kind, "label": label}


def captured(text: str = TEXT, **fields: Any) -> Fields:
    line = {
        "type": "source.captured",
        "source": digest(text),
        "content": text,
        "title": "Ferry aground",
        "publisher": WIRE,
        "published": PUBLISHED,
    }
    return line | fields


def fact(kind: str, exact: str, **fields: Any) -> Fields:
    """A fact of `kind` with the words `exact` as evidence, attributed only to the publisher."""
    line: Fields = {
        "type": f"{kind}.recorded",
        "text": f"It is said that {exact}",
        "source": SOURCE,
        "evidence": [{"role": "content", "exact": exact}],
        "attribution": [{"agent": WIRE, "role": "publisher"}],
    }
    own: dict[str, Fields] = {
        "statement": {"speakers": [VOSS]},
        "occurrence": {"action": "run aground"},
        "state": {"relation": "near", "subject": VOSS, "object": WIRE},
        "role": {"person": VOSS, "title": "harbour master"},
        "assessment": {"effect": "delay"},
    }
    return line | own.get(kind, {}) | fields


def statement(exact: str = "Everyone is safe", **fields: Any) -> Fields:
    """A statement with an attribution of three steps: origin, relay, publisher."""
    line = fact(
        "statement",
        exact,
        times={"said": {"edtf": "2024-05-06"}},
        attribution=[
            {"agent": VOSS, "role": "origin", "act": "say"},
            {"agent": NORA, "role": "relay"},
            {"agent": WIRE, "role": "publisher"},
        ],
    )
    return line | fields


def figure(**fields: Any) -> Fields:
    quantity = {
        "measure": "passengers ashore",
        "unit": "person",
        "value": 143,
        "of": 193,
        "verbatim": "143 of 193",
    }
    line = fact("figure", "143 of 193 passengers", quantities=[quantity])
    return line | {"times": {"valid": {"edtf": "2024-05-06"}}} | fields


def story(*more: Fields, slug: str = "ferry") -> list[Fields]:
    """A story with its entities, one source, a statement f1, a figure f2, and the lines `more`."""
    return [
        opened(slug),
        entity(WIRE, "Ister Wire"),
        entity(NORA, "NORA"),
        entity(VOSS, "Mara Voss"),
        captured(),
        statement(),
        figure(),
        *more,
    ]


def corrected(fact: str, path: str, was: Any, now: Any, **fields: Any) -> Fields:
    change = {"path": path, "was": was, "now": now}
    line = {"type": "fact.corrected", "fact": fact, "changes": [change], "reason": "Recount."}
    return line | fields


def retracted(fact: str, reason: str = "It did not happen.") -> Fields:
    return {"type": "fact.retracted", "fact": fact, "reason": reason}


def amended(name: str, path: str, was: Any, now: Any, **fields: Any) -> Fields:
    """An amendment of a source or an entity."""
    kind = "source" if name.startswith("sha256:") else "entity"
    change = {"path": path, "was": was, "now": now}
    line = {"type": f"{kind}.amended", kind: name, "changes": [change], "reason": "Misread."}
    return line | fields


def revoked(event: str, **fields: Any) -> Fields:
    return {"type": "event.revoked", "event": event, "reason": "By mistake."} | fields
