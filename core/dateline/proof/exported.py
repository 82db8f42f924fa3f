"""Is a given export what the archive gives at the cut that the export states?

What was erased since the archive cannot give again. An export of before cannot be checked whole
then; of NDJSON, a line an event, every line of what is still there is.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.events.clock import to_iso
from dateline.events.editorial import ContentErased
from dateline.events.envelope import Event
from dateline.events.payload import Erased
from dateline.log import read, tree
from dateline.log.nodes import StoredTree
from dateline.material import PastMaterial
from dateline.plugins.formats import Cut, Exporter
from dateline.plugins.loaded import Plugins
from dateline.proof.report import Report
from dateline.recording.line import CUT, ERASED
from dateline.views.asof import Moment, public, recorded, upto

_RECORDED = "recorded "
#: A line of a file and its number, from 1.
Numbered = tuple[int, bytes]


class Claim(msgspec.Struct, frozen=True):
    """What an export says of itself: its cut, its one view if it has one, its stories' slugs."""

    cut: Cut
    view: str | None
    stories: tuple[str, ...]


def claim(format_: str, content: bytes, sidecar: bytes | None) -> Claim:
    """Read what an export states. Raises DatelineError when it states nothing."""
    try:
        found = _READERS[format_](content.decode(), sidecar)
    except KeyError:
        raise _unstated(f"Dateline cannot read where a {format_} export was cut") from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        found = None
    if found is None:
        raise _unstated("the file does not say where it was cut out of an archive")
    return found


def _unstated(what: str) -> DatelineError:
    return DatelineError(
        what, hint="give a file of `dateline export` as it was written (csv: with .meta.json)"
    )


def _cut(fields: Any) -> Cut:
    return Cut(UUID(fields["archive"]), int(fields["position"]), fields["root"], fields["as_of"])


def _ndjson(text: str, sidecar: bytes | None) -> Claim | None:
    first, *lines = text.split("\n")
    fields = json.loads(first)
    if fields["type"] != CUT:
        return None
    opened = (json.loads(line) for line in lines if '"story.opened"' in line)
    return Claim(
        _cut(fields), None, tuple(e["slug"] for e in opened if e["type"] == "story.opened")
    )


def _json(text: str, sidecar: bytes | None) -> Claim:
    found = json.loads(text)
    stories = found["stories"]
    names = {name for story in stories for name in story["views"]}
    view = names.pop() if len(names) == 1 else None
    return Claim(_cut(found["cut"]), view, tuple(story["slug"] for story in stories))


def _csv(text: str, sidecar: bytes | None) -> Claim | None:
    if sidecar is None:
        return None
    fields = json.loads(sidecar)
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return Claim(_cut(fields), fields["view"], tuple(dict.fromkeys(row["story"] for row in rows)))


_MARKDOWN = re.compile(
    r"^Story `([a-z0-9-]+)`.*Archive `([0-9a-f-]{36})` at position (\d+), root `([0-9a-f]{64})`"
    r"(?:, as of (.*))?\.$",
    re.MULTILINE,
)


def _markdown(text: str, sidecar: bytes | None) -> Claim | None:
    found = _MARKDOWN.findall(text)
    if not found:
        return None
    _, archive, position, root, as_of = found[0]
    plain = re.sub(r"\\(.)", r"\1", as_of) or None
    cut = Cut(UUID(archive), int(position), root, plain)
    return Claim(cut, None, tuple(match[0] for match in found))


_HTML = re.compile(
    r"<dt>Archive</dt>\s*<dd><code>([0-9a-f-]{36})</code></dd>\s*"
    r"<dt>Position</dt>\s*<dd>([\d,]+)</dd>\s*"
    r"<dt>Root</dt>\s*<dd><code>([0-9a-f]{64})</code></dd>\s*"
    r"<dt>As of</dt>\s*<dd>(.*?)</dd>"
)
_HTML_STORY = re.compile(r'<p class="kicker">([a-z0-9-]+)<')
_HTML_VIEW = re.compile(r'<section class="part" id="(?:[^"]*\.)?rows"><h\d>View: ([^<]*)</h\d>')


def _html(text: str, sidecar: bytes | None) -> Claim | None:
    found = _HTML.search(text)
    if found is None:
        return None
    archive, position, root, said = found.groups()
    as_of = None if said.startswith("all that is recorded") else html.unescape(said)
    cut = Cut(UUID(archive), int(position.replace(",", "")), root, as_of)
    view = _HTML_VIEW.search(text)
    shown = None if view is None else html.unescape(view[1])
    return Claim(cut, shown, tuple(_HTML_STORY.findall(text)))


_READERS = {"ndjson": _ndjson, "json": _json, "csv": _csv, "markdown": _markdown, "html": _html}


class CutMaterial(PastMaterial):
    """The archive at the cut of an export made before: what was recorded later does not count.

    With `erasures` those of later do, as they do in an export that was made after them.
    """

    def __init__(
        self,
        connection: Connection,
        reader: read.Reader,
        plugins: Plugins,
        stories: Sequence[read.StoryRow],
        claim: Claim,
        moment: Moment,
        *,
        erasures: bool = False,
    ) -> None:
        self._claimed, self._until = claim.cut, claim.cut.position
        self._erasures = erasures
        super().__init__(connection, reader, plugins, stories, claim.view, moment)

    @property
    def cut(self) -> Cut:
        root = tree.root(self._until, StoredTree(self._connection))
        return Cut(self._head.archive, self._until, root.hex(), self._claimed.as_of)

    def _events(self, story: read.StoryRow) -> Iterator[Event]:
        until = None if self._erasures else self._until
        events = self._reader.read_story(self._connection, story.id, until=until)
        return upto(events, self._moment)


