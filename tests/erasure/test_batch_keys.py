"""Which batches need keys, and that all others are recorded the same with and without the policy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.erasure import scene
from tests.erasure.scene import BASIS, REASON, WITNESS

from dateline import Archive, Plugins, Refused
from dateline.erasure.batch_keys import BatchKeys
from dateline.events.clock import to_iso
from dateline.log.engine import reading
from dateline.recording.accepted import Accepted
from dateline.recording.batch import accept
from dateline.recording.key_policy import KeyPolicy
from dateline.recording.known import Known
from dateline.recording.line import Line
from dateline.testing import samples
from dateline.testing.histories import histories

PLUGINS = Plugins.load(strict=True)
RETITLED = {"type": "story.retitled", "title": "Another title"}
LETTER = samples.captured("A letter that is new.\n")
LISTED = {"event_id": str(UUID(int=7)), "type": "figure.recorded"}
ERASURE = {
    "type": "content.erased", "schema_version": 2, "reason": "x", "basis": "y", "events": [LISTED],
    "positions": [8], "event_id": "01890000-0000-7000-8000-000000000002",
}  # fmt: skip


def accepted(
    archive: Archive, lines: list[dict[str, Any]], story: str, anew: bool = False
) -> Accepted:
    """The batch as the archive would record it; nothing is written."""
    owner = archive.story(story).id
    keys = archive._recorder._policies(None, anew)
    with reading(archive._engine) as connection:
        known = Known(connection, archive._reader)
        return accept([Line(line) for line in lines], known, keys, story=owner, anew=anew)


def policy(archive: Archive, *lines: dict[str, Any], story: str = "ferry") -> type[KeyPolicy]:
    return type(accepted(archive, list(lines), story).keys)


def imported(archive: Archive, story: str, **fields: Any) -> dict[str, Any]:
    last = max(event.recorded_us for event in archive.events(story))
    return ERASURE | {"recorded_at": to_iso(last)} | fields


# -- which policy ------------------------------------------------------------------------------


def test_a_batch_that_has_nothing_to_do_with_protection_needs_no_keys(archive: Archive) -> None:
    assert policy(archive, RETITLED, story="other") is KeyPolicy


def test_a_story_with_protected_content_needs_keys(archive: Archive) -> None:
    assert policy(archive, RETITLED) is BatchKeys


def test_a_document_needs_keys_where_any_document_is_protected(archive: Archive) -> None:
    assert policy(archive, LETTER, story="other") is BatchKeys


def test_an_imported_erasure_needs_keys_and_so_does_its_story_from_then_on(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        line = imported(archive, "ferry", subject_key="a key of another archive")
        assert policy(archive, line) is BatchKeys
        archive.record([line], story="ferry")
        assert policy(archive, RETITLED | {"event_id": str(UUID(int=9))}) is BatchKeys
        with pytest.raises(Refused, match="perhaps-erased"):
            archive.record([RETITLED], story="ferry")


def erased(archive: Archive, folder: Path) -> Archive:
    scene.erase(archive)
    return archive


def copied_without_keys(archive: Archive, folder: Path) -> Archive:
    scene.erase(archive)
    archive.close()
    (folder / "elsewhere").mkdir()
    shutil.copy(folder / "a.db", folder / "elsewhere" / "a.db")
    return Archive.open(folder / "elsewhere" / "a.db", PLUGINS)


def keys_lost(archive: Archive, folder: Path) -> Archive:
    """The protected content is erased by the id of its key, which is lost."""
    [key] = {event.subject_key for event in archive.events("ferry")} - {None}
    archive.close()
    (folder / "a.db.keys").unlink()
    opened = Archive.open(folder / "a.db", PLUGINS)
    opened.erase(positions=[scene.PLAIN], reason=REASON, basis=BASIS, keys_lost=True)
    opened.erase(str(key), reason=REASON, basis=BASIS)
    return opened


@pytest.mark.parametrize("become", [erased, copied_without_keys, keys_lost])
def test_a_story_whose_protected_content_was_erased_needs_keys(
    archive: Archive, tmp_path: Path, become: Callable[[Archive, Path], Archive]
) -> None:
    with become(archive, tmp_path) as left:
        assert policy(left, RETITLED | {"event_id": str(UUID(int=9))}) is BatchKeys
        with pytest.raises(Refused, match="perhaps-erased"):
            left.record([RETITLED], story="ferry")
        assert left.record([RETITLED], story="other").new == 1


def test_a_document_that_was_protected_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was protected when the batch was checked, so no keys were looked at."""
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record([*samples.story(), *samples.story(slug="other")])
        assert policy(archive, LETTER, story="other") is KeyPolicy
        plain = archive._recorder._write

        def late(batch: Accepted, *more: Any) -> Any:
            monkeypatch.setattr(archive._recorder, "_write", plain)
            with Archive.open(tmp_path / "a.db", PLUGINS) as other:
                other.record([LETTER], story="ferry", protect=WITNESS)
            return plain(batch, *more)

        monkeypatch.setattr(archive._recorder, "_write", late)
        with pytest.raises(Refused, match=WITNESS) as refused:
            archive.record([LETTER], story="other")
        assert [finding.rule for finding in refused.value.findings] == ["protection"]


