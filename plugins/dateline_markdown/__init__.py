"""Markdown: a brief for editors. A footnote to each sentence gives its place in a source."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from dateline.plugin import (
    Cut,
    Exporter,
    Fact,
    Material,
    Pages,
    StatedCut,
    StoryState,
    captured_documents,
    counts,
    hookimpl,
    markdown,
    parse_edtf,
)
from dateline_markdown.editorial import amended, corrected, disputed, erased, related
from dateline_markdown.notes import Notes

#: How `_head` states a story and the cut.
_STATED = re.compile(
    r"^Story `([a-z0-9-]+)`.*Archive `([0-9a-f-]{36})` at position (\d+), root `([0-9a-f]{64})`"
    r"(?:, as of (.*))?\.$",
    re.MULTILINE,
)


class Markdown(Exporter):
    """A brief: what is known by day, who said what, figures, disputes, corrections and sources.

    It has no raw HTML, no image and no external link, so text from a source cannot act.
    """

    name, suffix, media_type = "markdown", ".md", "text/markdown"

    def export(self, material: Material) -> Iterator[str]:
        stories = 0
        for story in material.stories():
            stories += 1
            pages = Pages(story, partial(_text, material))
            notes = Notes(story, pages, f"{story.slug}-" if len(material.slugs) > 1 else "")
            yield from _head(story, material)
            yield from _known(story, material, notes)
            yield from _said(story, material, notes)
            yield from _figures(story, material, notes)
            yield from _series(story, material)
            yield from _section("People", _people(story, material))
            yield from _section("Places", _places(story, material))
            yield from _section("Disputed", disputed(story, notes))
            yield from _section("What was corrected", corrected(story))
            yield from _section("What was updated", corrected(story, updates=True))
            yield from _section("What was amended or taken back", amended(story))
            yield from _section("Erased", erased(story))
            yield from _section("How facts relate", related(story))
            yield from _section("Sources", _sources(story, material))
            yield from notes.written()
        if not stories:
            yield "# No story\n"

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        found = _STATED.findall(content)
        if not found:
            return None
        _, archive, position, root, as_of = found[0]
        plain = html.unescape(re.sub(r"\\(.)", r"\1", as_of)) or None
        slugs = tuple(match[0] for match in found)
        return StatedCut(Cut(UUID(archive), int(position), root, plain, slugs))


def _text(material: Material, source: str) -> str | None:
    document = material.document(source)
    return None if document is None else document.text


def _head(story: StoryState, material: Material) -> Iterator[str]:
    cut = material.cut
    hidden = sum(fact.hidden for fact in story.facts.values())
    left_out = f"; {hidden} retracted or rejected left out" if hidden else ""
    counted = counts(story)
    noun = "document" if counted.unused == 1 else "documents"
    unused = f"; {counted.unused:,} {noun} with no fact" if counted.unused else ""
    as_of = f", as of {markdown(cut.as_of)}" if cut.as_of is not None else ""
    yield f"# {markdown(story.title)}\n\n"
    yield (
        f"Story `{story.slug}`{', closed' if story.closed else ''}. "
        f"{counted}{unused}{left_out}. "
        f"Archive `{cut.archive}` at position {cut.position}, root `{cut.root}`{as_of}.\n"
    )


def _known(story: StoryState, material: Material, notes: Notes) -> Iterator[str]:
    rows = _current_rows("timeline", story, material)
    support = {row["fact"]: row for row in _rows("support", story, material)}
    if rows:
        yield "\n## What is known, by day\n"
    for _, group in groupby(rows, key=lambda row: (row["earliest"], row["latest"], row["undated"])):
        day = list(group)
        heading = min((str(row["when"]) for row in day), key=len)
        yield f"\n### {markdown(heading)}\n\n"
        for row in day:
            fact = story.facts[row["fact"]]
            # An entry of "about 13 October" is listed under that day with its own date.
            when = f"{markdown(row['when'])}: " if row["when"] != heading else ""
            yield f"- {when}{markdown(fact.data.text)} *{markdown(fact.chain_words)}*{_status(fact)}{_support(support.get(fact.id))}{notes.mark(fact)}\n"


def _said(story: StoryState, material: Material, notes: Notes) -> Iterator[str]:
    rows = _current_rows("statements", story, material)
    if rows:
        yield "\n## Who said what\n"
    speakers: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        speakers.setdefault(row["speaker"], []).append(row)
    for speaker, said in speakers.items():
        yield f"\n### {markdown(speaker)}\n\n"
        for row in said:
            yield from _statement(story.facts[row["fact"]], row["channel"], notes)


def _statement(fact: Fact, channel: str | None, notes: Notes) -> Iterator[str]:
    when = fact.when
    words = "undated" if when is None else when.words
    medium = f" ({markdown(channel)})" if channel else ""
    yield f"- {markdown(words)}{medium}: {markdown(fact.data.text)}{_status(fact)}\n"
    if fact.data.quote is not None:
        yield f"  “{markdown(fact.data.quote)}”\n"
    yield f"  — {markdown(fact.chain_words)}{notes.mark(fact)}\n"


def _figures(story: StoryState, material: Material, notes: Notes) -> Iterator[str]:
    rows = _current_rows("figures", story, material)
    if not rows:
        return
    yield "\n## Figures\n\n| figure | of what | when | according to |\n| --- | --- | --- | --- |\n"
    for row in rows:
        fact = story.facts[row["fact"]]
        unit = f" ({row['unit']})" if row["unit"] not in (None, "fraction") else ""
        cells = (row["words"], row["measure"] + unit, row["when"], fact.chain_words)
        yield f"| {' | '.join(map(markdown, cells))}{_status(fact)}{notes.mark(fact)} |\n"


def _series(story: StoryState, material: Material) -> Iterator[str]:
    """A table for each series of at least two figures."""
    rows = [row for row in _rows("series", story, material) if row["fact"] not in story.erased]
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row["series"])]
    for number, group in enumerate(group for group in groups if len(group) > 1):
        yield "" if number else "\n## Figures over time\n"
        last = group[-1]
        unit = f" ({last['unit']})" if last["unit"] not in (None, "fraction") else ""
        place = f", {last['place']}" if last["place"] else ""
        yield f"\n### {markdown(last['measure'] + unit + place)}\n\n"
        yield "| when | figure | supersedes | according to |\n| --- | --- | --- | --- |\n"
        for row in group:
            fact = story.facts[row["fact"]]
            was = f" (was {markdown(row['corrected'])})" if row["corrected"] is not None else ""
            status = "" if row["earlier"] else _status(fact)
            before = f"{markdown(row['before'])} ({row['supersedes']})" if row["before"] else "–"
            yield (
                f"| {markdown(row['when'])} | {markdown(row['words'])}{status}{was} | {before} "
                f"| {markdown(fact.chain_words)}, {fact.id} |\n"
            )


def _people(story: StoryState, material: Material) -> Iterator[str]:
    for row in _rows("people", story, material):
        names = f", also {markdown(row['names'])}" if row["names"] else ""
        organization = f", {markdown(row['organization'])}" if row["organization"] else ""
        when = f" ({markdown(row['when'])})" if row["when"] else ""
        role = f": {markdown(row['role'])}{organization}{when}" if row["role"] else ""
        said = f". Speaks in {row['statements']}" if row["statements"] else ""
        if role or said or names:
            yield f"- {markdown(row['label'])}{names}{role}{said}\n"


def _places(story: StoryState, material: Material) -> Iterator[str]:
    for _, group in groupby(_rows("places", story, material), key=lambda row: row["place"]):
        rows = list(group)
        place = rows[0]
        inside = f", in {markdown(place['part_of'])}" if place["part_of"] else ""
        where = ""
        if place["lat"] is not None:
            where = f" ({place['lat']:.4f}, {place['lon']:.4f}; {place['precision'] or 'precision not given'})"
        facts = ", ".join(dict.fromkeys(f"{row['fact']} as {row['role']}" for row in rows))
        yield f"- {markdown(place['label'])}{inside}{where}: {markdown(facts)}\n"


def _current_rows(view: str, story: StoryState, material: Material) -> list[dict[str, Any]]:
    """The rows of a view without those of erased facts, which have a section of their own."""
    rows = material.table(view, story.slug).dicts()
    return [row for row in rows if row["fact"] not in story.erased]


def _rows(view: str, story: StoryState, material: Material) -> list[dict[str, Any]]:
    """The rows of a view; none if ``--without`` leaves it out."""
    if view not in material.views():
        return []
    return list(material.table(view, story.slug).dicts())


def _sources(story: StoryState, material: Material) -> Iterator[str]:
    coverage = {row["document"]: row["coverage"] for row in _rows("sources", story, material)}
    for document in captured_documents(story):
        source, captures = document.versions[-1].data, len(document.versions)
        published = f", {markdown(parse_edtf(source.published).words)}" if source.published else ""
        chars = f", {source.chars:,} characters" if source.chars is not None else ""
        versions = f", {captures} versions" if captures > 1 else ""
        drawn = sum(not fact.hidden for one in document.sources for fact in one.facts)
        share = coverage.get(document.id)
        covered = f", {share:g} % of it evidence" if share is not None else ""
        found = f", found as {markdown(source.container.words)}" if source.container else ""
        reasons = [one.withdrawn for one in document.sources if one.withdrawn is not None]
        taken_back = f". **Withdrawn**: {markdown(reasons[-1])}" if reasons else ""
        names = ", ".join(f"`{one.id}`" for one in document.sources)
        yield (
            f"- {markdown(source.title or 'untitled')}. {markdown(story.label(source.publisher))}"
            f"{published}{found}. {markdown(source.media_type)}{chars}{versions}, {drawn} facts{covered}. {names}{taken_back}\n"
        )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    first = True
    for line in lines:
        if first:
            yield f"\n## {title}\n\n"
            first = False
        yield line


def _support(row: dict[str, Any] | None) -> str:
    """`` (single source)``, or nothing."""
    if row is None or not row["standing"]:
        return ""
    return f" ({row['standing']})"


def _status(fact: Fact) -> str:
    """`` **[corrected]** [extracted]``, or nothing for a fact that was merely recorded by hand or imported."""
    status = "" if fact.status == "recorded" else f" **[{fact.status}]**"
    return status + (r" \[extracted\]" if fact.method == "extracted" else "")


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [Markdown()]
