"""What every importer keeps to: any bytes are read or explained, however they arrive."""

# ruff: noqa: BLE001 - whatever a plugin raises is what is judged here

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dateline.errors import DatelineError, MissingLibrary
from dateline.log.document import Document
from dateline.plugins.formats import Extracted, Importer, SourceImporter
from dateline.recording.line import Line
from dateline.testing import documents, samples
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict, judge

_BOM = b"\xef\xbb\xbf"
_JSON = b'{"type":"story.opened","slug":"a-b","title":"\xc3\xa9"}'
_TABLE = b'story,text\r\nferry,"two\nlines, \xc3\xa9"\r\n'
_BYTES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.sampled_from([_BOM, _JSON, _TABLE, b"\n", b"\r\n", b"{", b'"', b",", b"\x00"])).map(
        b"".join
    ),
)
_FIXED = (
    b"",
    _BOM,
    _BOM + _JSON,
    _JSON + b"\n\n" + _JSON,
    _JSON + b"\r\n{broken",
    _TABLE,
    b"\xff\xfe\x00",
)
_DOCUMENTS = (documents.page(), documents.pdf("One page"), documents.pdf(""), samples.TEXT.encode())


def importer_verdicts(
    importer: Importer | SourceImporter, *, files: Sequence[bytes] = (), examples: int = 25
) -> list[Verdict]:
    """Every rule for importers, held against `importer`: made-up bytes, and `files` of its own."""
    fixed = [*files, *_FIXED, *_DOCUMENTS]
    strategy: SearchStrategy[bytes] = _BYTES
    if files:
        strategy = st.one_of(_BYTES, st.sampled_from(files).flatmap(_cut_anywhere))
    if isinstance(importer, Importer):
        rules = [Rule(name, partial(check, importer)) for name, check in IMPORTER_RULES.items()]
    else:
        rules = [Rule(name, partial(check, importer)) for name, check in SOURCE_RULES.items()]
    return judge(rules, strategy, examples, fixed=fixed, told=lambda content: [{"bytes": content}])


def reads_any_bytes(importer: Importer, content: bytes) -> None:
    """Whatever the bytes are, it yields lines; one that cannot be read carries findings."""
    try:
        lines = list(copy.deepcopy(importer).read([content]))
    except DatelineError as error:
        if isinstance(error, MissingLibrary):
            raise Skipped(str(error)) from None
        raise Broken(f"it raised {error!r}; yield a Line with findings instead") from None
    except Exception as error:
        raise Broken(
            f"it raised {type(error).__name__}: {error}; yield a Line with findings instead"
        ) from None
    for line in lines:
        if not isinstance(line, Line):
            raise Broken(f"it yields {line!r}, which is no Line")


def chunks_do_not_matter(importer: Importer, content: bytes) -> None:
    """The same bytes are the same lines, however they are cut into pieces."""
    try:
        whole = list(copy.deepcopy(importer).read([content]))
        for size in (1, 2, 7):
            if list(copy.deepcopy(importer).read(_pieces(content, size))) != whole:
                raise Broken(f"in pieces of {size} it reads other lines than in one piece")
        if list(importer.read([content])) != list(importer.read([content])):
            raise Broken("read twice by the same instance, the lines differ")
    except Broken:
        raise
    except Exception as error:
        raise Skipped(str(error)) from None


def explains_any_document(importer: SourceImporter, content: bytes) -> None:
    """Any bytes make a document or a DatelineError, which says what to do."""
    for charset in (None, "utf-8"):
        try:
            _read(copy.deepcopy(importer), content, charset)
        except MissingLibrary as error:
            raise Skipped(str(error)) from None
        except DatelineError:
            continue
        except Exception as error:
            raise Broken(
                f"it raised {type(error).__name__}: {error}; raise DatelineError with a hint instead"
            ) from None


def reads_a_document_the_same(importer: SourceImporter, content: bytes) -> None:
    """The same bytes give the same text: evidence counts its characters."""
    try:
        first = _read(copy.deepcopy(importer), content, None)
        again = _read(importer, content, None), _read(importer, content, None)
    except Exception as error:
        raise Skipped(str(error)) from None
    if again != (first, first):
        raise Broken("read twice, the document or its text differs")


def keeps_the_bytes(importer: SourceImporter, content: bytes) -> None:
    """The document holds the bytes that it was given: they are what the archive vouches for."""
    try:
        document = importer.document(content, None)
    except Exception as error:
        raise Skipped(str(error)) from None
    if document.content != content:
        raise Broken("the document does not hold the bytes it was made of")


IMPORTER_RULES: dict[str, Callable[[Importer, bytes], None]] = {
    "any-bytes": reads_any_bytes,
    "any-chunks": chunks_do_not_matter,
}
SOURCE_RULES: dict[str, Callable[[SourceImporter, bytes], None]] = {
    "any-bytes": explains_any_document,
    "deterministic": reads_a_document_the_same,
    "keeps-bytes": keeps_the_bytes,
}


def _read(
    importer: SourceImporter, content: bytes, charset: str | None
) -> tuple[Document, Extracted | None]:
    document = importer.document(content, charset)
    return document, importer.extract(document)


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]
        yield b""


def _cut_anywhere(content: bytes) -> SearchStrategy[bytes]:
    """A file of its own, torn off somewhere."""
    return st.integers(0, len(content)).map(lambda end: content[:end])
