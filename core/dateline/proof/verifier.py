"""Checks a proof that Dateline wrote, offline: Python 3.11 and the package `cryptography` alone.

    python check.py PROOF.json --vkey VKEY [--document FILE] [--against CHECKPOINT]

VKEY is the archive's public key; after a change of keys give both, --vkey OLD --vkey NEW. Get them
another way than with the proof: from a letter, a web page of the newsroom, a telephone call. A key
that came inside the file it vouches for proves nothing.

Exit codes: 0 everything that the proof says holds, 1 something could not be checked (and nothing
wrong was found), 3 the proof is false, 2 wrong usage.

This one file is the whole verifier. The formats are described in docs/format.md and docs/proofs.md;
standards: RFC 6962 and RFC 9162 (tree), C2SP signed-note and tlog-checkpoint, Ed25519 (RFC 8032).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

FORMAT = "dateline/proof/v1"
DOMAIN = "dateline/event/v1"
ORIGIN = "dateline.archive/"
OK, UNCHECKED, USAGE, FALSE = 0, 1, 2, 3
_ED25519 = 1
_NO_CHARSETS = ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7")
_HASH = 32
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
#: What Python raises on a file that is not shaped as it should be.
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


class Wrong(Exception):
    """What was claimed is not so. ``rule`` names the check that failed."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(f"{rule}: {reason}")
        self.rule, self.reason = rule, reason


class Unchecked(Exception):
    """Something could not be checked: a key, a package or a file is missing."""


# -- the tree (RFC 9162 §2.1.3.2, §2.1.4.2) ----------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(leaf: int, size: int, hash_: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Leaf number `leaf` (from 0) of a tree of `size` leaves has that hash. Raises Wrong."""
    _hashes(hash_, root, *path)
    if not 0 <= leaf < size:
        raise Wrong("inclusion", f"leaf {leaf} is not in a tree of {size}")
    fn, sn, found = leaf, size - 1, hash_
    for step in path:
        if sn == 0:
            raise Wrong("inclusion", "the proof is too long")
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("inclusion", "the proof is too short")
    if found != root:
        raise Wrong("inclusion", "the proof does not lead to the root")


def check_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """A tree of `new` leaves begins with the `old` leaves of the other root. Raises Wrong."""
    _hashes(old_root, new_root, *path)
    if not 0 < old <= new:
        raise Wrong("consistency", f"a tree of {new} does not continue one of {old}")
    if old == new:
        if path or old_root != new_root:
            raise Wrong("consistency", "two trees of the same size have different roots")
        return
    if not path:
        raise Wrong("consistency", "the proof is empty")
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if sn == 0:
            raise Wrong("consistency", "the proof is too long")
        if fn & 1 or fn == sn:
            before, after = node_hash(step, before), node_hash(step, after)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            after = node_hash(after, step)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("consistency", "the proof is too short")
    if before != old_root:
        raise Wrong("consistency", "the proof does not lead to the old root")
    if after != new_root:
        raise Wrong("consistency", "the proof does not lead to the new root")


def _hashes(*hashes: bytes) -> None:
    if any(len(hash_) != _HASH for hash_ in hashes):
        raise Wrong("proof", "a hash has not 32 bytes")


# -- checkpoints (C2SP signed-note, tlog-checkpoint) -------------------------------------------


