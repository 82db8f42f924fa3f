"""Entities as they are typed in commands: an id, a name, or ``ID=Label`` for a new one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from dateline.cli.fields import split_role
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import data

if TYPE_CHECKING:
    from dateline.errors import DatelineError
    from dateline.events.entity import EntityIntroduced
    from dateline.events.state import StoryState

#: Asks a person which entity is meant by a name; returns its id, or ``ID=Label`` for a new one.
Ask = Callable[[str, str, Collection[str]], str]


class Entities:
    """Looks up the entities that a command names, and keeps those that it introduces.

    A name that fits one entity is reported on stderr with its id. `ask` is called for a name that fits
    none or several; without it, that is an error. `roles` returns the titles of the roles in the story,
    `elsewhere` entities of other stories with a name, as ``ID=Label``.
    """

    def __init__(
        self,
        state: StoryState,
        ask: Ask | None = None,
        roles: Callable[[], Collection[str]] = tuple,
        elsewhere: Callable[[str], Sequence[str]] = lambda name: (),
    ) -> None:
        self._state, self._ask, self._roles = state, ask, roles
        self._elsewhere = elsewhere
        #: The text of the source, which knows how a name is written.
        self.text = ""
        #: ``ID=Label`` of each new entity, by its id.
        self.new: dict[str, str] = {}
        self._said: set[str] = set()

    @classmethod
    def of(cls, state: StoryState) -> Entities:
        """Those of a story; on a terminal, a person is asked about names that fit none or several."""
        if not on_terminal():
            return cls(state)
        from dateline.cli.entity_questions import EntityQuestions

        return cls(state, EntityQuestions(state).ask)

    def id(self, given: str, option: str, kinds: Collection[str] = ()) -> str:
        """The id of the entity that `given` names. `kinds` are what `option` usually names, the most
        usual first. Raises UnknownName."""
        from dateline.recording.naming import is_id, letters, matching

        given = given.strip()
        entity, equals, label = given.partition("=")
        if equals and is_id(entity):
            if entity in self._state.entities:
                return self._state.entity_id(entity)
            label = label.strip()
            if len(label) > 2 and label[0] == label[-1] and label[0] in "\"'":
                label = label[1:-1]  # quoted once more, inside a chain
            self.new[entity] = f"{entity}={label}"
            return entity
        if given in self.new:
            return given
        for entity, line in self.new.items():
            if letters(line.partition("=")[2]) == letters(given):
                return entity
        found = matching(self._state, given, kinds, surnames=True)
        if not found and " " in given and not is_id(given):  # harbour master Sand
            found = matching(self._state, given, kinds, surnames=True, roles=self._roles())
        if len(found) != 1 and self._ask is not None:
            return self.id(self._ask(given, option, kinds), option, kinds)
        if len(found) != 1:
            raise self._unclear(found, given, option, kinds)
        [one] = found
        if given not in self._state.entities and given not in self._said:
            self._said.add(given)
            say(f"{one.entity}, {one.label}")
        return one.entity

    def given(self, given: str, option: str, kinds: Collection[str] = ()) -> str:
        """The id of the entity that `given` names, or ``ID=Label`` if it is new. Raises UnknownName."""
        found = self.id(given, option, kinds)
        return self.new.get(found, found)

    def or_words(self, given: str, option: str, kinds: Collection[str] = ()) -> str:
        """The id of the entity that `given` names, or `given` itself if it names none: for fields that
        take an entity or plain words. Raises UnknownName if it fits several."""
        from dateline.recording.naming import is_id, matching

        known = is_id(given.partition("=")[0]) or matching(self._state, given, kinds)
        return self.id(given, option, kinds) if known else given

    def named(self, given: str, start: str) -> str:
        """The same for the name of a person, typed after `start`, ``--byline`` and a space. How a name that
        fits nobody is introduced is said."""
        from dateline.cli.fields import quoted
        from dateline.recording.naming import proposed_id

        found = self.or_words(given, start.rstrip(" ="), ("person",))
        if found == given and found not in self._state.entities:
            new = f"{proposed_id(self._state, given, 'person') or 'person:ID'}={given}"
            say(f"{given} is kept as a name: {start}{quoted(new)} introduces the person")
        return found

    def with_role(
        self, given: str, option: str, role: str, kinds: Collection[str] = ()
    ) -> tuple[str, str]:
        """The id and the role of ``ENTITY[:ROLE]``; `role` is the role if none is given."""
        name, given_role = split_role(given)
        return self.id(name, option, kinds), given_role or role

    def _unclear(
        self,
        found: list[EntityIntroduced],
        given: str,
        option: str,
        kinds: Collection[str],
    ) -> DatelineError:
        """The error about a name that fits none or several, with the commands to choose from."""
        from dateline.cli.command_line import retyped
        from dateline.recording.lookup import several_entities, unknown_entity
        from dateline.recording.naming import is_id, proposed_id

        def command(entity: str) -> str:
            return retyped(option, given, entity)

        if found:
            return several_entities(self._state, given, found, command)
        if is_id(given):
            new, label = given, "ITS NAME"
        else:
            label, kind = self._as_new(given, list(kinds) or ["person"])
            new = proposed_id(self._state, label, kind) or "person:ID"
        hint = f"to introduce it:\n  {command(f'{new}={label}')}"
        known = [] if is_id(given) else self._elsewhere(given)
        if known:
            listed = "\n  ".join(map(command, known))
            hint = f"if it is one of other stories:\n  {listed}\n  {hint}"
        return unknown_entity(self._state, given, hint, command)

    def _as_new(self, given: str, kinds: Sequence[str]) -> tuple[str, str]:
        """The label and the kind of a new entity: as the source writes it, a person without a title. What
        the source writes in small letters is no person."""
        from dateline.recording.naming import as_written, capitalized, without_title

        kind, label = kinds[0], given
        if kind == "person":
            label = without_title(given, self._roles())
        if given.islower():
            written = as_written(label, self.text)
            if kind == "person" and written is not None and written.islower() and kinds[1:]:
                return given, next((one for one in kinds if one == "group"), kinds[1])
            label = written or capitalized(label)
        return label, kind


def on_terminal() -> bool:
    """Whether there is a person who can be asked."""
    return sys.stdin.isatty() and data().isatty()
