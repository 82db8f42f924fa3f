"""``dateline show``: show a story, a view, a fact, a source or an entity."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Unpack

import click

from dateline.cli import completion
from dateline.cli.here import STORY, source_called
from dateline.cli.options import format_option, moment, moment_options
from dateline.cli.question import question_options, require_no_question
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.show_table import show_table
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.output import emit, tell
from dateline.cli.undated import require_dated, say_undated

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.errors import UnknownName
    from dateline.views.asof import Moment, When

_SOURCE = re.compile(r"sha256:[0-9a-f]{64}(?:\.[0-9]+)?|[0-9a-f]{3,64}(?:\.[0-9]+)?")


@click.command()
@click.argument(
    "story",
    type=STORY,
    required=False,
    metavar="[STORY|ENTITY]",
    shell_complete=completion.stories_views_and_entities,
)
@click.argument(
    "view",
    required=False,
    metavar="[VIEW|FACT|SOURCE|ENTITY]",
    shell_complete=completion.views_and_facts,
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Include retracted and rejected facts, and all of an entity's.",
)
@click.option("--all-stories", is_flag=True, help="Show a view of all stories; name no story.")
@question_options
@click.option("--columns", metavar="A,B,...", help="Columns to show, in this order.")
@click.option(
    "--versions", is_flag=True, help="Compare the captures of the document that SOURCE is one of."
)
@click.option(
    "--original",
    metavar="FILE",
    type=completion.FILE,
    help="Write the bytes of the document to a file, as they were captured.",
)
@moment_options
@format_option
@pass_settings
def show(
    settings: Settings,
    /,
    story: str | None,
    view: str | None,
    everything: bool,
    all_stories: bool,
    columns: str | None,
    versions: bool,
    original: str | None,
    as_of: str | None,
    as_recorded: str | None,
    format_: str | None,
    **asked: Any,
) -> None:
    """Show a story, one view of it, one fact, one source or one entity.

    An ENTITY is an id or a name. Without a story it is shown with its names over time, its roles, its statements and
    the other facts that name it, in all stories: the first 50 of each, or --all.
    SOURCE is a unique part from the start of its hash, its title, or . for the last one captured; with
    --versions or --original also its publisher. Its text is shown with the quotations marked and followed by their facts. A view catches up with the log before it is shown. A table shows the most important columns; the
    other formats have all of them. --where, --since, --until and --sort select and order the rows of a view.

    \b
    Example:
      dateline show velm-flood
      dateline show velm-flood timeline
      dateline show velm-flood f6
      dateline show velm-flood "Corvin Sael"
      dateline show "Corvin Sael"
      dateline show velm-flood 88dc
      dateline show velm-flood figures -f json
      dateline show velm-flood figures --as-of 2024-03-04
      dateline show --all-stories figures --where "measure~dead" --sort -value --limit 5
    """
    at = moment(as_of, as_recorded)
    if all_stories:
        if story is None or view is not None:
            raise click.UsageError("--all-stories takes the name of a view, and no story")
        with settings.archive() as archive:
            slugs = [one.slug for one in archive.stories()] if at is not None else []
            say_undated(archive, slugs, at)
            show_table(archive, story, (), asked, everything, at, columns, format_)
        return
    if story is None:
        raise click.UsageError("name a story, or give --all-stories and a view")
    with settings.archive() as archive:
        missing = None if view is not None else _unknown_story(archive, story)
        if missing is not None:
            when: When = {"as_of": as_of, "as_recorded": as_recorded}
            _profile(archive, story, missing, format_, everything=everything, **when)
            return
        fact = re.fullmatch(r"f[0-9]+", view or "") and view not in archive.plugins.views
        only = versions or original is not None
        source = None if view is None or fact else _source_id(archive, story, view, at, only=only)
        entity = not (view is None or fact or source) and _is_entity(archive, story, view, at)
        if view is None or fact or source or entity:
            require_no_question(asked)
        if only and source is None:
            raise click.UsageError(
                f"--versions and --original are only for a source; {view!r} names none"
            )
        if view is None:
            _overview(archive, story, format_, at)
        elif fact:
            _fact(archive, story, view, format_, at)
        elif source is not None and original is not None:
            _original(archive, story, source, original)
        elif source is not None:
            _source(archive, story, source, format_, at, versions=versions)
        elif entity:
            _entity(archive, story, view, format_, at)
        say_undated(archive, [story], at)
        if view is None or fact or source or entity:
            return
        show_table(archive, view, (story,), asked, everything, at, columns, format_)


def _fact(archive: Archive, story: str, name: str, format_: str | None, at: Moment | None) -> None:
    from dateline.cli.show_fact import describe
    from dateline.recording.lookup import find_fact
    from dateline.records.fact import erased_record, fact_record

    state = archive.state(story, at, facts=[name])
    erased = state.erased.get(name)
    if erased is not None:
        if format_ in ("json", "ndjson", "csv"):
            record = erased_record(story, erased)
            emit(list(record), [list(record.values())], format_)
        else:
            tell(f"{name}  {erased.kind}  {erased.words}")
        return
    if name not in state.facts:
        require_dated(archive, story, name, at)
    fact = find_fact(state, name)
    linked = {end for link in state.linked(name) for end in (link.data.from_, link.data.to)}
    if linked:  # their status counts for the support
        fact = find_fact(archive.state(story, at, facts=sorted({name, *linked})), name)
    document = archive.document(fact.source)
    text = None if document is None else document.text
    # The index of links between stories is built when the register is first asked for.
    kept = at is None and "dateline_mentions" in archive.own_views()
    linking = archive.links_to(story, name) if kept else []
    if format_ in ("json", "ndjson", "csv"):
        record = fact_record(fact, text, linking)
        emit(list(record), [list(record.values())], format_)
        return
    for line in describe(fact, text, linking):
        tell(line)


def _source_id(
    archive: Archive, story: str, given: str, at: Moment | None, *, only: bool
) -> str | None:
    """The id of the source that `given` names; None if it names none, or, unless `only` a source can be
    meant, a view or an entity too. Raises UnknownName if it names several."""
    from dateline.recording.lookup import sources_called
    from dateline.recording.naming import matching

    if given in archive.plugins.views and not only:
        return None
    state = archive.state(story, at, facts=())
    digest = given.removeprefix("sha256:").partition(".")[0]
    starts = given == "." or (
        _SOURCE.fullmatch(given)
        and (given.startswith("sha256:") or any(n[7:].startswith(digest) for n in state.sources))
    )
    called = (only or not matching(state, given)) and sources_called(state, given)
    if not (starts or called):
        return None
    return source_called(state, given, "view", any_version=True)


def _source(
    archive: Archive,
    story: str,
    name: str,
    format_: str | None,
    at: Moment | None,
    *,
    versions: bool,
) -> None:
    from dateline.cli.show_source import compared, describe
    from dateline.records.source import source_record

    state = archive.state(story, at)
    if format_ in ("json", "ndjson", "csv"):
        record = source_record(state, name, archive.document)
        emit(list(record), [list(record.values())], format_)
        return
    shown = compared if versions else describe
    for line in shown(state, name, archive.document):
        tell(line)


def _original(archive: Archive, story: str, name: str, file: str) -> None:
    """Write the bytes of a document, or of the document that a text was extracted from."""
    from pathlib import Path

    from dateline.cli.outfile import write_atomically
    from dateline.errors import UnknownName

    whole = archive.state(story, facts=()).sources[name].derived_from or name
    document = archive.document(whole)
    if document is None:
        raise UnknownName(
            f"the document {whole} is not here",
            hint="it was erased, or is protected and its key is not here",
            code="document-missing",
        )
    write_atomically(Path(file), iter([document.content]), force=False, kept=archive.kept)
    say(f"Wrote {len(document.content):,} bytes of {whole[:19]}… to {file}.")


def _is_entity(archive: Archive, story: str, name: str, at: Moment | None) -> bool:
    """Whether `name` is an entity's id, or the name of one and not of a view."""
    from dateline.recording.naming import matching

    if ":" in name or name in archive.plugins.views:
        return ":" in name
    return bool(matching(archive.state(story, at, facts=()), name))


