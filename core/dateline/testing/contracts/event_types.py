"""The rules for event types: stored data can be read again, in every shape they ever had."""

# ruff: noqa: BLE001 - a plugin may raise anything, and that is checked here

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dateline.errors import DatelineError
from dateline.events.payload import Payload
from dateline.events.registry import EventType, Fields, Registry, to_fields
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict, judge
from dateline.testing.contracts.watch import Watch
from dateline.testing.payloads import NotDrawn, structs

_Old = tuple[int, Fields]


def event_type_verdicts(
    event_type: EventType,
    *,
    golden: Mapping[int, Sequence[Fields]] | None = None,
    examples: int = 25,
) -> list[Verdict]:
    """The verdict of every rule for event types. `golden` maps schema versions to data as they were
    stored at the time."""
    rules = [Rule(name, partial(check, event_type)) for name, check in FIELD_RULES.items()]
    try:
        strategy: SearchStrategy[Any] = structs(event_type.payload)
    except NotDrawn as error:
        found = [Verdict(rule.name, note=str(error)) for rule in rules]
    else:
        found = judge(rules, strategy, examples, history=_one)
    old = [(version, data) for version, many in (golden or {}).items() for data in many]
    upcasts = Rule("golden", partial(upcasts_what_was_stored, event_type))
    chain = judge(
        [Rule("upcasters", partial(has_every_upcaster, event_type))], st.none(), 1, history=_nothing
    )
    if not old:
        nothing = (
            "no golden data were given" if event_type.version > 1 else "there is only one version"
        )
        return [*found, *chain, Verdict("golden", note=nothing)]
    return [*found, *chain, *judge([upcasts], st.sampled_from(old), 1, fixed=old, history=_stored)]


def comes_back(event_type: EventType, fields: Fields) -> None:
    """A payload that is stored as JSON and read again is unchanged."""
    payload = _payload(event_type, fields)
    registry = Registry([event_type])
    try:
        raw = msgspec.json.encode(to_fields(payload))
        again = registry.decode(event_type.name, event_type.version, raw)
    except (msgspec.ValidationError, TypeError, ValueError, DatelineError) as error:
        raise Broken(f"it cannot be stored and read again: {error}") from None
    if again != payload:
        raise Broken(f"stored and read again, it becomes {again!r}")


def refuses_unknown_fields(event_type: EventType, fields: Fields) -> None:
    """An unknown field is an error: dropping it would lose data."""
    _payload(event_type, fields)
    try:
        msgspec.convert({**fields, "not_a_field_of_it": 1}, event_type.payload)
    except msgspec.ValidationError:
        return
    raise Broken(
        "it accepts an unknown field and drops it; declare it with forbid_unknown_fields=True"
    )


def is_frozen(event_type: EventType, fields: Fields) -> None:
    """A payload cannot be changed: an event is immutable."""
    if not event_type.payload.__struct_config__.frozen:
        raise Broken("its payload can be changed; declare it with frozen=True")


def has_every_upcaster(event_type: EventType, nothing: object) -> None:
    """Each earlier version has an upcaster to the next, and no other version has one."""
    wanted = set(range(1, event_type.version))
    found = set(event_type.upcasters)
    if found != wanted:
        raise Broken(
            f"it has upcasters from versions {sorted(found)} and needs them from {sorted(wanted)}"
        )


def upcasts_what_was_stored(event_type: EventType, old: _Old) -> None:
    """Upcasters turn golden data of every version into a current payload, and are pure."""
    version, fields = old
    registry = Registry([event_type])
    given = copy.deepcopy(fields)
    try:
        first = registry.convert(event_type.name, version, given)
        with Watch() as watch:
            again = registry.convert(event_type.name, version, copy.deepcopy(fields))
    except Exception as error:
        raise Broken(
            f"data of version {version} cannot be upcast to version {event_type.version}: "
            f"{type(error).__name__}: {error}"
        ) from None
    if not isinstance(first, event_type.payload):
        raise Broken(f"version {version} is newer than the current version {event_type.version}")
    if given != fields:
        raise Broken(f"an upcaster from version {version} changes nested data that it was given")
    if first != again or watch.seen:
        called = f" (it called {watch.seen[0]})" if watch.seen else ""
        raise Broken(f"upcasting version {version} twice gives different data{called}")


FIELD_RULES: dict[str, Callable[[EventType, Fields], None]] = {
    "round-trip": comes_back,
    "unknown-fields": refuses_unknown_fields,
    "frozen": is_frozen,
}


def _payload(event_type: EventType, fields: Fields) -> Payload:
    try:
        return msgspec.convert(fields, event_type.payload)
    except (msgspec.ValidationError, ValueError) as error:  # bounds that the strategy cannot know
        raise Skipped(f"no valid payload could be generated: {error}") from None


def _one(fields: Fields) -> list[Fields]:
    return [fields]


def _stored(old: _Old) -> list[Fields]:
    return [{"schema_version": old[0], **old[1]}]


def _nothing(example: object) -> list[Fields]:
    return []