def test_a_capture_of_a_later_schema_version_is_kept_with_its_document(archive: Archive) -> None:
    later = {"schema_version": 99, "event_id": str(UUID(int=9)), "seal": "red"}
    assert archive.record([LETTER | later], story="ferry").new == 1
    again = LETTER | later | {"event_id": str(UUID(int=10))}
    with pytest.raises(Refused) as refused:
        archive.record([again], story="ferry", protect=WITNESS)
    assert [finding.rule for finding in refused.value.findings] == ["protection"]


# -- both policies -----------------------------------------------------------------------------

UNNAMED = {"type": "source.captured", "publisher": samples.WIRE, "content": "No source is named.\n"}
MISTAKES = (
    samples.figure(source="sha256:" + "0" * 64),
    samples.figure(fact="f1", text="Taken"),
    samples.retracted("f99"),
    samples.captured() | {"title": "Another title"},
    {"type": "story.retitled", "title": ""},
    {"type": "acme.note", "subject_key": "k"},
)


def outcome(archive: Archive, lines: list[dict[str, Any]], anew: bool) -> tuple[Any, Any]:
    """(policy, what is planned or the findings)"""
    try:
        batch = accepted(archive, lines, "made-up", anew)
    except Refused as refusal:
        return None, refusal.findings
    found = {name: getattr(batch, name) for name in batch.__struct_fields__}
    return type(found.pop("keys")), found


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=histories(min_length=4, max_length=18), data=st.data())
def test_without_protection_both_policies_give_the_same_plan_and_the_same_findings(
    lines: list[dict[str, Any]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("both")
    with Archive.create(folder / "a.db", PLUGINS) as archive:
        cut = data.draw(st.integers(5, len(lines)))
        archive.record(lines[:cut])
        positions = [event.position for event in archive.events() if event.type != "story.opened"]
        chosen = data.draw(st.lists(st.sampled_from(positions), max_size=2, unique=True))
        alone = {e.position for e in archive.events() if e.type in scene.NOT_ALONE}
        if gone := sorted({*chosen} - alone):
            archive.erase(positions=gone, reason=REASON, basis=BASIS)
        more = st.lists(st.sampled_from([*lines[1:], *MISTAKES]), max_size=3)
        batch = [*lines[cut:], UNNAMED, *data.draw(more)]
        anew = data.draw(st.booleans())
        policy, plain = outcome(archive, batch, anew)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(BatchKeys, "_concerned", lambda self, stories: True)
            forced, same = outcome(archive, batch, anew)
        assert (policy, forced) in ((KeyPolicy, BatchKeys), (None, None))
        assert plain == same
