"""Who may read: this machine alone, unless somebody says otherwise; then those with the token, or everybody."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import httpx
import pytest

from dateline import Archive
from dateline.pytest_plugin import Cli
from dateline.testing import samples
from dateline_web.app import application
from dateline_web.guard import Rules
from dateline_web.site import Site

TOKEN = "a-long-and-secret-token"


def basic(password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"any:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": f"Bearer {TOKEN}"}, 200),
        ({"authorization": f"bearer  {TOKEN} "}, 200),
        (basic(TOKEN), 200),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": TOKEN}, 401),
        (basic("wrong"), 401),
        ({"authorization": "Basic \u00e9\u00e9"}, 401),
        ({"authorization": "Basic !!!"}, 401),
        ({"authorization": "Bearer "}, 401),
    ],
)
def test_the_token_is_needed_for_everything(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    with Archive.create(tmp_path / "a.db") as archive:
        archive.record(samples.story())
    with Archive.open(tmp_path / "a.db", read_only=True) as archive:
        app = application(Site(archive), Rules({"reader.test"}, TOKEN))
        transport = httpx.ASGITransport(app)

        async def ask() -> None:
            given = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
            async with httpx.AsyncClient(
                transport=transport, base_url="http://reader.test"
            ) as client:
                for path in ("/", "/stories/ferry.json", "/openapi.json", "/robots.txt", "/none"):
                    answer = await client.get(path, headers=given)
                    wanted = 404 if status == 200 and path == "/none" else status
                    assert answer.status_code == wanted
                    assert ("www-authenticate" in answer.headers) == (status == 401)
                    assert answer.headers["x-content-type-options"] == "nosniff"

        asyncio.run(ask())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--host", "0.0.0.0"], 2, "--allow-remote"),
        (["--host", "example.org", "--public"], 2, "--allow-remote"),
        (["--host", "::", "--allow-remote"], 2, "--token-file"),
        (["--token-file", "short"], 1, "16 characters"),
        (["--token-file", "none"], 1, "none"),
        (["--host", "127.0.0.1", "--port", "99999"], 2, "99999"),
    ],
)
def test_nothing_is_opened_to_others_by_mistake(
    dateline_cli: Cli, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "short").write_text("secret\n")
    assert dateline_cli("init").code == 0
    done = dateline_cli("serve", *arguments)
    assert done.code == code
    assert words in done.err
