"""Fixtures and settings for all tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.effort import examples, for_another_day, leave_out
from tests.quick import databases_reused, migrations_recorded, nothing_synced

from dateline.pytest_plugin import Cli
from dateline.testing import samples

settings.register_profile("dateline", deadline=None, print_blob=True, max_examples=examples(60))
settings.load_profile("dateline")


@pytest.fixture(scope="session", autouse=True)
def quick_archives() -> Iterator[None]:
    """Create archives without Alembic, databases only when none is left, and wait for no disk."""
    with migrations_recorded(), nothing_synced(), databases_reused():
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """Corpora and examples that are not part of the project; tests skip without them."""
    folder = os.environ.get("DATELINE_SHARED")
    if not folder:
        pytest.skip("DATELINE_SHARED is not set")
    return Path(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The path or URL of a database without an archive, on SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "a.db")
    return str(request.getfixturevalue("dateline_postgres_url"))


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    """The command line in a folder with an archive of the story ``ferry``."""
    lines = "".join(json.dumps(line) + "\n" for line in samples.story())
    (tmp_path / "ferry.ndjson").write_text(lines)
    assert dateline_cli("init").code == 0
    assert dateline_cli("import", "ferry.ndjson").code == 0
    return dateline_cli


#: Files of slow tests, which only ``pytest -m slow`` runs, as CI does.
SLOW = (
    "cli/terminal/test_stdio.py",
    "cli/test_editors_hour.py",
    "cli/test_follow.py",
    "cli/test_keystrokes.py",
    "cli/test_plugins_new.py",
    "docs/test_site.py",
    "erasure/test_both_databases.py",
    "erasure/test_kills.py",
    "erasure/test_outsiders.py",
    "faults/",
    "log/databases/test_leftover.py",
    "log/databases/test_postgres.py",
    "log/databases/test_quoted_names.py",
    "log/test_copying.py",
    "parallel/test_rebuild.py",
    "plugins/test_examples_installed.py",
    "plugins/test_printing.py",
    "plugins/test_twenty_installed.py",
    "plugins/test_whatever_it_raises.py",
    "recording/test_ways_of_reading.py",
    "security/test_surroundings.py",
    "test_benchmarks.py",
    "web/api/",
    "web/attacks/test_every_route.py",
    "web/attacks/test_many_connections.py",
    "web/attacks/test_slow_clients.py",
    "web/browser/",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if str(item.path.relative_to(here)).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    left = leave_out(items)
    if config.option.markexpr == "slow":
        gone = for_another_day(left)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=list(gone))
