"""A line of the import format from what a proposer yields: names become ids, spans become words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dateline.errors import Finding, Refused
from dateline.events.completion import complete
from dateline.events.fact import StatementRecorded
from dateline.events.parts import Evidence
from dateline.events.payload import FactPayload
from dateline.events.registry import to_fields
from dateline.events.rules.references import naming
from dateline.events.state import StoryState
from dateline.recording.line import Envelope, shape_finding
from dateline.recording.naming import is_id, letters, matching

#: The archive gives these; a proposal has none of them.
_RESERVED = ("fact", *(set(Envelope.__struct_encode_fields__) - {"type", "schema_version"}))


class Ready(msgspec.Struct, frozen=True):
    """A fact that is complete but for its id: its ``payload``, the ``fields`` that record it, and the
    entities that it introduces, each as ``ID=Label``."""

    payload: FactPayload
    fields: dict[str, Any]
    new: tuple[str, ...]


def ready(
    given: Mapping[str, Any], source: str, text: str, state: StoryState, new: Sequence[str] = ()
) -> Ready:
    """The fact that `given` proposes about a source with that text; `new` are entities that it introduces,
    in addition to those in `given`. Raises Refused with every reason why it cannot be one."""
    fields = dict(given)
    kind = _kind(fields, state)
    findings = [
        Finding("reserved", f"/{name}", f"leave {name} out: the archive sets it")
        for name in _RESERVED
        if fields.get(name) is not None
    ]
    fields["source"] = source
    fields["evidence"] = _evidence(fields, text, findings)
    named = {name: part for name, part in naming(kind) if name in fields}
    via = fields.get("via") or []
    fields["via"] = [via] if isinstance(via, str) else via
    if not isinstance(fields["via"], list | tuple):
        findings.append(Finding("shape", "/via", "this is a list of entities"))
    names = _Names(state, new)
    for _ in range(2):  # the first time shows which entities are new, wherever they are named
        names.begin()
        found = {
            name: names.ids(fields[name], f"/{name}", part)
            for name, part in {**named, "via": ""}.items()
        }
    fields |= found
    findings += names.findings
    if findings:
        raise Refused(findings)
    fields["attribution"] = _chain(fields, state.sources[source].publisher)
    if fields.get("quote") and issubclass(kind, StatementRecorded):
        fields.setdefault("mode", "direct")
    own = not str(fields.get("text") or "").strip()
    if own:
        fields["text"] = "-"  # for now: it is known once the evidence is found
    payload, missing = complete(_payload(fields, kind, state), text, "")
    if missing:
        raise Refused(missing)
    assert isinstance(payload, FactPayload)
    if own:
        words = " ".join(cited(payload).exact.split())
        payload = msgspec.structs.replace(payload, text=words)
    made = to_fields(payload)
    made.pop("fact", None)
    if isinstance(payload, StatementRecorded):
        made["mode"] = payload.mode  # even the default: without it, a quote means another one
    version = {} if kind.schema_version == 1 else {"schema_version": kind.schema_version}
    brought = tuple(f"{entity}={label}" for entity, label in names.new.items())
    return Ready(payload, {"type": kind.type, **version, **made}, brought)


def cited(payload: FactPayload) -> Evidence:
    """The evidence that shows best what a fact says: the first with the role quote, else content."""
    items = payload.evidence
    roles = (
        next((one for one in items if one.role == role), None) for role in ("quote", "content")
    )
    return next(filter(None, roles), items[0])


def _kind(fields: dict[str, Any], state: StoryState) -> type[FactPayload]:
    name = fields.get("type")
    known = state.registry.get(name) if isinstance(name, str) else None
    if known is None or not issubclass(known.payload, FactPayload):
        facts = [one.name for one in state.registry if issubclass(one.payload, FactPayload)]
        reason = f"{name!r} is not a type of fact: give one of {', '.join(facts)}"
        raise Refused([Finding("type-unknown", "/type", reason)])
    return known.payload


def _payload(fields: dict[str, Any], kind: type[FactPayload], state: StoryState) -> Any:
    version = fields.pop("schema_version", None)
    fields.pop("type")
    try:
        known = kind.schema_version if version is None else int(version)
        return state.registry.convert(kind.type, known, fields)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        if isinstance(error, msgspec.ValidationError):
            raise Refused([shape_finding(error)]) from None
        reason = "the schema version is not a number"
        raise Refused([Finding("shape", "/schema_version", reason)]) from None


def _evidence(
    fields: Mapping[str, Any], text: str, findings: list[Finding]
) -> Sequence[dict[str, Any]]:
    """Evidence items with a role and with words. A quote that is not among them is added."""
    given, quote = fields.get("evidence") or [], fields.get("quote")
    items: list[dict[str, Any]] = []
    for index, item in enumerate(given if isinstance(given, list | tuple) else [given]):
        if isinstance(item, str):
            item = {"exact": item}
        if not isinstance(item, Mapping):
            reason = "an item of evidence is words of the source, or an object with them"
            findings.append(Finding("shape", f"/evidence/{index}", reason))
            continue
        item = {"role": "content", **item}
        if "exact" not in item:
            start, end = item.get("start"), item.get("end")
            if type(start) is type(end) is int and 0 <= start < end <= len(text):
                item["exact"] = text[start:end]
            else:
                reason = (
                    f"give the words, or where they are in the {len(text)} characters of the source"
                )
                findings.append(Finding("evidence-missing", f"/evidence/{index}", reason))
        items.append(item)
    if isinstance(quote, str) and quote and quote not in [item.get("exact") for item in items]:
        items.append({"role": "quote", "exact": quote})
    if not items and not findings:
        reason = "a fact needs words of its source as evidence"
        findings.append(Finding("evidence-missing", "/evidence", reason))
    return items


def _chain(fields: dict[str, Any], publisher: str) -> Any:
    """The attribution that is given, else from the speakers through the relays; it ends with the publisher.
    What is not a list is left for the rule about shapes."""
    given, relays = fields.get("attribution") or [], fields.pop("via")
    if not isinstance(given, list | tuple):
        return given
    steps = list(given)
    if not steps:
        speakers, act = fields.get("speakers"), fields.get("act")
        origin = speakers[:1] if isinstance(speakers, list) else []
        steps = [{"agent": one, "role": "origin"} | ({"act": act} if act else {}) for one in origin]
        steps += [{"agent": agent, "role": "relay"} for agent in relays]
    last = steps[-1] if steps else None
    if not isinstance(last, Mapping) or last.get("role") != "publisher":
        steps.append({"agent": publisher, "role": "publisher"})
    return steps


class _Names:
    """Turns the names of entities into ids. ``new`` has the labels of those that are introduced."""

    def __init__(self, state: StoryState, new: Sequence[str]) -> None:
        self._state, self._given = state, new
        self.findings: list[Finding] = []
        self.new: dict[str, str] = {}

    def begin(self) -> None:
        """Forget the findings. What is new stays known."""
        self.findings.clear()
        for one in self._given:
            self._id(one, "")

    def ids(self, value: Any, field: str, part: str) -> Any:
        """`value` with ids: one entity, a list of them, or a list of parts that name one in `part`. What has
        another shape is left for the rule about shapes."""
        if isinstance(value, str) and not part:
            return self._id(value, field)
        if not isinstance(value, list | tuple):
            return value
        found: list[Any] = []
        for index, item in enumerate(value):
            if part and isinstance(item, Mapping) and isinstance(item.get(part), str):
                found.append({**item, part: self._id(item[part], f"{field}/{index}/{part}")})
            elif not part and isinstance(item, str):
                found.append(self._id(item, f"{field}/{index}"))
            else:
                found.append(item)
        return found

    def _id(self, given: str, field: str) -> str:
        entity, equals, label = given.partition("=")
        if equals and is_id(entity):
            return self._introduced(entity, label.strip(), field)
        if is_id(given):
            return given
        new = [entity for entity, one in self.new.items() if letters(one) == letters(given)]
        found = new or [one.entity for one in matching(self._state, given)]
        if len(found) == 1:
            return found[0]
        rule = "name-ambiguous" if found else "entity-unknown"
        reason = (
            f"{given!r} may be {', '.join(found)}: give the id"
            if found
            else f"no entity of the story is called {given!r}: give an id, or ID=Label for a new one"
        )
        self.findings.append(Finding(rule, field, reason))
        return given

    def _introduced(self, entity: str, label: str, field: str) -> str:
        """The id of an entity that is written ``ID=Label``. Another entity must not have the id."""
        known = self._state.entities.get(entity)
        names = [self.new[entity]] if entity in self.new else []
        names += [] if known is None else [known.label, *known.names]
        if names and letters(label) not in map(letters, names):
            reason = f"{entity} is {names[0]}, not {label}: give the new entity another id"
            self.findings.append(Finding("entity-taken", field, reason))
        elif known is None and label:
            self.new[entity] = label
        elif known is None:
            reason = f"{entity} is new and has no name: write {entity}=NAME"
            self.findings.append(Finding("entity-unknown", field, reason))
        return entity
