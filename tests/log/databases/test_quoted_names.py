"""PostgreSQL: an archive in a schema, a database or under a role whose name needs quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL, make_url
from tests.erasure import scene

from dateline import Archive, Plugins
from dateline.archive import copy_archive
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.testing import samples
from dateline.testing.postgres import connect

PLUGINS = Plugins.load(strict=True)
#: Each is used next to a plain name that a careless query would confuse it with.
NAMES = [
    "Desk",
    "a b",
    'say "x"',
    "it's",
    "select",
    "a.b",
    "50%s",
    "a\\b",
    "é" * 31 + "x",  # 63 bytes, the maximum length of a name
]


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def option(setting: str) -> str:
    """Quoted for libpq, which splits options at spaces that have no backslash before them."""
    return "-c " + re.sub(r"([\\ ])", r"\\\1", setting)


def text(url: URL, *settings: str) -> str:
    options = {"options": " ".join(map(option, settings))} if settings else {}
    return url.update_query_dict(options).render_as_string(hide_password=False)


@contextmanager
def schema(url: URL, name: str) -> Iterator[str]:
    """The URL of a schema of that name."""
    with connect(url) as outside:
        outside.execute(f"CREATE SCHEMA {quoted(name)}")
    yield text(url, f"search_path={quoted(name)}")


@pytest.fixture
def url(dateline_postgres_url: str) -> URL:
    return make_url(dateline_postgres_url)


def everything(place: str, tmp_path: Path) -> None:
    """Use every feature of an archive in that place."""
    with Archive.create(place, PLUGINS, tmp_path / "a.keys") as archive:
        archive.record(samples.story())
        archive.record([samples.figure(text=scene.CANARY)], story="ferry")
        archive.catch_up()
        archive.rebuild(["figures"])
        archive.undo_rebuild("figures")
        archive.prune()
        archive.erase(None, [8], reason=scene.REASON, basis=scene.BASIS)
        assert scene.CANARY not in repr(archive.view("timeline").rows)
        report = archive.verify(deep_too=True)
        assert (report.findings, report.unchecked) == ([], [])
        archive.backup(tmp_path / "backup.db")
        head = archive.head()
    copy_archive(place, tmp_path / "copy.db", keys=tmp_path / "a.keys")
    with Archive.open(tmp_path / "copy.db", PLUGINS) as copy:
        assert copy.head() == head


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", NAMES)
def test_everything_works_in_a_schema_whose_name_needs_quotes(
    url: URL, tmp_path: Path, name: str
) -> None:
    with schema(url, name) as place:
        everything(place, tmp_path)
        # Its triggers are off; those of another schema with a similar name must not be checked instead.
        plain = re.sub("[^a-z]", "", name.lower()) or "plain"
        if plain != name:
            with schema(url, plain) as beside:
                Archive.create(beside, PLUGINS).close()
        with connect(url) as outside:
            outside.execute(f"ALTER TABLE {quoted(name)}.events DISABLE TRIGGER ALL")
        with Archive.open(place, PLUGINS, tmp_path / "a.keys") as archive:
            assert {finding.rule for finding in archive.verify().findings} == {"schema"}
        with connect(url) as outside:
            query = "SELECT schemaname FROM pg_tables WHERE tablename = 'events'"
            there = {name for (name,) in outside.execute(query).fetchall()}
            assert there == {name, plain}


@pytest.mark.parametrize("name", ["a b", 'say "x"'])
def test_commands_work_in_such_a_schema(
    url: URL, tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with schema(url, name) as place:
        base = ["--db", place, "--keys", str(tmp_path / "a.keys")]
        for command in (
            ["init"],
            ["open", "ferry", "--title", "A ferry"],
            ["show", "ferry", "timeline"],
            ["rebuild", "--all"],
            ["prune"],
            ["retitle", "ferry", "Another"],
            ["erase", "2", "--reason", "Asked for", "--basis", "law", "--yes"],
            ["status"],
            ["verify", "--deep"],
            ["rebuild", "--verify"],
            ["upgrade"],
            ["backup", str(tmp_path / "b.db")],
            ["follow", "--from", "0", "-n", "1"],
        ):
            assert run(root, [*base, *command]) == 0, (command, capfd.readouterr().err)
        with schema(url, f"{name} too") as other:
            assert run(root, [*base, "copy", place, other]) == 0, capfd.readouterr().err
            assert run(root, ["--db", other, "verify"]) == 0


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["News Room", "50%", 'a"b', "a/b?c=d", "a@b"])
def test_a_database_whose_name_needs_quotes_holds_an_archive(
    dateline_postgres: Any, tmp_path: Path, name: str
) -> None:
    with connect(dateline_postgres.url) as outside:
        outside.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            everything(text(dateline_postgres.url.set(database=name)), tmp_path)
        finally:
            outside.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["The Desk", 'say "x"', "it's"])
def test_a_role_whose_name_needs_quotes_owns_an_archive(
    url: URL, tmp_path: Path, name: str
) -> None:
    with connect(url) as outside:
        outside.execute(f"CREATE ROLE {quoted(name)}")
        try:
            outside.execute(f"GRANT ALL ON SCHEMA public TO {quoted(name)}")
            everything(text(url, f"role={name}"), tmp_path)
            query = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
            assert outside.execute(query).fetchall() == [(name,)]
        finally:
            outside.execute(f"DROP OWNED BY {quoted(name)} CASCADE")
            outside.execute(f"DROP ROLE {quoted(name)}")
