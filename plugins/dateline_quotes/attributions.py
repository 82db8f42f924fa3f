"""What a sentence attributes to somebody: verbs with their subjects and what was said. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from dateline_quotes import subjects
from dateline_quotes.sentences import MASK, Sentence
from dateline_quotes.subjects import Span
from dateline_quotes.words import QUOTING, SPEECH, STANCE, Verb, Words

_QUOTE = r"[\"“”„«»`'’‘]"
#: What precedes the subject or verb that follows what was said: a comma, or a quotation with its own end.
_AFTER_SAID = re.compile(rf"(?:,{_QUOTE}*|[!?…—–-]{_QUOTE}+|{_QUOTE}+,)\s*\Z")
_COMMA = re.compile(r",\s*(?:and\s+|while\s+)?")
_LEADS = re.compile(r"\s*[,:]?\s*(?:that\b(?!['’]s)\s*)?,?\s*")
_ADDS = re.compile(r",\s*(?:and\s+|but\s+)?(?:also\s+|later\s+|then\s+)?\Z")
_AND = re.compile(r",?\s+(?:and|but|then)\s+(?:\w+ly\s+|also\s+|later\s+|then\s+)?\Z")
_CLAUSE = re.compile(r"[,;]\s*(?:(?:and|but|while|though|although|whereas|as|so|after|before|when)\s+)?(?:\w+ly,?\s+)?\Z|—\s*\Z")
_TO_WHOM = frozenset("tell ask remind assure inform warn advise urge thank".split())
_HEARER = re.compile(
    r"\s+(?:(?:him|her|them|me|us|you|it|reporters|journalists|voters|supporters|people|lawmakers|investigators)\b"
    r"|(?:(?:the|a|an|his|her|their|its|some|Mr|Mrs|Ms)\.?\s+)?(?:[A-Z][\w.’'-]*(?:\s+|(?=[,:])|$)){1,5}(?:\w+(?=,?\s*[\"“]|\s+that\b))?"
    r"|(?:(?:the|a|an|his|her|their|its|some|many)\s+)[\w’'-]+(?:\s+(?:of|in|at|on)\s+[\w’'-]+)?)",
)


_MOST_SIGNED = 8
_DASH, _COLON = re.compile(r"\s*(?:[—–―]|--?)\s*"), re.compile(r"\s*:\s*")
_NAME = r"((?:the\s+)?(?:[^\W\d_a-z][\w’'.-]*|state|news|agency)(?:\s+(?:[^\W\d_a-z][\w’'.-]*|news|agency|newspaper|television|radio|channel))*)"
_QUOTED_BY = re.compile(rf"\b(?:quoted|cited|carried)\s+by\s+{_NAME}")
_CITING = re.compile(r",\s*(?:citing|quoting)\s+")


class Attribution(msgspec.Struct, frozen=True):
    """What somebody is said to have said. ``content`` has the places of it in order; ``relay`` is who
    quotes the ``source``, and ``hearer`` to whom it was said; ``sentence`` is the place of all of it."""

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    verb: str = "say"
    sentence: Span = Span(0, 0)
    relay: Span | None = None
    hearer: Span | None = None
    direct: bool = False
    trailing: bool = False


def attributions(sentence: Sentence, words: Words) -> list[Attribution]:
    """What the sentence attributes, in order; nothing is in two of them."""
    return Reader(sentence, words).attributions()


class Reader:
    """Reads one sentence from left to right. ``claimed`` is the end of what is already attributed."""

    def __init__(self, sentence: Sentence, words: Words) -> None:
        self.sentence, self.words, self.text = sentence, words, sentence.text
        self.claimed = sentence.start
        self.found: list[Attribution] = []
        verbs = words.verbs
        self.cues = [
            (at, verb)
            for at, word in enumerate(sentence.words)
            if (verb := verbs.get(word.text)) is not None
        ]

    def attributions(self) -> list[Attribution]:
        if (signed := self._signed()) is not None:
            self._add(signed)
            return self.found
        according = [*self.words.according.finditer(self.text, self.sentence.start, self.sentence.end)]
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
        if one is not None:
            whole = Span(self.sentence.start, self.sentence.end)
            self.found.append(msgspec.structs.replace(one, sentence=whole))

    @property
    def last(self) -> Attribution | None:
        return self.found[-1] if self.found else None

    def _signed(self) -> Attribution | None:
        """A quotation with a name after a dash, or a name and a colon before one."""
        if not self.sentence.quoted or not self.sentence.words or self.cues:
            return None
        first, last = self.sentence.quoted[0], self.sentence.quoted[-1]
        words = self.sentence.words
        if len(words) > _MOST_SIGNED or not words[0].large:
            return None
        if words[0].start > last.start:
            between = _DASH.fullmatch(self.text, last.end, words[0].start)
        else:
            between = words[-1].end < first.start and _COLON.fullmatch(self.text, words[-1].end, first.start)
        if not between:
            return None
        source = Span(words[0].start, words[-1].end)
        return Attribution(source, None, (Span(first.start, last.end),), direct=True)

    # -- relays ------------------------------------------------------------------------------

    def _is_medium(self, span: Span | None) -> bool:
        if span is None:
            return False
        return not self.words.media.isdisjoint(re.findall(r"[\w-]+", self.text[span.start : span.end].lower()))

    def _relayed_by(self, medium: Span) -> None:
        """Note that the last attribution was relayed: ..., TASS reported."""
        if self.found and self.found[-1].relay is None and self._is_medium(medium):
            self.found[-1] = msgspec.structs.replace(self.found[-1], relay=medium)

    def _with_relay(self, one: Attribution) -> Attribution:
        """With the medium that the words around name: who quotes, is quoted, or was spoken to."""
        if one.source is None or one.cue is None:
            return one
        between = _QUOTED_BY.search(self.text, one.source.end, one.cue.start) if one.source.end < one.cue.start else None
        if between is not None:
            return msgspec.structs.replace(one, relay=Span(*between.span(1)))
        if self._is_medium(one.hearer):
            return msgspec.structs.replace(one, relay=one.hearer, hearer=None)
        if self._is_medium(one.source):
            cited = _CITING.search(self.text, min(one.source.end, one.cue.end), self.sentence.end)
            at = next((n for n, word in enumerate(self.sentence.words) if cited and word.start >= cited.end()), None)
            source = subjects.after(self.sentence, at - 1, self.words) if at else None
            if source is not None:
                self.claimed = max(self.claimed, source.end)
                content = tuple(part for part in map(self._trimmed, _without(one.content, cited, source)) if part)
                return msgspec.structs.replace(one, source=source, relay=one.source, content=content or one.content)
        return one

    def _quoted_as(self, at: int, relay: Span | None) -> Attribution | None:
        """TASS quoted Roe as saying that; Roe was quoted by TASS as saying that."""
        saying = next(
            (
                n
                for n, verb in self.cues
                if n > at and verb.form == "ing" and self.sentence.words[n - 1].text == "as"
            ),
            None,
        )
        if saying is None or relay is None:
            return None
        following = self.sentence.words[at + 1]
        if self._helped(at) == "be":
            source, relay = relay, None
            if following.text == "by":
                relay = subjects.after(self.sentence, at + 1, self.words)
        else:
            last = self.sentence.words[saying - 2]
            source = Span(following.start, last.end)
        if source.end > self.sentence.words[saying].start:
            return None
        made = self._right(saying, self.words.verbs["say"], source)
        return made and msgspec.structs.replace(made, relay=relay, hearer=None)

    # -- according to ------------------------------------------------------------------------

    def _according(self, match: re.Match[str]) -> Attribution | None:
        start, after = match.start(), match.end()
        first = next((n for n, word in enumerate(self.sentence.words) if word.start >= after), None)
        if first is None:
            return None
        source = subjects.after(self.sentence, first - 1, self.words) or self._run(first)
        if source is None:
            return None
        if start < self.claimed or not self.text[self.claimed : start].strip(" ,") and self.found:
            self._relayed_by(source)
            return None
        before = Span(self.claimed, start)
        begins = not self.text[self.claimed : start].strip(" ,\n\t“\"")
        if begins:  # According to the mayor, the bridge is closed
            comma = self.text.find(",", source.end, self.sentence.end)
            if comma < 0:
                return None
            content = self._trimmed(Span(comma + 1, self.sentence.end))
        else:
            content = self._trimmed(before)
        if content is None:
            return None
        self.claimed = self.sentence.end if begins else source.end
        return self._with_relay(
            Attribution(source, Span(start, after - 1), (content,), "say", trailing=not begins)
        )

    def _run(self, first: int) -> Span | None:
        word = self.sentence.words[first]
        end = first
        while end + 1 < len(self.sentence.words) and end - first < 8:
            gap = self.text[self.sentence.words[end].end : self.sentence.words[end + 1].start].strip()
            if gap or self.sentence.words[end + 1].text in self.words.after_subject:
                break
            end += 1
        return Span(word.start, self.sentence.words[end].end)

    # -- verbs ---------------------------------------------------------------------------------

    def _attribution(self, at: int, verb: Verb) -> Attribution | None:
        word = self.sentence.words[at]
        previous = self.sentence.words[at - 1] if at else None
        if previous is not None and previous.text == "to" and verb.form == "base":
            return None
        if previous is not None and self._is_noun(previous.text, verb):
            return None
        helped = self._helped(at)
        if verb.base in ("quote", "cite") and verb.form != "ing":
            named = subjects.before(self.sentence, at, self.words, self.claimed)
            return self._quoted_as(at, named)
        if verb.form == "past" and (helped == "be" or self._by(at) is not None):
            return self._passive(at, verb)
        if verb.form == "ing" and helped != "be":
            return self._participle(at, verb)
        ends = _AFTER_SAID.search(self.text, max(self.claimed, word.start - 8), word.start)
        if ends and verb.takes != STANCE:
            source = subjects.after(self.sentence, at, self.words)
            if source is not None and not self._follows_name(at):
                return self._left(at, verb, source, ends.start(), source.end)
        source = subjects.before(self.sentence, at, self.words, self.claimed)
        if source is None:
            if self.last is not None and _AND.search(self.text, max(self.claimed - 12, 0), word.start) and not self.last.trailing:
                source = self.last.source
                return self._right(at, verb, source) if source else None
            ends = _AFTER_SAID.search(self.text, max(self.claimed, word.start - 8), word.start)
            return None
        if verb.form == "base" and not self._plural(source) and helped not in ("do",):
            return None
        name = self.text[source.start : source.end].lower()
        if name in self.words.not_speakers:
            return None
        left = source.start
        ends = _AFTER_SAID.search(self.text, max(self.claimed, left - 8), left)
        if ends and verb.takes != STANCE:
            quote = self.text[left - 8 : left].rstrip()[-1:] in "\"”“»'’"
            rest = self._rest(at, verb)
            if quote or self._empty(rest[0]) or self._goes_on(at, rest[0]):
                return self._left(at, verb, source, ends.start(), rest[0])
        return self._right(at, verb, source)

    def _is_noun(self, previous: str, verb: Verb) -> bool:
        """Whether what looks like a verb is a noun or an adjective: Roe's claims, 18 states, the alleged thief."""
        if previous in self.words.determiners:
            return verb.takes != QUOTING
        if verb.form not in ("base", "present"):
            return False
        noun = previous.islower() and previous.endswith("s") and verb.form == "present"
        return noun or previous in self.words.prepositions or previous[0].isdigit() or previous.endswith(("'s", "’s"))

    def _follows_name(self, at: int) -> bool:
        """Whether the verb has a subject before it after all: Roe, the lawyer, said he ..."""
        named = subjects.before(self.sentence, at, self.words, self.claimed)
        if named is None or self._quote_before(at):
            return False
        leads = not self.text[self.claimed : named.start].strip()
        return leads or self.sentence.words[at + 1].text.lower() in self.words.pronouns

    def _quote_before(self, at: int) -> bool:
        return self.text[: self.sentence.words[at].start].rstrip()[-1:] in "\"”»'’"

    def _helped(self, at: int) -> str:
        n = at - 1
        while n >= 0 and at - n < 5:
            text = self.sentence.words[n].text.lower()
            if text in self.words.be:
                return "be"
            if text in ("to",):
                return "to"
            if text in ("will", "would", "can", "could", "may", "might", "should", "must", "do", "does", "did", "don", "doesn", "didn"):
                return "do"
            if not (text in self.words.adverbs or text in self.words.auxiliaries or text.endswith("ly")):
                return ""
            n -= 1
        return ""

    def _plural(self, source: Span) -> bool:
        last = self.text[source.start : source.end].split()[-1]
        return last.endswith("s") or last.lower() in ("they", "people", "who", "police", "some", "many", "others", "men", "women") or " and " in self.text[source.start : source.end]

    def _by(self, at: int) -> int | None:
        """The number of the word "by" after a verb, perhaps with a date between them."""
        start = self.sentence.words[at].end
        match = self.words.adjunct.match(self.text, start, self.sentence.end)
        for end in (start, match.end() if match else start):
            number = next((n for n in range(at + 1, min(at + 5, len(self.sentence.words))) if self.sentence.words[n].start >= end), None)
            if number is not None and self.sentence.words[number].text == "by" and not self.text[end : self.sentence.words[number].start].strip():
                return number
        return None

    def _passive(self, at: int, verb: Verb) -> Attribution | None:
        """The plan was criticized by Roe; Roe was quoted by TASS as saying that."""
        number = self._by(at)
        if number is None or verb.base == "know":
            return None
        by = self.sentence.words[number]
        source = subjects.after(self.sentence, number, self.words)
        subject = subjects.before(self.sentence, at, self.words, self.claimed)
        if source is None or subject is None:
            return None
        self.claimed = source.end
        rest = self._trimmed(Span(source.end, self.sentence.end))
        content = [subject]
        if rest is not None and self.text[rest.start : rest.start + 3] in ("as ", "for"):
            content.append(rest)
            self.claimed = self.sentence.end
        return Attribution(source, Span(self.sentence.words[at].start, by.end), tuple(content), verb.base)

    def _participle(self, at: int, verb: Verb) -> Attribution | None:
        word = self.sentence.words[at]
        if not re.search(r",[\"”’']*\s*(?:and\s+|but\s+|also\s+|while\s+)?\Z|[\"”]\s*\Z|\b(?:by|for|while|after|before|without|of|in)\s\Z", self.text[max(0, word.start - 12) : word.start]):
            return None
        source = self.last.source if self.last is not None and self.last.source else None
        if source is None:
            source = subjects.of_sentence(self.sentence, at, self.words, self.sentence.start)
        if source is None or self.text[source.start : source.end].lower() in self.words.not_speakers:
            return None
        return self._right(at, verb, source)

    # -- what was said -----------------------------------------------------------------------

    def _rest(self, at: int, verb: Verb) -> tuple[int, Span | None]:
        """Where what was said begins after the verb; and to whom it was said."""
        start, hearer = self.sentence.words[at].end, None
        if verb.base in _TO_WHOM:
            match = _HEARER.match(self.text, start, self.sentence.end)
            if match is not None:
                hearer = self._trimmed(Span(match.start(), match.end()))
                start = match.end()
        for _ in range(4):
            match = self.words.adjunct.match(self.text, start, self.sentence.end)
            if match is None or match.end() == start:
                break
            start = match.end()
        return start, hearer

    def _empty(self, start: int) -> bool:
        return not self.text[start : self.sentence.end].strip(" \n\t.,;!?…\"”“'’‘`»")

    def _goes_on(self, at: int, start: int) -> bool:
        """Whether a comma and a participle follow: ..., Roe said, adding that."""
        following = next((verb for n, verb in self.cues if n > at), None)
        word = next((self.sentence.words[n] for n, _ in self.cues if n > at), None)
        if following is None or word is None or following.form != "ing":
            return False
        return _COMMA.fullmatch(self.text, start, word.start) is not None

    def _right(self, at: int, verb: Verb, source: Span) -> Attribution | None:
        word = self.sentence.words[at]
        start, hearer = self._rest(at, verb)
        match = _LEADS.match(self.text, start, self.sentence.end)
        start = match.end() if match is not None else start
        end = self._cut(at, start)
        content = self._trimmed(Span(start, end))
        if content is None:
            return None
        inner = self.text[content.start : content.end]
        if verb.takes == QUOTING and not re.match(rf"{_QUOTE}", inner):
            return None
        if verb.takes != QUOTING and len(inner.split()) < 2 and MASK not in inner:
            return None
        self.claimed = end
        return self._with_relay(
            Attribution(
                source, Span(word.start, word.end), (content,), verb.base, hearer=hearer, direct=self._is_quoted(content)
            )
        )

    def _left(self, at: int, verb: Verb, source: Span, end: int, after: int) -> Attribution | None:
        word = self.sentence.words[at]
        stop = re.compile(rf"[,!?…—–-]*{_QUOTE}*,?").match(self.text, end)
        whole = Span(self.claimed, stop.end() if stop else end)
        content = self._trimmed(whole)
        if content is None:
            self._relayed_by(source)
            return None
        parts = [content]
        quotes = [one for one in self.sentence.quoted if one.start >= whole.start and one.end <= whole.end + 1]
        if quotes and not self.text[whole.start : quotes[0].start].strip():
            parts = [Span(one.start, one.end) for one in quotes]
            parts = [Span(quotes[0].start, quotes[-1].end)]
        self.claimed = after
        direct = self._is_quoted(parts[0])
        rest = re.compile(rf"[\s,.;:—–-]*(?={_QUOTE})").match(self.text, after, self.sentence.end)
        following = [one for one in self.sentence.quoted if one.start >= after - 1]
        near = rest is not None and following and following[0].start <= rest.end() + 1
        if following and not near:
            between = self.text[after : following[0].start]
            near = between.rstrip().endswith(",") and not any(
                after <= self.sentence.words[n].start < following[0].start for n, _ in self.cues
            )
        if direct and near:
            parts.append(Span(following[0].start, following[-1].end))
            self.claimed = following[-1].end
        hearer = self._rest(at, verb)[1]
        return self._with_relay(
            Attribution(
                source, Span(word.start, word.end), tuple(parts), verb.base, hearer=hearer, direct=direct, trailing=True
            )
        )

    def _is_quoted(self, span: Span) -> bool:
        return bool(re.match(_QUOTE, self.text[span.start : span.end])) and MASK in self.text[span.start : span.end]

    def _cut(self, at: int, start: int) -> int:
        """Where what was said ends: before another verb of the same subject, or another attribution."""
        now = self.words.verbs[self.sentence.words[at].text]
        for n, verb in self.cues:
            word = self.sentence.words[n]
            if n <= at or word.start <= start:
                continue
            head = self.text[max(start, word.start - 40) : word.start]
            if verb.form == "ing":
                match = _ADDS.search(head)
            else:
                match = _AND.search(head) if verb.takes == SPEECH and verb.form == now.form != "base" else None
                if match is None and verb.takes == SPEECH and verb.form != "base":
                    source = subjects.before(self.sentence, n, self.words, start)
                    if source is not None:
                        match = _CLAUSE.search(self.text, max(start, source.start - 24), source.start)
                        if match is not None:
                            return match.start()
            if match is not None:
                return word.start - len(head) + match.start()
        match = self.words.according.search(self.text, start, self.sentence.end)
        return match.start() if match is not None else self.sentence.end

    def _trimmed(self, span: Span) -> Span | None:
        text = self.text[span.start : span.end]
        start = span.start + len(text) - len(text.lstrip(" \n\t,;:—–-"))
        end = span.end - len(text) + len(text.rstrip(" \n\t,;:—–-."))
        return Span(start, end) if start < end else None


def _without(content: Iterable[Span], cited: re.Match[str] | None, source: Span) -> Iterator[Span]:
    """The content without the words that name who is cited."""
    for one in content:
        if cited is None or not one.start <= cited.start() < one.end:
            yield Span(max(one.start, source.end), one.end) if one.start < source.end < one.end and cited else one
        else:
            yield Span(one.start, cited.start())
            leads = _LEADS.match(cited.string, source.end, max(source.end, one.end))
            yield Span(leads.end() if leads else source.end, max(source.end, one.end))
