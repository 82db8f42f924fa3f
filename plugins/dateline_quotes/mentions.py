"""The persons whom a text names, each with the places, the gender and the offices it gives them. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from dateline_quotes.names import OWNER, Named, is_same, key, plain, styled, surname, within
from dateline_quotes.words import Words

LETTERS = re.compile(r"[^\W\d_]+(?:[’'.-][^\W\d_]+)*")
#: What follows the names of persons most often: Jane Roe, 52; Jane Roe, a lawyer.
_APPOSITION = re.compile(r",\s+(?:\d{1,3},|[^\W\d_A-Z])")
_SENTENCE = re.compile(r"[.;\n]")
_OFFICE_AFTER = re.compile(r",\s+[^.,;\n]*")
#: How far from a name a word such as "governor" says what its bearer is; and how many with one surname are kept.
_BESIDE, _MOST_NAMESAKES = 60, 20
_KINDS = {"person": "person", "org": "organization", "place": "place"}


class Mention(msgspec.Struct, frozen=True, gc=False):
    start: int
    end: int
    who: Named


class Mentions:
    """The persons that a `masked_text` names, in order; `names` are the entities that the story knows, by id."""

    def __init__(self, text: str, words: Words, names: Mapping[str, tuple[str, ...]]) -> None:
        self._text, self._words = text, words
        self._known = {
            key(name): Named(some[0], _KINDS.get(one.split(":")[0], "group"), one)
            for one, some in names.items()
            for name in some
            if name
        }
        self._full: dict[str, list[Named]] = {}
        self._read: dict[str, tuple[Named | None, str]] = {}
        self._gender: dict[str, str] = {}
        self._roles: dict[str, set[str]] = {}
        self._certain: set[str] = set()
        for named in self._known.values():
            self._add(named)
        runs = [*self._runs()]
        for start, _, name in runs:
            if " " in name:
                self._add(self._person(start, name)[0])
        for some in self._full.values():
            some.sort(key=lambda one: -len(one.label))
        self._read.clear()  # a surname is now known as one
        self._mentions = [*self._find(runs)]
        self._starts = [one.start for one in self._mentions]

    def known(self, name: str) -> Named | None:
        """The entity of the story with that name."""
        first, _, rest = key(name).partition(" ")
        bare = rest if first in self._words.article else ""
        return self._known.get(key(name)) or self._known.get(bare)

    def before(self, at: int, most: int = 1) -> Sequence[Mention]:
        """At most so many mentions that begin before a place; the nearest first."""
        last = bisect_left(self._starts, at)
        return self._mentions[max(0, last - most) : last][::-1]

    def may_be(self, who: Named, gender: str) -> bool:
        """Whether no title gives somebody another gender."""
        return self._gender.get(who.label, gender) == gender

    def is_certain(self, who: Named) -> bool:
        """Whether something else than large letters says that a name is one of a person: the story, a title,
        an office, or a surname that stands alone."""
        return who.id is not None or who.label in self._certain or bool(self._roles.get(who.label))

    def confirm(self, who: Named) -> None:
        """Note that somebody is a person, as one who spoke."""
        self._certain.add(who.label)

    def has_role(self, who: Named, role: str) -> bool:
        return role in self._roles.get(who.label, ())

    def _runs(self) -> Iterator[tuple[int, int, str]]:
        """Where large words begin and end that may be a name, and the words."""
        for match in self._words.run.finditer(self._text):
            run, at = match[0].replace("\u00a0", " "), match.start()
            place = within(run, self._words)
            if place is not None:
                yield at + place[0], at + place[1], run[place[0] : place[1]]

    def _add(self, named: Named | None) -> None:
        if named is not None and named.kind == "person" and " " in named.label:
            some = self._full.setdefault(surname(named.label), [])
            if len(some) < _MOST_NAMESAKES and named not in some:
                some.append(named)

    def _find(self, runs: list[tuple[int, int, str]]) -> Iterator[Mention]:
        latest: dict[str, Named] = {}
        for start, end, name in runs:
            named, gender = self._person(start, name)
            if named is None:
                continue
            last = surname(named.label)
            if " " not in named.label and named.id is None and self._full.get(last):
                named = latest.get(last) or self._full[last][0]
                self._certain.add(named.label)
            latest[last] = named
            if _APPOSITION.match(self._text, end):
                self._certain.add(named.label)
            if gender:
                self._certain.add(named.label)
                self._gender.setdefault(named.label, gender)
            roles = self._roles.setdefault(named.label, set())
            if not roles or not self._words.roles.isdisjoint(name.casefold().split()):
                roles.update(self._roles_at(start, end))
            yield Mention(start, end, named)

    def _person(self, start: int, name: str) -> tuple[Named | None, str]:
        """The person that the name at `start` names, if it names one, and a gender from a title."""
        read = self._read.get(name)
        if read is None:
            read = self._named(name) if " " in name else (self._surnamed(name), "")
            self._read[name] = read
        named = read[0]
        if (
            named is not None
            and named.id is None
            and " " in named.label
            and name.startswith(named.label)
            and self._is_thing(start)
        ):
            return None, ""
        return read

    def _surnamed(self, run: str) -> Named | None:
        """The person with a name of one word, if the story or the text has the whole name."""
        name = OWNER.sub("", run.rstrip("."))
        known = self._known.get(key(name))
        if known is not None:
            return known if known.kind == "person" else None
        return Named(name, "person") if key(name) in self._full else None

    def _named(self, run: str) -> tuple[Named | None, str]:
        style = styled(run, self._words)
        label = style.label
        if (known := self._known.get(key(style.name))) is not None:
            return (known if known.kind == "person" else None), ""
        if not label:
            return None, ""
        if style.titled and (known := self._known.get(key(label))) is not None:
            return (known if known.kind == "person" else None), style.gender
        some = self._full.get(surname(label), [])
        if " " not in label:
            return (Named(label, "person") if style.titled or some else None), style.gender
        if not style.fits:
            return None, ""
        whole = next((one for one in some if is_same(label, one.label)), None)
        return whole or Named(label, "person"), style.gender

    def _is_thing(self, start: int) -> bool:
        """Whether an article, or a body and "for", are before large words: the Clean Power Plan."""
        before = self._text[max(0, start - _BESIDE) : start].split()[-3:]
        if before and before[-1].lower() in self._words.article:
            return True
        return (
            len(before) > 1
            and before[-1] in self._words.of_body
            and plain(before[-2]) in self._words.bodies
        )

    def _roles_at(self, start: int, end: int) -> Iterator[str]:
        """The offices that words beside a name give: Mayor Roe; Roe, the mayor; the mayor of Quay, Jane Roe."""
        before = _SENTENCE.split(self._text[max(0, start - _BESIDE) : start])[-1]
        if before.rstrip().endswith(","):
            before = before.rstrip(" ,").rpartition(",")[2]
        else:
            before = " ".join(before.split()[-2:])
        after = _OFFICE_AFTER.match(self._text, end, end + _BESIDE)
        for beside in (self._text[start:end], before, after and after[0]):
            if beside:
                yield from (
                    one for one in LETTERS.findall(beside.casefold()) if one in self._words.roles
                )
