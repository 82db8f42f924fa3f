"""Is a given export what the archive gives at the cut that the export states?"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.log import read, tree
from dateline.log.nodes import StoredTree
from dateline.material import PastMaterial
from dateline.plugins.formats import Cut, Exporter
from dateline.plugins.loaded import Plugins
from dateline.proof.report import Report
from dateline.recording.line import CUT
from dateline.views.asof import Moment, public, recorded, upto

_RECORDED = "recorded "


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


def _html(text: str, sidecar: bytes | None) -> Claim | None:
    found = _HTML.search(text)
    if found is None:
        return None
    archive, position, root, said = found.groups()
    as_of = None if said.startswith("all that is recorded") else html.unescape(said)
    cut = Cut(UUID(archive), int(position.replace(",", "")), root, as_of)
    return Claim(cut, None, tuple(_HTML_STORY.findall(text)))


_READERS = {"ndjson": _ndjson, "json": _json, "csv": _csv, "markdown": _markdown, "html": _html}


class CutMaterial(PastMaterial):
    """The archive at the cut of an export made before: what was recorded later does not count."""

    def __init__(
        self,
        connection: Connection,
        reader: read.Reader,
        plugins: Plugins,
        stories: Sequence[read.StoryRow],
        claim: Claim,
    ) -> None:
        self._claimed, self._until = claim.cut, claim.cut.position
        super().__init__(connection, reader, plugins, stories, claim.view, _moment(claim.cut))

    @property
    def cut(self) -> Cut:
        root = tree.root(self._until, StoredTree(self._connection))
        return Cut(self._head.archive, self._until, root.hex(), self._claimed.as_of)

    def _events(self, story: read.StoryRow) -> Iterator[Event]:
        events = self._reader.read_story(self._connection, story.id, until=self._until)
        return upto(events, self._moment)


def _moment(cut: Cut) -> Moment:
    if cut.as_of is None:
        return Moment(str(cut.position), position=cut.position)
    if cut.as_of.startswith(_RECORDED):
        return recorded(cut.as_of.removeprefix(_RECORDED))
    return public(cut.as_of)


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
    report.count("exports")
    if cut.position > head.position:
        reason = f"it was cut at position {cut.position}, and the log has {head.position}"
        report.add("export", reason)
        return
    if tree.root(cut.position, StoredTree(connection)).hex() != cut.root:
        report.add("export", f"at position {cut.position} the log has another root")
    known = read.list_stories(connection)
    chosen = [story for story in known if story.slug in claim.stories]
    material = CutMaterial(connection, reader, plugins, chosen, claim)
    fresh = b"".join(piece.encode() for piece in exporter.export(material))
    if fresh != content:
        theirs, ours = content.split(b"\n"), fresh.split(b"\n")
        both = enumerate(zip(theirs, ours, strict=False), 1)
        end = min(len(theirs), len(ours)) + 1
        line = next((number for number, (a, b) in both if a != b), end)
        report.add("export", f"line {line} is not what the archive gives at that cut")
