"""The public sets that the bundled proposer is measured on. They are not part of the project: each reader
takes a folder of a copy.

* PolNeAR (github networkdynamics/PolNeAR): who says, thinks and wants what in 1,008 articles on an election.
* GUM (github amir-zeldes/gum): texts with their rhetorical structure. A clause of attribution has the
  speaker, and what it is attached to is what was said.
* MPQA 2.0, as sentences in JSON (github amarasovic/naacl-mpqa-srl4orl): verbs of saying and of opinion in
  world news, with their holders.
* TimeML, such as TempEval-3 (github jspotter/TempEval-3; its test part in qiangning/StructTempRel-EMNLP17).
* Figures: the tables beside this file have places and values that were marked by reading, before the proposer
  was run, in articles of PolNeAR's test part and of github scrapinghub/article-extraction-benchmark. The
  articles are not in them. `figures.tsv` is from 40 articles; `figures-2.tsv` is from 22 others.

Places are [start, end) in code points.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dateline_quotes.words import Words, words_of

Spans = list[tuple[int, int]]


class Article(NamedTuple):
    """A text with its day (ISO 8601) and its quotations, each with the places of speaker and content."""

    name: str
    text: str
    day: str
    quotations: list[tuple[Spans, Spans]]


def polnear(folder: Path) -> Iterator[Article]:
    """The articles of a part of PolNeAR, which has ``attributions`` and ``text``. The first annotator counts."""
    first: dict[str, Path] = {}
    for file in sorted((folder / "attributions").glob("*.ann")):
        first.setdefault(file.stem.rpartition("_")[0], file)
    for name, file in first.items():
        [text, *_] = sorted((folder / "text").glob(f"{name}*"))
        places: dict[str, Spans] = {}
        gold = []
        for line in file.read_text(encoding="utf-8").splitlines():
            key, _, rest = line.partition("\t")
            if key.startswith("T"):
                spans = rest.split("\t")[0].partition(" ")[2].split(";")
                places[key] = [(int(start), int(end)) for start, end in map(str.split, spans)]
            elif key.startswith("E"):
                roles: dict[str, Spans] = {"Source": [], "Content": []}
                for part in rest.split():
                    role, _, place = part.partition(":")
                    roles.setdefault(role.rstrip("0123456789"), []).extend(places.get(place, []))
                gold.append((roles["Source"], roles["Content"]))
        yield Article(name, text.read_text(encoding="utf-8"), name.split("_")[1], gold)


def english() -> Words:
    words = words_of("en")
    assert words is not None
    return words


def scored(name: str, precise: tuple[int, int], recalled: tuple[int, int]) -> str:
    """A line with precision, recall and F1. Each is given as (right, of)."""
    precision, recall = precise[0] / max(1, precise[1]), recalled[0] / max(1, recalled[1])
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return (
        f"{name:21} P {100 * precision:5.1f}  R {100 * recall:5.1f}  F1 {100 * f1:5.1f}  "
        f"({precise[1]} found, {recalled[1]} gold)"
    )


def overlaps(some: Spans, others: Spans) -> bool:
    return any(a < d and c < b for a, b in some for c, d in others)


# -- MPQA -------------------------------------------------------------------------------------

_MARKS = {"``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}


def mpqa(file: Path) -> Iterator[tuple[str, list[tuple[Spans, Spans]]]]:
    """The text of each document, and (verb, holder) of each opinion or statement that names its holder."""
    documents = json.loads(file.read_text(encoding="utf-8"))
    for document in (one for name, one in documents.items() if name[8:].isdigit()):
        text, gold, number = "", list[tuple[Spans, Spans]](), 0
        while sentence := document.get(f"sentence{number}"):
            number += 1
            tokens = Spans()
            for raw in sentence["sentence_tokenized"]:
                token = _MARKS.get(raw, raw)
                if text and text[-1] not in "(“[ " and not re.match(r"[.,;:!?)\]”']|n't\Z", token):
                    text += " "
                tokens.append((len(text), len(text) + len(token)))
                text += token
            for name, one in sentence.items():
                if re.fullmatch(r"ds\d+", name) and not one["ds_implicit"]:
                    holders = [tokens[at] for holder in one["holders_indices"] for at in holder]
                    if holders:
                        gold.append(([tokens[at] for at in one["ds_indices"]], holders))
            text += " "
        yield text, gold


# -- dates ------------------------------------------------------------------------------------


def timeml(file: Path) -> tuple[str, str, list[tuple[int, int, str, str]]]:
    """The day of a document, its text, and (start, end, type, value) of each expression."""
    source = file.read_text(encoding="utf-8", errors="replace")
    made = re.search(r'<TIMEX3[^>]*="(?:CREATION|PUBLICATION)_TIME"[^>]*>', source)
    assert made is not None
    text, gold, opened = "", list[tuple[int, int, str, str]](), list[tuple[int, str]]()
    for match in re.finditer(
        r"<(/?)(\w+)([^>]*)>|([^<]+)", source.partition("<TEXT>")[2].partition("</TEXT>")[0]
    ):
        if match[4] is not None:
            text += html.unescape(match[4])
        elif match[2] == "TIMEX3" and not match[1]:
            opened.append((len(text), match[3]))
        elif match[2] == "TIMEX3":
            start, fields = opened.pop()
            gold.append((start, len(text), _field(fields, "type"), _field(fields, "value")))
    return _field(made[0], "value")[:10], text, gold


def _field(tag: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return match[1] if match else ""


# -- figures ----------------------------------------------------------------------------------


class Mark(NamedTuple):
    """A marked figure. `value` is as ``=7``, ``>7``, ``>=7``, ``<7``, ``<=7``, ``~7`` (about), ``<~7`` (nearly), ``7..9`` or
    ``=7/9`` (7 of 9); `counted` has the nouns that would do, and is empty if the text has none."""

    start: int
    end: int
    kind: str
    value: str
    counted: list[str]


def figure_texts(
    polnear_texts: Path, pages: Path, table: str
) -> Iterator[tuple[str, str, list[Mark]]]:
    """Name, text and marks of each article of a table. `pages` is ``ground-truth.json`` of the pages."""
    articles = json.loads(pages.read_text(encoding="utf-8"))
    marks: dict[str, list[Mark]] = {}
    with Path(__file__).with_name(table).open(encoding="utf-8") as lines:
        for name, start, end, kind, value, counted in csv.reader(lines, delimiter="\t"):
            one = Mark(int(start), int(end), kind, value, counted.split("/"))
            marks.setdefault(name, []).append(one)
    for name, of_text in marks.items():
        if (file := polnear_texts / f"{name}.txt").exists():
            yield name, file.read_text(encoding="utf-8"), of_text
        else:
            [page] = [one for key, one in articles.items() if key.startswith(name)]
            yield name, page["articleBody"], of_text
