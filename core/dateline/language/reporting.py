"""Whether a date in a text says when something was said, by the words around it. Pure.

It errs on the side of no: a date is that of saying only if nothing but a name, a recipient or an adverb is
between it and a verb such as "said".
"""

from __future__ import annotations

import re

#: Verbs that report what somebody said, in six languages.
_SAID = re.compile(
    r"(?<!\w)(?:said|says|told|tells|announced|reported|wrote|stated|added|confirmed|denied|warned|declared|posted|"
    r"claimed|explained|insisted|argued|called|urged|replied|testified|admitted|promised|acknowledged|spoke|"
    r"sagten?|teilten?|erklärten?|berichteten?|schrieb(?:en)?|meldeten?|bestätigten?|warnten?|betonten?|mitgeteilt|"
    r"gesagt|erklärt|berichtet|gemeldet|bestätigt|"
    r"dit|déclaré|annoncé|affirmé|indiqué|précisé|confirmé|écrit|"
    r"dijo|dijeron|declaró|anunció|afirmó|informó|confirmó|señaló|explicó|"
    r"сказа\w+|повідоми\w+|заяви\w+|написа\w+|розпові\w+|підтверди\w+|оголоси\w+|"
    r"сообщи\w+|рассказа\w+|подтверди\w+|объяви\w+)(?!\w)",
    re.IGNORECASE,
)
#: Small words that may stand between the verb and the date.
_SMALL = frozenset(
    [
        "to",
        "in",
        "at",
        "by",
        "on",
        "of",
        "late",
        "early",
        "again",
        "later",
        "the",
        "a",
        "an",
        "his",
        "her",
        "their",
        "its",
        "our",
        "news",
        "press",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "einem",
        "einer",
        "mit",
        "in",
        "im",
        "an",
        "zu",
        "gegenüber",
        "le",
        "la",
        "les",
        "l",
        "un",
        "une",
        "au",
        "à",
        "des",
        "du",
        "de",
        "el",
        "los",
        "las",
        "una",
        "a",
        "al",
        "en",
        "del",
        "у",
        "в",
        "на",
        "до",
        "до",
        "з",
    ]
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def dates_of_saying(text: str, expressions: list[str]) -> list[str]:
    """Those of the date `expressions` of a text that say when something was said."""
    flat = " ".join(text.split())
    return [one for one in expressions if _is_saying(flat, one)]


def _is_saying(text: str, expression: str) -> bool:
    start = text.find(expression)
    if start < 0:
        return False
    before, after = text[:start], text[start + len(expression) :]
    verbs = list(_SAID.finditer(before))
    if verbs and _is_near(before[verbs[-1].end() :]):
        return True
    following = _SAID.search(after)
    return following is not None and _is_near(re.sub(r"^,", "", after[: following.start()]))


def _is_near(gap: str) -> bool:
    """Whether a gap has a name, or at most one other word, and small words."""
    if re.search(r"[.,;:!?()«»“”\"—–]", gap):
        return False
    words = _WORD.findall(gap)
    if len(words) > 6:
        return False
    others = [at for at, word in enumerate(words) if not word[0].isupper() and word not in _SMALL]
    if len(others) > 1:
        return False
    named = any(word[0].isupper() for word in words[: others[0]]) if others else False
    return not named
