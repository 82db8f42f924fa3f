"""The hooks. Each returns what a plugin offers; none can veto, and their order does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from dateline.doubts.doubt import Doubter
    from dateline.events.registry import EventType
    from dateline.export.exporter import Exporter
    from dateline.plugins.checks import Check
    from dateline.plugins.executors import Executor
    from dateline.plugins.formats import Importer, SourceImporter
    from dateline.proposals.proposer import Proposer
    from dateline.views.projection import View

PROJECT = "dateline"
hookspec = pluggy.HookspecMarker(PROJECT)
#: Marks a function of a plugin as the implementation of the hook with the same name.
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def dateline_views() -> Iterable[View]:  # type: ignore[empty-body]
    """Offer views: instances of `View`, or of a form of it such as `FactView`."""


@hookspec
def dateline_exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Offer export formats: instances of `Exporter`."""


@hookspec
def dateline_importers() -> Iterable[Importer | SourceImporter]:  # type: ignore[empty-body]
    """Offer import formats: instances of `Importer` for facts or `SourceImporter` for sources."""


@hookspec
def dateline_event_types() -> Iterable[EventType]:  # type: ignore[empty-body]
    """Offer event types, named ``vendor.noun.verb``, with their upcasters."""


@hookspec
def dateline_checks() -> Iterable[Check]:  # type: ignore[empty-body]
    """Offer checks of the stories, which ``dateline status`` runs."""


@hookspec
def dateline_doubts() -> Iterable[Doubter]:  # type: ignore[empty-body]
    """Offer rules that doubt facts, for the view ``doubts`` and the warnings when facts are recorded."""


@hookspec
def dateline_executors() -> Mapping[str, Executor]:  # type: ignore[empty-body]
    """Offer executors, by name: functions that fold the chunks of a rebuild elsewhere."""


@hookspec
def dateline_proposers() -> Iterable[Proposer]:  # type: ignore[empty-body]
    """Offer proposers: they read a source and propose facts, which wait until a person accepts them."""
