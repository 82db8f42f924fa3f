"""Entry points of installed distributions, read once a process. A malformed one affects no other.

The reader of the standard library fails at the first file that it cannot read, whichever group the
caller needs, and it takes as long to import as click. So this module reads the files itself, and only
Dateline's groups.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from pathlib import Path

from dateline.errors import DatelineError

PLUGINS, COMMANDS = "dateline", "dateline.commands"
#: What plugins offer. There is a hook for each kind, and a group of entry points.
KINDS = (
    "views", "exporters", "importers", "event_types", "checks", "doubts", "executors", "proposers",
)  # fmt: skip
ANY = frozenset(KINDS)
#: The kinds that the plugins of each group may offer.
_GROUPS = {PLUGINS: ANY, **{f"{PLUGINS}.{kind}": frozenset([kind]) for kind in KINDS}}
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_VALUE = re.compile(rf"({_NAME})\s*(?::\s*({_NAME})\s*)?(?:\[[^\]]*\]\s*)?")


@dataclass(frozen=True, slots=True)
class Point:
    """One entry point. ``origin`` is its distribution and version; ``problem`` is the reason why it
    cannot be loaded, if that is known without importing it. A plugin may offer items of ``kinds``."""

    name: str
    value: str
    origin: str
    problem: str | None = None
    kinds: frozenset[str] = ANY

    @property
    def module(self) -> str:
        """The module it names; empty if it is malformed."""
        found = _VALUE.fullmatch(self.value)
        return "" if found is None else found[1]

    def load(self) -> object:
        """Import the object it names. Raises DatelineError if it is malformed, and whatever importing raises."""
        if self.problem is not None:
            raise DatelineError(self.problem, code="entry-point-invalid")
        found = _VALUE.fullmatch(self.value)
        assert found is not None
        attributes = found[2].split(".") if found[2] else []
        return reduce(getattr, attributes, importlib.import_module(found[1]))


def points(group: str) -> dict[str, Point]:
    """The plugins or the commands by name, sorted. If two distributions offer the same name, neither
    can be loaded: nothing overrides anything."""
    named: dict[str, dict[str, Point]] = {}
    for point in sorted(
        _installed(tuple(sys.path))[group], key=lambda point: (point.name, point.origin)
    ):
        same = named.setdefault(point.name, {})
        same[point.origin] = _joined(same.get(point.origin, point), point)
    kind = "plugin" if group == PLUGINS else "command"
    return {name: _only(kind, list(same.values())) for name, same in named.items()}


def own_version() -> str:
    """The installed version of Dateline."""
    for point in _installed(tuple(sys.path))[PLUGINS]:
        name, _, version = point.origin.rpartition(" ")
        if name == "dateline" and point.problem is None:
            return version
    from importlib.metadata import version as version_of

    return version_of("dateline")


def _joined(first: Point, other: Point) -> Point:
    """A plugin that has an entry point in several groups."""
    kinds, problem = first.kinds | other.kinds, first.problem or other.problem
    if first.value != other.value:
        problem = problem or (
            f"its entry points name both {first.value!r} and {other.value!r}; name one of them"
        )
    return replace(first, kinds=kinds, problem=problem)


def _only(kind: str, same: list[Point]) -> Point:
    if len(same) == 1:
        return same[0]
    origins = " and ".join(point.origin for point in same)
    problem = f"{origins} both offer a {kind} {same[0].name!r}; uninstall one of them with pip"
    return Point(same[0].name, "", origins, problem)


@lru_cache(maxsize=4)
def _installed(path: tuple[str, ...]) -> dict[str, list[Point]]:
    """The entry points of plugins and of commands; `path` is the key of the cache. Of a distribution
    that occurs twice the first counts, as in imports."""
    found: dict[str, list[Point]] = {PLUGINS: [], COMMANDS: []}
    seen = set()
    for info in (info for entry in path for info in _infos(entry)):
        key = re.sub(r"[-_.]+", "-", info.name.partition("-")[0]).lower()
        if key in seen:
            continue
        seen.add(key)
        lines = list(_lines(_text(info)))
        if lines:
            origin = _origin(info)
            for group, line in lines:
                kinds = _GROUPS.get(group, ANY)
                found[COMMANDS if group == COMMANDS else PLUGINS].append(
                    _point(line, origin, kinds)
                )
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif (group == COMMANDS or group in _GROUPS) and line and not line.startswith(("#", ";")):
            yield group, line


def _point(line: str, origin: str, kinds: frozenset[str]) -> Point:
    name, equals, value = (part.strip() for part in line.partition("="))
    if equals and name and _VALUE.fullmatch(value):
        return Point(name, value, origin, None, kinds)
    problem = (
        f"its entry point {line!r} does not have the form NAME = MODULE or NAME = MODULE:ATTRIBUTE"
    )
    return Point(name or origin, value, origin, problem, kinds)


def _infos(entry: str) -> Iterator[Path]:
    """The folders of metadata in an entry of `sys.path`, which may be a ZIP file."""
    folder = Path(entry)
    if os.path.isfile(entry):
        import zipfile

        if not zipfile.is_zipfile(entry):
            return
        folder = zipfile.Path(entry)  # type: ignore[assignment] # it has the same methods
    with suppress(OSError):
        for info in folder.iterdir():
            if info.name.endswith((".dist-info", ".egg-info")):
                yield info


def _text(info: Path) -> str:
    """Its list of entry points; bytes that are not UTF-8 are escaped, so that the rest can be used."""
    try:
        return info.joinpath("entry_points.txt").read_text("utf-8")
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "backslashreplace")
    except (OSError, KeyError):
        return ""


def _origin(info: Path) -> str:
    """``acme-headcounts 1.4``; without usable metadata, the name of its folder."""
    text = ""
    for name in ("METADATA", "PKG-INFO"):
        with suppress(OSError, KeyError, UnicodeDecodeError):
            text = text or info.joinpath(name).read_text("utf-8")
    fields = dict(re.findall(r"(?m)^(Name|Version): *(\S.*?) *$", text.partition("\n\n")[0]))
    if len(fields) == 2:
        return f"{fields['Name']} {fields['Version']}"
    return f"{fields.get('Name') or info.name} (no version)"
