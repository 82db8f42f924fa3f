"""``dateline prove``: write a proof of a fact or a story that anyone can check offline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.here import STORY
from dateline.cli.key import public_keys, read_vkeys
from dateline.cli.options import force_option, key_option, output_option, target_of, vkey_option
from dateline.cli.outfile import require_free, write_or_give
from dateline.cli.settings import Settings, pass_settings
from dateline.cli.terminal.messages import say
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.verifier import Checkpoint, Proven, Vkey, Wrong


@click.command()
@click.argument("story", type=STORY, required=False)
@click.argument("fact", required=False, shell_complete=completion.facts)
@output_option
@force_option
@click.option(
    "--checkpoint",
    "checkpoint_file",
    metavar="FILE",
    type=completion.FILE,
    help="Prove up to this checkpoint.  [default: a new one, or the last one without a signing key]",
)
@click.option(
    "--earlier",
    metavar="FILE",
    type=completion.FILE,
    help="Also prove that the log continues this earlier checkpoint.",
)
@click.option("--with-documents", is_flag=True, help="Include the quoted documents.")
@click.option(
    "--only-about", is_flag=True, help="Leave out editorial events about other facts of the story."
)
@click.option(
    "--protected-too",
    is_flag=True,
    help="Include protected content. Anyone who has the proof keeps it after an erasure.",
)
@click.option(
    "--verifier", is_flag=True, help="Write the verifier, a program that checks proofs, instead."
)
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
    """Write a proof of a fact, or of a whole story, that anyone can check offline.

    A proof shows what the fact rests on and every later event that could change it. Of other events
    it holds only hashes, which reveal nothing. The verifier is one Python file. It needs the public
    key (`dateline key show`), which you must send by another way than the proof.

    The proof is checked before it is written. After a change of keys, name the earlier public key with
    --vkey. If no key given here signed the checkpoint, the proof is written all the same, with a
    message "Not checked", and the exit code is 0.

    The verifier also needs the quoted documents: send their files too, or include them with
    --with-documents.

    \b
    Example:
      dateline prove velm-flood f6 --with-documents -o f6.proof.json
      dateline prove velm-flood -o velm-flood.proof.json
      dateline prove --verifier -o check.py
    """
    target = target_of(output)
    if target is not None:  # before anything is signed
        require_free(target, force=force, kept=settings.kept)
    if verifier:
        if story is not None:
            raise click.UsageError("--verifier takes no story")
        from dateline.archive import Archive

        write_or_give(target, Archive.verifier(), force=force, kept=settings.kept)
        if target is not None:
            say(f"Wrote {target}.")
        return
    if story is None:
        raise click.UsageError("name a story, or give --verifier")
    from dateline.proof.given_files import read_note

    given = read_vkeys(vkeys)
    notes = {path: read_note(path) for path in (checkpoint_file, earlier) if path is not None}
    with settings.archive() as archive:
        archive.story(story)
        _require_own(archive, given)
        asked: dict[str, Any] = {"only_about": only_about, "protected_too": protected_too}
        if checkpoint_file is not None:
            signed = notes[checkpoint_file]
        else:
            signed = archive.checkpoint_to_prove(story, fact, key_file, protected_too=protected_too)
        known = public_keys(archive, key_file, vkeys)
        for path, note in notes.items():
            _require_signed(archive, path, note, known)
        bundle = archive.prove(
            story,
            fact,
            signed,
            earlier=None if earlier is None else notes[earlier],
            with_documents=with_documents,
            **asked,
        )
    proven = _check(bundle, known, {"checkpoint": checkpoint_file, "earlier": earlier})
    import json

    text = json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"
    write_or_give(target, text, force=force, kept=settings.kept)
    if target is not None:
        say(f"Wrote {target}, proven up to event {signed.size} of the log.")
    _report_missing(bundle, proven, protected_too)
    _report_keys(dict.fromkeys([signed, *notes.values()]), known)


def _require_own(archive: Archive, vkeys: Sequence[Vkey]) -> None:
    """Raises DatelineError if a key belongs to another archive: it could check nothing here."""
    from dateline.proof.keys import origin

    for vkey in vkeys:
        if vkey.name != origin(archive.id):
            raise DatelineError(
                f"the key given with --vkey belongs to {vkey.name}, not to this archive "
                f"({origin(archive.id)})",
                hint="give the key that `dateline key show` prints for this archive",
                code="vkey-foreign",
            )


def _require_signed(archive: Archive, path: str, note: Checkpoint, vkeys: Sequence[Vkey]) -> None:
    """Raises DatelineError if the checkpoint at `path` is of another archive, forged, or newer than the
    log."""
    from dateline.errors import MissingLibrary
    from dateline.proof.checkpoint import of_archive
    from dateline.proof.verifier import Unchecked, Wrong, signers

    if not of_archive(note, archive.id):
        raise DatelineError(
            f"{path} is a checkpoint of another archive ({note.origin})",
            hint="give a checkpoint of this archive",
            code="checkpoint-foreign",
        )
    try:
        signers(note, vkeys)
    except Unchecked:
        raise MissingLibrary("cryptography", "proof") from None
    except Wrong as wrong:
        raise DatelineError(
            f"{path} is not what this archive signed: {wrong.reason}",
            hint="get the checkpoint again from the person who keeps it",
            code="checkpoint-not-signed-here",
        ) from None
    head = archive.head().position
    if note.size > head:
        raise DatelineError(
            f"{path} is a checkpoint of {note.size} events, but the archive has only {head}",
            hint=f"is this an older copy of the archive? `dateline verify --against {path}` checks it",
            code="checkpoint-ahead",
        )


def _check(
    bundle: dict[str, Any], vkeys: Sequence[Vkey], files: Mapping[str, str | None]
) -> Proven:
    """Check a proof before it is written, as its reader will. Raises DatelineError."""
    from dateline.errors import MissingLibrary
    from dateline.proof.verifier import Unchecked, Wrong, check

    try:
        return check(bundle, vkeys)
    except Unchecked:
        raise MissingLibrary("cryptography", "proof") from None
    except Wrong as wrong:
        raise _unproven(bundle, vkeys, files, wrong) from None


def _unproven(
    bundle: dict[str, Any], vkeys: Sequence[Vkey], files: Mapping[str, str | None], wrong: Wrong
) -> DatelineError:
    """The error for a proof that fails: either the archive is wrong, or a given checkpoint belongs to
    another history."""
    from dateline.proof.verifier import Wrong, check, read_checkpoint, signers

    which = "checkpoint"
    if files["earlier"] is not None:
        try:
            check({key: value for key, value in bundle.items() if key != "earlier"}, vkeys)
            which = "earlier"
        except Wrong:
            pass
    file = files[which]
    if file is None or wrong.rule not in ("inclusion", "consistency"):
        return DatelineError(
            f"the archive does not prove this: {wrong}",
            hint="`dateline verify` lists what is wrong; nothing was written",
            code="proof-failed",
        )
    note = bundle["checkpoint"] if which == "checkpoint" else bundle["earlier"]["checkpoint"]
    signed = "its signature is valid: the history here is not the one that was signed"
    if not signers(read_checkpoint(note), vkeys):
        signed = "no key given here signed it, so it may be forged"
    return DatelineError(
        f"the archive does not continue {file} ({signed}): {wrong}",
        hint=f"`dateline verify --against {file}` shows the differences; nothing was written",
        code="checkpoint-not-continued",
    )


def _report_missing(bundle: dict[str, Any], proven: Proven, protected_too: bool) -> None:
    """Report what a reader of the proof will not be able to see or check."""
    withheld = sum("withheld" in entry for entry in bundle["entries"])
    if bundle["fact"] is None and withheld:
        how = "--protected-too shows them"
        if protected_too:
            how = "their keys are missing. Restore the keys database, or name it with --keys"
        say(f"{withheld} protected event{'s are' if withheld > 1 else ' is'} withheld: {how}.")
    missing = sum(not found for found in proven.quoted.values())
    if missing and "documents" not in bundle:
        say(
            "The quoted documents are not in the proof: send them too, for the verifier's --document, "
            "or include them with --with-documents."
        )
    elif missing:
        say(
            f"{missing} quoted document{'s are' if missing > 1 else ' is'} not in the proof (protected, "
            "erased or without text); the verifier will report it."
        )


def _report_keys(checkpoints: Iterable[Checkpoint], vkeys: Sequence[Vkey]) -> None:
    """Report which keys check the proof, and which signatures could not be checked."""
    from dateline.proof.verifier import signers

    signed = {checkpoint: signers(checkpoint, vkeys) for checkpoint in checkpoints}
    for vkey in dict.fromkeys(vkey for found in signed.values() for vkey in found):
        say(f"To check it, use the public key {vkey}")
    for checkpoint, found in signed.items():
        if not found:
            say(
                f"Not checked: the signature on the checkpoint of {checkpoint.size} events. No key "
                "given here signed it; give its public key with --vkey."
            )
