"""The plugins of one process, loaded one by one. A broken plugin is reported and left out."""

from __future__ import annotations

import difflib
import inspect
import traceback
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pluggy

from dateline.errors import DatelineError, UnknownName, described, named, stops_plugin
from dateline.events.payload import Payload
from dateline.events.registry import EventType, Registry
from dateline.export.exporter import Exporter
from dateline.plugins import hookspecs
from dateline.plugins.checks import Check
from dateline.plugins.discovery import Candidate, Selection, in_folder, installed, way_to_import
from dateline.plugins.executors import Executor, check_executor
from dateline.plugins.formats import Importer, SourceImporter, check_format
from dateline.plugins.recipe import Recipe
from dateline.plugins.records import PluginRecord, Status
from dateline.views.projection import View, schema_of

_HOOKS = {
    f"dateline_{kind}": kind
    for kind in ("views", "exporters", "importers", "event_types", "checks", "executors")
}


class Plugins:
    """What plugins offer, by kind and name. There is no global instance: make one for an archive."""

    def __init__(self, *, strict: bool = False) -> None:
        self.records: list[PluginRecord] = []
        self.views: dict[str, View] = {}
        self.exporters: dict[str, Exporter] = {}
        self.importers: dict[str, Importer] = {}
        self.source_importers: dict[str, SourceImporter] = {}
        self.event_types: dict[str, EventType] = {}
        self.checks: dict[str, Check] = {}
        self.executors: dict[str, Executor] = {}
        #: How another process loads the same plugins; None if it cannot, since some were added here.
        self.recipe: Recipe | None = None
        self._strict = strict
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._owners: dict[tuple[str, str], str] = {}
        self._origins: dict[str, str] = {}

    @classmethod
    def load(
        cls,
        *,
        folders: Sequence[Path] = (),
        selection: Selection | None = None,
        strict: bool = False,
    ) -> Plugins:
        """Load the installed plugins and those in `folders` that `selection` allows.

        A plugin that fails is recorded in ``records`` and left out; with `strict` it raises
        DatelineError.
        """
        plugins = cls(strict=strict)
        selection = selection or Selection()
        for candidate in (*installed(), *(c for folder in folders for c in in_folder(folder))):
            plugins._add(candidate, selection)
        plugins.recipe = Recipe.of(folders, selection)
        return plugins

    def add(self, candidate: Candidate, selection: Selection | None = None) -> None:
        """Load one plugin and add everything that it offers, or nothing if it fails."""
        self.recipe = None
        self._add(candidate, selection)

    def _add(self, candidate: Candidate, selection: Selection | None) -> None:
        if selection is not None and not selection.allows(candidate.name):
            self._note(candidate, "blocked")
            return
        try:
            if candidate.name in self._origins:
                other = self._origins[candidate.name]
                raise DatelineError(
                    f"the plugin name {candidate.name!r} is taken by {other}", code="name-taken"
                )
            offered = self._collect(candidate.name, candidate.load())
            self._check_clashes(candidate, offered)
        except BaseException as error:
            stops_plugin(error)
            self._withdraw(candidate)
            if self._strict:
                raise DatelineError(
                    f"plugin {candidate.name} ({candidate.origin}): {_reason(error, candidate)}",
                    hint=f"fix the plugin, or leave it out with --without {candidate.name}",
                    code="plugin-failed",
                ) from error
            detail = None if isinstance(error, DatelineError) else traceback.format_exc()
            self._note(candidate, "failed", error=_reason(error, candidate), detail=detail)
            return
        self._origins[candidate.name] = candidate.origin
        offers = []
        for kind, name, item in offered:
            getattr(self, kind)[name] = item
            self._owners[kind, name] = candidate.name
            offers.append(f"{kind.replace('_', ' ')[:-1]} {name}")
        self._note(candidate, "active", offers=tuple(offers))

    @property
    def failures(self) -> list[PluginRecord]:
        """The plugins that failed to load."""
        return [record for record in self.records if record.status == "failed"]

    def registry(self) -> Registry:
        """The event types of Dateline and of the plugins."""
        return Registry(self.event_types.values())

    def owner(self, kind: str, name: str) -> str:
        """The name of the plugin that offers this item; `kind` is ``views``, ``exporters`` and so on."""
        return self._owners.get((kind, name), "?")

    def origin(self, kind: str, name: str) -> str:
        """Where the plugin that offers this item comes from: a distribution and its version, or a file."""
        return self._origins.get(self.owner(kind, name), "?")

    def owners(self, kind: str) -> dict[str, str]:
        """The name of the plugin that offers each item of a kind."""
        return {name: self.owner(kind, name) for name in getattr(self, kind)}

    def view(self, name: str) -> View:
        """The view with this name. Raises UnknownName."""
        return named(self.views, name, "view", "view-unknown")

    def exporter(self, name: str) -> Exporter:
        """The exporter with this name. Raises UnknownName."""
        return named(self.exporters, name, "format", "format-unknown")

    def importer(self, name: str) -> Importer:
        """The importer with this name. Raises UnknownName."""
        return named(self.importers, name, "import format", "format-unknown")

    def importer_for(self, suffix: str) -> Importer:
        """The importer for files with this suffix, or else the one for NDJSON. Raises DatelineError if
        several match."""
        found = _only(self.importers.values(), suffix, "-f")
        return self.importer("ndjson") if found is None else found

    def source_importer(self, suffix: str) -> SourceImporter:
        """The importer for documents with this suffix. Raises UnknownName, DatelineError if several match."""
        item = _only(self.source_importers.values(), suffix, "--as")
        if item is not None:
            return item
        known = ", ".join(sorted({s for i in self.source_importers.values() for s in i.suffixes}))
        raise UnknownName(
            f"no plugin reads {suffix or 'files without a suffix'!r}",
            hint=f"known are {known or 'none'}; `--as text` reads it as plain text",
            code="format-unknown",
        )

    def _collect(self, name: str, plugin: object) -> list[tuple[str, str, Any]]:
        """(kind, name, item) of everything that `plugin` offers. Raises DatelineError for what is invalid."""
        hooks = _hooks(plugin)
        self._manager.register(hooks, name=name)
        found: list[tuple[str, str, Any]] = []
        for hook, kind in _HOOKS.items():
            # Calling the hook itself would ignore None, which is a forgotten return.
            for implementation in getattr(self._manager.hook, hook).get_hookimpls():
                if implementation.plugin is hooks:
                    result = implementation.function()
                    if isinstance(result, str | bytes) or not isinstance(result, Iterable):
                        raise DatelineError(
                            f"{hook}() returned {result!r}, not a list of {kind.replace('_', ' ')}",
                            code="hook-invalid",
                        )
                    items = result.items() if isinstance(result, Mapping) else result
                    found += [_CHECKS[kind](item) for item in items]
        return found

    def _withdraw(self, candidate: Candidate) -> None:
        """Unregister a plugin that failed, but not an earlier one with the same name."""
        if candidate.name not in self._origins and self._manager.has_plugin(candidate.name):
            self._manager.unregister(name=candidate.name)

    def _check_clashes(self, candidate: Candidate, offered: list[tuple[str, str, Any]]) -> None:
        for kind, name, _ in offered:
            other = self._owners.get((kind, name))
            if other is not None:
                raise DatelineError(
                    f"{kind[:-1].replace('_', ' ')} {name!r} is already offered by plugin {other} "
                    f"({self._origins[other]})",
                    code="name-taken",
                )
        twice = {(k, n) for k, n, _ in offered if [(a, b) for a, b, _ in offered].count((k, n)) > 1}
        if twice:
            kind, name = min(twice)
            raise DatelineError(
                f"it offers two {kind.replace('_', ' ')} named {name!r}", code="name-taken"
            )

    def _note(
        self,
        candidate: Candidate,
        status: Status,
        *,
        offers: tuple[str, ...] = (),
        error: str | None = None,
        detail: str | None = None,
    ) -> None:
        record = PluginRecord(candidate.name, candidate.origin, status, offers, error, detail)
        self.records.append(record)


