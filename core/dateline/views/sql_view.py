"""The SQL views that other programs read: whether each exists, and selects what Dateline wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Literal

import msgspec
from sqlalchemy import Connection, Engine

from dateline.errors import DatelineError
from dateline.events.status import HIDDEN
from dateline.log.databases import catalog
from dateline.log.databases.dialect import of
from dateline.log.databases.relation import Relation
from dateline.log.engine import reading, writing
from dateline.views import store
from dateline.views.generation import Build

#: ``older``: written by an earlier version, with the rows of retracted and rejected facts. ``taken``:
#: a relation that Dateline did not make has the name; ``posing``: and it has the view's columns too.
Standing = Literal["right", "missing", "older", "altered", "taken", "posing"]
#: Called with a sentence for the user.
Notice = Callable[[str], None]


def silent(sentence: str) -> None:
    """A `Notice` that does nothing."""


#: How long writing an SQL view waits for its readers; the next command tries again.
_BRIEF_MS = 200


class Shown(msgspec.Struct, frozen=True):
    """The state of a generation's SQL view; `relation` is the relation that has its name."""

    build: Build
    standing: Standing
    relation: Relation | None = None


def look(connection: Connection, builds: Sequence[Build]) -> list[Shown]:
    """The state of the SQL view of each of `builds` that readers see."""
    serving = [build for build in builds if build.shown]
    found = catalog.find(
        connection, [name for build in serving for name in (build.name, build.table)]
    )
    return [
        Shown(build, _standing(connection, build, found), found.get(build.name))
        for build in serving
    ]


def _standing(connection: Connection, build: Build, found: Mapping[str, Relation]) -> Standing:
    view, table = found.get(build.name), found.get(build.table)
    if view is None:
        return "missing"
    if not view.shows(build.name):
        return "posing" if view.poses else "taken"
    if table is None:
        return "altered"
    selects, hidden = of(connection).selects, HIDDEN if table.has_facts else ()
    if view.selects == selects(view, table, hidden):
        return "right"
    return "older" if view.selects == selects(view, table, ()) else "altered"


def keep(engine: Engine, builds: Sequence[Build], seen: set[str], notice: Notice) -> None:
    """Rewrite SQL views that are missing, older or altered, unless another process blocks it. Each
    generation is checked once; `seen` holds the tables of those that were."""
    new = [build for build in builds if build.shown and build.table not in seen]
    if not new:
        return
    with suppress(DatelineError):
        with reading(engine) as connection:
            found = look(connection, new)
        for shown in found:
            if shown.standing in ("missing", "older", "altered"):
                with suppress(DatelineError):
                    _write(engine, shown.build)
                    if shown.standing == "altered":
                        notice(
                            f"The SQL view {shown.build.name} had been altered; Dateline has written "
                            "it again."
                        )
            seen.add(shown.build.table)


def _write(engine: Engine, build: Build) -> None:
    with writing(engine, append=False) as connection:
        of(connection).be_brief(connection, _BRIEF_MS)
        store.advance(connection, build, state=build.state)  # no other process may swap meanwhile
        store.publish(connection, build)


def not_kept(name: str, other: Relation) -> str:
    """The sentence that a view has no SQL view, and why."""
    return (
        f"There is no SQL view {name}: the name is taken by {other.words} that Dateline did not make. "
        "Dateline itself still reads the view."
    )


def described(shown: Shown) -> str:
    """What is wrong with an SQL view, and how to fix it."""
    name = shown.build.name
    again = f"run `dateline rebuild --view {name}` to write it again"
    if shown.relation is None:
        return f"the SQL view {name} is missing; {again}"
    match shown.standing:
        case "altered":
            return f"the SQL view {name} is not what Dateline wrote; {again}"
        case "older":
            return (
                f"the SQL view {name} was written by an earlier version of Dateline and includes "
                f"retracted and rejected facts; {again}"
            )
        case "posing":
            return (
                f"{shown.relation.words} that Dateline did not make has the name and the columns of "
                f"the view {name}; rename or drop it, then {again}"
            )
    return (
        f"there is no SQL view {name}: the name is taken by {shown.relation.words} that Dateline did "
        "not make"
    )
