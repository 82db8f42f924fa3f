"""Which words of a byline are names of people, and which are roles, organizations, dates and phrases."""

from __future__ import annotations

import re

from dateline.text import visible

#: A longer byline is a paragraph.
_LONGEST = 300
_MOST_WORDS = 5
_LEAD = re.compile(
    r"^\s*[|/•·–—-]*\s*(?:"
    r"(?:(?:written|reported|posted|published|story|words|text|analysis|opinion|review|commentary)\s+)?by(?:\s*:\s*|\s+|$)"
    r"|(?:authors?|autor(?:in|en|es)?|auteure?s?|автор(?:ка|ы|и)?|текст|text|words)\s*:\s*"
    r"|(?:von|par|por|door|av|af)\s+(?-i:(?=[^\W\d_a-zß-öø-ÿ]\S*\s+\S)))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\S*://\S*|\bwww\.[^\s)]*|[^\s(]+@[^\s)]+\.[^\s)]+|@\w[^\s)]*", re.IGNORECASE
)
#: What follows is where the author works, writes from, or when.
_AFTER = re.compile(r"\s+[|/•·–—-]+\s+|[|•·\n]|\s*[(\[]")
_WITH = re.compile(r"\s*\((?:with|avec|mit)\s+([^()]+)\)")
_INSIDE = re.compile(r"^[^()]+\([^()]*\)\s*\w")
_BETWEEN = re.compile(
    r"\s*,?\s+(?:and|und|et|och|та|и|і|й|with|avec|mit)\s+|\s+[ye]\s+|\s*,?\s*&\s*|\s*[,;、]\s*",
    re.IGNORECASE,
)
_NOT_IN_NAMES = re.compile(r"[\d<>{}=_\\/:;\"!?*#+%|«»“”@]|\w{2,}\.\w{2,}|[^\W\d_]{4,}\.\s")
#: Words of roles, of organizations, of dates and of phrases; no name that is taken has one of them.
_NO_NAMES = frozenset({
    "admin", "administrator", "administrators", "anonymous", "attorney", "author", "authors",
    "bureau", "chief", "columnist", "contributor", "contributors", "correspondent",
    "correspondents", "desk", "edited", "editor", "editorial", "editors", "freelance", "freelancer",
    "intern", "journalist", "moderator", "newsroom", "null", "photographer", "producer", "reporter",
    "reporters", "staff", "team", "undefined", "unknown", "webmaster", "writer", "writers",
    "analyst", "rechtsanwalt", "rechtsanwältin", "redaktion", "redakteur", "redakteurin",
    "korrespondent", "korrespondentin", "rédaction", "rédacteur", "rédactrice", "journaliste",
    "correspondant", "correspondante", "redacción", "redactor", "redactora", "corresponsal",
    "periodista", "redactie", "redakcja", "редакція", "редакция", "кореспондент", "корреспондент", "журналіст",
    "журналист", "afp", "agence", "agencies", "agency", "agentur", "agenturen", "association",
    "bbc", "cnn", "company", "corp", "dpa", "foundation", "gmbh", "group", "inc", "institute",
    "llc", "ltd", "magazine", "media", "network", "newspaper", "news", "online", "radio", "reuters",
    "service", "services", "times", "tv", "university", "wire", "xinhua", "zeitung", "тасс",
    "уніан", "укрінформ", "about", "ago", "by", "über", "sobre", "hours", "minutes", "modified", "posted", "published",
    "updated", "yesterday", "today", "for", "from", "of", "our", "the", "this", "with", "your",
})  # fmt: skip
#: Only when they are all that the byline says.
_PLACEHOLDERS = frozenset({
    "by", "guest", "none", "root", "user", "wordpress", "blogger", "owner", "web", "n/a", "na", "associated press",
    "agence france-presse", "press association", "deutsche presse-agentur", "united press international",
})  # fmt: skip
#: As the last of three words or more they are a date that is glued to a name.
_DAYS = frozenset({
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january",
    "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec",
    "may",
})  # fmt: skip
#: Words that names have in lower case.
_PARTICLES = frozenset({
    "al", "bin", "da", "dal", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el",
    "ibn", "la", "le", "ten", "ter", "van", "von", "y", "zu", "zur",
})  # fmt: skip


