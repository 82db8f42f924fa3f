"""Two concurrent appends: one is held in its open transaction while the other waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Engine, text
from tests.races.audit import audit
from tests.races.beside import race, until_blocked

from dateline import Archive, Plugins
from dateline.errors import EventIdConflict, SlugTaken, VersionConflict
from dateline.events.envelope import NewEvent
from dateline.events.fact import FigureRecorded
from dateline.events.identity import uuid7
from dateline.events.payload import Erased, Payload
from dateline.events.registry import Registry
from dateline.events.story import StoryOpened, StoryRetitled
from dateline.log import schema
from dateline.log.append import Appended, Appender, Expected
from dateline.log.engine import reading, writing
from dateline.log.read import Reader, head
from dateline.testing import samples


class Undone(Exception):
    """Ends a transaction without a commit."""


@pytest.fixture
def engine(db: str) -> Iterator[Engine]:
    engine = schema.create(db)
    yield engine
    engine.dispose()


def event(payload: Payload) -> NewEvent:
    return NewEvent(event_id=uuid7(), data=payload, type=payload.type, schema_version=1)


def opening(slug: str = "one") -> NewEvent:
    return event(StoryOpened(slug=slug, title="T"))


def retitling(title: str) -> NewEvent:
    return event(StoryRetitled(title=title))


def append(
    engine: Engine, story: UUID, new: Sequence[NewEvent], expected: Expected = None
) -> Appended:
    with writing(engine, append=False) as connection:
        appender = Appender(connection)
        done = appender.append(story, new, expected)
        appender.finish()
    return done


@contextmanager
def held(
    engine: Engine, story: UUID, new: Sequence[NewEvent], *, undone: bool = False
) -> Iterator[None]:
    """Append, and commit only at the end of the block; roll back there if `undone`."""
    try:
        with writing(engine, append=False) as connection:
            appender = Appender(connection)
            appender.append(story, new)
            appender.finish()
            yield
            if undone:
                raise Undone
    except Undone:
        pass


@pytest.fixture
def story(engine: Engine) -> UUID:
    story = uuid7()
    append(engine, story, [opening()], "new")
    return story


def test_the_second_append_continues_after_the_first(db: str, engine: Engine, story: UUID) -> None:
    first, second = [retitling("a"), retitling("b")], [retitling("c")]
    done = race(db, held(engine, story, first), lambda: append(engine, story, second))
    assert (done.positions, done.version, done.new) == ((4,), 4, 1)
    assert audit(engine)[1:] == [new.event_id for new in first + second]


def test_a_second_append_to_another_story_continues_there(
    db: str, engine: Engine, story: UUID
) -> None:
    other = uuid7()
    new = [opening("two"), retitling("c")]
    done = race(
        db, held(engine, story, [retitling("a")]), lambda: append(engine, other, new, "new")
    )
    assert (done.positions, done.version) == ((3, 4), 2)


def test_the_second_append_conflicts_with_its_expected_version(
    db: str, engine: Engine, story: UUID
) -> None:
    with pytest.raises(VersionConflict) as conflict:
        race(
            db,
            held(engine, story, [retitling("a")]),
            lambda: append(engine, story, [retitling("b")], 1),
        )
    assert (conflict.value.expected, conflict.value.actual) == (1, 2)
    assert len(audit(engine)) == 2


def test_after_a_rollback_the_expected_version_and_the_position_are_free(
    db: str, engine: Engine, story: UUID
) -> None:
    new = retitling("b")
    done = race(
        db,
        held(engine, story, [retitling("a")], undone=True),
        lambda: append(engine, story, [new], 1),
    )
    assert done.positions == (2,)
    assert audit(engine)[1:] == [new.event_id]


def test_the_second_of_two_processes_that_open_a_story_is_refused(db: str, engine: Engine) -> None:
    story = uuid7()
    with pytest.raises(VersionConflict) as conflict:
        race(
            db,
            held(engine, story, [opening()]),
            lambda: append(engine, story, [opening()], "new"),
        )
    assert (conflict.value.expected, conflict.value.actual) == ("new", 1)


def test_the_second_of_two_stories_with_one_slug_is_refused(db: str, engine: Engine) -> None:
    with pytest.raises(SlugTaken):
        race(
            db,
            held(engine, uuid7(), [opening()]),
            lambda: append(engine, uuid7(), [opening()]),
        )
    assert len(audit(engine)) == 1


def test_a_retry_during_the_first_attempt_adds_nothing(
    db: str, engine: Engine, story: UUID
) -> None:
    new = [retitling("a"), retitling("b")]
    done = race(db, held(engine, story, new), lambda: append(engine, story, new, 1))
    assert (done.positions, done.new) == ((2, 3), 0)
    assert len(audit(engine)) == 3


def test_a_retry_after_a_rolled_back_attempt_adds_the_events(
    db: str, engine: Engine, story: UUID
) -> None:
    new = [retitling("a"), retitling("b")]
    done = race(db, held(engine, story, new, undone=True), lambda: append(engine, story, new, 1))
    assert (done.positions, done.new) == ((2, 3), 2)


def test_a_retry_with_more_events_adds_the_rest(db: str, engine: Engine, story: UUID) -> None:
    new = [retitling("a"), retitling("b"), retitling("c")]
    done = race(db, held(engine, story, new[:2]), lambda: append(engine, story, new))
    assert (done.positions, done.new) == ((2, 3, 4), 1)


def test_the_same_id_with_other_content_is_refused(db: str, engine: Engine, story: UUID) -> None:
    new = retitling("a")
    other = msgspec.structs.replace(new, data=StoryRetitled(title="b"))
    with pytest.raises(EventIdConflict) as conflict:
        race(db, held(engine, story, [new]), lambda: append(engine, story, [other]))
    assert conflict.value.position == 2


def test_many_waiting_appends_all_succeed(db: str, engine: Engine, story: UUID) -> None:
    """On PostgreSQL each waits at the head row, and the next one reads the head again."""
    new = [retitling(str(number)) for number in range(4)]
    with ThreadPoolExecutor(3) as pool:
        with held(engine, story, [retitling("first")]):
            waiting = [
                pool.submit(append, engine, story, some) for some in (new[:1], new[1:2], new[2:])
            ]
            until_blocked(db, *waiting)
        taken = [each.result().positions for each in waiting]
    assert sorted(at for positions in taken for at in positions) == [3, 4, 5, 6]
    assert len(audit(engine)) == 6


def test_a_recording_that_waited_is_checked_again(db: str) -> None:
    """Its facts get the numbers that are free after the other append."""
    with Archive.create(db, Plugins()) as archive:
        archive.record(samples.story())
        taken = FigureRecorded(**{**vars_of(archive), "fact": "f3"})
        story, line = archive.story("ferry").id, samples.figure(text="Another count")
        recorded = race(
            db,
            held(archive._engine, story, [event(taken)]),
            lambda: archive.record([line], story="ferry"),
        )
        assert recorded.facts == ("f4",)
        audit(archive._engine)


def vars_of(archive: Archive) -> dict[str, Any]:
    """The fields of the sample's figure."""
    [figure] = [e.data for e in archive.events("ferry") if isinstance(e.data, FigureRecorded)]
    return msgspec.structs.asdict(figure)


