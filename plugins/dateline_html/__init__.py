"""HTML: one page to read, with every quotation in its context. It loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.plugin import Exporter, Material, StatedCut, hookimpl
from dateline_html.page import page
from dateline_html.stated import stated


class Html(Exporter):
    """A self-contained page of one story or several, for screens, printers and screen readers.

    The page has no script, no external link and no external resource, so text from a source cannot
    act. With ``--view`` it shows the rows of that view instead.
    """

    name, suffix, media_type = "html", ".html", "text/html"

    def export(self, material: Material) -> Iterator[str]:
        return page(material)

    def stated_cut(self, content: str, sidecar: str | None) -> StatedCut | None:
        return stated(content)


@hookimpl
def dateline_exporters() -> Iterable[Exporter]:
    return [Html()]
