"""A URL split into its parts and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from dateline.errors import DatelineError

#: The default port of each supported scheme.
PORTS = {"http": 80, "https": 443}
# White space, control characters, backslashes: browsers and libraries disagree on URLs with these.
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?")
# The characters that RFC 3986 allows in a path or query, and %, so that escapes are kept.
_SAVE = "save the page yourself and capture the file"
_KEPT = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True)
class Target:
    """The host to connect to, and the path to request."""

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
        """The target of a redirect. Raises DatelineError if it leads from https to http, or to a port
        that is neither a default one nor the current one."""
        _plain(location)  # before urljoin, which drops line ends
        try:
            there = target(urljoin(self.url, location))
        except ValueError as error:
            raise DatelineError(
                f"{self.url} redirects to something that is not a URL: {error}",
                hint=_SAVE,
                code="not-a-url",
            ) from None
        if self.scheme == "https" and there.scheme == "http":
            raise DatelineError(
                f"{self.url} redirects to {there.url}, which is not encrypted",
                hint=_SAVE,
                code="redirect-not-encrypted",
            )
        if there.port not in (*PORTS.values(), self.port):
            raise DatelineError(
                f"{self.url} redirects to port {there.port} of {there.host}, which is not a web port",
                hint=_SAVE,
                code="redirect-port",
            )
        return there


def target(url: str) -> Target:
    """The target of `url`. Raises DatelineError if it may not be fetched."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise DatelineError(
            f"this is not a URL: {error}", hint="check its spelling", code="not-a-url"
        ) from None
    if parts.scheme not in PORTS:
        raise DatelineError(
            f"cannot fetch a URL with the scheme {parts.scheme!r}",
            hint="use http or https; to capture a file, give its path",
            code="scheme-unsupported",
        )
    if "@" in parts.netloc:
        raise DatelineError(
            "the URL contains a user name or password, which the log would keep for ever",
            hint="leave it out, or save the page yourself and capture the file",
            code="url-with-password",
        )
    _plain(url)
    if port == 0:
        raise DatelineError(f"{url!r} names port 0", hint="check its spelling", code="not-a-url")
    path = quote(parts.path or "/", safe=_KEPT.replace("?", ""))
    query = "?" + quote(parts.query, safe=_KEPT) if parts.query else ""
    return Target(parts.scheme, _host(parts), port or PORTS[parts.scheme], path + query)


def _plain(url: str) -> None:
    if _UNFIT.search(url):
        raise DatelineError(
            f"{url!r} contains white space, control characters or backslashes",
            hint="percent-encode them",
            code="url-characters",
        )


def _host(parts: SplitResult) -> str:
    given = parts.hostname or ""
    try:
        if "[" in parts.netloc and "%" not in given:
            return str(IPv6Address(given))
        host = given if given.isascii() else given.encode("idna").decode("ascii").lower()
    except ValueError:
        host = ""
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise DatelineError(
            f"the URL's host {given!r} is not a name or address",
            hint="check its spelling",
            code="not-a-url",
        )
    return host
