"""What readers come for, by mouse and by keyboard alone, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.web.browser.desk import VELM
from tests.web.browser.watched import Watched

Reader = Watched
WAYS = [(keys, script) for keys in (False, True) for script in (True, False)]
WORDS = "hundreds of families had left the low streets of Tarn"
BEFORE, AFTER = "About 1,200 of the 8,400 residents", "2,104 of the 8,400 residents"


@pytest.fixture(params=WAYS, ids=["mouse", "mouse, no script", "keys", "keys, no script"])
def reader(request: pytest.FixtureRequest, watch: Callable[..., Watched]) -> Watched:
    keys, script = request.param
    return watch(keys=keys, script=script)


def to_the_data(reader: Reader) -> None:
    """To the last part of a story's page, by its contents."""
    reader.visit(VELM)
    reader.follow("nav a[href$='#data']")


def test_from_a_drawn_fact_to_its_words_and_back(reader: Reader) -> None:
    reader.visit(VELM)
    reader.follow(f'#glance svg a[href="{VELM}/facts/f2"]')
    assert reader.path == f"{VELM}/facts/f2"
    reader.follow("#words figcaption a:has-text('content')")
    assert reader.path.endswith("#char=201,254")
    target = reader.page.locator(":target")
    assert WORDS.startswith(target.inner_text()) and target.bounding_box()["y"] < 900
    marked = reader.page.locator(f'mark a[href="{VELM}/facts/f2"]').all_inner_texts()
    assert WORDS in "".join(marked)
    reader.follow(f'.text a[href="{VELM}/facts/f2"]')
    assert reader.path == f"{VELM}/facts/f2"
    reader.follow(f'.trail a[href="{VELM}"]')
    assert reader.path == VELM


def test_at_an_earlier_day_a_correction_is_not_yet_made(reader: Reader) -> None:
    reader.visit(VELM)
    assert (
        AFTER in reader.text
        and BEFORE not in reader.page.locator("#figures, #timeline").all_inner_texts()[0]
    )
    reader.open_details(".days details")
    reader.follow(".days a:text-is('2024-03-04')")
    assert reader.path == f"{VELM}?as_of=2024-03-04"
    assert BEFORE in reader.text and AFTER not in reader.text
    # The day is kept from page to page.
    reader.follow("#timeline a:text-is('f6')")
    assert reader.path == f"{VELM}/facts/f6?as_of=2024-03-04"
    assert "1,200" in reader.page.inner_text("h1")
    reader.follow(".days a[rel=next]")
    assert reader.path == f"{VELM}/facts/f6?as_of=2024-03-05"
    assert "2,104" in reader.page.inner_text("h1")
    reader.follow(".days a:text-is('Now')")
    assert reader.path == f"{VELM}/facts/f6"


def test_words_are_found(reader: Reader) -> None:
    reader.visit("/")
    reader.write("#q", "siren gate")
    reader.follow(".find button")
    assert reader.path == "/search?q=siren+gate"
    assert reader.page.locator("main mark").count() > 1
    reader.follow(f'main a[href^="{VELM}/facts/"]')
    assert "siren" in reader.page.inner_text("h1")


def test_two_days_are_compared(reader: Reader) -> None:
    to_the_data(reader)
    reader.follow(f'#data a[href="{VELM}/diff"]')
    reader.choose("select[name=from]", "2024-03-04")
    reader.choose("select[name=to]", "2024-03-05")
    reader.follow("form.questions button")
    assert "from=2024-03-04&to=2024-03-05" in reader.path
    assert BEFORE in reader.text and AFTER in reader.text
    reader.follow(f'main a[href^="{VELM}/facts/f6"]')
    assert AFTER in reader.page.inner_text("h1")


def test_the_view_of_a_stranger_is_sorted_and_filtered(reader: Reader) -> None:
    to_the_data(reader)
    reader.follow(f'#data a[href="{VELM}/views/lengths"]')

    def letters() -> list[int]:
        cells = reader.page.locator("td[data-label=letters]").all_inner_texts()
        return [int(cell.replace(",", "")) for cell in cells]

    every = letters()
    assert len(every) > 20
    reader.follow("th a:text-is('letters')")
    assert letters() == sorted(every)
    assert reader.page.locator("th[aria-sort=ascending]").inner_text() == "letters"
    reader.follow("th a:text-is('letters')")
    assert letters() == sorted(every, reverse=True)
    reader.write("input[name=where]", "letters>100")
    reader.follow("form.questions button")
    assert letters() == sorted((one for one in every if one > 100), reverse=True)
    reader.follow(f'td a[href^="{VELM}/facts/"]')
    assert "/facts/" in reader.path


def test_the_format_of_a_stranger_is_downloaded(reader: Reader) -> None:
    to_the_data(reader)
    link = reader.page.locator(f'#data a[href="{VELM}/export/plainest"]')
    with reader.page.expect_download() as found:
        if reader.keys:
            reader.reach(link)
            reader.page.keyboard.press("Enter")
        else:
            link.click()
    assert found.value.suggested_filename == "velm-flood.plainest"
    assert AFTER in found.value.path().read_text()


def test_the_slider_goes_to_a_day(watch: Callable[..., Watched]) -> None:
    reader = watch(keys=True)
    reader.visit(VELM)
    reader.reach(reader.page.locator(".days input[type=range]"))
    reader.page.keyboard.press("Home")
    reader.page.wait_for_url(f"**{VELM}?as_of=2024-03-04")
    assert BEFORE in reader.text and AFTER not in reader.text
    slider = reader.page.locator(".days input[type=range]")
    assert slider.get_attribute("aria-valuetext").startswith("2024-03-04")
    reader.reach(slider)
    reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_url(f"**{VELM}?as_of=2024-03-05")
    assert AFTER in reader.text
