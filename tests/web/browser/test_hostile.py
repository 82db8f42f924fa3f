"""A story made to do harm does nothing, on each of its pages."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.security.hostile import BIDI, MARKS
from tests.web.browser.desk import HOSTILE
from tests.web.browser.watched import Watched

#: What a page may not hold: other scripts than ours, handlers, styles, frames, forms and links that lead elsewhere.
FOREIGN = """() => [
  ...[...document.scripts].filter((one) => !new URL(one.src, location).pathname.startsWith("/static/")),
  ...[...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((two) => /^on|^style$|^srcdoc$/i.test(two.name))),
  ...document.querySelectorAll("iframe, object, embed, base, style, template, meta[http-equiv]"),
  ...[...document.images].filter((one) => new URL(one.src, location).origin !== location.origin),
  ...[...document.forms].filter((one) => new URL(one.action).origin !== location.origin),
  ...[...document.querySelectorAll("[href]")].filter((one) =>
    !["http:", "https:"].includes(new URL(one.getAttribute("href"), location).protocol)),
].map((one) => one.outerHTML.slice(0, 200))"""
LINKS = """() => [...document.querySelectorAll("a[href]")].map((one) => new URL(one.getAttribute("href"), location).href)
  .filter((href) => href.startsWith(location.origin))"""
_MOST = 80


def test_no_page_of_a_hostile_story_acts(watch: Callable[..., Watched]) -> None:
    reader = watch()
    waiting, seen = [HOSTILE, "/", "/entities", "/search?q=script"], set()
    kinds: dict[str, int] = {}
    while waiting and len(seen) < _MOST:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        reader.visit(path)
        assert reader.page.evaluate(FOREIGN) == [], path
        raw = reader.page.request.get(reader.url + path).text()
        assert not set(raw) & (set(BIDI) - set(MARKS)), path
        for href in reader.page.evaluate(LINKS):
            found = href.removeprefix(reader.url).partition("#")[0]
            # Each kind of page a few times: facts, sources, entities, views, days.
            kind = re.sub(r"[0-9a-f]{64}|f\d+|\d{4}-\d\d-\d\d|:[^/?]+", "*", found)
            if _of_ours(found) and found not in seen and kinds.get(kind, 0) < 4:
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(found)
    assert {HOSTILE, "/entities"} < seen and len(seen) > 30


def _of_ours(path: str) -> bool:
    ours = path.startswith((HOSTILE, "/entities", "/search"))
    return ours and not re.search(r"\.(json|csv|ndjson|atom)|/export/|/proof", path)


def test_links_to_originals_tell_nothing_and_open_nothing(watch: Callable[..., Watched]) -> None:
    reader = watch()
    reader.visit(HOSTILE)
    names = reader.page.locator(f'#sources a[href^="{HOSTILE}/sources/"]')
    reader.visit(str(names.last.get_attribute("href")))
    outside = reader.page.locator('a[href^="http"]').all()
    assert outside
    for link in outside:
        assert {"noreferrer", "noopener"} <= set((link.get_attribute("rel") or "").split())
        assert link.get_attribute("target") is None
