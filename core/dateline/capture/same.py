"""Which earlier capture a document is the same as: then it is not captured again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import asdict

from dateline.capture.details import said_by_container, taken
from dateline.capture.earlier import Earlier
from dateline.capture.wanted import Wanted
from dateline.events.source import SourceCaptured, document_of
from dateline.events.state import StoryState
from dateline.plugins.formats import Extracted


def known_of(
    state: StoryState,
    earlier: Earlier,
    wanted: Wanted,
    document: str,
    extracted: Extracted | None,
) -> tuple[dict[str, Any], list[str], SourceCaptured | None]:
    """What is known of a document before it is read, notes on what of that was ignored, and the earlier
    capture that it is the same as."""
    about, ignored = said_by_container(wanted.contained, wanted.about, state.entities)
    # A download is a visit: it is kept, also if the page says what it said before.
    if wanted.obtained.url:
        return about, ignored, None
    retrieved = None if wanted.contained is None else wanted.contained.retrieved
    visit = Visit(retrieved, wanted.held)
    before = same_capture(state, earlier, document, about, visit)
    if before is None and wanted.many and wanted.about.get("publisher"):
        own = _own(state, wanted, extracted)
        if own.get("publisher"):
            before = same_capture(state, earlier, document, own, visit)
        return (about if before is None else own), ignored, before
    return about, ignored, before


def _own(state: StoryState, wanted: Wanted, extracted: Extracted | None) -> dict[str, Any]:
    """What is known of a document, with the publisher that it or its container names instead of the given."""
    given = wanted.about | {"publisher": None}
    own, _ = said_by_container(wanted.contained, given, state.entities)
    if not own.get("publisher") and (extracted or wanted.contained):
        found, _ = taken(extracted or Extracted("", ""), own, state.entities)
        own["publisher"] = found.get("publisher")
    return own


def same_capture(
    state: StoryState, earlier: Earlier, document: str, about: Mapping[str, Any], visit: Visit
) -> SourceCaptured | None:
    """The last capture of a document with the details `about`, as recorded or as amended since, at the same
    `visit`. Details that are left out do not differ."""
    given = {name: value for name, value in about.items() if value}
    if "publisher" in given:
        given["publisher"] = given["publisher"].partition("=")[0]
    for name, source in reversed(earlier.of(document).items()):
        read = (
            document_of(source.derived_from or "") == document
        )  # the bytes of one of its readings
        if (
            document_of(name) == document
            and not read
            and any(
                all(_same(getattr(one, key), value) for key, value in given.items())
                and visit.is_of(one)
                for one in (source, state.as_captured(name))
            )
        ):
            return source
    return None


@dataclass(frozen=True)
class Visit:
    """When a document was retrieved, for example by a crawler, and the place in its container. Without a time
    it is no visit, and any capture is the same."""

    retrieved: str | None
    held: Mapping[str, str] | None

    def is_of(self, source: SourceCaptured) -> bool:
        """Whether `source` is a capture of this visit. The time is recorded only where there is no date of
        publication; else the same place in the same container is the same visit."""
        if self.retrieved is None or source.published == f"../{self.retrieved}":
            return True
        at, held = source.container, self.held
        return at is not None and held is not None and asdict(at) == held


def _same(known: object, given: object) -> bool:
    return (tuple(known) if isinstance(known, list | tuple) else known) == (
        tuple(given) if isinstance(given, list | tuple) else given
    )
