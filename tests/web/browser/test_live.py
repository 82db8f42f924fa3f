"""A page says what was recorded since it was opened."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.browser.desk import VELM, Desk
from tests.web.browser.watched import Watched


def test_a_page_says_that_events_were_recorded(watch: Callable[..., Watched], desk: Desk) -> None:
    reader, other = watch(), watch()
    reader.visit("/stories/ferry")
    other.visit(VELM)
    notice = reader.page.locator(".live a")
    reader.page.wait_for_timeout(500)
    assert notice.count() == 0
    desk.run("retitle", "ferry", "Fictional: the ferry Alma afloat")
    notice.wait_for()
    assert notice.inner_text().startswith("1 new event")
    assert "afloat" not in reader.page.inner_text("h1")
    assert other.page.locator(".live a").count() == 0
    notice.click()
    reader.page.wait_for_function("() => document.querySelector('h1').innerText.includes('afloat')")
    assert notice.count() == 0
