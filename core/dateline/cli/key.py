"""``dateline key``: create and show the signing key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli.lazy import LazyGroup
from dateline.cli.options import key_option
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.cli.terminal.stdout import data
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.keys import SigningKey
    from dateline.proof.verifier import Vkey


def key_path(archive: Archive, given: str | None) -> Path:
    from dateline.proof.keys import default_path

    return Path(given) if given else default_path(archive.id)


def find_key(archive: Archive, given: str | None) -> SigningKey | None:
    """The signing key, or None if there is none and no file was named. Raises DatelineError."""
    from dateline.proof.keys import load

    path = key_path(archive, given)
    try:
        return load(path, archive.id)
    except FileNotFoundError:
        if given:
            raise _no_key(archive, path) from None
        return None


def _no_key(archive: Archive, path: Path) -> DatelineError:
    hint = "create one with `dateline key new`"
    if archive.last_checkpoint() is not None:
        hint = "checkpoints are already signed: name the file of their key with --key"
    return DatelineError(f"there is no signing key {path}", hint=hint, code="signing-key-missing")


def make_key(archive: Archive, given: str | None) -> SigningKey:
    """Create a key in its file, and report it on stderr."""
    from dateline.proof.keys import create

    path = key_path(archive, given)
    key = create(path, archive.id, archive.kept)
    say(
        f"Created the signing key {path}. Keep a copy away from the archive. Anyone who has it can sign "
        f"as you.\nPublic key, to publish: {key.vkey}"
    )
    return key


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

    found = read_vkeys(texts)
    key = None
    try:
        key = find_key(archive, given)
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
        made = make_key(archive, key_file)
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
        found = find_key(archive, key_file)
        if found is None:
            raise _no_key(archive, key_path(archive, key_file))
    click.echo(str(found.vkey), file=data())
