"""Whom words name: names, surnames, "he" and "the governor", each with the last that fits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dateline_quotes.attribution import Span
from dateline_quotes.descriptions import described, ends_head
from dateline_quotes.mentions import LETTERS, Mention, Mentions
from dateline_quotes.names import OWNER, Named
from dateline_quotes.words import Words

_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘(]?[^\W\d_a-z])|\n")
#: How many names back somebody is looked for.
_FAR = 60
#: So far before a name a word says that it is an object, in characters.
_BEFORE = 16
#: So far after an owner, in characters and words, it is looked for who is owned.
_AFTER, _OWNED = 40, 3


class Spoken(NamedTuple):
    """Who spoke last, and where what was said ends."""

    who: Named
    at: int


class People:
    """Whom the words of a `masked_text` mean; `names` are the entities that the story knows, by id."""

    def __init__(self, text: str, words: Words, names: Mapping[str, tuple[str, ...]]) -> None:
        self._text, self._words = text, words
        self._mentions = Mentions(text, words, names)

    def known(self, name: str) -> Named | None:
        """The entity of the story with that name."""
        return self._mentions.known(name)

    def who(
        self, span: Span, speaker: Spoken | None = None, said: Sequence[Span] = ()
    ) -> Named | None:
        """Whom the words at `span` name. `speaker` is who spoke last, and `said` is what is said now: a pronoun
        means nobody who is named in it."""
        words = " ".join(self._text[span.start : span.end].split())
        folded = words.casefold()
        phrase, _, last = folded.rpartition(" ")
        if phrase and last in self._words.relatives:  # a lawyer who said
            words = words[: len(phrase)].rstrip(" ,")
        if folded in self._words.relatives:
            return next((one.who for one in self._mentions.before(span.start)), None)
        if folded in self._words.pronouns:
            return self._meant(span.start, folded, speaker, said)
        found = self.known(words) or self._inside(span) or self._with_role(span, words)
        if found is not None:
            self._mentions.confirm(found)
        return found or described(words, self._words, self._mentions)

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

    def _meant(
        self, at: int, pronoun: str, speaker: Spoken | None, said: Sequence[Span]
    ) -> Named | None:
        """Whom a pronoun means: the first of the last sentence that names somebody who is no object or owner
        there, and who is most often its subject; or who spoke last, if that was later."""
        gender, last = self._words.pronouns[pronoun], None if speaker is None else speaker.who
        if not gender:
            kind = "group" if pronoun in self._words.plurals else "organization"
            return last if last is not None and last.kind == kind else None
        if last is not None and not (last.kind == "person" and self._mentions.may_be(last, gender)):
            last = None
        near = [
            one
            for one in self._mentions.before(at, _FAR)
            if not any(part.start <= one.start < part.end for part in said)
        ]
        if last is not None and speaker is not None and (not near or near[0].start < speaker.at):
            return last
        best = self._first_of_last(near, gender, subjects=True)
        if best is None:
            best = self._first_of_last(near, gender, subjects=False)
        if last is not None and speaker is not None and (best is None or best.start < speaker.at):
            return last
        return None if best is None else best.who

    def _first_of_last(
        self, near: Iterable[Mention], gender: str, *, subjects: bool
    ) -> Mention | None:
        """The first one in the sentence of the nearest, of those who fit."""
        best: Mention | None = None
        for one in near:
            if not self._mentions.may_be(one.who, gender) or (
                subjects and not self._is_subject(one)
            ):
                continue
            if best is not None and _END.search(self._text, one.end, best.start + 1):
                break
            best = one
        return best

    def _is_subject(self, mention: Mention) -> bool:
        """Whether a person may be the subject where it is named, by the words around the name."""
        if not self._mentions.is_certain(mention.who):
            return False
        if OWNER.search(self._text, mention.start, mention.end) and self._owns_somebody(mention):
            return False
        before = self._text[max(0, mention.start - _BEFORE) : mention.start].split()
        return not before or before[-1].lower() not in self._words.prepositions

    def _owns_somebody(self, mention: Mention) -> bool:
        """Whether somebody else is meant by words with a name: Roe's spokesman."""
        after = self._text[mention.end : mention.end + _AFTER].split()[:_OWNED]
        return any(
            one.strip(",.") in self._words.roles or one.strip(",.") in self._words.persons
            for one in after
        )

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
