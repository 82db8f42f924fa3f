"""The view of documents: sources that are one document have one row, through every change."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.bundled import plugins
from tests.effort import examples
from tests.views.test_forms import step_by_step

from dateline import Archive, DatelineError, UnknownName
from dateline.events.counting import documents
from dateline.events.source import capture_id
from dateline.testing import samples
from dateline.views.asof import states

ONE = "https://wire.example/1"
URLS = st.sampled_from((ONE, None))
PUBLISHERS = st.sampled_from((samples.WIRE, samples.NORA))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("capture"), st.integers(0, 2), URLS, PUBLISHERS, st.integers(0, 8)),
        st.tuples(st.just("amend"), st.integers(0, 2), st.just("url"), URLS),
        st.tuples(st.just("amend"), st.integers(0, 2), st.just("publisher"), PUBLISHERS),
        st.tuples(st.just("merge")),
        st.tuples(st.just("undo"), st.integers(0, 4)),
        st.tuples(st.just("fact"), st.integers(0, 3)),
    ),
    min_size=6,
    max_size=16,
)


def take(archive: Archive, step: tuple[Any, ...]) -> None:
    """Make a step, if the rules allow it."""
    what, *given = step
    sources = list(archive.state("ferry").sources)
    try:
        if what == "capture":
            text, url, publisher, original = given
            derived = {"derived_from": sources[original]} if original < len(sources) else {}
            words = f"FICTION. Report {text}."
            name = capture_id(samples.digest(words), archive.state("ferry").captures)
            captured = samples.captured(words, source=name, url=url, publisher=publisher, **derived)
            archive.record([captured], story="ferry", anew=True)
        elif what == "amend":
            at, field, now = given
            archive.amend("ferry", sources[at % len(sources)], {field: now}, reason="Misread")
        elif what == "merge":
            archive.merge("ferry", samples.NORA, samples.WIRE, reason="One house")
        elif what == "undo":
            archive.undo("ferry", archive.head().position - given[0])
        else:
            fact = samples.fact("state", "FICTION", source=sources[given[0] % len(sources)])
            archive.record([fact], story="ferry", anew=True)
    except (DatelineError, UnknownName):
        pass


# Two versions part, two documents become one, and two publishers become one and part again.
@example(
    [
        ("capture", 0, ONE, samples.WIRE, 8),
        ("capture", 1, ONE, samples.WIRE, 8),
        ("amend", 1, "url", None),
        ("undo", 0),
    ]
)
@example(
    [
        ("capture", 0, None, samples.WIRE, 8),
        ("capture", 1, ONE, samples.WIRE, 8),
        ("capture", 2, ONE, samples.WIRE, 1),
        ("undo", 0),
    ]
)
@example([("capture", 0, ONE, samples.NORA, 8), ("capture", 1, ONE, samples.WIRE, 8), ("merge",), ("undo", 0)])  # fmt: skip
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_rows_follow_every_change_of_what_is_one_document(steps: list[tuple[Any, ...]]) -> None:
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story())
        for step in steps:
            take(archive, step)
        events, view = list(archive.events("ferry")), plugins().views["sources"]
        state, rows = states(events, plugins().registry(), [view])
        assert sorted(rows["sources"], key=repr) == step_by_step(events, plugins(), view)
        archive.catch_up()
        shown = list(archive.view("sources", "ferry").dicts())
        found = documents(state.sources, state.entity_id)
        assert {row["document"] for row in shown} == {*found.values()}
        listed = {name: row["document"] for row in shown for name in row["captures"].split(", ")}
        assert listed == found


def test_the_source_to_quote_is_the_newest_text_of_the_newest_version() -> None:
    """Facts count for the document, from whichever of its captures and texts they are drawn."""
    first, second = (
        samples.captured(
            f"<p>{number}</p>", media_type="text/html", url=ONE, title=f"Title {number}"
        )
        for number in (1, 2)
    )
    texts = [
        samples.captured(words, derived_from=page["source"])
        for words, page in (
            ("FICTION. Nine boats.", first), ("FICTION. Ten boats.", second),
            ("FICTION. Nine boats, read again.", first),
        )
    ]  # fmt: skip
    drawn = [samples.fact("state", "FICTION", source=text["source"]) for text in texts]
    unread = samples.captured("FICTION. Nothing was drawn from this.")
    with Archive.create(":memory:", plugins()) as archive:
        archive.record(samples.story(first, texts[0], second, *texts[1:], *drawn, unread))
        _, document, other = archive.view("sources", "ferry").dicts()
        assert (document["source"], document["title"]) == (texts[1]["source"], "Title 2")
        assert (document["versions"], document["facts"]) == (2, 3)
        assert len(document["captures"].split(", ")) == 5
        assert (other["source"], other["facts"], other["coverage"]) == (unread["source"], 0, 0)
        archive.retract("ferry", "f3", reason="Misread")
        _, document, _ = archive.view("sources", "ferry").dicts()
        assert document["facts"] == 2
