"""Executors that plugins offer: they fold the chunks of a rebuild elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeAlias

from dateline.errors import DatelineError

#: Folds one chunk. It can be pickled, and called in any process where Dateline, the plugins and the
#: archive are at hand. The same chunk always has the same result, so it may be repeated.
Fold: TypeAlias = Callable[[bytes], bytes]

#: The executor that Dateline offers itself.
PROCESSES = "processes"
_SCHEME = re.compile(r"[a-z][a-z0-9-]{0,40}")


class Executor(Protocol):
    """A function ``executor(fold, chunks, *, address, jobs)`` that yields ``fold(chunk)`` for each chunk, in the
    order of the chunks.

    Take chunks only as they are needed: a few for each process that folds. `jobs` is the number of
    processes that was asked for; `address` is what follows ``NAME://``, and may be empty. Let what `fold`
    raises be raised. A generator is closed if the caller stops early.
    """

    def __call__(
        self, fold: Fold, chunks: Iterable[bytes], *, address: str, jobs: int
    ) -> Iterable[bytes]: ...


def check_executor(scheme: object, item: object) -> None:
    """Raises DatelineError if `item` cannot be an executor of the name `scheme`."""
    if not isinstance(scheme, str) or not _SCHEME.fullmatch(scheme):
        raise _invalid(
            f"an executor's name consists of lower-case letters, digits and -, not {scheme!r}"
        )
    if scheme == PROCESSES:
        raise _invalid(f"the executor {scheme!r} is Dateline's own")
    if not callable(item):
        raise _invalid(f"executor {scheme}: {item!r} is not a function")


def _invalid(what: str) -> DatelineError:
    return DatelineError(what, code="executor-invalid")
