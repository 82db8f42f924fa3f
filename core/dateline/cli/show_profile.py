"""One entity in all stories: its names, roles and statements, and the other facts that name it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dateline.events.state import Fact
from dateline.records.profile import when_words

if TYPE_CHECKING:
    from dateline.register.profile import Profile, Section

#: So many facts of each section are shown.
FIRST = 50


def describe(profile: Profile) -> Iterator[str]:
    """Lines about an entity. They must be made safe before they are printed."""
    yield f"{profile.label}  {profile.entity}"
    if profile.names:
        yield f"  also {', '.join(profile.names)}"
    if profile.ids[1:]:
        yield f"  merged with {', '.join(profile.ids[1:])}"
    for identifier in profile.identifiers:
        yield f"  {identifier.replace(':', ': ', 1)}"
    for place in profile.part_of:
        yield f"  part of {place}"
    for place in profile.places:
        yield f"  at {place}"
    yield from _labels(profile)
    for title, section in (
        ("roles", profile.roles),
        ("said", profile.said),
        ("appears in", profile.named),
    ):
        if section.count:
            yield from ("", _head(title, section))
        for fact in section.facts:
            yield from _fact(fact, title)


def _labels(profile: Profile) -> Iterator[str]:
    yield ""
    if len(profile.labels) == 1 and not profile.amended:
        listed = ", ".join(profile.labels[0].stories)
        yield f"in {_stories(profile)}: {listed}{_more(profile.labels[0])}"
        return
    yield f"names in {_stories(profile)}"
    for one in profile.labels:
        yield f"  {one.label}: {', '.join(one.stories)}{_more(one)}"
    for change in profile.amended:
        was, now = ("nothing" if one in (None, []) else one for one in (change.was, change.now))
        what = f"{change.path.removeprefix('/')} was {was}, now {now}"
        yield f"  {change.at[:10]}  {what} ({change.story}: {change.reason})"


def _stories(profile: Profile) -> str:
    return "1 story" if profile.stories == 1 else f"{profile.stories} stories"


def _more(label: Any) -> str:
    left = label.count - len(label.stories)
    return f" and {left} more" if left else ""


def _head(title: str, section: Section) -> str:
    shown = len(section.facts)
    return f"{title} ({section.count})" if shown == section.count else (
        f"{title} ({section.count}, the first {shown}; --all shows all)"
    )  # fmt: skip


def _fact(fact: Fact, title: str) -> Iterator[str]:
    status = "" if fact.status == "recorded" else f" [{fact.status}]"
    head = f"  {fact.story.slug} {fact.id}  {when_words(fact)}"
    if title == "roles":
        organization = fact.label(fact.data.organization)
        yield f"{head}: {fact.data.title}{', ' + organization if organization else ''}{status}"
        return
    yield f"{head}: {fact.data.text}{status}"
    if title == "said":
        if fact.data.quote is not None:
            yield f"      “{fact.data.quote}”"
        yield f"      {fact.chain_words}"
