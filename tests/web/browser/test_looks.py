"""How pages look: on wide and narrow screens, in light and dark, on paper, and to those who cannot see them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from tests.web.browser.desk import KHERSON, VELM
from tests.web.browser.kinds import KINDS, address
from tests.web.browser.watched import Watched

#: Elements that are wider than the window and do not scroll by themselves.
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((one) =>
  one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, svg, .unseen")
).slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""
FURTHER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_page_is_wider_than_its_window(watch: Callable[..., Watched], width: int) -> None:
    reader, wide = watch(width=width), {}
    for kind in KINDS:
        reader.visit(address(reader.page, reader.url, kind))
        if reader.page.evaluate(FURTHER) > 0:
            wide[kind] = reader.page.evaluate(TOO_WIDE)
    assert wide == {}


@pytest.mark.parametrize("colors", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(watch: Callable[..., Watched], kind: str, colors: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # axe is put into the page, which its policy would forbid to others.
    reader = watch(colors=colors)
    reader.visit(address(reader.page, reader.url, kind))
    for details in reader.page.locator("main details, .days details").all()[:3]:
        details.evaluate("one => { one.open = true }")
    found = axe.run(reader.page).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []


def test_dark_is_dark(watch: Callable[..., Watched]) -> None:
    background = "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    shades = {}
    for colors in ("light", "dark"):
        reader = watch(colors=colors)
        reader.visit(VELM)
        shades[colors] = sum(reader.page.evaluate(background))
    assert shades["dark"] < 200 and shades["light"] > 600


@pytest.mark.parametrize("kind", ["story", "story with a map", "fact", "source", "diff", "view"])
def test_on_paper_there_is_the_text_without_its_controls(
    watch: Callable[..., Watched], kind: str
) -> None:
    pypdf = pytest.importorskip("pypdf")
    reader = watch()
    reader.visit(address(reader.page, reader.url, kind))
    heading = reader.page.inner_text("h1").split()
    pages = pypdf.PdfReader(io.BytesIO(reader.page.pdf(format="A4"))).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert " ".join(heading[:3]) in text
    for control in (
        "Search all stories",
        "Skip to",
        "Earlier",
        "Later ›",
        "Another day",
        "Compare two days?",
    ):
        assert control not in text
    if kind == "story":
        assert "2,104 of the 8,400 residents of Tarn were told to leave." in text
    if kind == "source":
        assert "hundreds of families had left the low streets of Tarn" in text


def test_a_map_is_drawn_where_places_are_known(watch: Callable[..., Watched]) -> None:
    reader = watch()
    reader.visit(KHERSON)
    assert reader.page.locator("#places figure > svg").count() == 1
