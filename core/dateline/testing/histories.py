"""A Hypothesis strategy for valid stories: anything an archive may hold, however unusual."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from hypothesis import strategies as st

from dateline.events.payload import FactNotice, FactPayload
from dateline.events.registry import EventType
from dateline.events.source import capture_id
from dateline.testing import samples
from dateline.testing.payloads import NotDrawn, structs
from dateline.testing.samples import Fields

_DATES = (
    "2022-10-13", "2022-09", "2014", "2022-08/..", "../2022-10-13", "2022-02-24/2022-03~",
    "2022-10-13~", "202X", "2022-10-13T08:05:00Z", "[2022-10-13,2022-10-14]", "2022-21",
)  # fmt: skip
_AMENDED = {
    "published": st.sampled_from(("2022-10-11", "../2022-10-12", "2022-10-14T01:00:00Z")),
    "publisher": st.sampled_from((samples.WIRE, samples.NORA)),
    "url": st.sampled_from(("https://wire.example/1", "https://wire.example/2")),
}
_KINDS = ("statement", "occurrence", "figure", "state", "role", "assessment")
_RELATIONS = ("corroborates", "disputes", "same_event", "explains", "contradicts")

_characters = st.characters(codec="utf-8", exclude_characters="\x00")
#: Text of any script, with line ends, combining marks and emoji; never empty.
texts = st.text(_characters, min_size=4, max_size=80).filter(str.strip)
_words = st.text(_characters, min_size=1, max_size=30).filter(str.strip)


class _Story:
    """Draws one story line by line and tracks its state, so that every line is valid."""

    def __init__(self, draw: st.DrawFn, slug: str, types: tuple[EventType, ...] = ()) -> None:
        self._draw, self._slug, self._types = draw, slug, types
        #: The texts of the sources, and of all captures, those that were taken back included.
        self._texts: dict[str, str] = {}
        self._captured: dict[str, str] = {}
        self._fact_texts: dict[str, str] = {}
        self._retracted: set[str] = set()
        self._withdrawn: set[str] = set()
        #: The acts that may be taken back, in order, and the event ids of those that were.
        self._acts: list[Fields] = []
        self._revoked: set[str] = set()
        self.lines: list[Fields] = []

    def build(self, length: int) -> list[Fields]:
        self.lines = [
            samples.opened(self._slug, self._draw(_words)),
            samples.entity(samples.WIRE, self._draw(_words)),
            samples.entity(samples.NORA, self._draw(_words)),
            samples.entity(samples.VOSS, self._draw(_words)),
        ]
        self._capture()
        steps = [
            self._fact, self._fact, self._fact, self._capture, self._read_again, self._correct, self._correct,
            self._retract, self._dispute, self._review, self._link, self._retitle, self._foreign,
            self._evidence, self._withdraw, self._amend, self._amend, self._merge, self._undo, self._undo,
        ]  # fmt: skip
        steps += [self._typed] * 6 if self._types else []
        for _ in range(length):
            self._draw(st.sampled_from(steps))()
        return self.lines

    def _capture(self) -> None:
        """Capture a text, or one of the texts again, as another outlet printed it."""
        text = self._draw(texts)
        line = samples.captured(text)
        if self._texts and self._draw(st.integers(0, 3)) == 0:
            text = self._texts[self._draw(st.sampled_from(sorted(self._texts)))]
            source = capture_id(samples.digest(text), (one.get("source", "") for one in self.lines))
            line = samples.captured(
                text, source=source, title=self._reason(), publisher=samples.NORA
            )
        if line["source"] not in self._captured:
            published = self._draw(st.sampled_from(("2022-10-12", "2022-10-13T06:00:00Z", None)))
            url = self._draw(st.none() | _AMENDED["url"])
            original = self._draw(st.sampled_from((*([None] * 3), *sorted(self._texts)[:3])))
            given = {"published": published, "url": url, "derived_from": original}
            self._texts[line["source"]] = self._captured[line["source"]] = text
            del line["published"]
            self._act(line | {key: value for key, value in given.items() if value})

    def _read_again(self) -> None:
        """Another reading of a text, in another charset."""
        text = self._draw(texts)
        whole = self._draw(st.sampled_from(sorted(self._texts)))
        if samples.digest(text) not in (line.get("source") for line in self.lines):
            line = samples.captured(
                text, derived_from=whole, publisher=self._present(whole, "publisher")
            )
            self._texts[line["source"]] = self._captured[line["source"]] = text
            self._act(line | {"extracted_by": "dateline 0.1.0", "read_as": "cp1251"})

    def _span(self, source: str) -> dict[str, Any]:
        text = self._texts[source]
        start = self._draw(st.integers(0, len(text) - 1))
        end = self._draw(st.integers(start + 1, len(text)))
        return {"role": "content", "start": start, "end": end, "exact": text[start:end]}

    def _typed(self) -> None:
        """An event of one of the plugin's own types, if values for all its fields can be generated."""
        kind = self._draw(st.sampled_from(self._types))
        bases = [base for base in (FactPayload, FactNotice) if issubclass(kind.payload, base)]
        leave = frozenset(name for base in bases for name in base.__struct_fields__)
        try:
            own = self._draw(structs(kind.payload, leave=leave))
        except NotDrawn:
            return
        stamp = {"type": kind.name, "schema_version": kind.version}
        if FactPayload in bases:
            self._fact(stamp | own)
        elif FactNotice in bases:
            name = self._one()
            if name is not None:
                self.lines.append(stamp | own | {"fact": name})
        elif stamp | own not in self.lines:
            self.lines.append(stamp | own)

    def _fact(self, own: Fields | None = None) -> None:
        source = self._draw(st.sampled_from(sorted(self._texts)))
        kind = self._draw(st.sampled_from(_KINDS)) if own is None else "own"
        span = self._span(source)
        name, text = f"f{len(self._fact_texts) + 1}", self._draw(_words)
        line = samples.fact(kind, span["exact"], fact=name, text=text, source=source)
        line["evidence"] = [span]
        publisher = self._present(source, "publisher")
        line["attribution"] = [{"agent": publisher, "role": "publisher"}]
        if kind == "statement" and self._draw(st.booleans()):
            line |= {"quote": span["exact"], "mode": "direct"}
        if self._draw(st.booleans()):
            time = {"edtf": self._draw(st.sampled_from(_DATES))}
            line["times"] = {self._draw(st.sampled_from(("said", "valid"))): time}
        if span["exact"].strip() and (kind == "figure" or self._draw(st.booleans())):
            line["quantities"] = [self._quantity(span["exact"])]
        self._fact_texts[name] = text
        self.lines.append(line | (own or {}))

    def _quantity(self, words: str) -> dict[str, Any]:
        quantity: dict[str, Any] = {"measure": self._draw(_words), "verbatim": words}
        numbers = st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, width=32))
        if self._draw(st.booleans()):
            return quantity | {"value": self._draw(numbers)}
        lower, upper = sorted((self._draw(numbers), self._draw(numbers)))
        return quantity | {"lower": lower, "upper": upper, "approximate": True}

    def _reason(self) -> str:
        """Words that no other line has: two equal lines in one batch are refused."""
        return f"{self._draw(_words)} #{len(self.lines)}"

    def _one(self) -> str | None:
        left = [name for name in self._fact_texts if name not in self._retracted]
        return self._draw(st.sampled_from(left)) if left else None

    def _correct(self) -> None:
        name = self._one()
        now = self._draw(_words)
        if name is not None and now != (was := self._present(name, "text")):
            self._act(samples.corrected(name, "/text", was, now, reason=self._reason()))

    def _retract(self) -> None:
        name = self._one()
        if name is not None:
            self._retracted.add(name)
            self._act(samples.retracted(name, self._draw(_words)))

    def _dispute(self) -> None:
        name = self._one()
        if name is not None:
            self._act({"type": "fact.disputed", "fact": name, "ground": self._reason()})

    def _review(self) -> None:
        name = self._one()
        if name is not None:
            verdict = self._draw(st.sampled_from(("accepted", "rejected", "checked")))
            line = {"type": "fact.reviewed", "fact": name, "verdict": verdict, "reviewer": "desk"}
            self._act(line | {"reason": self._reason()})

    def _link(self) -> None:
        if len(self._fact_texts) > 1:
            names = st.sampled_from(sorted(self._fact_texts))
            left, right = self._draw(st.lists(names, min_size=2, max_size=2, unique=True))
            line = {"type": "facts.linked", "from": left, "to": right, "note": self._reason()}
            line["relation"] = self._draw(st.sampled_from(_RELATIONS))
            origin = self._draw(st.sampled_from(("same-origin", "independent")))
            self._act(line | {"independence": origin})

    def _retitle(self) -> None:
        self.lines.append({"type": "story.retitled", "title": self._reason()})

    def _foreign(self) -> None:
        """An event of a plugin that is not installed."""
        name = "acme.sighting.recorded"
        if any(kind.name == name for kind in self._types):
            name = "acme.unheard.happened"
        self.lines.append({"type": name, "what": self._reason(), "n": 1})

    def _evidence(self) -> None:
        name = self._one()
        if name is not None:
            source = next(line["source"] for line in self.lines if line.get("fact") == name)
            line = {"type": "evidence.added", "fact": name, "evidence": [self._span(source)]}
            self._act(line | {"note": self._reason()})

    def _withdraw(self) -> None:
        left = sorted(set(self._texts) - self._withdrawn)
        if left:
            source = self._draw(st.sampled_from(left))
            self._withdrawn.add(source)
            self._act({"type": "source.withdrawn", "source": source, "reason": self._draw(_words)})

    def _amend(self) -> None:
        """Amend one field of a source or an entity."""
        field = self._draw(st.sampled_from(("title", "published", "publisher", "url", "label")))
        kind = "entity" if field == "label" else "source"
        names = [samples.NORA, samples.VOSS] if kind == "entity" else sorted(self._texts)
        name, now = self._draw(st.sampled_from(names)), self._draw(_AMENDED.get(field, _words))
        was = self._present(name, field)
        if was != now:
            change = {"path": f"/{field}", "was": was, "now": now}
            line = {"type": f"{kind}.amended", kind: name, "changes": [change]}
            self._act(line | {"reason": self._reason()})

    def _merge(self) -> None:
        if not any(act["type"] == "entity.merged" for act in self._in_force()):
            line = {"type": "entity.merged", "entity": samples.NORA, "into": samples.WIRE}
            self._act(line | {"reason": self._reason()})

    def _undo(self) -> None:
        """Take back an act that nothing builds on."""
        acts = [act for act in self._in_force() if self._may_go(act)]
        if not acts:
            return
        act = self._draw(st.sampled_from(acts))
        self._revoked.add(act["event_id"])
        self._revoked.discard(act.get("event", ""))
        if act["type"] == "fact.retracted":
            self._retracted.discard(act["fact"])
        elif act["type"] == "source.withdrawn":
            self._withdrawn.discard(act["source"])
        elif act["type"] == "source.captured":
            del self._texts[act["source"]]
        elif act["type"] == "event.revoked":
            restored = self._act_of(act)
            if restored["type"] == "source.captured":
                self._texts[restored["source"]] = self._captured[restored["source"]]
        self._act({"type": "event.revoked", "event": act["event_id"], "reason": self._reason()})

    def _may_go(self, act: Fields) -> bool:
        later = self._acts[self._acts.index(act) + 1 :]
        if act["type"] == "fact.corrected":
            return not any(
                one["type"] == act["type"] and one["fact"] == act["fact"]
                for one in later
                if one["event_id"] not in self._revoked
            )
        if act["type"] == "source.captured":
            return len(self._texts) > 1 and not any(
                line.get("derived_from") == act["source"]
                or (line.get("fact") and line.get("source") == act["source"])
                for line in self.lines
            )
        if act["type"] != "event.revoked":
            return True
        return self._act_of(act)["type"] in (
            "facts.linked",
            "fact.disputed",
            "evidence.added",
            "source.amended",
            "source.captured",
        )

    def _act_of(self, revocation: Fields) -> Fields:
        return next(one for one in self._acts if one["event_id"] == revocation["event"])

    def _act(self, line: Fields) -> None:
        """Record an act that may be taken back later."""
        line["event_id"] = str(uuid5(NAMESPACE_OID, f"{self._slug} {len(self.lines)}"))
        self.lines.append(line)
        self._acts.append(line)

    def _in_force(self) -> list[Fields]:
        return [act for act in self._acts if act["event_id"] not in self._revoked]

    def _present(self, name: str, field: str) -> Any:
        """The value of a field of a fact, source or entity, with the changes in force."""
        for act in reversed(self._in_force()):
            for change in act.get("changes", ()):
                about = act.get("fact") or act.get("source") or act.get("entity")
                if about == name and change["path"] == f"/{field}":
                    return change["now"]
        keys = ("fact", "source", "entity")
        brought = (line for line in self.lines if any(line.get(key) == name for key in keys))
        return next(brought).get(field)


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    slug: str = "made-up",
    min_length: int = 0,
    max_length: int = 25,
    types: tuple[EventType, ...] = (),
) -> list[Fields]:
    """Lines of one valid story, in order, with any Unicode text, repeated corrections and events of
    unknown types.

    `min_length` and `max_length` bound the number of steps, each of which adds at most one line.
    Events of `types`, a plugin's own event types, have the right shape; whether the archive accepts
    them depends on rules that only the plugin's author knows.
    """
    return _Story(draw, slug, types).build(draw(st.integers(min_length, max_length)))
