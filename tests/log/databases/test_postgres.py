"""PostgreSQL only: who may connect, errors with a next step, and no password in any output."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.engine import URL, make_url
from tests.log.refused import refused

from dateline import Archive, DatelineError, Plugins
from dateline.cli.outcome import run
from dateline.cli.root import root
from dateline.errors import MissingLibrary, NotAnArchive
from dateline.log import engine as engines
from dateline.log import schema
from dateline.log.databases.unwritten import LockTimeout
from dateline.log.engine import open_engine, reading, writing
from dateline.log.read import head
from dateline.testing import samples
from dateline.testing.postgres import UNSAFE, VARIABLE, Cluster, Unavailable, connect

CANARY = "canary-4711"


@pytest.fixture
def url(dateline_postgres_url: str) -> URL:
    return make_url(dateline_postgres_url)


def text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def with_options(url: URL, options: str) -> str:
    return text(url.update_query_dict({"options": options}))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_scheme_uses_psycopg(url: URL, scheme: str) -> None:
    with Archive.create(text(url.set(drivername=scheme)), Plugins()) as archive:
        assert archive._engine.url.drivername == "postgresql+psycopg"
        assert archive.head().position == 0


def test_another_driver_is_refused(url: URL) -> None:
    with refused("database-unsupported"):
        open_engine(text(url.set(drivername="postgresql+psycopg2")))


def test_a_server_that_may_lose_acknowledged_events_is_refused(url: URL) -> None:
    with refused("database-not-durable"):
        schema.create(with_options(url, "-c synchronous_commit=off"))


def test_a_database_of_another_encoding_is_refused(dateline_postgres: Any) -> None:
    name = f"latin_{os.getpid()}"
    with connect(dateline_postgres.url) as outside:
        outside.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            with refused("database-encoding"):
                schema.create(text(dateline_postgres.url.set(database=name)))
        finally:
            outside.execute(f"DROP DATABASE {name}")


def test_two_schemas_of_one_database_hold_two_archives(url: URL) -> None:
    with connect(url) as outside:
        outside.execute("CREATE SCHEMA desk_a")
        outside.execute("CREATE SCHEMA desk_b")
    one = with_options(url, "-c search_path=desk_a,public")
    two = with_options(url, "-c search_path=desk_b,public")
    plugins = Plugins.load(strict=True)
    for where, slug in ((one, "alma"), (two, "bora")):
        with Archive.create(where, plugins) as archive:
            archive.record(samples.story(slug=slug))
            assert [row["story"] for row in archive.view("figures").dicts()] == [slug]
    with Archive.open(one, plugins) as archive:
        archive.rebuild(["figures"])
        assert [story.slug for story in archive.stories()] == ["alma"]
    with connect(url) as outside:  # what psql or a dashboard reads
        for schema_, slug in (("desk_a", "alma"), ("desk_b", "bora")):
            assert outside.execute(f"SELECT story FROM {schema_}.figures").fetchall() == [(slug,)]
    with pytest.raises(NotAnArchive):
        schema.connect(with_options(url, "-c search_path=nowhere"))


def test_a_database_with_other_tables_of_those_names_is_not_changed(url: URL) -> None:
    with connect(url) as outside:
        outside.execute("CREATE TABLE events (x int)")
        with refused("target-occupied"):
            schema.create(text(url))
        with pytest.raises(NotAnArchive):
            schema.connect(text(url))
        assert outside.execute("SELECT count(*) FROM events").fetchone() == (0,)


def test_only_one_of_several_processes_creates_the_same_archive(url: URL) -> None:
    outcomes: list[str] = []

    def make() -> None:
        try:
            schema.create(text(url)).dispose()
            outcomes.append("made")
        except DatelineError as error:
            outcomes.append(error.code)

    threads = [Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "target-occupied", "target-occupied"]


def test_every_text_sorts_by_code_point_whatever_the_server_s_locale(url: URL) -> None:
    with Archive.create(text(url), Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        archive.catch_up()
    query = """
        SELECT c.relname, a.attname, l.collname FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relname <> 'alembic_version'
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        JOIN pg_collation l ON l.oid = a.attcollation"""
    with connect(url) as outside:
        found = outside.execute(query).fetchall()
    assert len(found) > 30
    assert [row for row in found if row[2] != "C"] == []


def test_a_snapshot_does_not_see_later_commits(url: URL) -> None:
    with Archive.create(text(url), Plugins()) as archive:
        archive.record(samples.story())
        with reading(archive._engine) as connection:
            before = head(connection)
            archive.record([samples.figure(text="Meanwhile")], story="ferry")
            assert head(connection) == before
        assert archive.head().position == before.position + 1


def test_a_reader_cannot_write(url: URL) -> None:
    engine = schema.create(text(url))
    with (
        refused("database-read-only"),
        reading(engine) as connection,
    ):
        connection.exec_driver_sql("UPDATE log_head SET position = 1")
    engine.dispose()


def test_a_lock_held_too_long_is_reported(url: URL) -> None:
    engine = schema.create(text(url))
    impatient = open_engine(with_options(url, "-c lock_timeout=100ms"))
    with writing(engine), pytest.raises(LockTimeout) as late, writing(impatient):
        pass
    assert "pg_stat_activity" in str(late.value.hint)
    engine.dispose()
    impatient.dispose()


def test_a_program_reading_a_view_delays_a_swap_but_no_append(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_TRIES", 3)
    monkeypatch.setattr(engines, "_PAUSE", 0.05)
    with Archive.create(text(url), Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
        before = archive.view("figures")
        with connect(url) as outside, outside.transaction():
            outside.execute("SELECT * FROM figures")
            with pytest.raises(DatelineError) as told:
                archive.rebuild(["figures"])
            assert told.value.code == "view-locked"
            assert "pg_stat_activity" in str(told.value.hint)
            archive.record([samples.figure(text="Appends go on")], story="ferry")
            assert len(archive.view("figures")) == len(before) + 1
        [build] = archive.rebuild(["figures"])
        assert (build.generation, build.state) == (2, "live")
        assert len(archive.view("figures")) == len(before) + 1


def test_a_table_in_use_is_not_pruned(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_TRIES", 2)
    monkeypatch.setattr(engines, "_PAUSE", 0.05)
    plugins = Plugins.load(strict=True)
    with Archive.create(text(url), plugins) as archive:
        archive.record(samples.story())
        with archive.material() as material:
            archive.rebuild(["figures"])
            with pytest.raises(DatelineError) as caught:
                archive.prune()
            assert caught.value.code == "view-locked"
            assert len(material.table("figures", "ferry")) == 1
        assert [build.generation for build in archive.prune()] == [1]


def test_a_lost_server_is_distinguished_from_a_bug(url: URL) -> None:
    engine = schema.create(text(url))
    with refused("connection-lost"), writing(engine) as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with connect(url) as outside:
            outside.execute("SELECT pg_terminate_backend(%s)", (own,))
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()


def test_an_archive_on_sqlite_does_not_import_psycopg(tmp_path: Path) -> None:
    code = """
