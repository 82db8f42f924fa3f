"""Checks a proof that Dateline wrote. Works offline; needs Python 3.11 and the package `cryptography`.

    python -I check.py PROOF.json --vkey VKEY [--document FILE] [--against CHECKPOINT]

VKEY is the archive's public key. If the archive changed its key, give both: --vkey OLD --vkey NEW.
Get the keys by a different route than the proof: from a letter, the newsroom's web page, a telephone
call. A key that came together with the proof proves nothing.

Exit codes: 0 everything that the proof says holds, 1 something could not be checked (and nothing
false was found), 2 wrong usage, 3 the proof is false.

This one file is the whole verifier. The formats are described in docs/format.md and docs/proofs.md;
standards: RFC 6962 and RFC 9162 (tree), C2SP signed-note and tlog-checkpoint, Ed25519 (RFC 8032).
"""

import sys

if __name__ == "__main__":
    # The sender of a proof may have put a json.py or a cryptography.py next to this file, so nothing is
    # imported from its folder or from the current one. Before this point only modules built into
    # Python may be imported: even `__future__` is a file. Python itself has already imported `os`.
    import os

    def _folder(path: str) -> object:
        try:
            found = os.stat(path or os.curdir)
        except OSError:
            return path
        return found.st_dev, found.st_ino

    _near = {
        _folder(os.path.dirname(__file__)),
        _folder(os.path.dirname(os.path.realpath(__file__))),
        _folder(os.curdir),
    }
    sys.path[:] = [path for path in sys.path if _folder(path) not in _near]

import base64
import binascii
import codecs
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

FORMAT = "dateline/proof/v1"
DOMAIN = "dateline/event/v1"
ORIGIN = "dateline.archive/"
OK, UNCHECKED, USAGE, FALSE = 0, 1, 2, 3
_ED25519 = 1
_NO_CHARSETS = ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7")
_HASH = 32
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_INDEX = re.compile("0|[1-9][0-9]{0,15}")
#: What Python raises when a file does not have the expected shape.
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


class Wrong(Exception):
    """A claim is false. ``rule`` names the check that failed."""

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
    """Check that leaf number `leaf` (from 0) of a tree of `size` leaves has that hash. Raises Wrong."""
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
    """Check that the tree of `new` leaves begins with the `old` leaves of the other. Raises Wrong."""
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
        raise Wrong("proof", "a hash is not 32 bytes long")


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
    """The key in `text`. Raises ValueError when it is not an Ed25519 verifier key."""
    name, _, rest = text.strip().partition("+")
    key_id, _, packed = rest.partition("+")
    raw = base64.b64decode(packed, validate=True)
    if not name or len(raw) != 33 or raw[0] != _ED25519:
        raise ValueError("not an Ed25519 key of the form NAME+ID+KEY")
    vkey = make_vkey(name, raw[1:])
    if vkey.id.hex() != key_id:
        raise ValueError("the key's id does not match its name and public key")
    return vkey


class Checkpoint(NamedTuple):
    """A signed tree head. ``signatures`` are (name, key id, signature); they are not checked yet."""

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
    """The checkpoint in a note. Raises Wrong when it is not one. Does not check the signatures."""
    try:
        if not isinstance(note, str):
            raise ValueError
        text, _, below = note.rpartition("\n\n")
        origin, size, root, *rest = text.split("\n")
        signatures = tuple(_signature(line) for line in below.removesuffix("\n").split("\n"))
        found = base64.b64decode(root, validate=True)
        if rest or not below.endswith("\n") or not re.fullmatch("0|[1-9][0-9]{0,18}", size):
            raise ValueError
        if len(found) != _HASH or not origin or _UNSAFE.search(origin):
            raise ValueError
    except ValueError:
        raise Wrong("checkpoint", "this is not a checkpoint (a C2SP signed note)") from None
    return Checkpoint(origin, int(size), found, text + "\n", signatures)


