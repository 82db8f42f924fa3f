"""The checker's input files (mailed, of another kind, of another time) and its output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.proof.bundles import PROGRAM, Bundle

from dateline import Archive
from dateline.proof import verifier
from dateline.proof.keys import SigningKey
from dateline.proof.verifier import Checkpoint, Wrong, parse_note, read_checkpoint, visible
from dateline.testing import samples


@pytest.fixture
def proof(bundle: Bundle, tmp_path: Path) -> Path:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(bundle), "utf-8")
    return file


def judge(
    proof: Path, key: SigningKey, *documents: Path, against: Checkpoint | None = None
) -> tuple[int, list[str]]:
    held = None
    if against is not None:
        held = proof.with_name("held.txt")
        held.write_text(against.note, "utf-8")
    given = [str(path) for path in documents]
    return verifier.judge(str(proof), [key.vkey], given, None if held is None else str(held))


def later(archive: Archive, key: SigningKey, count: int = 1) -> Checkpoint:
    titles = [{"type": "story.retitled", "title": f"Fictional: {at}"} for at in range(count)]
    archive.record(titles, story="storm")
    return read_checkpoint(archive.checkpoint(key).note)


# -- checkpoints -------------------------------------------------------------------------------


def mailed(note: str) -> dict[str, bytes]:
    return {
        "as it is": note.encode(),
        "line ends of Windows": note.replace("\n", "\r\n").encode(),
        "line ends of old": note.replace("\n", "\r").encode(),
        "a byte order mark": b"\xef\xbb\xbf" + note.encode(),
        "no last line end": note.rstrip("\n").encode(),
        "empty lines around it": f"\n \r\n{note}\n\n\t\n".encode(),
        "all of it": b"\xef\xbb\xbf\r\n" + note.strip().replace("\n", "\r\n").encode(),
    }


def test_a_checkpoint_that_went_through_mail_is_the_same(
    outside: Checkpoint, proof: Path, key: SigningKey, tmp_path: Path
) -> None:
    for how, raw in mailed(outside.note).items():
        assert parse_note(raw) == outside, how
        (tmp_path / "mailed.txt").write_bytes(raw)
        code, _ = verifier.judge(str(proof), [key.vkey], (), str(tmp_path / "mailed.txt"))
        assert code == verifier.OK, how


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xff\xfe", b"x", "a\n1\nAA\n\n— x AA".encode()])
def test_a_file_that_is_not_a_checkpoint_is_refused(raw: bytes) -> None:
    with pytest.raises(Wrong, match="checkpoint: "):
        parse_note(raw)


@pytest.mark.parametrize("note", [None, 7, b"x\n1\n\n", ["x"], {}])
def test_a_note_that_is_not_text_is_refused(note: Any) -> None:
    with pytest.raises(Wrong, match="checkpoint: "):
        read_checkpoint(note)


def test_the_signer_and_the_continued_checkpoint_are_shown(
    archive: Archive, key: SigningKey, outside: Checkpoint, tmp_path: Path
) -> None:
    new = later(archive, key)
    proof = tmp_path / "proof.json"
    bundle = archive.prove("ferry", "f2", new, earlier=outside, with_documents=True)
    proof.write_text(json.dumps(bundle), "utf-8")
    code, lines = judge(proof, key, against=outside)
    assert code == verifier.OK
    assert f"Signed by   {key.vkey.name}+{key.vkey.id.hex()}" in lines
    assert "Held        the checkpoint you hold, of 600 events, is continued" in lines
    code, lines = judge(proof, key, against=new)
    assert code == verifier.OK
    assert "Held        the checkpoint you hold, of 601 events, is that of the proof" in lines
    assert not any(line.startswith("Held") for line in judge(proof, key)[1])


@pytest.mark.parametrize(
    ("count", "said"), [(1, "has 1 more event than"), (3, "has 3 more events than")]
)
def test_against_a_newer_checkpoint_it_says_what_to_ask_for(
    archive: Archive, key: SigningKey, proof: Path, count: int, said: str
) -> None:
    code, lines = judge(proof, key, against=later(archive, key, count))
    assert code == verifier.UNCHECKED
    [left] = [line for line in lines if line.startswith("NOT CHECKED")]
    assert said in left and "--checkpoint FILE" in left and "--earlier" not in left


# -- documents ---------------------------------------------------------------------------------


def test_a_file_that_is_not_the_captured_document_is_reported(
    bundle: Bundle, key: SigningKey, proof: Path, tmp_path: Path
) -> None:
    other = tmp_path / "report.txt"
    other.write_bytes(samples.TEXT.replace("\n", "\r\n").encode())
    code, lines = judge(proof, key, other)
    assert code == verifier.UNCHECKED
    [said] = [line for line in lines if line.startswith("NOT CHECKED")]
    assert f"{other} is not a document that was captured: its SHA-256 is " in said
    assert samples.SOURCE in said
    del bundle["documents"]
    proof.write_text(json.dumps(bundle), "utf-8")
    assert judge(proof, key, other)[0] == verifier.UNCHECKED
    other.write_bytes(samples.TEXT.encode())
    assert judge(proof, key, other)[0] == verifier.OK


@pytest.mark.parametrize(
    ("charset", "said"),
    [
        ("klingon", "cannot be read: the charset klingon is not known here"),
        ("rot13", "cannot be read: the charset rot13 is not known here"),
        ("ascii", "cannot be read as ascii"),
        ("a\x00b", "cannot be read as a\\x00b"),
    ],
)
def test_a_charset_that_cannot_be_read_leaves_the_document_unchecked(
    bundle: Bundle, key: SigningKey, proof: Path, charset: str, said: str
) -> None:
    bundle["documents"][0]["charset"] = charset
    proof.write_text(json.dumps(bundle), "utf-8")
    code, lines = judge(proof, key)
    assert code == verifier.UNCHECKED
    [left] = [line for line in lines if line.startswith("NOT CHECKED")]
    assert said in left and "Error" not in left
    assert any(line.endswith("not all its quotations were found in it") for line in lines)


def test_a_charset_that_rewrites_is_refused_in_plain_words(
    bundle: Bundle, key: SigningKey, proof: Path
) -> None:
    bundle["documents"][0]["charset"] = "unicode_escape"
    proof.write_text(json.dumps(bundle), "utf-8")
    said = "FALSE  document: a document cannot be in the charset unicode_escape"
    assert judge(proof, key) == (verifier.FALSE, [said])


# -- proofs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[]", b"7", b'{"format": "other"}'])
def test_a_file_that_is_not_a_proof_is_not_called_false(
    proof: Path, key: SigningKey, raw: bytes
) -> None:
    proof.write_bytes(raw)
    code, [line] = judge(proof, key)
    assert code == verifier.UNCHECKED
    assert line.startswith("COULD NOT CHECK  ") and "is not a Dateline proof" in line


def test_a_proof_that_lacks_a_part_is_false_in_plain_words(
    bundle: Bundle, proof: Path, key: SigningKey
) -> None:
    for part in bundle.keys() - {"format", "documents", "charsets"}:
        proof.write_text(json.dumps({k: v for k, v in bundle.items() if k != part}), "utf-8")
        code, [line] = judge(proof, key)
        assert code == verifier.FALSE
        assert line.startswith("FALSE  format: ") and "Error" not in line
    proof.write_text(json.dumps({**bundle, "documents": 7}), "utf-8")
    code, lines = judge(proof, key, proof)
    assert (code, lines) == (
        verifier.FALSE, ["FALSE  format: this proof is malformed: parts are missing or make no sense"],
    )  # fmt: skip


def test_a_proof_with_a_byte_order_mark_is_read(proof: Path, key: SigningKey) -> None:
    proof.write_bytes(b"\xef\xbb\xbf" + proof.read_bytes())
    assert judge(proof, key)[0] == verifier.OK


# -- printing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden", "\xad\u034f\u115f\u1160\u180e\u200b\u2061\u2064\u3164\uffa0\ufeff"
)
def test_invisible_characters_are_escaped(hidden: str) -> None:
    assert visible(f"a{hidden}b") == f"a{hidden.encode('unicode_escape').decode()}b"


@pytest.mark.parametrize(
    "kept", ["\u0645\u06cc\u200c\u062e", "\U0001f468\u200d\U0001f469", "\u2764\ufe0f", "é"]
)
def test_characters_that_scripts_and_emoji_need_stay(kept: str) -> None:
    assert visible(kept) == kept


def run(proof: Path, key: SigningKey, shell: str) -> subprocess.CompletedProcess[str]:
    """The program in a shell, as ``$@``."""
    command = [sys.executable, str(PROGRAM), str(proof), "--vkey", str(key.vkey)]
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {shell}", "-", *command],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip


@pytest.mark.sampled(1)
@pytest.mark.parametrize("reader", ["true", "head -1", "head -c 1"])
def test_a_reader_that_goes_away_gets_the_verdict_and_no_traceback(
    proof: Path, key: SigningKey, bundle: Bundle, reader: str
) -> None:
    done = run(proof, key, f'"$@" | {reader}')
    assert (done.returncode, done.stderr) == (verifier.OK, "")
    done = run(
        proof, key, '{ sleep 0.5; "$@"; echo "$?" >&2; } | true'
    )  # the reader has exited by then
    assert done.stderr == f"{verifier.OK}\n"
    bundle["story"] = "x"
    proof.write_text(json.dumps(bundle), "utf-8")
    done = run(proof, key, '{ sleep 0.5; "$@"; echo "$?" >&2; } | true')
    assert done.stderr == f"{verifier.FALSE}\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device")
def test_a_verdict_that_cannot_be_written_is_a_failure(proof: Path, key: SigningKey) -> None:
    for shell in ('"$@" > /dev/full', '"$@" >&-'):
        done = run(proof, key, shell)
        assert done.returncode == verifier.UNCHECKED
        assert done.stderr.startswith("COULD NOT WRITE the result: ")
        assert done.stderr.count("\n") == 1
