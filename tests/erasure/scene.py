"""A story with a protected witness, and words that must be found nowhere once she is erased."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive, DatelineError
from dateline.testing import samples

#: A word in everything that is protected; each field adds a suffix of its own.
CANARY = "QUAGGA"
#: The same for content that is not protected: f5, at the position `PLAIN`.
CLEAR, PLAIN = "OKAPI", 17
#: The same for a proposal in the queue about a source that is not protected.
QUEUED = "TAPIR"
WITNESS = "Frau Vogel"
PERSON = "person:w1"
LETTER = (
    f"FICTION. A letter. {CANARY}-document {CANARY}-quote {CANARY}-more and 17 of 20 were there.\n"
)
LETTER_ID = samples.digest(LETTER)
#: Types of events that are erased with what they are about, and not on their own.
NOT_ALONE = (
    "source.withdrawn", "source.amended", "entity.amended", "entity.merged", "event.revoked",
)  # fmt: skip
REASON, BASIS = "Asked for by the source", "consent withdrawn"


@contextmanager
def raises(code: str) -> Iterator[pytest.ExceptionInfo[DatelineError]]:
    """The block raises a DatelineError with that code."""
    with pytest.raises(DatelineError) as caught:
        yield caught
    assert caught.value.code == code


def evidence(*words: str) -> list[dict[str, Any]]:
    return [{"role": "content", "exact": word} for word in words]


def protected() -> list[dict[str, Any]]:
    """The witness's content: who she is, her letter, her statement and a count that was corrected."""
    chain = [{"agent": PERSON, "role": "origin"}, {"agent": samples.WIRE, "role": "publisher"}]
    quote = f"{CANARY}-quote"
    return [
        samples.entity(PERSON, f"{CANARY}-label") | {"names": [f"{CANARY}-name"]},
        samples.captured(LETTER, title=f"{CANARY}-title", byline=[f"{CANARY}-byline"]),
        samples.fact(
            "statement",
            quote,
            source=LETTER_ID,
            speakers=[PERSON],
            quote=quote,
            text=f"{CANARY}-text",
            attribution=chain,
            note=f"{CANARY}-note",
        ),
        samples.figure(
            source=LETTER_ID,
            evidence=evidence("17 of 20"),
            text=f"{CANARY}-count",
            quantities=[{"measure": f"{CANARY}-measure", "value": 17, "verbatim": "17 of 20"}],
        ),
    ]


def about() -> list[dict[str, Any]]:
    """What editors record about it, not thinking of protection: f3 is hers, f1 and f2 are not."""
    return [
        samples.corrected("f3", "/text", f"{CANARY}-text", f"{CANARY}-now", reason=f"{CANARY}-why"),
        {"type": "fact.disputed", "fact": "f4", "ground": f"{CANARY}-ground"},
        {
            "type": "evidence.added", "fact": "f3", "evidence": evidence(f"{CANARY}-more"),
            "note": f"{CANARY}-added",
        },
        {
            "type": "facts.linked", "from": "f3", "to": "f1", "relation": "disputes",
            "note": f"{CANARY}-link",
        },
        samples.corrected("f2", "/text", "It is said that 143 of 193 passengers", "143 of 193"),
    ]  # fmt: skip


def fill(archive: Archive) -> None:
    """f1, f2 and f5 belong to all, f3 and f4 to the witness."""
    archive.record(samples.story())
    archive.record(protected(), story="ferry", protect=WITNESS)
    archive.record(about(), story="ferry")
    archive.record([samples.figure(text=f"{CLEAR}, after it")], story="ferry")
    archive.record(samples.story(slug="other"))
    archive.propose("ferry", lines=[samples.fact("occurrence", "aground", text=f"{QUEUED}-text")])


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def found(folder: Path, word: str = CANARY) -> list[str]:
    """Files below `folder` that hold the bytes of `word`, or those of its end in lower case: an index of
    words leaves out the start that a word shares with the one before it."""
    forms = (word.encode(), word[1:].lower().encode())
    return sorted(
        path.name for path in files(folder) if any(form in path.read_bytes() for form in forms)
    )


def erase(archive: Archive, *positions: int) -> None:
    """Erase the witness, or the events at `positions`."""
    subject = None if positions else WITNESS
    with suppress(DatelineError):  # a test may have left no room for it
        archive.entities()
        archive.search("passengers")  # its indexes must forget it too
    archive.erase(subject, positions, reason=REASON, basis=BASIS)


def exported(archive: Archive, format_: str, *slugs: str, **options: Any) -> str:
    with archive.material(*slugs, **options) as material:
        return "".join(archive.plugins.exporter(format_).export(material))


def verify(archive: Archive) -> None:
    """The checks of `dateline verify --deep`: hashes, bodies, an erasure for every missing one."""
    report = archive.verify(deep_too=True)
    assert (report.findings, report.unchecked) == ([], [])
