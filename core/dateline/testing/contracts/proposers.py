"""The rules for proposers: any text is read, the same way each time, and every candidate quotes it."""

# ruff: noqa: BLE001 - a plugin may raise anything, and that is checked here

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from hypothesis import strategies as st

from dateline.events.quoting import find
from dateline.proposals.proposer import Candidate, Known, Proposer
from dateline.testing import samples
from dateline.testing.contracts.search import Broken, Rule, Skipped, Verdict, judge
from dateline.testing.contracts.watch import Watch

KNOWN = Known(
    "ferry",
    samples.SOURCE,
    samples.WIRE,
    samples.PUBLISHED,
    "en",
    "Ferry aground",
    {samples.WIRE: ("Ister Wire",), samples.NORA: ("NORA",), samples.VOSS: ("Mara Voss", "Voss")},
)
_PIECES = (
    '"', "“", "”", "«", "»", "'", "\n\n", " ", ".", ", she said", "Mara Voss said ", "143 of 193 people",
    "on Monday", "more than 20", "\u200b", "\U0001f6a2", "é", "Word",
)  # fmt: skip
_TEXTS = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=20).map("".join), st.text(max_size=60)
)
_FIXED = (samples.TEXT, "", " ", '"' * 400, f"{samples.TEXT}\n\n{samples.TEXT}")


def proposer_verdicts(proposer: Proposer, examples: int) -> list[Verdict]:
    """The verdict of every rule for proposers."""
    rules = [Rule(name, partial(rule, proposer)) for name, rule in PROPOSER_RULES.items()]
    return judge(
        rules, _TEXTS, examples, fixed=_FIXED, history=lambda text: [samples.captured(text)]
    )


def reads_any_text(proposer: Proposer, text: str) -> None:
    """For any text the proposer yields candidates; it does not raise."""
    try:
        found = list(proposer.propose(text, KNOWN))
    except Exception as error:
        raise Broken(f"it raised {type(error).__name__}: {error}") from None
    for one in found:
        if not isinstance(one, Candidate):
            raise Broken(f"it yields {one!r}, which is not a Candidate")


def is_pure(proposer: Proposer, text: str) -> None:
    """Asked twice, the proposer yields the same candidates, and uses no clock, randomness, files or
    network."""
    try:
        first = list(proposer.propose(text, KNOWN))
        with Watch() as watch:
            again = list(proposer.propose(text, KNOWN))
    except Exception as error:
        raise Skipped(str(error)) from None
    if first != again:
        raise Broken(f"asked twice, it yields {first!r}, then {again!r}")
    if watch.seen:
        raise Broken(f"it called {watch.seen[0]}: candidates may depend on the text alone")


def quotes_the_text(proposer: Proposer, text: str) -> None:
    """Every candidate has evidence, and its words are in the text where it says."""
    try:
        found = [one.fields for one in proposer.propose(text, KNOWN)]
    except Exception as error:
        raise Skipped(str(error)) from None
    if not found:
        raise Skipped("it proposes nothing about this text")
    for fields in found:
        items = list(fields.get("evidence") or ())
        if fields.get("quote"):
            items.append(fields["quote"])
        if not items:
            raise Broken(f"a candidate has no evidence: {dict(fields)!r}")
        for item in items:
            _require_there(item, text)


def _require_there(item: object, text: str) -> None:
    fields = item if isinstance(item, Mapping) else {"exact": item}
    exact, start, end = (fields.get(name) for name in ("exact", "start", "end"))
    if exact is None and isinstance(start, int) and isinstance(end, int):
        there = 0 <= start < end <= len(text)
    elif start is not None:
        there = isinstance(exact, str) and isinstance(start, int) and text.startswith(exact, start)
    else:
        there = isinstance(exact, str) and bool(find(exact, text))
    if not there:
        raise Broken(f"it quotes {item!r}, which the text does not have there")


PROPOSER_RULES: dict[str, Callable[[Proposer, str], None]] = {
    "any-text": reads_any_text,
    "pure": is_pure,
    "quotes-the-text": quotes_the_text,
}
