"""Fetches one document from a public web server, with limits on everything."""

from __future__ import annotations

import ssl
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from importlib.metadata import version

from dateline.capture.net.address import Policy, refusal, resolve
from dateline.capture.net.body import read_body
from dateline.capture.net.connection import Clock, Connection
from dateline.capture.net.target import Target, target
from dateline.errors import DatelineError

MAX_REDIRECTS = 5
#: Seconds for a single wait, and for everything.
STEP, TOTAL = 20.0, 120.0
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Fetched:
    """A document as the server sent it. ``url`` is its address after redirects."""

    url: str
    content: bytes
    media_type: str | None
    charset: str | None


def fetch(
    url: str,
    *,
    max_bytes: int,
    policy: Policy = refusal,
    context: ssl.SSLContext | None = None,
    clock: Clock | None = None,
) -> Fetched:
    """Fetch `url` over http or https, following redirects.

    Every address of every host on the way must pass `policy`; connections are made only to addresses
    that were checked. No cookies are kept and no proxy settings are read. `context` and `clock`
    replace the usual certificates and time limits. Raises DatelineError for all failures.
    """
    clock = clock or Clock(STEP, TOTAL)
    here = target(url)
    for _ in range(MAX_REDIRECTS + 1):
        try:
            found = _ask(here, max_bytes, policy, context, clock)
        except (OSError, HTTPException) as error:
            raise DatelineError(
                f"cannot fetch {here.url}: {_reason(error)}",
                hint="try again, or save the page yourself and capture the file",
                code="fetch-failed",
            ) from None
        if isinstance(found, Fetched):
            return found
        here = found
    raise DatelineError(
        f"{url} redirects more than {MAX_REDIRECTS} times",
        hint="open it in a browser and use the address where it ends",
        code="too-many-redirects",
    )


def _ask(
    here: Target, limit: int, policy: Policy, context: ssl.SSLContext | None, clock: Clock
) -> Fetched | Target:
    """The answer of `here`: a document, or the target of a redirect."""
    addresses = resolve(here.host, here.port, policy)
    with closing(Connection(here, addresses, clock, context)) as connection:
        connection.request(
            "GET",
            here.path,
            headers={
                "Accept": "text/html, application/pdf, text/plain, */*;q=0.5",
                "Accept-Encoding": "identity",
                "Connection": "close",
                "User-Agent": f"dateline/{version('dateline')}",
            },
        )
        with closing(connection.getresponse()) as response:
            location = response.getheader("Location")
            if response.status in _REDIRECTS and location:
                return here.onward(_as_sent(location))
            if response.status != 200:
                raise DatelineError(
                    f"{here.url} answered {response.status} {response.reason}",
                    hint="open it in a browser, save what you see there, and capture the file",
                    code="http-status",
                )
            content = read_body(response, limit, here.url)
            return Fetched(here.url, content, _media_type(response), _charset(response))


def _as_sent(header: str) -> str:
    """The text of a header: http.client reads it as Latin-1, but servers write UTF-8."""
    return header.encode("latin-1").decode("utf-8", "surrogateescape")


def _media_type(response: HTTPResponse) -> str | None:
    return response.headers.get_content_type() if "Content-Type" in response.headers else None


def _charset(response: HTTPResponse) -> str | None:
    return response.headers.get_content_charset()


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "it took too long"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text or type(error).__name__
