"""Proofs, checkpoints, keys and exports from strangers give a verdict or one clear error."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.security import hostile

from dateline import Archive, Plugins
from dateline.proof import verifier
from dateline.proof.verifier import Wrong, read_vkey
from dateline.pytest_plugin import Cli
from dateline.testing import samples

FILES: dict[str, bytes] = {
    "a line end": b"\n",
    "not text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "deep inside": b'{"format":"dateline/proof/v1","archive":'
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}",
    "a huge number": b'{"format":' + b"9" * 5000 + b"}",
    "infinity": b'{"format":"dateline/proof/v1","archive":1e400}',
    "words that act": json.dumps(hostile.WORDS).encode(),
    "a format that acts": json.dumps({"format": hostile.WORDS}).encode(),
    "words": hostile.WORDS.encode(),
    "a note of words": f"{hostile.WORDS}\n1\nAAAA\n\n\u2014 x AAAA\n".encode(),
    "a large note": (b"x" * 1023 + b"\n") * 2**10,
    "a key of words": f"PRIVATE+KEY+{hostile.WORDS}+00000000+AAAA\n".encode(),
}


#: Files that claim to be a proof are judged false; the others are unchecked.
CLAIM = ("infinity",)


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    with Archive.create(tmp_path / "dateline.db", Plugins.load(strict=True)) as archive:
        archive.record(samples.story())
    assert dateline_cli("checkpoint", "--key", "a.key", "-o", "a.txt").code == 0
    return dateline_cli


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_gives_a_verdict_without_a_traceback(
    ferry: Cli, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(FILES[name])
    file.chmod(0o600)
    for suffix in ("json", "ndjson", "csv", "md", "html", "csv.meta.json"):
        (tmp_path / f"hostile.{suffix}").write_bytes(FILES[name])
    for called in (
        ("verify", "--against", "hostile"), ("prove", "ferry", "--checkpoint", "hostile"),
        ("prove", "ferry", "--earlier", "hostile", "--key", "a.key"), ("key", "show", "--key", "hostile"),
        ("checkpoint", "--key", "hostile"), ("import", "hostile.ndjson"),
        *(("verify", "--export", f"hostile.{suffix}") for suffix in ("json", "ndjson", "csv", "md", "html")),
    ):  # fmt: skip
        result = ferry(*called)
        if name == "a line end" and called[0] == "import":  # an empty import is not an error
            continue
        assert result.code == 1, called
        assert result.err.startswith("Error: ") and "this is a bug" not in result.err, (
            called,
            result.err,
        )
        assert not hostile.acts(result.out + result.err), called
    vkey = ferry("key", "show", "--key", "a.key").out.strip()
    for against in (None, str(file)):
        code, lines = verifier.judge(str(file), [read_vkey(vkey)], against=against)
        # An invalid checkpoint file does not make the proof false.
        wanted = verifier.FALSE if name in CLAIM and against is None else verifier.UNCHECKED
        assert code == wanted, lines
        assert not any("Error" in line for line in lines)
        assert not hostile.acts("\n".join(lines))
    assert ferry("prove", "--verifier", "-o", "check.py", "--force").code == 0
    done = subprocess.run(
        [sys.executable, "-I", "check.py", "hostile", "--vkey", vkey], cwd=tmp_path, capture_output=True,
        check=False,
    )  # fmt: skip
    wanted = verifier.FALSE if name in CLAIM else verifier.UNCHECKED
    assert (done.returncode, done.stderr) == (wanted, b"")
    assert not hostile.acts(done.stdout.decode())


@pytest.fixture
def bundle(ferry: Cli) -> dict[str, Any]:
    found = json.loads(ferry("prove", "ferry", "f1", "--key", "a.key").out)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 10**400, -1, 2**64])
def test_an_invalid_position_is_judged_wrong(bundle: dict[str, Any], number: float) -> None:
    for item in bundle["entries"]:
        if item.get("inclusion") is not None:
            item["position"] = number
    with pytest.raises(Wrong):
        verifier.check(bundle)


def test_a_body_with_a_key_twice_is_refused(bundle: dict[str, Any]) -> None:
    """A signer could sign a body that two readers understand differently; the verifier refuses it."""
    item = next(item for item in bundle["entries"] if item.get("body"))
    body = base64.b64decode(item["body"])
    twice = b'{"data":{"text":"another"},' + body[1:]
    assert json.loads(twice)["data"] == json.loads(body)["data"]
    fields = {"commitment": hashlib.sha256(base64.b64decode(item["salt"]) + twice).hexdigest()}
    item = {"salt": item["salt"], "body": base64.b64encode(twice).decode()}
    with pytest.raises(ValueError, match="twice"):
        verifier._body(item, fields)
