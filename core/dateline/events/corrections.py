"""Applies a correction to a fact, and completes one that moves evidence to other words. Pure.

Then Dateline fills in again what it filled in when the fact was recorded: places, and the context around
them. These become changes of the correction itself, so that replaying it needs no text.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from dateline.errors import Finding
from dateline.events import pointer
from dateline.events.completion import CONTEXT, locate, own_figure, own_quote
from dateline.events.editorial import FactCorrected
from dateline.events.frozen import frozen
from dateline.events.parts import Change, Evidence
from dateline.events.payload import FactPayload
from dateline.events.quoting import same
from dateline.events.registry import Registry, to_fields
from dateline.events.state import Fact

_FILLED = ("start", "end", "prefix", "suffix")
#: The parts of a fact that have words of its source, or the source's name.
_QUOTING = ("source", "evidence", "quote", "quantities")
_PATH = re.compile(rf"/evidence/[0-9]+/(?:{'|'.join(_FILLED)})")


def corrected(
    registry: Registry, fact: Fact, notice: FactCorrected
) -> tuple[FactPayload, tuple[int, dict[str, object]] | None]:
    """The fact's payload with the changes made, and its older shape if the changes refer to that.

    Raises ValueError if a path leads nowhere, and msgspec.ValidationError if the result is not a
    valid payload.
    """
    current = registry.get(fact.type)
    if fact.older is not None and notice.shape == fact.older[0]:
        fields = _changed(fact.older[1], notice)
        upcast = registry.convert(fact.type, fact.older[0], fields)
        assert isinstance(upcast, FactPayload)
        return frozen(upcast), (fact.older[0], frozen(fields))
    payload = type(fact.data) if current is None else current.payload
    result = msgspec.convert(_changed(to_fields(fact.data), notice), payload)
    assert isinstance(result, FactPayload)
    return frozen(result), None


def _changed(fields: dict[str, object], notice: FactCorrected) -> dict[str, Any]:
    """`fields` as plain values with the changes made. Raises ValueError if a path leads nowhere."""
    changed = msgspec.json.decode(msgspec.json.encode(fields), type=dict[str, Any])
    for change in notice.changes:
        pointer.put(changed, change.path, copy.deepcopy(change.now))
    return changed


def relocated(
    notice: FactCorrected,
    fact: Fact,
    text_of: Callable[[str], str | None],
    *,
    imported: bool = False,
) -> tuple[FactCorrected, list[Finding]]:
    """`notice` with a further change for each place and context that its changes make wrong, and with the
    source's own words in place of copies of them.

    Context that the author gave is kept and checked. In a correction that another archive recorded
    (`imported`) only what is wrong is changed. Findings name words that are not found, or are found
    more than once.
    """
    paths = [change.path.split("/") for change in notice.changes]
    quotes = any(path[1] in _QUOTING for path in paths if len(path) > 1)
    if not quotes or notice.shape not in (None, fact.data.schema_version):
        return notice, []
    fields = msgspec.json.decode(msgspec.json.encode(to_fields(fact.data)), type=dict[str, Any])
    held = [(item, dict(item)) for item in fields.get("evidence", ())]
    try:
        for change in notice.changes:
            pointer.put(fields, change.path, copy.deepcopy(change.now))
    except ValueError:  # a rule reports it
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
            found = _placed(item, old, text, before, imported)
        if isinstance(found, Finding):
            reason = f"in the result, at /evidence/{index}/exact: {found.reason}"
            findings.append(Finding(found.rule, "/changes", reason))
        elif found is not None:
            changes += _changes(index, item, found)
            if found.exact != item["exact"]:
                notice = _with(notice, f"/evidence/{index}/exact", item["exact"], found.exact)
                item["exact"] = found.exact
    if findings:
        return notice, findings
    if not imported:
        notice = _with_own_words(notice, fields, text)
    if not changes:
        return notice, []
    return msgspec.structs.replace(notice, changes=(*notice.changes, *changes)), []


def _with_own_words(notice: FactCorrected, fields: dict[str, Any], text: str) -> FactCorrected:
    """`notice` with the source's own words for the quote and the figures of its result `fields`."""
    try:
        held = msgspec.convert(fields.get("evidence"), tuple[Evidence, ...])
    except msgspec.ValidationError:  # a rule reports it
        return notice
    quote = fields.get("quote")
    quotable = [item.exact for item in held if item.role in ("quote", "content")]
    if isinstance(quote, str) and (own := own_quote(quote, quotable)) != quote:
        notice = _with(notice, "/quote", quote, own)
    quantities = fields.get("quantities")
    for index, quantity in enumerate(quantities if isinstance(quantities, list) else ()):
        words = quantity.get("verbatim") if isinstance(quantity, dict) else None
        if not isinstance(words, str):
            continue
        if (own := own_figure(words, [item.exact for item in held], text)) != words:
            notice = _with(notice, f"/quantities/{index}/verbatim", words, own)
    return notice


