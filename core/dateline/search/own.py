"""All views of Dateline's own."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from dateline.documents import storage as documents
from dateline.log.engine import glancing
from dateline.log.read import Reader
from dateline.views.about import ABOUT
from dateline.views.projection import View
from dateline.views.summaries import SUMMARIES


def own_views(engine: Engine | None = None, reader: Reader | None = None) -> dict[str, View]:
    """The views of Dateline's own by name. To be folded, they need the archive, for the texts of its
    sources; without it they only have their shapes."""
    from dateline.search.entity_counts import EntityCounts
    from dateline.search.index import Entities, Facts, Sources  # most commands need none of them
    from dateline.search.mentions import Mentions

    sources = Sources()
    if engine is not None and reader is not None:
        sources.text_of = texts(engine, reader)
    views = ABOUT, SUMMARIES, Entities(), EntityCounts(), Facts(), Mentions(), sources
    return {view.name: view for view in views}


def texts(engine: Engine, reader: Reader) -> Callable[[str], str | None]:
    """A function that returns the text of a source; None if it is not here, or has none."""

    def text_of(source: str) -> str | None:
        with glancing(engine) as connection:
            document = documents.get(connection, source, reader.vault)
        return None if document is None or document.binary else document.text

    return text_of
