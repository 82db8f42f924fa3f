"""Bundles: one fact, or one story, with all that a stranger needs to check it offline.

The file is JSON (docs/proofs.md). It has every event of the story as the entry that was hashed. Events
that are shown have their salt and body too; the others are withheld, and a commitment without its salt
reveals nothing about the content.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from dateline.documents import storage as documents
from dateline.errors import Damaged, DatelineError, UnknownName
from dateline.log import hashing, tree
from dateline.log.content import Encrypted, Malformed, Missing, Plain, load
from dateline.log.read import StoryRow
from dateline.log.stored_tree import StoredTree
from dateline.log.tables import EVENT_COLUMNS, events
from dateline.proof.checkpoint import of_archive
from dateline.proof.verifier import (
    EARLIER,
    FORMAT,
    NAMING,
    NOTICES,
    Checkpoint,
    document_of,
    follow,
    is_about,
    is_fact,
    items,
    sources_of,
)
from dateline.protect.vault import Vault

#: What every proof shows: the story's titles and what was erased. They name no persons.
_ALWAYS = ("story.opened", "story.retitled", "content.erased")


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

    The proof of a fact shows what the fact rests on and every later event that could change it.
    Protected content is withheld without the keys of `vault`. Raises UnknownName when the fact was not
    recorded by then, DatelineError for a checkpoint of another archive, or an earlier one that is later.
    """
    for given in (checkpoint, earlier):
        if given is not None and not of_archive(given, archive):
            raise DatelineError(
                "the checkpoint belongs to another archive",
                hint="give a checkpoint of this archive",
                code="checkpoint-foreign",
            )
    rows = _rows(connection, story.id, checkpoint.size, vault)
    if not rows:
        raise DatelineError(
            f"story {story.slug} begins after that checkpoint",
            hint="sign a new checkpoint: `dateline checkpoint`",
            code="story-after-checkpoint",
        )
    contents = {row.version: _data(row) for row in rows}
    steps = follow(
        (row.type, row.schema_version, contents[row.version], _event_id(row)) for row in rows
    )
    sources = {fact: sources_of(steps, fact) for fact in steps}  # those that it had at any time
    if fact is not None and fact not in sources:
        raise _unproven(connection, rows, contents, story, checkpoint.size, fact, vault)
    shown = _shown(rows, contents, sources, fact, only_about)
    nodes = StoredTree(connection)
    proven = {rows[-1].version} if fact is None else shown | {rows[-1].version}
    entries, prev = [], b""
    for row in rows:
        item: dict[str, Any] = {"entry": _entry(archive, row, prev).decode()}
        prev = row.leaf
        if isinstance(row.content, Missing):
            item["erased"] = True
        elif row.version in shown:
            item |= {"salt": _packed(row.content.salt), "body": _packed(row.content.body)}
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
    quoted = set().union(*sources.values()) if fact is None else sources[fact]
    names = sorted({*map(document_of, quoted)})
    found = {source: documents.get(connection, source, vault) for source in names}
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
    """The story's events up to a size of the log, each with its ``content``.

    Raises Damaged."""
    query = select(events).where(events.c.story == story.bytes, events.c.position <= size)
    found = connection.execute(query.order_by(events.c.version))
    rows = [SimpleNamespace(**row._mapping) for row in found]
    before = 0
    for version, row in enumerate(rows, 1):
        if row.version != version or row.position <= before:
            raise _damaged(row.position, f"is not version {version} of its story, after {before}")
        before = row.position
        row.content = load(row.subject_key, row.salt, row.body)
        if isinstance(row.content, Encrypted):
            row.content = row.content.opened(row.event_id, vault) or row.content
        if isinstance(row.content, Plain) and not row.content.matches(row.commitment):
            row.content = Malformed("it is not what was recorded")
    return rows


def _data(row: Any) -> dict[str, Any]:
    """The data of an event; empty when it is erased, sealed or wrong."""
    if not isinstance(row.content, Plain):
        return {}
    try:
        data = msgspec.json.decode(row.content.body)["data"]
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise _damaged(row.position, f"cannot be read: {error}") from error
    return data if isinstance(data, dict) else {}


def _event_id(row: Any) -> str:
    try:
        return str(UUID(bytes=row.event_id))
    except (TypeError, ValueError) as error:
        raise _damaged(row.position, "has no event id") from error