import sys
from dateline import Archive
Archive.create(sys.argv[1]).close()
print(sorted(name for name in sys.modules if name.startswith(("psycopg", "dateline.log.databases.postgres"))))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.db")],
        capture_output=True,
        check=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from dateline.log.databases import dialect

    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "dateline.log.databases.postgres", raising=False)
    dialect.backend.cache_clear()
    try:
        with pytest.raises(MissingLibrary) as missing:
            open_engine("postgresql://localhost/x")
    finally:
        dialect.backend.cache_clear()
    assert missing.value.hint == "pip install 'dateline[postgres]'"


def test_people_share_an_archive_by_acting_as_one_role(url: URL, dateline_postgres: Any) -> None:
    if os.environ.get(VARIABLE):
        pytest.skip("makes roles, which a configured server may not allow")
    with connect(url) as outside:
        outside.execute("CREATE ROLE desk")
        outside.execute("CREATE ROLE ana LOGIN IN ROLE desk")
        outside.execute("CREATE ROLE ben LOGIN IN ROLE desk")
        outside.execute("ALTER ROLE ben SET role = 'desk'")
        outside.execute("GRANT CREATE ON SCHEMA public TO desk")
    plugins = Plugins.load(strict=True)
    ana = url.set(username="ana").update_query_dict({"options": "-c role=desk"})
    with Archive.create(text(ana), plugins) as archive:
        archive.record(samples.story())
        archive.catch_up()
    with Archive.open(text(url.set(username="ben")), plugins) as archive:
        archive.record([samples.figure(text="Another count")], story="ferry")
        archive.rebuild()
        assert len(archive.view("figures")) == 2
        archive.prune()


# -- passwords ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of a server that asks user ``desk`` for a password."""
    if os.environ.get(VARIABLE):
        pytest.skip("needs a server of its own, not the configured one")
    import tempfile

    with tempfile.TemporaryDirectory(prefix="dateline-pg-") as folder:
        try:
            cluster = Cluster(Path(folder), UNSAFE, tcp=True)
        except Unavailable as error:
            pytest.skip(f"no PostgreSQL: {error}")
        with cluster:
            rules = Path(folder, "data", "pg_hba.conf")
            rules.write_text("host all postgres all trust\nhost all all all scram-sha-256\n")
            with connect(cluster.url) as outside:
                outside.execute(f"CREATE ROLE desk LOGIN PASSWORD '{CANARY}'")
                for name in ("newsroom", "empty"):
                    outside.execute(f"CREATE DATABASE {name} OWNER desk")
                outside.execute("SELECT pg_reload_conf()")
            time.sleep(0.2)
            yield f"127.0.0.1:{cluster.url.port}"


