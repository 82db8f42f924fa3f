"""A source as its pages see it: its text, the facts that are drawn from it, and their marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dateline.plugin import (
    ContentErased,
    DatelineError,
    Document,
    Evidence,
    Fact,
    SourceCaptured,
    drawn,
    lost,
    versions,
)
from dateline_html.brief import Brief
from dateline_web.addresses import short
from dateline_web.asked import Asked
from dateline_web.marking import Mark, marks
from dateline_web.pages.story import brief
from dateline_web.problems import Problem


def source_of(asked: Asked) -> str:
    """The id of the source that the path names. Raises Problem: also to lead from a start of its hash, if only
    one source has it, to its page."""
    story, given = asked.seen.story, asked.places["id"]
    name = f"sha256:{short(given)}"
    if name in story.sources and short(given) == given:
        return name
    found = [one for one in story.sources if one.startswith(name)] if len(given) > 1 else []
    if len(found) == 1:
        path = asked.path.replace(f"/sources/{given}", f"/sources/{short(found[0])}", 1)
        kept = {key: values for key, values in asked.every.items() if key != "as_of"}
        to = asked.to.at(path, **kept)
        raise Problem(302, "this is the start of its id", headers=(("location", to),))
    if found:
        raise Problem(404, f"{len(found)} sources have ids that start so", "source-unknown")
    erased = _erased(asked)
    if erased:
        raise Problem(404, f"story {asked.slug} has no source with this id; {erased}", "source-unknown")  # fmt: skip
    by = f" by {asked.as_of}" if asked.as_of else ""
    raise Problem(404, f"story {asked.slug} has no source with this id{by}", "source-unknown")


def _erased(asked: Asked) -> str | None:
    """What is known of the sources of the story that were erased: no more than when and why."""
    why = [
        f"{one.data.reason} ({one.data.basis})"
        for one in asked.site.archive.events(asked.slug)
        if isinstance(one.data, ContentErased)
        and any(event.type == "source.captured" for event in one.data.events)
    ]
    return f"sources of it were erased: {'; '.join(dict.fromkeys(why))}" if why else None


def document(asked: Asked, source: str) -> Document | None:
    """The document of a source; None if it is not here, or is not in the charset that it is kept with."""
    found: Document | None = asked.seen.document(source)
    try:
        return None if found is None or found.text is None else found
    except DatelineError:
        return None


#: The roles of the words that a fact is drawn from; others help to read it.
MAIN = ("quote", "content")


@dataclass(frozen=True)
class Reading:
    """A source of a story, with its text and the facts that are drawn from it."""

    asked: Asked
    name: str
    brief: Brief

    @property
    def data(self) -> SourceCaptured:
        return self.brief.story.sources[self.name]

    @cached_property
    def text(self) -> str | None:
        """None if it is not here, or not text."""
        return self.brief.texts.get(self.name)

    @cached_property
    def facts(self) -> list[Fact]:
        return drawn(self.brief.story, self.name)

    @cached_property
    def marks(self) -> list[Mark]:
        return marks(
            Mark(one.start or 0, one.end or 0, (fact.id,), one.role in MAIN or one == fact.span)
            for fact, one in self._evidence()
        )

    def _evidence(self) -> Iterator[tuple[Fact, Evidence]]:
        """What the facts quote, if it is where they say."""
        words = self.text or ""
        for fact in self.facts:
            for one in fact.data.evidence:
                if one.start is not None and one.end is not None and words[one.start : one.end] == one.exact:  # fmt: skip
                    yield fact, one

    @cached_property
    def newest(self) -> str:
        """The newest text of its document."""
        listed = versions(self.brief.story, self.name)
        return listed[-1] if listed else self.name

    @cached_property
    def gone(self) -> list[Fact]:
        """The facts whose quotations the newest text of the document does not have."""
        words = None if self.newest == self.name else self.brief.texts.get(self.newest)
        return [] if words is None else [fact for fact in self.facts if lost(fact, words)]


def reading(asked: Asked) -> Reading:
    """The source that the path names. Raises Problem, UnknownName, SealedContent."""
    return Reading(asked, source_of(asked), brief(asked))