class Vkey(NamedTuple):
    """A public key as a signed note names it: ``name+keyid+base64(0x01 || public key)``."""

    name: str
    id: bytes
    public: bytes

    def __str__(self) -> str:
        packed = base64.b64encode(bytes([_ED25519]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{packed}"


def make_vkey(name: str, public: bytes) -> Vkey:
    digest = hashlib.sha256(name.encode() + b"\n" + bytes([_ED25519]) + public).digest()
    return Vkey(name, digest[:4], public)


def read_vkey(text: str) -> Vkey:
    """Raises ValueError for what is no Ed25519 verifier key."""
    name, _, rest = text.strip().partition("+")
    key_id, _, packed = rest.partition("+")
    raw = base64.b64decode(packed, validate=True)
    if not name or len(raw) != 33 or raw[0] != _ED25519:
        raise ValueError("not an Ed25519 key of the form NAME+ID+KEY")
    vkey = make_vkey(name, raw[1:])
    if vkey.id.hex() != key_id:
        raise ValueError("the key's id is not that of its name and public key")
    return vkey


class Checkpoint(NamedTuple):
    """A tree head that somebody signed. ``signatures`` are (name, key id, signature)."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @property
    def note(self) -> str:
        lines = (
            f"\u2014 {name} {base64.b64encode(key_id + signature).decode()}\n"
            for name, key_id, signature in self.signatures
        )
        return f"{self.text}\n{''.join(lines)}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def read_checkpoint(note: str) -> Checkpoint:
    """Raises Wrong for what is no checkpoint. Says nothing of its signatures."""
    try:
        text, _, below = note.rpartition("\n\n")
        origin, size, root, *rest = text.split("\n")
        signatures = tuple(_signature(line) for line in below.removesuffix("\n").split("\n"))
        found = base64.b64decode(root, validate=True)
        if rest or not below.endswith("\n") or not re.fullmatch("0|[1-9][0-9]{0,18}", size):
            raise ValueError
        if len(found) != _HASH or not origin or _UNSAFE.search(origin):
            raise ValueError
    except ValueError:
        raise Wrong("checkpoint", "this is no checkpoint (a C2SP signed note)") from None
    return Checkpoint(origin, int(size), found, text + "\n", signatures)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, packed = line.split(" ")
    raw = base64.b64decode(packed, validate=True)
    if dash != "\u2014" or len(raw) < 5 or not name:
        raise ValueError
    return name, raw[:4], raw[4:]


def check_signature(checkpoint: Checkpoint, vkey: Vkey) -> None:
    """Raises Wrong unless `vkey` signed it, Unchecked without the package `cryptography`."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise Unchecked(
            "signatures need the package cryptography: pip install cryptography"
        ) from None
    ours = [
        signature
        for name, key_id, signature in checkpoint.signatures
        if (name, key_id) == (vkey.name, vkey.id)
    ]
    if len(ours) != 1:
        raise Wrong("signature", f"the checkpoint is not signed once by {vkey.name}")
    try:
        public = Ed25519PublicKey.from_public_bytes(vkey.public)
        public.verify(ours[0], checkpoint.text.encode())
    except (InvalidSignature, ValueError):
        raise Wrong("signature", f"the signature is not that of {vkey.name}") from None


def signers(checkpoint: Checkpoint, vkeys: Sequence[Vkey]) -> list[Vkey]:
    """Those of `vkeys` that signed it. Raises Wrong for a false signature by one of them,
    Unchecked."""
    named = {(name, key_id) for name, key_id, _ in checkpoint.signatures}
    found = [vkey for vkey in vkeys if (vkey.name, vkey.id) in named]
    for vkey in found:
        check_signature(checkpoint, vkey)
    return found


# -- a bundle ----------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One event of the story as proven. ``body`` is None when it is withheld or erased."""

    fields: dict[str, Any]
    position: int | None
    body: dict[str, Any] | None
    erased: bool

    @property
    def type(self) -> str:
        return str(self.fields["type"])

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.body["data"]) if self.body is not None else {}


class Proven(NamedTuple):
    """What a bundle proves, and what it leaves open."""

    checkpoint: Checkpoint
    story: str
    fact: str | None
    entries: list[Entry]
    documents: dict[str, bytes]
    charsets: dict[str, str]
    quoted: set[str]
    earlier: Checkpoint | None
    open: list[str]

    @property
    def position(self) -> int:
        """Of the story's last event that the proof holds."""
        return self.entries[-1].position or 0

    @property
    def complete(self) -> bool:
        """Whether it is the checkpoint's last: nothing of the story can be left out after it."""
        return self.position == self.checkpoint.size


def check(bundle: Any, vkeys: Sequence[Vkey] = (), against: Checkpoint | None = None) -> Proven:
    """Check everything in a bundle. Raises Wrong at the first thing that is not so, Unchecked.

    That a checkpoint is signed by none of the keys given is among what is open.
    """
    try:
        return _check(bundle, vkeys, against)
    except _MALFORMED as error:
        detail = f"{type(error).__name__}: {error}"
        raise Wrong("format", f"this is no whole {FORMAT} file ({detail})") from None