#: URL, part of the message, and of the next step. {at} is a server, {secret} its password.
WRONG = [
    ("postgresql://desk:{secret}x@{at}/newsroom", "password authentication failed", "~/.pgpass"),
    ("postgresql://desk@{at}/newsroom?password={secret}x", "authentication failed", "~/.pgpass"),
    ("postgresql://desk:{secret}@{at}/nothing", "does not exist", "createdb"),
    ("postgresql://desk:{secret}@127.0.0.1:1/newsroom", "Connection refused", "host and port"),
    ("postgresql://desk:{secret}@host.invalid/newsroom", "host.invalid", "check the host"),
    ("postgresql://desk:{secret}@{at}/newsroom?sslmode=require", "SSL", "sslmode"),
    ("postgresql://desk:{secret}@{at}/newsroom?colour={secret}", '"colour"', "options in the URL"),
    ("postgresql://desk:{secret}@{at}/empty", "not a Dateline archive", "dateline init"),
    ("postgresql://desk@127.0.0.1:{secret}/newsroom", "neither a path nor a URL", "%40"),
    ("postgresql:/desk:{secret}@{at}/newsroom", "neither a path nor a URL", "%40"),
    ("postgresql//desk:{secret}@{at}/newsroom", "neither a path nor a URL", "%40"),
    ("postgresql://desk:x@{secret}@{at}/newsroom", "neither a path nor a URL", "%40"),
    ("postgresql+asyncpg://desk:{secret}@{at}/newsroom", "is not supported", "postgresql://"),
    ("mysql://desk:{secret}@{at}/newsroom", "mysql archives are not supported", "postgresql://"),
]


@pytest.mark.parametrize(("url", "what", "advice"), WRONG)
def test_no_failure_to_connect_shows_a_password(
    guarded: str, url: str, what: str, advice: str, capfd: pytest.CaptureFixture[str]
) -> None:
    given = url.format(at=guarded, secret=CANARY)
    assert run(root, ["--db", given, "status"]) == 1
    out, err = capfd.readouterr()
    assert what in err
    assert advice in err
    assert CANARY not in out + err


def test_no_traceback_shows_a_password(guarded: str, tmp_path: Path) -> None:
    code = """
import logging, sys, traceback
from dateline.cli.outcome import run
from dateline.cli.root import root
logging.basicConfig(level=0)
for url in sys.argv[1:]:
    try:
        run(root, ["--debug", "--db", url, "status"])
    except Exception:
        traceback.print_exc()
"""
    urls = [url.format(at=guarded, secret=CANARY) for url, _, _ in WRONG]
    done = subprocess.run(
        [sys.executable, "-c", code, *urls],
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stderr.count("dateline.errors.") >= len(WRONG)
    assert CANARY not in done.stdout + done.stderr


def test_no_command_shows_a_password(guarded: str, capfd: pytest.CaptureFixture[str]) -> None:
    db = ["--db", f"postgresql://desk:{CANARY}@{guarded}/newsroom"]
    for arguments in (
        ["init"],
        ["init"],
        ["open", "ferry", "--title", "T"],
        ["upgrade"],
        ["status"],
        ["rebuild", "--all"],
        ["show", "ferry"],
        ["log"],
        ["prune"],
        ["demo"],
    ):
        run(root, [*db, *arguments])
        out, err = capfd.readouterr()
        assert CANARY not in out + err, arguments
        assert out + err, arguments


def test_libpq_finds_the_password_by_its_own_means(
    guarded: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    host, port = guarded.split(":")
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"{host}:{port}:*:desk:{CANARY}\n")
    passwords.chmod(0o600)
    services = tmp_path / "services"
    services.write_text(f"[news]\nhost={host}\nport={port}\nuser=desk\ndbname=newsroom\n")
    for name, value in (("PGPASSFILE", passwords), ("PGSERVICEFILE", services)):
        monkeypatch.setenv(name, str(value))
    run(root, ["--db", "postgresql:///?service=news", "init"])  # unless it exists already
    capfd.readouterr()
    for url in (f"postgresql://desk@{guarded}/newsroom", "postgresql:///?service=news"):
        assert run(root, ["--db", url, "upgrade"]) == 0
        assert "at schema" in capfd.readouterr().err