def _shown(
    rows: list[Any],
    contents: Mapping[int, dict[str, Any]],
    sources: Mapping[str, list[str]],
    fact: str | None,
    only_about: bool,
) -> set[int]:
    """The versions of the events whose content the proof shows."""
    types = {row.version: row.type for row in rows if contents[row.version]}
    if fact is None:
        return set(types)
    at = next(v for v, d in contents.items() if is_fact(d) and d["fact"] == fact)
    about = {
        version
        for version, type_ in types.items()
        if type_ in NOTICES
        and (
            is_about(contents[version], fact, sources[fact])
            or (not only_about and (version > at or type_ in EARLIER))
        )
    }
    rests = {
        version
        for version, type_ in types.items()
        if type_ in _ALWAYS
        or (type_ == "source.captured" and contents[version].get("source") in sources[fact])
    }
    named = set().union(*(_words(contents[version]) for version in about | {at} | rests))
    of_entities = {v: contents[v] for v, type_ in types.items() if type_ in NAMING}
    grown = True
    while grown:  # the name of the entity that another was merged into is shown
        into = {d["into"] for d in of_entities.values() if d.get("entity") in named and "into" in d}
        grown = not into <= named
        named |= into
    entities = {version for version, data in of_entities.items() if data.get("entity") in named}
    revoked = {
        version
        for version, type_ in types.items()
        if type_ == "event.revoked" and not named.isdisjoint(contents[version].get("about") or ())
    }
    return {at} | about | rests | entities | revoked


def _unproven(
    connection: Connection,
    rows: list[Any],
    contents: Mapping[int, dict[str, Any]],
    story: StoryRow,
    size: int,
    fact: str,
    vault: Vault | None,
) -> DatelineError:
    """The error that explains why no readable event among `rows` records the fact."""
    for row in rows:
        if isinstance(row.content, Malformed):
            return _damaged(row.position, "is not what was recorded")
        if row.type == "content.erased":
            data = contents[row.version]
            if any(item.get("fact") == fact for item in items(data, "events")):
                return UnknownName(
                    f"{fact} was erased: {data.get('reason')} ({data.get('basis')})",
                    code="fact-erased",
                )
    later = select(events.c.position).where(
        events.c.story == story.id.bytes, events.c.position > size
    )
    what = f"story {story.slug} has no fact {fact!r}"
    hint = f"list them with `dateline show {story.slug} timeline`"
    if connection.execute(later.limit(1)).first() is not None:
        what += f" up to event {size} of the log, where the checkpoint ends"
        hint += ", or prove up to a new checkpoint"
    sealed = sum(
        isinstance(row.content, Encrypted) and row.type.endswith(".recorded") for row in rows
    )
    if sealed and vault is None:
        many = "fact is" if sealed == 1 else "facts are"
        hint += f"; {sealed} protected {many} only searched with --protected-too"
    elif sealed:
        hint += (
            f"; {sealed} protected fact{'' if sealed == 1 else 's'} could not be searched without "
            "the keys: bring the keys database back or name it with --keys"
        )
    return UnknownName(what, hint=hint, code="fact-unknown")


def _words(value: Any) -> set[str]:
    """Every text in a payload, ids of entities included."""
    if isinstance(value, str):
        return {value}
    below: Collection[Any] = ()
    if isinstance(value, dict):
        below = value.values()
    elif isinstance(value, list):
        below = value
    return set().union(*map(_words, below))


def _entry(archive: UUID, row: Any, prev: bytes) -> bytes:
    try:
        return hashing.stored_entry(archive, [getattr(row, name) for name in EVENT_COLUMNS], prev)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise _damaged(row.position, f"cannot be read: {error}") from error


def _damaged(position: int, what: str) -> Damaged:
    return Damaged(f"the event at position {position} {what}")


def _earlier(earlier: Checkpoint, checkpoint: Checkpoint, nodes: StoredTree) -> dict[str, Any]:
    if not 0 < earlier.size <= checkpoint.size:
        raise DatelineError(
            f"the earlier checkpoint has {earlier.size} events, and this one {checkpoint.size}",
            hint="sign a new checkpoint first: `dateline checkpoint`",
            code="checkpoint-order",
        )
    path = tree.consistency(earlier.size, checkpoint.size, nodes)
    return {"checkpoint": earlier.note, "consistency": [_packed(step) for step in path]}


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
