"""``dateline completion``, and what completion offers.

Completing must be fast and never fail: it uses only the standard library, imports no plugin, and
offers nothing when the archive cannot be read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from dateline.cli.settings import DEFAULT_DB

if TYPE_CHECKING:
    import sqlite3

#: The type of an option that takes a file, so that the shell completes file names. Whether the file
#: can be read is checked later.
FILE = click.Path(readable=False)
#: What the bundled plugins offer, listed here because asking them would import them. A test compares
#: the lists. Views of other plugins are offered once the archive has built them.
VIEWS = frozenset({
    "changes", "disputes", "doubts", "figures", "people", "places", "series", "sources", "statements", "support",
    "timeline",
})  # fmt: skip
EXPORTERS = frozenset({"csv", "html", "json", "markdown", "ndjson"})
IMPORTERS = frozenset({"ndjson"})
PROPOSERS = frozenset({"quotes"})
SOURCE_IMPORTERS = frozenset({
    "csv", "docx", "fragment", "html", "mail", "ods", "odt", "pdf", "rtf", "srt", "text", "tsv", "webvtt", "xlsx",
})  # fmt: skip
CONTAINERS = frozenset({
    "attachments", "feed", "mbox", "mhtml", "ninjs", "telegram", "wacz", "warc", "zip",
})  # fmt: skip
#: The kinds of fact.
KINDS = ("statement", "occurrence", "figure", "state", "role", "assessment")
#: Parts of queries: a field of an event's data, and the unprotected events of a type, last one first.
_OF = "json_extract(CAST(body AS TEXT), '$.data."
_EVENTS = "FROM events WHERE subject_key IS NULL AND body IS NOT NULL AND type ="
_LAST = "ORDER BY position DESC"
#: The story that was written to last.
_NEWEST = "SELECT slug FROM events JOIN stories USING (story) ORDER BY position DESC LIMIT 1"
#: So many names are offered at most, and so many events or rows read for them.
_MOST, _FEW = 500, 20_000
#: How the ids of entities start.
_PREFIXES = ("person", "org", "place", "group")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a shell completion script.

    \b
    Example:
      eval "$(dateline completion bash)"
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(ctx.find_root().command, {}, "dateline", "_DATELINE_COMPLETE")
    click.echo(script.source())


def stories(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Slugs of the archive's stories."""
    # In the order of the index of slugs, which are ASCII: only those that start like that are read.
    query = "SELECT slug FROM stories WHERE slug >= ? AND slug < ? ORDER BY slug"
    return _asked(ctx, query, incomplete, incomplete + "~")


def stories_and_entities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Slugs of stories, and entities of all stories once something is typed."""
    more = all_entities(ctx, param, incomplete) if incomplete else []
    return stories(ctx, param, incomplete) + more


def stories_views_and_entities(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[str]:
    """Views if those of all stories are asked for, else stories and entities."""
    found = views if ctx.params.get("all_stories") else stories_and_entities
    return found(ctx, param, incomplete)


def facts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ids of the story's facts, oldest first."""
    # The body is text in a BLOB, which json_extract accepts only after a cast.
    found = _asked(
        ctx,
        "SELECT json_extract(CAST(body AS TEXT), '$.data.fact') FROM events"
        " JOIN stories USING (story)"
        # The bodies of protected events are ciphertext.
        " WHERE slug = ? AND type LIKE '%.recorded' AND subject_key IS NULL ORDER BY events.version",
        *_words(ctx)[:1],
    )
    return [name for name in dict.fromkeys(found) if name.startswith(incomplete)]


