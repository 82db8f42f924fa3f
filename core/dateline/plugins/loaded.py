"""The plugins of one process, each imported when something that it may offer is first asked for. A broken
plugin is reported and left out."""

from __future__ import annotations

import inspect
import traceback
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import pluggy

from dateline.doubts.doubt import Doubter
from dateline.errors import DatelineError, UnknownName, described, named, stops_plugin
from dateline.events.payload import Payload
from dateline.events.registry import EventType, Registry
from dateline.export.exporter import Exporter
from dateline.plugins import hookspecs
from dateline.plugins.checks import Check
from dateline.plugins.containers import Container, check_container
from dateline.plugins.discovery import Candidate, Selection, in_folder, installed, way_to_import
from dateline.plugins.executors import Executor, check_executor
from dateline.plugins.formats import Importer, SourceImporter, check_format
from dateline.plugins.places import place
from dateline.plugins.points import KINDS, PLUGINS
from dateline.plugins.recipe import Recipe
from dateline.plugins.records import PluginRecord, Status
from dateline.plugins.suffixes import longest
from dateline.proposals.proposer import Proposer, check_proposer
from dateline.views.projection import View, give_doubters, schema_of

_HOOKS = {f"dateline_{kind}": kind for kind in KINDS}
Report = Callable[[PluginRecord], None]


