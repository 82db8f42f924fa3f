"""The key that each line of a batch is recorded under, and the event id that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from dateline.documents import storage
from dateline.documents.document import Document
from dateline.errors import Finding
from dateline.events import identity
from dateline.events.payload import Payload, Raw
from dateline.events.state import StoryState
from dateline.log.databases.dialect import of
from dateline.recording.item import Item
from dateline.recording.known import Known

#: (names of the subjects whose keys protect the accepted lines, the one of them that is new, the one
#: whose key was replaced)
Outcome = tuple[tuple[str, ...], str | None, str | None]


class PlanAgain(Exception):
    """Another process changed something after the batch was checked: it must be checked again."""


class KeyPolicy:
    """The policy of a batch without protected content: no line has a key, and an event id is derived from
    the line alone. `dateline.erasure.batch_keys` has the policy for protected content."""

    def prepare(self) -> None:
        """Look up the key that was asked for. Called before each attempt, outside of transactions."""

    def for_batch(self, stories: Mapping[UUID, Sequence[Item]], known: Known) -> KeyPolicy:
        """The policy for a batch, by story, before any of its lines is checked."""
        return self

    def identify(self, item: Item, state: StoryState) -> list[Finding]:
        """Set the item's key and event id. Returns the reasons why no key is right for it."""
        item.event_id = item.envelope.event_id or identity.import_id(item.story, identified(item))
        return []

    def check_new(self, item: Item, state: StoryState) -> Iterable[Finding]:
        """Findings about a line that is not in the log: it may have been erased."""
        return ()

    def check(
        self, item: Item, payload: Payload | Raw, seen: Mapping[int, Item]
    ) -> Iterable[Finding]:
        """Findings about a completed line. `seen` are the items accepted so far, by the number that is
        their event id: a UUID is slow to look up."""
        return ()

    def note(self, item: Item) -> None:
        """Note that an item was accepted."""

    def outcome(self) -> Outcome:
        return (), None, None

    def settle(self) -> None:
        """Make the keys ready, before the write transaction. Raises DatelineError, PlanAgain."""

    def hold(self, connection: Connection, documents: Sequence[Document]) -> None:
        """Check under the append lock that the keys are still right for the batch and its documents.
        Raises DatelineError, PlanAgain."""
        if documents:
            of(connection).hold_head(connection)
            if storage.under(connection):  # one of them may have been protected meanwhile
                raise PlanAgain


def identified(item: Item) -> dict[str, Any]:
    """The fields that an id is derived from: they name the document, however that was given."""
    brought = {} if item.document is None else {"source": item.document.source}
    return {**brought, **item.given}
