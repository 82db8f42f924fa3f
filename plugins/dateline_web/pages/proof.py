"""The proof of a fact, to download. The server signs nothing: a proof reaches up to the last signed checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dateline.plugin import UnknownName
from dateline_html.markup import Html, el
from dateline_web.answers import Answer
from dateline_web.asked import Asked
from dateline_web.page import AS_OF, Page
from dateline_web.problems import Problem
from dateline_web.shown import Shown


def _bundle(asked: Asked) -> dict[str, Any]:
    """Raises Problem if no checkpoint covers the fact."""
    archive, slug, fact = asked.site.archive, asked.slug, asked.places["fact"]
    archive.story(slug)
    signed = archive.last_checkpoint()
    if signed is None:
        raise _unsigned("this archive has no signed checkpoint")
    try:
        return archive.prove(slug, fact, signed)
    except UnknownName as error:
        if error.code == "fact-erased":
            raise
        known = fact in asked.seen.story.facts
        where = f"the last signed checkpoint, at position {signed.size},"
        raise (_unsigned(f"{where} does not cover {fact}") if known else error) from None


def _unsigned(what: str) -> Problem:
    words = f"{what}: the command `dateline checkpoint` signs one, and then there is a proof"
    return Problem(404, words, "checkpoint-missing")


def _download(asked: Asked) -> Answer:
    text = json.dumps(_bundle(asked), ensure_ascii=False, indent=1) + "\n"
    file = f"{asked.slug}-{asked.places['fact']}.proof.json"
    disposition = ("content-disposition", f'attachment; filename="{file}"')
    return Answer("application/json", text.encode(), headers=(disposition,))


def _page(asked: Asked) -> Shown:
    size = str(_bundle(asked)["checkpoint"]).splitlines()[1]
    fact = asked.places["fact"]
    trail = (
        ("Stories", asked.to.home()),
        (asked.slug, asked.to.story(asked.slug)),
        (fact, asked.to.fact(asked.slug, fact)),
    )
    head = [
        el("p", "Proof", el("span", class_="sep"), fact, class_="kicker"),
        el("h1", f"That {fact} is in the archive"),
        el("p", f"It reaches up to position {int(size):,}, where a checkpoint is signed.", class_="lead"),
    ]  # fmt: skip
    return Shown(f"Proof of {fact}", _body(asked, fact), head, trail, timeless=True)


def _body(asked: Asked, fact: str) -> Iterator[Html]:
    file = f"{asked.slug}-{fact}.proof.json"
    yield el("p", el("a", "Download the proof", href=asked.to.proof(asked.slug, fact)))
    yield el(
        "p",
        "It has what the fact rests on, and every later event that could change it. To check it, write the "
        "verifier, a single Python file, and run it with the public key of the archive, which you should get "
        "by another way than the proof:",
        class_="say",
    )
    for line in ("dateline prove --verifier -o check.py", f"python check.py {file} --vkey KEY"):
        yield el("p", el("code", line))


PROOF = Page(
    "/stories/{slug}/facts/{fact}/proof",
    "The proof of a fact, up to the last signed checkpoint.",
    _page,
    query=(AS_OF,),
    forms={"json": _download},
)
