"""Running the server: its socket, its limits, and the archive that it reads."""

from __future__ import annotations

import asyncio
import socket
import sys
import webbrowser
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import click
import uvicorn

from dateline import Archive, DatelineError
from dateline.plugin import visible
from dateline_web.app import application
from dateline_web.connection import Connection
from dateline_web.guard import Rules
from dateline_web.keeping import keeping
from dateline_web.site import Site

#: Seconds that a thread which makes a page may keep others waiting, above all that which answers from memory.
_SWITCH = 0.0005
#: The most bytes of a request head.
_HEAD_BYTES = 16 << 10


def run(settings: Any, options: dict[str, Any]) -> None:
    """Serve until interrupted. Raises DatelineError."""
    token = _token(options["token_file"])
    sys.setswitchinterval(_SWITCH)
    plugins = settings.plugins()
    with Archive.open(
        settings.path, plugins, settings.keys, read_only=True, protected=options["protected"]
    ) as archive:
        listening = _listen(options["host"], options["port"])
        host, port = listening.getsockname()[:2]
        site = Site(archive)
        app = application(site, Rules({"localhost", *map(str.lower, options["hostnames"])}, token))
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        # The server ends in good order by itself, and then says that it was interrupted.
        with listening, suppress(KeyboardInterrupt):
            shown = f"{settings.shown} at {address} (to be read only; ^C ends it)"
            _say(f"Serving {shown}")
            if options["browser"]:
                webbrowser.open(address)
            with keeping(settings, _say) if options["index"] else nullcontext():
                asyncio.run(uvicorn.Server(config(app)).serve(sockets=[listening]))


def _say(text: str) -> None:
    click.echo(visible(text), err=True)


def config(app: Any) -> uvicorn.Config:
    """The settings of the server."""
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except (OSError, TypeError, ValueError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or "it is not a host name"
        raise DatelineError(
            f"cannot listen on {host} port {port}: {reason}",
            hint="give another --host or --port; --port 0 takes any free one",
            code="address-in-use",
        ) from None
    return listening


def _token(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DatelineError(
            f"cannot read {file}: {reason}",
            hint="name a file that holds the token",
            code="file-unreadable",
        ) from None
    if len(token) < 16:
        raise DatelineError(
            f"the token in {file} is shorter than 16 characters",
            hint="make one with: python -c 'import secrets; print(secrets.token_urlsafe())' > FILE",
            code="token-too-short",
        )
    return token
