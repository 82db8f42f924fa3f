"""The base class of proposers, what they are given and what they yield."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import msgspec

from dateline.errors import DatelineError

NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
VERSION = re.compile(r"[\w.+-]{1,40}")


class Known(msgspec.Struct, frozen=True):
    """What is known of a source before its text is read.

    ``source`` is its id and ``publisher`` the id of the entity that published it; ``published`` is an
    EDTF date, ``language`` a code such as ``en``. ``names`` has the entities of the story by their ids,
    each with its label first and then its other names.
    """

    story: str
    source: str
    publisher: str
    published: str | None = None
    language: str | None = None
    title: str | None = None
    names: Mapping[str, tuple[str, ...]] = {}


class Candidate(msgspec.Struct, frozen=True):
    """A fact that a proposer found. ``confidence`` is between 0 and 1, if the proposer knows it.

    ``fields`` are those of a fact in the import format, such as ``{"type": "statement.recorded",
    "speakers": ["person:ida-brandt=Ida Brandt"], "quote": ..., "evidence": [...]}``. The ids of the fact
    and of its source are left out. An entity is an id, a name that the story knows, or ``ID=Label`` for
    a new one. An evidence item has ``exact`` words of the text, or ``start`` and ``end`` in code points;
    its role is ``content`` unless it is given. Without ``attribution`` the fact comes from its speakers,
    through the relays that ``via`` names; the publisher is added. Without ``text`` the words of the
    source stand for the fact.
    """

    fields: Mapping[str, Any]
    confidence: float | None = None


class Proposer(ABC):
    """Reads the text of a source and proposes facts, which a person accepts or rejects.

    ``version`` is kept with each fact that is accepted: raise it when the proposer finds other facts.
    """

    name: ClassVar[str]
    version: ClassVar[str]

    @abstractmethod
    def propose(self, text: str, known: Known) -> Iterable[Candidate]:
        """The facts that the text states. It must depend on `text` and `known` alone."""


def check_proposer(item: object) -> None:
    """Raises DatelineError if `item` is not a valid proposer."""
    if not isinstance(item, Proposer):
        raise DatelineError(f"{item!r} is not a Proposer", code="hook-invalid")
    name, version = getattr(item, "name", None), getattr(item, "version", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise DatelineError(
            f"a proposer's name consists of lower-case letters, digits and -, not {name!r}",
            code="proposer-invalid",
        )
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise DatelineError(
            f"proposer {name}: its version is a text such as '1', not {version!r}",
            code="proposer-invalid",
        )
