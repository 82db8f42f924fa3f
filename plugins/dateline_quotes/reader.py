"""Reads what one sentence attributes: verbs with their subjects and what was said. Pure."""

from __future__ import annotations

import re

import msgspec

from dateline_quotes import subjects
from dateline_quotes.attribution import Attribution, Span, trimmed
from dateline_quotes.contents import (
    closed_at,
    content_after,
    ends_before,
    follows_quotation,
    is_clause,
    is_over,
    is_quotation,
    quotation_after,
    start_after,
)
from dateline_quotes.relays import is_medium, with_relay
from dateline_quotes.sentences import MASK, Sentence
from dateline_quotes.signatures import signed
from dateline_quotes.verbs import agent_after, helped_by, is_noun, is_plural
from dateline_quotes.words import QUOTING, STANCE, Verb, Words

#: What stands before a quotation ends with one of these marks if it is not a part of it.
_OPENERS = ("—", "–", "--", " -", ":")


def attributions(sentence: Sentence, words: Words) -> list[Attribution]:
    """What the sentence attributes, in order. No words are in two of them, unless somebody says all of it."""
    return Reader(sentence, words).read()


class Reader:
    """Reads one sentence from left to right. ``claimed`` is the end of what is already attributed."""

    def __init__(self, sentence: Sentence, words: Words) -> None:
        self.sentence, self.words, self.text = sentence, words, sentence.text
        self.claimed = sentence.start
        self.found: list[Attribution] = []
        verbs = words.verbs
        self.cues = [
            (at, verbs[word.text]) for at, word in enumerate(sentence.words) if word.text in verbs
        ]

    def read(self) -> list[Attribution]:
        alone = None if self.cues else signed(self.sentence)
        if alone is not None:
            self._add(alone)
            return self.found
        according = [
            *self.words.according.finditer(self.text, self.sentence.start, self.sentence.end)
        ]
        for at, verb in self.cues:
            cue = self.sentence.words[at]
            while according and according[0].start() < cue.start:
                self._add(self._according(according.pop(0)))
            if cue.start >= self.claimed:
                self._add(self._attribution(at, verb))
        for match in according:
            self._add(self._according(match))
        return self.found

    def _add(self, one: Attribution | None) -> None:
        if one is None:
            return
        made = with_relay(one, self.sentence, self.words)
        if made.source is not None and made.source != one.source:
            self.claimed = max(self.claimed, made.source.end)
        whole = Span(self.sentence.start, self.sentence.end)
        self.found.append(msgspec.structs.replace(made, sentence=whole))

    @property
    def _last(self) -> Attribution | None:
        return self.found[-1] if self.found else None

    def _relayed_by(self, medium: Span) -> None:
        """Note that the last attribution was relayed: ..., TASS reported."""
        last = self._last
        if last is not None and last.relay is None and is_medium(self.text, medium, self.words):
            self.found[-1] = msgspec.structs.replace(last, relay=medium)

    def _according(self, match: re.Match[str]) -> Attribution | None:
        first = next(
            (n for n, word in enumerate(self.sentence.words) if word.start >= match.end()), 0
        )
        source = subjects.after(self.sentence, first - 1, self.words, loose=True) if first else None
        if source is None:
            return None
        said = self.text[self.claimed : match.start()].strip(' ,\n\t“"')
        if said.lower() in self.words.boundaries:  # But according to the mayor
            said = ""
        if match.start() < self.claimed or (self.found and not said):
            self._relayed_by(source)
            return None
        parts = [Span(self.claimed, match.start())]
        rest = Span(source.end + 1, self.sentence.end)
        if not said:  # According to the mayor, the bridge is closed
            comma = self.text.find(",", source.end, self.sentence.end)
            parts = [Span(comma + 1, self.sentence.end)] if comma >= 0 else []
        elif self.text.startswith(",", source.end) and self._starts_verb(
            rest
        ):  # It is, according to him, shut
            parts.append(rest)
        content = tuple(part for one in parts if (part := trimmed(self.text, one)) is not None)
        if not content:
            return None
        self.claimed = source.end if len(parts) == 1 and said else self.sentence.end
        cue = Span(match.start(), match.end() - 1)
        return Attribution(source, cue, content, trailing=bool(said))

    def _starts_verb(self, rest: Span) -> bool:
        following = self.text[rest.start : rest.end].split()[:1]
        return bool(following) and following[0] in self.words.auxiliaries

    # -- verbs ---------------------------------------------------------------------------------

    def _attribution(self, at: int, verb: Verb) -> Attribution | None:
        if is_noun(self.sentence, at, verb, self.words):
            return None
        helped = helped_by(self.sentence, at, self.words)
        if verb.base in self.words.quoting and verb.form != "ing":
            return self._quoted_as(at, helped)
        if verb.form == "past":
            agent = agent_after(self.sentence, at, self.words)
            if helped == "be" or agent is not None:
                return self._passive(at, verb, agent, reduced=helped != "be")
        if verb.form == "ing" and helped != "be":
            return self._participle(at, verb)
        return self._active(at, verb, helped)

    def _active(self, at: int, verb: Verb, helped: str) -> Attribution | None:
        word = self.sentence.words[at]
        if verb.takes != STANCE and verb.base not in self.words.not_inverted:
            end = ends_before(self.text, self.claimed, word.start)
            source = None if end is None else subjects.after(self.sentence, at, self.words)
            if end is not None and source is not None and not self._has_subject(at):
                return self._left(at, verb, source, end, source.end)
        source = subjects.before(self.sentence, at, self.words, self.claimed)
        if source is None:
            return self._goes_on(at, verb)
        if (
            verb.form == "base"
            and helped != "modal"
            and not is_plural(self.sentence, source, self.words)
        ):
            return None
        if self.text[source.start : source.end].lower() in self.words.not_speakers:
            return None
        end = None if verb.takes == STANCE else ends_before(self.text, self.claimed, source.start)
        if end is not None:
            after = start_after(self.sentence, at, verb, self.words)[0]
            quotation = follows_quotation(self.text, source.start)
            if quotation or is_over(self.sentence, self.cues, at, after, self.words):
                return self._left(at, verb, source, end, after)
            following = self._after_comma(at, after)
            if following and following not in self.words.boundaries:  # The quay, Roe said, is open
                return self._around(at, verb, source, end, after)
        return self._right(at, verb, source)

    def _after_comma(self, at: int, after: int) -> str:
        """The word that follows verb number `at` and a comma; empty if anything else does."""
        following = self.sentence.words[at + 1 : at + 2]
        comma = after == self.sentence.words[at].end and self.text.startswith(",", after)
        return following[0].text if comma and following else ""

    def _around(
        self, at: int, verb: Verb, source: Span, end: int, after: int
    ) -> Attribution | None:
        """With what was said before and after the verb."""
        parts = [Span(self.claimed, end), Span(after, self.sentence.end)]
        content = tuple(part for one in parts if (part := trimmed(self.text, one)) is not None)
        self.claimed = self.sentence.end
        cue = Span(self.sentence.words[at].start, self.sentence.words[at].end)
        return Attribution(source, cue, content, verb.base, trailing=True) if content else None

    def _has_subject(self, at: int) -> bool:
        """Whether the verb has a subject before it after all: Roe, the lawyer, said he ..."""
        named = subjects.before(self.sentence, at, self.words, self.claimed)
        if named is None or follows_quotation(self.text, self.sentence.words[at].start):
            return False
        if self.sentence.words[at + 1].text.lower() in self.words.pronouns:
            return True
        commas = self.text.count(",", self.claimed, self.sentence.words[at].start)
        leads = not self.text[self.claimed : named.start].strip()
        return leads and commas != 1  # The vote, said Roe, was lost

    def _goes_on(self, at: int, verb: Verb) -> Attribution | None:
        """Another verb of the same subject: Roe said this and added that."""
        last, start = self._last, self.sentence.words[at].start
        if last is None or last.trailing or last.source is None:
            return None
        joined = self.words.joins.search(self.text, max(0, start - 40), start)
        return self._right(at, verb, last.source) if joined else None

    def _passive(self, at: int, verb: Verb, agent: int | None, reduced: bool) -> Attribution | None:
        """The plan was criticized by Roe as a mistake; in a `reduced` form, a plan criticized by Roe."""
        if agent is None:
            return None
        source = subjects.after(self.sentence, agent, self.words)
        subject = subjects.before(self.sentence, at, self.words, self.claimed)
        if source is None or subject is None:
            return None
        if reduced:
            subject = subjects.last_phrase(self.sentence, subject, self.words)
        self.claimed, content = source.end, [subject]
        rest = trimmed(self.text, Span(source.end, self.sentence.end))
        if rest is not None and self.text[rest.start : rest.end].startswith(self.words.reasons):
            content.append(rest)
            self.claimed = self.sentence.end
        cue = Span(self.sentence.words[at].start, self.sentence.words[agent].end)
        return Attribution(source, cue, tuple(content), verb.base)

    def _quoted_as(self, at: int, helped: str) -> Attribution | None:
        """TASS quoted Roe as saying that; Roe was quoted by TASS as saying that."""
        words = self.sentence.words
        subject = subjects.before(self.sentence, at, self.words, self.claimed)
        saying = next(
            (
                n
                for n, verb in self.cues
                if n > at + 1 and verb.form == "ing" and words[n - 1].text in self.words.as_
            ),
            None,
        )
        if saying is None or subject is None:
            return None
        source, relay = Span(words[at + 1].start, words[saying - 2].end), subject
        if helped == "be":
            agent = agent_after(self.sentence, at, self.words)
            by = None if agent is None else subjects.after(self.sentence, agent, self.words)
            made = self._right(saying, self.words.verbs[words[saying].text], subject)
            return made and msgspec.structs.replace(made, relay=by, hearer=None)
        if source.end <= source.start:
            return None
        made = self._right(saying, self.words.verbs[words[saying].text], source)
        return made and msgspec.structs.replace(made, relay=relay, hearer=None)

    def _participle(self, at: int, verb: Verb) -> Attribution | None:
        """Roe welcomed the vote, adding that; Roe said no, adding that."""
        start = self.sentence.words[at].start
        if self.words.participle.search(self.text, max(0, start - 12), start) is None:
            return None
        source = self._last.source if self._last is not None else None
        if source is None:
            source = subjects.of_sentence(self.sentence, at, self.words, self.sentence.start)
        if (
            source is None
            or self.text[source.start : source.end].lower() in self.words.not_speakers
        ):
            return None
        return self._right(at, verb, source)

    # -- what was said -----------------------------------------------------------------------

    def _right(self, at: int, verb: Verb, source: Span) -> Attribution | None:
        """With what was said after the verb."""
        content, end, hearer = content_after(self.sentence, self.cues, at, verb, self.words)
        if content is None:
            return None
        direct = is_quotation(self.sentence, content)
        inner = self.text[content.start : content.end]
        if verb.takes == QUOTING and not direct:
            return None
        if MASK not in inner and (len(inner.split()) < 2 or inner.startswith(self.words.as_what)):
            return None  # proclaimed as its own
        if (
            verb.base in self.words.with_clause
            and not direct
            and not is_clause(self.sentence, at, content, self.words)
        ):
            return None  # added jobs
        self.claimed = end
        cue = Span(self.sentence.words[at].start, self.sentence.words[at].end)
        return Attribution(source, cue, (content,), verb.base, hearer=hearer, direct=direct)

    def _reported(
        self, at: int, verb: Verb, source: Span, end: int, after: int
    ) -> Attribution | None:
        """With all of the sentence that was attributed already: Roe denied it, the police said. A medium is a relay."""
        whole = trimmed(self.text, Span(self.sentence.start, end))
        last = self._last
        if is_medium(self.text, source, self.words) or last is None or whole is None:
            self._relayed_by(source)
            return None
        if last.direct or last.trailing:
            return None
        self.claimed = after
        cue = Span(self.sentence.words[at].start, self.sentence.words[at].end)
        return Attribution(source, cue, (whole,), verb.base, trailing=True)

    def _left(self, at: int, verb: Verb, source: Span, end: int, after: int) -> Attribution | None:
        """With what was said before the verb, and a quotation that goes on after it."""
        whole = Span(self.claimed, closed_at(self.text, end))
        content = trimmed(self.text, whole)
        if content is None:
            return self._reported(at, verb, source, end, after)
        quotes = [
            one
            for one in self.sentence.quoted
            if whole.start <= one.start and one.end <= whole.end + 1
        ]
        before = self.text[whole.start : quotes[0].start].strip() if quotes else ""
        if quotes and (not before or before.endswith(_OPENERS)):
            content = Span(quotes[0].start, quotes[-1].end)
        self.claimed, parts = after, [content]
        direct = is_quotation(self.sentence, content)
        more = quotation_after(self.sentence, self.cues, after) if direct else None
        if more is not None:
            parts.append(more)
            self.claimed = more.end
        hearer = start_after(self.sentence, at, verb, self.words)[1]
        cue = Span(self.sentence.words[at].start, self.sentence.words[at].end)
        return Attribution(
            source, cue, tuple(parts), verb.base, hearer=hearer, direct=direct, trailing=True
        )
