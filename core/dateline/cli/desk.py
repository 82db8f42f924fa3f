"""What the options of a fact are read against: its story, and a person to ask if there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from dateline.cli.entities import Entities, on_terminal
from dateline.cli.fact_dates import Ask as AskDate

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.cli.entity_questions import EntityQuestions
    from dateline.events.state import StoryState


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

        if not on_terminal():
            return cls(state, Entities(state, roles=roles), text_of)
        from dateline.cli import asking
        from dateline.cli.entity_questions import EntityQuestions

        questions = EntityQuestions(state)
        return cls(state, Entities(state, questions.ask, roles), text_of, questions, asking.date)
