"""English figures: what they look like, and what is none."""

from __future__ import annotations

import re

from dateline_quotes.words.tables import FigureWords, listed

_HEDGE = (
    r"(?:(?:more|fewer|less|no\s+more|no\s+fewer|no\s+less|not\s+more)\s+than|at\s+least|at\s+most|up\s+to|as\s+many\s+as|over|under|about|around|"
    r"some|nearly|almost|roughly|approximately|an\s+estimated|only|just|between)"
)
_SCALE = r"(?:hundred|thousand|million|billion|trillion)"
_ONES = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
#: Parts of a whole, as fractions.
_SHARES = {
    "half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "a quarter": 0.25, "one quarter": 0.25, "a fifth": 0.2, "one fifth": 0.2,
    "a tenth": 0.1, "one tenth": 0.1, "two thirds": 2 / 3, "three quarters": 0.75, "two fifths": 0.4, "three fifths": 0.6, "four fifths": 0.8,
}  # fmt: skip
_SHARE = "|".join(one.replace(" ", r"[\s-]") for one in _SHARES)
#: Several hundreds, whose least number is certain, and what is more than a half.
_PLURALS = {
    "hundreds of thousands": 200_000, "tens of thousands": 20_000, "tens of millions": 20_000_000, "hundreds of millions": 200_000_000,
    "hundreds": 200, "thousands": 2000, "millions": 2_000_000, "billions": 2_000_000_000, "dozens": 24, "scores": 40,
}  # fmt: skip
_PLURAL = "|".join(one.replace(" ", r"\s+") for one in _PLURALS)
_NUMBER = rf"(?:(?:{_DIGITS})(?:\s+{_SCALE})?|(?:a\s+|{_ONES}\s+){_SCALE}|{_ONES}|a\s+dozen)"
#: How a figure in words can begin. Most words of a text are ruled out here, before the long pattern is tried.
_FIRST = (
    r"(?:[Aa](?:n?[\s-]+(?i:hund|thou|mill|bill|tril|dozen|third|quart|fifth|tenth|esti)|bout\s|lmost\s|round\s|pproximately\s|(?i:s\s+many|t\s+(?:least|most)))|"
    r"[Mm](?:ore\s+(?i:than)|ost\s+of|illions)|[Ff](?:ewer\s|our|ort|if|ive)|[Ll]ess\s+(?i:than)|[Nn](?:ot?\s+(?i:more|less|fewer)|early\s|ine)|"
    r"[Uu](?:p\s+(?i:to)|nder\s)|[Oo](?:ver\s|ne[\s-]|nly\s)|[Ss](?:ome\s|ix|even|cores)|[Rr]oughly\s|[Jj]ust\s|[Bb](?:etween\s|illions)|"
    r"[Tt](?:w(?:o|elv|ent)|h(?:ree|irt|ous)|en)|[Ee](?:igh|lev)|[Hh](?:alf|undreds)|[Dd]ozens)"
)
_MONEY = rf"[$£€]\s?(?:{_DIGITS})(?:\s+(?:{_SCALE})|[mb]n?\b)?"
_FIGURE = re.compile(
    rf"""(?<![\w.,:/$£€#-])(?=[\d$£€]|{_FIRST})(?P<hedge>(?i:{_HEDGE})\s+)?(?:
      (?P<money>{_MONEY})(?:(?:\s+to\s+|[-–])(?P<most_money>{_MONEY}))?
    | (?P<percent>(?:{_DIGITS}|{_ONES})(?:\s*%|[\s-]+per\s?cent\b)(?!\s+(?:more|less|higher|lower)\b))
    | (?P<plural>(?i:{_PLURAL}))(?=\s+of\b|\s+[a-z])
    | (?P<share>(?i:{_SHARE}))(?=\s+(?:of|the|its|their|a)\b)
    | (?P<most>[Mm]ost)(?=\s+of\s+(?:the|its|their|[A-Z]))
    | (?P<number>{_NUMBER}|one(?=\s+(?:out\s+)?of\s+(?:(?:the|its|their)\s+)?{_NUMBER}\b))(?:(?:\s+to\s+|\s+and\s+|[-–])(?P<last>{_NUMBER}))?(?:\s+(?:out\s+)?of\s+(?:(?:the|its|their)\s+)?(?P<of>{_NUMBER}))?(?=\s+[a-zA-Z])
    )(?![\w%])""",
    re.VERBOSE,
)
#: The words after a number: what it counts.
_COUNTED = re.compile(
    r"\s+(?:of\s+)?(?:(?:the|its|their|his|her|all|these|those)\s+)?((?:[^\W\d_][\w’'-]*\s*){1,5})"
)
#: What ends the words for what is counted.
_ENDS = listed(
    "is are was were be been being has have had will would could should may might can do does did who that which whose where when "
    "in on at by for from with about during after before under over through since into against than as if but and or not also "
    "said says told to it he she they we you i there this out up off down because while "
    "fled killed died voted condemned injured wounded went came left made took got say"
)
#: What is measured or numbered, and not counted.
_NOT_COUNTED = re.compile(
    r"\A(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centuries|times?|a\.?m|p\.?m|o['’]clock|alone\b|points?|other|others|more|less|year-old|"
    r"things?|ways?|of|percent|inches|feet|foot|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
#: Words before a number of what is known already.
_DEFINITE = listed("the The these those its their his her all other last next past first")
_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
#: The figures of English texts.
FIGURES = FigureWords(
    figure=_FIGURE,
    shares=_SHARES,
    plurals=_PLURALS,
    counted=_COUNTED,
    ends=_ENDS,
    not_counted=_NOT_COUNTED,
    definite=_DEFINITE,
    of="of",
    of_money=" in ",
    hedges={"as many as": "up to"},
    participle="ed",
    plural=re.compile(r"s\Z|\A(?:people|men|women|children)\Z"),
    currencies=_CURRENCIES,
    amount="amount",
    share="share",
    percent="percent",
)