class _Hooks(types.SimpleNamespace):
    def __dir__(self) -> list[str]:  # pluggy inspects each of these names, which is slow
        return list(vars(self))


def _hooks(plugin: object) -> _Hooks:
    """Only the hooks that `plugin` implements.

    A misspelt hook raises DatelineError instead of being ignored, and so does a hook without its
    marker.
    """
    found = {}
    names = vars(plugin).items() if isinstance(plugin, types.ModuleType) else None
    for name, value in names or inspect.getmembers_static(plugin):
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        if not inspect.isroutine(value):
            continue
        marked = hasattr(value, f"{hookspecs.PROJECT}_impl")
        if marked and name not in _HOOKS:
            near = difflib.get_close_matches(name, _HOOKS, 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(_HOOKS)}"
            raise DatelineError(f"unknown hook {name!r}{hint}", code="hook-unknown")
        if not marked and name in _HOOKS and value.__module__ == getattr(plugin, "__name__", None):
            raise DatelineError(f"{name} lacks its @hookimpl", code="hook-unmarked")
        if marked:
            found[name] = getattr(plugin, name)
    return _Hooks(**found)


def _exporter(item: object) -> tuple[str, str, Any]:
    check_format(item)
    if not isinstance(item, Exporter):
        raise _not_a("Exporter", item)
    return "exporters", item.name, item


