"""A story as plugins get it: all of them get the same object, so none may change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any, NoReturn


class ReadOnlyStory:
    """A `StoryState` as views, exporters and checks get it: it shows the current state and cannot
    change it. What would change it is missing (`apply`); other attempts raise TypeError or
    AttributeError."""

    _MAPPINGS = (
        "amendments", "captured", "entities", "erased", "facts", "former", "merged", "protected", "publishers", "revoked",
        "sources", "withdrawn",
    )  # fmt: skip
    __slots__ = ("_state", "ids", "label", "linked", *_MAPPINGS)
    #: Attributes of the state that readers do not get.
    WITHHELD = frozenset({"apply", "labels", "read_only", "release", "take", "tombstones"})

    def __init__(self, state: Any) -> None:
        put = object.__setattr__
        put(self, "_state", state)
        # Views ask for these for each fact: here they are found without `__getattr__`.
        put(self, "label", state.labels.__getitem__)
        put(self, "linked", state.linked)
        put(self, "ids", state.ids)
        for name in self._MAPPINGS:
            put(self, name, MappingProxyType(getattr(state, name)))

    label: Callable[[str | None], str]
    linked: Callable[[str], Any]
    ids: Callable[[Iterable[str]], str]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in self.WITHHELD:
            raise AttributeError(f"a plugin's story is read-only: it has no {name!r}")
        return getattr(self._state, name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a plugin's story is read-only: {name!r} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a plugin's story is read-only: {name!r} cannot be deleted")
