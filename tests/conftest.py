"""What every test folder shares: the corpora, and how Hypothesis runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of examples and corpora that are too large, or not ours, to keep here."""
    if "DATELINE_SHARED" not in os.environ:
        pytest.skip("DATELINE_SHARED is not set")
    return Path(os.environ["DATELINE_SHARED"])