_Reads = TypeVar("_Reads", Importer, SourceImporter)


def _only(items: Iterable[_Reads], suffix: str, option: str) -> _Reads | None:
    found = [item for item in items if suffix.lower() in item.suffixes]
    if len(found) > 1:
        names = " and ".join(sorted(item.name for item in found))
        raise DatelineError(
            f"{names} both read {suffix} files",
            hint=f"choose one with `{option}`",
            code="format-ambiguous",
        )
    return found[0] if found else None


def _importer(item: object) -> tuple[str, str, Any]:
    check_format(item)
    if isinstance(item, Exporter):
        raise _not_a("Importer or SourceImporter", item)
    assert isinstance(item, Importer | SourceImporter)
    return ("importers" if isinstance(item, Importer) else "source_importers"), item.name, item


def _event_type(item: object) -> tuple[str, str, Any]:
    if not isinstance(item, EventType) or not issubclass(item.payload, Payload):
        raise _not_a("EventType of a Payload", item)
    if item.name.count(".") < 2:
        raise DatelineError(
            f"event type {item.name!r}: name it vendor.noun.verb", code="event-type-invalid"
        )
    Registry([item])  # raises if an upcaster is missing
    return "event_types", item.name, item


def _check(item: object) -> tuple[str, str, Any]:
    if not isinstance(item, Check):
        raise _not_a("Check", item)
    return "checks", item.name, item


def _executor(item: object) -> tuple[str, str, Any]:
    if not isinstance(item, tuple) or len(item) != 2:
        raise DatelineError(
            f"dateline_executors() returned {item!r} in a list, not a dict of functions by name",
            code="hook-invalid",
        )
    scheme, function = item
    check_executor(scheme, function)
    return "executors", scheme, function


def _not_a(kind: str, item: object) -> DatelineError:
    article = "an" if kind[0] in "EI" else "a"
    return DatelineError(f"{item!r} is not {article} {kind}", code="hook-invalid")


_CHECKS: dict[str, Callable[[object], tuple[str, str, Any]]] = {
    "views": lambda item: ("views", schema_of(item).name, item),
    "exporters": _exporter,
    "importers": _importer,
    "event_types": _event_type,
    "checks": _check,
    "executors": _executor,
}


def _reason(error: BaseException, candidate: Candidate) -> str:
    """One line: what went wrong and, if known, where in the plugin's own code."""
    if isinstance(error, pluggy.PluginValidationError):
        return " ".join(str(error).strip().splitlines())
    if isinstance(error, DatelineError):
        return described(error)
    reason = described(error).strip().splitlines()[0]
    where = _place(error, candidate.module.partition(".")[0])
    reason = f"{reason} ({where})" if where else reason
    better = way_to_import(candidate, error)
    return f"{reason}; {better}" if better else reason


def _place(error: BaseException, package: str) -> str | None:
    """``file.py:12``: the innermost line of the plugin's own code in the traceback."""
    place = None
    for frame, number in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if package and (module == package or module.startswith(f"{package}.")):
            path = Path(frame.f_code.co_filename)
            name = "/".join(path.parts[-2:]) if path.name == "__init__.py" else path.name
            place = f"{name}:{number}"
    return place
