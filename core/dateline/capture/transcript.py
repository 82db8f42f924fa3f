"""A transcript that a person typed, as the text of an image, a scan or a recording."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from dateline.documents.charset import find_charset
from dateline.documents.document import BINARY, Document
from dateline.documents.folder import read_bounded
from dateline.errors import DatelineError
from dateline.plugins.formats import Extracted, SourceImporter


class Transcript(SourceImporter):
    """Reads a document of any kind: its text is the content of the file `transcript`, which `person` typed."""

    name, suffixes, media_type = "transcript", (), "application/octet-stream"

    def __init__(self, document: str, transcript: str, person: str | None) -> None:
        """Raises DatelineError if the transcript cannot be read, or has no text."""
        content = read_bounded(Path(transcript))
        self._text = Document(content, find_charset(content)).text.removeprefix("\ufeff")
        if not self._text.strip() or "\x00" in self._text:
            raise DatelineError(
                f"{transcript} has no text",
                hint="type what can be read in the document, and save it as plain text",
                code="transcript-empty",
            )
        self._tool = f"transcribed by {person or 'a person'}"
        self.media_type = mimetypes.guess_type(document)[0] or self.media_type  # type: ignore[misc]

    def document(self, content: bytes, charset: str | None) -> Document:
        return Document(content, BINARY)

    def extract(self, document: Document) -> Extracted:
        return Extracted(self._text, self._tool)
