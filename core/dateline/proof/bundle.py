"""Bundles: one fact, or one story, with all that a stranger needs to check it offline.

The file is JSON (docs/proofs.md). Every event of the story is there as the entry that was hashed;
what is shown carries its salt and body too, the rest is withheld: a commitment without its salt
says nothing of what it commits to.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from dateline.errors import Damaged, DatelineError, UnknownName
from dateline.log import documents, hashing, tree
from dateline.log.nodes import StoredTree
from dateline.log.read import StoryRow
from dateline.log.tables import events
from dateline.proof.checkpoint import of_archive
from dateline.proof.verifier import FORMAT, NOTICES, Checkpoint, is_about, is_fact, items
from dateline.protect.vault import Vault

_COLUMNS = tuple(column.name for column in events.columns)


def bundle(
    connection: Connection,
    archive: UUID,
    story: StoryRow,
    checkpoint: Checkpoint,
    *,
    fact: str | None = None,
    earlier: Checkpoint | None = None,
    with_documents: bool = False,
    only_about: bool = False,
    vault: Vault | None = None,
) -> dict[str, Any]:
    """The proof of a fact, or of the whole story, up to `checkpoint`.

    Of a fact, what it rests on and every later event that could change it is shown; `only_about`
    keeps back those that speak of other facts. What is protected is shown with the keys of `vault`,
    and withheld without. Raises UnknownName when the fact is not recorded by
    then, DatelineError for checkpoints of another archive or order.
    """
    for given in (checkpoint, earlier):
        if given is not None and not of_archive(given, archive):
            raise DatelineError("the checkpoint is of another archive", hint="give one of this")
    rows = _rows(connection, story.id, checkpoint.size, vault)
    if not rows:
        raise DatelineError(
            f"story {story.slug} begins after that checkpoint", hint="sign a new one"
        )
    shown = _shown(rows, story, fact, only_about)
    nodes = StoredTree(connection)
    proven = {rows[-1].version} if fact is None else shown | {rows[-1].version}
    entries, prev = [], b""
    for row in rows:
        item: dict[str, Any] = {"entry": _entry(archive, row, prev).decode()}
        prev = row.leaf
        if row.body is None and not row.sealed:
            item["erased"] = True
        elif row.version in shown:
            item |= {"salt": _packed(row.salt), "body": _packed(row.body)}
        else:
            item["withheld"] = True
        if row.version in proven:
            path = tree.inclusion(row.position - 1, checkpoint.size, nodes)
            item |= {"position": row.position, "inclusion": [_packed(step) for step in path]}
        entries.append(item)
    result: dict[str, Any] = {
        "format": FORMAT,
        "archive": str(archive),
        "story": str(story.id),
        "fact": fact,
        "checkpoint": checkpoint.note,
        "entries": entries,
    }
    if earlier is not None:
        result["earlier"] = _earlier(earlier, checkpoint, nodes)
    sources = _sources(rows, shown)
    found = {source: documents.get(connection, source, vault) for source in sorted(sources)}
    result["charsets"] = {source: d.charset for source, d in found.items() if d is not None}
    if with_documents:
        result["documents"] = [
            {"source": source, "charset": d.charset, "content": _packed(d.content)}
            for source, d in found.items()
            if d is not None and not d.binary
        ]
    return result


def _rows(
    connection: Connection, story: UUID, size: int, vault: Vault | None
) -> list[SimpleNamespace]:
    """The story's events up to a size of the log, whole; what stays sealed without its body.

    Raises Damaged."""
    query = select(events).where(events.c.story == story.bytes, events.c.position <= size)
    found = connection.execute(query.order_by(events.c.version))
    rows = [_opened(SimpleNamespace(**row._mapping, sealed=False), vault) for row in found]
    before = 0
    for version, row in enumerate(rows, 1):
        if row.version != version or row.position <= before:
            raise _damaged(row.position, f"is not version {version} of its story, after {before}")
        before = row.position
    return rows


def _opened(row: SimpleNamespace, vault: Vault | None) -> SimpleNamespace:
    if row.subject_key is not None and row.body is not None and row.salt is None:
        opened = None
        if vault is not None:
            opened = vault.open_event(row.subject_key, row.event_id, row.body)
        row.sealed = opened is None
        row.salt, row.body = opened or (None, None)
    return row


def _data(row: Any) -> dict[str, Any]:
    """What an event says; nothing when it is erased or protected."""
    if row.body is None or hashing.commitment(row.salt, row.body) != row.commitment:
        return {}
    try:
        data = msgspec.json.decode(row.body)["data"]
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise _damaged(row.position, f"cannot be read: {error}") from error
    return data if isinstance(data, dict) else {}


def _shown(rows: list[Any], story: StoryRow, fact: str | None, only_about: bool) -> set[int]:
    """The versions of those events whose content the proof shows."""
    contents = {row.version: _data(row) for row in rows}
    open_ = {version for version, data in contents.items() if data}
    if fact is None:
        return open_
    at = next((v for v, d in contents.items() if is_fact(d) and d["fact"] == fact), None)
    if at is None:
        raise _unproven(rows, story, fact)
    types = {row.version: row.type for row in rows}
    source = contents[at]["source"]
    about = {
        version
        for version in open_
        if types[version] in NOTICES
        and version > at
        and (not only_about or is_about(contents[version], fact, source))
    }
    named = set().union(*(_words(contents[version]) for version in about | {at}))
    rests = {
        version
        for version in open_
        if types[version] == "story.opened"
        or (types[version] == "source.captured" and contents[version].get("source") == source)
    }
    named |= set().union(*(_words(contents[version]) for version in rests))
    entities = {
        version
        for version in open_
        if types[version] == "entity.introduced" and contents[version].get("entity") in named
    }
    return {at} | about | rests | entities


def _unproven(rows: list[Any], story: StoryRow, fact: str) -> DatelineError:
    """Why no event among `rows` that can be read records the fact."""
    for row in rows:
        if row.body is not None and hashing.commitment(row.salt, row.body) != row.commitment:
            return _damaged(row.position, "is not what was recorded")
        if row.type == "content.erased":
            data = _data(row)
            if any(item.get("fact") == fact for item in items(data, "events")):
                return UnknownName(f"{fact} was erased: {data.get('reason')} ({data.get('basis')})")
    sealed = sum(row.sealed and row.type.endswith(".recorded") for row in rows)
    hint = f"list them with `dateline show {story.slug} timeline`, or sign a new checkpoint"
    if sealed:
        hint += f"; {sealed} protected are not looked into without --protected-too"
    return UnknownName(f"story {story.slug} has no fact {fact!r} up to that checkpoint", hint=hint)


def _words(value: Any) -> set[str]:
    """Every text in a payload: those that are ids of entities among them."""
    if isinstance(value, str):
        return {value}
    below: Collection[Any] = ()
    if isinstance(value, dict):
        below = value.values()
    elif isinstance(value, list):
        below = value
    return set().union(*map(_words, below))


def _sources(rows: list[Any], shown: set[int]) -> set[str]:
    """Sources that what is shown quotes."""
    quoting = (_data(row) for row in rows if row.version in shown)
    return {data["source"] for data in quoting if is_fact(data)}


def _entry(archive: UUID, row: Any, prev: bytes) -> bytes:
    try:
        return hashing.stored_entry(archive, [getattr(row, name) for name in _COLUMNS], prev)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise _damaged(row.position, f"cannot be read: {error}") from error


def _damaged(position: int, what: str) -> Damaged:
    return Damaged(f"the event at position {position} {what}")


def _earlier(earlier: Checkpoint, checkpoint: Checkpoint, nodes: StoredTree) -> dict[str, Any]:
    if not 0 < earlier.size <= checkpoint.size:
        raise DatelineError(
            f"the earlier checkpoint has {earlier.size} events, this one {checkpoint.size}",
            hint="sign a new checkpoint first: `dateline checkpoint`",
        )
    path = tree.consistency(earlier.size, checkpoint.size, nodes)
    return {"checkpoint": earlier.note, "consistency": [_packed(step) for step in path]}


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
