"""The child to kill: it rebuilds or catches up, and reports its progress through a pipe.

Production code has no hooks for this, so its functions are wrapped here. A removed or renamed function
raises at once, so that no point gets lost.

Points are named ``part:step``. The parts are transactions and the work before them: ``begin`` (making
the generations), ``bulk`` (whole stories), ``index``, ``tail`` (events that arrived meanwhile),
``swap`` (last rows, flip and publish under the append lock) and ``page`` (one page of a catch-up).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from tests.faults.observed import plugins

from dateline import Archive
from dateline.log import engine
from dateline.views import bulk, catching_up, rebuild, runner, store, stored_rows, swap


class Announcer:
    """Writes each point to the pipe. At the points numbered in `holds`, and at the first one named
    `first`, it waits until the parent lets it continue."""

    def __init__(self, pipe: int, holds: set[int], first: str | None) -> None:
        self.part = ""  # what the open transaction does, once this is known
        self.writes = False
        self._pipe, self._holds, self._first, self._count = pipe, holds, first, 0

    def say(self, point: str) -> None:
        os.write(self._pipe, f"{point}\n".encode())
        held = self._count in self._holds or point == self._first
        self._count += 1
        if point == self._first:
            self._first = None
        if held and not os.read(0, 1):
            os._exit(3)  # the parent has ended


def main() -> None:
    order = json.loads(sys.argv[1])
    say = Announcer(order["pipe"], set(order["holds"]), order["first"])
    for module in (swap, runner):
        if order.get("page"):
            module.PAGE = order["page"]
    if order.get("step"):
        bulk.STEP = order["step"]
    if order.get("tail") is not None:
        swap._TAIL = order["tail"]
    _wrap_all(say)
    loaded, _ = plugins()
    with Archive.open(order["db"], loaded) as archive:
        say.say("run:open")
        getattr(archive, order["operation"])(order["names"])
        say.say("run:done")


def _wrap_all(say: Announcer) -> None:
    _wrap(rebuild, "_begin", say, part="begin")
    _wrap(bulk, "_fold_chunk", say, "bulk:fold", "bulk:folded")
    _wrap(bulk, "_write_step", say, "bulk:write", "bulk:written", part="bulk")
    _wrap(swap, "write", say, "{}:rows", "{}:rows-written", part="tail")
    _wrap(rebuild, "swap", say, "index:enter")
    _wrap(stored_rows, "index", say, "index:make", "index:made", part="index")
    _wrap(store, "publish", say, "swap:publish", "swap:published")
    _wrap(catching_up, "write", say, "page:write", "page:written", part="page")
    _wrap(catching_up, "fold_range", say, "page:fold", "page:folded")
    _wrap(swap, "_take_over", say, part="swap")
    _wrap_replay(say)
    _wrap_flip(say)
    for module in (
        engine,
        rebuild,
        bulk,
        swap,
        catching_up,
    ):  # `engine` has its own name for `patiently`
        _wrap_writing(module, say)
    event.listen(Engine, "commit", lambda connection: _committing(say))
    event.listen(Engine, "before_cursor_execute", _between_drop_and_create(say))


def _wrap(
    module: Any,
    name: str,
    say: Announcer,
    before: str | None = None,
    after: str | None = None,
    part: str = "",
) -> None:
    """Announce `before` and `after` a function; `part` names a transaction that has no name yet."""
    plain = getattr(module, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        say.part = say.part or part
        if before is not None:
            say.say(before.format(say.part))
        result = plain(*args, **options)
        if after is not None:
            say.say(after.format(say.part))
        return result

    setattr(module, name, wrapped)


def _wrap_replay(say: Announcer) -> None:
    """The tail is folded before the transaction that writes it."""
    plain = swap.fold_range

    def wrapped(*args: Any, **options: Any) -> None:
        assert not say.writes, "a fold must not block anybody"
        say.part = "tail"
        say.say("tail:replay")
        plain(*args, **options)
        say.say("tail:replayed")
        say.part = ""

    swap.fold_range = wrapped


def _wrap_flip(say: Announcer) -> None:
    plain = store.advance

    def wrapped(connection: Connection, build: store.Build, **values: Any) -> store.Build:
        flips = say.part == "swap" and values.get("state") in ("live", "retired")
        flips = flips and "position" not in values
        if flips:
            say.say(f"swap:{values['state']}")
        result = plain(connection, build, **values)
        if flips:
            say.say(f"swap:{values['state']}-set")
        return result

    store.advance = wrapped


def _wrap_writing(module: Any, say: Announcer) -> None:
    plain: Callable[..., Any] = module.writing

    @contextmanager
    def wrapped(engine: Engine, **options: bool) -> Iterator[Connection]:
        with plain(engine, **options) as connection:
            say.writes = True
            yield connection
        part, say.writes, say.part = say.part, False, ""
        say.say(f"{part}:committed")

    module.writing = wrapped


def _committing(say: Announcer) -> None:
    if say.writes:
        say.say(f"{say.part}:commit")


def _between_drop_and_create(say: Announcer) -> Callable[..., None]:
    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if say.part == "swap" and statement.startswith("CREATE VIEW"):
            say.say("swap:unpublished")

    return listen
