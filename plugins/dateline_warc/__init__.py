"""Crawls of web sites: WARC and ARC files, compressed or not, and WACZ."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.plugin import Container, hookimpl
from dateline_warc.wacz import Wacz
from dateline_warc.warc import Warc


@hookimpl
def dateline_containers() -> Iterable[Container]:
    return [Warc(), Wacz()]
