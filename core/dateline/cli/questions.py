"""One question for each field of a fact. What a field held is offered where it can be typed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from dateline.cli import asking
from dateline.cli.desk import Desk
from dateline.cli.fact_dates import Dates
from dateline.cli.fact_kinds import QUANTITY, REQUIRED, STATUSES, tenses
from dateline.cli.fact_line import source_of
from dateline.cli.fact_options import Number
from dateline.cli.fields import date_text, evidence_item
from dateline.cli.figures import quantity, verbatim
from dateline.cli.picker import Picker
from dateline.errors import DatelineError
from dateline.events.quoting import find
from dateline.recording.lookup import described

#: What is asked for each field.
QUESTIONS = {
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
#: The fields that are dates.
DATES = ("said", "valid", "as_of")


class Questions:
    """Asks for fields of a fact of one kind, and puts the answers into its ``options``."""

    def __init__(self, desk: Desk, kind: str, options: dict[str, Any]) -> None:
        assert desk.questions is not None
        self.options = options
        self._desk, self._kind, self._entities = desk, kind, desk.questions

    def shown(self, name: str) -> str:
        """What a field holds, in words."""
        value = self.options[name]
        if name == "source":
            return described(self._desk.state, self._source())
        if isinstance(value, dict):
            return str(value.get("edtf"))
        if isinstance(value, tuple):
            return "; ".join(one["exact"] if isinstance(one, dict) else str(one) for one in value)
        return "" if value is None else str(value)

    def ask(self, name: str, wrong: str = "") -> None:
        """Ask for one field; what it had is offered where it can be typed over. `wrong` says what was wrong
        with it. An answer is in the options as soon as it is given, since ^C prints them."""
        question, held = QUESTIONS.get(name, name.replace("_", " ")), self.options.get(name)
        if name == "source":
            self._ask_source()
        elif name == "exact":
            self._ask_exact(wrong)
        elif name == "quote":
            self._ask_quote()
        elif name == "quantities":
            self._ask_quantity()
        elif name in DATES:
            self._ask_date(name)
        elif name == "text":
            question = f"{question} (Enter for the words of the source)"
            self.options[name] = asking.line(question, default=held or "", empty=True) or None
        elif name == "status":
            self.options[name] = asking.choice(question, [(one, one) for one in STATUSES])
        elif name in _KINDS:
            self._ask_entities(name, question)
        elif name in ("value", "lower", "upper", "of"):
            self.options[name] = asking.checked(
                question, lambda text: Number().convert(text, None, None)
            )
        else:
            empty = name not in ("measure", "verbatim", *REQUIRED[self._kind])
            default = held if isinstance(held, str) else ""
            self.options[name] = asking.line(question, default=default, empty=empty) or None

    def _ask_source(self) -> None:
        """The source; a date that was read relative to another one is read again."""
        self.options["source"] = asking.source(self._desk.state)
        for name in DATES:
            held = self.options[name]
            if isinstance(held, dict) and held.get("anchor"):
                self.options[name] = held["expression"]
                self.check_date(name)

    def _ask_entities(self, name: str, question: str) -> None:
        """One entity or several; of a name that nobody has yet, ^C keeps what was typed."""
        empty, found = name not in REQUIRED[self._kind], list[str]()
        try:
            if name not in _SEVERAL:
                answer = self._entities.one(question, _KINDS[name], empty=empty)
                self.options[name] = answer or None
                return
            for one in self._entities.several(question, _KINDS[name], empty=empty):
                found.append(one)
                self.options[name] = tuple(found)
            self.options[name] = tuple(found)
        except (KeyboardInterrupt, EOFError):
            if typed := self._entities.unsettled:
                self.options[name] = (*found, typed) if name in _SEVERAL else typed
            raise

    def _ask_exact(self, wrong: str = "") -> None:
        """At least one quotation, picked with the source in view. If the speaker's exact words were one of
        them and no longer are, they are asked about too."""
        text, quote = self._desk.text_of(self._source()), self.options["quote"]
        held: list[dict[str, Any]] = [evidence_item(one) for one in self.options["exact"]]
        held = held or ([{"role": "quote", "exact": quote}] if quote else [])
        before = [one["exact"] for one in held]
        found: list[dict[str, Any]] = []
        while True:
            picker = Picker(text, "another (Enter to end): " if found else "quotation: ", wrong)
            old: dict[str, Any] = held[0] if held else {"role": "content"}
            if held:
                picker.type(old["exact"], old.get("start"))
            picked = picker.run()
            if picked is not None:
                item = {"role": old["role"], "exact": picked.exact}
                if len(find(picked.exact, text)) != 1:
                    item["start"] = picked.start
                found, held, wrong = [*found, item], held[1:], ""
                self.options["exact"] = (*found, *held)
                asking.show(f"  “{' '.join(picked.exact.split())}”, from character {picked.start}")
            elif found:
                break
        self.options["exact"] = tuple(found)
        if quote in before and quote not in [one["exact"] for one in found]:
            self._ask_quote()

    def _source(self) -> str:
        words = [one["exact"] for one in map(evidence_item, self.options["exact"])]
        return source_of(self.options["source"], words, self._desk)

    def _ask_quote(self) -> None:
        if not self.options["exact"]:
            self._ask_exact()
            return
        items = [evidence_item(one) for one in self.options["exact"]]
        words = next((one for one in items if one["role"] == "quote"), items[0])["exact"]
        asking.show(f"  “{' '.join(words.split())}”")
        question = "are these the speaker's exact words?"
        self.options["quote"] = words if asking.confirmed(question, default=False) else None

    def _ask_quantity(self) -> None:
        question = "figure, as in 143 of 193 passengers ashore (Enter for none)"
        words = [one["exact"] for one in map(evidence_item, self.options["exact"])]
        languages = Dates.of(self._desk.state, self._known_source()).languages
        fields = asking.checked(question, lambda text: quantity(text, words, languages))
        self.options |= {**dict.fromkeys(QUANTITY), "quantities": ()}
        if fields is None:
            return
        self._keep_quantity(fields)
        if "verbatim" not in fields and verbatim(fields, words) is None:
            fields["verbatim"] = asking.line(QUESTIONS["verbatim"])
            self._keep_quantity(fields)
        if "unit" not in fields and (
            unit := asking.line("unit (person, metre ...; Enter for none)", empty=True)
        ):
            self._keep_quantity({**fields, "unit": unit})

    def _keep_quantity(self, fields: dict[str, Any]) -> None:
        if fields.keys() <= set(QUANTITY):
            self.options |= fields
        else:
            listed = (f"{key}={json.dumps(value)}" for key, value in fields.items())
            self.options["quantities"] = (",".join(listed),)

    def _ask_date(self, name: str) -> None:
        held = self.options[name]
        default = held if isinstance(held, str) else date_text(held or {})
        question = f"{QUESTIONS[name]} (a date; Enter for undated)"
        found = asking.checked(question, self._date(name), default=default)
        self.options[name] = found if name != "as_of" or found is None else found["edtf"]

    def check_date(self, name: str) -> None:
        """Read a date that an option gave, and ask again if it is not understood."""
        try:
            found = self._date(name)(self.options[name])
            self.options[name] = found if name != "as_of" else found["edtf"]
        except (DatelineError, click.UsageError) as error:
            asking.show(f"  {error}")
            self._ask_date(name)

    def _date(self, name: str) -> Callable[[str], dict[str, Any]]:
        words = [one["exact"] for one in map(evidence_item, self.options["exact"])]
        when = tenses(self._kind, self.options["status"], words)
        dates = Dates.of(self._desk.state, self._known_source(), asking.date, when, words)
        return lambda text: dates.time(text, name)

    def _known_source(self) -> str | None:
        try:
            return self._source()
        except DatelineError:
            return None
