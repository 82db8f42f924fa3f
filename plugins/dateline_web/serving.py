"""Running the server: its socket, its limits, and the archive that it reads."""

from __future__ import annotations

import asyncio
import socket
import webbrowser
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dateline import Archive, DatelineError
from dateline.plugin import visible
from dateline_web.app import application
from dateline_web.guard import Rules
from dateline_web.keeping import keeping
from dateline_web.site import Site

#: Seconds in which a connection must have sent a whole request head.
_HEAD_SECONDS = 10.0
#: The most bytes of a request head.
_HEAD_BYTES = 16 << 10


def run(settings: Any, options: dict[str, Any]) -> None:
    """Serve until interrupted. Raises DatelineError."""
    token = _token(options["token_file"])
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
        http=_Punctual,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


class _Punctual(H11Protocol):
    """Closes a connection that does not send a whole request head in time."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._late = self.loop.call_later(_HEAD_SECONDS, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)


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
