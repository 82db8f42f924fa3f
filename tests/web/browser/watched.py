"""A page of the browser that may do nothing but show what its server sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: The most keys that lead from the beginning of a page to any of its links.
_TABS = 400


@dataclass
class Watched:
    """A page in a window of its own. `seen` is what it must not do: write to the console, ask elsewhere, open dialogs
    or windows. With ``keys``, links and fields are reached with Tab alone."""

    page: Any
    url: str
    keys: bool = False
    seen: list[str] = field(default_factory=list)

    @classmethod
    def opened(
        cls,
        browser: Any,
        url: str,
        *,
        script: bool = True,
        width: int = 1280,
        colors: str = "light",
        keys: bool = False,
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            color_scheme=colors,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        self = cls(context.new_page(), url, keys)
        page, seen = self.page, self.seen
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on(
            "dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )
        page.on("popup", lambda popup: seen.append(f"window: {popup.url}"))
        page.on("request", lambda request: self._asked(request.url))
        return self

    def _asked(self, address: str) -> None:
        if not address.startswith(f"{self.url}/"):
            self.seen.append(f"request: {address}")

    def close(self) -> None:
        self.page.context.close()
        assert self.seen == []

    def visit(self, path: str) -> None:
        answer = self.page.goto(self.url + path, wait_until="load")
        assert answer is not None and answer.status == 200, (path, answer and answer.status)

    @property
    def path(self) -> str:
        """Where the page is: path, query and fragment."""
        found: str = self.page.url
        return found.removeprefix(self.url)

    @property
    def text(self) -> str:
        found: str = self.page.inner_text("main")
        return found

    def follow(self, selector: str) -> None:
        """Follow the first link or press the first button that matches, and wait for the page that it leads to."""
        before = self.page.url
        target = self.page.locator(selector).first
        if self.keys:
            self.reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.scroll_into_view_if_needed()
            target.click()
        self.page.wait_for_url(lambda now: now != before, wait_until="load")

    def open_details(self, selector: str) -> None:
        """Open a part of the page that can be closed."""
        target = self.page.locator(f"{selector} > summary").first
        if self.keys:
            self.reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()
        assert self.page.locator(selector).first.get_attribute("open") is not None

    def write(self, selector: str, words: str) -> None:
        """Write into the first field that matches."""
        target = self.page.locator(selector).first
        if self.keys:
            self.reach(target)
            self.page.keyboard.type(words)
        else:
            target.fill(words)

    def choose(self, selector: str, label: str) -> None:
        """Choose an option of a list by its words."""
        target = self.page.locator(selector).first
        if self.keys:
            self.reach(target)
            # A list that has the focus goes to the option that begins with what is typed.
            self.page.keyboard.type(label)
        else:
            target.select_option(label=label)
        assert target.evaluate("one => one.selectedOptions[0].label") == label

    def reach(self, target: Any) -> None:
        """Press Tab until the element has the focus. It must show that it has it."""
        for _ in range(_TABS):
            if target.evaluate("one => one === document.activeElement"):
                assert self._shows_focus(target)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {target}")

    @staticmethod
    def _shows_focus(target: Any) -> bool:
        style = target.evaluate("one => getComputedStyle(one).outlineStyle")
        return bool(re.fullmatch(r"auto|solid|dotted|dashed|double", style))
