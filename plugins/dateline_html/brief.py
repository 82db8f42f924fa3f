"""What all sections of a story's page share: names, links, and the wording for facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    chain_words,
    parse_edtf,
)
from dateline_html.anchors import Anchors
from dateline_html.links import Links
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
    the story's slug and a dot, which no slug contains, so that anchors do not clash. `links` says
    where its links lead. `most` is how many figures of a series are in its table; None for all.
    """

    most: int | None = None

    def __init__(
        self,
        story: StoryState,
        material: Material,
        level: int = 1,
        links: Callable[[Anchors], Links] = Links,
    ) -> None:
        self.story, self.material, self.level = story, material, level
        self.texts = Texts(material)
        self.pages = Pages(story, self.texts.get)
        opened = story.opened.languages if story.opened is not None else ()
        spoken = language(*opened)
        # The page's own words are English; the story's words name their language if it is another.
        self.language = None if spoken is None or spoken.lower().split("-")[0] == "en" else spoken
        self.documents = list(captured_documents(story))
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._support: dict[str, dict[str, Any]] | None = None
        self._reasons: dict[str, str | None] = {}
        #: The facts drawn from each source, hidden ones too, in the order of recording.
        self.drawn: dict[str, list[Fact]] = {}
        for fact in story.facts.values():
            self.drawn.setdefault(fact.source, []).append(fact)
        #: The number of the document of each source; facts may name a source that is not captured.
        self.sources = {
            source.id: number
            for number, document in enumerate(self.documents, 1)
            for source in document.sources
        }
        missing = [source for source in self.drawn if source not in self.sources]
        for number, source in enumerate(missing, len(self.documents) + 1):
            self.sources[source] = number
        self.anchors = Anchors(story, self.sources, "" if level == 1 else f"{story.slug}.")
        self.links = links(self.anchors)

    def current_rows(self, view: str) -> list[dict[str, Any]]:
        """The rows of a view without those of erased facts, which have a part of their own. They are
        kept: several parts read them."""
        if view not in self._rows:
            rows = self.material.table(view, self.story.slug).dicts()
            self._rows[view] = [row for row in rows if row["fact"] not in self.story.erased]
        return self._rows[view]

    def number(self, fact: str, at: str | None = None) -> Html:
        """The number of a fact, linked to it, unless it is that which is written `at` the link's own anchor."""
        href = self.links.fact(fact)
        if href == f"#{at}":
            return el("span", fact, class_="no")
        return el("a", fact, href=href, class_="no")

    def heading(self, depth: int, *content: str | None, **attributes: str) -> Html:
        return el(f"h{min(6, self.level + depth)}", *content, **attributes)

    def said(self, words: str) -> Html:
        """Words of the story, isolated from the page's own in direction and language."""
        return el("bdi", words, lang=self.language)

    def label(self, entity: str | None) -> Html:
        """The name of an entity, linked to the page about it if there is one."""
        return self._linked(entity, self.said(self.story.label(entity)))

    def labels(self, entities: Iterable[str]) -> Html | None:
        """Their names, in a row; None if there are none."""
        named = list(entities)
        if not any(self.page(one) for one in named):
            return self.said(", ".join(map(self.story.label, named))) if named else None
        return join(map(self.label, named), ", ")

    def chain(self, fact: Fact) -> Html:
        """Who says it, through whom: ``Vasily Golubev, quoted by TASS, in Reuters``."""
        # What chain_words adds to the names has no character that HTML escapes.
        words = chain_words(
            fact.data.attribution, lambda agent: self._linked(agent, text(fact.label(agent)))
        )
        return el("bdi", Html(words))

    def _linked(self, entity: str | None, words: Html) -> Html:
        href = self.page(entity)
        return words if href is None else el("a", words, href=href, class_="entity")

    def page(self, entity: str | None) -> str | None:
        """The address of the page about an entity, or of the one it was merged into; None if there is none."""
        found = self.story.id_of(entity)
        return None if found is None else self.links.entity(found)

    def by(self, entity: str | None) -> Html:
        """``by NORA``, or nothing."""
        return join([" by ", self.label(entity)]) if entity else Html()

    def when(self, edtf: str) -> Html:
        return moment(edtf, parse_edtf(edtf).words)

    def named(self, fact: Fact) -> Html:
        """A fact as other items refer to it: its number, its sentence and its badge."""
        href: str | None = self.links.fact(fact.id)
        if fact.hidden and href is not None and href.startswith("#"):
            href = None  # this page has no place for it
        number = text(fact.id) if href is None else el("a", fact.id, href=href)
        return join(
            [el("span", number, class_="no"), " ", self.said(fact.data.text), self.badge(fact)]
        )

    def where(self, fact: Fact) -> Html:
        """A link to the passage that a fact is drawn from: ``source 2``, ``source 3, p. 4``."""
        span, words = fact.span, f"source {self.sources[fact.source]}"
        pages = "" if span is None else self.pages.words(fact.source, span).removesuffix(", ")
        words = f"{words}, {pages}" if pages else words
        return el("a", words, href=self.links.passage(fact), class_="where")

    def badge(self, fact: Fact) -> Html:
        """The status of a fact, linked to the event that set it, and how it was recorded; empty if it was
        merely recorded by hand or imported."""
        return join([self._status(fact), _extracted(fact)])

    def _status(self, fact: Fact) -> Html:
        if fact.status == "recorded":
            return Html()
        if fact.id not in self._reasons:
            self._reasons[fact.id] = self._reason(fact)
        href, label = self._reasons[fact.id], f"badge {fact.status}"
        if href is None:
            return join([" ", el("span", fact.status, class_=label)])
        return join([" ", el("a", fact.status, href=href, class_=label)])

    def support(self, fact: Fact) -> Html | None:
        """How well a fact is supported, as a quiet badge: ``single source``; None if it is."""
        row = self._supported(fact.id)
        if row is None:
            return None
        words = "single source" if row["single_source"] else "uncorroborated"
        quiet = el("span", words, class_="badge quiet") if row["uncorroborated"] else None
        disputed = None
        if row["disputed"] and fact.status != "disputed":
            disputed = el("span", "disputed", class_="badge disputed")
        return join([disputed, quiet], " ") or None

    def ring(self, fact: str) -> str:
        """How drawings mark a fact: ``disputed``, ``corrected`` or not at all."""
        status, row = self.story.facts[fact].status, self._supported(fact)
        if status == "disputed" or (row is not None and row["disputed"]):
            return "disputed"
        return "corrected" if status == "corrected" else ""

    def _supported(self, fact: str) -> dict[str, Any] | None:
        """The row of the support view, if there is that view and the fact is shown."""
        if self._support is None:
            known = "support" in self.material.views()
            rows = self.current_rows("support") if known else []
            self._support = {row["fact"]: row for row in rows}
        return self._support.get(fact)

    def _reason(self, fact: Fact) -> str | None:
        if fact.status == "withdrawn":
            return self.links.source(fact.source)
        for event in reversed(fact.history):
            if isinstance(event.data, _WHY[fact.status]):
                return self.links.event(event.version)
        for link in self.story.linked(fact.id):
            if link.data.to != fact.id or link.data.relation != "disputes":
                continue
            disputing = self.story.facts.get(link.data.from_)
            if disputing is not None and not disputing.hidden:
                return self.links.event(link.event.version)
        return None


def _extracted(fact: Fact) -> Html:
    """A quiet badge for a fact that a tool proposed and a person accepted."""
    if fact.method != "extracted":
        return Html()
    who = f"{fact.recorded_by.proposal_words} by a person"
    return join([" ", el("span", "extracted", class_="badge quiet", title=who)])
