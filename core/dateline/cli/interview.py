"""Recording a fact by answering questions: what is missing is asked for, and what is wrong again.

The answers are the options of ``record``, so they can be printed as a command line at any moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from dateline.cli import asking
from dateline.cli.dates import Dates
from dateline.cli.fact_line import Desk, line_of
from dateline.cli.fact_options import (
    KINDS,
    OF,
    QUANTITY,
    REQUIRED,
    SECTIONS,
    STATUSES,
    Incomplete,
    Number,
    missing,
    require_kind,
    set_fields,
    settle,
)
from dateline.cli.figures import quantity, verbatim
from dateline.cli.picker import Picker
from dateline.cli.preview import preview
from dateline.errors import DatelineError, Refused
from dateline.recording.lookup import described, find_source, quotable

Lines = list[Any]
_QUESTIONS = {
    "text": "the fact in your own words", "speakers": "speaker", "via": "relayed by",
    "addressees": "said to", "act": "the verb (say, deny ...)", "quote": "the speaker's exact words",
    "condition": "if (the condition)", "action": "what happened (a verb)", "actors": "who took part",
    "status": "status", "subject": "subject (entity)", "relation": "relation",
    "object": "object (entity)", "person": "person", "title": "title of the role",
    "organization": "organization", "appointed_by": "appointed by", "effect": "then (the effect)",
    "places": "place", "note": "note", "verbatim": "the figure as written in the source",
    "said": "said", "valid": "held or happened", "as_of": "as of",
    "exact": "quotation", "quantities": "figure", "source": "source",
}  # fmt: skip
_KINDS = {
    "speakers": ("person", "group", "organization"), "addressees": ("person", "group", "organization"),
    "actors": ("person", "group", "organization"), "person": ("person",),
    "appointed_by": ("person", "organization", "group"), "places": ("place",),
    "via": ("organization", "person", "group"), "organization": ("organization", "group"),
    "subject": ("person", "organization", "place", "group"),
    "object": ("organization", "person", "place", "group"),
}  # fmt: skip
_SEVERAL = ("speakers", "addressees", "via", "actors", "places")
_DATES = ("said", "valid", "as_of")
#: What is asked for besides the required fields, for each kind.
_OFFERED = {
    "statement": ("via", "quote"), "occurrence": ("actors",), "figure": ("quantities",), "state": (),
    "role": ("organization",), "assessment": ("condition",),
}  # fmt: skip
#: The fields that answer for a field of a recorded event.
_ANSWERS = {
    "evidence": "exact", "attribution": "via", "times": "", "quantities": "quantities",
    "speakers": "speakers", "actors": "actors", "places": "places", "addressees": "addressees",
}  # fmt: skip


class Interview:
    """Asks until the fact can be recorded, and is confirmed.

    ``options`` are changed in place; ``kind`` is the kind of fact once it is known. `lines` makes what is
    to be recorded from the fact's line, and `check` raises what recording it would raise.
    """

    def __init__(
        self,
        desk: Desk,
        questions: asking.EntityQuestions,
        kind: str | None,
        options: dict[str, Any],
        lines: Callable[[dict[str, Any]], Lines],
        check: Callable[[Lines], object],
        edit: Callable[[str, Mapping[str, Any], Sequence[str]], tuple[str, dict[str, Any]] | None],
    ) -> None:
        self.kind, self.options = kind, options
        self._desk, self._state = desk, desk.state
        self._lines, self._check, self._edit = lines, check, edit
        self._entities = questions

    def run(self) -> Lines | None:
        """The lines to record; None if the answer is not to record them."""
        if self.kind is None:
            kinds = [(one, SECTIONS[one].partition(" ")[2]) for one in KINDS]
            self.kind = asking.choice("kind", kinds)
        settle(self.kind, self.options)
        require_kind(self.kind, self.options)
        self._complete()
        while True:
            lines = self._checked()
            answer = self._answer(lines)
            if answer == "y":
                return lines
            if answer == "n":
                return None
            self._change()

    def _complete(self) -> None:
        """Ask for what no option gives."""
        kind, options = self._kind, self.options
        if not options["source"]:
            names = quotable(self._state)
            if len(names) != 1 and not (options["exact"] and len(names)):
                options["source"] = asking.source(self._state)
        if not options["exact"] and not options["quote"]:
            self._ask("exact")
        lacking = set(missing(kind, options))
        for name in (*REQUIRED[kind], *_OFFERED[kind], "text"):
            offered = name in _OFFERED[kind] and not options[name] and self._untold(name)
            if name in lacking or offered:
                self._ask(name)
        for name in _DATES:
            if isinstance(options[name], str):
                self._check_date(name)
        when = "said" if kind == "statement" else "valid"
        if not options[when] and "times" not in set_fields(options):
            self._ask(when)

    def _untold(self, name: str) -> bool:
        """Whether an offered field is worth a question: nothing else was given in its place."""
        if name == "quantities":
            return all(self.options[one] is None for one in QUANTITY)
        if name == "via":
            return not any(">" in one for one in self.options["speakers"])
        return name not in set_fields(self.options)

    def _checked(self) -> Lines:
        """The lines, once nothing in them is refused."""
        while True:
            try:
                lines = self._lines(line_of(self._kind, self.options, self._desk))
                self._check(lines)
                return lines
            except Incomplete as error:
                asking.show(f"  {error.message}")
                again = list(error.fields)
            except Refused as error:
                for finding in error.findings:
                    asking.show(f"  {finding.reason}")
                again = [one for one in map(self._asked_by, error.findings) if one]
                if not again:
                    raise
            except DatelineError as error:
                if error.code not in ("source-ambiguous", "source-unknown"):
                    raise
                asking.show(f"  {error}")
                again = ["source"]
            for name in dict.fromkeys(again):
                self._ask(name)

    def _asked_by(self, finding: Any) -> str:
        """The answer that a finding is about; empty if none is."""
        first, _, rest = str(finding.field).strip("/").partition("/")
        if first == "times":
            return rest.partition("/")[0]
        if first == "quantities" and rest.endswith("verbatim"):
            return "verbatim" if self._single() else "quantities"
        name = _ANSWERS.get(first, first)
        return name if name in _QUESTIONS else ""

    def _single(self) -> bool:
        return any(self.options[name] is not None for name in QUANTITY)

    def _answer(self, lines: Lines) -> str:
        line = lines[-1]
        click.echo("", err=True)
        for text in preview(line, self._state, self._desk.entities.new):
            asking.show(text)
        click.echo("", err=True)
        while True:
            answer = asking.line("record? [Y/n/edit]", empty=True).lower() or "y"
            found = {"y": "y", "yes": "y", "n": "n", "no": "n", "e": "e", "edit": "e"}.get(answer)
            if found:
                return found

    def _change(self) -> None:
        """Ask again for one field, or open the form."""
        fields = [name for name in _QUESTIONS if self._kind in OF.get(name, (self._kind,))]
        shown = [
            (name, f"{_QUESTIONS[name]}: {self._value(name)}")
            for name in fields
            if name != "verbatim" or self._single()
        ]
        choices = [*shown, ("form", "all of it, in an editor")]
        name = asking.choice("what to change", choices)
        if name == "form":
            changed = self._edit(self._kind, self.options, ())
            if changed is not None:
                self.kind = changed[0]
                self.options.update(changed[1])
        else:
            self._ask(name)

    def _value(self, name: str) -> str:
        value = self.options[name]
        if name == "source":
            return described(self._state, self._source())
        if isinstance(value, dict):
            return str(value.get("edtf"))
        if isinstance(value, tuple):
            return "; ".join(one["exact"] if isinstance(one, dict) else str(one) for one in value)
        return "" if value is None else str(value)

    # -- one question each -----------------------------------------------------------------

    def _ask(self, name: str) -> None:
        """Ask for one field; what it had is offered where it can be typed over."""
        question, held = _QUESTIONS.get(name, name.replace("_", " ")), self.options.get(name)
        if name == "source":
            self.options["source"] = asking.source(self._state)
        elif name == "exact":
            self._ask_exact()
        elif name == "quote":
            self._ask_quote()
        elif name == "quantities":
            self._ask_quantity()
        elif name in _DATES:
            self._ask_date(name)
        elif name == "status":
            self.options[name] = asking.choice(question, [(one, one) for one in STATUSES])
        elif name in _SEVERAL:
            empty = name not in REQUIRED[self._kind]
            self.options[name] = self._entities.several(question, _KINDS[name], empty=empty)
        elif name in _KINDS:
            empty = name not in REQUIRED[self._kind]
            self.options[name] = self._entities.one(question, _KINDS[name], empty=empty) or None
        elif name in ("value", "lower", "upper", "of"):
            self.options[name] = asking.checked(
                question, lambda text: Number().convert(text, None, None)
            )
        else:
            empty = name not in ("text", "measure", "verbatim", *REQUIRED[self._kind])
            default = held if isinstance(held, str) else ""
            self.options[name] = asking.line(question, default=default, empty=empty) or None

    def _ask_exact(self) -> None:
        """At least one quotation, picked with the source in view."""
        source = self._source()
        typed = [one for one in self.options["exact"] if isinstance(one, str)]
        found: list[dict[str, Any]] = []
        text = self._desk.text_of(source)
        while True:
            question = "another (Enter to end): " if found else "quotation: "
            picker = Picker(text, question)
            if typed:
                picker.type(typed.pop(0))
            picked = picker.run()
            if picked is not None:
                item: dict[str, Any] = {"role": "content", "exact": picked.exact}
                if text.count(picked.exact) > 1:
                    item["start"] = picked.start
                found.append(item)
                asking.show(f"  “{' '.join(picked.exact.split())}”, from character {picked.start}")
            elif found:
                self.options["exact"] = tuple(found)
                return

    def _source(self) -> str:
        return find_source(self._state, self.options["source"])

    def _ask_quote(self) -> None:
        words = [one["exact"] if isinstance(one, dict) else one for one in self.options["exact"]]
        question = "are these the speaker's exact words?"
        self.options["quote"] = words[0] if asking.confirmed(question, default=False) else None

    def _ask_quantity(self) -> None:
        self.options |= dict.fromkeys(QUANTITY)
        question = "figure, as in 143 of 193 passengers ashore (Enter for none)"
        fields = asking.checked(question, quantity)
        self.options["quantities"] = ()
        if fields is None:
            return
        words = [one["exact"] if isinstance(one, dict) else one for one in self.options["exact"]]
        if "verbatim" not in fields and verbatim(fields, words) is None:
            fields["verbatim"] = asking.line(_QUESTIONS["verbatim"])
        if "unit" not in fields and (
            unit := asking.line("unit (person, metre ...; Enter for none)", empty=True)
        ):
            fields["unit"] = unit
        if fields.keys() <= set(QUANTITY):
            self.options |= fields
        else:
            listed = (f"{key}={json.dumps(value)}" for key, value in fields.items())
            self.options["quantities"] = (",".join(listed),)

    def _ask_date(self, name: str) -> None:
        held = self.options[name]
        default = held if isinstance(held, str) else (held or {}).get("edtf", "")
        question = f"{_QUESTIONS[name]} (a date; Enter for undated)"
        found = asking.checked(question, self._date(name), default=default)
        self.options[name] = found if name != "as_of" or found is None else found["edtf"]

    def _check_date(self, name: str) -> None:
        """Read a date that an option gave, and ask again if it is not understood."""
        try:
            found = self._date(name)(self.options[name])
            self.options[name] = found if name != "as_of" else found["edtf"]
        except DatelineError as error:
            asking.show(f"  {error}")
            self._ask_date(name)

    def _date(self, name: str) -> Callable[[str], dict[str, Any]]:
        dates = Dates.of(self._state, self._known_source(), asking.date)
        return lambda text: dates.time(text, _QUESTIONS[name])

    def _known_source(self) -> str | None:
        try:
            return self._source()
        except DatelineError:
            return None

    @property
    def _kind(self) -> str:
        assert self.kind is not None
        return self.kind
