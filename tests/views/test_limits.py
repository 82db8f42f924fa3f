"""A value that some database cannot store fails its own view on every database, before it is written:
an error of the database would stop every view that is written in the same transaction."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from dateline import Archive, DatelineError
from dateline.log.engine import reading
from dateline.log.tables import VERSION_TABLE, metadata
from dateline.plugin import Event, Fact, FactRow, FactView, View, ViewRow
from dateline.testing import samples
from dateline.testing.isolated import isolated
from dateline.views import row_type
from dateline.views.projection import COLUMNS, RESERVED, schema_of
from dateline.views.rows import KEY_BYTES

#: The longest slug.
SLUG = "a" * 80


def mixed(size: int) -> str:
    """Text of `size` bytes without repetition, which PostgreSQL would compress."""
    state, out = 1, []
    for _ in range(size):
        state = state * 6364136223846793005 + 1442695040888963407 & (2**64 - 1)
        out.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"[state >> 58])
    return "".join(out)


class Keyed(View):
    """A view whose fold is set by the test."""

    name, version = "keyed", 1
    act: ClassVar[Callable[[Any, Any], object]]

    class Row(ViewRow, frozen=True):
        text: str
        number: float = 0
        count: int = 0

    def fold(self, event: Event, rows: Any) -> None:
        type(self).act(rows, self.Row)


class Words(FactView):
    """A correct view, which is written together with the other."""

    name, version = "words", 1

    class Row(FactRow, frozen=True):
        text: str

    def rows(self, fact: Fact) -> Iterator[FactRow]:
        yield self.Row(text=fact.data.text)


class Name(enum.StrEnum):
    A = "value"


@pytest.fixture
def archive(db: str) -> Iterator[Archive]:
    with Archive.create(db, isolated(Keyed(), Words())) as archive:
        archive.record(samples.story(slug=SLUG))
        yield archive


def put(key: Any, value: Any = "x", **more: Any) -> Callable[[Any, Any], object]:
    return lambda rows, row: rows.put(key, row(text=value, **more))


REFUSED: dict[str, Callable[[Any, Any], object]] = {
    "a key that is too long": put(mixed(KEY_BYTES + 1)),
    "a key that is too long in bytes": put("é" * (KEY_BYTES // 2 + 1)),
    "a key with NUL": put("a\0b"),
    "a key with a lone surrogate": put("a\ud800b"),
    "a key that is bytes": put(b"key"),
    "a key that is a number": put(7),
    "looking up a key with NUL": lambda rows, row: rows.get("a\0b"),
    "looking up a number": lambda rows, row: rows.get(7),
    "looking up a key that is too long": lambda rows, row: rows.get("a" * (KEY_BYTES + 1)),
    "dropping a key with NUL": lambda rows, row: rows.drop("a\0b"),
    "dropping a number": lambda rows, row: rows.drop(7),
    "text with a lone surrogate": put("k", "a\ud800b"),
    "text that is too long": put("k", "a" * 1001),
    "not a number": put("k", number=float("nan")),
    "an infinite number": put("k", number=float("inf")),
    "a count of more than 64 bits": put("k", count=2**63),
}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("what", REFUSED)
def test_a_value_that_cannot_be_stored_stops_only_its_own_view(
    archive: Archive, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_type, "TEXT_LENGTH", 1000)
    monkeypatch.setattr(Keyed, "act", staticmethod(put("fine")), raising=False)
    archive.catch_up()
    archive.record([samples.figure(text="More")], story=SLUG)
    monkeypatch.setattr(Keyed, "act", staticmethod(REFUSED[what]))
    for work in (archive.catch_up, archive.rebuild):
        states = {build.name: build.state for build in work()}
        assert states == {"keyed": "failed", "words": "live"}
    failed = [build for build in archive.builds() if build.state == "failed"]
    assert {build.failed_position for build in failed} == {1, 8}
    assert all("DatelineError" in (build.error or "") for build in failed)


def test_the_longest_key_of_the_longest_story_can_be_stored_and_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = mixed(KEY_BYTES)
    monkeypatch.setattr(Keyed, "act", staticmethod(put(key)), raising=False)
    assert {build.state for build in archive.catch_up()} == {"live"}
    [row] = archive.view("keyed").rows
    assert row[:2] == (SLUG, key)
    archive.record([samples.figure(text="More")], story=SLUG)
    seen: list[object] = []
    monkeypatch.setattr(Keyed, "act", staticmethod(lambda rows, row: seen.append(rows.get(key))))
    archive.catch_up()
    assert seen and None not in seen


def test_a_key_of_a_subclass_of_str_is_stored_as_plain_text(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyed, "act", staticmethod(put(Name.A)), raising=False)
    archive.catch_up()
    assert [row[1] for row in archive.view("keyed").rows] == ["value"]
    assert archive.verify_view("keyed") == []


def wide(count: int) -> type[View]:
    fields = {"__annotations__": {f"c{n}": str | None for n in range(count)}}
    row = type("Row", (ViewRow,), {**fields, "__module__": __name__}, frozen=True)

    def fold(self: View, event: Event, rows: Any) -> None:
        rows.put("k", self.Row(*(f"{n:0>24}" for n in range(count))))  # type: ignore[call-arg]

    return type("Wide", (View,), {"name": "wide", "Row": row, "fold": fold})


def test_the_widest_allowed_table_can_be_stored(db: str) -> None:
    widest = wide(COLUMNS - 2)()
    schema_of(widest)
    with Archive.create(db, isolated(widest)) as archive:
        archive.record(samples.story())
        archive.rebuild()
        [row] = archive.view("wide").rows
        assert len(row) == COLUMNS and row[-1] == f"{COLUMNS - 3:0>24}"


def test_a_view_with_too_many_columns_is_refused() -> None:
    with pytest.raises(DatelineError, match=str(COLUMNS)) as caught:
        schema_of(wide(COLUMNS - 1)())
    assert caught.value.code == "view-invalid"


def test_no_view_may_have_the_name_of_a_table_or_index_of_the_log(
    dateline_postgres_url: str,
) -> None:
    assert {*metadata.tables, VERSION_TABLE} <= RESERVED
    query = (
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema()"
    )
    with (
        Archive.create(dateline_postgres_url, isolated()) as archive,
        reading(archive._engine) as connection,
    ):
        assert set(connection.execute(text(query)).scalars()) == RESERVED


def test_the_longest_names_of_views_and_columns_can_be_stored(db: str) -> None:
    name = "n" * 41
    row = type(
        "Row",
        (ViewRow,),
        {"__annotations__": {name: str}, "__module__": __name__},
        frozen=True,
    )

    def fold(self: View, event: Event, rows: Any) -> None:
        rows.put("k", self.Row("x"))  # type: ignore[call-arg]

    longest = type("Longest", (View,), {"name": name, "Row": row, "fold": fold})()
    schema_of(longest)
    with Archive.create(db, isolated(longest)) as archive:
        archive.record(samples.story())
        archive.rebuild()
        archive.rebuild()
        assert [each[-1] for each in archive.view(name).rows] == ["x"]
