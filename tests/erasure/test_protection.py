"""Protected content is under its subject's key and can be read only with the keys."""

from __future__ import annotations

import builtins
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.erasure import scene
from tests.erasure.scene import BASIS, CANARY, LETTER_ID, REASON, WITNESS, raises

from dateline import Archive, Plugins, Refused
from dateline.errors import MissingLibrary, SealedContent
from dateline.events.envelope import RecordedBy
from dateline.events.payload import Sealed
from dateline.log.engine import reading, writing
from dateline.protect import cipher
from dateline.protect.keys import Key, Keys
from dateline.testing import samples

PLUGINS = Plugins.load(strict=True)


@pytest.fixture
def keyless(archive: Archive, tmp_path: Path) -> Iterator[Archive]:
    """The same archive while its keys database is away."""
    archive.close()
    (tmp_path / "a.db.keys").rename(tmp_path / "away")
    with Archive.open(tmp_path / "a.db", PLUGINS) as opened:
        yield opened


def keys_of(archive: Archive) -> dict[int, str | None]:
    return {event.position: event.subject_key for event in archive.events("ferry")}


# -- what is put under a key -------------------------------------------------------------------


def test_what_refers_to_protected_content_is_protected_automatically(archive: Archive) -> None:
    under = keys_of(archive)
    [key] = set(under.values()) - {None}
    assert {position for position in under if under[position] == key} == set(range(8, 16))
    quoting = samples.figure(
        source=LETTER_ID, evidence=scene.evidence("17 of 20"), quantities=[], text="Once more"
    )
    naming = samples.statement(speakers=[scene.PERSON], text="She is named")
    derived = samples.figure(text="Follows from it", derived_from=["f3"])
    withdrawn = {"type": "source.withdrawn", "source": LETTER_ID, "reason": "Hers"}
    archive.record([quoting, naming, derived, withdrawn], story="ferry")
    assert [list(keys_of(archive).values())[at] for at in (-4, -3, -2, -1)] == [key] * 4


def test_a_key_s_id_is_random_and_the_same_for_a_subject(archive: Archive, tmp_path: Path) -> None:
    [key] = set(keys_of(archive).values()) - {None}
    archive.record([samples.figure(text="Hers")], story="ferry", protect=WITNESS)
    assert list(keys_of(archive).values())[-1] == key
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        scene.fill(other)
        assert set(keys_of(other).values()) - {None} != {key}


def test_two_subjects_in_one_line_are_refused(archive: Archive) -> None:
    archive.record([samples.entity("person:w2", "Amsel")], story="ferry", protect="Herr Amsel")
    both = samples.statement(speakers=[scene.PERSON, "person:w2"], text="Both")
    with pytest.raises(Refused, match="several protected subjects"):
        archive.record([both], story="ferry")
    with pytest.raises(Refused) as refused:
        archive.record([samples.statement(speakers=["person:w2"])], story="ferry", protect=WITNESS)
    [finding] = refused.value.findings
    assert (finding.rule, finding.field) == ("protection", "/speakers/0")
    assert finding.reason == (
        'person:w2 is protected under "Herr Amsel": use --protect "Herr Amsel"'
    )


def test_a_notice_is_protected_with_its_fact(archive: Archive) -> None:
    with pytest.raises(Refused, match="leave --protect out"):
        archive.record([samples.retracted("f1")], story="ferry", protect=WITNESS)
    archive.record([samples.retracted("f3")], story="ferry", protect=WITNESS)


def test_a_story_s_opening_is_never_protected(archive: Archive) -> None:
    with pytest.raises(Refused, match="open the story first"):
        archive.record(samples.story(slug="third"), protect=WITNESS)
    assert archive.record(samples.story()[:1], protect=WITNESS).already == 1


def test_a_document_is_protected_everywhere_or_nowhere(archive: Archive) -> None:
    with pytest.raises(Refused, match="give --protect"):
        archive.record([samples.captured(scene.LETTER)], story="other")
    line = samples.captured(samples.TEXT)
    archive.record([samples.opened("third"), samples.entity(samples.WIRE, "Wire")])
    with pytest.raises(Refused, match="/source: protection"):
        archive.record([line], story="third", protect=WITNESS)


def test_importing_the_same_protected_lines_again_adds_nothing(archive: Archive) -> None:
    lines = [samples.figure(text="Hers", fact="f50")]
    first = archive.record(lines, story="ferry", protect=WITNESS)
    assert (first.new, archive.record(lines, story="ferry", protect=WITNESS).new) == (1, 0)


def test_ids_of_protected_lines_confirm_no_guess(archive: Archive) -> None:
    """An id made only of the words would outlive the key, and confirm a guess."""
    from dateline.events.identity import import_id

    line = samples.figure(text="A guess")
    archive.record([line], story="ferry", protect=WITNESS)
    story = archive.story("ferry").id
    ids = {event.event_id for event in archive.events()}
    assert import_id(story, line) not in ids
    archive.record([samples.figure(text="No guess")], story="ferry")
    ids = {event.event_id for event in archive.events()}
    assert import_id(story, samples.figure(text="No guess")) in ids


