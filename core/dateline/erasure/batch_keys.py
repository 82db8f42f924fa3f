"""The keys of a batch that protects something, or has to do with protected or erased content."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from dateline.documents import storage
from dateline.documents.document import Document
from dateline.erasure.pairing import Pairing
from dateline.erasure.subject_key import companion, foreseen, key_of_act, subject_key
from dateline.errors import Finding
from dateline.events import identity
from dateline.events.editorial import ContentErased, EventRevoked
from dateline.events.index import brings
from dateline.events.payload import Erased, Payload, Raw
from dateline.events.source import SourceCaptured, document_of
from dateline.events.state import StoryState
from dateline.events.story import StoryOpened
from dateline.log.databases.dialect import of
from dateline.log.engine import reading
from dateline.log.protected import erased_keys, live_keys
from dateline.protect.keys import Key, KeyMoved
from dateline.recording.item import Item
from dateline.recording.key_policy import KeyPolicy, Outcome, PlanAgain, identified
from dateline.recording.known import Known

_PERHAPS = (
    "protected content of this story was erased and can no longer be recognised; this line may be part "
    "of it: leave it out to keep it erased, or record it with --anew unprotected or --protect NAME"
)


class BatchKeys(KeyPolicy):
    """The keys of the lines of one call, under the key of `subject` if one is given.

    With `anew` lines that were erased, or may have been, are new.
    """

    def __init__(self, pairing: Pairing, subject: str | None, anew: bool) -> None:
        self._pairing, self._vault = pairing, pairing.vault
        self._subject, self._anew = subject, anew
        self._protect: Key | None = None
        self._is_new = False
        self._rekeyed: str | None = None

    def prepare(self) -> None:
        if self._subject is not None:
            self._protect = self._vault.keys.propose(self._subject)
            self._is_new = self._vault.keys.find(self._subject) is None
            self._pairing.require(settle=False)

    def for_batch(self, stories: Mapping[UUID, Sequence[Item]], known: Known) -> KeyPolicy:
        self._known = known
        items = [item for some in stories.values() for item in some]
        captures = any(item.envelope.type == SourceCaptured.type for item in items)
        self._under = storage.under(known.connection) if captures else []
        erasures = [item.payload for item in items if isinstance(item.payload, ContentErased)]
        if not erasures and not self._concerned(stories):
            return KeyPolicy()
        #: Keys that imported erasures name and that protect content here.
        self._live = live_keys(known.connection, {erasure.subject_key for erasure in erasures})
        self._protected: dict[UUID, Mapping[str, str]] = {}
        self._in_use = {story: set(known.state(story).protected.values()) for story in stories}
        self._at_hand: dict[str, bool] = {}
        #: The keys that each document is stored under, and those that accepted lines capture it under.
        self._stored: dict[str, tuple[bool, set[str]]] = {}
        self._captured: dict[str, set[str | None]] = {}
        #: Keys of accepted lines; and those of them that are used for the first time in a story.
        self._used: set[str] = set()
        self._first_used: set[str] = set()
        for story, some in stories.items():
            self._protected[story] = self._foresee(known.state(story), some)
        return self

    def _concerned(self, stories: Iterable[UUID]) -> bool:
        """Whether the batch protects something, captures where documents are protected, or adds to a
        story in which something is or was protected, here or where it was erased."""
        touched = any(self._known.state(story).tombstones.keys for story in stories)
        return self._protect is not None or bool(self._under) or touched

    def _foresee(self, state: StoryState, items: Sequence[Item]) -> Mapping[str, str]:
        """What a story has under a key, and what its lines bring under one."""
        there = {*state.entities, *state.sources, *state.facts, *state.tombstones.unread}
        for item in items:
            if self._protect is not None and not item.line.shared:
                item.subject_key = self._protect.id
        # Facts that get their ids only when recorded are not foreseen: the state learns of them.
        ahead = foreseen(_asked(items), state.protected, there)
        met = [item for item in items if item.line.on_the_way and not item.line.shared]
        for item in met:
            if item.subject_key is None:
                item.subject_key = companion(brings(item.payload), _asked(items), ahead)
        if met:
            ahead = foreseen(_asked(items), state.protected, there)
        return ChainMap(state.protected, ahead)

    # -- each line -------------------------------------------------------------------------

    def identify(self, item: Item, state: StoryState) -> list[Finding]:
        """A derived id is made with the key, if there is one."""
        payload, protected = item.payload, self._protected[item.story]
        if isinstance(payload, EventRevoked) and (act := state.act(payload.event, payload.about)):
            # A revocation is erased with its act, so it is under the same key.
            item.subject_key, findings = key_of_act(
                payload, act.subject_key, protected, item.subject_key, self._whose
            )
        else:
            item.subject_key, findings = subject_key(
                payload, protected, item.subject_key, self._whose
            )
        item.event_id = item.envelope.event_id or self._derived(item, state)
        return findings

    def _derived(self, item: Item, state: StoryState) -> UUID:
        line, subject = identified(item), item.subject_key
        plain = identity.import_id(item.story, line)
        if subject is not None:
            event_id = identity.import_id(item.story, line, partial(self._vault.id_digest, subject))
            # Recorded unprotected before, and erased: it is still the same event.
            return plain if plain in state.tombstones.events and not self._anew else event_id
        if state.tombstones.keys and self._known.event(plain) is None:
            # Recorded under a key before, and now without one: it is still the same event.
            for key in self._open(state.tombstones.keys):
                keyed = identity.import_id(item.story, line, partial(self._vault.id_digest, key))
                plain = keyed if keyed.bytes in state.tombstones.protected_events else plain
        return plain

    def check_new(self, item: Item, state: StoryState) -> Iterable[Finding]:
        """A finding if the line may have been protected in this story and erased: its id was made with
        a key, and without that key it cannot be compared."""
        if self._anew or item.subject_key is not None or isinstance(item.payload, StoryOpened):
            return
        if item.envelope.event_id is None and len(self._open(state.tombstones.keys)) < len(
            state.tombstones.keys
        ):
            yield Finding("perhaps-erased", "", _PERHAPS)

    def check(
        self, item: Item, payload: Payload | Raw, seen: Mapping[int, Item]
    ) -> Iterable[Finding]:
        if (source := _source(item, payload)) is not None:
            return self._document(source, item)
        return self._imported(payload, seen) if isinstance(payload, ContentErased) else ()

    def _document(self, source: str, item: Item) -> Iterable[Finding]:
        """A document is protected wherever it is captured, or nowhere: an unprotected copy would reveal
        the other."""
        subject = item.subject_key
        if source not in self._stored:
            connection = self._known.connection
            self._stored[source] = storage.protection(connection, source, self._vault, self._under)
        unprotected, stored = self._stored[source]
        captured = self._captured.get(source, set())
        held = stored | {key for key in captured if key is not None}
        names = [f'"{name}"' for name in sorted(filter(None, map(self._whose, held)))]
        whose = " and ".join(names) or "another subject"
        reason = None
        if subject is not None and (unprotected or None in captured):
            reason = "the document is already archived unprotected: erase that first, or leave --protect out"
        elif subject is None and held:
            step = f"--protect {names[0]}" if names else "--protect"
            reason = f"the document is archived under the protection of {whose}: give {step}"
        elif subject is not None and item.document is None and held and subject not in held:
            reason = f"the document is archived under the protection of {whose}: give its bytes too"
        if reason is not None:
            yield Finding("protection", "/source", reason)

    def _imported(self, payload: ContentErased, seen: Mapping[int, Item]) -> Iterable[Finding]:
        """Another archive's erasure is recorded and not carried out, so it must not name events or keys
        of this archive."""
        key = payload.subject_key
        if key is not None and self._protects(key):
            reason = (
                f"{key} protects content of this archive: erase it here with `dateline erase {key}`"
            )
            yield Finding("reserved", "/subject_key", reason)
            return
        found = (self._known.event(item.event_id) for item in payload.events)
        live = [e for e in found if e is not None and not isinstance(e.data, Erased)]
        if live:
            positions = " ".join(str(event.position) for event in live)
            reason = (
                "the erased events are in this archive: erase them here with "
                f"`dateline erase {positions}`"
            )
            yield Finding("reserved", "/events", reason)
        for item in payload.events:
            if item.event_id.int in seen:
                earlier = seen[item.event_id.int].line.number
                where = "above" if earlier is None else f"in line {earlier}"
                reason = f"an erased event is in the batch, {where}: leave that out"
                yield Finding("reserved", "/events", reason)

    def note(self, item: Item) -> None:
        key = item.subject_key
        if key is not None:
            self._used.add(key)
            if key not in self._in_use[item.story]:
                self._first_used.add(key)
        if item.document is not None:
            self._captured.setdefault(item.document.source, set()).add(key)

    # -- the batch -------------------------------------------------------------------------

    def outcome(self) -> Outcome:
        subjects = tuple(sorted(filter(None, map(self._whose, self._used))))
        key = self._protect
        new = self._is_new and self._rekeyed is None
        opened = key.subject if key and new and key.subject in subjects else None
        return subjects, opened, self._rekeyed

    def settle(self) -> None:
        """Replace a key that was erased and came back with an older keys database."""
        key = self._protect
        if key is None:
            return
        if not self._is_new and self._came_back(key):
            self._vault.keys.destroy(key.id)
            self._rekeyed = key.subject
            raise PlanAgain
        self._pairing.require()

    def _came_back(self, key: Key) -> bool:
        """Whether the key was erased according to the log. If readable content is under it, it was not:
        an erasure removes everything under a key."""
        if key.id not in self._first_used:
            return False
        with reading(self._pairing.engine) as connection:
            erased = key.id in erased_keys(connection, self._pairing.reader)
            return erased and not live_keys(connection, [key.id])

    def hold(self, connection: Connection, documents: Sequence[Document]) -> None:
        if self._used or documents:
            # An erasure closes the key first, then takes this lock to see what was written before.
            of(connection).hold_head(connection)
        under = storage.under(connection) if documents else []
        for source in (document.source for document in documents):
            stored = storage.protection(connection, source, self._vault, under)
            if stored != self._stored[source]:
                raise PlanAgain
        own = self._protect
        for key in sorted(self._used):
            try:
                self._vault.keys.hold(own if own and own.id == key else Key(key, None))
            except KeyMoved:
                raise PlanAgain from None

    # -- keys ------------------------------------------------------------------------------

    def _open(self, keys: Collection[str]) -> list[str]:
        """The keys that are at hand, of a story's keys."""
        for key in keys - self._at_hand.keys():
            self._at_hand[key] = self._vault.keys.secret(key) is not None
        return [key for key in sorted(keys) if self._at_hand[key]]

    def _protects(self, key: str) -> bool:
        """Whether content is under that key, or may still be recorded under it."""
        found = self._key(key)
        return key in self._live or (found is not None and found.state == "live")

    def _key(self, key: str) -> Key | None:
        own = self._protect
        return own if own is not None and own.id == key else self._vault.keys.get(key)

    def _whose(self, key: str) -> str | None:
        found = self._key(key)
        return None if found is None else found.subject


def _asked(items: Iterable[Item]) -> list[tuple[Payload | Raw, str | None]]:
    """Each payload with the key that was asked for it."""
    return [(item.payload, item.subject_key) for item in items]


def _source(item: Item, payload: Payload | Raw) -> str | None:
    """The document that a line captures; its bytes may come with a payload that cannot be read here."""
    if item.document is not None:
        return item.document.source
    return document_of(payload.source) if isinstance(payload, SourceCaptured) else None
