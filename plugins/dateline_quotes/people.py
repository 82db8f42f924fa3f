"""Whom words name: names, surnames, "he" and "the governor", each with the last that fits. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dateline_quotes.attribution import Span
from dateline_quotes.descriptions import described, ends_head
from dateline_quotes.mentions import LETTERS, Mentions
from dateline_quotes.names import OWNER, Named
from dateline_quotes.words import Words

_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘(]?[^\W\d_a-z])|\n")
#: How many names back somebody is looked for.
_FAR = 60


class People:
    """Whom the words of a `masked_text` mean; `names` are the entities that the story knows, by id."""

    def __init__(self, text: str, words: Words, names: Mapping[str, tuple[str, ...]]) -> None:
        self._text, self._words = text, words
        self._mentions = Mentions(text, words, names)

    def known(self, name: str) -> Named | None:
        """The entity of the story with that name."""
        return self._mentions.known(name)

    def who(self, span: Span, speaker: Named | None = None) -> Named | None:
        """Whom the words at `span` name. `speaker` is who spoke last."""
        words = " ".join(self._text[span.start : span.end].split())
        folded = words.casefold()
        phrase, _, last = folded.rpartition(" ")
        if phrase and last in self._words.relatives:  # a lawyer who said
            words = words[: len(phrase)].rstrip(" ,")
        if folded in self._words.relatives:
            return next((one.who for one in self._mentions.before(span.start)), None)
        if folded in self._words.pronouns:
            return self._meant(span.start, self._words.pronouns[folded], speaker)
        return (
            self.known(words)
            or self._inside(span)
            or self._with_role(span, words)
            or described(words, self._words, self._mentions)
        )

    def _inside(self, span: Span) -> Named | None:
        """The person that the words are about: not the owner or the purpose that they name too."""
        comma = self._text.rfind(",", span.start, span.end)
        for start, end in ((comma + 1, span.end), (span.start, comma if comma > 0 else span.end)):
            if start <= 0 and start != span.start:
                continue
            end = next(
                (
                    one.start()
                    for one in LETTERS.finditer(self._text, start, end)
                    if ends_head(one[0], self._words)
                ),
                end,
            )
            for last in self._mentions.before(end):
                named = self._text[last.start : last.end]
                rest = self._text[last.end : end].strip(" ,.")
                if last.start >= start and not rest and not OWNER.search(named):
                    return last.who
        return None

    def _meant(self, at: int, gender: str, speaker: Named | None) -> Named | None:
        """The person of the last sentence that names one: its first, who is most often its subject."""
        if not gender:
            return speaker if speaker is not None and speaker.kind != "person" else None
        near = [
            one for one in self._mentions.before(at, _FAR) if self._mentions.may_be(one.who, gender)
        ]
        if not near:
            return speaker if speaker is not None and speaker.kind == "person" else None
        best = near[0]
        for one in near[1:]:
            if _END.search(self._text, one.end, best.start):
                break
            best = one
        return best.who

    def _with_role(self, span: Span, words: str) -> Named | None:
        """The last person who holds the office that the words have: the governor."""
        letters = reversed(LETTERS.findall(words.casefold()))
        role = next((one for one in letters if one in self._words.roles), None)
        if role is None or words.split()[0].casefold() not in self._words.definite:
            return None
        return next(
            (
                one.who
                for one in self._mentions.before(span.start, _FAR)
                if self._mentions.has_role(one.who, role)
            ),
            None,
        )
