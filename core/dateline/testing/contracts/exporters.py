"""The rules for exporters: equal archives give equal bytes, written piece by piece."""

# ruff: noqa: BLE001 - a plugin may raise anything, and that is checked here

from __future__ import annotations

import contextlib
import copy
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from dateline.archive import Archive
from dateline.documents.document import Document
from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.events.state import StoryState
from dateline.export.exporter import Exporter, Material
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict
from dateline.testing.contracts.trials import Lines, Trials
from dateline.testing.contracts.watch import Watch
from dateline.views.table import Table

#: Numbers of stories in two archives that show whether an exporter reads everything first.
_FEW, _MANY = 3, 12


def exporter_verdicts(exporter: Exporter, trials: Trials) -> list[Verdict]:
    """The verdict of every rule for exporters."""
    return trials.judge(
        Rule(name, partial(check, exporter, trials), constant=name in _CONSTANT)
        for name, check in EXPORTER_RULES.items()
    )


def writes_every_story(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """The exporter accepts every valid story: it does not raise. A DatelineError skips the rule."""
    error = _first(exporter, trials, lines).error
    if isinstance(error, DatelineError):
        raise Skipped(str(error))
    if error is not None:
        raise Broken(f"it raised {type(error).__name__}: {error}")


def is_text_with_a_last_line_end(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """The document is valid UTF-8 and ends with a line end; a JSON format can be parsed. A binary format
    yields bytes alone."""
    _check_text(exporter, _first(exporter, trials, lines).whole())


def is_silent(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """The exporter prints nothing: its caller decides where the document is written."""
    printed = _first(exporter, trials, lines).printed
    if printed:
        raise Broken(f"it printed {printed[:60]!r}; yield the text of the document instead")


def is_deterministic(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """The same instance and a fresh one write the same bytes again."""
    first = _first(exporter, trials, lines).whole()
    fresh = copy.deepcopy(exporter)
    for again in (exporter, fresh):
        if _write(again, trials, lines).chunks != first:
            raise Broken("two exports of the same archive differ")


def uses_nothing_outside(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """The exporter uses no clock, randomness or network. It may read its own files, such as a style
    sheet."""
    _first(exporter, trials, lines).whole()  # let one-time imports and caching happen here
    with trials.recording(lines).archive.material() as material, Watch(files=False) as watch:
        list(exporter.export(material))
    if watch.seen:
        raise Broken(f"it called {watch.seen[0]}: a document may depend only on the archive")


def writes_an_empty_archive(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """An archive without stories gives a document that is not empty."""
    with (
        Archive(trials.empty(), trials.plugins) as archive,
        archive.material() as material,
    ):
        try:
            chunks: list[str | bytes] = list(exporter.export(material))
        except Exception as error:
            raise Broken(
                f"for an empty archive it raised {type(error).__name__}: {error}"
            ) from None
    _check_text(exporter, chunks)
    if not any(chunk.strip() for chunk in chunks):
        raise Broken("for an empty archive it writes nothing; write at least a heading")


def streams(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """The exporter writes while it reads: what it reads between two pieces does not grow with the
    archive.

    A document whose length does not grow with the archive, such as a sum, may be written last.
    """
    few, length = _read_at_once(exporter, trials.many(_FEW))
    many, longer = _read_at_once(exporter, trials.many(_MANY))
    if longer > 2 * length and many > 2 * few:
        raise Broken(
            f"without writing anything in between it read {many} items (stories, events, tables) of "
            f"{_MANY} stories, but {few} items of {_FEW} stories: yield each piece when it is made"
        )


EXPORTER_RULES: dict[str, Callable[[Exporter, Trials, Lines], None]] = {
    "takes-every-story": writes_every_story,
    "text": is_text_with_a_last_line_end,
    "silent": is_silent,
    "deterministic": is_deterministic,
    "pure": uses_nothing_outside,
    "empty-archive": writes_an_empty_archive,
    "streams": streams,
}
#: Rules that use archives of their own.
_CONSTANT = ("empty-archive", "streams")


@dataclass(frozen=True, slots=True)
class Written:
    """The result of one export."""

    chunks: list[str | bytes]
    printed: str = ""
    error: Exception | None = None

    def whole(self) -> list[str | bytes]:
        """The pieces of a complete document. Raises Skipped if the exporter raised."""
        if self.error is not None:
            raise Skipped(f"it raised {type(self.error).__name__}: {self.error}")
        return self.chunks


def _write(exporter: Exporter, trials: Trials, lines: Lines) -> Written:
    printed, chunks = io.StringIO(), list[str | bytes]()
    with (
        trials.recording(lines).archive.material() as material,
        contextlib.redirect_stdout(printed),
    ):
        try:
            for chunk in exporter.export(material):
                chunks.append(chunk)
        except Exception as error:
            return Written(chunks, printed.getvalue(), error)
    return Written(chunks, printed.getvalue())


def _first(exporter: Exporter, trials: Trials, lines: Lines) -> Written:
    """The first export of this history: several rules examine the same document."""
    recording = trials.recording(lines)
    if recording.written is None or recording.written[0] is not exporter:
        recording.written = (exporter, _write(exporter, trials, lines))
    found = recording.written[1]
    assert isinstance(found, Written)
    return found


def _check_text(exporter: Exporter, chunks: Sequence[str | bytes]) -> None:
    wanted = bytes if exporter.binary else str
    for chunk in chunks:
        if not isinstance(chunk, wanted):
            raise Broken(f"it yields {type(chunk).__name__}; yield {wanted.__name__}")
    if exporter.binary:
        return
    text = "".join(chunk for chunk in chunks if isinstance(chunk, str))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Broken(f"its text is not valid UTF-8: {error}") from None
    if text and not text.endswith("\n"):
        raise Broken(f"its text ends with {text[-20:]!r} and not with a line end")
    whole = exporter.media_type.endswith("json") and "ndjson" not in exporter.media_type
    for part in (
        [text] if whole else text.split("\n")[:-1] if "ndjson" in exporter.media_type else []
    ):
        try:
            json.loads(part)
        except ValueError as error:
            raise Broken(f"its text is not valid JSON: {error}") from None


def _read_at_once(exporter: Exporter, archive: Archive) -> tuple[int, int]:
    """The most items that were read between two pieces, and the length of the document."""
    with archive.material() as material:
        counted = Counted(material)
        most = length = 0
        try:
            for chunk in exporter.export(counted):
                most, counted.read = max(most, counted.read), 0 if chunk else counted.read
                length += len(chunk)
        except Exception as error:
            raise Skipped(f"it raised {type(error).__name__}: {error}") from None
    return most, length


class Counted:
    """Material that counts the stories, events, tables and documents that are read from it."""

    def __init__(self, material: Material) -> None:
        self._material, self.read = material, 0
        self.cut, self.failed = material.cut, material.failed
        self.view, self.slugs = material.view, material.slugs

    def stories(self) -> Iterator[StoryState]:
        for story in self._material.stories():
            self.read += 1
            yield story

    def views(self) -> list[str]:
        return self._material.views()

    def table(self, view: str, story: str) -> Table:
        self.read += 1
        return msgspec.structs.replace(self._material.table(view, story))

    def tables(self, view: str) -> Iterator[Table]:
        for table in self._material.tables(view):
            self.read += 1
            yield msgspec.structs.replace(table)

    def events(self) -> Iterator[Event]:
        for event in self._material.events():
            self.read += 1
            yield event

    def document(self, source: str) -> Document | None:
        self.read += 1
        return self._material.document(source)
