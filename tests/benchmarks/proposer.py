"""Measures the bundled proposer on public sets, which are not part of the project.

``python tests/benchmarks/proposer.py polnear FOLDER`` takes a part of PolNeAR (github networkdynamics/PolNeAR,
``data/test``, with ``attributions`` and ``text``); ``dates FOLDER [ODD]`` takes files of TimeML, such as those of
TempEval-3, all or those with an even (0) or odd (1) number in the order of their names.

A quotation is found if at least half of the words of both are the same (Jaccard), and its speaker if a word
of its name is. A quotation is direct if it begins and ends with a mark. Of each article of PolNeAR the first
annotator counts. A date is right if its value is exactly that of TimeML.
"""

from __future__ import annotations

import html
import re
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dateline_quotes.candidates import Reading
from dateline_quotes.dates import Dates
from dateline_quotes.marks import paragraphs
from dateline_quotes.sentences import masked_text
from dateline_quotes.statements import statements
from dateline_quotes.words.en import WORDS as _WORDS

_MARKS = "\"“”„«»'`‘’"
Spans = list[tuple[int, int]]


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "polnear":
        quotations(folder)
    else:
        parity = int(sys.argv[3]) if len(sys.argv) > 3 else None
        dates(
            [one for n, one in enumerate(sorted(folder.glob("*.tml"))) if parity in (None, n % 2)]
        )


def quotations(folder: Path) -> None:
    words = _WORDS
    counts = dict.fromkeys(("gold", "found", "same", "speaker"), 0)
    direct = dict.fromkeys(
        ("gold", "found", "gold same", "gold speaker", "found same", "found speaker"), 0
    )
    seconds = characters = 0.0
    for name, text, gold in polnear(folder):
        began = time.process_time()
        for _ in Reading(text, words, {}, "org:paper", name.split("_")[1]).facts():
            pass
        seconds += time.process_time() - began
        characters += len(text)
        parts = [*paragraphs(text)]
        found = [
            (
                [] if one.source is None else [tuple(one.source)],
                [tuple(part) for part in one.content],
            )
            for one in statements(masked_text(text, parts), parts, words)
        ]
        pairs = matched(
            [_tokens(text, said) for _, said in gold], [_tokens(text, said) for _, said in found]
        )
        counts["gold"] += len(gold)
        counts["found"] += len(found)
        direct["gold"] += sum(_is_direct(text, said) for _, said in gold)
        direct["found"] += sum(_is_direct(text, said) for _, said in found)
        for one, other in pairs:
            who, whom = _tokens(text, gold[one][0]), _tokens(text, found[other][0])
            same = bool(who & whom) or not (who or whom)
            counts["same"] += 1
            counts["speaker"] += same
            for side, said in (("gold", gold[one][1]), ("found", found[other][1])):
                if _is_direct(text, said):
                    direct[f"{side} same"] += 1
                    direct[f"{side} speaker"] += same
    print(
        "all quotations       ",
        _score(counts["same"], counts["found"], counts["same"], counts["gold"]),
    )
    print(
        "  with speaker       ",
        _score(counts["speaker"], counts["found"], counts["speaker"], counts["gold"]),
    )
    print(
        "direct quotations    ",
        _score(direct["found same"], direct["found"], direct["gold same"], direct["gold"]),
    )
    print(
        "  with speaker       ",
        _score(direct["found speaker"], direct["found"], direct["gold speaker"], direct["gold"]),
    )
    print(f"speakers of the found {100 * counts['speaker'] / max(1, counts['same']):.1f} %")
    print(f"{characters / seconds / 1e6:.2f} MB/s, all kinds of facts, in one process")


def _score(right: int, found: int, recalled: int, gold: int) -> str:
    precision, recall = right / max(1, found), recalled / max(1, gold)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"P {100 * precision:5.1f}  R {100 * recall:5.1f}  F1 {100 * f1:5.1f}  ({found} found, {gold} gold)"


