"""Helpers to inspect and forge bundles."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from dateline.proof import verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint

Bundle = dict[str, Any]
PROGRAM = Path(verifier.__file__)


def shown(bundle: Bundle) -> list[int]:
    return [n for n, item in enumerate(bundle["entries"], 1) if "body" in item]


def body(item: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(item["body"]))
    return found


def opened(proven: verifier.Proven, size: int = 600, position: int = 10) -> list[str]:
    """What a proof leaves open; it must state whether the story can continue."""
    assert proven.complete == (size == position)
    assert (proven.checkpoint.size, proven.position) == (size, position)
    return proven.open


def rewrite(item: dict[str, Any], old: str, new: str) -> None:
    raw = base64.b64decode(item["body"]).decode()
    assert old in raw
    item["body"] = base64.b64encode(raw.replace(old, new).encode()).decode()


def key_signs(key: SigningKey, size: int, root_: bytes) -> Checkpoint:
    """A checkpoint that the archive's key signed without any check."""
    text = verifier.checkpoint_text(key.vkey.name, size, root_)
    signature = (key.vkey.name, key.vkey.id, key.sign(text))
    return Checkpoint(key.vkey.name, size, root_, text, (signature,))