def parse_note(raw: bytes) -> Checkpoint:
    """A checkpoint from a file that may have gone through mail: other line endings, a byte order mark,
    empty lines around it or no newline at its end are accepted. Raises Wrong when it is not one."""
    try:
        text = raw.decode("utf-8-sig")
    except ValueError:
        raise Wrong("checkpoint", "this is not a checkpoint (it is not UTF-8 text)") from None
    return read_checkpoint(text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n")


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
        raise Wrong(
            "signature", f"the checkpoint does not have exactly one signature of {vkey.name}"
        )
    try:
        public = Ed25519PublicKey.from_public_bytes(vkey.public)
        public.verify(ours[0], checkpoint.text.encode())
    except (InvalidSignature, ValueError):
        raise Wrong("signature", f"the signature of {vkey.name} is not valid") from None


def signers(checkpoint: Checkpoint, vkeys: Sequence[Vkey]) -> list[Vkey]:
    """Those of `vkeys` that signed it. Raises Wrong when the signature of one of them is false, and
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


class Fact(NamedTuple):
    """A fact as its `entry` recorded it, and as it is after the events about it (`told`).

    ``now`` is its present content, None when a change did not fit it. ``status`` is one word, and
    ``said`` explains it; both are empty for a fact that is not questioned.
    """

    entry: Entry
    now: dict[str, Any] | None
    told: list[Entry]
    status: str
    said: str


class Proven(NamedTuple):
    """What a bundle proves, and what could not be checked (``open``, in sentences).

    ``quoted`` has every source that the facts quote: true when all its quotations were found in it.
    """

    checkpoint: Checkpoint
    story: str
    entries: list[Entry]
    facts: dict[str, Fact]
    charsets: dict[str, str]
    quoted: dict[str, bool]
    earlier: Checkpoint | None
    signed: list[Vkey]
    held: str | None
    open: list[str]

    @property
    def position(self) -> int:
        """The position of the last event of the story in this proof."""
        return self.entries[-1].position or 0

    @property
    def complete(self) -> bool:
        """Whether that is the checkpoint's last position, so that no later event can be left out."""
        return self.position == self.checkpoint.size


def check(bundle: Any, vkeys: Sequence[Vkey] = (), against: Checkpoint | None = None) -> Proven:
    """Check everything in a bundle. Raises Wrong at the first false claim, and Unchecked.

    A checkpoint that none of the given keys signed is not an error: it is listed in ``open``.
    """
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise Unchecked(f"this is not a Dateline proof (not a {FORMAT} file)")
    try:
        return _check(bundle, vkeys, against)
    except _MALFORMED:
        raise Wrong(
            "format", f"this {FORMAT} file is malformed: parts are missing or make no sense"
        ) from None


def _check(bundle: Any, vkeys: Sequence[Vkey], against: Checkpoint | None) -> Proven:
    archive, story, fact = str(bundle["archive"]), str(bundle["story"]), bundle["fact"]
    checkpoint = read_checkpoint(bundle["checkpoint"])
    if checkpoint.origin != ORIGIN + archive:
        raise Wrong("checkpoint", "the checkpoint belongs to another archive")
    opened: list[str] = []
    ours = [vkey for vkey in vkeys if vkey.name == checkpoint.origin]
    signed = signers(checkpoint, ours)
    if not signed:
        who = f"None of the given keys signed the checkpoint of {checkpoint.size} events"
        if not ours:
            who = f"The given key belongs to {vkeys[0].name}" if vkeys else "No key was given"
        opened.append(
            f"{who}: it is not proven that anything here is from the archive (give the key that "
            f"signed for {checkpoint.origin} with --vkey)."
        )
    earlier = _earlier(bundle, checkpoint, ours, opened)
    held = None if against is None else _held(against, checkpoint, earlier, ours, opened)
    entries = _with_erased(list(_entries(bundle, archive, story, checkpoint)))
    documents, charsets = _documents(bundle)
    steps = follow(
        (e.type, e.fields.get("schema_version"), e.data, str(e.fields.get("event_id")))
        for e in entries
    )
    if fact is not None:
        if fact not in steps:
            raise Wrong("fact", f"no event in the proof records {fact}")
        steps = {fact: steps[fact]}
    _check_withheld(entries, steps, fact or "a fact", opened)
    quoted = _check_quotes(entries, steps, documents, charsets, opened)
    facts = _facts(entries, steps)
    return Proven(
        checkpoint, story, entries, facts, charsets, quoted, earlier, signed, held, opened
    )


def _signed(checkpoint: Checkpoint, vkeys: Sequence[Vkey], which: str, opened: list[str]) -> None:
    if vkeys and not signers(checkpoint, vkeys):
        opened.append(
            f"None of the given keys signed {which}, of {checkpoint.size} events: it is not proven "
            "who did (if the archive had another key then, give both: repeat --vkey)."
        )


def _earlier(
    bundle: Any, checkpoint: Checkpoint, vkeys: Sequence[Vkey], opened: list[str]
) -> Checkpoint | None:
    """The earlier checkpoint that this one continues, if the bundle shows one."""
    given = bundle.get("earlier")
    if given is None:
        return None
    earlier = read_checkpoint(given["checkpoint"])
    if earlier.origin != checkpoint.origin:
        raise Wrong("consistency", "the earlier checkpoint belongs to another archive")
    _signed(earlier, vkeys, "the earlier checkpoint", opened)
    path = [base64.b64decode(step, validate=True) for step in given["consistency"]]
    check_consistency(earlier.size, checkpoint.size, path, earlier.root, checkpoint.root)
    return earlier


def _held(
    against: Checkpoint,
    checkpoint: Checkpoint,
    earlier: Checkpoint | None,
    vkeys: Sequence[Vkey],
    opened: list[str],
) -> str | None:
    """What the checkpoint that the reader holds confirms; None when it confirms nothing."""
    if against.origin != checkpoint.origin:
        raise Wrong("consistency", "the checkpoint you hold belongs to another archive")
    if against not in (earlier, checkpoint):
        try:
            _signed(against, vkeys, "the checkpoint you hold", opened)
        except Wrong:
            opened.append(
                "The checkpoint you hold has a false signature: it was altered, or somebody else "
                "signed it. The proof cannot be compared with it."
            )
            return None
    same = [c for c in (earlier, checkpoint) if c is not None and c.size == against.size]
    if any(c.root != against.root for c in same):
        raise Wrong(
            "consistency", "the checkpoint you hold has a different root: history was rewritten"
        )
    if same:
        says = "is that of the proof" if against.size == checkpoint.size else "is continued"
        return f"the checkpoint you hold, of {against.size} events, {says}"
    more = against.size - checkpoint.size
    left = (
        "The proof does not continue the checkpoint you hold: ask for one that does "
        "(dateline prove --earlier FILE)."
    )
    if more > 0:
        left = (
            f"The checkpoint you hold has {more} more event{'s' if more > 1 else ''} than the one "
            f"of this proof, of {checkpoint.size}: the later events are not shown here, nor that your "
            "checkpoint continues this one. Ask for a proof up to yours "
            "(dateline prove --checkpoint FILE)."
        )
    opened.append(left)
    return None


def _entries(bundle: Any, archive: str, story: str, checkpoint: Checkpoint) -> Iterator[Entry]:
    """The story's chain: each entry names the leaf before it, the last is in the tree."""
    prev, position = "", None
    given = bundle["entries"]
    if not given:
        raise Wrong("chain", "the proof holds no events")
    for number, item in enumerate(given, 1):
        raw = item["entry"].encode("ascii")
        fields = json.loads(raw)
        if json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() != raw:
            raise Wrong("chain", f"the entry of event {number} is not in its canonical form")
        wanted = {"domain": DOMAIN, "archive": archive, "story": story, "version": number}
        for name, value in wanted.items():
            if fields.get(name) != value:
                raise Wrong("chain", f"event {number} of the story has the wrong {name}")
        if fields["prev"] != prev:
            raise Wrong("chain", f"event {number} does not follow the one before it")
        leaf = leaf_hash(raw)
        prev, position = leaf.hex(), None
        if item.get("inclusion") is not None:
            position = int(item["position"])
            path = [base64.b64decode(step, validate=True) for step in item["inclusion"]]
            check_inclusion(position - 1, checkpoint.size, leaf, path, checkpoint.root)
        yield Entry(fields, position, _body(item, fields), erased=False)
    if position is None:
        raise Wrong("inclusion", "the story's last event has no proof that it is in the log")


def _with_erased(entries: list[Entry]) -> list[Entry]:
    """Mark as erased what a ``content.erased`` event lists. What the file claims does not count."""
    gone = {
        str(item.get("event_id"))
        for entry in entries
        if entry.type == "content.erased"
        for item in items(entry.data, "events")
    }
    return [
        entry._replace(erased=entry.body is None and entry.fields.get("event_id") in gone)
        for entry in entries
    ]


def _body(item: Any, fields: dict[str, Any]) -> dict[str, Any] | None:
    if item.get("withheld") or item.get("erased"):
        return None
    salt, body = (base64.b64decode(item[name], validate=True) for name in ("salt", "body"))
    if len(salt) != _HASH or hashlib.sha256(salt + body).hexdigest() != fields["commitment"]:
        raise Wrong("body", f"event {fields['version']} was recorded with different content")
    found = json.loads(body, object_pairs_hook=_object)
    if not isinstance(found, dict) or not isinstance(found["data"], dict):
        raise ValueError("a body is not an object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Parsers disagree about a key that occurs twice, so that is an error."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice in a body")
    return found


def _documents(bundle: Any) -> tuple[dict[str, bytes], dict[str, str]]:
    contents, charsets = {}, {}
    for item in bundle.get("documents", ()):
        source, content = str(item["source"]), base64.b64decode(item["content"], validate=True)
        if "sha256:" + hashlib.sha256(content).hexdigest() != source:
            raise Wrong("document", f"the document {source} has a different SHA-256")
        contents[source], charsets[source] = content, str(item["charset"])
    return contents, charsets


def document_of(source: str) -> str:
    """The id of the document that a source is a capture of: without ``.2``, which counts captures."""
    return source.partition(".")[0]


#: Types of events that can change the status or the content of a fact.
NOTICES = (
    "fact.corrected", "fact.retracted", "fact.disputed", "fact.reviewed", "evidence.added",
    "facts.linked", "source.withdrawn", "source.amended", "event.revoked",
)  # fmt: skip
#: Those of them that may come before the fact, since they are about its source.
EARLIER = ("source.withdrawn", "source.amended", "event.revoked")
#: Types of events that name entities.
NAMING = ("entity.introduced", "entity.amended", "entity.merged")


def is_fact(data: dict[str, Any]) -> bool:
    """Whether an event with that data records a fact: a sentence with evidence from a source."""
    return all(isinstance(data.get(key), str) for key in ("fact", "text", "source")) and bool(
        items(data, "evidence")
    )


def is_about(data: dict[str, Any], fact: str, sources: Iterable[str]) -> bool:
    """Whether an event with that data names the fact, or withdraws or amends one of its sources."""
    return not {fact, *sources}.isdisjoint(_spoken_of(data))


def _spoken_of(data: dict[str, Any]) -> set[str]:
    """The facts that an editorial event names, the source that it withdraws or amends, and what the act
    was about that it takes back."""
    named = [data.get("fact"), data.get("from"), data.get("to")]
    if "reason" in data:
        named.append(data.get("source"))
        about = data.get("about")
        named += about if isinstance(about, list) else []
    return {name for name in named if isinstance(name, str)}


def items(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in a list of the data. Data that a plugin records may have any shape."""
    found = data.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


#: The states of each fact: the index (from 0) of the event in the story, and the fact's data after it.
#: After a change that does not fit, the data is None and nothing follows.
Steps = dict[str, list[tuple[int, dict[str, Any] | None]]]


#: One event of a story, as `follow` needs it: its type, schema version, data ({} when it is not known) and
#: id.
Told = tuple[str, object, dict[str, Any], str]


class Force:
    """Which acts are in force: all but those that were taken back. A revocation that is taken back puts
    the act into force again."""

    def __init__(self) -> None:
        self._acts: dict[str, str] = {}  # by revocation, the act that it takes back in the end
        self.out: set[str] = set()

    def take(self, revocation: str, data: dict[str, Any]) -> None:
        target = str(data.get("event"))
        act = self._acts[revocation] = self._acts.get(target, target)
        self.out ^= {act}


def follow(events: Iterable[Told]) -> Steps:
    """Follow every fact through the events that set its content: its recording, corrections and
    further evidence, and what was taken back of these.

    `events` are those of a story in order.
    """
    steps: Steps = {}
    shapes: dict[str, object] = {}
    changes: dict[str, list[Told]] = {}
    force = Force()
    for at, event in enumerate(events):
        type_, schema, data, event_id = event
        if type_ == "event.revoked":
            force.take(event_id, data)
            for name in _spoken_of(data) & changes.keys():
                now: dict[str, Any] | None = steps[name][0][1]
                for change in changes[name]:
                    if now is not None and change[3] not in force.out:
                        now = _changed(now, change, shapes[name])
                if now != steps[name][-1][1]:
                    steps[name].append((at, now))
            continue
        fact = data.get("fact")
        if not isinstance(fact, str):
            continue
        if is_fact(data):
            steps.setdefault(fact, []).append((at, data))
            shapes[fact], changes[fact] = schema, []
        elif fact in steps and type_ in ("evidence.added", "fact.corrected"):
            changes[fact].append(event)
            before = steps[fact][-1][1]
            if before is not None:
                steps[fact].append((at, _changed(before, event, shapes[fact])))
    return steps


def _changed(fact: dict[str, Any], event: Told, shape: object) -> dict[str, Any] | None:
    """The fact after an event that adds evidence or corrects it."""
    type_, _, data, _ = event
    if type_ == "evidence.added":
        return {**fact, "evidence": [*fact["evidence"], *items(data, "evidence")]}
    return _corrected(fact, data, shape)


def sources_of(steps: Steps, fact: str) -> list[str]:
    """Every source the fact ever had, in order."""
    return list(dict.fromkeys(data["source"] for _, data in steps[fact] if data is not None))


def _corrected(fact: dict[str, Any], data: dict[str, Any], shape: object) -> dict[str, Any] | None:
    """The fact after the changes, each at a JSON Pointer (RFC 6901). None when they do not fit it or
    were made for another schema version."""
    if data.get("shape", shape) not in (None, shape):
        return None
    result: Any = fact
    try:
        for change in data["changes"]:
            path = change["path"]
            if path[:1] != "/" or re.search("~(?![01])", path):
                return None
            way = [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]
            result = _put(result, way, change.get("now"))
    except _MALFORMED:
        return None
    return result if is_fact(result) and result["fact"] == fact["fact"] else None


def _put(here: Any, way: Sequence[str], now: Any) -> Any:
    """A copy of `here` with `now` at the end of the path `way`. None removes; ``-`` or the length
    appends to a list; missing objects on the path are made. Raises ValueError when the path leads
    nowhere."""
    step, *rest = way
    if isinstance(here, dict):
        below = here.get(step)
        if rest and (below, now) != (None, None):
            now = _put({} if below is None else below, rest, now)
        others = {key: value for key, value in here.items() if key != step}
        return others if now is None else {**here, step: now}
    if not isinstance(here, list):
        raise ValueError(f"{step!r} leads into a value without parts")
    at = int(step) if _INDEX.fullmatch(step) else len(here) if step == "-" else -1
    if not 0 <= at <= len(here) or (at == len(here) and (rest or now is None)):
        raise ValueError(f"{step!r} is outside the list")
    changed = _put(here[at], rest, now) if rest else now
    return [*here[:at], *([] if changed is None else [changed]), *here[at + 1 :]]


def _facts(entries: list[Entry], steps: Steps) -> dict[str, Fact]:
    """Each fact with the events about it and about its sources."""
    notices: dict[str, list[Entry]] = {}
    standing: dict[str, list[Entry]] = {}
    out = taken_back(entries)
    for entry in entries:
        if entry.type in NOTICES:
            for name in _spoken_of(entry.data):
                notices.setdefault(name, []).append(entry)
                if str(entry.fields.get("event_id")) not in out:
                    standing.setdefault(name, []).append(entry)
    found = {}
    for name, stood in steps.items():
        entry, now = entries[stood[0][0]], stood[-1][1]
        sources = sources_of(steps, name)
        about = {e.fields["version"]: e for key in (name, *sources) for e in notices.get(key, ())}
        since = [about[version] for version in sorted(about) if about[version] is not entry]
        found[name] = Fact(entry, now, since, *_status(name, sources[-1], standing))
    return found


def taken_back(entries: Iterable[Entry]) -> set[str]:
    """The ids of the acts that were taken back, and are not in force again."""
    force = Force()
    for entry in entries:
        if entry.type == "event.revoked":
            force.take(str(entry.fields.get("event_id")), entry.data)
    return force.out


def _status(fact: str, source: str, notices: Mapping[str, list[Entry]]) -> tuple[str, str]:
    """The status of a fact after the events shown: a word and its explanation, or two empty strings."""
    if taken_back := _taken_back(fact, notices):
        return taken_back
    if withdrawn := _last(notices, source).get("source.withdrawn"):
        said = f"rests on a source that was withdrawn: {withdrawn.get('reason')}"
        return "withdrawn", said
    for data in (entry.data for entry in notices.get(fact, [])):
        if (data.get("relation"), data.get("to")) == ("disputes", fact):
            if not _taken_back(str(data.get("from")), notices):
                return "disputed", f"is disputed by {data.get('from')}"
        elif "ground" in data:
            return "disputed", f"is disputed: {data['ground']}"
    return "", ""


def _taken_back(fact: str, notices: Mapping[str, list[Entry]]) -> tuple[str, str] | None:
    """Whether the archive itself retracted or rejected a fact, and why."""
    last = _last(notices, fact)
    if retracted := last.get("fact.retracted"):
        return "retracted", f"was retracted: {retracted.get('reason')}"
    verdicts = [entry.data for entry in notices.get(fact, []) if entry.type == "fact.reviewed"]
    verdicts = [data for data in verdicts if data.get("verdict") != "checked"]
    review = verdicts[-1] if verdicts else {}
    if review.get("verdict") == "rejected":
        return "rejected", f"was rejected: {review.get('reason') or review.get('reviewer')}"
    return None


def _last(notices: Mapping[str, list[Entry]], name: str) -> dict[str, dict[str, Any]]:
    """The data of the last event of each type about it."""
    return {entry.type: entry.data for entry in notices.get(name, [])}


def _check_withheld(entries: list[Entry], steps: Steps, fact: str, opened: list[str]) -> None:
    """Events that are not shown may change the fact, or withdraw its source (an earlier one, too)."""
    first = min((stood[0][0] for stood in steps.values()), default=len(entries))
    withheld = [
        str(at + 1)
        for at, entry in enumerate(entries)
        if entry.body is None
        and (entry.type in NOTICES if at > first else steps and entry.type in EARLIER)
    ]
    if withheld:
        opened.append(
            f"Other events ({', '.join(withheld)} of the story) are withheld or erased: it is not "
            f"proven whether they correct, dispute or retract {fact}, take that back, or "
            "withdraw its source or amend it."
        )


def _check_quotes(
    entries: list[Entry],
    steps: Steps,
    documents: dict[str, bytes],
    charsets: dict[str, str],
    opened: list[str],
) -> dict[str, bool]:
    """Check that everything a fact quoted at any time is in the source it had then, if that is here.

    Returns for each source whether all its quotations were found. Raises Wrong for words that are
    not there.
    """
    texts: dict[str, str | None] = {}
    quoted: dict[str, bool] = {}
    moving = ("fact.corrected", "event.revoked")
    hidden = [at for at, e in enumerate(entries) if e.type in moving and e.body is None]
    for name, stood in steps.items():
        source = ""
        for at, data in stood:
            if data is None:
                quoted[source] = False
                opened.append(
                    f"Event {at + 1} of the story changes {name} in a way that does not fit it: "
                    f"what {name} says and quotes from then on is not checked."
                )
                break
            source = data["source"]
            if source not in texts:
                texts[source] = _text(source, documents, charsets, opened)
            text = texts[source]
            found = text is not None and all(_occurs(i, text) for i in items(data, "evidence"))
            quoted[source] = quoted.get(source, True) and found
            if text is None or found:
                continue
            if not any(stood[0][0] < number < at for number in hidden):
                raise Wrong(
                    "quote", f"the words that {name} quotes are not in {source} at that place"
                )
            opened.append(
                f"The words that {name} quotes as of event {at + 1} are not in {source} at that "
                "place: a correction that is withheld or erased may name another source or place."
            )
    return quoted


def _occurs(item: Any, text: str) -> bool:
    """Whether the text has the quoted words at the place that the selector gives."""
    start, end = item.get("start"), item.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or start < 0:
        return False
    return bool(text[start:end] == item.get("exact"))


def _text(
    source: str, documents: dict[str, bytes], charsets: dict[str, str], opened: list[str]
) -> str | None:
    """The text of a document. None when it cannot be read here; `opened` then says why.

    The charset is not signed, so codecs that transform text rather than decode bytes are refused.
    """
    why = "is not here"
    document = document_of(source)
    if document in documents:
        charset = charsets[document]
        try:
            if codecs.lookup(charset).name.replace("_", "-") in _NO_CHARSETS:
                raise Wrong("document", f"a document cannot be in the charset {charset}")
            return documents[document].decode(charset)
        except LookupError:
            why = f"cannot be read: the charset {charset} is not known here"
        except ValueError:
            why = f"cannot be read as {charset}"
    more = "" if document in documents else " (give it with --document FILE)"
    opened.append(f"The document {source} {why}: the quotations from it were not checked{more}.")
    return None


# -- in words ----------------------------------------------------------------------------------


def visible(text: object) -> str:
    """The text on one line, with control, bidi and invisible characters written as escapes. Joiners
    and variation selectors stay: scripts and emoji need them."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), str(text))


def words(proven: Proven) -> Iterator[str]:
    """What the bundle proves, in lines that are safe to print."""
    at = proven.checkpoint
    yield f"Archive     {visible(at.origin.removeprefix(ORIGIN))}"
    yield f"Checkpoint  {at.size} events, root {at.root.hex()}"
    for vkey in proven.signed:
        yield f"Signed by   {visible(vkey.name)}+{vkey.id.hex()}"
    if proven.earlier is not None:
        yield f"Continues   the checkpoint of {proven.earlier.size} events"
    if proven.held is not None:
        yield f"Held        {proven.held}"
    yield from _story_words(proven)
    for source, charset in proven.charsets.items():
        said = "the proof quotes nothing from it"
        found = [all_ for name, all_ in proven.quoted.items() if document_of(name) == source]
        if found:
            said = f"all its quotations were found in it, read as {visible(charset)}"
            if not all(found):
                said = "not all its quotations were found in it"
        yield f"Document    {visible(source)}: {said}"
    shown = [entry for entry in proven.entries if entry.body is not None]
    labels, captured = _described(shown)
    for fact in proven.facts.values():
        yield ""
        yield from _fact_words(fact, captured, labels)


def _described(shown: list[Entry]) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """The names of entities, and the data of captures, by id, with the amendments in force."""
    labels: dict[str, str] = {}
    captured: dict[str, dict[str, Any]] = {}
    merged: dict[str, str] = {}
    out = taken_back(shown)
    for entry in shown:
        data, entity = entry.data, str(entry.data.get("entity"))
        if str(entry.fields.get("event_id")) in out:
            continue
        if entry.type == "entity.introduced":
            labels[entity] = str(data.get("label"))
        elif entry.type == "source.captured":
            publishers = {str(data.get("publisher"))}
            captured[str(data.get("source"))] = {**data, "publishers": publishers}
        elif entry.type == "entity.merged":
            merged[entity] = str(data.get("into"))
        for change in items(data, "changes"):
            field, now = str(change.get("path"))[1:], change.get("now")
            source = captured.get(str(data.get("source")))
            if entry.type == "entity.amended" and field == "label":
                labels[entity] = str(now)
            elif entry.type == "source.amended" and source is not None:
                source[field] = now
                source["publishers"] |= {str(now)} if field == "publisher" else set()
    for entity in merged:
        kept, met = entity, {entity}
        while (kept := merged.get(kept, kept)) not in met:
            met.add(kept)
        last = next((one for one in met if one not in merged), entity)
        labels[entity] = labels.get(last, last)
    return labels, captured


def _story_words(proven: Proven) -> Iterator[str]:
    shown = [entry for entry in proven.entries if entry.body is not None]
    erased = sum(entry.erased for entry in proven.entries)
    named = [e for e in proven.entries if e.type in ("story.opened", "story.retitled")]
    titles = [e.data.get("title") for e in named if e.body is not None]
    yield (
        f"Story       {visible(titles[-1] if titles else proven.story)}: {len(proven.entries)} "
        f"events in an unbroken chain, {len(shown)} shown, "
        f"{len(proven.entries) - len(shown) - erased} withheld, {erased} erased"
    )
    if named and named[-1].body is None:
        yield "            this may be an old title: the event that last changed it is not shown"
    if proven.complete:
        yield (
            "            the last of them is also the last event of the checkpoint: no later event "
            "of the story is left out"
        )
    else:
        yield f"            up to position {proven.position} of the log"


def notes(proven: Proven) -> Iterator[str]:
    """The facts that were retracted or rejected, or whose source was withdrawn."""
    for name, fact in proven.facts.items():
        if fact.status in ("retracted", "rejected", "withdrawn"):
            yield visible(f"{name} {fact.said}")


def _fact_words(
    fact: Fact, captured: dict[str, dict[str, Any]], labels: dict[str, str]
) -> Iterator[str]:
    entry, data = fact.entry, fact.entry.data
    yield f"Fact {visible(data['fact'])} ({visible(entry.type)})"
    if fact.said:
        yield f"  status    {visible(fact.said)}"
    yield from _content_words("says", data, captured, labels)
    yield f"  recorded  {_stamp(entry)}"
    for other in fact.told:
        when = "later" if other.fields["version"] > entry.fields["version"] else "before"
        yield f"  {when:9} {_stamp(other)}: {_notice(other)}"
    if not fact.told:
        yield "  later     no event that is shown here"
    if fact.now is None:
        yield "  now       not known: a change to it does not fit"
    elif fact.now != data:
        yield from _content_words("now", fact.now, captured, labels)
        if any(other.type == "fact.corrected" for other in fact.told):
            yield "            as corrected: the words that it quotes may say something else"
        others = {*fact.now, *data} - {"text", "evidence", "attribution", "source"}
        for key in sorted(others):
            if fact.now.get(key) != data.get(key):
                yield f"            {visible(key)}: {visible(_json(fact.now.get(key)))}"


def _content_words(
    label: str, data: dict[str, Any], captured: dict[str, dict[str, Any]], labels: dict[str, str]
) -> Iterator[str]:
    yield f"  {label:9} {visible(data['text'])}"
    for item in items(data, "evidence"):
        yield f"  quotes    {visible(_quoted(item))}"
    agents = [str(step.get("agent")) for step in items(data, "attribution")]
    source = captured.get(data["source"])
    if agents and source is not None and agents[-1] in source["publishers"]:
        agents[-1] = str(source.get("publisher"))  # it may have been amended
    if agents:
        yield f"  through   {visible(' > '.join(labels.get(agent, agent) for agent in agents))}"
    yield f"  source    {visible(data['source'])}"
    if source is not None:
        publisher = str(source.get("publisher"))
        more = [source.get("title"), labels.get(publisher, publisher), source.get("published")]
        yield f"            {visible(', '.join(str(part) for part in more if part))}"


def _quoted(item: dict[str, Any]) -> str:
    return f'{item.get("role")} {item.get("start")}-{item.get("end")}: "{item.get("exact")}"'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _stamp(entry: Entry) -> str:
    place = f", position {entry.position}" if entry.position is not None else ""
    recorded = (entry.body or {}).get("recorded_by")
    by = recorded.get("agent") if isinstance(recorded, dict) else None
    who = f", by {visible(by)}" if by else ""
    return f"{visible(entry.fields['recorded_at'])}{place}{who}"


def _notice(entry: Entry) -> str:
    data = entry.data
    reason = data.get("reason") or data.get("ground") or data.get("note") or ""
    changes = [
        f"{change.get('path')} {_json(change.get('was'))} -> {_json(change.get('now'))}"
        for change in items(data, "changes")
    ]
    more = data.get("verdict") or "; ".join([*changes, *map(_quoted, items(data, "evidence"))])
    if "relation" in data:
        more = f"{data.get('from')} {data['relation']} {data.get('to')}"
    if entry.type == "event.revoked":
        more = f"takes back {data.get('act')} {data.get('event')}"
    return visible(f"{entry.type} {more} {reason}").rstrip()


# -- as a program ------------------------------------------------------------------------------


def _with_documents(bundle: Any, paths: Sequence[str]) -> dict[str, str]:
    """Add documents given as files to those in the bundle, and return their ids by file. Their charset
    is UTF-8 where the bundle names none."""
    given: dict[str, str] = {}
    if not isinstance(bundle, dict) or not paths:
        return given
    known = bundle.setdefault("documents", [])
    charsets = bundle.get("charsets", {})
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        source = given[path] = "sha256:" + hashlib.sha256(content).hexdigest()
        packed = base64.b64encode(content).decode()
        charset = charsets.get(source, "utf-8")
        known.append({"source": source, "charset": charset, "content": packed})
    return given


def _strange(proven: Proven, given: dict[str, str]) -> Iterator[str]:
    """Files given as documents that the story neither captured nor quotes."""
    captured = {str(e.data.get("source")) for e in proven.entries if e.type == "source.captured"}
    known = {*map(document_of, captured), *map(document_of, proven.quoted)}
    for path, source in given.items():
        if source not in known:
            yield (
                f"{path} is not a document that was captured: its SHA-256 is {source[7:]}. "
                f"The proof quotes {' and '.join(sorted(proven.quoted)) or 'nothing'}. A copy of the "
                "text, or one with other line endings, is a different file."
            )


def main(arguments: Sequence[str] | None = None) -> int:
    import argparse  # here, because Dateline imports this module for its functions

    parser = argparse.ArgumentParser(description="Check a proof written by Dateline, offline.")
    parser.add_argument("proof", help="the file that `dateline prove` wrote")
    parser.add_argument(
        "--vkey", action="append", required=True, metavar="VKEY",
        help="the archive's public key, got by a different route; repeat it for each key it had",
    )  # fmt: skip
    parser.add_argument(
        "--document", action="append", default=[], metavar="FILE",
        help="a source document to look up the quotations in",
    )  # fmt: skip
    parser.add_argument(
        "--against", metavar="FILE", help="a checkpoint you hold: the proof must continue it"
    )
    given = parser.parse_args(arguments)
    try:
        vkeys = [read_vkey(text) for text in given.vkey]
    except (ValueError, binascii.Error) as error:
        parser.error(f"--vkey: {error}")
    code, lines = judge(given.proof, vkeys, given.document, given.against)
    return _print(lines, code)


def _print(lines: list[str], code: int) -> int:
    """Print the verdict. Returns its exit code, or 1 when it could not be written."""
    try:
        print("\n".join(lines), flush=True)
        return code
    except BrokenPipeError:
        pass  # the reader, such as `head`, has seen enough
    except OSError as error:
        code = UNCHECKED
        print(f"COULD NOT WRITE the result: {error.strerror}", file=sys.stderr)
    # The rest of the buffer must not fail again at exit (Python's library reference, SIGPIPE).
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def judge(
    proof: str, vkeys: Sequence[Vkey], documents: Sequence[str] = (), against: str | None = None
) -> tuple[int, list[str]]:
    """The exit code, and the lines to print; they are safe whatever the files hold."""
    try:
        bundle = _read_json(proof)
        files = _with_documents(bundle, documents)
        held = None if against is None else _read_held(against)
        proven = check(bundle, vkeys, held)
        lines = [*words(proven), "", *(f"NOTE  {line}" for line in notes(proven))]
        left = [*proven.open, *_strange(proven, files)]
    except Wrong as wrong:
        return FALSE, [f"FALSE  {visible(wrong)}"]
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error
        return UNCHECKED, [f"COULD NOT CHECK  {visible(said)}"]
    except Unchecked as error:
        return UNCHECKED, [f"COULD NOT CHECK  {visible(error)}"]
    except _MALFORMED:
        return FALSE, ["FALSE  format: this proof is malformed: parts are missing or make no sense"]
    lines += [f"NOT CHECKED  {visible(line)}" for line in left]
    if not proven.complete:
        lines.append(f"NOT SHOWN  {_after(proven)}")
    if left:
        return UNCHECKED, [*lines, "Everything else that the proof says holds."]
    return OK, [*lines, "OK  Everything that the proof says holds."]


def _read_json(path: str) -> Any:
    with open(path, encoding="utf-8-sig") as file:
        try:
            return json.load(file)
        except (ValueError, RecursionError):
            raise Unchecked(f"{path} is not a Dateline proof: it cannot be read as JSON") from None


def _read_held(path: str) -> Checkpoint:
    """The checkpoint that the reader holds. A bad file there does not make the proof false."""
    try:
        with open(path, "rb") as file:
            return parse_note(file.read())
    except Wrong:
        raise Unchecked(f"{path}, given with --against, is not a checkpoint") from None


def _after(proven: Proven) -> str:
    """The limit of every proof whose story may continue: it cannot show that no later event exists."""
    return (
        f"Whether the story continues between position {proven.position} and the checkpoint's last, "
        f"{proven.checkpoint.size}: a correction or a retraction there would not be seen here. Only "
        "the archive can tell."
    )


if __name__ == "__main__":
    if sys.stdout is None:
        sys.exit("COULD NOT WRITE the result: the output is closed")
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main())
