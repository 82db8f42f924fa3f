"""Questions about entities on a terminal: which one is meant, and what a new one is called."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prompt_toolkit import prompt
from prompt_toolkit.completion import WordCompleter

from dateline.cli import asking
from dateline.cli.fields import split_role
from dateline.events.state import StoryState
from dateline.recording.naming import KINDS, is_id, letters, matching, proposed_id, similar

_PREFIX = {kind: prefix for prefix, kind in KINDS.items()}


class EntityQuestions:
    """Asks for entities of a story: finds them as they are typed and proposes new ones.

    Answers are ids, or ``ID=Label`` for a new entity; a role that was typed stays behind a colon.
    """

    def __init__(self, state: StoryState) -> None:
        self._state = state
        self._new: dict[str, str] = {}
        #: What was typed for an entity, while it is not clear yet which one that is.
        self.unsettled = ""

    def one(self, question: str, kinds: Collection[str], *, empty: bool = False) -> str:
        """One entity; with `empty`, it may be left out."""
        known = {entity.label: name for name, entity in self._state.entities.items()}
        known |= {name: entity.label for name, entity in self._state.entities.items()}
        known |= {given.partition("=")[2]: given for given in self._new.values()}
        completer = WordCompleter(
            list(known), meta_dict=known, match_middle=True, sentence=True, ignore_case=True
        )
        while True:
            answer = prompt(f"{question}: ", completer=completer).strip()
            if not answer:
                if empty:
                    return ""
                continue
            self.unsettled = answer
            found = self.meant(answer, kinds)
            self.unsettled = ""
            if found is not None:
                return found

    def several(
        self, question: str, kinds: Collection[str], *, empty: bool = True
    ) -> Iterator[str]:
        """Entities, until none is typed; without `empty` at least one."""
        end = empty
        while name := self.one(f"{question}{' (Enter to end)' if end else ''}", kinds, empty=end):
            yield name
            end = True

    def meant(self, answer: str, kinds: Collection[str]) -> str | None:
        """The entity that an answer names, which may be new; None to ask again."""
        entity, equals, _ = answer.partition("=")
        if equals and is_id(entity):
            self._new[entity] = answer
            return answer
        name, role = split_role(answer)
        suffix = f":{role}" if role else ""
        for new in self._new.values():
            if letters(name) in (letters(new.partition("=")[2]), letters(new.partition("=")[0])):
                return new + suffix
        found = matching(self._state, name, kinds, surnames=True)
        if len(found) == 1:
            asking.show(f"  {found[0].entity}, {found[0].label}")
            return found[0].entity + suffix
        near = found or similar(self._state, name)
        choices: list[tuple[str | None, str]] = [
            (one.entity, f"{one.entity}, {one.label}") for one in near
        ]
        if found:
            asking.show(f"{name!r} fits several:")
            choices += [(None, "none of these")]
            chosen = asking.choice("which", choices)
        else:
            asking.show(f"{name!r} is new in this story.")
            choices += [("", "introduce it"), (None, "type it again")]
            chosen = asking.choice("which", choices, default=None if near else 1)
        if chosen == "":
            chosen = self.introduced(name, kinds)
        return None if chosen is None else chosen + suffix

    def introduced(self, name: str, kinds: Collection[str]) -> str:
        """``ID=Label`` of a new entity; its kind and id are proposed."""
        label = name
        if is_id(name):
            start, label = name, asking.line(f"the name of {name}")
        else:
            ordered = list(dict.fromkeys([*kinds, *_PREFIX]))
            kind = asking.choice("kind", [(one, one) for one in ordered], default=1)
            start = proposed_id(self._state, name, kind) or f"{_PREFIX[kind]}:"
            start = self._id(start, kind)
        self._new[start] = f"{start}={label}"
        return self._new[start]

    def _id(self, proposed: str, kind: str) -> str:
        prefix = f"{_PREFIX[kind]}:"
        while True:
            tail = asking.line("its id", default=proposed).removeprefix(prefix)
            found = proposed_id(self._state, tail, kind)
            if found is not None:
                return found

    def ask(self, given: str, option: str, kinds: Collection[str]) -> str:
        """Which entity an option names that fits none or several."""
        asking.show(f"{option} {given}")
        found = self.meant(given, kinds)
        return found or self.one(option, kinds)
