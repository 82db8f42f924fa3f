"""The addresses of pages. They carry the moment that the reader looks at from page to page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

#: The media types that a page may be asked for in, by the ending of its address.
ENDINGS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
}
#: A page has so many characters of the text of a source.
TEXT = 50_000


class Addresses:
    """The addresses of an archive's pages as of a day, or of now if `as_of` is None."""

    def __init__(self, as_of: str | None = None) -> None:
        self.as_of = as_of

    def at(self, path: str, /, **query: str | Sequence[str] | None) -> str:
        """An address with a query and the moment."""
        given = {"as_of": self.as_of, **query}
        kept = {name: value for name, value in given.items() if value}
        asked = urlencode(kept, doseq=True, quote_via=quote)
        return path + (f"?{asked}" if asked else "")

    def home(self) -> str:
        return self.at("/")

    def search(self, **query: str | None) -> str:
        return self.at("/search", **query)

    def entities(self) -> str:
        return self.at("/entities")

    def entity(self, name: str) -> str:
        return self.at(f"/entities/{_part(name)}")

    def story(self, slug: str, fragment: str = "", page: int = 1) -> str:
        """A story, or a part of it, which may be on a later page."""
        address = self.at(story_path(slug), page=str(page) if page > 1 else None)
        return address + (f"#{_part(fragment)}" if fragment else "")

    def fact(self, slug: str, fact: str) -> str:
        return self.at(f"{story_path(slug)}/facts/{_part(fact)}")

    def proof(self, slug: str, fact: str) -> str:
        return f"{story_path(slug)}/facts/{_part(fact)}/proof.json"

    def source(
        self, slug: str, source: str, start: int | None = None, end: int | None = None
    ) -> str:
        """A source, or the place in its text from `start` to `end`: characters as in RFC 5147."""
        path = f"{story_path(slug)}/sources/{_part(short(source))}"
        if start is None or end is None:
            return self.at(path)
        page = start // TEXT + 1
        return self.at(path, page=str(page) if page > 1 else None) + f"#char={start},{end}"

    def versions(self, slug: str, source: str) -> str:
        return self.at(f"{story_path(slug)}/sources/{_part(short(source))}/versions")

    def diff(self, slug: str, since: str | None = None, until: str | None = None) -> str:
        return self.at(f"{story_path(slug)}/diff", **{"from": since, "to": until})

    def view(self, view: str, slug: str | None = None, **query: str | None) -> str:
        within = "" if slug is None else story_path(slug)
        return self.at(f"{within}/views/{_part(view)}", **query)

    def export(self, slug: str, format_: str) -> str:
        return self.at(f"{story_path(slug)}/export/{_part(format_)}")

    def feed(self, slug: str) -> str:
        return f"{story_path(slug)}/feed.atom"

    def live(self, slug: str) -> str:
        return f"{story_path(slug)}/live"


def story_path(slug: str) -> str:
    return f"/stories/{_part(slug)}"


def with_ending(path: str, ending: str, query: Mapping[str, Sequence[str]]) -> str:
    """The same page in another form."""
    asked = urlencode(query, doseq=True, quote_via=quote)
    return f"{'/stories' if path == '/' else path}.{ending}" + (f"?{asked}" if asked else "")


def own(path: str) -> str:
    """The path of a request as an address of this site: ``//host`` and ``/\\host`` would lead to another one."""
    return "/" + quote(path.lstrip("/\\"), safe="/:@,;=~-._")


def short(source: str) -> str:
    """A source's id as addresses have it: the hash without ``sha256:``."""
    return source.removeprefix("sha256:")


def _part(name: str) -> str:
    return quote(name, safe=":@,;=~-._")