def matched(gold: list[set[int]], found: list[set[int]]) -> list[tuple[int, int]]:
    """Pairs of gold and found quotations that share at least half of their words; the best first."""
    scored = []
    for one, some in enumerate(gold):
        for other, others in enumerate(found):
            both = len(some & others)
            if both and 2 * both >= len(some | others):
                scored.append((both / len(some | others), one, other))
    pairs: dict[int, int] = {}
    for _, one, other in sorted(scored, reverse=True):
        if one not in pairs and other not in pairs.values():
            pairs[one] = other
    return [*pairs.items()]


def _tokens(text: str, spans: Any) -> set[int]:
    return {
        start + one.start() for start, end in spans for one in re.finditer(r"\w+", text[start:end])
    }


def _is_direct(text: str, spans: Any) -> bool:
    if not spans:
        return False
    words = text[min(start for start, _ in spans) : max(end for _, end in spans)].strip()
    return len(words) > 1 and words[0] in _MARKS and words[-1] in _MARKS


def polnear(folder: Path) -> Iterator[tuple[str, str, list[tuple[Spans, Spans]]]]:
    """Name, text and quotations (source, content) of each article, by its first annotator."""
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
        yield name, text.read_text(encoding="utf-8"), gold


def dates(files: list[Path]) -> None:
    right = total = vague = found = recalled = spurious = exact = 0
    for file in files:
        day, text, gold = timeml(file)
        own, reader = Dates(day, _WORDS), Dates(day, _WORDS)
        places = [*own.find(text, 0, len(text))]
        for start, end, kind, value in gold:
            if kind != "DATE":
                continue
            total += 1
            vague += value.endswith("_REF")
            read = reader.read(text[start:end], reader.tense(text, start, end))
            right += read is not None and as_timex(read[0], text[start:end], day) == value
            near = next((one for one in places if one.start < end and start < one.end), None)
            recalled += near is not None
            exact += near is not None and as_timex(near.edtf, near.expression, day) == value
        found += len(places)
        spurious += sum(
            not any(one.start < end and start < one.end for start, end, *_ in gold)
            for one in places
        )
    print(
        f"value of a given expression {100 * right / total:.1f} % of {total} ({vague} have no date)"
    )
    print(
        f"expressions found: P {100 * (1 - spurious / found):.1f}  R {100 * recalled / total:.1f}"
    )
    print(f"found, and with the exact value: {100 * exact / total:.1f} %")


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


def as_timex(edtf: str, words: str, day: str) -> str:
    """EDTF as TimeML writes it. A part of a month or year has the value of the whole there."""
    if edtf.startswith("../"):
        return "PAST_REF"
    if edtf.endswith("/.."):
        return "FUTURE_REF"
    if edtf == day and _WORDS.dates.vague.get(" ".join(words.split()).lower()):
        return "PRESENT_REF"
    first, _, last = edtf.rstrip("~?").partition("/")
    if last and len(first) == 7 and first[:4] == last[:4]:
        quarter = int(last[5:]) - int(first[5:]) == 2 and int(last[5:]) % 3 == 0
        return f"{first[:4]}-Q{int(last[5:]) // 3}" if quarter else first[:4]
    if last and len(first) == len(last) == 10:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        if (end - begin).days == 6:
            year, week, _ = (begin + timedelta(3)).isocalendar()
            return f"{year}-W{week:02}"
        if (end - begin).days == 1:
            return f"{begin.isocalendar()[0]}-W{begin.isocalendar()[1]:02}-WE"
        return first[:7]
    seasons = {"21": "SP", "22": "SU", "23": "FA", "24": "WI"}
    if len(first) == 7 and first[5:] in seasons:
        return f"{first[:4]}-{seasons[first[5:]]}"
    return first[:3] if first[3:] == "X" else first


if __name__ == "__main__":
    main()
