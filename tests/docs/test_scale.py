"""The page about scale: its queries, with DuckDB and Polars on the segments that its session writes."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from tests.docs.typed import FENCE, steps, type_in

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"


@pytest.mark.slow
def test_the_queries_give_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("duckdb", "polars"):
        pytest.importorskip(name, reason=f"the queries need {name}, which dateline[dev] installs")
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text("utf-8")
    blocks = FENCE.findall(text)
    for command, expected in (
        step for kind, part in blocks if kind == "console" for step in steps(part)
    ):
        type_in(command, expected, text, capfd)
    session = "".join(part for kind, part in blocks if kind == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) > 8
    failed, _ = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert failed == 0, capfd.readouterr().out