_BRACKETS = frozenset("()[]")


def names_in(byline: str) -> tuple[list[str], list[str]]:
    """The names in a byline, and the parts of it that are none, as `read_byline` describes."""
    line = _WITH.sub(r" with \1", " ".join(byline[: _LONGEST + 1].split()))
    if len(line) > _LONGEST:
        return [], [f"{line[:40]}..."]
    rest = _LEAD.sub("", line, count=1)
    ignored = _ADDRESS.findall(rest)
    rest = _ADDRESS.sub(" ", rest).strip(" |/•·–—-,;")
    if _INSIDE.search(rest):  # "Nora (Ada) Pell"
        return [], [rest, *ignored]
    head = _AFTER.split(rest, maxsplit=1)[0]
    if not head and rest:  # "desk@wire.example (Nora Pell)"
        head = rest.strip("()[]")
    elif rest[len(head) :].strip():
        ignored.append(rest[len(head) :].strip(" |/•·–—-"))
    names, others = _people(head.strip(" ,;"))
    ignored = [*others, *ignored]
    if not names and not ignored and line:
        ignored = [line]
    said = [part for part in ignored if any(map(str.isalnum, part))]
    return list(dict.fromkeys(names)), said


def _people(head: str) -> tuple[list[str], list[str]]:
    """The names in a list, and what is no name in it."""
    if not head:
        return [], []
    pieces = [piece for piece in _BETWEEN.split(head) if piece]
    joints = [joint.strip(" ,") for joint in _BETWEEN.findall(head)]
    words = [len(piece.split()) for piece in pieces]
    joined = [at for at, joint in enumerate(joints) if joint]
    if len(pieces) == 1:
        listed = 1
    elif joined:  # a list ends one name after its last "and"
        listed = joined[-1] + 2
    elif words == [1, 1] and head[:1].isalpha():  # "Pell, Nora"
        pieces, listed = [head], 1
    else:
        listed = len(pieces) if len(pieces) > 2 and all(map(_is_full_name, pieces)) else 1
    few = len(pieces) == 1
    named = is_name if few else _is_full_name
    # A bracket without its other half is what is left of something else.
    names = [one for one in pieces[:listed] if named(one) and not _BRACKETS.intersection(one)]
    return names, [piece for piece in pieces if piece not in names]


def _is_full_name(text: str) -> bool:
    """A name that cannot be a place or a nickname: of two words, or in a script without capitals."""
    uncased = text.upper() == text.lower()
    return is_name(text) and (uncased or len(text.split()) > 1)


def is_name(text: str) -> bool:
    """Whether text can be the name of one person, and nothing else is in it."""
    words = text.split()
    plain = [word.strip(".,'’").casefold() for word in words]
    if not words or len(words) > _MOST_WORDS or len(text) > 80:
        return False
    if _NOT_IN_NAMES.search(text) or not any(map(str.isalpha, text)) or visible(text) != text:
        return False
    if text.casefold() in _PLACEHOLDERS or (_NO_NAMES - _PARTICLES).intersection(plain):
        return False
    if len(words) > 2 and plain[-1] in _DAYS:
        return False
    if len(words) == 1 and not _is_nickname(text):
        return False
    lower = [word for word in words if word[:1].islower() and word not in _PARTICLES]
    return not lower or len(lower) == len(words) <= 2


def _is_nickname(word: str) -> bool:
    """Whether one word can be a name: no abbreviation, and no phrase of a script without spaces."""
    uncased = word.upper() == word.lower()
    if uncased and not word.isascii():
        return len(word) <= 6
    return not word.isupper() and not word.endswith(".")
