"""Finding plugins: entry points, then folders. A blocked plugin is never imported."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dateline.errors import DatelineError
from dateline.plugins.points import ANY, PLUGINS, points


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that can be loaded. `load` imports it under the name `module`; `file` is set for a
    plugin from a folder. It may offer items of ``kinds``."""

    name: str
    origin: str
    load: Callable[[], object]
    module: str = ""
    file: Path | None = None
    kinds: frozenset[str] = ANY


@dataclass(frozen=True, slots=True)
class Selection:
    """Which plugins may be imported. ``only`` None allows all."""

    without: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def allows(self, name: str) -> bool:
        return name not in self.without and (self.only is None or name in self.only)

    def unknown(self, names: Collection[str]) -> list[str]:
        """The plugins it names that are not among `names`: misspelt, or not installed."""
        return sorted((self.without | (self.only or frozenset())).difference(names))

    @classmethod
    def from_environment(
        cls, without: Collection[str] = (), environ: Mapping[str, str] = os.environ
    ) -> Selection:
        """``DATELINE_PLUGINS=a,b`` allows only those; ``DATELINE_WITHOUT`` and ``--without`` block some."""
        listed = environ.get("DATELINE_PLUGINS")
        blocked = {*without, *_names(environ.get("DATELINE_WITHOUT", ""))}
        return cls(frozenset(blocked), None if listed is None else frozenset(_names(listed)))


def installed() -> Iterator[Candidate]:
    """Entry points of the group ``dateline`` and of those for one kind, by name. `load` raises DatelineError for a malformed
    one, or if two distributions offer the same name."""
    for point in points(PLUGINS).values():
        yield Candidate(point.name, point.origin, point.load, point.module, kinds=point.kinds)


def in_folder(folder: Path) -> Iterator[Candidate]:
    """Files and packages of a folder, by name, except hidden ones and those named ``_x``.

    The folder is a package for its plugins, so that ``from ._helper import x`` finds a file next to
    the plugin. It is not on `sys.path`: its files never hide modules of other packages. Raises
    DatelineError if there is no such folder.
    """
    if not folder.is_dir():
        raise DatelineError(
            f"there is no plugin folder {folder}",
            hint="create it, or name another with --plugins-dir",
            code="plugin-folder-not-found",
        )
    package = _as_package(folder)
    for path in sorted(folder.iterdir()):
        file = path / "__init__.py"
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py" and path.is_file():
            yield _in_file(package, path.stem, path, path)
        elif file.is_file():
            yield _in_file(package, path.name, path, file)


def _as_package(folder: Path) -> str:
    """Make `folder` importable under a name of its own, and return that name. Modules imported from it
    earlier are dropped, because the files may have changed."""
    name = f"dateline_local_{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]}"
    for module in [old for old in sys.modules if old == name or old.startswith(f"{name}.")]:
        del sys.modules[module]
    package = types.ModuleType(name)
    package.__path__ = [str(folder.resolve())]
    sys.modules[name] = package
    importlib.invalidate_caches()
    return name


def _in_file(package: str, name: str, origin: Path, file: Path) -> Candidate:
    module = f"{package}.{name.replace('.', '_')}"
    return Candidate(name, str(origin), _file_loader(module, file), module, file)


def _file_loader(module_name: str, path: Path) -> Callable[[], object]:
    def load() -> object:
        if module_name in sys.modules:  # another plugin of the folder imported it
            return sys.modules[module_name]
        spec = importlib.util.spec_from_file_location(module_name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module  # pickling and dataclasses look there
        try:
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(module_name, None)
            raise
        return module

    return load


def way_to_import(candidate: Candidate, error: BaseException) -> str | None:
    """The import statement to use instead, if a plugin imports a file next to it by its bare name."""
    if candidate.file is None or not isinstance(error, ImportError) or not error.name:
        return None
    wanted = error.name.partition(".")[0]
    folders = [candidate.file.parent]
    if candidate.file.name == "__init__.py":
        folders.append(candidate.file.parent.parent)
    for dots, folder in zip((".", ".."), folders, strict=False):
        if (folder / f"{wanted}.py").is_file():
            return f"the folder is a package: write `from {dots}{wanted} import ...`"
        if (folder / wanted / "__init__.py").is_file():
            own = dots == ".." and wanted == candidate.name
            return (
                "a package in the folder must import its own modules with `from .module import ...`"
                if own
                else f"the folder is a package: write `from {dots}{wanted} import ...`"
            )
    return None


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
