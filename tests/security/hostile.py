"""Hostile text, which a terminal or browser would act on, and checks for output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dateline.testing import samples

#: Unicode's property Bidi_Control.
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
#: Bidi marks that some scripts need: prose keeps them.
MARKS = "\u061c\u200e\u200f"
#: Text that sets a title, clears the screen, overwrites the line, links, changes direction, ends markup.
WORDS = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m\rover\x08\x7f\x85\x00".replace("\x00", "")
    + BIDI
    + "\u200b\u2028\ufeff\U000e0041 [red]rich[/red] {{x}} {% x %} %s {0} <script>alert(1)</script>"
    + " ![i](http://evil.example/i.png) [l](javascript:alert(1)) | ` `` =1+1 '; DROP TABLE events;--"
)


def naughty(shared: Path) -> list[str]:
    """The Big List of Naughty Strings, without those that no text of an archive may hold."""
    found = json.loads((shared / "data" / "corpora" / "blns" / "blns.json").read_bytes())
    assert len(found) > 400
    return [text for text in found if text.strip() and "\x00" not in text]


def story(*words: str) -> list[dict[str, Any]]:
    """The sample story, with `words` in every field that holds text."""
    lines = samples.story()
    lines[0] |= {"title": words[0], "scope": words[0]}
    for number, text in enumerate(words):
        source = f"Words {number}: {text} end"
        lines += [
            samples.entity(f"org:o{number}", text) | {"names": [text]},
            samples.captured(
                source,
                title=text,
                publisher=f"org:o{number}",
                byline=[text],
                url="https://x.example/",
            ),
            samples.statement(
                text,
                source=samples.digest(source),
                text=text,
                quote=text,
                note=text,
                attribution=[{"agent": f"org:o{number}", "role": "publisher", "act": text}],
            ),
        ]
    lines += [
        {"type": "fact.disputed", "fact": "f1", "ground": words[0]},
        samples.corrected("f3", "/text", words[0], words[0] + " more", reason=words[0]),
        {"type": "evidence.added", "fact": "f1", "note": words[0],
         "evidence": [{"role": "content", "exact": "143 of 193"}]},
        {"type": "facts.linked", "from": "f1", "to": "f2", "relation": "disputes", "note": words[0]},
        {"type": "facts.linked", "from": "f1", "to": "f3", "relation": "explains", "note": words[0]},
        {"type": "fact.reviewed", "fact": "f2", "verdict": "rejected", "reviewer": "org:o0",
         "reason": words[0]},
        {"type": "source.withdrawn", "source": samples.SOURCE, "reason": words[0]},
    ]  # fmt: skip
    return [line | {"recorded_by": {"agent": words[0]}} for line in lines]


def acts(text: str, *, prose: bool = True) -> str:
    """The characters of `text` that a terminal would obey. CRLF is allowed, since CSV uses it. Bidi
    marks count only if the text is not `prose`."""
    text = text.replace("\r\n", "\n")
    bidi = set(BIDI) - set(MARKS if prose else "")
    return "".join(
        char
        for char in text
        if (ord(char) < 0x20 and char not in "\n\t") or 0x7F <= ord(char) <= 0x9F or char in bidi
    )
