"""What the options of a fact are read against: its story, and a person to ask if there is one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from dateline.cli.entities import Entities, on_terminal
from dateline.cli.fact_dates import Ask as AskDate
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.cli.entity_questions import EntityQuestions
    from dateline.events.state import StoryState

#: The register of a longer log is not built for the sake of an error. At most so many names are offered.
_SMALL, _NEAR = 20_000, 3


@dataclass(frozen=True)
class Desk:
    """The story, the entities that options name, and the texts of its sources. On a terminal there are
    `questions` about entities, and `ask_date` asks which of two dates is meant."""

    state: StoryState
    entities: Entities
    text_of: Callable[[str], str]
    questions: EntityQuestions | None = None
    ask_date: AskDate | None = None

    @classmethod
    def of(cls, archive: Archive, story: str) -> Desk:
        """For a story of the archive. Raises UnknownName."""
        state = archive.state(story, facts=())

        @cache
        def text_of(source: str) -> str:
            document = archive.document(source)
            return "" if document is None else document.text

        @cache
        def roles() -> list[str]:
            from dateline.events.fact import RoleRecorded

            facts = archive.state(story).facts.values()
            return [one.data.title for one in facts if isinstance(one.data, RoleRecorded)]

        elsewhere = partial(_elsewhere, archive, state)
        if not on_terminal():
            return cls(state, Entities(state, roles=roles, elsewhere=elsewhere), text_of)
        from dateline.cli import asking
        from dateline.cli.entity_questions import EntityQuestions

        questions = EntityQuestions(state)
        entities = Entities(state, questions.ask, roles, elsewhere)
        return cls(state, entities, text_of, questions, asking.date)


def _elsewhere(archive: Archive, state: StoryState, name: str) -> list[str]:
    """Entities of other stories with that name, or with its last word, as ``ID=Label``: for an error, so
    nothing is read for long and nothing else goes wrong."""
    if archive.head().position > _SMALL and "dateline_search_entities" not in archive.own_views():
        return []
    with suppress(DatelineError):
        for words in dict.fromkeys((name, name.split()[-1])):
            found = [
                one for one in archive.entities(like=words) if one.entity not in state.entities
            ]
            if found:
                return [f"{one.entity}={one.label}" for one in found[:_NEAR]]
    return []
