"""One source in full: where it is from, its text with the quotations marked, and its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dateline.documents.word_diff import word_diff
from dateline.events.acts import short, words
from dateline.events.parts import InContainer
from dateline.events.readings import drawn, lost, readings, superseded
from dateline.events.state import Fact, StoryState
from dateline.records.source import Newest, Stored, charset_of, is_text, read_by, text_of, versions

#: The words shown around a change, on each side.
_AROUND = 60


def describe(story: StoryState, name: str, stored: Stored) -> Iterator[str]:
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
        ("found as", _container(source.container)),
        ("text of", short(source.derived_from) if source.derived_from else None),
        ("read by", read_by(story, name, stored) if source.derived_from else None),
        ("charset", None if source.derived_from else charset_of(story, name, stored)),
    ):
        if value:
            yield f"  {label:10} {value}"
    if name in story.withdrawn:
        yield f"  WITHDRAWN: {story.withdrawn[name]}"
    for event in story.amendments.get(name, ()):
        yield f"  position {event.position}: {words(event)}"
    captures = len(versions(story, name))
    if captures > 1:
        yield f"  {captures} captures of this document; --versions compares them"
    newest = Newest(story, name, stored)
    others = [one for one in readings(story.sources, name) if one != name]
    for one in others if is_text(source) or len(others) > 1 else ():
        how = "superseded" if one in superseded(story.sources) else "newest"
        yield f"  {how} reading {short(one)} ({read_by(story, one, stored)})"
    yield ""
    yield f"{len(facts)} fact{'' if len(facts) == 1 else 's'} drawn from it"
    for fact in facts:
        gone = f"  NOT IN THE NEWEST {newest.what}" if newest.lacks(fact) else ""
        yield f"  {fact.id}  {fact.status}  {fact.data.text}{gone}"
    text = text_of(name, stored)
    if text:
        yield ""
        yield from marked(text, facts).splitlines()


def compared(story: StoryState, name: str, stored: Stored) -> Iterator[str]:
    """Lines about the versions of a document: each capture, and what changed since the one before."""
    listed = versions(story, name)
    for one in listed:
        source = story.sources[one]
        facts = drawn(story, one)
        here = "*" if name in (one, *_earlier(story, one)) else " "
        counted = f"{len(facts)} fact{'' if len(facts) == 1 else 's'}"
        yield f"{here} {short(one):16} {source.published or 'undated':22} {counted:9} {source.title or 'untitled'}"
        for other in _earlier(story, one):
            facts, text = drawn(story, other), text_of(one, stored)
            missing = [fact.id for fact in facts if text is not None and lost(fact, text)]
            where = f", not in the newest reading: {', '.join(missing)}" if missing else ""
            yield (
                f"    superseded reading {short(other)} ({read_by(story, other, stored)}): "
                f"{len(facts)} fact{'' if len(facts) == 1 else 's'}{where}"
            )
    for before, after in pairwise(listed):
        yield ""
        yield f"{short(before)} -> {short(after)}"
        old, new = story.sources[before], story.sources[after]
        for field in ("title", "publisher", "published", "language"):
            was, now = getattr(old, field), getattr(new, field)
            if was != now:
                yield f"  {field}: {was or 'nothing'} -> {now or 'nothing'}"
        left, right = text_of(before, stored), text_of(after, stored)
        if left is None or right is None:
            yield "  one of the texts is not here"
        elif left == right:
            yield "  the text is the same"
        else:
            yield from (f"  {line}" for line in changes(left, right))
        gone = [fact for fact in drawn(story, before) if right is not None and lost(fact, right)]
        if gone:
            yield f"  no longer there: the quotations of {', '.join(fact.id for fact in gone)}"


def _earlier(story: StoryState, name: str) -> list[str]:
    """The readings of a capture before its newest one, which `name` is."""
    old = superseded(story.sources)
    return [one for one in readings(story.sources, name) if old.get(one) == name]


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


def _container(held: InContainer | None) -> str | None:
    """Where a document was found: ``12.eml in mail.mbox (sha256 ef01...)``."""
    return None if held is None else f"{held.words} (sha256 {held.sha256[:12]})"


def _url(story: StoryState, name: str) -> str | None:
    """The address of the document that a text was extracted from."""
    whole = story.sources.get(story.sources[name].derived_from or "")
    return None if whole is None else whole.url
