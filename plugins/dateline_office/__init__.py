"""Documents of office programs: DOCX, ODT, XLSX and CSV. The text is what a reader sees, without layout."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Importer, SourceImporter, hookimpl
from dateline_office.docx import Docx
from dateline_office.ods import Ods
from dateline_office.odt import Odt
from dateline_office.rtf import Rtf
from dateline_office.sheets import Csv, Tsv, Xlsx


@hookimpl
def dateline_importers() -> Iterable[Importer | SourceImporter]:
    return [Docx(), Odt(), Rtf(), Xlsx(), Ods(), Csv(), Tsv()]