def proposals(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ids of the proposals that wait for a decision and are not on the line yet, oldest first."""
    typed = ctx.params.get(str(param.name)) or ()
    waiting = "SELECT 'p' || id FROM proposed_facts WHERE state IN ('queued', 'later') ORDER BY id"
    found = _asked(ctx, f"{waiting} LIMIT {_MOST}")
    return [name for name in found if name.startswith(incomplete) and name not in typed]


def proposers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the bundled proposers."""
    return _starting(incomplete, PROPOSERS)


def views(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the bundled views and of those that the archive has built."""
    return _starting(incomplete, {*VIEWS, *_asked(ctx, "SELECT name FROM views")})


def views_and_facts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Views, and facts and entities once something is typed, since there may be thousands of them."""
    more = facts(ctx, param, incomplete) + entities(ctx, param, incomplete) if incomplete else []
    return views(ctx, param, incomplete) + more


def kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The kinds of fact, as the first word after the story."""
    return [] if ctx.params.get("words") else _starting(incomplete, KINDS)


def entities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the entities of the story, with hyphens for spaces so that no shell needs quotes; once
    ``person:`` or the like is typed, their ids."""
    words, field = _words(ctx), _field(incomplete)
    of_story = f"{_introduced(field)} AND slug IN ({', '.join('?' * len(words))})"
    return _named(field, incomplete, _asked(ctx, of_story, *words))


def all_entities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The same of all stories."""
    field = _field(incomplete)
    found = _registered(ctx, field, incomplete)
    if found is None:
        found = _asked(ctx, f"{_introduced(field)} AND events.position <= {_FEW}")
    return _named(field, incomplete, found)


def _field(incomplete: str) -> str:
    prefix = incomplete.partition(":")[0]
    return "entity" if prefix != incomplete and prefix in _PREFIXES else "label"


def _introduced(field: str) -> str:
    return (
        f"SELECT {_OF}{field}') FROM events JOIN stories USING (story)"
        " WHERE type = 'entity.introduced' AND subject_key IS NULL"
    )


def _named(field: str, incomplete: str, found: Collection[str]) -> list[str]:
    if field == "entity":
        return _starting(incomplete, found)
    typed = incomplete.lower()
    names = {re.sub(r"[^\w.]+", "-", name).strip("-") for name in found}
    return sorted(
        (typed and incomplete + name[len(typed) :]) or name
        for name in names
        if name.lower().startswith(typed)
    )


def _registered(ctx: click.Context, field: str, incomplete: str) -> list[str] | None:
    """Ids or names of entities of all stories that start like that; None if they are not indexed yet."""
    build = (
        "SELECT generation FROM views WHERE name = 'dateline_search_entities' AND state = 'live'"
    )
    numbers = _asked(ctx, f"SELECT CAST(max(generation) AS TEXT) FROM ({build} AND target IS NULL)")
    if not numbers:
        return None
    table = f"dateline_search_entities__g{int(numbers[0])}"
    if field == "label" and incomplete:
        phrase = _phrase(incomplete)
        matching = f"SELECT rowid FROM {table}_words WHERE {table}_words MATCH ? LIMIT {_FEW}"
        query = f"SELECT DISTINCT label FROM {table} WHERE number IN ({matching}) LIMIT {_MOST}"
        return _asked(ctx, query, f'^ "{phrase}" *') if phrase else []
    # Thousands of stories may have the same entity: each id is looked up once.
    shown = "id" if field == "entity" else f"(SELECT label FROM {table} WHERE entity = id)"
    start = incomplete if field == "entity" else ""
    return _asked(
        ctx,
        f"WITH RECURSIVE ids(id) AS (SELECT min(entity) FROM {table} WHERE entity >= ? UNION ALL"
        f" SELECT (SELECT min(entity) FROM {table} WHERE entity > id) FROM ids WHERE id < ?)"
        f" SELECT {shown} FROM ids WHERE id < ? LIMIT {_MOST}",
        start,
        *(f"{start}\U0010ffff",) * 2,
    )


def _phrase(typed: str) -> str:
    """The words that are typed, as the index has them; the last one may go on."""
    from dateline.search.words import folded

    return " ".join(filter(None, map(folded, re.findall(r"[^\W_]+", typed))))


def exporters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return _starting(incomplete, EXPORTERS)


def importers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return _starting(incomplete, IMPORTERS)


def source_importers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return _starting(incomplete, SOURCE_IMPORTERS | CONTAINERS)


def plugins(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the installed plugins."""
    from dateline.plugins.points import PLUGINS, points

    return _starting(incomplete, points(PLUGINS))


def sources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The first characters of the ids of all sources of the archive, without readings that a newer one
    supersedes. Which story is meant is not yet known when the value of an option is completed."""
    revoked: set[str] = set()
    for pair in _asked(
        ctx, f"SELECT hex(event_id) || {_OF}event') {_EVENTS} 'event.revoked' {_LAST}"
    ):
        act, about = pair[:32], pair[32:].replace("-", "").upper()
        revoked |= set() if act in revoked else {about}
    columns = f"json_array(hex(event_id), hex(story), {_OF}source'), {_OF}derived_from'), {_OF}media_type'))"
    found: list[str] = []
    read: set[tuple[str, str]] = set()
    for row in _asked(ctx, f"SELECT {columns} {_EVENTS} 'source.captured' {_LAST}"):
        event, story, source, whole, markup = json.loads(row)
        if event in revoked or not isinstance(source, str):
            continue
        if (story, whole) not in read and (
            markup not in (None, "text/plain") or (story, source) not in read
        ):
            found.append(f"{source[7:19]}{source[71:]}")
        if whole:
            read.add((story, whole))
    return _starting(incomplete, found)


def _words(ctx: click.Context) -> list[str]:
    """The words of the line, with the last story for ``.``; the first is the story, if it is known. When
    the value of an option is completed, it is not, but it is one of the others."""
    words = [str(ctx.params.get("story", "")), *os.environ.get("COMP_WORDS", "").split()]
    return [one for word in words for one in (_asked(ctx, _NEWEST) if word == "." else [word])]


def _starting(incomplete: str, names: Collection[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})


def _asked(ctx: click.Context, query: str, *parameters: object) -> list[str]:
    """The first column of the rows as text; an empty list when the archive is not a readable SQLite
    file."""
    import sqlite3

    try:
        connection = _connect(ctx.find_root().params.get("db") or DEFAULT_DB)
    except (sqlite3.Error, OSError, ValueError):
        return []
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        rows = connection.execute(query, parameters)
        # The archive may come from anyone: names that could act on the terminal are left out.
        return [text for (text,) in rows if isinstance(text, str) and text.isprintable()]
    except sqlite3.Error:
        return []
    finally:
        connection.close()


def _connect(db: str) -> sqlite3.Connection:
    """A read-only connection: completion never creates a file and never waits for a writer."""
    import sqlite3
    from pathlib import Path

    scheme, separator, path = db.partition(":///")
    if separator and not scheme.startswith("sqlite"):
        raise ValueError
    file = Path(path if separator else db).absolute()
    # Reading a WAL database creates the -wal and -shm files again unless it is opened as immutable.
    # If a -wal file exists, another process may be writing, and reading creates no file.
    immutable = "" if Path(f"{file}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"{file.as_uri()}?mode=ro{immutable}", uri=True, timeout=0)
