"""The interface for programs does what its description says, whatever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.web.running import Running, in_a_thread

from dateline import Archive
from dateline.testing import samples

schemathesis: Any = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

pytest.importorskip("uvicorn")
from schemathesis.specs.openapi.checks import positive_data_acceptance

from dateline_web.pages import PAGES

#: Values that lead somewhere; others are made up by schemathesis.
KNOWN: dict[str, list[str]] = {
    "slug": ["ferry"], "fact": ["f1", "f2", "f3"],
    "view": ["timeline", "figures", "statements", "sources", "series"], "format": ["json", "html", "csv", "markdown"],
}  # fmt: skip
SOURCES, ENTITIES = [samples.SOURCE.removeprefix("sha256:")], [samples.WIRE, samples.VOSS]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    from dateline_web.app import application
    from dateline_web.guard import Rules
    from dateline_web.site import Site

    db: Path = tmp_path_factory.mktemp("api") / "a.db"
    with Archive.create(db, plugins()) as archive:
        archive.record(
            samples.story(samples.corrected("f2", "/text", samples.figure()["text"], "Recounted."))
        )
    with (
        Archive.open(db, plugins(), read_only=True) as archive,
        in_a_thread(application(Site(archive), Rules({"localhost"}))) as running,
    ):
        yield running


[described] = [page for page in PAGES if page.path == "/openapi"]
api = schemathesis.openapi.from_dict(described.record(None))


@api.hook
def before_generate_path_parameters(context: Any, strategy: Any) -> Any:
    """Mostly names that the archive has; otherwise what is made up."""
    known = KNOWN | {"id": SOURCES if "/sources/" in context.operation.path else ENTITIES}

    def named(made: dict[str, Any] | None) -> Any:
        mostly = {
            name: st.one_of(*[st.sampled_from(known[name])] * 3, st.just(value))
            for name, value in (made or {}).items()
        }
        return st.fixed_dictionaries(mostly)

    return strategy.flatmap(named)


@api.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_is_described(server: Running, case: Any) -> None:
    answer = case.call(base_url=server.url, timeout=20)
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])
    assert answer.status_code < 500
