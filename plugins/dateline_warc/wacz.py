"""WACZ files: crawls in a ZIP file, with an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dateline.plugin import Contained, Container, DatelineError, open_zip, why_unreadable
from dateline_warc.warc import records


class Wacz(Container):
    """A packed crawl: the documents of its WARC files, which are read without unpacking them first."""

    name, suffixes, media_types = "wacz", (".wacz",), ("application/wacz",)

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        with open_zip(file) as packed:
            crawls = [
                entry
                for entry in packed.infolist()
                if entry.filename.lower().endswith((".warc", ".warc.gz"))
            ]
            if not crawls:
                raise DatelineError(
                    "this is not a WACZ file: it contains no WARC file",
                    hint="if it is another ZIP file, capture it with --as zip",
                    code="not-a-wacz",
                )
            for entry in crawls:
                name = entry.filename.rpartition("/")[2]
                if (error := why_unreadable(entry)) is not None:
                    yield Contained(name, error=error)
                    continue
                with packed.open(entry) as crawl:
                    yield from records(crawl, f"{name}/")
