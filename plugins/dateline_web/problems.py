"""What went wrong, as an answer: a page for people, RFC 9457 problem details for programs. Nothing of the file
system is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp

from dateline.plugin import DatelineError, SealedContent, UnknownName

_TITLES = {
    302: "At another address", 400: "Not understood", 401: "A token is needed", 404: "Not found", 405: "Only reading is possible",
    413: "No body is taken", 414: "The address is too long", 421: "Another host", 500: "An error of the server",
    503: "Not available",
}  # fmt: skip


@dataclass(eq=False)  # a context manager sets the traceback of what passes through it
class Problem(Exception):
    """An answer that is an error: its HTTP status and a sentence."""

    status: int
    detail: str
    code: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        return _TITLES.get(self.status, "Error")

    @property
    def fields(self) -> dict[str, object]:
        """Problem details (RFC 9457)."""
        found = {
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        return {name: value for name, value in found.items() if value is not None}


def plain(problem: Problem) -> ASGIApp:
    """The answer as problem details, for requests that reach no page. It ends the connection, on which a body
    may follow."""
    body = json.dumps(problem.fields).encode()
    headers = dict(problem.headers) | {"cache-control": "no-store", "connection": "close"}
    return Response(body, problem.status, headers, "application/problem+json")


def problem_of(error: Exception) -> Problem:
    """The problem that an error of the archive is for a reader."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, UnknownName):
        return Problem(404, str(error), error.code)
    if isinstance(error, SealedContent):
        return Problem(503, "the key of some protected content is not at hand", error.code)
    if isinstance(error, DatelineError) and error.code in _ASKED_WRONGLY:
        hint = f" ({error.hint})" if error.hint and error.code == "question-invalid" else ""
        return Problem(400, f"{error}{hint}", error.code)
    code = error.code if isinstance(error, DatelineError) else None
    # Other messages may name files.
    words = _FAILURES.get(code or "", "the archive cannot answer this now")
    return Problem(500 if code is None else 503, words, code)


#: Codes of errors that a better request would not have.
_ASKED_WRONGLY = frozenset({
    "not-a-date", "date-without-end", "query-empty", "question-invalid", "two-moments", "view-undated",
})  # fmt: skip
#: What to say of failures whose own messages may name files.
_FAILURES = {
    "view-failed": "the view stopped at an event that its plugin cannot fold; `dateline status` shows where",
    "plugin-failed": "the plugin that writes this failed; `dateline export` shows why",
}
