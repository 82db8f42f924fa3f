"""How thorough a test run is. The default run samples; a thorough run (with ``CI`` set) samples less.

There are three means. `examples` sets the number of Hypothesis examples. The marker ``sampled(N)`` makes
a default run take N cases of a large matrix, others each day; the rest is left to ``-m slow``. Of the
tests that run on both databases, a default run takes the PostgreSQL half of one in twelve. Of what is
left to ``-m slow``, a run takes a part, others each day; with ``DATELINE_THOROUGH`` set it takes all. The
conformance suite, which states what every database must do, always runs completely.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

THOROUGH = bool(os.environ.get("CI"))
#: With ``DATELINE_THOROUGH`` set, all Hypothesis examples are taken, which takes several minutes more.
ALL = bool(os.environ.get("DATELINE_THOROUGH"))
#: The share of the tests on both databases that also run on PostgreSQL.
ON_POSTGRESQL = 1 / 12
#: The share of what was left out that a run of ``-m slow`` takes.
OF_THE_REST = 0.35
#: Selects the sample of this run: by default the day. All workers use the same.
SEED = os.environ.get("DATELINE_TEST_SEED") or datetime.now(UTC).strftime("%Y-%m-%d")


def examples(count: int) -> int:
    """`count` Hypothesis examples, or half of that in a thorough run, otherwise a tenth; at least 5."""
    return count if ALL else max(5, count // (2 if THOROUGH else 10))


def leave_out(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Mark the cases as ``slow`` that are not in today's sample, and return them."""
    items = list(items)
    left = _sample_matrices(items)
    left += [item for item in items if _is_twin(item) and _chance("sample", item) > ON_POSTGRESQL]
    for item in left:
        item.add_marker(pytest.mark.slow)
    return left


def for_another_day(left: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Those of the cases that were left out which today's run of ``-m slow`` leaves out too."""
    return set() if ALL else {item for item in left if _chance("rest", item) > OF_THE_REST}


def _chance(what: str, item: pytest.Item) -> float:
    return random.Random(f"{SEED} {what} {item.nodeid}").random()


def _is_twin(item: pytest.Item) -> bool:
    """Whether this is the PostgreSQL half of a test that also runs on SQLite."""
    callspec = getattr(item, "callspec", None)
    return callspec is not None and "postgresql" in callspec.params.values()


def _sample_matrices(items: list[pytest.Item]) -> list[pytest.Item]:
    left: list[pytest.Item] = []
    matrices: dict[str, tuple[int, list[pytest.Item]]] = {}
    for item in items:
        marker = item.get_closest_marker("sampled")
        if marker is not None:
            name = item.nodeid.partition("[")[0]
            matrices.setdefault(name, (marker.args[0], []))[1].append(item)
    for name, (count, cases) in matrices.items():
        cases.sort(key=lambda item: item.nodeid)
        taken = random.Random(f"{SEED} {name}").sample(range(len(cases)), min(count, len(cases)))
        left += [case for at, case in enumerate(cases) if at not in taken]
    return left
