"""Capturing a document: read it, record it as a source, and say what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dateline.capture.details import remembered
from dateline.capture.earlier import Earlier
from dateline.capture.following import Following
from dateline.capture.obtain import read, reader_of
from dateline.capture.recapture import (
    CapturingArchive,
    captured_before,
    kept_without,
    require_not_withdrawn,
    require_same_protection,
    text_kept,
)
from dateline.capture.rereading import Rereading, consequences, usual_charset
from dateline.capture.same import known_of
from dateline.capture.source_lines import extracted_from, source_lines
from dateline.capture.wanted import Wanted
from dateline.documents.document import Document
from dateline.errors import DatelineError, Refused, VersionConflict
from dateline.events.acts import short
from dateline.events.state import StoryState
from dateline.plugins.blaming import Blamed
from dateline.recording.introductions import introductions
from dateline.recording.recorder import Recorded

_TRIES = 50


@dataclass(frozen=True)
class Captured:
    """The result of capturing a document.

    ``source`` is its id. ``text`` is the id of the text that was read from it, which facts quote; None if
    the document is plain text itself. ``read_again`` is true when it was captured before, and only a new
    reading of it was recorded. ``notes`` are sentences about how it was read; ``ignored`` are those of them
    about what was not believed or not read. ``words`` describes it. ``undated`` is true for a new document without
    a date of publication. ``recorded`` counts what was recorded. ``stays_erased`` is true when nothing was
    recorded because the document was erased and its text is still in the story.
    """

    story: str
    source: str
    text: str | None
    words: str
    notes: tuple[str, ...]
    recorded: Recorded
    stays_erased: bool = False
    read_again: bool = False
    ignored: tuple[str, ...] = ()
    undated: bool = False

    @property
    def new(self) -> bool:
        """Whether anything was recorded; False if the story had it already."""
        return bool(self.recorded.new)


def capture(
    archive: CapturingArchive, story: str, wanted: Wanted, following: Following | None = None
) -> Captured:
    """Capture a document. It tries again when another process writes to the story meanwhile, since
    that may add the same text. `following` has the state of the story, when many documents are captured."""
    following = following or Following(archive, story)
    if wanted.review is not None:
        wanted = replace(wanted, review=remembered(wanted.review))
    for _ in range(_TRIES):
        state = following.state()
        try:
            return _attempt(archive, state, following.earlier, wanted)
        except (VersionConflict, Refused):
            if archive.story(story).version == state.version:
                raise
    raise DatelineError(
        f"other processes keep writing to story {story}; nothing was captured",
        hint="try again",
        code="story-busy",
    )


def _attempt(
    archive: CapturingArchive, state: StoryState, earlier: Earlier, wanted: Wanted
) -> Captured:
    reader = wanted.reader or reader_of(archive.plugins, wanted.obtained, wanted.format)
    document_id = Document(wanted.obtained.content).source
    known = archive.document(document_id)
    usual = usual_charset(earlier, document_id, known)
    blamed = Blamed(archive.plugins, "source_importers", reader.name)
    document = blamed.call(lambda: read(reader, wanted.obtained, wanted.charset, usual))
    extracted = blamed.call(lambda: extracted_from(reader, document))
    about, ignored, before = known_of(state, earlier, wanted, document_id, extracted)
    made = source_lines(
        *(reader, document, extracted, about, archive.document, state.entities, earlier),
        before=before,
        review=wanted.review,
        contained=wanted.contained,
        held=wanted.held,
        default_publisher=wanted.default_publisher,
    )
    chosen = (wanted.about.get("publisher"), wanted.default_publisher)
    if wanted.protect is not None and wanted.review is None and made.publisher not in chosen:
        _require_known(made.publisher)
    if before is not None:
        again = Rereading(made, document, before, state, earlier, archive.document)
        if again.line is not None and (wanted.charset or wanted.format or again.same_tool):
            return _read_again(archive, wanted, again)
    text = None if made.text is None else made.text.source
    archived = None if text is None else state.sources.get(text)
    if text is not None and archived is not None and before is None:
        require_same_protection(archive, state, text, wanted.protect)
    erased = kept_without(earlier, document_id) if before is None else None
    lines = made.lines if before is None else again.lines
    introduced = introductions([made.publisher, *wanted.new], state)
    if before is not None and not introduced and wanted.protect is None and again.is_complete:
        result = Recorded(0, len(lines), (), (), 0, ())  # asking the log would take long
    else:
        result = archive.record(
            [*introduced, *lines],
            story=state.slug,
            files=made.content,
            recorded_by=wanted.recorded_by,
            protect=wanted.protect,
            anew=True,
            expected=state.version,
            dry_run=erased is not None,
        )
    source, last = str(lines[0]["source"]), str(lines[-1]["source"])
    quoted = None if last == source else last
    if erased is not None:
        why = text_kept(erased, state.slug)
        return Captured(state.slug, source, erased, "", (why,), result, stays_erased=True)
    if not result.new:
        require_not_withdrawn(state, {source, last}, archive)
    remarks = made.remarks + (ignored if result.new else [])
    notes = remarks + made.taken
    if quoted is not None:
        notes.insert(0, f"Quote its text, not the document: --source {short(quoted)}")
    if result.new and before is None:
        notes = captured_before(state, earlier, made) + notes
    if before is not None and again.line is not None:
        notes.append(again.not_asked)
    elif wanted.charset is None and document.charset != "utf-8" and not document.binary:
        notes.append(_read_as(document.charset, known is None))
    without = made.undated(state.slug) if result.new else []
    notes += without
    words = made.ids(source, texts=result.new > 0 or before is None)
    return Captured(
        state.slug,
        source,
        quoted,
        words,
        tuple(notes),
        result,
        ignored=tuple(remarks) if result.new else (),
        undated=bool(without),
    )


def _read_again(archive: CapturingArchive, wanted: Wanted, again: Rereading) -> Captured:
    """Record a new reading of an earlier capture, and nothing else."""
    story, name = again.state.slug, again.name
    if wanted.protect is not None:
        require_same_protection(archive, again.state, again.before.source, wanted.protect)
    result = archive.record(
        [again.line],
        story=story,
        files=again.content,
        recorded_by=wanted.recorded_by,
        protect=wanted.protect,
        anew=True,
        expected=again.state.version,
    )
    notes = [f"Quote this reading: --source {short(name)}"]
    notes += again.notes()
    notes += consequences(archive.state(story, facts=None), name, again.text.text)
    source = again.before.source
    return Captured(story, source, name, again.words, tuple(notes), result, read_again=True)


def _require_known(publisher: str) -> None:
    """Raises DatelineError (``publisher-in-clear``) for a new publisher that only the document names: an
    organization is not protected with what names it, so a person must decide to have its name in clear."""
    name = publisher.partition("=")[2]
    if name:
        raise DatelineError(
            f"its publisher {name!r} is new, and organizations are not protected",
            hint="if its name may stay in clear, give it with --publisher; else give another publisher",
            code="publisher-in-clear",
        )


def _read_as(charset: str, new: bool) -> str:
    if not new:
        return f"Read as {charset}, as before."
    return f"Read as {charset}. If that is wrong, capture it again with the right --charset."
