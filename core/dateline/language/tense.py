"""Whether a text reports what was, by the small words of six languages. Pure."""

from __future__ import annotations

import re

#: Words of the past, and words of what is to come, which take precedence.
_PAST = re.compile(
    r"\b(?:was|were|had|did|war|waren|hatten?|wurden?|worden|était|étaient|avait|avaient|été|fue|fueron|había|habían|"
    r"estaban?|був|була|було|були|был|была|было|были)\b",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"\b(?:will|would|shall|should|could|may|might|can|(?:was|were|had|is|are|has|have) to|if|until|plan\w*|expect\w*|forecast\w*|schedul\w*|due|next|"
    r"tomorrow|werden|wird|soll\w*|könnte\w*|geplant\w*|erwart\w*|wenn|prévu\w*|sera|seront|devrai\w*|pourrai\w*|si|"
    r"será\w*|podría\w*|previst\w*|буде|будуть|планує\w*|очіку\w*|якщо|будет|будут|планиру\w*|ожида\w*|если)\b",
    re.IGNORECASE,
)


def announces(text: str) -> bool:
    """Whether a text has a word of what is to come."""
    return _COMING.search(text) is not None


def reports_the_past(text: str) -> bool:
    """Whether a text says what was, and nothing of what is to come. It errs on the side of no."""
    return _PAST.search(text) is not None and _COMING.search(text) is None
