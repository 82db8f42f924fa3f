"""Rules for editing: links must mean something, corrections must match the current fact."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from dateline.events import pointer
from dateline.events.corrections import corrected
from dateline.events.editorial import (
    EvidenceAdded,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    FactsLinked,
)
from dateline.events.parts import Change
from dateline.events.payload import FactNotice, Payload
from dateline.events.registry import to_fields
from dateline.events.rules import Context, Findings, find, rule
from dateline.events.source import SourceWithdrawn


@rule("independence", FactsLinked)
def independence(payload: FactsLinked, context: Context) -> Findings:
    if payload.relation == "corroborates" and payload.independence is None:
        yield "/independence", "corroborates needs one of independent, same-origin and unknown"


@rule("link-self", FactsLinked)
def link_self(payload: FactsLinked, context: Context) -> Findings:
    if payload.from_ == payload.to:
        yield "/to", f"{payload.to} cannot be linked to itself"


@rule("already-retracted", FactCorrected, FactRetracted, FactDisputed, FactReviewed, EvidenceAdded)
def already_retracted(payload: FactNotice, context: Context) -> Findings:
    fact = context.state.facts.get(payload.fact)
    if fact is None or fact.status != "retracted":
        return
    if isinstance(payload, FactReviewed) and (context.imported or payload.verdict != "accepted"):
        return  # earlier releases accepted it; it changes nothing
    slug = context.state.slug
    yield (
        "/fact",
        f"{payload.fact} is already retracted: take that back with `dateline undo {slug}`",
    )


@rule("already-withdrawn", SourceWithdrawn)
def already_withdrawn(payload: SourceWithdrawn, context: Context) -> Findings:
    if payload.source in context.state.withdrawn:
        yield "/source", f"{payload.source} is already withdrawn"


@rule("correction-empty", FactCorrected)
def correction_empty(payload: FactCorrected, context: Context) -> Findings:
    if not payload.changes:
        yield "/changes", "the correction changes nothing"
    for index, change, stage in _stages(payload, context):
        # What another archive accepted is accepted here.
        if pointer.same(change.was, change.now) or (
            stage is not None
            and not context.imported
            and stage.alike(change.path, change.was, change.now)
        ):
            yield f"/changes/{index}/now", "this is already the current value"


@rule("correction-was", FactCorrected)
def correction_was(payload: FactCorrected, context: Context) -> Findings:
    """Each `was` must be the value that the changes before it left."""
    for index, change, stage in _stages(payload, context):
        if stage is None:
            return
        if stage.error is not None:
            yield f"/changes/{index}/path", stage.error
            return
        # Earlier releases treated all empty values as equal.
        loose = context.imported and pointer.empty(stage.present) and pointer.empty(change.was)
        if not loose and not stage.alike(change.path, stage.present, change.was):
            reason = f"the current value is {stage.present!r}, not {change.was!r}"
            yield f"/changes/{index}/was", reason


@rule("correction-result", FactCorrected)
def correction_result(payload: FactCorrected, context: Context) -> Findings:
    fact = context.state.facts.get(payload.fact)
    if fact is None:
        return
    try:
        result, _ = corrected(context.state.registry, fact, payload)
    except (ValueError, msgspec.ValidationError) as error:
        yield "/changes", f"the result is not a valid {fact.type}: {error}"
        return
    if result.fact != fact.id:
        yield "/changes", "a correction cannot change a fact's id"
    if any(item.start is None or item.end is None for item in result.evidence):
        yield "/changes", "evidence in the result needs start and end"
    for finding in find(result, replace(context, correcting=True)):
        yield "/changes", f"the result breaks {finding.rule} at {finding.field}: {finding.reason}"


@dataclass(frozen=True, slots=True)
class _Stage:
    """A fact's fields before one change of a correction, and the value that the change replaces; or the
    reason why the change cannot be made."""

    fields: dict[str, Any]
    type: type[Payload]
    present: object
    error: str | None = None

    def alike(self, path: str, left: object, right: object) -> bool:
        """Whether the fact is the same with either value at `path`. A field that is left out has its
        default: no value if it is optional, false for ``approximate``."""
        if pointer.same(left, right):
            return True
        try:
            return self._with(path, left) == self._with(path, right)
        except (ValueError, msgspec.ValidationError):
            return False

    def _with(self, path: str, value: object) -> dict[str, object]:
        fields = copy.deepcopy(self.fields)
        if not pointer.same(pointer.get(fields, path), value):
            pointer.put(fields, path, value)
        return to_fields(msgspec.convert(fields, self.type))


def _stages(
    payload: FactCorrected, context: Context
) -> Iterator[tuple[int, Change, _Stage | None]]:
    """Each change with the fact as the changes before it leave it; None if there is no such fact.

    Stops after a change that cannot be made, which comes with its error.
    """
    fact = context.state.facts.get(payload.fact)
    if fact is None:
        for index, change in enumerate(payload.changes):
            yield index, change, None
        return
    fields = msgspec.json.decode(msgspec.json.encode(to_fields(fact.data)))
    for index, change in enumerate(payload.changes):
        try:
            yield index, change, _Stage(fields, type(fact.data), pointer.get(fields, change.path))
            pointer.put(fields, change.path, copy.deepcopy(change.now))
        except ValueError as error:
            yield index, change, _Stage(fields, type(fact.data), None, str(error))
            return
