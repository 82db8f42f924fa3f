"""Proposes the statements and figures of a text by rules, without a model.

A language is a package of tables in `dateline_quotes.words`. A text in another language has no proposals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.plugin import Candidate, Known, Proposer, hookimpl

#: How many of each kind were right, speaker and words, on the training part of PolNeAR.
_CONFIDENCE = {"direct": 0.85, "mixed": 0.7, "indirect": 0.7, "figure": 0.8, "unnamed": 0.4}


class Quotes(Proposer):
    """Direct and indirect quotations with their speakers and relays, figures with bounds and units, each with
    the dates around it, counted from the source's own."""

    name, version = "quotes", "1"

    def propose(self, text: str, known: Known) -> Iterator[Candidate]:
        from dateline_quotes.candidates import Reading
        from dateline_quotes.words import language_of, words_of

        words = words_of(known.language or language_of(text))
        if words is None:
            return
        reading = Reading(text, words, known.names, known.publisher, known.published)
        general = {words.figures.amount, words.figures.share}
        for fields in reading.facts():
            unnamed = any(one["measure"] in general for one in fields.get("quantities", ()))
            kind = fields.get("mode", "unnamed" if unnamed else "figure")
            yield Candidate(fields, _CONFIDENCE[kind])


@hookimpl
def dateline_proposers() -> Iterable[Proposer]:
    return [Quotes()]
