"""One source in full: where it is from, its text with the quotations marked, and its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from dateline.documents.word_diff import word_diff
from dateline.events.acts import short, words
from dateline.events.counting import documents
from dateline.events.quoting import find
from dateline.events.registry import to_fields
from dateline.events.state import Fact, StoryState

#: Returns the text of a source; None if its document is not here.
Texts = Callable[[str], str | None]
#: The words shown around a change, on each side.
_AROUND = 60


def describe(story: StoryState, name: str, texts: Texts) -> Iterator[str]:
    """Lines about a source of the story. They must be made safe before they are printed."""
    source, facts = story.sources[name], drawn(story, name)
    yield f"{source.title or 'untitled'}  {short(name)}"
    yield f"  publisher  {story.label(source.publisher)}"
    yield f"  published  {source.published or 'undated'}"
    for label, value in (
        ("by", ", ".join(map(story.label, source.byline))),
        ("address", source.url or _url(story, name)),
        ("language", source.language),
        ("kept as", source.media_type),
        ("text of", short(source.derived_from) if source.derived_from else None),
        ("read by", source.extracted_by),
    ):
        if value:
            yield f"  {label:10} {value}"
    if name in story.withdrawn:
        yield f"  WITHDRAWN: {story.withdrawn[name]}"
    for event in story.amendments.get(name, ()):
        yield f"  position {event.position}: {words(event)}"
    others = [one for one in versions(story, name) if one != name]
    if others:
        yield f"  {len(others) + 1} captures of this document; --versions compares them"
    newest = versions(story, name)[-1]
    latest = texts(newest) if newest != name else None
    yield ""
    yield f"{len(facts)} fact{'' if len(facts) == 1 else 's'} drawn from it"
    for fact in facts:
        gone = "  NOT IN THE NEWEST VERSION" if latest is not None and lost(fact, latest) else ""
        yield f"  {fact.id}  {fact.status}  {fact.data.text}{gone}"
    text = texts(name)
    if text:
        yield ""
        yield from marked(text, facts).splitlines()


def compared(story: StoryState, name: str, texts: Texts) -> Iterator[str]:
    """Lines about the versions of a document: each capture, and what changed since the one before."""
    listed = versions(story, name)
    for one in listed:
        source = story.sources[one]
        facts = drawn(story, one)
        here = "*" if one == name else " "
        counted = f"{len(facts)} fact{'' if len(facts) == 1 else 's'}"
        yield f"{here} {short(one):16} {source.published or 'undated':22} {counted:9} {source.title or 'untitled'}"
    for before, after in pairwise(listed):
        yield ""
        yield f"{short(before)} -> {short(after)}"
        old, new = story.sources[before], story.sources[after]
        for field in ("title", "publisher", "published", "language"):
            was, now = getattr(old, field), getattr(new, field)
            if was != now:
                yield f"  {field}: {was or 'nothing'} -> {now or 'nothing'}"
        left, right = texts(before), texts(after)
        if left is None or right is None:
            yield "  one of the texts is not here"
        elif left == right:
            yield "  the text is the same"
        else:
            yield from (f"  {line}" for line in changes(left, right))
        gone = [fact for fact in drawn(story, before) if right is not None and lost(fact, right)]
        if gone:
            yield f"  no longer there: the quotations of {', '.join(fact.id for fact in gone)}"


def as_record(story: StoryState, name: str, texts: Texts) -> dict[str, Any]:
    """What `describe` shows, as one JSON object."""
    text, newest = texts(name), versions(story, name)[-1]
    latest = texts(newest) if newest != name else None
    facts = drawn(story, name)
    return {
        **to_fields(story.sources[name]),
        "withdrawn": story.withdrawn.get(name),
        "versions": versions(story, name),
        "facts": [fact.id for fact in facts],
        "not_in_newest": [fact.id for fact in facts if latest is not None and lost(fact, latest)],
        "text": text,
    }


def drawn(story: StoryState, name: str) -> list[Fact]:
    """The facts that are drawn from a source, retracted and rejected ones left out."""
    return [fact for fact in story.naming(name) if fact.source == name and not fact.hidden]


def versions(story: StoryState, name: str) -> list[str]:
    """The captures of the document that a source belongs to, in the order of capture: of texts if it is
    a text, of originals if it is an original."""
    document_of = documents(story.sources)
    source = story.sources[name]
    whole = {one.derived_from for one in story.sources.values()}
    return [
        one
        for one, other in story.sources.items()
        if document_of[one] == document_of[name]
        and (other.derived_from is None) == (source.derived_from is None)
        and (one in whole) == (name in whole)
    ]


def lost(fact: Fact, text: str) -> bool:
    """Whether a quotation of a fact is not in a text."""
    return not all(find(item.exact, text) for item in fact.data.evidence)


def marked(text: str, facts: Sequence[Fact]) -> str:
    """A text with ``[`` before each quotation and ``]f3`` after it."""
    marks: list[tuple[int, int, str]] = []
    for fact in facts:
        for item in fact.data.evidence[:1] if fact.span is None else [fact.span]:
            if item.start is not None and item.end is not None and item.end <= len(text):
                marks += [(item.start, 1, "["), (item.end, 0, f"]{fact.id}")]
    parts, at = [], 0
    for place, _, mark in sorted(marks):
        parts += [text[at:place], mark]
        at = place
    return "".join([*parts, text[at:]])


def changes(old: str, new: str) -> Iterator[str]:
    """What changed, one change a line, between the words around it: ``… [-nine-] {+ten+} miners …``."""
    before, change = "", ""
    for piece in word_diff(old, new):
        if piece.kind != "same":
            change += f"[-{piece.text}-]" if piece.kind == "removed" else f"{{+{piece.text}+}}"
            continue
        if change and len(piece.text) > 2 * _AROUND:
            yield " ".join(f"…{before}{change}{piece.text[:_AROUND]}…".split())
            before, change = piece.text[-_AROUND:], ""
        elif change:
            change += piece.text
        else:
            before = (before + piece.text)[-_AROUND:]
    if change:
        yield " ".join(f"…{before}{change}".split())


def _url(story: StoryState, name: str) -> str | None:
    """The address of the document that a text was extracted from."""
    whole = story.sources.get(story.sources[name].derived_from or "")
    return None if whole is None else whole.url