def test_refused_input_and_dry_runs_make_no_key(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        with pytest.raises(Refused):
            archive.record([samples.figure(source="sha256:0")], story="ferry", protect=WITNESS)
        archive.record([samples.figure(text="x")], story="ferry", protect=WITNESS, dry_run=True)
    assert not (tmp_path / "a.db.keys").exists()


@pytest.mark.parametrize("name", ["", "  ", "12"])
def test_a_name_that_could_be_a_position_is_refused(archive: Archive, name: str) -> None:
    with raises("not-a-subject-name"):
        archive.record([samples.figure(text="x")], story="ferry", protect=name)


# -- how it is stored --------------------------------------------------------------------------


def test_salt_and_body_are_sealed_together_and_bound_to_their_place(archive: Archive) -> None:
    vault = archive._reader.vault
    assert vault is not None
    with reading(archive._engine) as connection:
        rows = connection.execute(text("SELECT * FROM events WHERE subject_key IS NOT NULL")).all()
    assert len(rows) == 8
    for row, other in zip(rows, rows[1:] + rows[:1], strict=True):
        assert row.salt is None and row.body[:2] != b'{"' and CANARY.encode() not in row.body
        salt, body = vault.open_event(row.subject_key, row.event_id, row.body)  # type: ignore[misc]
        assert len(salt) == 32 and body.startswith(b'{"data":')
        with raises("sealed-content-altered"):
            vault.open_event(row.subject_key, other.event_id, row.body)
        flipped = row.body[:-1] + bytes([row.body[-1] ^ 1])
        with raises("sealed-content-altered"):
            vault.open_event(row.subject_key, row.event_id, flipped)


def test_the_hash_of_a_protected_document_is_hidden(archive: Archive, tmp_path: Path) -> None:
    with reading(archive._engine) as connection:
        rows = connection.execute(text("SELECT sha256, subject_key FROM documents")).all()
    digest = bytes.fromhex(LETTER_ID.partition(":")[2])
    assert [row.sha256 == digest for row in rows if row.subject_key] == [False]


def test_nonces_are_fresh() -> None:
    key = cipher.new_key()
    sealed = {cipher.seal(key, b"same", b"place") for _ in range(100)}
    assert len({one[:12] for one in sealed}) == 100
    assert {cipher.unseal(key, one, b"place") for one in sealed} == {b"same"}


@pytest.mark.parametrize("stored", [b"", b"x" * 11, b"x" * 27])
def test_sealed_content_that_is_too_short_is_one_clear_error(stored: bytes) -> None:
    with raises("sealed-content-altered"):
        cipher.unseal(cipher.new_key(), stored, b"")


def test_only_their_owner_can_read_the_keys_and_they_can_be_elsewhere(tmp_path: Path) -> None:
    place = tmp_path / "safe.keys"
    with Archive.create(tmp_path / "a.db", PLUGINS, keys=place) as archive:
        scene.fill(archive)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert not (tmp_path / "a.db.keys").exists()
    with Archive.open(tmp_path / "a.db", PLUGINS, keys=place) as archive:
        assert CANARY in repr(archive.state("ferry").facts["f3"].data)


def test_several_archives_may_share_a_keys_database(tmp_path: Path) -> None:
    place = tmp_path / "k"
    for name in ("a", "b"):
        with Archive.create(tmp_path / f"{name}.db", PLUGINS, keys=place) as archive:
            scene.fill(archive)
    with Archive.open(tmp_path / "a.db", PLUGINS, keys=place) as archive:
        archive.erase(WITNESS, reason=REASON, basis=BASIS)
    with Archive.open(tmp_path / "b.db", PLUGINS, keys=place) as archive:
        assert set(archive.state("ferry").facts) == {"f1", "f2", "f3", "f4", "f5"}


def test_an_archive_in_memory_needs_a_place_for_keys(tmp_path: Path) -> None:
    with Archive.create(":memory:", PLUGINS) as archive:
        archive.record(samples.story())
        for act in (
            lambda: archive.record([samples.figure(text="x")], story="ferry", protect=WITNESS),
            lambda: archive.erase(None, [7], reason=REASON, basis=BASIS),
        ):
            with raises("keys-place-unknown"):
                act()


def test_a_secret_is_in_no_repr_or_error() -> None:
    secret = cipher.new_key()
    assert repr(secret)[2:10] not in repr(Key("id", "Jane", secret))


def test_a_file_that_holds_no_keys_is_one_clear_error(archive: Archive, tmp_path: Path) -> None:
    archive.close()
    (tmp_path / "a.db.keys").write_bytes(b"not a database, whatever it is" * 40)
    with raises("keys-unusable"):
        Archive.open(tmp_path / "a.db", PLUGINS)


# -- without cryptography ----------------------------------------------------------------------


def test_without_cryptography_there_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr(cipher, "_library", cipher._Library)  # nothing is loaded yet
    monkeypatch.setattr(builtins, "__import__", missing)
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        with pytest.raises(MissingLibrary, match="cryptography") as error:
            archive.record([samples.figure(text="x")], story="ferry", protect=WITNESS)
        assert error.value.hint == "pip install 'dateline[protect]'"
        archive.erase(None, [7], reason=REASON, basis=BASIS)  # needs no cryptography
    assert archive.state("ferry").erased.keys() == {"f2"}


def test_opening_and_reading_an_archive_imports_no_cryptography(tmp_path: Path) -> None:
    code = (
        "import sys; from dateline import Archive; a = Archive.create(sys.argv[1]); a.catch_up();"
        "assert not {m for m in sys.modules if m.startswith('cryptography')}"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.db")], check=True)


# -- without the keys --------------------------------------------------------------------------


def test_without_its_keys_a_story_is_sealed_and_the_others_work(keyless: Archive) -> None:
    sealed = [event for event in keyless.events() if isinstance(event.data, Sealed)]
    assert [event.position for event in sealed] == list(range(8, 16))
    with pytest.raises(SealedContent, match="position 8") as error:
        keyless.state("ferry")
    assert error.value.hint and "--keys" in error.value.hint
    assert set(keyless.state("other").facts) == {"f1", "f2"}
    keyless.record([samples.figure(text="Goes on")], story="other")
    assert keyless.document(LETTER_ID) is None
    assert keyless.document(samples.SOURCE) is not None


def test_no_view_is_folded_past_what_is_sealed(keyless: Archive, tmp_path: Path) -> None:
    """Rows folded without it would stay wrong when the keys are back."""
    for act in (
        keyless.catch_up,
        keyless.rebuild,
        lambda: keyless.view("timeline", "ferry"),
        lambda: keyless.record([samples.figure(text="x")], story="ferry"),
    ):
        with pytest.raises(SealedContent):
            act()
    with pytest.raises(SealedContent), keyless.material() as material:
        list(material.events())
    (tmp_path / "away").rename(tmp_path / "a.db.keys")
    with Archive.open(tmp_path / "a.db", PLUGINS) as back:
        for name in PLUGINS.views:
            back.view(name)
            assert back.verify_view(name) == []
        assert CANARY in repr(back.view("timeline").rows)


def test_views_that_were_caught_up_are_read_without_keys(archive: Archive, tmp_path: Path) -> None:
    archive.catch_up()
    rows = archive.view("timeline").rows
    archive.close()
    (tmp_path / "a.db.keys").unlink()
    with Archive.open(tmp_path / "a.db", PLUGINS) as keyless:
        assert keyless.view("timeline").rows == rows
        with pytest.raises(SealedContent), keyless.material() as material:
            list(material.events())


def test_a_wrong_keys_database_opens_nothing(keyless: Archive, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "b.db", PLUGINS) as other:
        scene.fill(other)
    shutil.copy(tmp_path / "b.db.keys", tmp_path / "a.db.keys")
    with pytest.raises(SealedContent):
        keyless.state("ferry")


def test_sealed_is_not_erased_and_erased_is_not_sealed(archive: Archive, tmp_path: Path) -> None:
    archive.erase(WITNESS, reason=REASON, basis=BASIS)
    archive.close()
    (tmp_path / "a.db.keys").unlink()
    with Archive.open(tmp_path / "a.db", PLUGINS) as keyless:  # erased: no key is missed
        assert set(keyless.state("ferry").erased) == {"f3", "f4"}
        keyless.catch_up()
        assert not any(isinstance(event.data, Sealed) for event in keyless.events())


# -- a key that is being closed ----------------------------------------------------------------


def test_nothing_is_written_under_a_key_that_is_closing(archive: Archive, tmp_path: Path) -> None:
    """A writer that had the key at hand before the erasure began must not slip in after it."""
    [key] = set(keys_of(archive).values()) - {None}
    archive._journal.order(REASON, BASIS, RecordedBy(), subject_key=key)
    head = archive.head()
    for protect in (WITNESS, None):  # given, or inherited from the fact
        with raises("subject-being-erased"):
            archive.record(
                [samples.figure(text="Late", derived_from=["f3"])], story="ferry", protect=protect
            )
    assert archive.head() == head


def test_a_subject_that_got_its_key_elsewhere_meanwhile_is_planned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "a.db", PLUGINS) as archive:
        archive.record(samples.story())
        plain = Keys.propose
        rivals = []

        def propose(self: Keys, subject: str) -> Key:
            key = plain(self, subject)
            if not rivals:
                rivals.append(Key(str(uuid4()), subject, cipher.new_key()))
                self.hold(rivals[0])
            return key

        monkeypatch.setattr(Keys, "propose", propose)
        archive.record([samples.figure(text="Hers")], story="ferry", protect=WITNESS)
        assert list(keys_of(archive).values())[-1] == rivals[0].id


def test_triggers_allow_erasing_what_is_protected_and_nothing_else(archive: Archive) -> None:
    with pytest.raises(Exception, match="events never change"), writing(archive._engine) as c:
        c.execute(text("UPDATE events SET body = x'00' WHERE position = 8"))
