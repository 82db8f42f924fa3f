"""The cues of subtitles: a time, and what is said. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TIMES = re.compile(
    r"[ \t]*(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)[.,]\d{1,3}[ \t]+-->[ \t]+(?:\d{1,4}:)?[0-5]?\d:[0-5]\d[.,]\d{1,3}.*"
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]*>|\{\\an?\d\}")


class Cue(NamedTuple):
    """``start`` counts whole seconds; ``lines`` are those on the screen."""

    start: int
    lines: tuple[str, ...]


def cues(text: str) -> Iterator[Cue]:
    """The cues of WebVTT or SRT, in the order of the file. Lines that belong to no cue are left out."""
    lines = text.removeprefix("\ufeff").splitlines()
    at = 0
    while at < len(lines):
        times = _TIMES.fullmatch(lines[at])
        at += 1
        if times is None:
            continue
        said = []
        while at < len(lines) and lines[at].strip() and not _TIMES.fullmatch(lines[at]):
            said.append(lines[at])
            at += 1
        hours, minutes, seconds = (int(part or 0) for part in times.groups())
        yield Cue(hours * 3600 + minutes * 60 + seconds, tuple(said))


def spoken(cue: Cue) -> Cue:
    """A cue with plain words: the speaker before them, and no markup or empty lines."""
    text = _VOICE.sub(lambda found: f"{found[1].strip()}: ", "\n".join(cue.lines))
    plain = (html.unescape(line) for line in _TAG.sub("", text).split("\n"))
    return Cue(cue.start, tuple(filter(None, (" ".join(line.split()) for line in plain))))
