"""Is a given export what the archive gives at the cut that the export states?

What was erased since the archive cannot give again. An export of before cannot be checked whole
then; of NDJSON, a line an event, every line of what is still there is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
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
from dateline.plugins.formats import Cut
from dateline.plugins.loaded import Plugins
from dateline.proof.report import Report
from dateline.recording.line import CUT, ERASED
from dateline.views.asof import Moment, public, recorded, upto

_RECORDED = "recorded "
#: What comes of reading a file that is shaped otherwise.
_MALFORMED = (
    ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError,
    msgspec.MsgspecError,
)  # fmt: skip


class Claim(msgspec.Struct, frozen=True):
    """What an export says of itself: its cut; its one view, if it has one; and the views in it, if
    the format says so."""

    cut: Cut
    view: str | None = None
    views: tuple[str, ...] | None = None


def claim(format_: str, content: bytes, sidecar: bytes | None) -> Claim:
    """Read what an export states. Raises DatelineError when it states nothing."""
    try:
        found = _READERS[format_](content.decode(), sidecar)
    except KeyError:
        raise _unstated(f"Dateline cannot read where a {format_} export was cut") from None
    except _MALFORMED:
        found = None
    if found is None:
        raise _unstated("the file does not say where it was cut out of an archive")
    return found


def _unstated(what: str) -> DatelineError:
    return DatelineError(
        what, hint="give a file of `dateline export` as it was written (csv: with .meta.json)"
    )


def _cut(fields: Any) -> Cut:
    return msgspec.convert({name: fields[name] for name in Cut.__struct_fields__}, Cut)


def _ndjson(text: str, sidecar: bytes | None) -> Claim | None:
    fields = json.loads(text.split("\n", 1)[0])
    return Claim(_cut(fields)) if fields["type"] == CUT else None


def _json(text: str, sidecar: bytes | None) -> Claim:
    fields = json.loads(text)["cut"]
    views = msgspec.convert(fields["views"], tuple[str, ...])
    return Claim(_cut(fields), views[0] if len(views) == 1 else None, views)


def _csv(text: str, sidecar: bytes | None) -> Claim | None:
    if sidecar is None:
        return None
    fields = json.loads(sidecar)
    return Claim(_cut(fields), msgspec.convert(fields["view"], str))


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
    stories = tuple(match[0] for match in found)
    return Claim(Cut(UUID(archive), int(position), root, plain, stories))


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
    stories = tuple(_HTML_STORY.findall(text))
    cut = Cut(UUID(archive), int(position.replace(",", "")), root, as_of, stories)
    view = _HTML_VIEW.search(text)
    return Claim(cut, None if view is None else html.unescape(view[1]))


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
        self._claimed, self._until = claim, claim.cut.position
        self._erasures = erasures
        super().__init__(connection, reader, plugins, stories, claim.view, moment)

    @property
    def cut(self) -> Cut:
        root = tree.root(self._until, StoredTree(self._connection))
        stories = tuple(self.slugs)
        return Cut(self._head.archive, self._until, root.hex(), self._claimed.cut.as_of, stories)

    def views(self) -> list[str]:
        """Those in the export: others may be loaded by now."""
        return super().views() if self._claimed.views is None else list(self._claimed.views)

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


class Export(msgspec.Struct, frozen=True):
    """A file that was exported, what stands beside it, and what it says of itself."""

    name: str
    format: str
    content: bytes
    sidecar: bytes | None
    claim: Claim


def check(
    connection: Connection,
    reader: read.Reader,
    plugins: Plugins,
    export: Export,
    report: Report,
) -> None:
    """Hold a file against what its exporter writes at the cut that the file states.

    Raises UnknownName for a view or format that is not loaded.
    """
    head, cut = read.head(connection), export.claim.cut
    for view in export.claim.views or ():
        plugins.view(view)
    if cut.position > head.position:
        reason = (
            f"{export.name} was cut at position {cut.position}, and the log has {head.position}"
        )
        report.add("export", reason)
        return
    if tree.root(cut.position, StoredTree(connection)).hex() != cut.root:
        report.add("export", f"{export.name}: at position {cut.position} the log has another root")
    again = _Again(connection, reader, plugins, export)
    given: list[tuple[bytes, bytes]] = []
    for moment in _moments(cut):
        fresh = full = again.written(moment)
        if cut.as_of is not None and moment.position is not None:
            full = again.written(moment, erasures=True)
        if export.content in (fresh, full):
            if again.beside(moment) != export.sidecar:
                reason = f"what stands beside {export.name} is not what the archive gives"
                report.add("export", reason)
            report.export(export.name, cut.stories)
            return
        given.append((fresh, full))
    _differs(export, given, again, report)


def _differs(
    export: Export, given: list[tuple[bytes, bytes]], again: _Again, report: Report
) -> None:
    """Where the file differs from each of `given`, as far as what was erased since lets it be said."""
    by_line, cut = export.format == "ndjson", export.claim.cut
    gone = again.erased_since()
    if gone:
        erased = f"content of {len(gone)} of the events was erased since"
        rest = "; every other line was" if by_line else ""
        report.unchecked.append(
            f"The export {export.name}: it could not be checked whole, {erased}{rest}."
        )
        if not by_line:
            return
    report.export(export.name, cut.stories)
    if not by_line:
        wrong = [_first_difference(export.content, fresh) for fresh, _ in given]
    else:
        if gone and cut.as_of is not None and not cut.as_of.startswith(_RECORDED):
            # A link counted by when its facts did, which an erased one does not say any more.
            every = again.written(Moment(str(cut.position), position=cut.position), erasures=True)
            given = [(fresh, every) for fresh, _ in given]
        wrong = [_first_wrong(export.content, *pair, gone) for pair in given]
    if None not in wrong:
        reason = f"line {wrong[0]} of {export.name} is not what the archive gives at that cut"
        report.add("export", reason)


class _Again:
    """The archive as it is asked for an export a second time."""

    def __init__(
        self, connection: Connection, reader: read.Reader, plugins: Plugins, export: Export
    ) -> None:
        self._connection, self._reader, self._plugins = connection, reader, plugins
        self._claim, self._exporter = export.claim, plugins.exporter(export.format)
        wanted = export.claim.cut.stories
        self._stories = [story for story in read.list_stories(connection) if story.slug in wanted]

    def written(self, moment: Moment, *, erasures: bool = False) -> bytes:
        pieces = self._exporter.export(self._material(moment, erasures))
        return b"".join(piece.encode() for piece in pieces)

    def beside(self, moment: Moment) -> bytes | None:
        sidecar = self._exporter.sidecar(self._material(moment, False))
        return None if sidecar is None else sidecar.encode()

    def _material(self, moment: Moment, erasures: bool) -> CutMaterial:
        given = self._connection, self._reader, self._plugins, self._stories, self._claim, moment
        return CutMaterial(*given, erasures=erasures)

    def erased_since(self) -> dict[str, Event]:
        """Events up to the cut that were erased on record after it, by id."""
        gone: dict[str, Event] = {}
        position = self._claim.cut.position
        for story in self._stories:
            without: dict[str, Event] = {}
            for event in self._reader.read_story(self._connection, story.id):
                if isinstance(event.data, Erased) and event.position <= position:
                    without[str(event.event_id)] = event
                if isinstance(event.data, ContentErased) and event.position > position:
                    told = (str(item.event_id) for item in event.data.events)
                    gone |= {name: without[name] for name in told if name in without}
        return gone


def _first_wrong(
    content: bytes, fresh: bytes, full: bytes, gone: Mapping[str, Event]
) -> int | None:
    """The number of the first line of an NDJSON export that is not the next of `full`; None when
    there is none. Those of `full` that are not in `fresh`, too, may be left out. Lines that tell of
    what is gone are alike when what is left of it says the same."""
    needed = {_alike(line, gone) for line in fresh.split(b"\n")}
    theirs = [_alike(line, gone) for line in content.split(b"\n")]
    at = 0
    for line in full.split(b"\n"):
        wanted = _alike(line, gone)
        if at < len(theirs) and theirs[at] == wanted:
            at += 1
        elif wanted in needed:
            return at + 1
    return None if at == len(theirs) else at + 1


def _alike(line: bytes, gone: Mapping[str, Event]) -> object:
    """The line; of an event that is gone, what its envelope says."""
    try:
        fields = json.loads(line)
        name = fields["event_id"]
        event = gone[name]
    except (ValueError, TypeError, LookupError, RecursionError):
        return line
    type_ = fields.get("was") if fields.get("type") == ERASED else fields.get("type")
    told = (type_, fields.get("story"), fields.get("recorded_at"))
    same = told == (event.type, str(event.story), to_iso(event.recorded_us))
    return name if same else line


def _first_difference(content: bytes, fresh: bytes) -> int | None:
    """The number of the first line of `content` that is not as in `fresh`; None when all are."""
    if content == fresh:
        return None
    pairs = zip_longest(content.split(b"\n"), fresh.split(b"\n"))
    return next(number for number, (line, wanted) in enumerate(pairs, 1) if line != wanted)
