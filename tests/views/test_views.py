"""Views are folds of the log: corrections, retractions, failures and rebuilds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from dateline import Archive, DatelineError, Plugins, ViewFailed
from dateline.events.envelope import Event
from dateline.plugin import Fact, FactRow, FactView, FigureRecorded, View, ViewRow
from dateline.plugins.discovery import Candidate
from dateline.testing import samples
from dateline.testing.samples import corrected, retracted, story
from dateline.views import projection, runner
from dateline.views.asof import recorded
from dateline.views.rows import Rows


class Values(FactView):
    """The value of each figure."""

    name, version, of = "values", 1, FigureRecorded

    class Row(FactRow, frozen=True):
        value: float | None
        who: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        for quantity in fact.data.quantities:
            yield self.Row(value=quantity.value, who=fact.chain)


class Tally(View):
    """Counts events by type: a general view that reads its own rows."""

    name, version = "tally", 1

    class Row(ViewRow, frozen=True):
        number: int

    def fold(self, event: Event, rows: Rows) -> None:
        row = rows.get(event.type)
        rows.put(event.type, self.Row(number=1 + (row.number if row else 0)))
        if event.type == "story.closed":
            rows.drop("story.opened")
            rows.patch("story.closed", number=99)


class Fragile(FactView):
    """Fails at the third fact until it is fixed."""

    name, version = "fragile", 1
    broken = True

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        if self.broken and fact.id == "f3":
            raise ZeroDivisionError("f3 is too much")
        yield self.Row(text=fact.data.text)


def plugins(*views: View) -> Plugins:
    class Offer:
        @staticmethod
        def dateline_views() -> list[View]:
            return list(views)

    from dateline.plugin import hookimpl

    Offer.dateline_views = staticmethod(hookimpl(Offer.dateline_views))  # type: ignore[method-assign]
    loaded = Plugins(strict=True)
    loaded.add(Candidate("here", "tests", lambda: Offer()))
    return loaded


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, plugins(Values(), Tally(), Fragile())) as archive:
        archive.record(story())
        yield archive


def values(archive: Archive, **options: Any) -> list[tuple[str, Any, str]]:
    rows = archive.view("values", "ferry", **options).dicts()
    return [(row["fact"], row["value"], row["status"]) for row in rows]


def test_a_correction_reaches_rows_without_code_of_the_author(archive: Archive) -> None:
    assert values(archive) == [("f2", 143, "recorded")]
    archive.record([corrected("f2", "/quantities/0/value", 143, 150)], story="ferry")
    assert values(archive) == [("f2", 150, "corrected")]
    archive.record([corrected("f2", "/quantities/0/value", 150, 143)], story="ferry")
    assert values(archive) == [("f2", 143, "corrected")]


def test_a_correction_may_change_how_many_rows_a_fact_has(archive: Archive) -> None:
    values(archive)
    more = {"measure": "watchers", "lower": 200, "verbatim": "hundreds of people"}
    archive.record([corrected("f2", "/quantities/1", None, more)], story="ferry")
    assert values(archive) == [("f2", 143, "corrected"), ("f2", None, "corrected")]
    archive.record([corrected("f2", "/quantities/1", more, None)], story="ferry")
    assert values(archive) == [("f2", 143, "corrected")]


def test_retracted_and_rejected_facts_are_left_out_and_counted(archive: Archive) -> None:
    archive.record(
        [samples.figure(text="A second count"), samples.figure(text="A third count")], story="ferry"
    )
    archive.record([retracted("f2")], story="ferry")
    review = {"type": "fact.reviewed", "fact": "f3", "reviewer": "desk", "reason": "Unsound"}
    archive.record([review | {"verdict": "rejected"}], story="ferry")
    assert values(archive) == [("f4", 143, "recorded")]
    assert archive.view("values", "ferry").hidden == 2
    assert [row[2] for row in values(archive, everything=True)] == [
        "retracted",
        "rejected",
        "recorded",
    ]
    archive.record([review | {"verdict": "accepted"}], story="ferry")
    assert [row[0] for row in values(archive)] == ["f3", "f4"]


def test_a_dispute_ends_when_the_disputing_fact_is_retracted(archive: Archive) -> None:
    link = {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "disputes"}
    archive.record([link], story="ferry")
    assert values(archive) == [("f2", 143, "disputed")]
    archive.record([retracted("f1")], story="ferry")
    assert values(archive) == [("f2", 143, "recorded")]


def test_facts_of_a_withdrawn_source_are_marked(archive: Archive) -> None:
    withdrawal = {"type": "source.withdrawn", "source": samples.SOURCE, "reason": "Wrong"}
    archive.record([withdrawal], story="ferry")
    archive.record([samples.figure(text="A late one")], story="ferry")
    assert [row[2] for row in values(archive)] == ["withdrawn", "withdrawn"]


def test_a_label_recorded_later_reaches_rows_already_written() -> None:
    with Archive.create(":memory:", plugins(Values())) as archive:
        late = samples.entity(samples.NORA, "NORA, late")
        lines = [line for line in story(late) if line.get("label") != "NORA"]
        line = samples.figure(text="Relayed", attribution=samples.statement()["attribution"])
        archive.record([*lines[:-1], line, late])
        [_, chain] = [row["who"] for row in archive.view("values", "ferry").dicts()]
        assert chain == "Mara Voss › NORA, late › Ister Wire"


@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_any_page_size_gives_the_same_rows(
    page: int, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PAGE", page)
    monkeypatch.setattr(runner, "_KEPT_FACTS", 1)  # states are released and folded again
    with Archive.create(db, plugins(Values(), Tally())) as archive:
        archive.record(story(slug="one"))
        archive.record(story(slug="two"))
        for slug in ("one", "two"):
            archive.record([corrected("f2", "/quantities/0/value", 143, 7)], story=slug)
        archive.record([{"type": "story.closed"}], story="one")
        assert [row["value"] for row in archive.view("values").dicts()] == [7, 7]
        tally = {row["key"]: row["number"] for row in archive.view("tally", "one").dicts()}
        assert tally["entity.introduced"] == 3
        assert tally["story.closed"] == 99
        assert "story.opened" not in tally


def test_catching_up_one_event_at_a_time_equals_a_rebuild(archive: Archive) -> None:
    for number in range(3):
        archive.record([samples.figure(text=f"Count {number}")], story="ferry")
        values(archive)
        archive.view("tally")
    live = [archive.view(name, everything=True) for name in ("values", "tally")]
    archive.rebuild(["values", "tally"])
    assert [archive.view(name, everything=True) for name in ("values", "tally")] == live


def broken(archive: Archive) -> str:
    """The message about the view that fails."""
    with pytest.raises(ViewFailed, match="f3 is too much") as failed:
        archive.view("fragile", "ferry")
    assert "here" in str(failed.value.hint)
    return str(failed.value)


def test_a_view_that_raises_stops_alone_and_continues_when_fixed(archive: Archive) -> None:
    archive.view("fragile")
    archive.record([samples.figure(text="The third")], story="ferry")
    archive.record([samples.figure(text="The fourth")], story="ferry")
    assert "position 8" in broken(archive)
    assert len(values(archive)) == 3
    archive.record([samples.figure(text="Appends go on")], story="ferry")
    [build] = [build for build in archive.builds() if build.name == "fragile"]
    assert (build.state, build.position, build.failed_position) == ("failed", 7, 8)
    assert "ZeroDivisionError" in (build.error or "")
    archive.plugins.view("fragile").broken = False  # type: ignore[attr-defined]
    resumed = archive.view("fragile", "ferry")
    archive.rebuild(["fragile"])
    assert archive.view("fragile", "ferry") == resumed
    assert len(resumed) == 5


class Late(Fragile):
    """Raises after its rows are set, on the recording of a fact and on each correction."""

    name = "late"

    def fold(self, event: Event, rows: Rows) -> None:
        super().fold(event, rows)
        if self.broken and event.fact is not None and "late" in event.fact.data.text:
            raise ZeroDivisionError("f3 is too much")

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        yield self.Row(text=fact.data.text)
        if fact.history:
            yield self.Row(text="once more")


@pytest.mark.parametrize(
    "late",
    [samples.figure(text="Too late"), corrected("f2", "/text", "", "Too late")],
    ids=["recorded", "corrected"],
)
def test_rows_set_before_a_fold_raised_are_undone(late: dict[str, Any]) -> None:
    with Archive.create(":memory:", plugins(Late())) as archive:
        archive.record(story())
        if late["type"] == "fact.corrected":
            was = archive.state("ferry").facts["f2"].data.text
            late["changes"][0]["was"] = was
            archive.record([corrected("f2", "/text", was, was + "!")], story="ferry")
            late["changes"][0]["was"] = was + "!"
        else:
            archive.record([samples.retracted("f1")], story="ferry")
        archive.view("late")
        archive.record([samples.figure(text="Before it")], story="ferry")
        archive.record([late], story="ferry")
        with pytest.raises(ViewFailed):
            archive.view("late")
        assert archive.verify_view("late") == []
        with pytest.raises(ViewFailed):  # the next attempt finds nothing half done
            archive.view("late")
        archive.plugins.view("late").broken = False  # type: ignore[attr-defined]
        archive.view("late")
        assert archive.verify_view("late") == []


def test_a_build_that_raises_has_no_readers_and_is_resumed_when_fixed(archive: Archive) -> None:
    archive.record([samples.figure(text="The third")], story="ferry")
    assert "position 8" in broken(archive)
    [build] = [build for build in archive.builds() if build.name == "fragile"]
    assert (build.state, build.unfinished) == ("failed", True)
    archive.plugins.view("fragile").broken = False  # type: ignore[attr-defined]
    assert len(archive.view("fragile", "ferry")) == 3
    [build] = [build for build in archive.builds() if build.name == "fragile"]
    assert (build.state, build.unfinished, build.generation) == ("live", False, 1)


def test_a_failed_rebuild_leaves_the_live_generation_to_readers(archive: Archive) -> None:
    archive.plugins.view("fragile").broken = False  # type: ignore[attr-defined]
    archive.record([samples.figure(text="The third")], story="ferry")
    before = archive.view("fragile", "ferry")
    archive.plugins.view("fragile").broken = True  # type: ignore[attr-defined]
    [build] = archive.rebuild(["fragile"])
    assert (build.state, build.failed_position) == ("failed", 8)
    assert archive.view("fragile", "ferry") == before


def shaped(archive: Archive, kind: type[View]) -> View:
    """Install this version of the view."""
    view = kind()
    archive.plugins.views[view.name] = view
    return view


class Wider(Fragile):
    """The same view with another column."""

    class Row(FactRow, frozen=True):
        text: str
        length: int

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        if self.broken:
            raise ZeroDivisionError("f3 is too much")
        yield self.Row(text=fact.data.text, length=len(fact.data.text))


def test_an_incomplete_build_is_never_shown_to_readers(archive: Archive) -> None:
    """A build fails, then the view changes its shape, then it is fixed and has the first shape again."""
    shaped(archive, Fragile)
    assert len(archive.view("fragile")) == 2
    wider = shaped(archive, Wider)
    with pytest.raises(ViewFailed):
        archive.view("fragile")
    shaped(archive, Fragile)
    assert len(archive.view("fragile")) == 2
    shaped(archive, type(wider))
    archive.plugins.view("fragile").broken = False  # type: ignore[attr-defined]
    assert len(archive.view("fragile")) == 2
    assert archive.verify_view("fragile") == []


def test_undo_never_restores_an_unfinished_build(archive: Archive) -> None:
    view = shaped(archive, Fragile)
    view.broken = False  # type: ignore[attr-defined]
    archive.record([samples.figure(text="The third")], story="ferry")
    archive.view("fragile")
    archive.rebuild(["fragile"])
    view.broken = True  # type: ignore[attr-defined]
    archive.rebuild(["fragile"])
    view.broken = False  # type: ignore[attr-defined]
    for _ in range(3):
        archive.undo_rebuild("fragile")
        assert archive.verify_view("fragile") == []
        assert len(archive.view("fragile")) == 3


def test_an_undo_that_raises_keeps_the_live_generation(archive: Archive) -> None:
    view = shaped(archive, Fragile)
    archive.view("fragile")
    archive.rebuild(["fragile"])
    archive.undo_rebuild("fragile")
    view.broken = False  # type: ignore[attr-defined]
    archive.record([samples.figure(text="The third")], story="ferry")
    assert len(archive.view("fragile")) == 3
    view.broken = True  # type: ignore[attr-defined]
    before = archive.builds()
    with pytest.raises(ViewFailed) as caught:
        archive.undo_rebuild("fragile")
    assert "generation 2 " in str(caught.value) and "position 8" in str(caught.value)
    assert archive.builds() == before
    assert len(archive.view("fragile")) == 3


def test_a_fold_that_ends_the_interpreter_is_reported(archive: Archive) -> None:
    class Leaving(Fragile):
        def rows(self, fact: Fact) -> Iterable[FactRow]:
            raise SystemExit(0)

    shaped(archive, Leaving)
    with pytest.raises(ViewFailed, match="SystemExit"):
        archive.view("fragile", at=recorded("7"))
    with pytest.raises(ViewFailed, match="SystemExit"):
        archive.view("fragile")


def test_a_rebuild_can_be_undone_and_pruned(archive: Archive) -> None:
    before = archive.view("values", "ferry")
    archive.rebuild(["values"])
    archive.record([corrected("f2", "/quantities/0/value", 143, 9)], story="ferry")
    assert values(archive) == [("f2", 9, "corrected")]
    undone = archive.undo_rebuild("values")
    assert (undone.generation, undone.state) == (1, "live")
    assert values(archive) == [("f2", 9, "corrected")]
    assert [(b.generation, b.state) for b in archive.builds()] == [(2, "retired"), (1, "live")]
    assert [build.generation for build in archive.prune()] == [2]
    assert [(b.generation, b.state) for b in archive.builds()] == [(1, "live")]
    with pytest.raises(DatelineError) as caught:
        archive.undo_rebuild("values")
    assert caught.value.code == "generation-not-found"
    assert len(before) == 1


@pytest.mark.parametrize("value", ["\ud800", "a\x00b"])
def test_a_row_that_cannot_be_stored_stops_only_its_view(value: str) -> None:
    class Odd(Values):
        name = "odd"

        def rows(self, fact: Fact) -> Iterable[FactRow]:
            yield self.Row(value=1.0, who=value)

    with Archive.create(":memory:", plugins(Odd(), Values())) as archive:
        archive.record(story())
        with pytest.raises(ViewFailed, match="who="):
            archive.view("odd")
        assert len(archive.view("values")) == 1
        with archive.material() as material:
            assert (list(material.failed), material.views()) == (["odd"], ["values"])


def test_a_changed_view_is_rebuilt_and_an_older_plugin_is_refused(archive: Archive) -> None:
    values(archive)

    class Wider(Values):
        version = 2

        class Row(FactRow, frozen=True):
            value: float | None
            who: str
            unit: str | None

        def rows(self, fact: Fact) -> Iterable[FactRow]:
            for quantity in fact.data.quantities:
                yield self.Row(value=quantity.value, who=fact.chain, unit=quantity.unit)

    old = archive.plugins
    archive.plugins = plugins(Wider())
    [row] = archive.view("values", "ferry").dicts()
    assert row["unit"] == "person"
    archive.plugins = old
    with pytest.raises(ViewFailed, match="version 2"):
        archive.view("values", "ferry")


def test_a_row_of_the_wrong_type_names_the_column() -> None:
    class Wrong(Values):
        name = "wrong"

        def rows(self, fact: Fact) -> Iterable[FactRow]:
            yield self.Row(value="143", who="")  # type: ignore[arg-type]

    with Archive.create(":memory:", plugins(Wrong())) as archive:
        archive.record(story())
        with pytest.raises(ViewFailed, match="f2: value='143' is of type str"):
            archive.view("wrong")


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"name": "Bad Name"}, "'Bad Name'"),
        ({"name": "events"}, "'events'"),
        ({"name": "a__g1"}, "a__g1"),
        ({"version": 0}, "version"),
        ({"order": ("nothing",)}, "'nothing'"),
        ({"Row": int}, "Row"),
    ],
)
def test_an_invalid_view_is_refused(attributes: dict[str, Any], named: str) -> None:
    broken = type("Broken", (Values,), attributes)
    with pytest.raises(DatelineError, match=named) as caught:
        projection.schema_of(broken())
    assert caught.value.code == "view-invalid"


def test_a_row_field_of_an_unsupported_type_is_refused() -> None:
    class Row(FactRow, frozen=True):
        names: list[str]

    with pytest.raises(DatelineError, match="names") as caught:
        projection.schema_of(type("Odd", (Values,), {"Row": Row})())
    assert caught.value.code == "view-invalid"


def test_a_row_field_with_a_name_reserved_by_the_database_is_refused() -> None:
    class Row(FactRow, frozen=True):
        xmin: int

    with pytest.raises(DatelineError, match="xmin") as caught:
        projection.schema_of(type("Odd", (Values,), {"Row": Row})())
    assert caught.value.code == "view-invalid"
