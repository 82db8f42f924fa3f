"""Finding plugins: entry points, then folders. What is blocked is never imported."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from dateline.errors import DatelineError
from dateline.plugins.hookspecs import PROJECT


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that could be loaded. `load` imports it, under the name `module`."""

    name: str
    origin: str
    load: Callable[[], object]
    module: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which plugins may be imported. ``only`` None means all."""

    without: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def allows(self, name: str) -> bool:
        return name not in self.without and (self.only is None or name in self.only)

    def unknown(self, names: Collection[str]) -> list[str]:
        """What it names that is not among `names`: misspelt, or not installed."""
        return sorted((self.without | (self.only or frozenset())).difference(names))

    @classmethod
    def from_environment(
        cls, without: Collection[str] = (), environ: Mapping[str, str] = os.environ
    ) -> Selection:
        """``DATELINE_PLUGINS=a,b`` allows those alone, ``DATELINE_WITHOUT`` and ``--without`` block."""
        listed = environ.get("DATELINE_PLUGINS")
        blocked = {*without, *_names(environ.get("DATELINE_WITHOUT", ""))}
        return cls(frozenset(blocked), None if listed is None else frozenset(_names(listed)))


def installed() -> Iterator[Candidate]:
    """Entry points of the group ``dateline``, by name. Of a name that two distributions offer
    neither is loaded: `load` raises DatelineError naming both."""
    origins: dict[str, dict[str, EntryPoint]] = {}
    for point in sorted(entry_points(group=PROJECT), key=lambda point: point.name):
        origins.setdefault(point.name, {}).setdefault(_origin(point), point)
    for name, points in origins.items():
        if len(points) == 1:
            [(origin, point)] = points.items()
            yield Candidate(name, origin, point.load, point.module)
        else:
            yield Candidate(name, " and ".join(points), _clash(name, list(points)))


def _clash(name: str, origins: list[str]) -> Callable[[], object]:
    def load() -> object:
        raise DatelineError(
            f"{' and '.join(origins)} both offer a plugin {name!r}; uninstall one of them with pip"
        )

    return load


def in_folder(folder: Path) -> Iterator[Candidate]:
    """Single files and packages of a folder, by name; hidden ones and ``_x`` are passed over."""
    if not folder.is_dir():
        raise DatelineError(f"there is no plugin folder {folder}")
    for path in sorted(folder.iterdir()):
        package = path / "__init__.py"
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py" and path.is_file():
            yield _in_file(path.stem, path, path)
        elif package.is_file():
            yield _in_file(path.name, path, package)


def _in_file(name: str, origin: Path, file: Path) -> Candidate:
    module = f"dateline_local_{name.replace('-', '_')}"
    return Candidate(name, str(origin), _file_loader(module, file), module)


def _file_loader(module_name: str, path: Path) -> Callable[[], object]:
    def load() -> object:
        spec = importlib.util.spec_from_file_location(module_name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module  # pickling and dataclasses look there
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[module_name]
            raise
        return module

    return load


def _origin(point: EntryPoint) -> str:
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist is not None else point.value


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
