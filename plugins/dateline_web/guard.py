"""What every request must be, before any page is made: short, for reading, to a known host, from somebody allowed."""

from __future__ import annotations

import base64
import hmac
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dateline_web.problems import Problem, plain

#: The most characters of a path and of a query.
PATH, QUERY = 1024, 4096
_HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    (
        "content-security-policy",
        "; ".join(
            [
                "default-src 'none'",
                *(f"{kind}-src 'self'" for kind in ("style", "script", "img", "connect")),
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ]
        ),
    ),
)


@dataclass(frozen=True)
class Rules:
    """``hosts`` are the names by which the server may be addressed, besides numeric addresses: a page of another
    site cannot have one of these resolve to this server. ``token`` must be given with each request, as a bearer
    token or as the password of basic authentication; None asks for none."""

    hosts: Collection[str]
    token: str | None = None

    def answer_for(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name = _host(host)
        return name in self.hosts or _is_numeric(name.strip("[]"))


class Guard:
    """Refuses what the rules refuse, and adds the headers of every answer."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.encode(), value.encode()) for name, value in _HEADERS]
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        problem = self._problem(scope)
        answer = self._app if problem is None else plain(problem)
        await answer(scope, receive, guarded)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD"):
            return Problem(
                405, "the archive can only be read here", headers=(("allow", "GET, HEAD"),)
            )
        if len(scope["raw_path"] or b"") > PATH or len(scope["query_string"]) > QUERY:
            return Problem(414, "the address is too long")
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return Problem(413, "a request has no body here")
        if len(headers.getlist("host")) != 1 or not self._rules.answer_for(headers["host"]):
            return Problem(421, "this server does not answer for that host name")
        if self._rules.token is not None and not _holds(headers, self._rules.token):
            ask = ("www-authenticate", 'Basic realm="Dateline", charset="UTF-8"')
            return Problem(
                401, "give the token, as the password or as a bearer token", headers=(ask,)
            )
        return None


def _host(given: str) -> str:
    """A Host header without its port, in lower case."""
    name = given.rpartition(":")[0] if given.rpartition(":")[2].isdecimal() else given
    return name.lower().rstrip(".")


def _is_numeric(name: str) -> bool:
    if "%" in name:  # the zone of an address may be any word
        return False
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _holds(headers: Headers, token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:  # it is not Base64, or not of UTF-8
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.encode())