def _check(bundle: Any, vkeys: Sequence[Vkey], against: Checkpoint | None) -> Proven:
    if bundle["format"] != FORMAT:
        raise Wrong("format", f"this is no {FORMAT} file")
    archive, story, fact = str(bundle["archive"]), str(bundle["story"]), bundle["fact"]
    checkpoint = read_checkpoint(bundle["checkpoint"])
    if checkpoint.origin != ORIGIN + archive:
        raise Wrong("checkpoint", "the checkpoint is of another archive")
    opened: list[str] = []
    ours = [vkey for vkey in vkeys if vkey.name == checkpoint.origin]
    if vkeys and not ours:
        raise Wrong(
            "signature", f"the key is of {vkeys[0].name}, the checkpoint of another archive"
        )
    if not vkeys:
        opened.append("No key was given: who signed is not checked.")
    elif not signers(checkpoint, ours):
        opened.append(
            f"None of the keys given signed the checkpoint of {checkpoint.size} events: that "
            "anything here is from the archive is not proven (give the key that did with --vkey)."
        )
    earlier = _earlier(bundle, checkpoint, ours, against, opened)
    entries = list(_entries(bundle, archive, story, checkpoint))
    documents, charsets = _documents(bundle)
    _check_facts(entries, fact, opened)
    quoted = _check_quotes(entries, documents, charsets, fact, opened)
    return Proven(checkpoint, story, fact, entries, documents, charsets, quoted, earlier, opened)


def _signed(checkpoint: Checkpoint, vkeys: Sequence[Vkey], which: str, opened: list[str]) -> None:
    if vkeys and not signers(checkpoint, vkeys):
        opened.append(
            f"None of the keys given signed {which}, of {checkpoint.size} events: who did is "
            "not proven (if the archive had another key then, give both: --vkey may stand again)."
        )


def _earlier(
    bundle: Any,
    checkpoint: Checkpoint,
    vkeys: Sequence[Vkey],
    against: Checkpoint | None,
    opened: list[str],
) -> Checkpoint | None:
    """The earlier checkpoint that this one continues, if the bundle shows one."""
    given = bundle.get("earlier")
    earlier = None
    if given is not None:
        earlier = read_checkpoint(given["checkpoint"])
        if earlier.origin != checkpoint.origin:
            raise Wrong("consistency", "the earlier checkpoint is of another archive")
        _signed(earlier, vkeys, "the earlier checkpoint", opened)
        path = [base64.b64decode(step, validate=True) for step in given["consistency"]]
        check_consistency(earlier.size, checkpoint.size, path, earlier.root, checkpoint.root)
    if against is None:
        return earlier
    if against.origin != checkpoint.origin:
        raise Wrong("consistency", "the checkpoint you hold is of another archive")
    if against not in (earlier, checkpoint):
        _signed(against, vkeys, "the checkpoint you hold", opened)
    same = [c for c in (earlier, checkpoint) if c is not None and c.size == against.size]
    if any(c.root != against.root for c in same):
        raise Wrong(
            "consistency", "the checkpoint you hold has another root: history was rewritten"
        )
    if not same:
        opened.append(
            "The proof does not lead from the checkpoint you hold: ask for one that does "
            "(dateline prove --earlier FILE)."
        )
    return earlier


def _entries(bundle: Any, archive: str, story: str, checkpoint: Checkpoint) -> Iterator[Entry]:
    """The story's chain: each entry names the leaf before it, the last is in the tree."""
    prev, position = "", None
    given = bundle["entries"]
    if not given:
        raise Wrong("chain", "the proof holds no event")
    for number, item in enumerate(given, 1):
        raw = item["entry"].encode("ascii")
        fields = json.loads(raw)
        if json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() != raw:
            raise Wrong("chain", f"the entry of event {number} is not in its one form")
        wanted = {"domain": DOMAIN, "archive": archive, "story": story, "version": number}
        for name, value in wanted.items():
            if fields.get(name) != value:
                raise Wrong("chain", f"event {number} of the story has another {name}")
        if fields["prev"] != prev:
            raise Wrong("chain", f"event {number} does not follow the one before it")
        leaf = leaf_hash(raw)
        prev, position = leaf.hex(), None
        if item.get("inclusion") is not None:
            position = int(item["position"])
            path = [base64.b64decode(step, validate=True) for step in item["inclusion"]]
            check_inclusion(position - 1, checkpoint.size, leaf, path, checkpoint.root)
        yield Entry(fields, position, _body(item, fields), bool(item.get("erased")))
    if position is None:
        raise Wrong("inclusion", "the story's last event has no proof that it is in the log")


