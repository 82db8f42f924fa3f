"""A proposal in the form of ``record --edit``: a person changes it before it is accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.desk import Desk
from dateline.cli.doubting import doubting
from dateline.cli.entering import told
from dateline.cli.fact_kinds import KINDS, QUANTITY
from dateline.cli.fact_line import line_of
from dateline.cli.form import FIELDS, SEVERAL, edited
from dateline.errors import DatelineError
from dateline.events.quoting import find

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proposals.queue import Proposal
    from dateline.recording.recorder import Recorded

#: Fields that the form does not have; they stay as they were proposed.
_KEPT = ("factuality", "about", "framing", "channel", "derived_from", "mode")
#: Fields of the form that are fields of a fact under the same name.
_SAME = (
    "text", "source", "act", "quote", "condition", "effect", "action", "status", "relation", "title",
    "as_of", "cumulative", "note",
)  # fmt: skip
_ENTITIES = ("subject", "object", "person", "organization", "appointed_by")


def accept_edited(archive: Archive, proposal: Proposal, by: str) -> Recorded | None:
    """Open the form of a proposal until its fact can be recorded; None if it is left unchanged.

    Raises DatelineError for a kind of fact that has no form.
    """
    kind = str(proposal.fields["type"]).partition(".")[0]
    if kind not in KINDS:
        raise DatelineError(
            f"there is no form for {proposal.fields['type']}",
            hint="accept it as it is, and correct the fact",
            code="form-missing",
        )
    [slug] = (row.slug for row in archive.stories() if row.id == proposal.story)
    desk = Desk.of(archive, slug)
    text = desk.text_of(proposal.source)
    options = options_of(proposal.fields, proposal.new, text)
    wrong: click.UsageError | DatelineError | None = None
    before: dict[str, Any] | None = None
    while True:
        found = edited(kind, options, told(wrong), text)
        if found is None:
            if wrong is not None:
                raise wrong
            return None
        kind, now = found
        options.update(now)
        try:
            fields = _with_rest(line_of(kind, options, desk), proposal.fields)
            new = list(desk.entities.new.values())
            return archive.accept(
                proposal.name, by=by, fields=fields, new=new, doubts=doubting(False)
            )
        except (click.UsageError, DatelineError) as error:
            if now == before:  # an editor without a person
                raise
            before, wrong = now, error


def options_of(fields: Mapping[str, Any], new: Sequence[str], text: str) -> dict[str, Any]:
    """The fields of a fact as the options of ``record``. `text` is that of its source."""
    labels = dict(one.split("=", 1) for one in new)

    def named(entity: str, role: str = "") -> str:
        suffix = f":{role}" if role else ""
        return f"{entity}{suffix}={labels[entity]}" if entity in labels else f"{entity}{suffix}"

    options: dict[str, Any] = {name: () if name in SEVERAL else None for name in FIELDS}
    options |= {**dict.fromkeys(QUANTITY), "fields": (), "fact": None}
    options |= {name: fields[name] for name in _SAME if name in fields}
    options |= {name: named(fields[name]) for name in _ENTITIES if fields.get(name)}
    chain = fields.get("attribution", ())
    origins = [step["agent"] for step in chain if step["role"] == "origin"]
    options["speakers"] = tuple(map(named, fields.get("speakers", origins)))
    options["via"] = tuple(named(step["agent"]) for step in chain if step["role"] == "relay")
    options["addressees"] = tuple(map(named, fields.get("addressees", ())))
    options["actors"] = tuple(named(one["agent"], one["role"]) for one in fields.get("actors", ()))
    options["places"] = tuple(named(one["place"], one["role"]) for one in fields.get("places", ()))
    options["exact"] = tuple(_words(one, text) for one in fields["evidence"])
    options["quantities"] = tuple(map(_keyed, fields.get("quantities", ())))
    options |= {name: fields.get("times", {}).get(name) for name in ("said", "valid")}
    return options


def _words(item: Mapping[str, Any], text: str) -> dict[str, Any]:
    """An evidence item for the form, with its start only if the words occur more than once."""
    found = {"role": item["role"], "exact": item["exact"]}
    if len(find(item["exact"], text)) != 1:
        found["start"] = item["start"]
    return found


def _keyed(quantity: Mapping[str, Any]) -> str:
    plain = ("measure", "unit", "verbatim")
    pairs = ((key, one if key in plain else json.dumps(one)) for key, one in quantity.items())
    return ",".join(f"{key}={one}" for key, one in pairs)


def _with_rest(line: dict[str, Any], proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The line of the form, with what was proposed and the form does not show."""
    kept = {name: proposed[name] for name in _KEPT if name in proposed}
    if line["type"] != proposed["type"] or line.get("quote") != proposed.get("quote"):
        kept.pop("mode", None)
    before, after = proposed.get("attribution", ()), line["attribution"]
    if [step["agent"] for step in before] == [step["agent"] for step in after]:
        line = {**line, "attribution": before}
    if line["type"] != proposed["type"]:
        kept = {name: value for name, value in kept.items() if name not in ("framing", "channel")}
    return {**kept, **line}
