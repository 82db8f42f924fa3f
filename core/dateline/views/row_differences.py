"""`rebuild --verify`: replay the log and compare the result with the rows that readers see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection, Engine

from dateline.log import read as log
from dateline.log.databases.dialect import of
from dateline.log.engine import reading
from dateline.views import store, stored_rows
from dateline.views.asof import states
from dateline.views.generation import Build
from dateline.views.projection import View, schema_of
from dateline.views.row_type import Values
from dateline.views.table import whole_numbers
from dateline.views.view_schema import ViewSchema


class Difference(msgspec.Struct, frozen=True):
    """A row on one `side` only: ``live``, which readers see, or ``folded``, from the replay. On the side
    ``index`` it is a token of the full-text index, how often that has it, and how often the rows do."""

    view: str
    side: str
    row: Values


def described(schema: ViewSchema, found: Sequence[Difference]) -> Iterator[str]:
    """What is wrong with each row, in words: different values, surplus rows, missing rows."""
    names, width = schema.names, len(schema.key)
    sides: dict[Values, dict[str, Values]] = {}
    for difference in found:
        if difference.side == "index":
            token, there, wanted = difference.row
            yield f"the full-text index has {token!r} {there} times, but its rows {wanted} times"
            continue
        sides.setdefault(difference.row[:width], {})[difference.side] = difference.row
    for key, rows in sides.items():
        story, *rest = map(repr, key)
        where = f"row {', '.join(rest)} of story {story}"
        if len(rows) == 2:
            pairs = zip(names, rows["live"], rows["folded"], strict=True)
            wrong = [f"{n} is {a!r}, but the log gives {b!r}" for n, a, b in pairs if a != b]
            yield f"{where}: {'; '.join(wrong)}"
        elif "live" in rows:
            yield f"{where} does not come from the log: {rows['live'][width:]!r}"
        else:
            yield f"{where} is missing"


def verify(
    engine: Engine, reader: log.Reader, views: Sequence[View]
) -> dict[str, list[Difference]]:
    """For each of `views` that was built, the rows of its live generation that differ from a replay
    of the log up to its position. The log is read once for all views at the same position. A
    story that is pending after an erasure has no rows yet."""
    found: dict[str, list[Difference]] = {}
    with reading(engine) as connection:
        stories = log.list_stories(connection)
        slugs = {story.slug for story in stories}
        types = reader.known_types(connection)
        by_position: dict[int, list[tuple[View, Build]]] = {}
        for view in views:
            build = store.current(connection, view.name)
            if build is None or build.fingerprint != schema_of(view).fingerprint(types):
                continue  # the next read builds one of another shape again
            store.hold(connection, build)
            strays = stored_rows.strays(connection, schema_of(view), build, slugs)
            found[view.name] = list(_compare(view, build, strays, []))
            by_position.setdefault(build.position, []).append((view, build))
        for position, builds in by_position.items():
            for story in stories:
                events = reader.read_story(connection, story.id, until=position)
                folded = states(events, reader.registry, [view for view, _ in builds])[1]
                for view, build in builds:
                    live = stored_rows.read(connection, schema_of(view), build, [story.slug])
                    wanted = [] if story.id in build.pending_stories else folded[view.name]
                    found[view.name] += _compare(view, build, live, wanted)
            for view, build in builds:
                found[view.name] += _compare_words(connection, schema_of(view), build)
    return found


def _compare_words(
    connection: Connection, schema: ViewSchema, build: Build
) -> Iterator[Difference]:
    """The tokens that a full-text index has too often, or not often enough."""
    there = None if schema.words is None else of(connection).words_in(connection, build.table)
    if there is None or schema.words is None:
        return
    count = Counter[str]()
    for text in stored_rows.column(connection, schema, build, schema.words.tokens):
        count.update(text.split(" "))
    for token, times in there:
        wanted = count.pop(token, 0)
        if times != wanted:
            yield Difference(build.name, "index", (token, times, wanted))
    for token, wanted in sorted(count.items()):
        yield Difference(build.name, "index", (token, 0, wanted))


def _compare(
    view: View, build: Build, live: list[Values], folded: list[Values]
) -> Iterator[Difference]:
    there, wanted = (Counter(whole_numbers(schema_of(view), rows)) for rows in (live, folded))
    for side, rows in (("live", there - wanted), ("folded", wanted - there)):
        for row in sorted(rows.elements(), key=repr):
            yield Difference(build.name, side, row)
