"""Recording a fact by answering questions: what is missing is asked for, and what is wrong again.

The answers are the options of ``record``, so they can be printed as a command line at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import click

from dateline.cli import asking
from dateline.cli.desk import Desk
from dateline.cli.fact_kinds import (
    KINDS,
    OF,
    QUANTITY,
    REQUIRED,
    Incomplete,
    missing,
    require_kind,
    set_fields,
    settle,
)
from dateline.cli.fact_line import line_of, source_of
from dateline.cli.fact_options import SECTIONS
from dateline.cli.fields import evidence_item
from dateline.cli.preview import preview
from dateline.cli.questions import DATES, QUESTIONS, Questions
from dateline.errors import DatelineError, Refused
from dateline.recording.lookup import quotable

Lines = list[Any]
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
        kind: str | None,
        options: dict[str, Any],
        lines: Callable[[dict[str, Any]], Lines],
        check: Callable[[Lines], object],
        edit: Callable[[str, Mapping[str, Any], Sequence[str]], tuple[str, dict[str, Any]] | None],
    ) -> None:
        self.kind, self.options = kind, options
        self._desk, self._state = desk, desk.state
        self._lines, self._check, self._edit = lines, check, edit

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
        options["source"] = self._source()
        if not options["exact"] and not options["quote"]:
            self._questions.ask("exact")
        lacking = set(missing(kind, options))
        for name in (*REQUIRED[kind], *_OFFERED[kind], "text"):
            offered = name in _OFFERED[kind] and not options[name] and self._untold(name)
            if name in lacking or offered or (name == "text" and not options["text"]):
                self._questions.ask(name)
        for name in DATES:
            if isinstance(options[name], str):
                self._questions.check_date(name)
        when = "said" if kind == "statement" else "valid"
        if not options[when] and "times" not in set_fields(options):
            self._questions.ask(when)

    def _source(self) -> str:
        """The one source that may be meant, or the one that is chosen."""
        given, exact = (
            self.options["source"],
            self.options["exact"] or (self.options["quote"] or "",),
        )
        try:
            return source_of(given, [evidence_item(text)["exact"] for text in exact], self._desk)
        except DatelineError as error:
            if not quotable(self._state):
                raise
            if given:
                asking.show(f"  {error}")
            return asking.source(self._state)

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
                options = deepcopy(self.options)  # --set changes what it finds in the line
                lines = self._lines(line_of(self._kind, options, self._desk))
                self._check(lines)
                self.options["source"] = lines[-1]["source"]
                return lines
            except Incomplete as error:
                wrong = [error.message]
                again = list(error.fields)
            except Refused as error:
                wrong = [finding.reason for finding in error.findings]
                again = [one for one in map(self._asked_by, error.findings) if one]
                if not again:
                    raise
            except DatelineError as error:
                if error.code not in ("source-ambiguous", "source-unknown"):
                    raise
                wrong, again = [str(error)], ["source"]
            before = dict(self.options)
            for one in wrong:
                asking.show(f"  {one}")
            for name in dict.fromkeys(again):
                self._questions.ask(name, "\n".join(wrong))
            if self.options == before:  # the same answers would be refused again
                self._change()

    def _asked_by(self, finding: Any) -> str:
        """The answer that a finding is about; empty if none is."""
        first, _, rest = str(finding.field).strip("/").partition("/")
        number = rest.partition("/")[0]
        if first == "evidence" and number.isdecimal() and self.options["quote"]:
            # The speaker's exact words come last, if they are none of the quotations.
            return "exact" if int(number) < len(self.options["exact"]) else "quote"
        if first == "times":
            return rest.partition("/")[0]
        if first == "quantities" and rest.endswith("verbatim"):
            return "verbatim" if self._single() else "quantities"
        name = _ANSWERS.get(first, first)
        return name if name in QUESTIONS else ""

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
        fields = [name for name in QUESTIONS if self._kind in OF.get(name, (self._kind,))]
        shown = [
            (name, f"{QUESTIONS[name]}: {self._questions.shown(name)}")
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
            self._questions.ask(name)

    @property
    def _questions(self) -> Questions:
        return Questions(self._desk, self._kind, self.options)

    @property
    def _kind(self) -> str:
        assert self.kind is not None
        return self.kind