def _moments(cut: Cut) -> Iterator[Moment]:
    """What the cut may mean."""
    if cut.as_of is None:
        yield Moment(str(cut.position), position=cut.position)
    elif not cut.as_of.startswith(_RECORDED):
        yield public(cut.as_of)
    else:
        text = cut.as_of.removeprefix(_RECORDED)
        yield recorded(text)
        if re.fullmatch("[0-9]{4}", text):
            yield Moment(text, position=int(text))  # it was given as @2024, not as a year


def check(
    connection: Connection,
    reader: read.Reader,
    plugins: Plugins,
    exporter: Exporter,
    claim: Claim,
    content: bytes,
    report: Report,
) -> None:
    """Hold a file against what `exporter` writes at the cut that the file states."""
    head, cut = read.head(connection), claim.cut
    if cut.position > head.position:
        reason = f"it was cut at position {cut.position}, and the log has {head.position}"
        report.add("export", reason)
        return
    if tree.root(cut.position, StoredTree(connection)).hex() != cut.root:
        report.add("export", f"at position {cut.position} the log has another root")
    chosen = [story for story in read.list_stories(connection) if story.slug in claim.stories]

    def written(moment: Moment, erasures: bool) -> bytes:
        material = CutMaterial(
            connection, reader, plugins, chosen, claim, moment, erasures=erasures
        )
        return b"".join(piece.encode() for piece in exporter.export(material))

    given: list[tuple[bytes, bytes]] = []
    for moment in _moments(cut):
        fresh = full = written(moment, erasures=False)
        if cut.as_of is not None and moment.position is not None:
            full = written(moment, erasures=True)
        if content in (fresh, full):
            report.count("exports")
            return
        given.append((fresh, full))
    gone = _erased_since(connection, reader, chosen, cut.position)
    by_line = exporter.name == "ndjson"
    if gone:
        erased = f"content of {len(gone)} of the events was erased since"
        rest = "; every other line was" if by_line else ""
        report.unchecked.append(f"The export: it could not be checked whole, {erased}{rest}.")
    if gone and not by_line:
        return
    report.count("exports")
    if by_line:
        if gone and cut.as_of is not None and not cut.as_of.startswith(_RECORDED):
            # A link counted by when its facts did, which an erased one does not say any more.
            every = written(Moment(str(cut.position), position=cut.position), erasures=True)
            given = [(fresh, every) for fresh, _ in given]
        wrong = [_first_wrong(content, *pair, gone) for pair in given]
    else:
        wrong = [_first_difference(_lines(content), _lines(fresh)) for fresh, _ in given]
    if None not in wrong:
        report.add("export", f"line {wrong[0]} is not what the archive gives at that cut")


def _erased_since(
    connection: Connection, reader: read.Reader, stories: Sequence[read.StoryRow], position: int
) -> dict[str, Event]:
    """Events up to a position that were erased on record after it, by id."""
    gone: dict[str, Event] = {}
    for story in stories:
        without: dict[str, Event] = {}
        for event in reader.read_story(connection, story.id):
            if isinstance(event.data, Erased) and event.position <= position:
                without[str(event.event_id)] = event
            if isinstance(event.data, ContentErased) and event.position > position:
                told = (str(item.event_id) for item in event.data.events)
                gone |= {name: without[name] for name in told if name in without}
    return gone


def _lines(content: bytes) -> list[Numbered]:
    return list(enumerate(content.split(b"\n"), 1))


def _first_wrong(
    content: bytes, fresh: bytes, full: bytes, gone: Mapping[str, Event]
) -> int | None:
    """The first line of an NDJSON export that is in neither `fresh` nor `full`, and tells of nothing
    that is gone; None when there is none, and none of `fresh` is missing."""
    ours = [line for line in _lines(fresh) if not _tells_of(line[1], gone)]
    more = set(full.split(b"\n")) - set(fresh.split(b"\n"))
    theirs = [
        (number, line)
        for number, line in _lines(content)
        if line not in more and not _tells_of(line, gone)
    ]
    return _first_difference(theirs, ours)


def _tells_of(line: bytes, gone: Mapping[str, Event]) -> bool:
    """Whether a line is that of an event which is gone, as far as what is left of it says."""
    try:
        fields = json.loads(line)
        event = gone[fields["event_id"]]
    except (ValueError, TypeError, LookupError, RecursionError):
        return False
    type_ = fields.get("was") if fields.get("type") == ERASED else fields.get("type")
    told = (type_, fields.get("story"), fields.get("recorded_at"))
    return told == (event.type, str(event.story), to_iso(event.recorded_us))


def _first_difference(theirs: Sequence[Numbered], ours: Sequence[Numbered]) -> int | None:
    """The number of the first of their lines that is not ours; None when all are."""
    for (number, line), (_, wanted) in zip(theirs, ours, strict=False):
        if line != wanted:
            return number
    if len(theirs) == len(ours):
        return None
    return theirs[len(ours)][0] if len(theirs) > len(ours) else theirs[-1][0] + 1
