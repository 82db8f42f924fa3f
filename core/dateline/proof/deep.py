"""The deep check: are views the fold of the log, and is every quotation in its source?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from dateline.documents import storage as documents
from dateline.errors import Damaged, DatelineError, SealedContent
from dateline.events.fold import StoryFold
from dateline.events.state import Fact
from dateline.log import read
from dateline.log.databases import catalog
from dateline.log.databases.dialect import named_errors, of
from dateline.log.databases.relation import TABLE, Relation
from dateline.log.engine import reading
from dateline.log.tables import events, log_head, raw
from dateline.proof.report import Report
from dateline.protect.vault import Vault
from dateline.views import row_differences as views
from dateline.views import sql_view, store
from dateline.views.generation import KERNEL, Build
from dateline.views.projection import View, schema_of
from dateline.views.view_schema import ViewSchema

_TEXTS = 4
#: Rows of one view that are named one by one.
_ROWS = 10


def check_tables(
    engine: Engine, reader: read.Reader, wanted: Mapping[str, View], report: Report
) -> None:
    """Check that the tables of views, and the SQL views for outsiders, are as Dateline makes them."""
    try:
        with reading(engine) as connection, of(connection).any_text(connection):
            builds = store.builds(connection)
            there = catalog.find(connection, [build.table for build in builds])
            types = reader.known_types(connection)
            found = sql_view.look(connection, builds)
            for build in builds:
                view = wanted.get(build.name)
                schema = None if view is None else schema_of(view)
                if schema is not None and build.fingerprint != schema.fingerprint(types):
                    schema = None  # it had other columns when it was built
                for reason in _wrong(connection, build, schema, there.get(build.table)):
                    report.add("views", reason)
    except Damaged as damaged:
        report.add("views", str(damaged))
        return
    except (DatelineError, DBAPIError, of(engine).errors) as error:
        report.unchecked.append(f"The tables of views: {error}.")
        return
    for one in found:
        if one.standing in ("missing", "altered", "posing"):
            report.add("views", sql_view.described(one))
        elif one.standing != "right":
            words = sql_view.described(one)
            report.unchecked.append(f"{words[0].upper()}{words[1:]}.")


def _wrong(
    connection: Connection, build: Build, schema: ViewSchema | None, there: Relation | None
) -> Iterator[str]:
    """What is wrong with a generation's table. Columns are compared where the plugin is loaded."""
    again = f"`dateline rebuild --view {build.name}` makes another"
    if there is None:
        yield f"the table {build.table} is missing; {again}"
        return
    if there.kind != TABLE:
        yield f"{build.table} should be a table, and is {there.words}; {again}"
        return
    for guard in there.guards:
        yield f"the table {build.table} has {guard}, which Dateline did not make; {again}"
    if schema is None:
        return
    type_of = of(connection).column_type
    number = None if schema.words is None else schema.words.number
    made = [
        (c.name, type_of("row" if c.name == number else c.type), not c.nullable)
        for c in schema.columns
    ]
    if made != [(column.name, column.type, column.required) for column in there.columns]:
        yield f"the columns of the table {build.table} are not those of the view; {again}"


def check_views(
    engine: Engine, reader: read.Reader, wanted: Mapping[str, View], report: Report
) -> None:
    """Compare the rows of every view that was built with a new fold."""
    try:
        with reading(engine) as connection:
            head = connection.execute(select(raw(log_head.c.position))).scalar()
            names = {build.name for build in store.builds(connection)}
            found = {name: store.current(connection, name) for name in sorted(names)}
    except Damaged:
        return  # `check_tables` reported it
    loaded = []
    for name, build in found.items():
        if build is None:
            continue
        if name not in wanted:
            report.unchecked.append(
                f"View {name}: no loaded plugin makes it. If its plugin is gone for good, "
                f"`dateline prune --view {name}` drops the view."
            )
            continue
        if type(head) is int and build.position > head:
            report.add(
                "views", f"{name} claims to be at position {build.position}, past the log's end"
            )
        loaded.append(wanted[name])
    different: Mapping[str, list[views.Difference] | None]
    try:
        different = views.verify(engine, reader, loaded)
    except Exception:  # noqa: BLE001 - one of them raised: find out which, and why
        different = {view.name: _alone(engine, reader, view, report) for view in loaded}
    for view in loaded:
        if (rows := different.get(view.name)) is not None:
            _say(view, rows, report)


def _alone(
    engine: Engine, reader: read.Reader, view: View, report: Report
) -> list[views.Difference] | None:
    """A view's differences. None when it cannot be compared; the reason is reported."""
    try:
        return views.verify(engine, reader, [view]).get(view.name)
    except SealedContent as sealed:
        report.unchecked.append(f"View {view.name}: {sealed}.")
    except Exception as error:  # noqa: BLE001 - what a tampered body does to a fold is unknown
        reason = f"{view.name} cannot be folded: {type(error).__name__}: {error}"
        report.add("views", reason)
    return None


def _say(view: View, rows: list[views.Difference], report: Report) -> None:
    if view.name not in KERNEL:
        report.count("views")
    wrong = list(views.described(schema_of(view), rows))
    for words in wrong[:_ROWS]:
        report.add("views", f"{view.name}: {words}")
    if wrong[_ROWS:]:
        report.add("views", f"{view.name}: {len(wrong) - _ROWS} more rows differ")


def check_quotes(
    engine: Engine,
    reader: read.Reader,
    report: Report,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Compare every quotation of every fact with its document, story by story."""
    with reading(engine) as connection:
        total = connection.execute(select(func.count()).select_from(events)).scalar() or 0
        done = 0
        text = lru_cache(_TEXTS)(lambda source: _text(connection, source, reader.vault))
        try:
            with named_errors(connection):
                stories = read.list_stories(connection)
        except Damaged as damaged:
            report.add("quotes", str(damaged))
            return
        for story in stories:
            state = StoryFold(reader.registry)
            try:
                for event in reader.read_story(connection, story.id):
                    told = state.apply(event)
                    if told.fact is not None and not _as_before(told.fact, told.before):
                        _check(told.fact, event.position, text, report)
                    done += 1
            except SealedContent as sealed:
                report.unchecked.append(f"Quotations of story {story.slug}: {sealed}.")
            except Exception as error:  # noqa: BLE001 - as above
                reason = f"story {story.slug} cannot be read: {type(error).__name__}: {error}"
                report.add("quotes", reason)
            if progress is not None:
                progress(min(done, total), total)


def _as_before(fact: Fact, before: Fact | None) -> bool:
    """Whether an event left what the fact quotes as it was."""
    return before is not None and (fact.data.evidence, fact.source) == (
        before.data.evidence,
        before.source,
    )


def _check(fact: Fact, at: int, text: Callable[[str], str | None], report: Report) -> None:
    words = text(fact.source)
    if words is None and fact.document is None:
        # Its capture was erased (V6 checks that this is on record): nothing is left to quote.
        report.count("facts of erased sources")
        return
    for item in fact.data.evidence:
        report.count("quotes")
        if words is None:
            report.add("quotes", f"{fact.id} quotes {fact.source}, which is not here", at)
            return
        if words[item.start : item.end] != item.exact:
            where = f"{item.start}-{item.end} ({item.role})"
            report.add(
                "quotes", f"{fact.id} quotes words that are not in its source at {where}", at
            )


def _text(connection: Connection, source: str, vault: Vault | None) -> str | None:
    document = documents.get(connection, source, vault)
    try:
        return None if document is None else document.text
    except DatelineError:
        return ""
