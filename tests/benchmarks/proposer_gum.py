"""GUM (github amir-zeldes/gum): texts with their rhetorical structure.

A clause of attribution has the speaker, and what it is attached to is what was said. GUM sees one only with
a clause: neither "urged them to go" nor "welcomed the vote" is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from proposer_sets import Article, Spans

#: The relations of a part to the whole that it is a nucleus of.
_NUCLEI = re.compile(r"span|same-unit|joint-.*|adversative-contrast|restatement-repetition")


def gum(folder: Path, genre: str = "news") -> Iterator[Article]:
    """The texts of one genre of GUM. The source of a quotation is the whole clause of attribution."""
    for file in sorted((folder / "dep").glob(f"GUM_{genre}_*.conllu")):
        text, tokens, day = _conllu(file.read_text(encoding="utf-8"))
        tree = ElementTree.parse(folder / "_build/src/rst" / f"{file.stem}.rs4").getroot()
        units = {one.attrib["id"]: one for one in tree.iter() if one.tag in ("segment", "group")}
        at, places = 0, dict[str, tuple[int, int]]()
        for name, unit in units.items():
            if unit.tag == "segment":
                end = at + len((unit.text or "").split())
                places[name] = (tokens[at][0], tokens[end - 1][1])
                at = end
        found = [*_attributions(units)]
        yield Article(
            file.stem,
            text,
            day,
            [
                _quotation(text, [places[one] for one in who], [places[one] for one in said])
                for who, said in found
                if said
                and not any(set(who) <= set(others) for _, others in found)
                and not _is_quoted(text, places[who[0]][0])
                and not re.match(r"(?:Image|Video|Audio):", text[places[who[0]][0] :])
            ],
        )


def _conllu(source: str) -> tuple[str, Spans, str]:
    """The text of a file, the places of its tokens, and its day."""
    text, tokens, at, day, gap = "", Spans(), 0, "", ""
    for line in source.splitlines():
        if line.startswith("# newpar"):
            gap = "\n\n"
        elif line.startswith("# meta::dateCreated = "):
            day = line.partition("= ")[2]
        elif line.startswith("# text = "):
            text += gap if text else ""
            at, gap = len(text), " "
            text += line.removeprefix("# text = ")
        elif (fields := line.split("\t"))[0].isdigit():
            at = text.index(fields[1], at)
            tokens.append((at, at + len(fields[1])))
            at += len(fields[1])
    return text, tokens, day


def _attributions(units: dict[str, Any]) -> Iterator[tuple[list[str], list[str]]]:
    """The segments of each attribution, and those of what it is attached to, in order."""

    def segments(name: str, of_satellites: bool) -> list[str]:
        parts = [name] if units[name].tag == "segment" else []
        for other, unit in units.items():
            if unit.get("parent") == name and (
                of_satellites or _NUCLEI.fullmatch(unit.get("relname", ""))
            ):
                parts += segments(other, True)
        return sorted(parts, key=int)

    for name, unit in units.items():
        if unit.get("relname", "").startswith("attribution"):
            of = unit.attrib["parent"]
            who = segments(name, True)
            said = [of] if units[of].tag == "segment" else segments(of, False)
            yield who, [one for one in said if one not in who]


def _quotation(text: str, who: Spans, said: Spans) -> tuple[Spans, Spans]:
    """Speaker and content. A quotation goes on to its last mark, and after the speaker."""
    start, end = said[0][0], said[-1][1]
    if text[start] not in '"“':
        return who, said
    close = re.compile(r'[^"”\n]*["”]').match(text, start + 1)
    parts = [(start, max(end, close.end()))] if close else said
    more = re.compile(r'\s?(["“][^"”\n]*["”])').match(text, max(parts[-1][1], who[-1][1]))
    return who, [*parts, more.span(1)] if more else parts


def _is_quoted(text: str, at: int) -> bool:
    return text[:at].rpartition("\n")[2].count('"') % 2 == 1
