"""All pages, in the order in which the documentation of the interface lists them."""

from __future__ import annotations

from dateline_web.days import DAYS
from dateline_web.feed import FEED
from dateline_web.openapi import described
from dateline_web.page import Page
from dateline_web.pages.home import HOME
from dateline_web.pages.story import STORY

_PAGES = (HOME, STORY, DAYS, FEED)
#: With the page that describes all others.
PAGES: tuple[Page, ...] = (*_PAGES, described(_PAGES))
