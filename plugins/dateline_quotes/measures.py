"""What a figure counts: the words after it, or before the verb. Pure."""

from __future__ import annotations

from dateline_quotes.words.tables import FigureWords

#: So many words name what is counted.
_MOST = 5
#: So far before a figure its subject is looked for, in characters.
_BACK = 100


def counted(text: str, at: int, table: FigureWords) -> str:
    """The words from a place on for what is counted; empty if there are none."""
    match = table.counted.match(text, at)
    if match is None:
        return ""
    words: list[str] = []
    found = match[1].split()
    for n, word in enumerate(found):
        following = found[n + 1] if n + 1 < len(found) else ""
        if word.lower() in table.ends or _ends(word, words, following, table):
            break
        words.append(word)
    if len(words) == _MOST and table.of in words[1:]:
        words = words[: words.index(table.of, 1)]
    while words and words[-1] in (table.of, *table.articles):
        words.pop()
    named = " ".join(words)
    if table.not_counted.match(named):
        return ""
    lower = any(word.islower() and len(word) > 2 for word in words)
    return named if lower or (len(words) == 1 and table.plural.search(named)) else ""


def _ends(word: str, before: list[str], following: str, table: FigureWords) -> bool:
    """Whether a participle goes on with the sentence: ships / moored there, but: registered voters."""
    if before and word.endswith(table.adverb) and table.plural.search(before[-1]):
        return True
    if not word.endswith(table.participles):
        return False
    if not before:
        return not (table.plural.search(following) and following.lower() not in table.ends)
    return table.plural.search(before[-1]) is not None


def is_plural(measure: str, table: FigureWords) -> bool:
    return any(table.plural.search(word) for word in measure.split())


def subject(text: str, at: int, table: FigureWords) -> str:
    """What is or was so much, by the words before a figure: the inflation rate rose to. Empty if none does."""
    match = table.subject.search(text, max(0, at - _BACK), at)
    words = [] if match is None else match[match.lastindex or 0].split()
    return "" if any(word.lower() in table.ends for word in words) else " ".join(words)
