"""``dateline checkpoint``: sign the root of the log, to be kept elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dateline.cli.key import find_key, key_path, make_key
from dateline.cli.options import force_option, key_option, output_option, target_of
from dateline.cli.outfile import require_free, write_or_give
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.keys import SigningKey


@click.command()
@output_option
@force_option
@key_option
@pass_settings
def checkpoint(settings: Settings, output: str | None, force: bool, key_file: str | None) -> None:
    """Sign a checkpoint of the log, to be kept elsewhere.

    A checkpoint is three lines and a signature (C2SP tlog-checkpoint). Mail it, print it or give it
    to a partner: anyone who has it can show later whether events before it were changed, added or
    removed. The first checkpoint creates the key. A log that does not continue the last checkpoint
    is not signed.

    \b
    Example:
      dateline checkpoint
      dateline checkpoint -o monday.txt
    """
    target = target_of(output)
    if target is not None:  # before anything is signed
        require_free(target, force=force, kept=settings.kept)
    with settings.archive() as archive:
        signed = archive.checkpoint(key_to_sign(archive, key_file))
    write_or_give(target, signed.note, force=force, kept=settings.kept)
    if target is not None:
        words = f"a signed checkpoint of {signed.size} events. Keep it away from the archive."
        say(f"Wrote {output}, {words}")


def key_to_sign(archive: Archive, key_file: str | None) -> SigningKey:
    """The signing key, created on first use. Raises DatelineError if there is nothing to sign, or if
    checkpoints were signed with a key that is not here."""
    from dateline.proof.checkpoint import NothingToSign

    if not archive.head().position:
        raise NothingToSign
    path = key_path(archive, key_file)
    if archive.last_checkpoint() is None and not path.exists():
        try:
            return make_key(archive, key_file)
        except DatelineError:
            if not path.exists():
                raise
            # Another process created it meanwhile.
    key = find_key(archive, key_file)
    if key is None:
        raise DatelineError(
            f"there is no signing key {path}",
            hint="name its file with --key; if it is lost, create another with `dateline key new`",
            code="signing-key-missing",
        )
    return key
