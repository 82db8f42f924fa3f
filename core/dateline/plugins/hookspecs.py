"""The hooks: plural nouns that return descriptors. None can veto, none depends on order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from dateline.events.registry import EventType
    from dateline.plugins.checks import Check
    from dateline.plugins.formats import Exporter, Importer, SourceImporter
    from dateline.views.projection import View

PROJECT = "dateline"
hookspec = pluggy.HookspecMarker(PROJECT)
#: Marks a function of a plugin as the implementation of the hook of its name.
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def dateline_views() -> Iterable[View]:  # type: ignore[empty-body]
    """Offer read models: instances of `FactView` or `View`."""


@hookspec
def dateline_exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Offer formats that stories are written in: instances of `Exporter`."""


@hookspec
def dateline_importers() -> Iterable[Importer | SourceImporter]:  # type: ignore[empty-body]
    """Offer formats that facts (`Importer`) or sources (`SourceImporter`) are read from."""


@hookspec
def dateline_event_types() -> Iterable[EventType]:  # type: ignore[empty-body]
    """Offer event types of your own, named ``vendor.noun.verb``, with their upcasters."""


@hookspec
def dateline_checks() -> Iterable[Check]:  # type: ignore[empty-body]
    """Offer checks of an archive that ``dateline status`` runs."""
