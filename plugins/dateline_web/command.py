"""The command ``serve``."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8010,
    show_default=True,
    help="0: any free one.",
)
@click.option(
    "--allow-remote", is_flag=True, help="Listen on an address that other machines can reach."
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ask for the token in this file, as a password or a bearer token.",
)
@click.option("--public", is_flag=True, help="Serve everybody who can reach the address.")
@click.option(
    "--hostname",
    "hostnames",
    multiple=True,
    metavar="NAME",
    help="A host name by which readers come, such as that of a proxy. May be repeated.",
)
@click.option("--protected", is_flag=True, help="Show protected content, too.")
@click.option(
    "--index/--no-index",
    default=True,
    help="Keep views and the index of words up to date meanwhile; otherwise nothing at all is written.",
)
@click.option("--browser", is_flag=True, help="Open the pages in a browser.")
@click.pass_context
def serve(ctx: click.Context, /, **options: Any) -> None:
    """Serve the archive as web pages, to be read only.

    Nobody can change the archive through these pages, and only this machine can reach them, unless another
    address is given with --allow-remote. That also takes --token-file, or --public. Protected content is left
    out, and erased content is shown as erased.

    \b
    Example:
      dateline serve
      dateline serve --host 0.0.0.0 --allow-remote --token-file token.txt --hostname desk.example.org
    """
    from dateline import DatelineError

    _check(options)
    try:
        from dateline_web.serving import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise DatelineError(
            f"serve needs the library {error.name}, which is not installed",
            hint="pip install 'dateline[web]'",
            code="library-missing",
        ) from None
    run(ctx.find_root().obj, options)


def _check(options: dict[str, Any]) -> None:
    """Refuse what would open the archive to others by mistake. Raises UsageError."""
    if _is_loopback(options["host"]):
        return
    if not options["allow_remote"]:
        raise click.UsageError(
            f"other machines could reach {options['host']}: to allow that, give --allow-remote"
        )
    if not options["public"] and options["token_file"] is None:
        raise click.UsageError(
            "--allow-remote needs --token-file FILE, or --public to serve everybody without a token"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
