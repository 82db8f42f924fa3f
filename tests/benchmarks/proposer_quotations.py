"""Measures the quotations of the bundled proposer, and their speakers.

A quotation is found if at least half of the words of both are the same (Jaccard), and its speaker if a word
of its name is. A quotation is direct if it begins and ends with a mark.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from proposer_sets import Article, Spans, mpqa, overlaps, scored

from dateline_quotes.candidates import Reading
from dateline_quotes.marks import paragraphs
from dateline_quotes.sentences import masked_text
from dateline_quotes.statements import statements
from dateline_quotes.words import words_of

_MARKS = "\"“”„«»'`‘’"


def quotations(articles: Iterable[Article]) -> None:
    counts = dict.fromkeys(("gold", "found", "same", "speaker"), 0)
    direct = dict.fromkeys(
        ("gold", "found", "gold same", "gold speaker", "found same", "found speaker"), 0
    )
    seconds = characters = 0.0
    for article in articles:
        text, gold = article.text, article.quotations
        began = time.process_time()
        for _ in Reading(text, _english(), {}, "org:paper", article.day).facts():
            pass
        seconds += time.process_time() - began
        characters += len(text)
        found = _found(text)
        pairs = matched(
            [_tokens(text, said) for _, said in gold], [_tokens(text, said) for _, said in found]
        )
        counts["gold"] += len(gold)
        counts["found"] += len(found)
        direct["gold"] += sum(_is_direct(text, said) for _, said in gold)
        direct["found"] += sum(_is_direct(text, said) for _, said in found)
        for one, other in pairs:
            who, whom = _tokens(text, gold[one][0]), _tokens(text, found[other][0])
            same = bool(who & whom) or not (who or whom)
            counts["same"] += 1
            counts["speaker"] += same
            for side, said in (("gold", gold[one][1]), ("found", found[other][1])):
                if _is_direct(text, said):
                    direct[f"{side} same"] += 1
                    direct[f"{side} speaker"] += same
    for name, right in (("all quotations", "same"), ("  with speaker", "speaker")):
        print(scored(name, (counts[right], counts["found"]), (counts[right], counts["gold"])))
    for name, right in (("direct quotations", "same"), ("  with speaker", "speaker")):
        precise = (direct[f"found {right}"], direct["found"])
        print(scored(name, precise, (direct[f"gold {right}"], direct["gold"])))
    print(f"speakers of the found {100 * counts['speaker'] / max(1, counts['same']):.1f} %")
    print(f"{characters / seconds / 1e6:.2f} MB/s, all kinds of facts, in one process")


def _english() -> Any:
    words = words_of("en")
    assert words is not None
    return words


def _found(text: str) -> list[tuple[Spans, Spans]]:
    """The places of speaker and content of each statement that the proposer finds."""
    parts = [*paragraphs(text)]
    return [
        (
            [] if one.source is None else [(one.source.start, one.source.end)],
            [(part.start, part.end) for part in one.content],
        )
        for one in statements(masked_text(text, parts), parts, _english())
    ]


def matched(gold: list[set[int]], found: list[set[int]]) -> list[tuple[int, int]]:
    """Pairs of gold and found quotations that share at least half of their words; the best first."""
    pairs_of = []
    for one, some in enumerate(gold):
        for other, others in enumerate(found):
            both = len(some & others)
            if both and 2 * both >= len(some | others):
                pairs_of.append((both / len(some | others), one, other))
    pairs: dict[int, int] = {}
    for _, one, other in sorted(pairs_of, reverse=True):
        if one not in pairs and other not in pairs.values():
            pairs[one] = other
    return [*pairs.items()]


def _tokens(text: str, spans: Any) -> set[int]:
    return {
        start + one.start() for start, end in spans for one in re.finditer(r"\w+", text[start:end])
    }


def _is_direct(text: str, spans: Any) -> bool:
    if not spans:
        return False
    words = text[min(start for start, _ in spans) : max(end for _, end in spans)].strip()
    return len(words) > 1 and words[0] in _MARKS and words[-1] in _MARKS


def speakers(files: list[Path]) -> None:
    """How often the holder of an annotated verb is the speaker that the proposer gives this verb."""
    both = same = 0
    for text, gold in (one for file in files for one in mpqa(file)):
        parts = [*paragraphs(text)]
        for one in statements(masked_text(text, parts), parts, _english()):
            if one.cue is None or one.source is None:
                continue
            cue = [(one.cue.start, one.cue.end)]
            holders = [who for verb, who in gold if overlaps(cue, verb)]
            both += bool(holders)
            source = [(one.source.start, one.source.end)]
            same += any(overlaps(source, who) for who in holders)
    print(f"speakers of the verbs that both see {100 * same / both:.1f} % of {both}")
