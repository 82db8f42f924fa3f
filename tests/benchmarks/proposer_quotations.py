"""Measures the quotations of the bundled proposer, and their speakers.

A quotation is found if at least half of the words of both are the same (Jaccard), and its speaker if a word
of the place where it is named is. The name that is proposed is right if it has the last word of the full name
that the annotated speaker begins with. A quotation is direct if it begins and ends with a mark.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from proposer_sets import Article, Spans, english, mpqa, overlaps, scored

from dateline_quotes.candidates import Reading
from dateline_quotes.marks import paragraphs
from dateline_quotes.sentences import masked_text
from dateline_quotes.statements import statements

#: The name of somebody at the beginning of a speaker, and not of a title or an office alone.
_NAME = re.compile(r"(?:[A-Z][\w.'’-]+ )+[A-Z][\w'’-]+")
_MARKS = "\"“”„«»'`‘’"


class Proposed(NamedTuple):
    """A statement as it is proposed: the places of speaker and content, and the speakers' names."""

    source: Spans
    content: Spans
    names: list[str]
    is_direct: bool


def quotations(articles: Iterable[Article]) -> None:
    counts, direct = Counter[str](), Counter[str]()
    seconds = characters = 0.0
    for article in articles:
        text, gold = article.text, article.quotations
        began = time.process_time()
        facts = [*Reading(text, english(), {}, "org:paper", article.day).facts()]
        seconds += time.process_time() - began
        characters += len(text)
        found = [_proposed(one) for one in facts if one["type"] == "statement.recorded"]
        counts["gold"] += len(gold)
        counts["found"] += len(found)
        direct["gold"] += sum(_is_direct(text, said) for _, said in gold)
        direct["found"] += sum(one.is_direct for one in found)
        said = [_tokens(text, content) for _, content in gold]
        for one, other in matched(said, [_tokens(text, each.content) for each in found]):
            (source, content), proposed = gold[one], found[other]
            same = bool(_tokens(text, source) & _tokens(text, proposed.source)) or not source
            counts.update({"same": 1, "speaker": same})
            if _is_direct(text, content):
                direct.update({"gold same": 1, "gold speaker": same})
            if proposed.is_direct:
                direct.update({"found same": 1, "found speaker": same})
            if source and (name := _NAME.match(text, source[0][0])):
                last = name[0].rpartition(" ")[2].removesuffix("’s").removesuffix("'s")
                counts.update({"named": 1, "name": any(last in each for each in proposed.names)})
    for name_, right in (("all quotations", "same"), ("  with speaker", "speaker")):
        print(scored(name_, (counts[right], counts["found"]), (counts[right], counts["gold"])))
    for name_, right in (("direct quotations", "same"), ("  with speaker", "speaker")):
        precise = (direct[f"found {right}"], direct["found"])
        print(scored(name_, precise, (direct[f"gold {right}"], direct["gold"])))
    print(f"speakers of the found {100 * counts['speaker'] / max(1, counts['same']):.1f} %")
    share = 100 * counts["name"] / max(1, counts["named"])
    print(f"the name of a speaker with a full name {share:.1f} % of {counts['named']}")
    print(f"{characters / seconds / 1e6:.2f} MB/s, all kinds of facts, in one process")


def _proposed(fact: dict[str, Any]) -> Proposed:
    places: dict[str, Spans] = {"source": [], "content": []}
    for one in fact["evidence"]:
        places.setdefault(one["role"], []).append((one["start"], one["end"]))
    names = [one.partition("=")[2] for one in fact["speakers"]]
    return Proposed(places["source"], places["content"], names, fact["mode"] == "direct")


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
        for one in statements(masked_text(text, parts), parts, english()):
            if one.cue is None or one.source is None:
                continue
            cue = [(one.cue.start, one.cue.end)]
            holders = [who for verb, who in gold if overlaps(cue, verb)]
            both += bool(holders)
            source = [(one.source.start, one.source.end)]
            same += any(overlaps(source, who) for who in holders)
    print(f"speakers of the verbs that both see {100 * same / both:.1f} % of {both}")
