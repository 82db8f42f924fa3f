"""Editing: links that mean something, corrections of what really stands."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from dateline.events import pointer
from dateline.events.editorial import (
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactsLinked,
)
from dateline.events.payload import Payload
from dateline.events.present import Fact, corrected
from dateline.events.registry import to_fields
from dateline.events.rules import Context, Findings, find, rule
from dateline.events.source import SourceWithdrawn


@rule("independence")
def independence(payload: Payload, context: Context) -> Findings:
    if (
        isinstance(payload, FactsLinked)
        and payload.relation == "corroborates"
        and payload.independence is None
    ):
        yield "/independence", "corroborates needs independent, same-origin or unknown"


@rule("link-self")
def link_self(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, FactsLinked) and payload.from_ == payload.to:
        yield "/to", f"{payload.to} cannot be linked to itself"


@rule("already-retracted")
def already_retracted(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, FactCorrected | FactRetracted | FactDisputed | EvidenceAdded):
        fact = context.state.facts.get(payload.fact)
        if fact is not None and fact.status == "retracted":
            yield "/fact", f"{payload.fact} is retracted already"


@rule("already-withdrawn")
def already_withdrawn(payload: Payload, context: Context) -> Findings:
    if isinstance(payload, SourceWithdrawn) and payload.source in context.state.withdrawn:
        yield "/source", f"{payload.source} is withdrawn already"


@rule("correction-empty")
def correction_empty(payload: Payload, context: Context) -> Findings:
    if not isinstance(payload, FactCorrected):
        return
    if not payload.changes:
        yield "/changes", "changes nothing"
    for index, change in enumerate(payload.changes):
        if pointer.same(change.was, change.now):
            yield f"/changes/{index}/now", "is what stands already"


@rule("correction-was")
def correction_was(payload: Payload, context: Context) -> Findings:
    """Each `was` is the value as the changes before it left it."""
    fact = _fact(payload, context)
    if fact is None or not isinstance(payload, FactCorrected):
        return
    fields = msgspec.json.decode(msgspec.json.encode(to_fields(fact.data)))
    for index, change in enumerate(payload.changes):
        try:
            present = pointer.get(fields, change.path)
            pointer.put(fields, change.path, change.now)
        except ValueError as error:
            yield f"/changes/{index}/path", str(error)
            return
        if not pointer.same(present, change.was):
            yield f"/changes/{index}/was", f"is {change.was!r}, but what stands is {present!r}"


@rule("correction-result")
def correction_result(payload: Payload, context: Context) -> Findings:
    fact = _fact(payload, context)
    if fact is None or not isinstance(payload, FactCorrected):
        return
    try:
        result, _ = corrected(context.state.registry, fact, payload)
    except (ValueError, msgspec.ValidationError) as error:
        yield "/changes", f"the result is no {fact.type}: {error}"
        return
    if result.fact != fact.id:
        yield "/changes", "a fact keeps its id"
    if any(item.start is None or item.end is None for item in result.evidence):
        yield "/changes", "evidence in a correction needs start and end"
    for finding in find(result, replace(context, correcting=True)):
        yield "/changes", f"the result breaks {finding.rule} at {finding.field}: {finding.reason}"


def _fact(payload: Payload, context: Context) -> Fact | None:
    return context.state.facts.get(payload.fact) if isinstance(payload, FactCorrected) else None
