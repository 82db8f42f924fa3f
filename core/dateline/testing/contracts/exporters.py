"""What every exporter keeps to: equal archives give equal bytes, piece by piece."""

# ruff: noqa: BLE001 - whatever a plugin raises is what is judged here

from __future__ import annotations

import contextlib
import copy
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from dateline.archive import Archive
from dateline.errors import DatelineError
from dateline.events.envelope import Event
from dateline.events.present import StoryState
from dateline.log.document import Document
from dateline.plugins.formats import Cut, Exporter, Material
from dateline.plugins.loaded import Plugins
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict, judge
from dateline.testing.contracts.trials import EVENTFUL, Lines, Trials, trials_for
from dateline.testing.contracts.watch import Watch
from dateline.views.table import Table

#: Stories of the two archives that show whether an exporter reads all before it writes.
_FEW, _MANY = 3, 12


def exporter_verdicts(
    exporter: Exporter,
    *,
    plugins: Plugins | None = None,
    examples: int = 25,
    trials: Trials | None = None,
) -> list[Verdict]:
    """Every rule for exporters, held against `exporter`; `plugins` offer the views it may read, by
    default those installed."""
    with trials_for(trials, plugins or Plugins.load(), (), examples) as made:
        rules = [
            Rule(name, partial(check, exporter, made), constant=name in _CONSTANT)
            for name, check in EXPORTER_RULES.items()
        ]
        return judge(rules, made.strategy, made.examples, fixed=[EVENTFUL], told=list)


def writes_every_story(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """No valid story makes it raise."""
    error = _first(exporter, trials, lines).error
    if isinstance(error, DatelineError):
        raise Skipped(str(error))
    if error is not None:
        raise Broken(f"it raised {type(error).__name__}: {error}")


def is_text_with_a_last_line_end(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """Valid UTF-8 that ends with a line end; JSON that parses, where that is the format."""
    _check_text(exporter, _first(exporter, trials, lines).whole())


def is_silent(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """It prints nothing itself: who asked for the document decides where it goes."""
    printed = _first(exporter, trials, lines).printed
    if printed:
        raise Broken(f"it printed {printed[:60]!r}; yield what is to be written")


def is_deterministic(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """Written again, by the same instance and by another, the bytes are the same."""
    first = _first(exporter, trials, lines).whole()
    fresh = copy.deepcopy(exporter)
    for again in (exporter, fresh):
        if _write(again, trials, lines).chunks != first:
            raise Broken("written twice from the same archive, the documents differ")


def asks_nothing_outside(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """No clock, randomness or network. Files of its own, like a style sheet, are fine."""
    _first(exporter, trials, lines).whole()  # what is imported or cached once happens here
    with trials.recording(lines).archive.material() as material, Watch(files=False) as watch:
        list(exporter.export(material))
    if watch.seen:
        raise Broken(f"it asked {watch.seen[0]}: a document may depend on the archive alone")


def writes_an_empty_archive(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """An archive without a story is a document too, and not an empty one."""
    with (
        Archive(trials.empty(), trials.plugins) as archive,
        archive.material() as material,
    ):
        try:
            chunks = list(exporter.export(material))
        except Exception as error:
            raise Broken(f"of an empty archive it raised {type(error).__name__}: {error}") from None
    _check_text(exporter, chunks)
    if not "".join(chunks).strip():
        raise Broken("of an empty archive it writes nothing")


def streams(exporter: Exporter, trials: Trials, lines: Lines) -> None:
    """It writes while it reads: what it takes in between two pieces does not grow with the archive.

    A document that does not grow with the archive, like a sum, may be written last.
    """
    few, length = _read_at_once(exporter, trials.many(_FEW))
    many, longer = _read_at_once(exporter, trials.many(_MANY))
    if longer > 2 * length and many > 2 * few:
        raise Broken(
            f"of {_MANY} stories it read {many} stories, events and tables without writing, of "
            f"{_FEW} it read {few}: yield each piece when it is made"
        )


EXPORTER_RULES: dict[str, Callable[[Exporter, Trials, Lines], None]] = {
    "takes-every-story": writes_every_story,
    "text": is_text_with_a_last_line_end,
    "silent": is_silent,
    "deterministic": is_deterministic,
    "pure": asks_nothing_outside,
    "empty-archive": writes_an_empty_archive,
    "streams": streams,
}
#: Rules that make their own archive.
_CONSTANT = ("empty-archive", "streams")


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing once."""

    chunks: list[str]
    printed: str = ""
    error: Exception | None = None

    def whole(self) -> list[str]:
        """The pieces of a document that was written to its end; else a rule has nothing to say."""
        if self.error is not None:
            raise Skipped(f"it raised {type(self.error).__name__}: {self.error}")
        return self.chunks


def _write(exporter: Exporter, trials: Trials, lines: Lines) -> Written:
    printed, chunks = io.StringIO(), []
    with (
        trials.recording(lines).archive.material() as material,
        contextlib.redirect_stdout(printed),
    ):
        try:
            for chunk in exporter.export(material):
                chunks.append(chunk)  # noqa: PERF402 - those before it raised count too
        except Exception as error:
            return Written(chunks, printed.getvalue(), error)
    return Written(chunks, printed.getvalue())


def _first(exporter: Exporter, trials: Trials, lines: Lines) -> Written:
    """The first time it wrote this history: several rules look at the same document."""
    recording = trials.recording(lines)
    if recording.written is None or recording.written[0] is not exporter:
        recording.written = (exporter, _write(exporter, trials, lines))
    found = recording.written[1]
    assert isinstance(found, Written)
    return found


def _check_text(exporter: Exporter, chunks: list[str]) -> None:
    for chunk in chunks:
        if not isinstance(chunk, str):
            raise Broken(f"it yields {type(chunk).__name__}, not text")
    text = "".join(chunks)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Broken(f"it is no UTF-8: {error}") from None
    if text and not text.endswith("\n"):
        raise Broken(f"it ends with {text[-20:]!r}, without a line end")
    whole = exporter.media_type.endswith("json") and "ndjson" not in exporter.media_type
    for part in (
        [text] if whole else text.split("\n")[:-1] if "ndjson" in exporter.media_type else []
    ):
        try:
            json.loads(part)
        except ValueError as error:
            raise Broken(f"it is no JSON: {error}") from None


def _read_at_once(exporter: Exporter, archive: Archive) -> tuple[int, int]:
    """The most it read without writing in between, and how long the document is."""
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
    """Material that counts what is read from it: stories, events, tables and documents."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self.read = 0

    @property
    def cut(self) -> Cut:
        return self._material.cut

    @property
    def failed(self) -> Mapping[str, Any]:
        return self._material.failed

    @property
    def view(self) -> str | None:
        return self._material.view

    @property
    def slugs(self) -> list[str]:
        return self._material.slugs

    def stories(self) -> Iterator[StoryState]:
        for story in self._material.stories():
            self.read += 1
            yield story

    def views(self) -> list[str]:
        return self._material.views()

    def table(self, view: str, story: str) -> Table:
        self.read += 1
        return msgspec.structs.replace(self._material.table(view, story))

    def events(self) -> Iterator[Event]:
        for event in self._material.events():
            self.read += 1
            yield event

    def document(self, source: str) -> Document | None:
        self.read += 1
        return self._material.document(source)
