"""The changes of a fact that options state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.desk import Desk
from dateline.cli.fact_dates import Dates
from dateline.cli.fact_kinds import QUANTITY, require_kind, tenses
from dateline.cli.fact_line import (
    Options,
    chain_of,
    fields_of,
    one_quantity,
    source_of,
    with_verbatim,
)
from dateline.cli.fields import evidence_item
from dateline.cli.figures import verbatim

if TYPE_CHECKING:
    from dateline.events.state import Fact


def changes_of(fact: Fact, options: Options, desk: Desk) -> Iterator[tuple[str, Any]]:
    """(JSON Pointer, new value) for each value of a fact that options change.

    Raises UsageError for options of another kind, and DatelineError.
    """
    require_kind(fact.kind, options)
    evidence = [
        item if isinstance(item, dict) else evidence_item(item) for item in options["exact"]
    ]
    quoted = [item["exact"] for item in evidence]
    apart = {**options, **dict.fromkeys(QUANTITY)}
    words = quoted or [item.exact for item in fact.data.evidence]
    source = source_of(options["source"], words, desk) if options["source"] else fact.source
    desk.entities.text = desk.text_of(source)
    if source != fact.source:
        yield "/source", source
    yield from _evidence_changes(fact, evidence)
    when = tenses(fact.kind, options["status"] or getattr(fact.data, "status", None), words)
    dates = Dates.of(desk.state, source, desk.ask_date, when, words, desk.text_of(source))
    fields = fields_of(apart, desk, dates, words)
    for name, moment in fields.pop("times", {}).items():
        held = getattr(fact.data.times, name)
        for part in ("edtf", "expression", "resolution", "anchor"):
            if moment.get(part) != getattr(held, part, None):
                yield f"/times/{name}/{part}", moment.get(part)
    yield from ((f"/{name}", value) for name, value in fields.items())
    yield from _quantity_changes(fact, options, quoted)
    yield from _chain_changes(fact, options, desk, desk.state.sources[source].publisher)


def _evidence_changes(fact: Fact, items: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    if len(items) != len(fact.data.evidence):
        if items:
            yield "/evidence", items
        return
    for index, (old, item) in enumerate(zip(fact.data.evidence, items, strict=True)):
        if item["role"] != "content" and item["role"] != old.role:
            yield f"/evidence/{index}/role", item["role"]
        if item["exact"] != old.exact:
            yield f"/evidence/{index}/exact", item["exact"]
        if "start" in item:
            yield f"/evidence/{index}/start", item["start"]


def _quantity_changes(fact: Fact, options: Options, quoted: list[str]) -> Iterator[tuple[str, Any]]:
    fields, held = one_quantity(options), fact.data.quantities
    if not fields:
        return
    if not held:
        yield "/quantities", [with_verbatim(fields, quoted)]
        return
    if len(held) > 1:
        listed = "; ".join(f"quantities.{n}: {one.measure}" for n, one in enumerate(held))
        raise click.UsageError(
            f"{fact.id} has {len(held)} quantities ({listed}): name the field, as in "
            "--set quantities.1.value=28"
        )
    if "verbatim" not in fields and (found := verbatim(fields, quoted)):
        fields["verbatim"] = found
    yield from ((f"/quantities/0/{name}", value) for name, value in fields.items())


def _chain_changes(
    fact: Fact, options: Options, desk: Desk, publisher: str
) -> Iterator[tuple[str, Any]]:
    """Changes of the speakers, and of the attribution, which ends with the source's `publisher`. Steps that
    stay keep what else is known of them."""
    from dateline.events.registry import to_fields

    speakers, relays = chain_of(options, desk)
    if not speakers and not relays and not options["act"] and not options["source"]:
        return
    held = [to_fields(step) for step in fact.data.attribution]
    if speakers and fact.kind == "statement":
        yield "/speakers", speakers
    origin = [step for step in held if step["role"] == "origin"]
    relay = [step for step in held if step["role"] == "relay"]
    rest = [step for step in held if step["role"] == "publisher"]
    if options["source"] and rest and rest[-1]["agent"] != publisher:
        rest[-1] = {"agent": publisher, "role": "publisher"}
    if speakers:
        known = origin[0] if len(origin) == 1 else {"role": "origin"}
        origin = [{**known, "agent": speakers[0]}]
    if relays:
        relay = [_known(relay, agent, "relay") for agent in relays]
    now = [*origin, *relay, *rest]
    if options["act"] and origin:
        now[0] = {**now[0], "act": options["act"]}
    if now != held:
        yield "/attribution", now


def _known(steps: list[dict[str, object]], agent: str, role: str) -> dict[str, object]:
    """The step of an agent as it was, or a new one."""
    same = (step for step in steps if step["agent"] == agent)
    return next(same, {"agent": agent, "role": role})
