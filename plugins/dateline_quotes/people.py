"""Whom words name: names, surnames, "he" and "the governor", each with the last that fits. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from dateline.plugin import entity_id
from dateline_quotes.attribution import Span
from dateline_quotes.words import Words

_LETTERS = re.compile(r"[^\W\d_]+(?:[’'.-][^\W\d_]+)*")
_SPACED = re.compile(r"\S+")
_OWNER = re.compile(r"['’]s?\Z")
_MOST_PARTS, _MOST_NAMESAKES = 4, 20
_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘(]?[^\W\d_a-z])|\n")
#: How far from a name a word such as "governor" says what its bearer is.
_BESIDE = 60
_SENTENCE = re.compile(r"[.;\n]")
_OFFICE_AFTER = re.compile(r",\s+[^.,;\n]*")
#: How many names back an office is looked for.
_FAR = 60


class Named(msgspec.Struct, frozen=True):
    """Somebody or something: ``label``, the ``kind`` of entity, and the ``id`` in the story, if it has one."""

    label: str
    kind: str
    id: str | None = None

    def entity(self, taken: Mapping[str, object]) -> str | None:
        """As a fact names it: an id, or ``ID=Label`` for one that is new. None if no id can be made."""
        if self.id is not None:
            return self.id
        start = _id(self.label, self.kind)
        free, number = start, 2
        while free is not None and free in taken:
            free, number = f"{start}-{number}", number + 1
        return free and f"{free}={self.label}"


_id = lru_cache(4096)(entity_id)


class Mention(msgspec.Struct, frozen=True):
    start: int
    end: int
    who: Named


class People:
    """The persons that a `masked_text` names; `names` are the entities that the story knows, by id."""

    def __init__(self, text: str, words: Words, names: Mapping[str, tuple[str, ...]]) -> None:
        self._text, self._words = text, words
        self._known = {
            _key(name): Named(some[0], _kind_of(one), one)
            for one, some in names.items()
            for name in some
            if name
        }
        self._full: dict[str, list[Named]] = {}
        self._read: dict[str, tuple[Named | None, str]] = {}
        self._gender: dict[str, str] = {}
        self._roles: dict[str, set[str]] = {}
        for named in self._known.values():
            self._add(named)
        runs = [*self._runs()]
        for run in runs:
            if " " in self._text[run.start : run.end]:
                self._add(self._person(run)[0])
        for some in self._full.values():
            some.sort(key=lambda one: -len(one.label))
        self._read.clear()  # a surname is now known as one
        self._mentions = [*self._find(runs)]
        self._starts = [one.start for one in self._mentions]

    # -- the names of a text ----------------------------------------------------------------

    def _runs(self) -> Iterator[Span]:
        """Runs of large words, without the first word of a sentence and an owner before: Russia's."""
        for match in self._words.run.finditer(self._text):
            if " " not in match[0]:
                if match[0].lower() not in self._words.not_names:
                    yield Span(*match.span())
                continue
            found = [one.span() for one in _SPACED.finditer(self._text, match.start(), match.end())]
            while found and _plain(self._text[slice(*found[0])]) in self._words.not_names:
                found = found[1:]
            last = next(
                (
                    n
                    for n in range(len(found) - 2, -1, -1)
                    if _OWNER.search(self._text, found[n][0], found[n][1])
                ),
                -1,
            )
            if found[last + 1 :]:
                yield Span(found[last + 1][0], found[-1][1])

    def _add(self, named: Named | None) -> None:
        if named is not None and named.kind == "person" and " " in named.label:
            some = self._full.setdefault(_surname(named.label), [])
            if len(some) < _MOST_NAMESAKES and named not in some:
                some.append(named)

    def _find(self, runs: list[Span]) -> Iterator[Mention]:
        latest: dict[str, Named] = {}
        for run in runs:
            named, gender = self._person(run)
            if named is None:
                continue
            key = _surname(named.label)
            if " " not in named.label and named.id is None and self._full.get(key):
                named = latest.get(key) or self._full[key][0]
            latest[key] = named
            if gender:
                self._gender.setdefault(named.label, gender)
            roles = self._roles.setdefault(named.label, set())
            if not roles or not self._words.roles.isdisjoint(
                self._text[run.start : run.end].casefold().split()
            ):
                roles.update(self._roles_at(run))
            yield Mention(run.start, run.end, named)

    def _person(self, run: Span) -> tuple[Named | None, str]:
        """The person that a run of large words names, if it names one, and a gender from a title."""
        name = self._text[run.start : run.end]
        if name not in self._read:
            self._read[name] = self._named(name) if " " in name else (self._surnamed(name), "")
        named, gender = self._read[name]
        if (
            named is not None
            and named.id is None
            and name.startswith(named.label)
            and " " in named.label
            and self._is_thing(run.start)
        ):
            return None, ""
        return named, gender

    def _surnamed(self, run: str) -> Named | None:
        """The person with a name of one word, if the story or the text has the whole name."""
        name = _OWNER.sub("", run.rstrip("."))
        known = self._known.get(_key(name))
        if known is not None:
            return known if known.kind == "person" else None
        return Named(name, "person") if _key(name) in self._full else None

    def _named(self, run: str) -> tuple[Named | None, str]:
        name = _OWNER.sub("", run.rstrip("."))
        if (known := self._known.get(_key(name))) is not None:
            return (known if known.kind == "person" else None), ""
        parts = name.split()
        plain = [*map(_plain, parts)]
        gender = next((self._words.titles[one] for one in plain if one in self._words.titles), "")
        last = next((n for n in range(len(plain) - 1, -1, -1) if self._is_office(plain[n])), -1)
        titled, parts, plain = last >= 0, parts[last + 1 :], plain[last + 1 :]
        if (
            not parts
            or not self._words.bodies.isdisjoint(plain)
            or not self._words.media.isdisjoint(plain)
        ):
            return None, ""
        label = " ".join(parts).rstrip(",.'’")
        if last >= 0 and (known := self._known.get(_key(label))) is not None:
            return (known if known.kind == "person" else None), gender
        if len(parts) == 1:
            return (
                Named(label, "person") if titled or _surname(label) in self._full else None
            ), gender
        if len(parts) > _MOST_PARTS or not all(
            any(c.islower() for c in one) or "." in one for one in parts
        ):
            return None, ""
        whole = next(
            (one for one in self._full.get(_surname(label), []) if _same(label, one.label)), None
        )
        return whole or Named(label, "person"), gender

    def _is_office(self, plain: str) -> bool:
        return (
            plain in self._words.roles
            or plain in self._words.offices
            or plain in self._words.titles
        )

    def _is_thing(self, start: int) -> bool:
        """Whether an article, or a body and "for", are before large words: the Clean Power Plan."""
        before = self._text[max(0, start - _BESIDE) : start].split()[-3:]
        if before and before[-1] in ("the", "The"):
            before, article = before[:-1], True
        else:
            article = False
        return article or (
            len(before) > 1
            and before[-1] in ("for", "on", "of")
            and _plain(before[-2]) in self._words.bodies
        )

    def known(self, name: str) -> Named | None:
        """The entity of the story with that name."""
        return self._known.get(_key(name)) or self._known.get(_key(name).removeprefix("the "))

    # -- who is meant ---------------------------------------------------------------------------

    def who(self, span: Span, speaker: Named | None = None) -> Named | None:
        """Whom the words at `span` name. `speaker` is who spoke last."""
        words = " ".join(self._text[span.start : span.end].split())
        plain = words.casefold()
        if plain in self._words.pronouns or plain in self._words.relatives:
            return self._meant(span.start, plain, speaker)
        return (
            self.known(words)
            or self._inside(span)
            or self._with_role(span, words)
            or self._described(words)
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
                    for one in _LETTERS.finditer(self._text, start, end)
                    if self._ends_head(one[0])
                ),
                end,
            )
            at = bisect_left(self._starts, end) - 1
            if (
                at >= 0
                and self._mentions[at].start >= start
                and not self._text[self._mentions[at].end : end].strip(" ,.")
                and not _OWNER.search(self._text, self._mentions[at].start, self._mentions[at].end)
            ):
                return self._mentions[at].who
        return None

    def _ends_head(self, word: str) -> bool:
        return (
            word in self._words.prepositions
            or word in self._words.auxiliaries
            or word in self._words.relatives
        )

    def _meant(self, at: int, word: str, speaker: Named | None) -> Named | None:
        """The person of the last sentence that names one: its first, who is most often its subject."""
        gender = self._words.pronouns.get(word, "")
        if word in self._words.relatives:
            last = bisect_left(self._starts, at) - 1
            return self._mentions[last].who if last >= 0 else None
        if not gender:
            return speaker if speaker is not None and speaker.kind != "person" else None
        last = bisect_left(self._starts, at)
        near = [
            one
            for one in reversed(self._mentions[max(0, last - _FAR) : last])
            if self._fits(one, gender)
        ]
        if not near:
            return speaker if speaker is not None and speaker.kind == "person" else None
        best = near[0]
        for one in near[1:]:
            if _END.search(self._text, one.end, best.start):
                break
            best = one
        return best.who

    def _fits(self, mention: Mention, gender: str) -> bool:
        return self._gender.get(mention.who.label, gender) == gender

    def _with_role(self, span: Span, words: str) -> Named | None:
        """The last person who holds the office that the words have: the governor."""
        role = next(
            (
                one
                for one in reversed(_LETTERS.findall(words.casefold()))
                if one in self._words.roles
            ),
            None,
        )
        if role is None or words.split()[0].casefold() not in self._words.definite:
            return None
        last = bisect_left(self._starts, span.start)
        for mention in reversed(self._mentions[max(0, last - _FAR) : last]):
            if role in self._roles.get(mention.who.label, ()):
                return mention.who
        return None

    def _roles_at(self, mention: Span) -> Iterator[str]:
        """The offices that words beside a name give: Mayor Roe; Roe, the mayor; the mayor of Quay, Jane Roe."""
        before = _SENTENCE.split(self._text[max(0, mention.start - _BESIDE) : mention.start])[-1]
        if before.rstrip().endswith(","):
            before = before.rstrip(" ,").rpartition(",")[2]
        else:
            before = " ".join(before.split()[-2:])
        after = _OFFICE_AFTER.match(self._text, mention.end, mention.end + _BESIDE)
        for words in (self._text[mention.start : mention.end], before, after and after[0]):
            yield from (
                one
                for one in _LETTERS.findall((words or "").casefold())
                if one in self._words.roles
            )

    def _medium(self, label: str) -> str:
        """A medium by its name alone: TASS, of the TASS news agency."""
        parts = label.split()
        name = [one for one in parts if one not in self._words.kinds_of_media]
        return " ".join(name) if name and all(one[0].isupper() for one in name) else label

    def _described(self, words: str) -> Named | None:
        """Who has no name of a person: a body, a group or somebody described."""
        first, _, rest = words.partition(" ")
        article = rest and (
            first.casefold() in self._words.definite or first.casefold() in ("a", "an")
        )
        label = self._medium((rest if article else words).strip(" ,.'’"))
        parts = _LETTERS.findall(label.casefold())
        if not parts or len(label) > 80 or parts[0] in self._words.not_speakers:
            return None
        known = self._known.get(_key(label))
        if known is not None:
            return known
        runs = [match[0] for match in self._words.run.finditer(label)]
        head = next((n for n, one in enumerate(parts) if self._ends_head(one)), len(parts))
        plural = head and parts[head - 1].endswith("s") and parts[head - 1] in label
        if head and (parts[head - 1] in self._words.bodies or parts[head - 1] in self._words.media):
            return Named(label, "organization")
        if not plural and any(one in self._words.roles for one in parts[:head]):
            return Named(label, "person")
        if plural:
            return Named(label, "group")
        if len(parts) == 1 and runs:
            return Named(label, "organization")
        if not self._words.bodies.isdisjoint(parts) or not self._words.media.isdisjoint(parts):
            return Named(label, "organization")
        return Named(label, "organization" if runs and runs[-1] == label else "group")


def _plain(word: str) -> str:
    return word.strip(".,").casefold()


def _key(name: str) -> str:
    return name.casefold().replace("’", "'")


def _surname(label: str) -> str:
    return _key(label.split()[-1])


def _same(name: str, full: str) -> bool:
    """Whether two names with one surname are those of one person: Joe Biden, Joe R. Biden; De Blasio, Bill de Blasio."""
    return name.split()[0] == full.split()[0] or _key(full).endswith(f" {_key(name)}")


def _kind_of(entity: str) -> str:
    return {"person": "person", "org": "organization", "place": "place"}.get(
        entity.split(":")[0], "group"
    )
