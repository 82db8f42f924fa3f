"""All pages, in the order in which the documentation of the interface lists them."""

from __future__ import annotations

from dateline_web.feed import FEED
from dateline_web.openapi import described
from dateline_web.page import Page
from dateline_web.pages.export import EXPORT
from dateline_web.pages.fact import FACT
from dateline_web.pages.home import HOME
from dateline_web.pages.story import STORY
from dateline_web.pages.view import VIEWS

_PAGES = (HOME, STORY, FACT, *VIEWS, EXPORT, FEED)
#: With the page that describes all others.
PAGES: tuple[Page, ...] = (*_PAGES, described(_PAGES))
