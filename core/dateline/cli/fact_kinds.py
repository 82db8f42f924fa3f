"""What each kind of fact has and needs, and what is said when an option is missing or wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion

if TYPE_CHECKING:
    from dateline.language.dates import Tense

KINDS = completion.KINDS
STATUSES = ("happened", "ongoing", "planned", "cancelled")
#: The kinds that have each field of their own.
OF = {
    **dict.fromkeys(("addressees", "act", "quote"), ("statement",)),
    "condition": ("statement", "assessment"),
    **dict.fromkeys(("action", "actors", "status"), ("occurrence",)),
    **dict.fromkeys(("as_of", "cumulative"), ("figure",)),
    **dict.fromkeys(("subject", "relation", "object"), ("state",)),
    **dict.fromkeys(("person", "title", "organization", "appointed_by"), ("role",)),
    "effect": ("assessment",),
}
#: The fields that each kind requires, apart from quotations.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "statement": ("speakers",), "occurrence": ("action",), "figure": (),
    "state": ("subject", "relation", "object"), "role": ("person", "title"),
    "assessment": ("effect",),
}  # fmt: skip
#: The fields of the one quantity that has options of its own.
QUANTITY = (
    "measure", "value", "of", "lower", "upper", "unit", "verbatim", "approximate",
)  # fmt: skip


class Incomplete(click.UsageError):
    """A field is missing, or what it has cannot be used; ``fields`` are its names in the options."""

    def __init__(self, message: str, *fields: str) -> None:
        super().__init__(message)
        self.fields = fields


def flag(name: str) -> str:
    """The option of a field: ``--speaker`` for ``speakers``."""
    plural = {"addressees": "to", "quantities": "quantity", "fields": "set", "fact": "id"}
    one = plural.get(name, name.removesuffix("s") if name in _PLURALS else name)
    return "--" + one.replace("_", "-")


_PLURALS = ("speakers", "places", "actors")


def given(options: Mapping[str, Any]) -> list[str]:
    """The fields that options or ``--set`` give."""
    there = [name for name, value in options.items() if value not in (None, (), "")]
    return [*there, *set_fields(options)]


def set_fields(options: Mapping[str, Any]) -> set[str]:
    """The fields that ``--set`` sets."""
    return {field.partition("=")[0].strip("/").partition(".")[0] for field in options["fields"]}


def kind_of(options: Mapping[str, Any]) -> str | None:
    """The kind of fact that the options decide without doubt; None if they leave it open."""
    there = given(options)
    kinds = {OF[name][0] for name in there if len(OF.get(name, ())) == 1}
    if not kinds:
        counted = any(name in ("quantities", *QUANTITY) for name in there)
        if "speakers" in there:
            return "statement"
        return "figure" if counted else None
    return kinds.pop() if len(kinds) == 1 else None


def require_kind(kind: str, options: Mapping[str, Any]) -> None:
    """Raises UsageError, which names every option that the kind does not have."""
    wrong = [name for name in given(options) if kind not in OF.get(name, (kind,))]
    if wrong:
        listed = "; ".join(f"{flag(name)} is for {' and '.join(OF[name])} facts" for name in wrong)
        raise click.UsageError(f"{listed}: this is {article(kind)}")


def settle(kind: str, options: dict[str, Any]) -> None:
    """Put the time of ``--when`` in the field that it has for the kind. Raises UsageError."""
    when, field = options.pop("when", None), "said" if kind == "statement" else "valid"
    if when is not None and options[field] is not None:
        raise click.UsageError(f"--when is {flag(field)} for {article(kind)}: give only one")
    options[field] = options[field] or when


def tenses(kind: str, status: str | None, quotations: Iterable[str]) -> Mapping[str, Tense]:
    """For the fields that are dates, when these can be: a source reports what was said and counted, and
    what happened, and announces what is planned. What was counted may be a forecast, unless the quotations
    report the past."""
    found: dict[str, Tense] = {"said": "past", "as_of": "past"}
    if kind == "occurrence" and status in (None, "happened", "ongoing"):
        from dateline.language.tense import announces

        if status is not None or not announces("\n".join(quotations)):
            found["valid"] = "past"
    elif kind == "occurrence" and status == "planned":
        found["valid"] = "future"
    elif kind == "figure":
        from dateline.language.tense import reports_the_past

        if reports_the_past("\n".join(quotations)):
            found["valid"] = "past"
    return found


def missing(kind: str, options: Mapping[str, Any]) -> Iterator[str]:
    """Each required field that is not given."""
    there = given(options)
    if not options["exact"] and not options["quote"]:
        yield "exact"
    yield from (name for name in REQUIRED[kind] if name not in there)
    alone = any(name in there for name in QUANTITY) and "measure" not in there
    if alone and len(options["quantities"]) != 1:
        yield "measure"


def require_all(kind: str, options: Mapping[str, Any]) -> None:
    """Raises Incomplete, which names every required field that is missing."""
    lacking = list(missing(kind, options))
    if lacking:
        listed = joined([f"{flag(name)} ({MEANING[name]})" for name in lacking])
        raise Incomplete(f"{article(kind)} needs {listed}", *lacking)


#: What each required field means.
MEANING = {
    "text": "the fact in your own words; empty for the words of the source", "exact": "the words of the source that support it",
    "speakers": "who said it", "action": "what happened, as a verb",
    "subject": "an entity", "relation": "how they are related", "object": "an entity",
    "person": "who held the role", "title": "its title", "effect": "what follows",
    "measure": "what is counted",
}  # fmt: skip


def article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def joined(items: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
