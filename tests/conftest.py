"""What all tests share: the folder of outside material, and how Hypothesis runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", deadline=None, print_blob=True, max_examples=60)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Corpora and examples that are not part of the project; tests skip without them."""
    folder = os.environ.get("DATELINE_SHARED")
    if not folder:
        pytest.skip("DATELINE_SHARED is not set")
    return Path(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an archive may be made, on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "a.db")
    return str(request.getfixturevalue("dateline_postgres_url"))


#: What takes long: run apart, with ``pytest -m slow``, as CI does.
SLOW = (
    "faults/",
    "cli/test_follow.py",
    "cli/test_scaffold.py",
    "docs/test_site.py",
    "erasure/test_kills.py",
    "log/test_copying.py",
    "plugins/test_contracts.py",
    "plugins/test_examples_installed.py",
    "plugins/test_twenty_installed.py",
    "test_benchmarks.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if str(item.path.relative_to(here)).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