def _entity(
    archive: Archive, story: str, name: str, format_: str | None, at: Moment | None
) -> None:
    from dateline.cli.show_entity import describe
    from dateline.recording.lookup import find_entity
    from dateline.records.entity import entity_record

    state = archive.state(story, at)
    name = find_entity(state, name).entity
    if format_ in ("json", "ndjson", "csv"):
        record = entity_record(state, name)
        emit(list(record), [list(record.values())], format_)
        return
    for line in describe(state, name):
        tell(line)


def _unknown_story(archive: Archive, name: str) -> UnknownName | None:
    """The error if there is no story with that name."""
    from dateline.errors import UnknownName

    try:
        archive.story(name)
    except UnknownName as error:
        return error
    return None


def _profile(
    archive: Archive,
    name: str,
    unknown: UnknownName,
    format_: str | None,
    *,
    everything: bool,
    **when: Unpack[When],
) -> None:
    """Show an entity in all stories; if there is none, and it may be the name of a story, raise `unknown`."""
    from dateline.cli.show_profile import FIRST, describe
    from dateline.errors import UnknownName
    from dateline.events.story import is_slug
    from dateline.records.profile import profile_record

    try:
        limit = None if everything else FIRST
        profile = archive.entity(name, everything=everything, limit=limit, **when)
    except UnknownName as error:
        raise unknown if is_slug(name) and error.code == "entity-unknown" else error from None
    if format_ in ("json", "ndjson", "csv"):
        record = profile_record(profile)
        emit(list(record), [list(record.values())], format_)
        return
    for line in describe(profile):
        tell(line)


def _overview(archive: Archive, story: str, format_: str | None, at: Moment | None) -> None:
    from dateline.events.counting import documents

    state = archive.state(story, at)
    counts = Counter(fact.kind for fact in state.shown())
    statuses = Counter(fact.status for fact in state.facts.values())
    rows = [
        ("title", state.title),
        ("state", "closed" if state.closed else "open"),
        ("events", state.version),
        ("sources", len({*documents(state.sources, state.entity_id).values()})),
        ("publishers", len({state.entity_id(one.publisher) for one in state.sources.values()})),
        ("entities", len(state.entities)),
        ("facts", sum(counts.values())),
        *((f"{kind} facts", number) for kind, number in sorted(counts.items())),
        *((f"{status} facts", n) for status, n in sorted(statuses.items()) if status != "recorded"),
        *([("erased facts", ", ".join(state.erased))] if state.erased else []),
        ("links", len(state.links)),
        ("views", ", ".join(sorted(archive.plugins.views))),
    ]
    emit(["story", story], rows, format_)
