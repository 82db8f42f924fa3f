"""ZIP files: each file in them is a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from dateline.plugin import Contained, Container, hookimpl, open_zip, unpacked, why_unreadable

#: What systems put beside the files themselves.
_BESIDE = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class Zip(Container):
    """A ZIP file. It knows nothing of its files but their names: the times in it are those of somebody's
    disk, without a time zone."""

    name, suffixes, media_types = (
        "zip",
        (".zip",),
        ("application/zip", "application/x-zip-compressed"),
    )

    def documents(self, file: BinaryIO) -> Iterator[Contained]:
        with open_zip(file) as packed:
            for entry in packed.infolist():
                name = entry.filename
                if entry.is_dir() or name.startswith(_BESIDE) or name.endswith(_BESIDE):
                    continue
                if (error := why_unreadable(entry)) is not None:
                    yield Contained(name, error=error)
                else:
                    yield Contained(name, unpacked(packed, entry))


@hookimpl
def dateline_containers() -> Iterable[Container]:
    return [Zip()]
