"""The application: routes of all pages in all their forms, answered from memory where nothing has changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dateline.plugin import DatelineError, parse_edtf
from dateline_html.markup import el
from dateline_web import static
from dateline_web.addresses import own
from dateline_web.answers import Answer, Answers
from dateline_web.asked import Asked
from dateline_web.guard import Guard, Rules
from dateline_web.layout import document
from dateline_web.live import Live
from dateline_web.page import Page
from dateline_web.pages import PAGES
from dateline_web.problems import Problem, problem_of
from dateline_web.shown import Shown
from dateline_web.site import Site

#: Pages may be kept by the browser, which asks each time whether they are still as they were.
_REVALIDATED = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"
#: Pages that are made at the same time, and how often one is made again because the log grew meanwhile.
_AT_ONCE, _ATTEMPTS = 2, 3


def application(site: Site, rules: Rules) -> Guard:
    """The ASGI application of a site."""
    answers, live, limiter = Answers(), Live(site), CapacityLimiter(_AT_ONCE)

    def routes() -> Iterator[Route]:
        for page in PAGES:
            for ending, make in _forms(page):
                path = page.path if ending is None else f"{page.stem}.{ending}"
                yield Route(
                    path, partial(_answered, site, answers, limiter, page, make), methods=_METHODS
                )
        yield Route("/stories/{slug}/live", partial(_live, site, live), methods=["GET"])
        yield Route("/static/{digest}/{name}", _static, methods=_METHODS)
        yield Route("/robots.txt", _robots, methods=_METHODS)

    # The paths with an ending come first: `{name}` would take the ending too.
    ordered = sorted(routes(), key=lambda route: "}" not in route.path.rpartition(".")[0])
    ordered.sort(key=lambda route: "." not in route.path.rpartition("/")[2])
    app = Starlette(
        routes=ordered,
        exception_handlers={HTTPException: _http_problem, Exception: _failed},
        lifespan=live.running,
    )
    app.router.redirect_slashes = False
    app.state.site = site
    return Guard(app, rules)


_METHODS = ("GET", "HEAD")
Make = Callable[[Asked], Answer]


def _forms(page: Page) -> Iterator[tuple[str | None, Make]]:
    """The forms of a page: its HTML under None, the others under their ending."""
    if page.html is not None:
        yield None, partial(_html, page.html)
    forms = dict(page.forms or {})
    if page.record is not None:
        forms.setdefault("json", partial(_json, page.record))
    yield from forms.items()


def _html(make: Callable[[Asked], Shown], asked: Asked) -> Answer:
    """A page from one state of the log: that of its story, or else the last one, if writers leave time for it."""
    for _ in range(_ATTEMPTS):
        before, once = asked.site.archive.head().position, replace(asked)
        page = str(document(make(once), once))
        if once.read is not None or asked.site.archive.head().position == before:
            break
    return Answer("text/html; charset=utf-8", page.encode())


def _json(make: Callable[[Asked], Any], asked: Asked) -> Answer:
    return Answer("application/json", json_bytes(make(asked)))


def json_bytes(value: Any) -> bytes:
    """As the command line writes JSON."""
    return (json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2) + "\n").encode()


async def _answered(
    site: Site, answers: Answers, limiter: CapacityLimiter, page: Page, make: Make, request: Request
) -> Response:
    try:
        asked = _asked(site, page, request)
        state = await site.present.latest()
        tag = site.tag(state, asked.as_of)
        if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers={"etag": tag, "cache-control": _REVALIDATED})
        query = "&".join(f"{name}={value!r}" for name, value in sorted(asked.every.items()))
        key = ((state.head.position, state.indexed), asked.base + asked.path, query)
        answer = await answers.get(key, lambda: _made(make, asked, limiter))
        return _sent(answer, request, tag)
    except (Problem, DatelineError) as error:
        return _problem(problem_of(error), request, site)


async def _made(make: Make, asked: Asked, limiter: CapacityLimiter) -> Answer:
    return await to_thread.run_sync(lambda: make(asked).compressed(), limiter=limiter)


def _asked(site: Site, page: Page, request: Request) -> Asked:
    every = {name: request.query_params.getlist(name) for name in request.query_params}
    for name, values in every.items():
        found = next((one for one in page.query if one.name == name), None)
        if found is None:
            known = ", ".join(one.name for one in page.query) or "nothing"
            raise Problem(400, f"the query may have {known}, not {name!r}", "query-unknown")
        if len(values) > 1 and not found.many:
            raise Problem(400, f"give {name} once", "query-repeated")
    # An empty field of a form is not given.
    given = {name: [one for one in values if one] for name, values in every.items()}
    kept = {name: values for name, values in given.items() if values}
    for one in page.query:
        for value in kept.get(one.name, ()):
            one.require(value)
    last = {name: values[-1] for name, values in kept.items()}
    _require_day(last.get("as_of"))
    base = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return Asked(site, own(request.scope["path"]), request.path_params, last, kept, base)


def _require_day(given: str | None) -> None:
    """Pages that have no day of their own lead to others with it, so that it must be one there, too."""
    try:
        if given is not None and parse_edtf(given).latest is None:
            raise Problem(400, f"as_of {given}: this date has no end", "date-without-end")
    except ValueError as error:
        raise Problem(400, f"as_of: {error}", "not-a-date") from None


def _sent(answer: Answer, request: Request, tag: str) -> Response:
    headers = {"etag": tag, "cache-control": _REVALIDATED, "vary": "accept-encoding"}
    headers.update(answer.headers)
    body = answer.body
    if answer.packed is not None and _takes_gzip(request):
        body = answer.packed
        headers["content-encoding"] = "gzip"
    return Response(body, answer.status, headers, answer.media_type)


def _takes_gzip(request: Request) -> bool:
    given = request.headers.get("accept-encoding", "").lower()
    for one in given.split(","):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


def _problem(problem: Problem, request: Request, site: Site) -> Response:
    headers = {**dict(problem.headers), "cache-control": "no-store"}
    last = request.url.path.rpartition("/")[2]
    if "." in last and last.rpartition(".")[2] in ("json", "csv", "ndjson", "atom"):
        body = json.dumps(problem.fields, ensure_ascii=False).encode()
        return Response(body, problem.status, headers, "application/problem+json")
    asked = Asked(site, own(request.scope["path"]), {}, {}, {})
    shown = Shown(
        problem.title,
        [el("p", problem.detail, class_="lead")],
        [el("p", str(problem.status), class_="kicker"), el("h1", problem.title)],
        timeless=True,
    )
    page = str(document(shown, asked)).encode()
    return Response(page, problem.status, headers, "text/html; charset=utf-8")


def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = Problem(error.status_code, "there is no page with this address")
    return _problem(problem, request, request.app.state.site)


def _failed(request: Request, error: Exception) -> Response:
    return _problem(problem_of(error), request, request.app.state.site)


async def _live(site: Site, live: Live, request: Request) -> Response:
    slug = request.path_params["slug"]
    try:
        await run_in_threadpool(site.archive.story, slug)
        events = live.listen(slug)
    except (Problem, DatelineError) as error:
        return _problem(problem_of(error), request, site)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in static.NAMES or request.path_params["digest"] != static.digest(name):
        raise HTTPException(404)
    media_type, body = static.content(name)
    return Response(body, headers={"cache-control": _FOR_EVER}, media_type=media_type)


async def _robots(request: Request) -> Response:
    return Response("User-agent: *\nDisallow: /*?\n", media_type="text/plain")