class Plugins:
    """What plugins offer, by kind and name. There is no global instance: make one for an archive."""

    def __init__(self, *, strict: bool = False) -> None:
        self._records: list[PluginRecord] = []
        self._views: dict[str, View] = {}
        self._exporters: dict[str, Exporter] = {}
        self._importers: dict[str, Importer] = {}
        self._source_importers: dict[str, SourceImporter] = {}
        self._containers: dict[str, Container] = {}
        self._event_types: dict[str, EventType] = {}
        self._checks: dict[str, Check] = {}
        self._doubts: dict[str, Doubter] = {}
        self._executors: dict[str, Executor] = {}
        self._proposers: dict[str, Proposer] = {}
        #: How another process loads the same plugins; None if it cannot, since some were added here.
        self.recipe: Recipe | None = None
        self._strict = strict
        self._report: Report = lambda record: None
        self._selection = Selection()
        self._due: list[Candidate] = []
        self._loading = RLock()
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
        report: Report | None = None,
    ) -> Plugins:
        """Find the installed plugins and those in `folders` that `selection` allows.

        A plugin is imported when something that it may offer is first asked for: an entry point of
        the group ``dateline.views`` offers views alone. Those of the group ``dateline``, and the
        files of folders, may offer anything. A plugin that fails is recorded in ``records``, given
        to `report` and left out. With `strict` all are imported at once, and the first that fails
        raises DatelineError.
        """
        plugins = cls(strict=strict)
        plugins._selection = selection or Selection()
        plugins._report = report or plugins._report
        plugins._due = [*installed(), *(c for folder in folders for c in in_folder(folder))]
        plugins.recipe = Recipe.of(folders, plugins._selection)
        if strict:
            plugins.load_all()
        return plugins

    def load_all(self) -> None:
        """Import every plugin that was found."""
        self._require(*KINDS)

    def _require(self, *kinds: str) -> None:
        """Import the plugins that may offer items of those kinds. Those that may offer another kind as
        well bring in all plugins of that kind: the order, and so which of two plugins with the same
        name counts, is always the same."""
        with self._loading:  # other threads wait until all are imported
            wanted = set(kinds)
            while True:
                due = [candidate for candidate in self._due if candidate.kinds & wanted]
                allowed = [each.kinds for each in due if self._selection.allows(each.name)]
                more = wanted.union(*allowed)
                if more == wanted:
                    break
                wanted = more
            self._due = [candidate for candidate in self._due if candidate not in due]
            for candidate in due:
                self._add(candidate, self._selection)

    @property
    def names(self) -> list[str]:
        """The names of all plugins that were found, imported or not."""
        return [*(record.name for record in self._records), *(each.name for each in self._due)]

    @property
    def records(self) -> list[PluginRecord]:
        """The status of each plugin. Imports them all."""
        self.load_all()
        return self._records

    @property
    def views(self) -> dict[str, View]:
        """Those that show doubts have the rules of all plugins, so these are imported as well."""
        self._require("views", "doubts")
        for view in self._views.values():
            if view.doubters is not None:
                give_doubters(view, tuple(self._doubts.values()))
        return self._views

    @property
    def exporters(self) -> dict[str, Exporter]:
        self._require("exporters")
        return self._exporters

    @property
    def importers(self) -> dict[str, Importer]:
        """Of facts."""
        self._require("importers")
        return self._importers

    @property
    def source_importers(self) -> dict[str, SourceImporter]:
        self._require("importers")
        return self._source_importers

    @property
    def containers(self) -> dict[str, Container]:
        """Files that hold several documents."""
        self._require("containers")
        return self._containers

    @property
    def event_types(self) -> dict[str, EventType]:
        self._require("event_types")
        return self._event_types

    @property
    def checks(self) -> dict[str, Check]:
        self._require("checks")
        return self._checks

    @property
    def doubts(self) -> dict[str, Doubter]:
        """Rules that doubt facts."""
        self._require("doubts")
        return self._doubts

    @property
    def executors(self) -> dict[str, Executor]:
        self._require("executors")
        return self._executors

    @property
    def proposers(self) -> dict[str, Proposer]:
        """Of facts."""
        self._require("proposers")
        return self._proposers

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
            offered = self._collect(candidate, candidate.load())
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
            # Not changed in place: another thread may be reading it.
            setattr(self, f"_{kind}", getattr(self, f"_{kind}") | {name: item})
            self._owners[kind, name] = candidate.name
            offers.append(f"{kind.replace('_', ' ')[:-1]} {name}")
        self._note(candidate, "active", offers=tuple(offers))

    @property
    def failures(self) -> list[PluginRecord]:
        """The plugins that failed to load. Imports them all."""
        return [record for record in self.records if record.status == "failed"]

    def registry(self) -> Registry:
        """The event types of Dateline and of the plugins."""
        return Registry(self.event_types.values())

    def owner(self, kind: str, name: str) -> str:
        """The name of the plugin that offers this item; `kind` is ``views``, ``exporters`` and so on."""
        return self.owners(kind).get(name, "?")

    def origin(self, kind: str, name: str) -> str:
        """Where the plugin that offers this item comes from: a distribution and its version, or a file."""
        return self._origins.get(self.owner(kind, name), "?")

    def owners(self, kind: str) -> dict[str, str]:
        """The name of the plugin that offers each item of a kind."""
        return {name: self._owners.get((kind, name), "?") for name in getattr(self, kind)}

    def left_out(self, kind: str) -> set[str]:
        """The names of plugins that are blocked or failed, of those that may offer items of a kind."""
        self._require(kind)
        return {record.name for record in self._records if record.status != "active"}

    def view(self, name: str) -> View:
        """The view with this name. Raises UnknownName."""
        return named(self.views, name, "view", "view-unknown")

    def exporter(self, name: str) -> Exporter:
        """The exporter with this name. Raises UnknownName."""
        return named(self.exporters, name, "format", "format-unknown")

    def proposer(self, name: str) -> Proposer:
        """The proposer with this name. Raises UnknownName."""
        return named(self.proposers, name, "proposer", "proposer-unknown")

    def exporter_for(self, name: str) -> Exporter | None:
        """The exporter that writes files with this name; None if none does."""
        found = longest(self.exporters.values(), name, lambda exporter: [exporter.suffix])
        return found[0] if found else None

    def importer(self, name: str) -> Importer:
        """The importer with this name. Raises UnknownName."""
        return named(self.importers, name, "import format", "format-unknown")

    def importer_for(self, name: str) -> Importer:
        """The importer for a file with this name, or else the one for NDJSON. Raises DatelineError if
        several match."""
        found = _only(self.importers.values(), name, "-f")
        return self.importer("ndjson") if found is None else found

    def container_for(
        self, name: str, media_type: str | None, beginning: bytes
    ) -> Container | None:
        """The container that reads a file with this name, media type and beginning; None if none does.
        Raises DatelineError if several match."""
        offered = self.containers.values()
        typed = [each for each in offered if media_type in each.media_types]
        found = typed or longest(offered, name, lambda each: each.suffixes)
        return _single([each for each in found if each.recognizes(beginning)], name, "--as")

    def source_importer(self, name: str) -> SourceImporter:
        """The importer for documents with this file name. Raises UnknownName, DatelineError if several
        match."""
        item = _only(self.source_importers.values(), name, "--as")
        if item is not None:
            return item
        suffix = Path(name).suffix
        what = f"no plugin reads {suffix!r}" if suffix else "no plugin reads files without a suffix"
        if there := longest(self.containers.values(), name, lambda each: each.suffixes):
            names = " or ".join(sorted(each.name for each in there))
            what = f"its name ends in {suffix!r}, but it does not begin as {names} does"
        reading = [each.suffixes for each in self.source_importers.values()]
        unpacking = [each.suffixes for each in self.containers.values()]
        known = ", ".join(sorted({suffix for some in reading + unpacking for suffix in some}))
        raise UnknownName(
            what,
            hint=f"known are {known or 'none'}; `--as text` reads it as plain text",
            code="format-unknown",
        )

    def _collect(self, candidate: Candidate, plugin: object) -> list[tuple[str, str, Any]]:
        """(kind, name, item) of everything that `plugin` offers. Raises DatelineError for what is invalid."""
        hooks = _hooks(plugin)
        for hook in vars(hooks):
            if _HOOKS[hook] not in candidate.kinds:
                raise DatelineError(
                    f"it has {hook}, but no entry point in the group {PLUGINS}.{_HOOKS[hook]}",
                    hint="add that entry point, so that the plugin is imported when it is needed",
                    code="hook-undeclared",
                )
        self._manager.register(hooks, name=candidate.name)
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
        self._records.append(record)
        if status == "failed":
            self._report(record)


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
            import difflib  # slow to import, and this is rare

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


