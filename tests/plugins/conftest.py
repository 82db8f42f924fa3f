"""What tests of plugins share: distributions that are installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.plugins import points


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """``installed("acme-dateline 1.4.2", "[dateline]", "acme = acme_one")``: a distribution with
    these entry points, in a folder on the path. Returns that folder."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def make(name: str, *lines: str, metadata: bytes | None = None) -> Path:
        bare, _, version = name.partition(" ")
        info = site / f"{bare.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        if metadata is None:
            metadata = f"Metadata-Version: 2.1\nName: {bare}\nVersion: {version}\n".encode()
        if metadata:
            (info / "METADATA").write_bytes(metadata)
        (info / "entry_points.txt").write_bytes(("\n".join(lines) + "\n").encode("latin-1"))
        points._installed.cache_clear()  # it is read once a process
        return site

    return make
