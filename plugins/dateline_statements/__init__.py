"""Statements: who said what, through whom, and where it is written."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Fact, FactRow, FactView, StatementRecorded, View, hookimpl, last


class Statements(FactView):
    """One row per statement, ordered by the time it was said.

    ``chain`` runs from the origin through relays to the publisher. ``start`` and ``end`` count code
    points of the source; ``exact`` is the text between them.
    """

    name, version, of = "statements", 2, StatementRecorded
    order = ("undated", "earliest", last("latest"), "position")
    indexes = (("speaker",), ("latest", "earliest"))
    summary = ("when", "fact", "status", "speaker", "text", "chain")

    class Row(FactRow, frozen=True):
        speaker: str
        speaker_ids: str
        addressees: str
        addressee_ids: str
        act: str
        mode: str
        when: str
        text: str
        quote: str | None
        chain: str
        chain_words: str
        agent_ids: str
        relays: str
        relay_ids: str
        channel: str | None
        condition: str | None
        framing: str | None
        said: str | None
        earliest: str | None
        latest: str | None
        undated: bool
        start: int | None
        end: int | None
        exact: str | None

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        data: StatementRecorded = fact.data
        when, span = fact.when, fact.span
        channel = data.channel
        relays = [step.agent for step in data.attribution if step.role == "relay"]
        medium = [channel.medium, channel.platform] if channel is not None else []
        # The first by position: Python calls with more than 15 keywords are five times as slow.
        yield self.Row(
            fact.labels(data.speakers),
            fact.ids(data.speakers),
            fact.labels(data.addressees),
            fact.ids(data.addressees),
            data.act,
            data.mode,
            "undated" if when is None else when.words,
            data.text,
            data.quote,
            fact.chain,
            fact.chain_words,
            fact.agent_ids,
            fact.labels(relays),
            fact.ids(relays),
            channel=", ".join(filter(None, medium)) or None,
            condition=data.condition,
            framing=data.framing,
            said=None if when is None else when.text,
            earliest=None if when is None else when.earliest,
            latest=None if when is None else when.latest,
            undated=when is None,
            start=None if span is None else span.start,
            end=None if span is None else span.end,
            exact=None if span is None else span.exact,
        )


@hookimpl
def dateline_views() -> Iterable[View]:
    return [Statements()]
