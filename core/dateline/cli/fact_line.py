"""A fact from options: the line that records it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from dateline.cli.desk import Desk
from dateline.cli.fact_dates import Dates
from dateline.cli.fact_kinds import QUANTITY, Incomplete, require_all, require_kind
from dateline.cli.fields import evidence_item, parse_value
from dateline.cli.figures import quantity, verbatim
from dateline.cli.terminal.messages import say

Options = Mapping[str, Any]
_AGENTS = ("person", "group", "organization")
_BODIES = ("organization", "group", "person")
_ANY = ("person", "organization", "place", "group")
#: The fields of one entity, with the kinds that each usually names.
_ENTITY = {
    "person": ("person",), "organization": _BODIES, "appointed_by": _AGENTS,
    "subject": _ANY, "object": _ANY,
}  # fmt: skip
#: What stands for the words between the first and the last ones of a quotation.
_DOTS = " ... "
_WORDS = ("act", "condition", "action", "status", "relation", "title", "effect", "note")


def line_of(kind: str, options: Options, desk: Desk) -> dict[str, Any]:
    """The line that records a fact; `desk.entities` then has the entities that it introduces.

    Raises Incomplete, UsageError for options of another kind, and DatelineError.
    """
    require_kind(kind, options)
    require_all(kind, options)
    exact = options["exact"] or (f"quote:{options['quote']}",)
    given = [item if isinstance(item, dict) else evidence_item(item) for item in exact]
    source = source_of(options["source"], [item["exact"] for item in given], desk)
    evidence = [whole(item, desk.text_of(source)) for item in given]
    dates = Dates.of(desk.state, source, desk.ask_date)
    fields = fields_of(options, desk, dates, [item["exact"] for item in evidence])
    speakers, relays = chain_of(options, desk)
    if kind == "statement":
        fields["speakers"] = speakers
        if fields.get("quote") and fields["quote"] not in [item["exact"] for item in evidence]:
            evidence.append({"role": "quote", "exact": fields["quote"]})
    publisher = {"agent": desk.state.sources[source].publisher, "role": "publisher"}
    line = {
        "type": f"{kind}.recorded",
        "source": source,
        "evidence": evidence,
        "attribution": [*steps(speakers[:1], relays, options.get("act")), publisher],
        **fields,
    }
    if options["fact"]:
        line["fact"] = options["fact"]
    _set(line, options, desk)
    return line


def fields_of(
    options: Options, desk: Desk, dates: Dates, quotations: Iterable[str]
) -> dict[str, Any]:
    """The fields that options give, without the evidence, the speakers and their chain."""
    entities = desk.entities
    fields: dict[str, Any] = {name: options[name] for name in _WORDS if options[name]}
    if options["text"]:
        fields["text"] = options["text"]
    if options["addressees"]:
        fields["addressees"] = [entities.id(one, "--to", _AGENTS) for one in options["addressees"]]
    if options["quote"]:
        fields |= {"quote": options["quote"], "mode": "direct"}
    for name, kinds in _ENTITY.items():
        if options[name]:
            fields[name] = entities.id(options[name], f"--{name.replace('_', '-')}", kinds)
    if options["actors"]:
        found = (entities.with_role(one, "--actor", "agent", _AGENTS) for one in options["actors"])
        fields["actors"] = [{"agent": agent, "role": role} for agent, role in found]
    if options["places"]:
        at = (
            entities.with_role(one, "--place", "location", ("place",)) for one in options["places"]
        )
        fields["places"] = [{"place": place, "role": role} for place, role in at]
    times = {name: time(options[name], name, dates) for name in ("said", "valid") if options[name]}
    if times:
        fields["times"] = times
    if options["as_of"]:
        fields["as_of"] = dates.edtf(options["as_of"], "--as-of")
    if options["cumulative"] is not None:
        fields["cumulative"] = options["cumulative"]
    counted = [quantity(text) for text in options["quantities"]]
    single = one_quantity(options)
    if single and len(counted) == 1 and "measure" not in single:
        counted[0] |= single  # --quantity "143 people" --unit person
    elif single:
        counted.append(single)
    if counted:
        quoted = list(quotations)
        fields["quantities"] = [with_verbatim(fields, quoted) for fields in counted]
    return fields


def time(given: str | dict[str, Any], name: str, dates: Dates) -> dict[str, Any]:
    return given if isinstance(given, dict) else dates.time(given, f"--{name}")


def one_quantity(options: Options) -> dict[str, Any]:
    """The fields of the quantity that has options of its own."""
    return {name: options[name] for name in QUANTITY if options[name] is not None}


def with_verbatim(fields: dict[str, Any], quotations: list[str]) -> dict[str, Any]:
    """The quantity with its words from the quotations, if it has none. Raises Incomplete."""
    if "verbatim" in fields:
        return fields
    found = verbatim(fields, quotations)
    if found is None:
        raise Incomplete(
            "the quotation does not have the number: give --verbatim, the figure as the source writes it",
            "verbatim",
        )
    return {**fields, "verbatim": found}


def chain_of(options: Options, desk: Desk) -> tuple[list[str], list[str]]:
    """The speakers and the relays: of ``--speaker "A > B"``, A speaks and B relays."""
    speakers, relays = [], []
    for text in options["speakers"]:
        first, *more = (part.strip() for part in re.split("[>›]", text))
        speakers.append(desk.entities.id(first, "--speaker", _AGENTS))
        relays += [desk.entities.id(one, "--via", _BODIES) for one in more]
    relays += [desk.entities.id(one, "--via", _BODIES) for one in options["via"]]
    return speakers, relays


def steps(origin: Iterable[str], relays: Iterable[str], act: str | None) -> list[dict[str, Any]]:
    """The steps of an attribution before the publisher."""
    found = [{"agent": agent, "role": "origin"} for agent in origin]
    found += [{"agent": agent, "role": "relay"} for agent in relays]
    if act and found:
        found[0]["act"] = act
    return found


def source_of(given: str | None, quotations: list[str], desk: Desk) -> str:
    """The id of the source that is named, or of the only one, or of the one that has the quotations.
    Raises UnknownName."""
    from dateline.recording.lookup import choose_source, described, find_source, quotable

    sources = quotable(desk.state)
    if given is None and (old := _superseded(quotations, sources, desk)):
        what = "has these words only in a superseded reading; quote the newest, or name the old one"
        raise choose_source(desk.state, old, what)
    if given is not None or len(sources) < 2:
        return find_source(desk.state, given)
    found: list[str] = []
    for has in (_has, _nearly_has):
        found = found or [one for one in sources if _all_in(quotations, desk.text_of(one), has)]
    if len(found) == 1:
        say(f"Source: {described(desk.state, found[0])}")
        return found[0]
    if found:
        raise choose_source(desk.state, found, "has several sources with these words; choose one")
    raise choose_source(desk.state, sources, "has no source with these words; choose one")


def _superseded(quotations: list[str], sources: list[str], desk: Desk) -> list[str]:
    """The superseded readings that have the quotations, if none of the `sources` has."""
    from dateline.events.readings import superseded

    old = superseded(desk.state.sources)
    if not old or any(_all_in(quotations, desk.text_of(one), _reads) for one in sources):
        return []
    return [one for one in old if _all_in(quotations, desk.text_of(one), _reads)]


def _all_in(quotations: list[str], text: str, has: Callable[[str, str], bool]) -> bool:
    return all(has(words, text) for words in quotations)


def _has(words: str, text: str) -> bool:
    first, dots, last = words.partition(_DOTS)
    start = text.find(first) if dots else -1
    return words in text or (start >= 0 and text.find(last, start + len(first)) >= 0)


def _reads(words: str, text: str) -> bool:
    from dateline.events.quoting import find

    return _has(words, text) or bool(find(words, text))


def _nearly_has(words: str, text: str) -> bool:
    from dateline.events.near import near

    return near(words, text) is not None


def whole(item: dict[str, Any], text: str) -> dict[str, Any]:
    """An evidence item with all of its words, where they were typed as ``first ... last``. Raises
    Incomplete if the first words occur more than once and no start is given."""
    first, dots, last = item["exact"].partition(_DOTS)
    start = item.get("start", text.find(first))
    end = text.find(last, start + len(first))
    if not (dots and first and last) or start < 0 or end < 0 or item["exact"] in text:
        return item
    if "start" not in item and text.find(first, start + 1) >= 0:
        times = text.count(first)
        raise Incomplete(
            f"{first!r} occurs {times} times in the source: begin the quotation with more words",
            "exact",
        )
    return {**item, "exact": text[start : end + len(last)]}


def _set(line: dict[str, Any], options: Options, desk: Desk) -> None:
    """Apply ``--set FIELD=VALUE``. Raises UsageError."""
    from dateline.editing import pointer_of
    from dateline.events import pointer

    for text in options["fields"]:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--set {text!r} is not FIELD=VALUE")
        kinds = _ENTITY.get(name)
        now = parse_value(value) if kinds is None else desk.entities.id(value, f"--{name}", kinds)
        pointer.put(line, pointer_of(name), now)
