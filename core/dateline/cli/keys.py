"""``dateline key``: create and show the signing key; options that name keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli import completing
from dateline.cli.lazy import LazyGroup
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.stdout import data
from dateline.errors import DatelineError
from dateline.plugins.points import Point

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.verifier import Vkey

F = TypeVar("F", bound=Callable[..., Any])


def key_option(command: F) -> F:
    """``--key``: the file that holds the signing key."""
    return click.option(
        "--key",
        "key_file",
        envvar="DATELINE_KEY",
        show_envvar=True,
        metavar="FILE",
        type=completing.FILE,
        help="File of the signing key.  [default: dateline/keys/ARCHIVE.key in $XDG_CONFIG_HOME]",
    )(command)


def vkey_option(command: F) -> F:
    """``--vkey``: public keys, to check signatures without the signing key."""
    return click.option(
        "--vkey",
        "vkeys",
        multiple=True,
        metavar="VKEY",
        help="A public key to check signatures with, as `dateline key show` prints it. May be repeated.",
    )(command)


def read_vkeys(texts: Sequence[str]) -> list[Vkey]:
    """The keys given with ``--vkey``. Raises UsageError."""
    from dateline.proof.verifier import read_vkey

    try:
        return [read_vkey(text) for text in texts]
    except ValueError as error:
        raise click.UsageError(f"--vkey: {error}") from None


def public_keys(archive: Archive, given: str | None, texts: Sequence[str]) -> list[Vkey]:
    """Public keys to check signatures with: those given, and that of the signing key if it exists."""
    from dateline.errors import MissingLibrary
    from dateline.proving import find_key

    found = read_vkeys(texts)
    key = None
    try:
        key = archive.signing_key(given) if given else find_key(archive.id, None)
    except MissingLibrary:
        if given:
            raise
    except DatelineError:
        if given or not found:
            raise
    return found if key is None or key.vkey in found else [*found, key.vkey]


class Commands(LazyGroup):
    core = {
        "new": ("dateline.cli.keys:new", "Create the key that signs this archive's checkpoints."),
        "show": ("dateline.cli.keys:show", "Print the public key, to publish it."),
    }

    def _plugins(self) -> Mapping[str, Point]:
        return {}


@click.group(cls=Commands)
def key() -> None:
    """Create or show the key that signs checkpoints.

    The private key is a file outside the archive that only you can read. The public key is one line.
    Give it to everyone who should check signatures: on paper, on your web page or by telephone.

    \b
    Example:
      dateline key show
    """


@click.command()
@key_option
@pass_settings
def new(settings: Settings, key_file: str | None) -> None:
    """Create the key that signs this archive's checkpoints.

    \b
    Example:
      dateline key new --key desk-2.key
    """
    with settings.archive() as archive:
        made = archive.new_key(key_file)
    if not data().isatty():  # a terminal has just shown it
        click.echo(str(made.vkey), file=data())


@click.command()
@key_option
@pass_settings
def show(settings: Settings, key_file: str | None) -> None:
    """Print the public key, to publish it.

    \b
    Example:
      dateline key show
    """
    with settings.archive() as archive:
        found = archive.signing_key(key_file)
    click.echo(str(found.vkey), file=data())
