"""Checks whether an export is what the archive produces at the cut that the export states.

The archive cannot produce content that was erased since. An older export can then not be checked in
full, except that each line of an NDJSON export is checked if its event still has its content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.events.clock import to_iso
from dateline.events.editorial import ContentErased
from dateline.events.envelope import Event
from dateline.events.payload import Erased
from dateline.export.cut import Cut, StatedCut
from dateline.export.exporter import Exporter
from dateline.export.material import PastMaterial
from dateline.log import read, tree
from dateline.log.stored_tree import StoredTree
from dateline.plugins.loaded import Plugins
from dateline.proof.report import Report
from dateline.recording.line import ERASED
from dateline.views.asof import Moment, public, recorded

_RECORDED = "recorded "
#: What is raised on reading a file of another shape.
_MALFORMED = (
    ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError,
    msgspec.MsgspecError,
)  # fmt: skip


def stated_cut(exporter: Exporter, content: bytes, sidecar: bytes | None) -> StatedCut:
    """The cut that an export states. Raises DatelineError when it states none."""
    try:
        beside = None if sidecar is None else sidecar.decode()
        text = "" if exporter.binary else content.decode()
        found = exporter.stated_cut(text, beside)
    except _MALFORMED:
        found = None
    if found is None:
        raise DatelineError(
            f"the file does not state the archive and position it was exported from, as {exporter.name} "
            "exports do",
            hint="give a file as `dateline export` wrote it (csv: with its .meta.json)",
            code="cut-not-stated",
        )
    return found


def _moments(cut: Cut) -> Iterator[Moment]:
    """The moments that the cut may mean."""
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
    """An exported file, the file next to it (``sidecar``), and the cut that it states."""

    name: str
    format: str
    content: bytes
    sidecar: bytes | None
    stated: StatedCut


def check(
    connection: Connection, reader: read.Reader, plugins: Plugins, export: Export, report: Report
) -> None:
    """Compare a file with what its exporter writes at the cut that the file states.

    Raises UnknownName for a view or format that is not loaded.
    """
    head, cut = read.head(connection), export.stated.cut
    for view in export.stated.views or ():
        plugins.view(view)
    if cut.position > head.position:
        reason = (
            f"{export.name} was cut at position {cut.position}, but the log ends at {head.position}"
        )
        report.add("export", reason)
        return
    if tree.root(cut.position, StoredTree(connection)).hex() != cut.root:
        report.add(
            "export", f"{export.name}: the log has a different root at position {cut.position}"
        )
    if export.stated.outdated:
        report.unchecked.append(
            f"The export {export.name}: only its position and root were checked, because an earlier release "
            "wrote it in another layout. Check its content with that release."
        )
        return
    again = _Again(connection, reader, plugins, export)
    given: list[tuple[bytes, bytes]] = []
    for moment in _moments(cut):
        fresh = full = again.written(moment)
        if cut.as_of is not None and moment.position is not None:
            full = again.written(moment, erasures=True)
        if export.content in (fresh, full) or export.content in map(again.earlier, (fresh, full)):
            if again.beside(moment) != export.sidecar:
                reason = f"the file next to {export.name} is not what the archive produces"
                report.add("export", reason)
            report.export(export.name, cut.stories)
            return
        given.append((fresh, full))
    _differs(export, given, again, report)


def _differs(
    export: Export, given: list[tuple[bytes, bytes]], again: _Again, report: Report
) -> None:
    """Report where the file differs from each of `given`, as far as later erasures allow."""
    by_line, cut = again.by_line, export.stated.cut
    gone = again.erased_since()
    if gone:
        erased = f"the content of {len(gone)} of its events was erased since"
        rest = "; every other line was checked" if by_line else ""
        report.unchecked.append(
            f"The export {export.name}: it could not be checked in full, because {erased}{rest}."
        )
        if not by_line:
            return
    report.export(export.name, cut.stories)
    if not by_line:
        wrong = [_first_difference(export.content, fresh) for fresh, _ in given]
    else:
        if gone and cut.as_of is not None and not cut.as_of.startswith(_RECORDED):
            # A link is dated by its facts, and an erased fact no longer has its dates.
            every = again.written(Moment(str(cut.position), position=cut.position), erasures=True)
            given = [(fresh, every) for fresh, _ in given]
        wrong = [_first_wrong(export.content, *pair, gone) for pair in given]
    if None not in wrong:
        where = export.name if again.binary else f"line {wrong[0]} of {export.name}"
        reason = f"{where} is not what the archive produces at that cut"
        report.add("export", reason)


class _Again:
    """Makes an export from the archive a second time."""

    def __init__(
        self, connection: Connection, reader: read.Reader, plugins: Plugins, export: Export
    ) -> None:
        self._connection, self._reader, self._views = connection, reader, plugins.views
        self._stated, self._exporter = export.stated, plugins.exporter(export.format)
        self.by_line, self.binary = self._exporter.by_line, self._exporter.binary
        wanted = export.stated.cut.stories
        self._stories = [story for story in read.list_stories(connection) if story.slug in wanted]

    def written(self, moment: Moment, *, erasures: bool = False) -> bytes:
        pieces = self._exporter.export(self._material(moment, erasures))
        return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)

    def earlier(self, written: bytes) -> bytes | None:
        found = None if self.binary else self._exporter.earlier(written.decode())
        return None if found is None else found.encode()

    def beside(self, moment: Moment) -> bytes | None:
        sidecar = self._exporter.sidecar(self._material(moment, False))
        return None if sidecar is None else sidecar.encode()

    def _material(self, moment: Moment, erasures: bool) -> PastMaterial:
        return PastMaterial(
            self._connection,
            self._reader,
            self._views,
            self._stories,
            self._stated.view,
            moment,
            self._stated,
            erasures=erasures,
        )

    def erased_since(self) -> dict[str, Event]:
        """Events up to the cut that were erased on record after it, by id."""
        gone: dict[str, Event] = {}
        position = self._stated.cut.position
        for story in self._stories:
            without: dict[str, Event] = {}
            for event in self._reader.read_story(self._connection, story.id):
                if isinstance(event.data, Erased) and event.position <= position:
                    without[str(event.event_id)] = event
                if isinstance(event.data, ContentErased) and event.position > position:
                    listed = (str(item.event_id) for item in event.data.events)
                    gone |= {name: without[name] for name in listed if name in without}
        return gone


def _first_wrong(
    content: bytes, fresh: bytes, full: bytes, gone: Mapping[str, Event]
) -> int | None:
    """The number of the first line of an NDJSON export that is not the next line of `full`, or None.

    Lines of `full` that are not also in `fresh` may be missing. Two lines about an erased event are
    equal when what is left of the event is the same in both."""
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
    """What to compare a line by: itself, or its event's id if that was erased and its envelope matches."""
    try:
        fields = json.loads(line)
        name = fields["event_id"]
        event = gone[name]
    except (ValueError, TypeError, LookupError, RecursionError):
        return line
    type_ = fields.get("was") if fields.get("type") == ERASED else fields.get("type")
    given = (type_, fields.get("story"), fields.get("recorded_at"))
    same = given == (event.type, str(event.story), to_iso(event.recorded_us))
    return name if same else line


def _first_difference(content: bytes, fresh: bytes) -> int | None:
    """The number of the first line of `content` that differs from `fresh`, or None."""
    if content == fresh:
        return None
    pairs = zip_longest(content.split(b"\n"), fresh.split(b"\n"))
    return next(number for number, (line, wanted) in enumerate(pairs, 1) if line != wanted)
