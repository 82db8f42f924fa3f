"""Keys, checkpoints, verification and proofs, as methods of `dateline.Archive`. Only a call imports the
room of proof, because most commands need none of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import Engine

from dateline.erasure.unfinished import require_readable
from dateline.errors import Damaged, DatelineError, MissingLibrary, described, stops_plugin
from dateline.log.databases.backend import only_reads
from dateline.log.engine import reading, require_writable, writing
from dateline.log.read import Head, Reader, StoryRow
from dateline.plugins.loaded import Plugins
from dateline.views.projection import View
from dateline.views.runner import Progress
from dateline.views.sql_view import Notice

if TYPE_CHECKING:
    from dateline.erasure.journal import Erasure
    from dateline.proof.checkpoint import Signed
    from dateline.proof.exported import Export
    from dateline.proof.held import Given
    from dateline.proof.keys import KeyFile, SigningKey
    from dateline.proof.report import Report
    from dateline.proof.verifier import Checkpoint, Proven, Vkey


class Provable(Protocol):
    """What proofs need of `dateline.Archive`."""

    plugins: Plugins
    notice: Notice
    _engine: Engine
    _reader: Reader

    @property
    def _own(self) -> Mapping[str, View]: ...
    @property
    def id(self) -> UUID: ...
    @property
    def kept(self) -> list[Path]: ...
    @property
    def held_up(self) -> list[Erasure]: ...
    def head(self) -> Head: ...
    def story(self, slug: str) -> StoryRow: ...


def signing_key(archive: Provable, file: KeyFile = None) -> SigningKey:
    """The key that signs checkpoints, from `file` or from its default place. Raises DatelineError."""
    from dateline.proof import keys

    key = keys.find(archive.id, file)
    if key is None:
        hint = "create one with `dateline key new`"
        if last_checkpoint(archive) is not None:
            hint = "checkpoints are already signed: name the file of their key with --key"
        raise keys.missing(archive.id, file, hint)
    return key


def new_key(archive: Provable, file: KeyFile = None) -> SigningKey:
    """Create a key that signs checkpoints. Raises DatelineError if the file exists."""
    from dateline.proof import keys

    require_writable(archive._engine)
    path = keys.place(archive.id, file)
    key = keys.create(path, archive.id, archive.kept)
    archive.notice(
        f"Created the signing key {path}. Keep a copy away from the archive. Anyone who has it can sign "
        f"as you.\nPublic key, to publish: {key.vkey}"
    )
    return key


def checkpoint(archive: Provable, key: SigningKey | KeyFile = None) -> Signed:
    """Sign the current position and root of the log, with a key or the key in a file; without one,
    with the key at its default place, which the first checkpoint creates.

    Raises Inconsistent if the log does not continue the last signed checkpoint, DatelineError if the
    log is empty or the key is missing.
    """
    from dateline.proof.checkpoint import sign

    require_writable(archive._engine)
    if key is None or isinstance(key, str | os.PathLike):
        key = _key_to_sign(archive, key)
    with writing(archive._engine) as connection:
        return sign(connection, key)


def last_checkpoint(archive: Provable) -> Signed | None:
    """The last signed checkpoint, or None."""
    from dateline.proof.checkpoint import last

    with reading(archive._engine) as connection:
        return last(connection)


def verify(
    archive: Provable,
    *,
    vkeys: Sequence[Vkey | str] = (),
    against: Sequence[Given | str | os.PathLike[str]] = (),
    deep_too: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check the log against its own hashes and against checkpoints kept elsewhere.

    `vkeys` are public keys to check signatures with, `against` the files of checkpoints. The tables of
    views and their SQL views are checked too; with `deep_too` also the rows of the views and the
    quotations of facts. Findings are in the report; nothing is repaired.
    """
    from dateline.proof import deep
    from dateline.proof.given_files import checkpoints, public_keys
    from dateline.proof.verify import verify

    given, keys = checkpoints(against), public_keys(vkeys)
    engine, reader = archive._engine, archive._reader
    views = {**archive.plugins.views, **archive._own}
    with reading(engine) as connection:
        report = verify(
            connection, vkeys=keys, against=given, vault=reader.vault, progress=progress
        )
    if report.root:
        deep.check_tables(engine, reader, views, report)
    if deep_too and report.root:
        deep.check_views(engine, reader, views, report)
        deep.check_quotes(engine, reader, report, progress)
    return report


def verify_export(
    archive: Provable, export: Export | str | os.PathLike[str], report: Report
) -> None:
    """Compare an export, or the file of one, with what this archive exports at the cut that the export
    states. The result is added to `report`. Raises DatelineError for another file."""
    from dateline.proof.exported import check
    from dateline.proof.given_files import read_export

    if isinstance(export, str | os.PathLike):
        export = read_export(archive.id, archive.plugins, export)
    try:
        with reading(archive._engine) as connection:
            check(connection, archive._reader, archive.plugins, export, report)
    except BaseException as error:  # noqa: BLE001 - tampered data may make a fold raise anything
        stops_plugin(error)
        report.unchecked.append(
            f"The export {export.name} cannot be repeated from the archive ({described(error)})."
        )