def _with(notice: FactCorrected, path: str, given: str, own: str) -> FactCorrected:
    """`notice` with the words `own` in the change that sets those at `path` to `given`."""
    changes = list(notice.changes)
    for index in reversed(range(len(changes))):
        change = changes[index]
        # `-` appends to a list.
        set_at = re.sub("/-$", "/[0-9]+", re.escape(change.path).replace("\\-", "-"))
        below = re.match(f"{set_at}(?=/|$)", path)
        now = {"": copy.deepcopy(change.now)}
        if below is not None and pointer.get(now, inside := "/" + path[below.end() :]) == given:
            pointer.put(now, inside, own)
            changes[index] = msgspec.structs.replace(change, now=now[""])
            return msgspec.structs.replace(notice, changes=tuple(changes))
    return notice


def _placed(
    item: Any, old: dict[str, Any] | None, text: str, before: str | None, imported: bool
) -> Evidence | Finding | None:
    """A changed item with its place in `text`; None if it stays as it is."""
    try:
        given = msgspec.convert(item, Evidence)
    except msgspec.ValidationError:  # a rule reports it
        return None
    if imported and _valid(given, text):
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
    """`recorded` without the changes that were filled in, if those are all it has besides `given`'s, and
    with the words that were given in place of the source's own."""
    pairs = list(zip(recorded.changes, given.changes, strict=False))
    recorded = msgspec.structs.replace(
        recorded,
        changes=(
            *(mine if _copies(theirs, mine) else theirs for theirs, mine in pairs),
            *recorded.changes[len(pairs) :],
        ),
    )
    more = recorded.changes[len(given.changes) :]
    if more and all(_PATH.fullmatch(change.path) for change in more):
        return msgspec.structs.replace(recorded, changes=recorded.changes[: len(given.changes)])
    return recorded


def _copies(recorded: Change, given: Change) -> bool:
    """Whether `given` is the recorded change of a quotation, with copied words."""
    own = msgspec.structs.replace(given, now=recorded.now)
    quotes = own == recorded and pointer.parts(given.path)[0] in _QUOTING
    return quotes and _alike(given.now, recorded.now)


def _alike(given: Any, recorded: Any) -> bool:
    if isinstance(given, str) and isinstance(recorded, str):
        return same(given, recorded)
    if isinstance(given, list) and isinstance(recorded, list):
        return len(given) == len(recorded) and all(map(_alike, given, recorded))
    if isinstance(given, dict) and isinstance(recorded, dict):
        return given.keys() == recorded.keys() and all(
            _alike(given[name], recorded[name]) for name in given
        )
    return pointer.same(given, recorded)


def _unfilled(item: Evidence, old: Evidence, text: str, before: str | None) -> Evidence:
    """A changed item without the filled-in values that no longer fit."""
    start, end = item.start, item.end
    if not _fits(item.exact, start, end, text):
        start = None if start == old.start else start
        end = None if end == old.end else end
        if (start, end) == (None, None) and text == before and old.start is not None:
            # Words were added or removed at one end: the other end is still in its place.
            if text.startswith(item.exact, old.start):
                start = old.start
            elif old.end is not None and text.endswith(item.exact, 0, old.end):
                end = old.end
    lead, tail = _context(before, old.start, old.end)
    prefix = None if item.prefix == old.prefix and item.prefix in (None, lead) else item.prefix
    suffix = None if item.suffix == old.suffix and item.suffix in (None, tail) else item.suffix
    return msgspec.structs.replace(item, start=start, end=end, prefix=prefix, suffix=suffix)


def _context(text: str | None, start: int | None, end: int | None) -> tuple[str, str]:
    """The context that Dateline fills in around that place."""
    if text is None or start is None or end is None:
        return "", ""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def _fits(exact: str, start: int | None, end: int | None, text: str) -> bool:
    return start is not None and end is not None and start >= 0 and text[start:end] == exact


def _valid(item: Evidence, text: str) -> bool:
    """Whether the rules accept it as it is."""
    if not _fits(item.exact, item.start, item.end, text):
        return False
    return text[: item.start].endswith(item.prefix or "") and text[item.end :].startswith(
        item.suffix or ""
    )
