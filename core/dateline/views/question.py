"""A question of a view, as it was asked: conditions, a range of dates, an order and a limit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

import msgspec

from dateline.errors import DatelineError

#: What a condition may say, and what it means.
OPERATORS = {
    "=": "equal, and FIELD= for an empty field",
    "!=": "not equal",
    "<": "less",
    "<=": "at most",
    ">": "greater",
    ">=": "at least",
    "~": "contains, in upper or lower case",
}
_CONDITION = re.compile(r"\s*([^\s=!<>~]+)\s*([=!<>~]+)\s*(.*?)\s*", re.DOTALL)

#: A condition: ``"value>=100"``, or a field, an operator and a value.
Condition: TypeAlias = str | tuple[str, str, Any]
Where: TypeAlias = str | Iterable[Condition]


class NotAQuestion(DatelineError):
    """A view cannot be asked that. `given` is the part that is wrong, and `instead` what may be meant."""

    code = "question-invalid"

    def __init__(
        self, what: str, *, given: str = "", instead: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(what, hint=hint)
        self.given, self.instead = given, instead


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is asked of a view. ``where`` has a field, an operator and a value for each condition: all must
    hold. ``since`` and ``until`` are EDTF dates, ``sort`` names fields, with ``-`` for the greatest first."""

    where: tuple[tuple[str, str, Any], ...] = ()
    since: str | None = None
    until: str | None = None
    sort: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def dated(self) -> bool:
        return self.since is not None or self.until is not None

    @classmethod
    def of(
        cls,
        where: Where = (),
        since: str | None = None,
        until: str | None = None,
        sort: str | Iterable[str] = (),
        limit: int | None = None,
    ) -> Question:
        """A question as people write it. Raises NotAQuestion."""
        given = [where] if isinstance(where, str) else list(where)
        sorts = (sort,) if isinstance(sort, str) else tuple(sort)
        return cls(tuple(map(_condition, given)), since, until, sorts, limit)


def _condition(given: Condition) -> tuple[str, str, Any]:
    if not isinstance(given, str):
        try:
            field, operator, value = given
        except (TypeError, ValueError):
            field = operator = value = None  # type: ignore[assignment]
        if not isinstance(field, str) or not isinstance(operator, str):
            raise NotAQuestion(
                f"{given!r} is not a condition", hint='write "FIELD=VALUE" or (FIELD, "=", VALUE)'
            )
    else:
        found = _CONDITION.fullmatch(given)
        if found is None:
            raise NotAQuestion(
                f"{given!r} is not a condition",
                given=given,
                hint=f"write FIELD=VALUE; operators are {_listed()}",
            )
        field, operator, value = found.groups()
    if operator not in OPERATORS:
        raise NotAQuestion(
            f"{field}{operator}{value}: there is no operator {operator!r}",
            given=given if isinstance(given, str) else "",
            hint=f"operators are {_listed()}",
        )
    return field, operator, value


def _listed() -> str:
    return ", ".join(f"{operator} ({words})" for operator, words in OPERATORS.items())
