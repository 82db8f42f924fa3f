"""Subtitles: WebVTT and SRT. The text is that of the cues, with the time code of each paragraph."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import (
    DatelineError,
    Document,
    Extracted,
    Importer,
    SourceImporter,
    find_charset,
    hookimpl,
)
from dateline_subtitles.cues import cues, spoken
from dateline_subtitles.paragraphs import paragraphs

_TOOL = "dateline subtitles 1"


class _Subtitles(SourceImporter):
    def document(self, content: bytes, charset: str | None) -> Document:
        document = Document(content, charset or find_charset(content))
        if "-->" not in document.text:
            raise DatelineError(
                "these are no subtitles: there is no time code in them",
                hint="if it is a text, capture it with --as text",
                code="not-subtitles",
            )
        return document

    def extract(self, document: Document) -> Extracted:
        found = list(cues(document.text))
        return Extracted(paragraphs(spoken(cue) for cue in found), _TOOL)


class WebVtt(_Subtitles):
    """WebVTT (W3C). Sentences that go on over several cues are joined. A line begins with its time code,
    ``[00:01:02]``, from which quotations have theirs; a speaker that a cue names stands before the words.
    Comments and styles are left out.
    """

    name, suffixes, media_type = "webvtt", (".vtt",), "text/vtt"


class Srt(_Subtitles):
    """SubRip. As WebVTT."""

    name, suffixes, media_type = "srt", (".srt",), "application/x-subrip"


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [WebVtt(), Srt()]
