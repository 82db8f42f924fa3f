"""``key``: the key that signs, and how commands are told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dateline.cli import completing
from dateline.cli.lazy import LazyGroup
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.stdout import data
from dateline.errors import DatelineError
from dateline.plugins.points import Point

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.keys import SigningKey
    from dateline.proof.verifier import Vkey

F = TypeVar("F", bound=Callable[..., Any])


def key_option(command: F) -> F:
    """``--key``: the file of the signing key."""
    return click.option(
        "--key",
        "key_file",
        envvar="DATELINE_KEY",
        show_envvar=True,
        metavar="FILE",
        type=completing.FILE,
        help="The signing key's file.  [default: dateline/keys/ARCHIVE.key in $XDG_CONFIG_HOME]",
    )(command)


def vkey_option(command: F) -> F:
    """``--vkey``: public keys, for who has no signing key."""
    return click.option(
        "--vkey",
        "vkeys",
        multiple=True,
        metavar="VKEY",
        help="A public key that signed, as `dateline key show` prints it. May be given again.",
    )(command)


def key_path(archive: Archive, given: str | None) -> Path:
    from dateline.proof.keys import default_path

    return Path(given) if given else default_path(archive.id)


def find_key(archive: Archive, given: str | None) -> SigningKey | None:
    """The signing key; None when it is not there and nobody named it. Raises DatelineError."""
    from dateline.proof.keys import load

    path = key_path(archive, given)
    try:
        return load(path, archive.id)
    except FileNotFoundError:
        if given:
            raise _no_key(archive, path) from None
        return None


def _no_key(archive: Archive, path: Path) -> DatelineError:
    hint = "make one with `dateline key new`"
    if archive.last_checkpoint() is not None:
        hint = "checkpoints were signed already: name the file of that key with --key"
    return DatelineError(f"there is no key {path}", hint=hint)


def make_key(archive: Archive, given: str | None) -> SigningKey:
    """A new key in its file, said on stderr."""
    from dateline.proof.keys import create

    path = key_path(archive, given)
    key = create(path, archive.id, archive.kept)
    say(
        f"Made the signing key {path}. Keep a copy where the archive is not; whoever has it can "
        f"sign as you.\nPublic key, to hand out and print: {key.vkey}"
    )
    return key


def read_vkeys(texts: Sequence[str]) -> list[Vkey]:
    """The keys given with ``--vkey``."""
    from dateline.proof.verifier import read_vkey

    try:
        return [read_vkey(text) for text in texts]
    except ValueError as error:
        raise click.UsageError(f"--vkey: {error}") from None


def public_keys(archive: Archive, given: str | None, texts: Sequence[str]) -> list[Vkey]:
    """Keys to check signatures with: those given, and that of the signing key if it is here."""
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
        "new": ("dateline.cli.keys:new", "Make the key that signs this archive's checkpoints."),
        "show": ("dateline.cli.keys:show", "Print the public key to hand out."),
    }

    def _plugins(self) -> Mapping[str, Point]:
        return {}


@click.group(cls=Commands)
def key() -> None:
    """Make and show the key that signs checkpoints.

    The private key is a file outside the archive that you alone can read. The public key is one
    line: give it to those who are to check, on paper, on your web page, by telephone.

    \b
    Example:
      dateline key show
    """


@click.command()
@key_option
@pass_settings
def new(settings: Settings, key_file: str | None) -> None:
    """Make the key that signs this archive's checkpoints.

    \b
    Example:
      dateline key new --key desk-2.key
    """
    with settings.archive() as archive:
        made = make_key(archive, key_file)
    if not data().isatty():  # on a terminal it was just said
        click.echo(str(made.vkey), file=data())


@click.command()
@key_option
@pass_settings
def show(settings: Settings, key_file: str | None) -> None:
    """Print the public key to hand out.

    \b
    Example:
      dateline key show
    """
    with settings.archive() as archive:
        found = find_key(archive, key_file)
        if found is None:
            raise _no_key(archive, key_path(archive, key_file))
    click.echo(str(found.vkey), file=data())
