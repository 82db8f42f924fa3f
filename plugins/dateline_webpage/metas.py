"""What a page declares in ``<meta>`` and ``<link>``, and the address that it gives itself."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

#: A longer value is no title, name, date or address.
LONGEST = 1000
#: How many elements around another are looked at.
_HIGHEST = 60


def metas(tree: Any) -> dict[str, list[str]]:
    """The different values of each ``property``, ``name``, ``itemprop`` or ``http-equiv``, in order.

    An ``itemprop`` of something else than the article, such as a video in it, is left out.
    """
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        value = line(meta.get("content"))
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(key) or "")[:100].strip().lower()
            if not value or not name or (key == "itemprop" and not of_article(meta)):
                continue
            values = found.setdefault(name, [])
            if value not in values and len(values) < 50:
                values.append(value)
    return found


def line(said: object) -> str:
    """Declared text as one line, without character references; empty if it is longer than `LONGEST`."""
    if not isinstance(said, str) or len(said) > LONGEST:
        return ""
    return " ".join(unescape(said).split())


def of_article(element: Any) -> bool:
    """Whether an ``itemprop`` belongs to the page or its article: by the nearest ``itemscope``."""
    for above in islice(element.iterancestors(), _HIGHEST):
        if above.get("itemscope") is not None:
            return (
                (above.get("itemtype") or "")
                .rstrip("/")
                .endswith(("Article", "Posting", "Report", "WebPage"))
            )
    return True


def declared_addresses(tree: Any, named: dict[str, list[str]]) -> list[str]:
    """The addresses that a page declares as its own: canonical, then ``og:url``. Absolute ones only."""
    links = [link.get("href") for link in tree.iter("link") if _is_canonical(link)]
    urls = [line(link) for link in links[:5]] + named.get("og:url", [])[:5]
    return list(dict.fromkeys(url for url in urls if is_address(url)))


def own_address(addresses: list[str]) -> tuple[str | None, str | None]:
    """The page's address, and a note if it declares addresses at different hosts: then there is none.

    An address with a path is preferred to a site's front page.
    """
    hosts = {host_of(url) for url in addresses}
    longest = max(hosts, key=len, default="")
    if any(host != longest and not longest.endswith("." + host) for host in hosts):
        said = " and ".join(addresses[:2])
        return None, f"Ignored its addresses, which are at different hosts: {said}."
    pages = [url for url in addresses if urlsplit(url).path.strip("/")]
    return next(iter(pages or addresses), None), None


def is_address(url: str) -> bool:
    """Whether it is a web address of a public host, without a password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    public = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return (
        parts.scheme in ("http", "https")
        and public
        and parts.username is None
        and url.isprintable()
        and " " not in url
    )


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def same_page(url: str) -> str:
    """An address as it is compared: without scheme, ``www.``, fragment and final slash."""
    bare = url.strip().partition("#")[0].partition("://")[2] or url.strip().partition("#")[0]
    return bare.removeprefix("www.").rstrip("/")


def squashed(text: str) -> str:
    """Letters and digits only, in lower case: how titles and names are compared."""
    return "".join(filter(str.isalnum, text.casefold()))


def _is_canonical(link: Any) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def texts(tree: Any, tag: str, most: int = 20) -> Iterator[str]:
    """The text of the first elements with this tag, each as one line."""
    for count, element in enumerate(tree.iter(tag)):
        if count >= most:
            return
        if text := line("".join(element.itertext())):
            yield text