def _body(item: Any, fields: dict[str, Any]) -> dict[str, Any] | None:
    if item.get("withheld") or item.get("erased"):
        return None
    salt, body = (base64.b64decode(item[name], validate=True) for name in ("salt", "body"))
    if len(salt) != _HASH or hashlib.sha256(salt + body).hexdigest() != fields["commitment"]:
        raise Wrong("body", f"event {fields['version']} was recorded with other content")
    found = json.loads(body, object_pairs_hook=_object)
    if not isinstance(found, dict) or not isinstance(found["data"], dict):
        raise ValueError("a body is no object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of a key that stands twice, readers take different ones."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in a body")
    return found


def _documents(bundle: Any) -> tuple[dict[str, bytes], dict[str, str]]:
    contents, charsets = {}, {}
    for item in bundle.get("documents", ()):
        source, content = str(item["source"]), base64.b64decode(item["content"], validate=True)
        if "sha256:" + hashlib.sha256(content).hexdigest() != source:
            raise Wrong("document", f"the document {source} has another SHA-256")
        contents[source], charsets[source] = content, str(item["charset"])
    return contents, charsets


#: Types of events that can change how a fact stands.
NOTICES = (
    "fact.corrected", "fact.retracted", "fact.disputed", "fact.reviewed", "evidence.added",
    "facts.linked", "source.withdrawn",
)  # fmt: skip


def is_fact(data: dict[str, Any]) -> bool:
    """Whether an event with that data records a fact: a sentence resting on words of a source."""
    return all(isinstance(data.get(key), str) for key in ("fact", "text", "source")) and bool(
        items(data, "evidence")
    )


def is_about(data: dict[str, Any], fact: str, source: str) -> bool:
    """Whether an event with that data speaks of the fact, or takes back its source."""
    if fact in (data.get("fact"), data.get("from"), data.get("to")):
        return True
    return "reason" in data and data.get("source") == source


def items(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in a list of the data; what a plugin records may be of any shape."""
    found = data.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _check_facts(entries: list[Entry], fact: str | None, opened: list[str]) -> None:
    if fact is None:
        first = next((at for at, entry in enumerate(entries) if is_fact(entry.data)), len(entries))
    else:
        first = _recorded(entries, fact)
    withheld = [e for e in entries[first + 1 :] if e.type in NOTICES and e.body is None]
    if withheld:
        numbers = ", ".join(str(entry.fields["version"]) for entry in withheld)
        opened.append(
            f"Later events ({numbers} of the story) are withheld or erased: whether they correct, "
            f"dispute or retract {fact or 'a fact'} is not proven."
        )


def _recorded(entries: list[Entry], fact: str) -> int:
    for at, entry in enumerate(entries):
        if is_fact(entry.data) and entry.data["fact"] == fact:
            return at
    raise Wrong("fact", f"no event in the proof records {fact}")


def _check_quotes(
    entries: list[Entry],
    documents: dict[str, bytes],
    charsets: dict[str, str],
    fact: str | None,
    opened: list[str],
) -> set[str]:
    """Every quotation stands in its document, where the document is there. Gives the documents."""
    sources: dict[str, str] = {}
    missing: set[str] = set()
    quoted: set[str] = set()
    for entry in entries:
        data = entry.data
        if is_fact(data):
            sources[data["fact"]] = data["source"]
        name = data.get("fact")
        source = sources.get(name) if isinstance(name, str) else None
        if source is None or (fact is not None and name != fact):
            continue
        for item in items(data, "evidence"):
            if source not in documents:
                missing.add(source)
            elif not _stands(item, _text(documents[source], charsets[source])):
                raise Wrong("quote", f"the words quoted by {name} are not in {source} there")
            else:
                quoted.add(source)
    opened += [
        f"The document {source} is not here: that the quotations stand in it is not checked "
        "(give it with --document FILE)."
        for source in sorted(missing)
    ]
    return quoted


def _stands(item: dict[str, Any], text: str) -> bool:
    start, end = item.get("start"), item.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or start < 0:
        return False
    return text[start:end] == item.get("exact")


def _text(content: bytes, charset: str) -> str:
    """The charset is not signed: only those that bytes are read with, none that rewrites them."""
    if codecs.lookup(charset).name.replace("_", "-") in _NO_CHARSETS:
        raise ValueError(f"no document is in {charset}")
    return content.decode(charset)


# -- in words ----------------------------------------------------------------------------------


def visible(text: object) -> str:
    """On one line, with control, bidi and invisible characters written as escapes."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), str(text))


def words(proven: Proven) -> Iterator[str]:
    """What is proven, in lines that are safe to print."""
    at = proven.checkpoint
    yield f"Archive     {visible(at.origin.removeprefix(ORIGIN))}"
    yield f"Checkpoint  {at.size} events, root {at.root.hex()}"
    if proven.earlier is not None:
        yield f"Continues   the checkpoint of {proven.earlier.size} events"
    shown = [entry for entry in proven.entries if entry.body is not None]
    erased = sum(entry.erased for entry in proven.entries)
    titles = [e.data.get("title") for e in shown if e.type in ("story.opened", "story.retitled")]
    title = titles[-1] if titles else proven.story
    yield (
        f"Story       {visible(title)}: {len(proven.entries)} events in an unbroken "
        f"chain, {len(shown)} shown, {len(proven.entries) - len(shown) - erased} withheld, "
        f"{erased} erased"
    )
    if proven.complete:
        yield "            the last of them is the last event of the checkpoint: none is left out"
    else:
        yield f"            as far as position {proven.position} of the log"
    for source, charset in proven.charsets.items():
        stand = f"its quotations stand in it, read as {visible(charset)}"
        said = stand if source in proven.quoted else "the proof quotes nothing from it"
        yield f"Document    {visible(source)}: {said}"
    introduced = [e.data for e in shown if e.type == "entity.introduced"]
    labels = {str(data.get("entity")): str(data.get("label")) for data in introduced}
    recorded: dict[str, Entry] = {}
    for entry in shown:
        if is_fact(entry.data):
            recorded.setdefault(entry.data["fact"], entry)
    captured = {e.data.get("source"): e.data for e in shown if e.type == "source.captured"}
    notices = [entry for entry in shown if entry.type in NOTICES]
    for fact in recorded if proven.fact is None else [proven.fact]:
        yield ""
        entry = recorded[fact]
        yield from _fact_words(entry, captured.get(entry.data["source"]), notices, labels)


def _fact_words(
    entry: Entry, source: dict[str, Any] | None, notices: list[Entry], labels: dict[str, str]
) -> Iterator[str]:
    data = entry.data
    yield f"Fact {visible(data['fact'])} ({visible(entry.type)})"
    yield f"  says      {visible(data['text'])}"
    for item in items(data, "evidence"):
        place = f"{item.get('start')}-{item.get('end')}"
        yield f'  quotes    {visible(item.get("role"))} {place}: "{visible(item.get("exact"))}"'
    agents = [str(step.get("agent")) for step in items(data, "attribution")]
    if agents:
        yield f"  through   {visible(' > '.join(labels.get(agent, agent) for agent in agents))}"
    yield f"  source    {visible(data['source'])}"
    if source is not None:
        publisher = str(source.get("publisher"))
        more = [source.get("title"), labels.get(publisher, publisher), source.get("published")]
        yield f"            {visible(', '.join(str(part) for part in more if part))}"
    yield f"  recorded  {_stamp(entry)}"
    later = [
        e for e in notices if e is not entry and is_about(e.data, data["fact"], data["source"])
    ]
    for other in later:
        yield f"  later     {_stamp(other)}: {_notice(other)}"
    if not later:
        yield "  later     nothing that is shown here"


def _stamp(entry: Entry) -> str:
    place = f", position {entry.position}" if entry.position is not None else ""
    recorded = (entry.body or {}).get("recorded_by")
    by = recorded.get("agent") if isinstance(recorded, dict) else None
    who = f", by {visible(by)}" if by else ""
    return f"{visible(entry.fields['recorded_at'])}{place}{who}"


def _notice(entry: Entry) -> str:
    data = entry.data
    reason = data.get("reason") or data.get("ground") or data.get("note") or ""
    changes = "; ".join(
        f"{change.get('path')} {json.dumps(change.get('was'), ensure_ascii=False)} -> "
        f"{json.dumps(change.get('now'), ensure_ascii=False)}"
        for change in items(data, "changes")
    )
    more = data.get("verdict") or changes
    if "relation" in data:
        more = f"{data.get('from')} {data['relation']} {data.get('to')}"
    return visible(f"{entry.type} {more} {reason}").rstrip()


# -- as a program ------------------------------------------------------------------------------


def _with_documents(bundle: Any, paths: Sequence[str]) -> None:
    """Documents given as files, beside those in the bundle. Their charset is UTF-8 unless known."""
    if not isinstance(bundle, dict):
        return
    known = bundle.setdefault("documents", [])
    charsets = bundle.get("charsets", {})
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        source = "sha256:" + hashlib.sha256(content).hexdigest()
        packed = base64.b64encode(content).decode()
        charset = charsets.get(source, "utf-8")
        known.append({"source": source, "charset": charset, "content": packed})


def main(arguments: Sequence[str] | None = None) -> int:
    import argparse  # here, since Dateline itself imports this module for its functions

    parser = argparse.ArgumentParser(description="Check a proof written by Dateline, offline.")
    parser.add_argument("proof", help="the file that `dateline prove` wrote")
    parser.add_argument(
        "--vkey", action="append", required=True, metavar="VKEY",
        help="the archive's public key, got another way; if it had several, each",
    )  # fmt: skip
    parser.add_argument(
        "--document", action="append", default=[], metavar="FILE", help="a source to look into"
    )
    parser.add_argument(
        "--against", metavar="FILE", help="a checkpoint you hold: the proof must continue it"
    )
    given = parser.parse_args(arguments)
    try:
        vkeys = [read_vkey(text) for text in given.vkey]
    except (ValueError, binascii.Error) as error:
        parser.error(f"--vkey: {error}")
    code, lines = judge(given.proof, vkeys, given.document, given.against)
    print("\n".join(lines))
    return code


def judge(
    proof: str, vkeys: Sequence[Vkey], documents: Sequence[str] = (), against: str | None = None
) -> tuple[int, list[str]]:
    """The exit code, and what to print: safe lines, whatever is in the files."""
    try:
        bundle = _read_json(proof)
        _with_documents(bundle, documents)
        held = None if against is None else _read_held(against)
        proven = check(bundle, vkeys, held)
        lines = list(words(proven))
    except Wrong as wrong:
        return FALSE, [f"FALSE  {visible(wrong)}"]
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error
        return UNCHECKED, [f"COULD NOT CHECK  {visible(said)}"]
    except Unchecked as error:
        return UNCHECKED, [f"COULD NOT CHECK  {visible(error)}"]
    except _MALFORMED as error:
        return FALSE, [f"FALSE  format: this is no proof ({visible(repr(error))})"]
    lines += ["", *(f"NOT CHECKED  {visible(line)}" for line in proven.open)]
    if not proven.complete:
        lines.append(f"NOT SHOWN  {_after(proven)}")
    if proven.open:
        return UNCHECKED, [*lines, "Everything else that the proof says holds."]
    return OK, [*lines, "OK  Everything that the proof says holds."]


def _read_json(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        try:
            return json.load(file)
        except ValueError as error:
            raise Wrong("format", f"{path} is no proof: it is no JSON in UTF-8 ({error})") from None


def _read_held(path: str) -> Checkpoint:
    """The checkpoint the reader holds: a file that is none says nothing of the proof."""
    try:
        with open(path, encoding="utf-8") as file:
            return read_checkpoint(file.read())
    except (Wrong, ValueError):
        raise Unchecked(f"{path}, given with --against, is no checkpoint") from None


def _after(proven: Proven) -> str:
    """The bound of every proof whose story may have gone on: a log cannot show that nothing came."""
    return (
        f"Whether the story went on between position {proven.position} and the checkpoint's last, "
        f"{proven.checkpoint.size}: a correction or a retraction there would not be seen here. Only "
        "the archive can tell."
    )


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
