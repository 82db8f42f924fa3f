"""The key that each line of a batch is recorded under, and its effect on event ids and documents."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from dateline.documents.document import Document
from dateline.errors import Finding
from dateline.events import identity
from dateline.events.editorial import ContentErased
from dateline.events.index import brings
from dateline.events.payload import Erased, Payload, Raw
from dateline.events.source import SourceCaptured
from dateline.events.state import StoryState
from dateline.events.story import StoryOpened
from dateline.protect.keys import Key
from dateline.protect.vault import Vault
from dateline.recording.item import Item
from dateline.recording.known import Archived
from dateline.recording.line import Line
from dateline.recording.protection import companion, foreseen, subject_key

_PERHAPS = (
    "protected content of this story was erased and can no longer be recognised; this line may be part "
    "of it: leave it out to keep it erased, or record it with --anew unprotected or --protect NAME"
)
#: (whether a document is archived unprotected, the keys that it is archived under)
Protection = tuple[bool, set[str]]


class Keyed:
    """The keys of one batch. With `anew` lines that were erased, or may have been, are new.

    ``protection`` is the protection found for each captured document; ``first_used`` are keys that are
    used for the first time in a story: nothing readable there is under them.
    """

    def __init__(
        self, archived: Archived, vault: Vault | None, protect: Key | None, anew: bool
    ) -> None:
        self._archived, self._vault, self._protect, self._anew = archived, vault, protect, anew
        self._protected: dict[UUID, Mapping[str, str]] = {}
        self._in_use: dict[UUID, set[str]] = {}
        self._at_hand: dict[str, bool] = {}
        #: The keys that accepted lines capture each document under; None means unprotected.
        self._captured: dict[str, set[str | None]] = {}
        self.protection: dict[str, Protection] = {}
        self.first_used: set[str] = set()

    def foresee(self, state: StoryState, story: UUID, items: Sequence[Item]) -> None:
        """Learn what the lines of a story bring under a key, before any of them is checked."""
        self._in_use[story] = set(state.protected.values())
        there = {*state.entities, *state.sources, *state.facts, *state.tombstones.unread}
        for item in items:
            shared = self._protect is None or item.line.shared
            item.given = None if shared or self._protect is None else self._protect.id
        # Facts that get their ids only when recorded are not foreseen: the state learns of them.
        ahead = foreseen(_given(items), state.protected, there)
        met = [item for item in items if item.line.on_the_way and not item.line.shared]
        for item in met:
            if item.given is None:
                item.given = companion(brings(item.payload), _given(items), ahead)
        if met:
            ahead = foreseen(_given(items), state.protected, there)
        self._protected[story] = ChainMap(state.protected, ahead)

    def key_of(self, item: Item) -> tuple[str | None, list[Finding]]:
        """The id of the key that an item is recorded under, and the reasons why that is not clear."""
        return subject_key(item.payload, self._protected[item.story], item.given, self._whose)

    def event_id(self, item: Item, state: StoryState, subject: str | None) -> UUID:
        """The id that the line gives, else one derived from it: with the key, if it is protected."""
        return item.envelope.event_id or self._derived(item, state, subject)

    def _derived(self, item: Item, state: StoryState, subject: str | None) -> UUID:
        line = _identified(item.line, item.document)
        event_id = identity.import_id(item.story, line, self._digest(subject))
        if subject is not None and not self._anew:
            # Recorded unprotected before, and erased: it is still the same event.
            plain = identity.import_id(item.story, line, identity.sha256)
            event_id = plain if plain in state.tombstones.events else event_id
        if subject is None and state.tombstones.keys and self._archived.event(event_id) is None:
            # Recorded under a key before, and now without one: it is still the same event.
            for key in self._open(state.tombstones.keys):
                keyed = identity.import_id(item.story, line, self._digest(key))
                event_id = keyed if keyed.bytes in state.tombstones.protected_events else event_id
        while self._anew and event_id in state.tombstones.events:
            item.renews = state.tombstones.events[event_id]
            event_id = identity.renewed(event_id)
        return event_id

    def perhaps_erased(
        self, item: Item, state: StoryState, subject: str | None
    ) -> Iterable[Finding]:
        """A finding if the line may have been protected in this story and erased: its id was made with
        a key, and without that key it cannot be compared."""
        if self._anew or subject is not None or isinstance(item.payload, StoryOpened):
            return
        if item.envelope.event_id is None and len(self._open(state.tombstones.keys)) < len(
            state.tombstones.keys
        ):
            yield Finding("perhaps-erased", "", _PERHAPS)

    def documents(
        self, payload: Payload | Raw, item: Item, subject: str | None
    ) -> Iterable[Finding]:
        """Findings about documents. A document is protected wherever it is captured, or nowhere: an
        unprotected copy would reveal the other."""
        if not isinstance(payload, SourceCaptured):
            return
        found = self.protection.get(payload.source)
        if found is None:
            found = self.protection[payload.source] = self._archived.protection(payload.source)
        captured = self._captured.get(payload.source, set())
        unprotected = found[0] or None in captured
        held = found[1] | {key for key in captured if key is not None}
        names = [f'"{name}"' for name in sorted(filter(None, map(self._whose, held)))]
        whose = " and ".join(names) or "another subject"
        reason = None
        if subject is not None and unprotected:
            reason = "the document is already archived unprotected: erase that first, or leave --protect out"
        elif subject is None and held:
            step = f"--protect {names[0]}" if names else "--protect"
            reason = f"the document is archived under the protection of {whose}: give {step}"
        elif subject is not None and item.document is None and held and subject not in held:
            reason = f"the document is archived under the protection of {whose}: give its bytes too"
        if reason is not None:
            yield Finding("protection", "/source", reason)

    def imported_erasure(
        self, payload: Payload | Raw, seen: Mapping[UUID, Item]
    ) -> Iterable[Finding]:
        """Findings about another archive's erasure. It is recorded and not carried out, so it must not
        name events or keys of this archive."""
        if not isinstance(payload, ContentErased):
            return
        key = payload.subject_key
        if key is not None and (self._protects(key) or self._archived.holds(key)):
            reason = (
                f"{key} protects content of this archive: erase it here with `dateline erase {key}`"
            )
            yield Finding("reserved", "/subject_key", reason)
            return
        found = (self._archived.event(item.event_id) for item in payload.events)
        live = [e for e in found if e is not None and not isinstance(e.data, Erased)]
        if live:
            positions = " ".join(str(event.position) for event in live)
            reason = (
                "the erased events are in this archive: erase them here with "
                f"`dateline erase {positions}`"
            )
            yield Finding("reserved", "/events", reason)
        for item in payload.events:
            if item.event_id in seen:
                earlier = seen[item.event_id].line.number
                where = "above" if earlier is None else f"in line {earlier}"
                yield Finding(
                    "reserved",
                    "/events",
                    f"an erased event is in the batch, {where}: leave that out",
                )

    def accepted(self, item: Item, subject: str | None) -> None:
        """Note that an item was accepted under that key, or unprotected."""
        if subject is not None and subject not in self._in_use[item.story]:
            self.first_used.add(subject)
        if item.document is not None:
            self._captured.setdefault(item.document.source, set()).add(subject)

    # -- keys ------------------------------------------------------------------------------

    def _open(self, keys: Collection[str]) -> list[str]:
        """The keys that are at hand, of a story's keys."""
        for key in keys - self._at_hand.keys():
            held = None if self._vault is None else self._vault.keys.secret(key)
            self._at_hand[key] = held is not None
        return [key for key in sorted(keys) if self._at_hand[key]]

    def _protects(self, key: str) -> bool:
        """Whether content may still be recorded under that key."""
        if self._protect is not None and self._protect.id == key:
            return True
        known = None if self._vault is None else self._vault.keys.get(key)
        return known is not None and known.state == "live"

    def _whose(self, key: str) -> str | None:
        found = self._protect
        if found is None or found.id != key:
            found = None if self._vault is None else self._vault.keys.get(key)
        return None if found is None else found.subject

    def _digest(self, subject: str | None) -> Callable[[bytes], bytes]:
        if subject is None:
            return identity.sha256
        assert self._vault is not None
        return partial(self._vault.id_digest, subject)


def _given(items: Iterable[Item]) -> list[tuple[Payload | Raw, str | None]]:
    return [(item.payload, item.given) for item in items]


def _identified(line: Line, brought: Document | None) -> dict[str, Any]:
    """The line that an id is derived from: it names its document, however that was given."""
    return {**line.fields, **({} if brought is None else {"source": brought.source})}
