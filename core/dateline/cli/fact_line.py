"""A fact from options: the line that records it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.desk import Desk
from dateline.cli.fact_dates import Dates
from dateline.cli.fact_kinds import (
    QUANTITY,
    Incomplete,
    missing,
    require_all,
    require_kind,
    tenses,
)
from dateline.cli.fields import evidence_item, parse_value
from dateline.cli.figures import quantity, say_figure, verbatim, without_measure
from dateline.cli.terminal.messages import say

if TYPE_CHECKING:
    from dateline.errors import DatelineError

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
_DOTS = re.compile(r"\s*(?:\[(?:\.{3}|…)\]|\((?:\.{3}|…)\)|\.{3}|…)\s*")
#: Places of a quotation that are listed, with so many characters around them.
_LISTED, _CONTEXT = 5, 24
_WORDS = ("act", "condition", "action", "status", "relation", "title", "effect", "note")


def line_of(kind: str, options: Options, desk: Desk) -> dict[str, Any]:
    """The line that records a fact; `desk.entities` then has the entities that it introduces.

    Raises Incomplete, UsageError for options of another kind, and DatelineError.
    """
    require_kind(kind, options)
    exact = options["exact"] or ((f"quote:{options['quote']}",) if options["quote"] else ())
    given = [item if isinstance(item, dict) else evidence_item(item) for item in exact]
    if given and list(missing(kind, options)) == ["measure"]:
        raise without_measure("--measure", "", "", [item["exact"] for item in given])
    require_all(kind, options)
    source = source_of(options["source"], [item["exact"] for item in given], desk)
    desk.entities.text = desk.text_of(source)
    evidence = [whole(item, desk.text_of(source), at) for at, item in enumerate(given)]
    quotations = [item["exact"] for item in evidence]
    when = tenses(kind, options["status"], quotations)
    dates = Dates.of(desk.state, source, desk.ask_date, when, quotations, desk.text_of(source))
    fields = fields_of(options, desk, dates, quotations)
    speakers, relays = chain_of(options, desk)
    if "text" not in fields:
        fields["text"] = own_words(evidence[0], desk.text_of(source))
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
        fields["as_of"] = dates.edtf(options["as_of"], "as_of")
    if options["cumulative"] is not None:
        fields["cumulative"] = options["cumulative"]
    counted = quantities_of(options, list(quotations), dates.languages)
    if counted:
        fields["quantities"] = counted
    return fields


def quantities_of(
    options: Options, quotations: list[str], languages: Sequence[str]
) -> list[dict[str, Any]]:
    """The quantities that options give, with their words from the quotations. Raises Incomplete."""
    unit = options["unit"] or ""
    counted = [quantity(text, quotations, languages, unit) for text in options["quantities"]]
    single = one_quantity(options)
    if single.keys() <= {"measure", "unit"} and "measure" in single and not counted:
        single = quantity(single["measure"], quotations, languages, unit) | single  # only --measure
    if single and len(counted) == 1 and "measure" not in single:
        counted[0] |= single  # --quantity "143 people" --unit person
    elif single:
        counted.append(single)
    found = [with_verbatim(fields, quotations, languages) for fields in counted]
    for text, given, fields in zip(options["quantities"], counted, found, strict=False):
        if "=" not in text and "verbatim" not in given:
            say_figure(fields)
    return found


def time(given: str | dict[str, Any], name: str, dates: Dates) -> dict[str, Any]:
    return given if isinstance(given, dict) else dates.time(given, name)


def one_quantity(options: Options) -> dict[str, Any]:
    """The fields of the quantity that has options of its own."""
    return {name: options[name] for name in QUANTITY if options[name] is not None}


def with_verbatim(
    fields: dict[str, Any], quotations: list[str], languages: Sequence[str] = ()
) -> dict[str, Any]:
    """The quantity with its words from the quotations, if it has none. Raises Incomplete."""
    if "verbatim" in fields:
        return fields
    found = verbatim(fields, quotations, languages)
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
    """The id of the source that is named, or of the only one, or of the one that has the quotations. A
    source is named by the start of its hash, by its publisher or title, or ``.``, the last that was
    captured. Raises UnknownName."""
    from dateline.cli.command_line import retyped
    from dateline.events.acts import short
    from dateline.recording.lookup import choose_source, find_source, quotable, sources_called

    def command(source: str) -> str:
        return retyped("--source", given or "", short(source))

    sources = quotable(desk.state)
    if given is None and (old := _superseded(quotations, sources, desk)):
        what = "has these words only in a superseded reading; quote the newest, or name the old one"
        raise choose_source(desk.state, old, what, command=command)
    called = sources_called(desk.state, given) if given is not None else []
    if len(called) == 1:
        return _said(called[0], desk)
    if not called and (given is not None or len(sources) < 2):
        return find_source(desk.state, given, command)
    sources = called or sources
    found: list[str] = []
    for has in (_has, _nearly_has):
        found = found or [one for one in sources if _all_in(quotations, desk.text_of(one), has)]
    if not found:
        raise _no_source(quotations, desk)
    versions = _by_document(found, desk)
    newest = [some[-1] for some in versions]
    if len(newest) == 1:
        return _said(newest[0], desk, versions=len(versions[0]))
    what = "has these words in several documents; choose one"
    raise choose_source(desk.state, newest, what, command=command)


def _by_document(sources: Iterable[str], desk: Desk) -> list[list[str]]:
    """Sources in the order of capture, with the versions of one document together."""
    from dateline.events.counting import documents

    document_of = documents(desk.state.sources, desk.state.entity_id)
    found: dict[str, list[str]] = {}
    for one in sources:
        found.setdefault(document_of[one], []).append(one)
    return list(found.values())


def _said(source: str, desk: Desk, versions: int = 1) -> str:
    from dateline.recording.lookup import described

    newest = f", the newest of {versions} versions with these words" if versions > 1 else ""
    say(f"Source: {described(desk.state, source)}{newest}")
    return source


def _no_source(quotations: Iterable[str], desk: Desk) -> DatelineError:
    """The error about words that no source has."""
    from dateline.errors import UnknownName
    from dateline.events.acts import short
    from dateline.recording.lookup import quotable

    listed = ", ".join(repr(one) for one in quotations)
    [*_, last] = quotable(desk.state)
    return UnknownName(
        f"story {desk.state.slug} has no source with these words: {listed}",
        hint="if they are your own, add those of a source after them; "
        f"`dateline show {desk.state.slug} {short(last)}` prints the last one that was captured",
        code="source-unknown",
    )


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
    return words in text or bool(_passages(words, text))


def _reads(words: str, text: str) -> bool:
    from dateline.events.quoting import find

    return _has(words, text) or bool(find(words, text))


def _nearly_has(words: str, text: str) -> bool:
    from dateline.events.near import near

    return near(words, text) is not None


def whole(item: dict[str, Any], text: str, at: int = 0) -> dict[str, Any]:
    """An evidence item with all of its words, where they were typed as ``first ... last``; they are said.
    Raises Incomplete if that can be several passages and no start is given, and Refused if the words, those
    of item number `at`, are not in the text, or have several places."""
    exact = item["exact"]
    found = [one for one in _passages(exact, text) if one[0] == item.get("start", one[0])]
    if not found:
        if "start" not in item:
            _require_one_place(exact, text, f"/evidence/{at}/exact")
        return item
    if len(found) > 1:
        commands = "\n  ".join(_commands(exact, found, text))
        raise Incomplete(
            f"{exact!r} can be {len(found)} passages of the source:\n  {commands}", "exact"
        )
    [(start, end)] = found
    say(f"quotation: {' '.join(text[start:end].split())}")
    return {**item, "exact": text[start:end], "start": start}


def _require_one_place(exact: str, text: str, field: str) -> None:
    """Raises Refused, with commands, if words have no place in a text but a similar one, or several."""
    from dateline.cli.command_line import retyped
    from dateline.errors import Finding, Refused
    from dateline.events.near import near
    from dateline.events.quoting import find

    found = find(exact, text)
    if len(found) > 1:
        what = f"{exact!r} occurs {len(found)} times in the source"
        hint = "\n  ".join(("choose one:", *_commands(exact, found, text)))
        raise Refused([Finding("evidence-ambiguous", field, what)], hint=hint)
    if not found and (nearest := near(exact, text)) is not None:
        own = " ".join(text[slice(*nearest)].split())
        what = f"{exact!r} is not in the source, which has {own!r}"
        hint = f"to quote that:\n  {retyped('--exact', exact, own)}"
        raise Refused([Finding("evidence-missing", field, what)], hint=hint)


def _commands(exact: str, found: list[tuple[int, int]], text: str) -> Iterator[str]:
    """Lines with the command for each of the first places of words in a text."""
    from dateline.cli.command_line import retyped

    for start, end in found[:_LISTED]:
        before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
        words = text[start:end]
        if len(words) > 3 * _CONTEXT:
            words = f"{words[:_CONTEXT]} ... {words[-_CONTEXT:]}"
        yield f"at {start}-{end}, {end - start} characters: …{' '.join(f'{before}[{words}]{after}'.split())}…"
        yield f"  {retyped('--exact', exact, f'{exact}@{start}')}"
    if len(found) > _LISTED:
        yield f"and {len(found) - _LISTED} more places"


def _passages(words: str, text: str) -> list[tuple[int, int]]:
    """Where ``first ... last`` is in `text`, from each place of the first words to the next last
    ones. None without an ellipsis, or if the source has it itself."""
    from dateline.events.quoting import find

    first, *more = _DOTS.split(words)
    if not (first and more and all(more)) or find(words, text):
        return []
    found: list[tuple[int, int]] = []
    for start, end in find(first, text):
        for part in more:
            end = next((last for begin, last in find(part, text) if begin >= end), 0)
            if not end:
                return found
        found.append((start, end))
    return found


def own_words(item: dict[str, Any], text: str) -> str:
    """The words of the source that an evidence item quotes, to stand for the fact. They are said."""
    from dateline.events.quoting import find

    spans = find(item["exact"], text)
    start, end = next((one for one in spans if one[0] == item.get("start", one[0])), (0, 0))
    found = " ".join((text[start:end] or item["exact"]).split())
    say(f"text: {found}")
    return found


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
