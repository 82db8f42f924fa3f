"""A URL taken apart and checked: what to ask whom for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from dateline.errors import DatelineError

#: Port of each scheme there is.
PORTS = {"http": 80, "https": 443}
# White space, controls and backslashes: browsers and libraries read URLs with them differently.
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?")
# RFC 3986's characters of a path or query, and % because what is escaped stays so.
_KEPT = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True)
class Target:
    """Where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    def onward(self, location: str) -> Target:
        """Where a redirect leads. Raises DatelineError for one from https to http, or to a port
        that is neither a usual one nor this one."""
        _plain(location)  # before it is joined, which drops line ends
        try:
            there = target(urljoin(self.url, location))
        except ValueError as error:
            raise DatelineError(f"{self.url} leads on to what is no URL: {error}") from None
        if self.scheme == "https" and there.scheme == "http":
            raise DatelineError(f"{self.url} leads on to {there.url}, which is not encrypted")
        if there.port not in (*PORTS.values(), self.port):
            raise DatelineError(f"{self.url} leads on to port {there.port} of {there.host}")
        return there


def target(url: str) -> Target:
    """What `url` says. Raises DatelineError when it is none that may be fetched."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DatelineError(f"this is no URL: {error}") from None
    if parts.scheme not in PORTS:
        raise DatelineError(
            f"a {parts.scheme or 'nameless'} URL is not fetched",
            hint="only http and https are; give a file by its path alone",
        )
    if "@" in parts.netloc:
        raise DatelineError(
            "the URL holds a user name or password, which the log would keep for ever",
            hint="leave it out, or save the page yourself and capture the file",
        )
    _plain(url)
    if port == 0:
        raise DatelineError(f"{url!r} names port 0")
    path = quote(parts.path or "/", safe=_KEPT.replace("?", ""))
    query = "?" + quote(parts.query, safe=_KEPT) if parts.query else ""
    return Target(parts.scheme, _host(parts), port or PORTS[parts.scheme], path + query)


def _plain(url: str) -> None:
    if _UNFIT.search(url):
        raise DatelineError(f"{url!r} holds white space, control characters or backslashes")


def _host(parts: SplitResult) -> str:
    given = parts.hostname or ""
    try:
        if "[" in parts.netloc and "%" not in given:
            return str(IPv6Address(given))
        host = given if given.isascii() else given.encode("idna").decode("ascii").lower()
    except ValueError:
        host = ""
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise DatelineError(f"the URL's host {given!r} is no name or address")
    return host
