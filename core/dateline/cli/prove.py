"""``prove``: a fact, or a story, for a stranger to check offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli import completing
from dateline.cli.checkpoint import key_to_sign
from dateline.cli.files import write_atomically
from dateline.cli.keys import find_key, key_option, read_vkeys, vkey_option
from dateline.cli.output import give
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.verify import read_note
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.verifier import Checkpoint, Vkey


@click.command()
@click.argument("story", required=False, shell_complete=completing.stories)
@click.argument("fact", required=False, shell_complete=completing.facts)
@click.option(
    "-o", "--output", metavar="FILE", type=completing.FILE, help="Where to.  [default: stdout]"
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option(
    "--checkpoint",
    "checkpoint_file",
    metavar="FILE",
    type=completing.FILE,
    help="Prove up to this checkpoint.  [default: a new one, else the last that was signed]",
)
@click.option(
    "--earlier",
    metavar="FILE",
    type=completing.FILE,
    help="Show that it continues this checkpoint.",
)
@click.option("--with-documents", is_flag=True, help="Put the quoted documents in.")
@click.option(
    "--only-about", is_flag=True, help="Keep back editorial events about the story's other facts."
)
@click.option(
    "--protected-too",
    is_flag=True,
    help="Show what is protected, too. Whoever has the proof keeps it after an erasure.",
)
@click.option("--verifier", is_flag=True, help="Write the program that checks proofs instead.")
@key_option
@vkey_option
@pass_settings
def prove(
    settings: Settings,
    story: str | None,
    fact: str | None,
    output: str | None,
    force: bool,
    checkpoint_file: str | None,
    earlier: str | None,
    with_documents: bool,
    only_about: bool,
    protected_too: bool,
    verifier: bool,
    key_file: str | None,
    vkeys: tuple[str, ...],
) -> None:
    """Write a proof of a fact, or of a whole story, that a stranger checks offline.

    It shows what the fact rests on and every later event that could change it; the other events
    stand in it as hashes that say nothing. The checker is one file of Python; the public key it
    needs (`dateline key show`) has to reach the stranger another way. The proof is checked before it
    is written; after a change of keys, name the earlier one with --vkey.

    \b
    Example:
      dateline prove velm-flood f6 -o f6.proof.json
      dateline prove velm-flood --with-documents -o velm-flood.proof.json
      dateline prove --verifier -o check.py
    """
    target = None if output in (None, "-") else Path(str(output))
    if verifier:
        if story is not None:
            raise click.UsageError("--verifier goes without a story")
        _write(target, _program(), force)
        if target is not None:
            say(f"Wrote {target}.")
        return
    if story is None:
        raise click.UsageError("name a story, or give --verifier")
    before = None if earlier is None else read_note(earlier)
    given = read_vkeys(vkeys)
    with settings.archive() as archive:
        archive.story(story)
        signed, vkey = _signed(archive, checkpoint_file, key_file)
        bundle = archive.prove(
            story,
            fact,
            signed,
            earlier=before,
            with_documents=with_documents,
            only_about=only_about,
            protected_too=protected_too,
        )
    known = [*given, vkey] if vkey is not None and vkey not in given else given
    _check(bundle, known)
    import json

    _write(target, json.dumps(bundle, ensure_ascii=False, indent=1) + "\n", force)
    if target is not None:
        say(f"Wrote {target}, proven up to event {signed.size} of the log.")
    withheld = sum("withheld" in entry for entry in bundle["entries"])
    if fact is None and withheld:
        say(
            f"{withheld} protected event{'s are' if withheld > 1 else ' is'} withheld: --protected-too shows them."
        )
    _say_keys([signed] if before is None else [signed, before], known)


def _signed(
    archive: Archive, checkpoint_file: str | None, key_file: str | None
) -> tuple[Checkpoint, Vkey | None]:
    """The checkpoint to prove up to, and the key to check it with, if it is here."""
    from dateline.errors import Damaged, MissingLibrary
    from dateline.proof.verifier import Wrong, read_checkpoint

    before = archive.last_checkpoint()
    key = None
    if checkpoint_file is None and (key_file or before is None):
        key = key_to_sign(archive, key_file)
    elif key_file or checkpoint_file is None:
        try:
            key = find_key(archive, key_file)
        except MissingLibrary:
            key = None
    vkey = None if key is None else key.vkey
    if checkpoint_file is not None:
        return read_note(checkpoint_file), vkey
    if key is not None:
        return read_checkpoint(archive.checkpoint(key).note), vkey
    assert before is not None
    say(f"The signing key is not here: proving up to the last checkpoint, of {before.size} events.")
    try:
        return read_checkpoint(before.note), None
    except (Wrong, TypeError, AttributeError):
        raise Damaged("the last checkpoint on record cannot be read") from None


def _check(bundle: object, vkeys: Sequence[Vkey]) -> None:
    """What is handed out is checked first, as the stranger will."""
    from dateline.errors import MissingLibrary
    from dateline.proof.verifier import Unchecked, Wrong, check

    try:
        check(bundle, vkeys)
    except Unchecked:
        raise MissingLibrary("cryptography", "proof") from None
    except Wrong as wrong:
        raise DatelineError(
            f"the archive does not prove this: {wrong}",
            hint="`dateline verify` says what is wrong; nothing was written",
        ) from None


def _say_keys(checkpoints: Sequence[Checkpoint], vkeys: Sequence[Vkey]) -> None:
    """With which keys it is checked, and which signatures none of them could check here."""
    from dateline.proof.verifier import signers

    signed = {checkpoint: signers(checkpoint, vkeys) for checkpoint in checkpoints}
    for vkey in dict.fromkeys(vkey for found in signed.values() for vkey in found):
        say(f"It is checked with the public key {vkey}")
    for checkpoint, found in signed.items():
        if not found:
            say(
                f"Not checked: who signed the checkpoint of {checkpoint.size} events. None of the "
                "keys here did; give its public key with --vkey."
            )


def _program() -> str:
    from importlib.resources import files

    return files("dateline.proof").joinpath("verifier.py").read_text("utf-8")


def _write(target: Path | None, text: str, force: bool) -> None:
    if target is None:
        give(text)
        return
    write_atomically(target, iter([text]), force=force)
