"""Expecting an error by its code: wording may change, codes do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dateline.errors import DatelineError


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[DatelineError]]:
    """The block must raise a DatelineError with this code."""
    with pytest.raises(DatelineError) as caught:
        yield caught
    assert caught.value.code == code, caught.value
