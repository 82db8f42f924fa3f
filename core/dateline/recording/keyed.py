"""Under which key each line of a batch goes, and what that makes of its id and its document."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from dateline.errors import Finding
from dateline.events import identity
from dateline.events.editorial import ContentErased
from dateline.events.payload import Erased, Payload, Raw
from dateline.events.present import StoryState, brings
from dateline.events.source import SourceCaptured
from dateline.events.story import StoryOpened
from dateline.log.document import Document
from dateline.protect.keys import Key
from dateline.protect.vault import Vault
from dateline.recording.item import Item
from dateline.recording.known import Archived
from dateline.recording.line import Line
from dateline.recording.protection import companion, foreseen, subject_key

_PERHAPS = (
    "what was protected in this story and erased cannot be recognised any more, and this may be it: "
    "leave it out to keep that erased; --anew records it in the clear, --protect NAME under a key"
)
#: (whether a document is there unprotected, the keys it is there under)
Protection = tuple[bool, set[str]]


class Keyed:
    """The keys of one batch. With `anew` what was erased, or may have been, is taken as new.

    ``protection`` is what was found of each document that is captured; ``first_used`` are keys that go
    into use in a story where nothing that stands is under them.
    """

    def __init__(
        self, archived: Archived, vault: Vault | None, protect: Key | None, anew: bool
    ) -> None:
        self._archived, self._vault, self._protect, self._anew = archived, vault, protect, anew
        self._protected: dict[UUID, Mapping[str, str]] = {}
        self._standing: dict[UUID, set[str]] = {}
        self._at_hand: dict[str, bool] = {}
        #: Under which keys documents are captured by lines that were accepted; None: in the clear.
        self._captured: dict[str, set[str | None]] = {}
        self.protection: dict[str, Protection] = {}
        self.first_used: set[str] = set()

    def foresee(self, state: StoryState, story: UUID, items: Sequence[Item]) -> None:
        """Learn what the lines of a story bring under a key, before the first of them is checked."""
        self._standing[story] = set(state.protected.values())
        there = {*state.entities, *state.sources, *state.facts, *state.unread}
        for item in items:
            shared = self._protect is None or item.line.shared
            item.given = None if shared or self._protect is None else self._protect.id
        # What gets its number on the way is known to the state alone.
        ahead = foreseen(_given(items), state.protected, there)
        met = [item for item in items if item.line.on_the_way and not item.line.shared]
        for item in met:
            if item.given is None:
                item.given = companion(brings(item.payload), _given(items), ahead)
        if met:
            ahead = foreseen(_given(items), state.protected, there)
        self._protected[story] = ChainMap(state.protected, ahead)

    def key_of(self, item: Item) -> tuple[str | None, list[Finding]]:
        """The id of the key that an item goes under, and why it cannot be told."""
        return subject_key(item.payload, self._protected[item.story], item.given, self._whose)

    def event_id(self, item: Item, state: StoryState, subject: str | None) -> UUID:
        """The one the line gives, else one derived from it: keyed, where it goes under a key."""
        return item.envelope.event_id or self._derived(item, state, subject)

    def _derived(self, item: Item, state: StoryState, subject: str | None) -> UUID:
        line = _identified(item.line, item.document)
        event_id = identity.import_id(item.story, line, self._digest(subject))
        if subject is not None and not self._anew:
            # Put in in the clear before, and erased: it is the same all the same.
            plain = identity.import_id(item.story, line, identity.sha256)
            event_id = plain if plain in state.gone else event_id
        if subject is None and state.keys and self._archived.event(event_id) is None:
            # Put in under a key before, and without a word of it now: it is the same all the same.
            for key in self._open(state.keys):
                keyed = identity.import_id(item.story, line, self._digest(key))
                event_id = keyed if keyed.bytes in state.keyed else event_id
        while self._anew and event_id in state.gone:
            item.renews = state.gone[event_id]
            event_id = identity.renewed(event_id)
        return event_id

    def perhaps_erased(
        self, item: Item, state: StoryState, subject: str | None
    ) -> Iterable[Finding]:
        """Whether the line may be one that was protected in this story and erased: its id was keyed,
        and with the key went all that could tell."""
        if self._anew or subject is not None or isinstance(item.payload, StoryOpened):
            return
        if item.envelope.event_id is None and len(self._open(state.keys)) < len(state.keys):
            yield Finding("perhaps-erased", "", _PERHAPS)

    def documents(
        self, payload: Payload | Raw, item: Item, subject: str | None
    ) -> Iterable[Finding]:
        """A document is protected everywhere it is captured, or nowhere: one copy would give away
        the other."""
        if not isinstance(payload, SourceCaptured):
            return
        found = self.protection.get(payload.source)
        if found is None:
            found = self.protection[payload.source] = self._archived.protection(payload.source)
        captured = self._captured.get(payload.source, set())
        in_clear = found[0] or None in captured
        held = found[1] | {key for key in captured if key is not None}
        names = [f'"{name}"' for name in sorted(filter(None, map(self._whose, held)))]
        whose = " and ".join(names) or "another subject"
        reason = None
        if subject is not None and in_clear:
            reason = "is archived unprotected already: erase that first, or leave --protect out"
        elif subject is None and held:
            step = f"--protect {names[0]}" if names else "--protect"
            reason = f"is archived under the protection of {whose}: give {step}"
        elif subject is not None and item.document is None and held and subject not in held:
            reason = f"is archived under {whose}: bring its bytes along"
        if reason is not None:
            yield Finding("protection", "/source", reason)

    def told(self, payload: Payload | Raw, seen: Mapping[UUID, Item]) -> Iterable[Finding]:
        """Another archive's erasure is told, not carried out: what is here must not be named."""
        if not isinstance(payload, ContentErased):
            return
        key = payload.subject_key
        if key is not None and (self._protects(key) or self._archived.holds(key)):
            reason = f"{key} protects what is in this archive: erase it here, with `dateline erase`"
            yield Finding("reserved", "/subject_key", reason)
            return
        found = (self._archived.event(item.event_id) for item in payload.events)
        live = [e for e in found if e is not None and not isinstance(e.data, Erased)]
        if live:
            positions = " ".join(str(event.position) for event in live)
            reason = (
                f"what it erased is in this archive: erase it here, `dateline erase {positions}`"
            )
            yield Finding("reserved", "/events", reason)
        for item in payload.events:
            if item.event_id in seen:
                earlier = seen[item.event_id].line.number
                where = "above" if earlier is None else f"in line {earlier}"
                yield Finding(
                    "reserved", "/events", f"what it erased stands {where}: leave that out"
                )

    def accepted(self, item: Item, subject: str | None) -> None:
        """An item was accepted under that key, or in the clear."""
        if subject is not None and subject not in self._standing[item.story]:
            self.first_used.add(subject)
        if item.document is not None:
            self._captured.setdefault(item.document.source, set()).add(subject)

    # -- keys ------------------------------------------------------------------------------

    def _open(self, keys: Collection[str]) -> list[str]:
        """Those of a story's keys that are at hand."""
        for key in keys - self._at_hand.keys():
            held = None if self._vault is None else self._vault.keys.secret(key)
            self._at_hand[key] = held is not None
        return [key for key in sorted(keys) if self._at_hand[key]]

    def _protects(self, key: str) -> bool:
        """Whether more may still be put under that key."""
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
    """The line an id is derived from: it names its document, however that was brought."""
    return {**line.fields, **({} if brought is None else {"source": brought.source})}