_Reads = TypeVar("_Reads", Importer, SourceImporter, Container)


def _only(items: Iterable[_Reads], name: str, option: str) -> _Reads | None:
    return _single(longest(items, name, lambda item: item.suffixes), name, option)


def _single(found: Sequence[_Reads], name: str, option: str) -> _Reads | None:
    if len(found) > 1:
        names = " and ".join(sorted(item.name for item in found))
        raise DatelineError(
            f"{names} both read {Path(name).suffix} files",
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


def _container(item: object) -> tuple[str, str, Any]:
    found = check_container(item)
    return "containers", found.name, found


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


def _doubter(item: object) -> tuple[str, str, Any]:
    if not isinstance(item, Doubter):
        raise _not_a("Doubter", item)
    return "doubts", item.name, item


def _executor(item: object) -> tuple[str, str, Any]:
    if not isinstance(item, tuple) or len(item) != 2:
        raise DatelineError(
            f"dateline_executors() returned {item!r} in a list, not a dict of functions by name",
            code="hook-invalid",
        )
    scheme, function = item
    check_executor(scheme, function)
    return "executors", scheme, function


def _proposer(item: object) -> tuple[str, str, Any]:
    check_proposer(item)
    assert isinstance(item, Proposer)
    return "proposers", item.name, item


def _not_a(kind: str, item: object) -> DatelineError:
    article = "an" if kind[0] in "EI" else "a"
    return DatelineError(f"{item!r} is not {article} {kind}", code="hook-invalid")


_CHECKS: dict[str, Callable[[object], tuple[str, str, Any]]] = {
    "views": lambda item: ("views", schema_of(item).name, item),
    "exporters": _exporter,
    "importers": _importer,
    "containers": _container,
    "event_types": _event_type,
    "checks": _check,
    "doubts": _doubter,
    "executors": _executor,
    "proposers": _proposer,
}


def _reason(error: BaseException, candidate: Candidate) -> str:
    """One line: what went wrong and, if known, where in the plugin's own code."""
    if isinstance(error, pluggy.PluginValidationError):
        return " ".join(str(error).strip().splitlines())
    if isinstance(error, DatelineError):
        return described(error)
    reason = described(error).strip().splitlines()[0]
    where = place(error, candidate.module.partition(".")[0])
    reason = f"{reason} ({where})" if where else reason
    better = way_to_import(candidate, error)
    return f"{reason}; {better}" if better else reason
