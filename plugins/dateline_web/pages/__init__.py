"""All pages, in the order in which the documentation of the interface lists them."""

from __future__ import annotations

from dateline_web.days import DAYS
from dateline_web.feed import FEED
from dateline_web.openapi import described
from dateline_web.page import Page
from dateline_web.pages.diff import DIFF
from dateline_web.pages.entities import ENTITIES
from dateline_web.pages.entity import ENTITY
from dateline_web.pages.export import EXPORT
from dateline_web.pages.fact import FACT
from dateline_web.pages.home import HOME
from dateline_web.pages.proof import PROOF
from dateline_web.pages.search import SEARCH
from dateline_web.pages.source import SOURCE
from dateline_web.pages.story import STORY
from dateline_web.pages.versions import VERSIONS
from dateline_web.pages.view import VIEWS

_PAGES = (
    HOME, SEARCH, ENTITIES, ENTITY, STORY, DAYS, FACT, PROOF, SOURCE, VERSIONS, DIFF, *VIEWS, EXPORT, FEED,
)  # fmt: skip
#: With the page that describes all others.
PAGES: tuple[Page, ...] = (*_PAGES, described(_PAGES))
