"""What TAB offers. It must be quick and never fail: the standard library alone, no plugin imported,
and nothing said when the archive cannot be read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from dateline.cli.settings import DEFAULT_DB

if TYPE_CHECKING:
    import sqlite3

#: The type of what names a file, so that names of files are offered; it is looked at when it is read.
FILE = click.Path(readable=False)
#: What the bundled plugins offer; listed, since asking them would import them all. A test holds it
#: equal. Views of other plugins are offered once the archive has built them.
VIEWS = frozenset({
    "changes", "disputes", "figures", "people", "places", "sources", "statements", "timeline",
})  # fmt: skip
EXPORTERS = frozenset({"csv", "html", "json", "markdown", "ndjson"})
IMPORTERS = frozenset({"ndjson"})
SOURCE_IMPORTERS = frozenset({"html", "pdf", "text"})


def stories(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Slugs of the archive's stories."""
    return _starting(incomplete, _asked(ctx, "SELECT slug FROM stories"))


def facts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ids of the story's facts, oldest first."""
    # The body is text in a BLOB; json_extract takes it as text only when told so.
    found = _asked(
        ctx,
        "SELECT json_extract(CAST(body AS TEXT), '$.data.fact') FROM events"
        " JOIN stories USING (story)"
        # Protected ones are ciphertext.
        " WHERE slug = ? AND type LIKE '%.recorded' AND subject_key IS NULL ORDER BY events.version",
        ctx.params.get("story"),
    )
    return [name for name in dict.fromkeys(found) if name.startswith(incomplete)]


def views(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of views: the bundled ones, and those that the archive has built."""
    return _starting(incomplete, {*VIEWS, *_asked(ctx, "SELECT name FROM views")})


def views_and_facts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Facts once something is typed: there may be thousands."""
    return views(ctx, param, incomplete) + (facts(ctx, param, incomplete) if incomplete else [])


def exporters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return _starting(incomplete, EXPORTERS)


def importers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return _starting(incomplete, IMPORTERS)


def source_importers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return _starting(incomplete, SOURCE_IMPORTERS)


def plugins(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the plugins that are installed."""
    from dateline.plugins.points import PLUGINS, points

    return _starting(incomplete, points(PLUGINS))


def sources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Sources of all stories, as much of their ids as tells one from another: an option's value is
    completed before the story is read."""
    found = _asked(
        ctx,
        "SELECT substr(json_extract(CAST(body AS TEXT), '$.data.source'), 8, 12) FROM events"
        " WHERE type = 'source.captured' AND subject_key IS NULL",
    )
    return _starting(incomplete, found)


def _starting(incomplete: str, names: Collection[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})


def _asked(ctx: click.Context, query: str, *parameters: object) -> list[str]:
    """The first column of the rows, as text; nothing when the archive is no SQLite file that can be
    read."""
    import sqlite3

    try:
        connection = _connect(ctx.find_root().params.get("db") or DEFAULT_DB)
    except (sqlite3.Error, OSError, ValueError):
        return []
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        rows = connection.execute(query, parameters)
        # Any archive that lies about is asked: a name that acts on the terminal is not offered.
        return [text for (text,) in rows if isinstance(text, str) and text.isprintable()]
    except sqlite3.Error:
        return []
    finally:
        connection.close()


def _connect(db: str) -> sqlite3.Connection:
    """Read-only: a TAB never makes a file, nor waits for who writes."""
    import sqlite3
    from pathlib import Path

    scheme, there, path = db.partition(":///")
    if there and not scheme.startswith("sqlite"):
        raise ValueError
    file = Path(path if there else db).absolute()
    # Reading a WAL database makes its -wal and -shm anew, unless it is called immutable; with a
    # -wal there somebody may be writing, and nothing is made.
    calm = "" if Path(f"{file}-wal").exists() else "&immutable=1"
    return sqlite3.connect(f"{file.as_uri()}?mode=ro{calm}", uri=True, timeout=0)
