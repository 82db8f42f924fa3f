"""One page of each kind."""

from __future__ import annotations

import re
from typing import Any

from tests.web.browser.desk import HOSTILE, KHERSON, VELM

#: Pages whose address is known. ``{source}`` is the first source of the story.
KINDS = {
    "home": "/",
    "story": VELM,
    "story then": f"{VELM}?as_of=2024-03-04",
    "story with a map": KHERSON,
    "hostile story": HOSTILE,
    "fact": f"{VELM}/facts/f6",
    "disputed fact": f"{VELM}/facts/f12",
    "retracted fact": f"{VELM}/facts/f9",
    "hostile fact": f"{HOSTILE}/facts/f3",
    "source": f"{VELM}/sources/{{source}}",
    "hostile source": f"{HOSTILE}/sources/{{source}}",
    "versions": f"{VELM}/sources/{{source}}/versions",
    "entities": "/entities",
    "entity": "/entities/person:ida-brandt",
    "search": "/search?q=gate",
    "nothing found": "/search?q=xylophone",
    "diff": f"{VELM}/diff?from=2024-03-04&to=2024-03-06",
    "view": f"{VELM}/views/timeline",
    "view of all stories": "/views/figures",
    "stranger's view": f"{VELM}/views/lengths?sort=-letters",
    "hostile view": f"{HOSTILE}/views/statements",
}  # fmt: skip


def address(page: Any, url: str, kind: str) -> str:
    """The path of the page of that kind."""
    path = KINDS[kind]
    if "{source}" not in path:
        return path
    story = path.partition("/sources/")[0]
    names = re.findall(rf'{story}/sources/([0-9a-f]{{64}})"', page.request.get(url + story).text())
    return path.format(source=names[0])
