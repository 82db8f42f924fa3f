"""Cues as a text that can be read and quoted: a sentence is in one piece. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dateline_subtitles.cues import Cue

#: What ends a sentence, perhaps before a closing quotation mark.
_END = re.compile(r"[.!?…。？！][\"'”’»)\]]*$")
#: A cue of a speaker, or one that begins with a dash, is not joined with the one before.
_TURN = re.compile(r"[-–—] ?|[^\s:]{1,30}(?: [^\s:]{1,30}){0,3}: ")
#: The most seconds of a paragraph.
_LONGEST = 30


def paragraphs(cues: Iterable[Cue]) -> str:
    """The text, one paragraph a line, each after the time code of its first cue: ``[00:01:02] So they left.``"""
    lines: list[str] = []
    start, words, last = 0, "", ""
    for cue in cues:
        # A line that scrolls up is in the next cue again.
        said = cue.lines[1:] if cue.lines and cue.lines[0] == last else cue.lines
        if not said:
            continue
        last, text = said[-1], " ".join(said)
        if words and (_END.search(words) or _TURN.match(text) or cue.start - start > _LONGEST):
            lines.append(f"[{_code(start)}] {words}")
            words = ""
        start = start if words else cue.start
        words = f"{words} {text}" if words else text
    if words:
        lines.append(f"[{_code(start)}] {words}")
    return "\n".join(lines)


def _code(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
