"""Who said what: each quotation in its context, with its attribution and its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dateline.plugin import Fact
from dateline_html.brief import Brief
from dateline_html.markup import Html, el, end, join, language, moment, start
from dateline_html.part import Part, meta
from dateline_html.quoting import passages, quoted


def statements(brief: Brief) -> Part | None:
    rows = brief.current_rows("statements")
    return Part("statements", "Who said what", len(rows), _speakers(brief, rows)) if rows else None


def _speakers(brief: Brief, rows: list[dict[str, Any]]) -> Iterator[Html]:
    speakers: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        speakers.setdefault(row["speaker"], []).append(row)
    for said in speakers.values():
        fact = brief.story.facts[said[0]["fact"]]
        yield start("div", class_="group")
        yield brief.heading(2, brief.labels(fact.data.speakers))
        if len(said) > 1 and (paths := _paths(brief, said)):
            yield el("p", "Quoted ", paths, ".", class_="say")
        yield start("ul")
        for row in said:
            yield _statement(brief, row)
        yield join([end("ul"), end("div")])


def _paths(brief: Brief, rows: list[dict[str, Any]]) -> Html:
    """Through whom these statements reached print: ``directly in The Wire (3), through NORA in The Bee``."""
    facts = [brief.story.facts[row["fact"]] for row in rows]
    paths = Counter(tuple(step.agent for step in fact.data.attribution[1:]) for fact in facts)
    return join(
        (_path(brief, agents, many) for agents, many in paths.most_common() if agents), "; "
    )


def _path(brief: Brief, agents: tuple[str, ...], many: int) -> Html:
    *relays, publisher = agents
    way = join(["through ", join(map(brief.label, relays), " and ")]) if relays else "directly"
    return join([way, " in ", brief.label(publisher), f" ({many})" if many > 1 else None])


def _statement(brief: Brief, row: dict[str, Any]) -> Html:
    fact = brief.story.facts[row["fact"]]
    addressees = brief.labels(fact.data.addressees)
    return el(
        "li",
        el("p", brief.said(fact.data.text), brief.badge(fact)),
        meta(
            moment(row["said"], row["when"]),
            join(["to ", addressees]) if addressees else None,
            brief.said(row["channel"]) if row["channel"] else None,
            join(["condition: ", brief.said(row["condition"])]) if row["condition"] else None,
            join(["framed as: ", brief.said(row["framing"])]) if row["framing"] else None,
        ),
        quotation(brief, fact),
    )


def quotation(brief: Brief, fact: Fact) -> Html:
    """The words of the source, with those of the statement marked."""
    document = fact.document
    blocks = [
        el(
            "blockquote",
            el("p", words),
            cite=brief.links.passage(fact),
            dir="auto",
            lang=language(document.language) if document is not None else None,
        )
        for _, words in passages(quoted(fact), brief.texts.get(fact.source))
    ]
    number = brief.number(fact.id)
    caption = meta(brief.chain(fact), number, brief.where(fact))
    return el("figure", *blocks, el("figcaption", caption))
