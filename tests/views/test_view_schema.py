"""The schema of a view is made once, when its plugin is loaded; everything else reads it."""

from __future__ import annotations

import copy
import typing
from collections.abc import Iterable

import pytest
from sqlalchemy import inspect

from dateline import Archive, DatelineError
from dateline.plugin import Event, Fact, FactRow, FactView, View, ViewRow
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.views.projection import schema_of
from dateline.views.rows import Rows


class Worded(FactView):
    name = "worded"

    class Row(FactRow, frozen=True):
        text: str
        share: float | None

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        yield self.Row(text=fact.data.text, share=0.5)


class Counted(View):
    name = "counted"
    order = ("number",)

    class Row(ViewRow, frozen=True):
        number: int

    def fold(self, event: Event, rows: Rows) -> None:
        rows.put(str(event.position), self.Row(number=-event.position))


def test_no_use_of_a_view_works_out_its_columns_again(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = isolated(Worded(), Counted())

    def refuse(*given: object) -> None:
        raise AssertionError("the columns were worked out again")

    monkeypatch.setattr(typing, "get_type_hints", refuse)
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        archive.rebuild()
        with archive.material() as material:
            assert [len(material.table(name, "ferry")) for name in material.views()] == [7, 2]
        assert [archive.verify_view(name) for name in plugins.views] == [[], []]
        assert archive.verify(deep_too=True).findings == []


def test_copies_of_a_view_share_its_schema() -> None:
    view = Worded()
    assert schema_of(Worded()) is not schema_of(view)
    assert schema_of(copy.deepcopy(view)) is schema_of(view)


def test_the_schema_says_how_rows_are_keyed_and_sorted() -> None:
    worded, counted = schema_of(Worded()), schema_of(Counted())
    assert worded.key == ("story", "fact", "item") and counted.key == ("story", "key")
    assert [counted.names[at] for at, _ in counted.order] == ["story", "number"]
    assert worded.names[-2:] == ("text", "share")
    assert [worded.names[at] for at in worded.numbers] == ["share"]


def test_the_fingerprint_depends_on_version_columns_and_types() -> None:
    class Newer(Worded):
        version = 2

    class Wider(Worded):
        class Row(FactRow, frozen=True):
            text: str
            share: float | None
            unit: str

    views = Worded(), Newer(), Wider()
    marks = [schema_of(view).fingerprint() for view in views]
    assert len({*marks, schema_of(views[0]).fingerprint(["acme.flood.crested 1"])}) == 4
    assert schema_of(Worded()).fingerprint() == marks[0]


def test_an_index_changes_no_fingerprint_and_names_columns() -> None:
    class Indexed(Worded):
        indexes = (("text", "status"),)

    assert schema_of(Indexed()).fingerprint() == schema_of(Worded()).fingerprint()
    for wrong in (
        ("text",),
        (("words",),),
        ((),),
        (("story", "text", "item", "fact"),),
        [("text",)],
    ):
        with pytest.raises(DatelineError) as raised:
            schema_of(type("Wrong", (Worded,), {"indexes": wrong})())
        assert raised.value.code == "view-invalid"


def test_a_generation_without_its_index_answers_and_a_rebuild_makes_it(db: str) -> None:
    class Longest(Worded):
        name = "w" * 41
        indexes = (("text",),)

    def indexes(archive: Archive) -> list[str]:
        with archive._engine.connect() as connection:
            [build] = [one for one in archive.builds() if one.state == "live"]
            return [str(one["name"]) for one in inspect(connection).get_indexes(build.table)]

    view, where = Longest(), "text=It is said that Everyone is safe"
    with Archive.create(db, isolated(view)) as archive:
        archive.record(samples.story())
        assert len(archive.view(view.name, where=where)) == 1
        [made] = [name for name in indexes(archive) if name.endswith("_i1")]
        with archive._engine.begin() as connection:
            connection.exec_driver_sql(f"DROP INDEX {made}")
        assert len(archive.view(view.name, where=where)) == 1
        assert archive.verify(deep_too=True).findings == []
        archive.rebuild()
        assert [name[-3:] for name in sorted(indexes(archive))] == ["_i1", "key"]
        assert archive.verify(deep_too=True).findings == []
