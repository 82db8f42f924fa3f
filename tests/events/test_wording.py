"""An editorial event states its own words: those of the core, and a plugin's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import ClassVar

import pytest

from dateline import Archive
from dateline.cli.show_fact import describe
from dateline.plugin import EventType, FactNotice, Wording, worded
from dateline.testing import samples
from dateline.testing.isolated import isolated

BUNDLED = [
    import_module(f"dateline_{name}")
    for name in ("disputes", "figures", "people", "places", "sources", "statements", "timeline")
]


class Embargoed(FactNotice, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.fact.embargoed"
    until: str

    @property
    def wording(self) -> Wording | None:
        return Wording("embargoed", samples.VOSS, f"Until {self.until}")


class Silent(FactNotice, frozen=True, kw_only=True):
    """A type with a field of that name, which is not a wording."""

    type: ClassVar[str] = "acme.fact.silenced"
    wording: str = "loud"  # type: ignore[assignment]


class Raising(FactNotice, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.fact.raised"

    @property
    def wording(self) -> Wording | None:
        raise SystemExit(3)


class Wrong(FactNotice, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.fact.wronged"

    @property
    def wording(self) -> Wording | None:
        return Wording(3)  # type: ignore[arg-type]


KINDS = (Embargoed, Silent, Raising, Wrong)


@pytest.fixture
def archive() -> Iterator[Archive]:
    exporters = map(import_module, ("dateline_html", "dateline_markdown"))
    plugins = isolated(*BUNDLED, *exporters, *map(EventType, KINDS))
    with Archive.create(":memory:", plugins) as archive:
        lines = [{"type": kind.type, "fact": "f1"} for kind in KINDS]
        lines[0]["until"] = "Friday"
        archive.record(samples.story(*lines))
        yield archive


def test_a_fact_s_history_has_a_plugin_s_words(archive: Archive) -> None:
    said = "\n".join(describe(archive.state("ferry").facts["f1"], None))
    assert "embargoed by Mara Voss: Until Friday" in said
    for kind in KINDS[1:]:  # they state none, so the history names the type
        assert said.count(kind.type) == 1


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_an_export_lists_a_plugin_s_words_and_nothing_of_those_without(
    archive: Archive, name: str
) -> None:
    with archive.material("ferry") as material:
        page = "".join(archive.plugins.exporters[name].export(material))
    assert page.count("embargoed") == 1 and page.count("Until Friday") == 1
    assert "loud" not in page


@pytest.mark.parametrize(
    "made",
    [lambda: Silent(fact="f1"), lambda: Raising(fact="f1"), lambda: Wrong(fact="f1"), object],
)
def test_what_states_no_wording_is_silent(made: Callable[[], object]) -> None:
    assert worded(made()) is None
