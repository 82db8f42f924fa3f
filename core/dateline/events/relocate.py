"""Completing a correction that moves evidence: to another source, or to other words of its own. Pure.

What Dateline filled in when the fact was recorded, it fills in again: places, and the context around
them. The correction then says so itself, as changes of its own, so that replaying it needs no text.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from dateline.errors import Finding
from dateline.events import pointer
from dateline.events.author import CONTEXT, locate
from dateline.events.editorial import FactCorrected
from dateline.events.parts import Change, Evidence
from dateline.events.present import Fact
from dateline.events.registry import to_fields

_FILLED = ("start", "end", "prefix", "suffix")
_PATH = re.compile(rf"/evidence/[0-9]+/(?:{'|'.join(_FILLED)})")


def relocated(
    notice: FactCorrected,
    fact: Fact,
    text_of: Callable[[str], str | None],
    *,
    bygone: bool = False,
) -> tuple[FactCorrected, list[Finding]]:
    """`notice` with a change for each place and context that its own changes leave out of date.

    Context that the author gave stays, to be checked. Of what another archive recorded (`bygone`)
    only what cannot stay is changed. Findings name words that are not found, or more than once.
    """
    paths = [change.path.split("/") for change in notice.changes]
    moves = any(path[1:2] in (["source"], ["evidence"]) for path in paths)
    if not moves or notice.shape not in (None, fact.data.schema_version):
        return notice, []
    fields = msgspec.json.decode(msgspec.json.encode(to_fields(fact.data)), type=dict[str, Any])
    held = [(item, dict(item)) for item in fields.get("evidence", ())]
    try:
        for change in notice.changes:
            pointer.put(fields, change.path, copy.deepcopy(change.now))
    except ValueError:  # a rule says so
        return notice, []
    source, items = fields.get("source"), fields.get("evidence")
    text = text_of(source) if isinstance(source, str) else None
    if text is None or not isinstance(items, list):
        return notice, []
    before = text if source == fact.source else text_of(fact.source)
    changes: list[Change] = []
    findings: list[Finding] = []
    for index, item in enumerate(items):
        old = next((was for kept, was in held if kept is item), None)
        found = None
        if source != fact.source or item != old:
            found = _placed(item, old, text, before, bygone)
        if isinstance(found, Finding):
            reason = f"/evidence/{index}/exact of the result: {found.reason}"
            findings.append(Finding(found.rule, "/changes", reason))
        elif found is not None:
            changes += _changes(index, item, found)
    if findings or not changes:
        return notice, findings
    return msgspec.structs.replace(notice, changes=(*notice.changes, *changes)), []


def _placed(
    item: Any, old: dict[str, Any] | None, text: str, before: str | None, bygone: bool
) -> Evidence | Finding | None:
    """A changed item with its place in `text`; None where it is to stay as it is."""
    try:
        given = msgspec.convert(item, Evidence)
    except msgspec.ValidationError:  # a rule says so
        return None
    if bygone and _stands(given, text):
        return None
    if old is not None:
        given = _unfilled(given, msgspec.convert(old, Evidence), text, before)
    return locate(given, text, "")


def _changes(index: int, item: dict[str, Any], found: Evidence) -> Iterator[Change]:
    for name in _FILLED:
        was, now = item.get(name), getattr(found, name)
        if was != now:
            yield Change(path=f"/evidence/{index}/{name}", was=was, now=now)


def as_given(recorded: FactCorrected, given: FactCorrected) -> FactCorrected:
    """`recorded` without what was filled in, if anything beyond the changes that were `given` is that."""
    more = recorded.changes[len(given.changes) :]
    if more and all(_PATH.fullmatch(change.path) for change in more):
        return msgspec.structs.replace(recorded, changes=recorded.changes[: len(given.changes)])
    return recorded


def _unfilled(item: Evidence, old: Evidence, text: str, before: str | None) -> Evidence:
    """A changed item without what was filled in before and does not fit any more."""
    start, end = item.start, item.end
    if not _fits(item.exact, start, end, text):
        start = None if start == old.start else start
        end = None if end == old.end else end
        if (start, end) == (None, None) and text == before and old.start is not None:
            # Words were added or left out at one end: the other end is where it was.
            if text.startswith(item.exact, old.start):
                start = old.start
            elif old.end is not None and text.endswith(item.exact, 0, old.end):
                end = old.end
    lead, tail = _context(before, old.start, old.end)
    prefix = None if item.prefix == old.prefix and item.prefix in (None, lead) else item.prefix
    suffix = None if item.suffix == old.suffix and item.suffix in (None, tail) else item.suffix
    return msgspec.structs.replace(item, start=start, end=end, prefix=prefix, suffix=suffix)


def _context(text: str | None, start: int | None, end: int | None) -> tuple[str, str]:
    """What Dateline fills in around that place."""
    if text is None or start is None or end is None:
        return "", ""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def _fits(exact: str, start: int | None, end: int | None, text: str) -> bool:
    return start is not None and end is not None and start >= 0 and text[start:end] == exact


def _stands(item: Evidence, text: str) -> bool:
    """Whether the rules take it as it is."""
    if not _fits(item.exact, item.start, item.end, text):
        return False
    return text[: item.start].endswith(item.prefix or "") and text[item.end :].startswith(
        item.suffix or ""
    )
