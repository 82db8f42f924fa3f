"""Plugins in isolation: only the given ones, without any that are installed."""

from __future__ import annotations

import types
from collections.abc import Iterable
from functools import partial

from dateline.doubts.doubt import Doubter
from dateline.events.registry import EventType
from dateline.export.exporter import Exporter
from dateline.plugins.checks import Check
from dateline.plugins.containers import Container
from dateline.plugins.discovery import Candidate
from dateline.plugins.formats import Importer, SourceImporter
from dateline.plugins.hookspecs import hookimpl
from dateline.plugins.loaded import Plugins
from dateline.views.projection import View

_HOOK_OF: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (View, "dateline_views"),
    (Exporter, "dateline_exporters"),
    ((Importer, SourceImporter), "dateline_importers"),
    (Container, "dateline_containers"),
    (EventType, "dateline_event_types"),
    (Check, "dateline_checks"),
    (Doubter, "dateline_doubts"),
)


def isolated(*offers: object) -> Plugins:
    """The plugins in `offers` and no others.

    Each offer is a module or object with hooks, or what a hook returns (a view, an exporter ...),
    or a list of these. Raises DatelineError if one cannot be loaded.
    """
    plugins = Plugins(strict=True)
    loose: list[object] = []
    for number, offer in enumerate(offers):
        if _hook_of(offer) is not None:
            loose.append(offer)
        elif isinstance(offer, Iterable) and not isinstance(offer, type):
            loose += offer
        else:
            name = getattr(offer, "__name__", None) or f"plugin-{number}"
            plugins.add(Candidate(str(name), "this test", partial(_itself, offer)))
    if loose:
        plugins.add(Candidate("test", "this test", partial(_plugin, loose)))
    return plugins


def _hook_of(item: object) -> str | None:
    return next((hook for kinds, hook in _HOOK_OF if isinstance(item, kinds)), None)


def _plugin(items: list[object]) -> object:
    """A plugin that offers these items."""
    by_hook: dict[str, list[object]] = {}
    for item in items:
        hook = _hook_of(item)
        if hook is None:
            raise TypeError(
                f"{item!r} is neither a plugin nor an instance of a view, an exporter, an importer, "
                "a container, an event type or a check"
            )
        by_hook.setdefault(hook, []).append(item)
    return types.SimpleNamespace(**{hook: _hook(found) for hook, found in by_hook.items()})


def _hook(items: list[object]) -> object:
    return hookimpl(lambda: items)


def _itself(plugin: object) -> object:
    return plugin
