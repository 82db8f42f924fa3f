"""Keeps views and indexes up to date while the archive is served, so that pages need not fold. No request reaches it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dateline import Archive, DatelineError, Stop


@contextmanager
def keeping(settings: Any, report: Callable[[str], None]) -> Iterator[None]:
    """Follow the log in a thread, with a connection of its own that writes projections alone. What keeps it from that
    is reported once, and makes pages slower."""
    stop = Stop()
    thread = threading.Thread(target=_keep, args=(settings, stop, report), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.request()
        thread.join(5)


def _keep(settings: Any, stop: Stop, report: Callable[[str], None]) -> None:
    try:
        with Archive.open(settings.path, settings.plugins(), settings.keys) as archive:
            behind = True

            def caught_up() -> None:
                nonlocal behind
                if behind:
                    archive.catch_up()
                    archive.catch_up_indexes()
                    behind = False

            caught_up()
            for _ in archive.follow(stop=stop, idle=caught_up):
                behind = True
    except DatelineError as error:
        report(f"Views and indexes are not kept up to date: {error}")
