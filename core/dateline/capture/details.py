"""What a document says about itself, as far as it can be believed and recorded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dateline.events.byline import read_byline
from dateline.events.edtf import parse as parse_edtf
from dateline.events.entity import EntityIntroduced
from dateline.events.publication import is_publication_date
from dateline.plugins.containers import Contained
from dateline.plugins.formats import Extracted
from dateline.text import visible

#: In the order in which they are shown.
DETAILS = ("title", "publisher", "published", "byline", "language", "url")
_ID = re.compile(r"(?:person|org|place|group):[a-z0-9]+(?:[-.][a-z0-9]+)*")
_LONGEST_ID = 60
#: Hosts that show copies of other sites' pages.
_COPIES = (
    ".archive.org", ".archive.is", ".archive.ph", ".archive.today", ".ampproject.org",
    ".webcache.googleusercontent.com",
)  # fmt: skip
# Code points that a text of the archive cannot contain.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Details:
    """The details of a document that are about to be recorded, for the person who captures it.

    ``values`` has those of `DETAILS` that are known: a list of names for ``byline``, text for the others.
    ``publisher`` is an entity, or ``ID=Label`` for a new one. ``taken`` names those that the document
    says itself. ``notes`` are sentences about what was ignored. ``entities`` are those of the story.
    """

    values: Mapping[str, Any]
    taken: frozenset[str]
    notes: tuple[str, ...]
    entities: Mapping[str, EntityIntroduced]


#: Returns the values to record. It may raise to stop the capture.
Review = Callable[[Details], Mapping[str, Any]]


def remembered(review: Review) -> Review:
    """A review that is not asked again about the same details, when the capture is tried again."""
    answers: list[tuple[Details, Mapping[str, Any]]] = []

    def asked(details: Details) -> Mapping[str, Any]:
        for shown, answer in answers:
            if (shown.values, shown.taken) == (details.values, details.taken):
                return answer
        answers.append((details, review(details)))
        return answers[-1][1]

    return asked


def taken(
    extracted: Extracted | Contained,
    given: Mapping[str, Any],
    entities: Mapping[str, EntityIntroduced],
) -> tuple[dict[str, Any], list[str]]:
    """The details that a document says itself and that are not `given`, and notes on what of them was
    ignored. A publisher that it does not name is the host of its address, given or its own."""
    published, notes = _published(one_line(extracted.published))
    names, byline_notes = _byline(extracted.byline, extracted.publisher)
    url, url_notes = _address(one_line(extracted.url))
    address = given.get("url") or url
    name = one_line(extracted.publisher) or _site(address)
    publisher, publisher_notes = _publisher(name, address, entities)
    said = {
        "title": (one_line(extracted.title), []),
        "publisher": (publisher, publisher_notes),
        "published": (published, notes),
        "byline": (names, byline_notes),
        "language": (one_line(extracted.language), []),
        "url": (url, url_notes),
    }
    missing = [key for key in DETAILS if not given.get(key)]
    found = {key: said[key][0] for key in missing if said[key][0]}
    return found, [note for key in missing for note in said[key][1]]


def said_by_container(
    contained: Contained | None, given: Mapping[str, Any], entities: Mapping[str, EntityIntroduced]
) -> tuple[dict[str, Any], list[str]]:
    """`given`, and the details that a container knows of its document and that are believable. They count
    more than what the document says, since a page in a crawl may name no address or another one."""
    if contained is None:
        return dict(given), []
    found, notes = taken(contained, given, entities)
    if contained.publisher is None:  # then the document may name it
        found.pop("publisher", None)
    return {**given, **found}, notes


def named_publisher(
    name: str, entities: Mapping[str, EntityIntroduced], url: str | None = None
) -> str | None:
    """The entity that a name means: an id as it is, an organization of the story with this name, else
    a new one as ``org:ID=NAME``. The id is made of the name's Latin letters, else of the host of `url`;
    None if there are neither."""
    if _ID.fullmatch(name.partition("=")[0]):
        return name
    called = _folded(name)
    for entity, data in entities.items():
        if data.kind == "organization" and called in map(_folded, (data.label, *data.names)):
            return entity
    slug = _slug(name) or (_slug(_host(url)) if url else "")
    if not slug:
        return None
    number, entity = 1, f"org:{slug}"
    while entity in entities:
        number += 1
        entity = f"org:{slug}-{number}"
    return f"{entity}={name}"


def one_line(text: str | None) -> str | None:
    """`text` without line breaks, and without code points that the archive cannot contain."""
    return " ".join(_NOT_TEXT.sub("\ufffd", text).split()) or None if text else None


def without_noncharacters(text: str) -> tuple[str, int]:
    """A document's text with U+FFFD for code points that are not characters, and their number."""
    return _NOT_TEXT.subn("\ufffd", text)


