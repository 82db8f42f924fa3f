"""What the page rests on, for those who check it: each source's hash, and where each fact is written."""

from __future__ import annotations

from dateline.plugin import Fact, SourceCaptured
from dateline_html.brief import Brief
from dateline_html.figures import table
from dateline_html.markup import Html, el, join, text
from dateline_html.part import Part
from dateline_html.sources import grouped

_SPANS = (
    "Where each fact is written: the characters (Unicode code points) of the source’s text, "
    "counted from 0, the end left out."
)
_HEAD = ("Source", "SHA-256", "Kept as", "Characters of each fact")


def record(brief: Brief) -> Part | None:
    found = list(grouped(brief))
    rows = (_cells(brief, names, newest) for names, newest, _ in found)
    body = table(_SPANS, _HEAD, rows, name="record")
    return Part("record", "For the record", len(found), body) if found else None


def _cells(brief: Brief, names: list[str], source: SourceCaptured | None) -> list[Html]:
    digests = dict.fromkeys(name.removeprefix("sha256:").partition(".")[0] for name in names)
    facts = [fact for name in names for fact in brief.drawn.get(name, ())]
    return [
        el("a", f"source {brief.sources[names[0]]}", href=brief.links.source(names[0])),
        join((el("code", digest) for digest in digests), " "),
        text("not captured" if source is None else _kept(source)),
        join((_place(brief, fact) for fact in facts), ", ") or text("–"),
    ]


def _kept(source: SourceCaptured) -> str:
    chars = f"{source.chars:,} characters" if source.chars is not None else None
    return ", ".join(filter(None, (source.media_type, source.language, chars, source.url)))


def _place(brief: Brief, fact: Fact) -> Html:
    span = fact.span
    number = el("a", fact.id, href=brief.links.passage(fact))
    if span is None or span.start is None:
        return number
    return join([number, el("span", f" {span.start}–{span.end}", class_="span")])