def verify_segments(archive: Provable, folder: str | os.PathLike[str], report: Report) -> None:
    """Compare the segments in a folder with the log, event by event. The result is added to `report`.
    Raises MissingLibrary, and DatelineError if the folder holds none, or those of another archive."""
    from dateline.proof.segments import check

    with reading(archive._engine) as connection:
        check(connection, archive._reader, folder, report)


def prove(
    archive: Provable,
    slug: str,
    fact: str | None = None,
    signed: Checkpoint | Signed | None = None,
    *,
    key: SigningKey | KeyFile = None,
    earlier: Checkpoint | None = None,
    with_documents: bool = False,
    only_about: bool = False,
    protected_too: bool = False,
) -> dict[str, Any]:
    """A bundle that proves that a fact, or the whole story, is in the log at a signed checkpoint, such as
    `last_checkpoint`; without one, at the checkpoint that `checkpoint_to_prove` makes with `key`.

    `earlier` adds the proof that the log continues that checkpoint. `with_documents` adds the captured
    documents; `only_about` leaves out events about other facts. Protected content is withheld unless
    `protected_too` is true: a proof outlives an erasure.

    Raises UnknownName, DatelineError.
    """
    from dateline.proof.bundle import bundle
    from dateline.proof.verifier import Checkpoint

    require_readable(archive)
    story = archive.story(slug)
    if signed is None:
        signed = checkpoint_to_prove(archive, slug, fact, key, protected_too=protected_too)
    if not isinstance(signed, Checkpoint):
        signed = _as_signed(signed)
    with reading(archive._engine) as connection:
        return bundle(
            connection,
            archive.id,
            story,
            signed,
            fact=fact,
            earlier=earlier,
            with_documents=with_documents,
            only_about=only_about,
            vault=archive._reader.vault if protected_too else None,
        )


def checkpoint_to_prove(
    archive: Provable,
    slug: str,
    fact: str | None = None,
    key: SigningKey | KeyFile = None,
    *,
    protected_too: bool = False,
) -> Checkpoint:
    """A new checkpoint, to prove a fact or a story with; or the last one, if the signing key is
    missing or the archive read-only. Nothing is signed for a fact that is not there. Raises UnknownName,
    DatelineError."""
    from dateline.proof import keys
    from dateline.proof.verifier import Checkpoint, checkpoint_text, read_checkpoint

    if fact is not None:
        head, name = archive.head(), keys.origin(archive.id)
        text = checkpoint_text(name, head.position, head.root)
        unsigned = Checkpoint(name, head.position, head.root, text, ())
        prove(archive, slug, fact, unsigned, only_about=True, protected_too=protected_too)
    before, why = last_checkpoint(archive), "The signing key is missing"
    if only_reads(archive._engine):
        key, why = None, "This archive was opened read-only"
    if not key and before is not None:
        found = None
        try:
            found = None if only_reads(archive._engine) else keys.find(archive.id)
        except MissingLibrary as missing:
            why = f"No checkpoint is signed: {missing} ({missing.hint})"
        if found is None:
            archive.notice(f"{why}: proving up to the last checkpoint, of {before.size} events.")
            return _as_signed(before)
    return read_checkpoint(checkpoint(archive, key).note)


def _as_signed(stored: Signed) -> Checkpoint:
    """A checkpoint as it was signed. Raises Damaged."""
    from dateline.proof.verifier import Wrong, read_checkpoint

    try:
        return read_checkpoint(stored.note)
    except Wrong:
        raise Damaged("the last checkpoint in the archive cannot be read") from None


def verifier() -> str:
    """The source of the verifier: one Python file that checks proofs without Dateline."""
    return resources.files("dateline.proof").joinpath("verifier.py").read_text("utf-8")


def check_proof(proof: Mapping[str, Any], vkeys: Iterable[Vkey | str] = ()) -> Proven:
    """Check a proof as its reader will, with the public keys `vkeys`. What could not be checked is in
    ``open`` of the result, in sentences. Raises DatelineError (``proof-failed``)."""
    from dateline.proof.given_files import public_keys
    from dateline.proof.verifier import Unchecked, Wrong, check

    try:
        return check(proof, public_keys(vkeys))
    except (Wrong, Unchecked) as wrong:
        raise DatelineError(f"this proof is wrong: {wrong}", code="proof-failed") from None


def _key_to_sign(archive: Provable, file: KeyFile) -> SigningKey:
    """The signing key, created on first use. Raises DatelineError if there is nothing to sign, or if
    checkpoints were signed with a key that is not here."""
    from dateline.proof import keys
    from dateline.proof.checkpoint import NothingToSign

    if not archive.head().position:
        raise NothingToSign
    path = keys.place(archive.id, file)
    if last_checkpoint(archive) is None and not path.exists():
        try:
            return new_key(archive, file)
        except DatelineError:
            if not path.exists():
                raise
            # Another process created it meanwhile.
    if file:
        return signing_key(archive, file)
    key = keys.find(archive.id)
    if key is None:
        hint = "name its file with --key; if it is lost, create another with `dateline key new`"
        raise keys.missing(archive.id, file, hint)
    return key
