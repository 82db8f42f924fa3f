"""``dateline key``: create and show the signing key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli.lazy import LazyGroup
from dateline.cli.options import key_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.stdout import data
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.verifier import Vkey


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
    from dateline.proof.keys import find

    found = read_vkeys(texts)
    key = None
    try:
        key = archive.signing_key(given) if given else find(archive.id)
    except MissingLibrary:
        if given:
            raise
    except DatelineError:
        if given or not found:
            raise
    return found if key is None or key.vkey in found else [*found, key.vkey]


class Commands(LazyGroup):
    core = {
        "new": "Create the key that signs this archive's checkpoints.",
        "show": "Print the public key, to publish it.",
    }
    homes = {"new": "key", "show": "key"}


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
