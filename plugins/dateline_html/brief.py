"""What all sections of a story's page share: names, anchors, and the wording for facts."""

from __future__ import annotations

from typing import Any

from dateline.plugin import (
    Fact,
    FactCorrected,
    FactDisputed,
    FactRetracted,
    FactReviewed,
    Material,
    Pages,
    StoryState,
    captured_documents,
    parse_edtf,
)
from dateline_html.markup import Html, el, join, language, moment, text
from dateline_html.quoting import Texts

_WHY: dict[str, type[Any]] = {
    "corrected": FactCorrected,
    "updated": FactCorrected,
    "retracted": FactRetracted,
    "rejected": FactReviewed,
    "disputed": FactDisputed,
}


class Brief:
    """One story while it is written to the page.

    `level` is the level of its own heading. On a page of several stories each anchor starts with
    the story's slug and a dot, which no slug contains, so that anchors do not clash.
    """

    def __init__(self, story: StoryState, material: Material, level: int = 1) -> None:
        self.story, self.material, self.level = story, material, level
        self.texts = Texts(material)
        self.pages = Pages(story, self.texts.get)
        self._prefix = "" if level == 1 else f"{story.slug}."
        opened = story.opened.languages if story.opened is not None else ()
        spoken = language(*opened)
        # The page's own words are English; the story's words name their language if it is another.
        self._language = None if spoken is None or spoken.lower().split("-")[0] == "en" else spoken
        self.documents = list(captured_documents(story))
        self._support: dict[str, dict[str, Any]] | None = None
        self._texts: dict[str, str] | None = None
        self._reasons: dict[str, str | None] = {}
        #: The number of the document of each source; facts may name a source that is not captured.
        self.sources = {
            source.id: number
            for number, document in enumerate(self.documents, 1)
            for source in document.sources
        }
        missing = (fact.source for fact in story.facts.values() if fact.source not in self.sources)
        for number, source in enumerate(dict.fromkeys(missing), len(self.documents) + 1):
            self.sources[source] = number

    def id(self, name: str) -> str:
        return self._prefix + name

    def current_rows(self, view: str) -> list[dict[str, Any]]:
        """The rows of a view without those of erased facts, which have a part of their own."""
        rows = self.material.table(view, self.story.slug).dicts()
        return [row for row in rows if row["fact"] not in self.story.erased]

    def link(self, name: str, *content: str | None, **attributes: str) -> Html:
        """A link to a place on this page."""
        return el("a", *content, href=f"#{self.id(name)}", **attributes)

    def heading(self, depth: int, *content: str | None, **attributes: str) -> Html:
        return el(f"h{min(6, self.level + depth)}", *content, **attributes)

    def said(self, words: str) -> Html:
        """Words of the story, isolated from the page's own in direction and language."""
        return el("bdi", words, lang=self._language)

    def label(self, entity: str | None) -> Html:
        return self.said(self.story.label(entity))

    def by(self, entity: str | None) -> Html:
        """``by NORA``, or nothing."""
        return join([" by ", self.label(entity)]) if entity else Html()

    def when(self, edtf: str) -> Html:
        return moment(edtf, parse_edtf(edtf).words)

    def named(self, fact: Fact) -> Html:
        """A fact as other items refer to it: its number, its sentence and its badge."""
        number = text(fact.id) if fact.hidden else self.link(fact.id, fact.id)
        return join(
            [el("span", number, class_="no"), " ", self.said(fact.data.text), self.badge(fact)]
        )

    def where(self, fact: Fact) -> Html:
        """A link to the passage that a fact is drawn from: ``source 2, 529–563``."""
        span = fact.span
        source = f"source {self.sources[fact.source]}"
        if span is None or span.start is None:
            return self.link(self.passage(fact), source, class_="where")
        characters = el("span", "characters ", class_="unseen")
        pages = self.pages.words(fact.source, span)
        place = join(
            [
                f"{source}, {pages}",
                characters,
                el("span", f"{span.start}–{span.end}", class_="span"),
            ]
        )
        return self.link(self.passage(fact), place, class_="where")

    def passage(self, fact: Fact) -> str:
        """The anchor of that passage; facts drawn from the same words share it."""
        span = fact.span
        place = fact.id if span is None or span.start is None else f"{span.start}-{span.end}"
        return f"s{self.sources[fact.source]}.{self._text(fact.source)}{place}"

    def _text(self, source: str) -> str:
        """What tells the texts of one document apart in anchors: nothing if facts quote only one."""
        if self._texts is None:
            self._texts, seen = {}, dict[int, dict[str, str]]()
            for fact in self.story.facts.values():
                texts = seen.setdefault(self.sources[fact.source], {})
                text = fact.source.partition(".")[0]
                part = f"{len(texts) + 1}." if texts else ""
                self._texts[fact.source] = texts.setdefault(text, part)
        return self._texts.get(source, "")

    def badge(self, fact: Fact) -> Html:
        """The status of a fact, linked to the event that set it; empty if it is merely recorded."""
        if fact.status == "recorded":
            return Html()
        if fact.id not in self._reasons:
            self._reasons[fact.id] = self._reason(fact)
        anchor, label = self._reasons[fact.id], f"badge {fact.status}"
        if anchor is None:
            return join([" ", el("span", fact.status, class_=label)])
        return join([" ", self.link(anchor, fact.status, class_=label)])

    def support(self, fact: Fact) -> Html | None:
        """How well a fact is supported, as a quiet badge: ``single source``; None if it is."""
        if self._support is None:
            known = "support" in self.material.views()
            rows = self.current_rows("support") if known else []
            self._support = {row["fact"]: row for row in rows}
        row = self._support.get(fact.id)
        if row is None:
            return None
        words = "single source" if row["single_source"] else "uncorroborated"
        quiet = el("span", words, class_="badge quiet") if row["uncorroborated"] else None
        disputed = None
        if row["disputed"] and fact.status != "disputed":
            disputed = el("span", "disputed", class_="badge disputed")
        return join([disputed, quiet], " ") or None

    def _reason(self, fact: Fact) -> str | None:
        if fact.status == "withdrawn":
            return f"s{self.sources[fact.source]}"
        for event in reversed(fact.history):
            if isinstance(event.data, _WHY[fact.status]):
                return f"v{event.version}"
        for link in self.story.linked(fact.id):
            if link.data.to != fact.id or link.data.relation != "disputes":
                continue
            disputing = self.story.facts.get(link.data.from_)
            if disputing is not None and not disputing.hidden:
                return f"v{link.event.version}"
        return None
