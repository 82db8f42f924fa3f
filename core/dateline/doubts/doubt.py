"""One doubt about a fact, and what makes a fact's doubts known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from dateline.errors import described, stops_plugin
from dateline.events.editorial import FactCorrected, FactReviewed
from dateline.events.state import Fact


class Doubt(msgspec.Struct, frozen=True):
    """A reason to look at a fact twice.

    ``kind`` is a name such as ``value-not-in-words``, ``path`` a JSON Pointer into the fact, ``words`` what
    is doubted and ``why`` one sentence. ``since`` is the version of the story at which it arose, by default
    the last correction of the fact: a later review with the verdict ``checked`` silences it.
    """

    kind: str
    path: str
    words: str
    why: str
    since: int = 0


@dataclass(frozen=True, slots=True)
class Doubter:
    """A rule of a plugin that doubts facts. ``find`` gets one fact and yields its doubts.

    It must be a function of the fact as it is, its links and the names of what it refers to. Raise
    ``version`` when it finds other doubts than before: the view ``doubts`` is then built again.
    """

    name: str
    find: Callable[[Fact], Iterable[Doubt]]
    version: int = 1

    def doubts(self, fact: Fact) -> Iterator[Doubt]:
        """What it finds. That it raises is a doubt too, which names it."""
        try:
            found = list(self.find(fact))
            wrong = next((item for item in found if not isinstance(item, Doubt)), None)
            if wrong is not None:
                raise TypeError(f"it yields {type(wrong).__name__}, not Doubt")
        except BaseException as error:  # noqa: BLE001 - what a plugin raises stops nothing
            stops_plugin(error)
            why = f"the plugin's rule {self.name} raised {described(error)}"
            found = [Doubt("doubter-failed", "", self.name, why)]
        for doubt in found:
            since = doubt.since or changed(fact)
            yield msgspec.structs.replace(doubt, since=since)


def changed(fact: Fact, *roots: str) -> int:
    """The story's version at which the fields `roots` of a fact were last changed; without `roots` all fields
    but its note and its evidence."""
    for event in reversed(fact.history):
        if isinstance(event.data, FactCorrected):
            paths = [change.path for change in event.data.changes]
            if any(path.startswith(roots or "/") for path in paths) and (
                roots or not all(path.startswith(("/note", "/evidence")) for path in paths)
            ):
                return event.version
    return fact.version


def checked(fact: Fact) -> int:
    """The story's version at which the doubts of a fact were last checked; 0 if they never were."""
    for event in reversed(fact.history):
        if isinstance(event.data, FactReviewed) and event.data.verdict == "checked":
            return event.version
    return 0
