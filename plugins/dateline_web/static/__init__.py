"""Files that pages load: their names have the hash of their content, so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from dateline_html.page import style

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
NAMES = ("reader.css", "reader.js", "icon.svg")


@cache
def content(name: str) -> tuple[str, bytes]:
    """The media type and the bytes of a file. The style sheet begins with that of the HTML export."""
    text = files("dateline_web.static").joinpath(name).read_text(encoding="utf-8")
    if name == "reader.css":
        text = f"{style()}\n{text}"
    return _TYPES[name.rpartition(".")[2]], text.encode()


@cache
def address(name: str) -> str:
    return f"/static/{digest(name)}/{name}"


@cache
def digest(name: str) -> str:
    return hashlib.sha256(content(name)[1]).hexdigest()[:16]
