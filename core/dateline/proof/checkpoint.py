"""Signing the log's root: a C2SP checkpoint that continues every one signed before."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from dateline.errors import DatelineError
from dateline.events.clock import now_us
from dateline.log import read, tree
from dateline.log.databases.dialect import of
from dateline.log.stored_tree import StoredTree
from dateline.log.tables import checkpoints
from dateline.proof.keys import SigningKey, origin
from dateline.proof.verifier import (
    Checkpoint,
    Vkey,
    Wrong,
    check_consistency,
    check_signature,
    checkpoint_text,
    read_checkpoint,
)


class Signed(msgspec.Struct, frozen=True):
    """A stored checkpoint. ``key`` is the name and id of the key that signed it."""

    size: int
    key: str
    note: str
    signed_us: int


class NothingToSign(DatelineError):
    """The log is empty."""

    code = "nothing-to-sign"

    def __init__(self) -> None:
        super().__init__("there is nothing to sign yet", hint="record an event first")


class Inconsistent(DatelineError):
    """The log is not a continuation of what was signed before. Nothing was signed."""

    code = "log-inconsistent"

    def __init__(self, size: int, reason: str) -> None:
        super().__init__(
            f"the log does not continue the checkpoint signed at {size} events: {reason}",
            hint="`dateline verify` says what changed; nothing was signed",
        )


def sign(connection: Connection, key: SigningKey) -> Signed:
    """Sign the present log and store the checkpoint. Signing the same log twice adds nothing.

    The connection must hold the append lock. Raises NothingToSign for an empty log, Inconsistent when
    the log does not continue the last checkpoint.
    """
    head = read.head(connection)
    if not head.position:
        raise NothingToSign
    nodes = StoredTree(connection)
    if tree.root(head.position, nodes) != head.root:
        raise Inconsistent(head.position, "its root does not match its events")
    before = last(connection)
    if before is not None:
        _continues(before, head, nodes, key.vkey)
        if (before.size, before.key) == (head.position, name_of(key.vkey)):
            return before
    text = checkpoint_text(origin(head.archive), head.position, head.root)
    signature = (key.vkey.name, key.vkey.id, key.sign(text))
    note = Checkpoint(key.vkey.name, head.position, head.root, text, (signature,)).note
    signed = Signed(head.position, name_of(key.vkey), note, now_us())
    there = checkpoints.c.size == signed.size, checkpoints.c.key == signed.key
    if connection.execute(select(checkpoints.c.size).where(*there)).first() is None:
        row = msgspec.structs.astuple(signed)
        of(connection).insert(connection, checkpoints.name, signed.__struct_fields__, [row])
    return signed


def _continues(before: Signed, head: read.Head, nodes: StoredTree, vkey: Vkey) -> None:
    try:
        old = read_checkpoint(before.note)
        if not named(before, old):
            raise Wrong("checkpoint", "its row names a key that did not sign it")
        if before.key == name_of(vkey):
            check_signature(old, vkey)
        if (old.origin, old.size) != (origin(head.archive), before.size):
            raise Wrong("checkpoint", "it has another archive or size")
        if old.size > head.position:
            raise Wrong("consistency", f"the log has only {head.position} events")
        path = tree.consistency(old.size, head.position, nodes)
        check_consistency(old.size, head.position, path, old.root, head.root)
    except Wrong as wrong:
        raise Inconsistent(before.size, wrong.reason) from None


def name_of(vkey: Vkey) -> str:
    return f"{vkey.name}+{vkey.id.hex()}"


def named(signed: Signed, checkpoint: Checkpoint) -> bool:
    """Whether the row of a checkpoint names a key that signed it."""
    return signed.key in {f"{name}+{key.hex()}" for name, key, _ in checkpoint.signatures}


def stored(connection: Connection) -> Iterator[Signed]:
    """Every stored checkpoint, smallest first."""
    query = checkpoints.select().order_by(checkpoints.c.size, checkpoints.c.signed_us)
    yield from (Signed(*row) for row in connection.execute(query))


def last(connection: Connection) -> Signed | None:
    """The checkpoint that was signed last."""
    query = checkpoints.select().order_by(checkpoints.c.size.desc(), checkpoints.c.signed_us.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else Signed(*row)


def of_archive(checkpoint: Checkpoint, archive: UUID) -> bool:
    return checkpoint.origin == origin(archive)