def test_a_recording_that_expected_another_version_is_refused(db: str) -> None:
    with Archive.create(db, Plugins()) as archive:
        archive.record(samples.story())
        story, line = archive.story("ferry"), samples.figure(text="Another count")
        with pytest.raises(VersionConflict):
            race(
                db,
                held(archive._engine, story.id, [retitling("Meanwhile")]),
                lambda: archive.record([line], story="ferry", expected=story.version),
            )
        audit(archive._engine)


# -- readers -----------------------------------------------------------------------------------


def test_a_reader_sees_all_of_an_append_or_nothing(engine: Engine, story: UUID) -> None:
    reader = Reader(Registry())
    with reading(engine) as connection:
        pages = reader.read(connection, page=1)
        assert next(pages).position == 1
        with held(engine, story, [retitling("a"), retitling("b")]), reading(engine) as fresh:
            assert (head(fresh).position, len(list(reader.read(fresh)))) == (1, 1)
        assert list(pages) == []  # the snapshot still ends where it did
        assert head(connection).position == 1
    with reading(engine) as connection:
        assert [event.position for event in reader.read(connection, after=1)] == [2, 3]


def test_a_snapshot_keeps_content_erased_meanwhile_and_the_next_does_not(
    engine: Engine, story: UUID
) -> None:
    append(engine, story, [retitling("a"), retitling("b")])
    reader = Reader(Registry())
    with reading(engine) as connection:
        pages = reader.read(connection, page=1)
        next(pages)
        with erased(engine, 3):
            pass
        assert [type(event.data) for event in pages] == [StoryRetitled, StoryRetitled]
    with reading(engine) as connection:
        assert isinstance(list(reader.read(connection))[2].data, Erased)
    audit(engine)


def test_an_event_erased_while_its_retry_waits_is_not_added_again(
    db: str, engine: Engine, story: UUID
) -> None:
    new = retitling("a")
    append(engine, story, [new])
    erasing = erased(engine, 2)
    done = race(db, erasing, lambda: append(engine, story, [new]))
    assert (done.positions, done.new) == ((2,), 0)
    assert len(audit(engine)) == 2


@contextmanager
def erased(engine: Engine, position: int) -> Iterator[None]:
    """Erase one event as an erasure does, under the append lock until the block ends."""
    with writing(engine) as connection:
        connection.execute(
            text("UPDATE events SET salt = NULL, body = NULL WHERE position = :at"),
            {"at": position},
        )
        yield