def in_words(values: Mapping[str, Any]) -> str:
    """``title 'Ferry aground', byline Nora Pell, Ada Quill``"""
    return ", ".join(f"{key} {words(key, values[key])}" for key in DETAILS if key in values)


def words(key: str, value: Any) -> str:
    """A detail as messages show it."""
    if key == "publisher":
        entity, new, label = str(value).partition("=")
        return f"{entity}={label!r}" if new else entity
    return ", ".join(value) if key == "byline" else repr(value)


def undated(story: str, source: str) -> str:
    """What a source without a date means, and what to do about it."""
    return (
        "It has no date of publication: on the public record its facts count from when they are recorded. "
        f"Give it with --published, or later with `dateline amend {story} {source} --set published=DATE`."
    )


def _published(declared: str | None) -> tuple[str | None, list[str]]:
    """The date that the document declares, or a note when it cannot be a publication date."""
    if declared is None:
        return None, []
    with suppress(ValueError):  # a plugin's date that is not EDTF
        if is_publication_date(declared):
            return declared, []
    note = (
        f"Ignored its date {declared[:200]!r}. If that is when it was published, use --published."
    )
    return None, [note]


def there_by(retrieved: str) -> tuple[str | None, list[str]]:
    """The date of publication of a document of which only is known when it was retrieved: on that day or before.
    None, and a note, if that is not EDTF."""
    published = f"../{retrieved}"
    try:
        parse_edtf(published)
    except ValueError:
        return None, [f"Ignored when it was retrieved: {retrieved[:200]!r} is not a date."]
    return published, []


def _address(declared: str | None) -> tuple[str | None, list[str]]:
    """An address that can be one, or a note when it cannot."""
    if declared is None:
        return None, []
    try:
        urlsplit(declared)
        readable = declared.isprintable()
    except ValueError:
        readable = False
    return (declared, []) if readable else (None, [f"Ignored its address {declared[:200]!r}."])


def _byline(declared: Iterable[str], publisher: str | None) -> tuple[list[str], list[str]]:
    """The names in the bylines that the document declares, and a note about what is no name in them."""
    names: list[str] = []
    ignored: list[str] = []
    for line in filter(None, map(one_line, declared)):
        found = read_byline(line)
        names += [name for name in found.names if _folded(name) != _folded(publisher or "")]
        ignored += found.ignored
    note = f"Ignored in its byline: {', '.join(map(repr, dict.fromkeys(ignored)))}."
    return list(dict.fromkeys(names)), [note] if ignored else []


def _publisher(
    name: str | None, url: str | None, entities: Mapping[str, EntityIntroduced]
) -> tuple[str | None, list[str]]:
    if name is None:
        return None, []
    if _ID.match(name) or "=" in name or visible(name) != name:
        return None, [f"Ignored its publisher {name!r}."]
    found = named_publisher(name, entities, url)
    if found is None:
        return None, [
            f"Its publisher is called {name!r}: give --publisher org:ID={name!r} with an id."
        ]
    return found, []


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+(?:\.[a-z0-9]+)*", plain)
    return "-".join(words)[:_LONGEST_ID].strip("-.")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _site(url: str | None) -> str | None:
    """The host of an address, for a publisher without another name; None for a copy's, or a private one."""
    host = _host(url) if url else ""
    named = "." in host and ":" not in host and not host.replace(".", "").isdigit()
    return host if named and not f".{host}".endswith(_COPIES) else None


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
