"""An archive that cannot be read is one clear answer, without a word about files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.web.conftest import Open

from dateline import Archive, DatelineError
from dateline.testing import samples

ERRORS = {
    "known": DatelineError("cannot open /secret/a.db", code="archive-unreadable"),
    "database": OperationalError("SELECT 1", {}, Exception("/secret/a.db is gone")),
    "system": OSError(5, "Input/output error", "/secret/a.db"),
    "bug": KeyError("/secret/a.db"),
}


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("call", ["head", "story", "material", "overview"])
def test_a_page_that_cannot_be_made_is_a_problem(
    recording: Callable[..., Archive],
    reading: Open,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    call: str,
) -> None:
    recording(*samples.story())
    reader = reading()

    def broken(*_: Any, **__: Any) -> Any:
        raise ERRORS[kind]

    monkeypatch.setattr("dateline_web.present._FRESH", -1.0)
    monkeypatch.setattr(Archive, call, broken)
    for path in (
        "/",
        "/stories.json",
        "/stories/ferry",
        "/stories/ferry.json",
        "/nothing",
    ):
        answer = reader.ask(path)
        assert "/secret" not in answer.text and "Traceback" not in answer.text
        assert answer.status_code in (200, 404, 500, 503)
        assert answer.headers["content-type"].startswith(("text/html", "application/"))
    if call == "head":
        assert reader.ask("/").status_code >= 500
