"""English figures: what they look like, and what is none."""

from __future__ import annotations

import re

from dateline_quotes.words.tables import FigureWords, listed

_HEDGE = (
    r"(?:(?:more|fewer|less|no\s+more|no\s+fewer|no\s+less|not\s+more)\s+than|at\s+least|at\s+most|up\s+to|as\s+many\s+as|over|under|about|around|"
    r"some|nearly|almost|roughly|approximately|an\s+estimated|only|just|between|above|in\s+excess\s+of|close\s+to|as\s+few\s+as|(?:larg|small)er\s+than|upwards?\s+of)"
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
_NUMBER = rf"(?:(?:{_DIGITS})(?:\s*{_SCALE})?|(?i:(?:a\s+|half\s+a\s+|{_ONES}\s+){_SCALE}|{_ONES}(?:\s+dozen)?|a\s+dozen))"
#: How a figure in words can begin. Most words of a text are ruled out here, before the long pattern is tried.
_FIRST = (
    r"(?:[Aa](?:n?[\s-]+(?i:hund|thou|mill|bill|tril|dozen|third|quart|fifth|tenth|esti)|bout\s|bove\s|lmost\s|round\s|pproximately\s|"
    r"(?i:s\s+(?:many|few)|t\s+(?:least|most)))|[Cc]lose\s+(?i:to)|[Ii]n\s+(?i:excess)|"
    r"[Mm](?:ore\s+(?i:than)|ost\s+of|illions)|[Ff](?:ewer\s|our|ort|if|ive)|[Ll](?:ess|arger)\s+(?i:than)|[Nn](?:ot?\s+(?i:more|less|fewer)|early\s|ine)|"
    r"[Uu](?:p(?:\s+(?i:to)|wards?\s)|nder\s)|[Oo](?:ver\s|ne[\s-]|nly\s)|[Ss](?:ome\s|ix|even|cores|maller\s)|[Rr]oughly\s|[Jj]ust\s|[Bb](?:etween\s|illions)|"
    r"[Tt](?:w(?:o|elv|ent)|h(?:ree|irt|ous)|en)|[Ee](?:igh|lev)|[Hh](?:alf|undreds)|[Dd]ozens)"
)
_MONEY = rf"[$£€]\s?(?:{_DIGITS})(?:\s*(?:{_SCALE})|\s?(?:[mMbB]n?|[kK])\b)?"
_FIGURE = re.compile(
    rf"""(?<![\w.,:/$£€#-])(?=[\d$£€]|{_FIRST})(?P<hedge>(?i:{_HEDGE})\s+)?(?:
      (?P<money>{_MONEY})(?:(?:\s+to\s+|\s+and\s+|[-–])(?P<most_money>{_MONEY}))?
    | (?P<percent>(?:{_DIGITS}|(?i:{_ONES}))(?:\s*%|[\s-]+per\s?cent\b)(?!\s+(?:more|less|higher|lower)\b))
    | (?P<plural>(?i:{_PLURAL}))(?=\s+of\b|\s+[a-z])
    | (?P<share>(?i:{_SHARE}))(?!\s+a\s+{_SCALE})(?=\s+(?:of|the|its|their|a)\b)
    | (?P<most>[Mm]ost)(?=\s+of\s+(?:the|its|their|[A-Z]))
    | (?P<number>{_NUMBER}|one(?=\s+(?:out\s+of|in)\s+(?:(?:the|its|their)\s+)?{_NUMBER}\b))(?:(?:\s+to\s+|\s+and\s+|[-–])(?P<last>{_NUMBER}))?(?:\s+(?:(?:out\s+)?of\s+(?:(?:the|its|their)\s+)?|(?:(?<=\b\d\s)|(?<=\b\d\d\s)|(?<=[a-z]\s)(?<!lion\s)(?<!sand\s)(?<!dred\s)(?<!ozen\s))in\s+(?=(?:10|100|[3-9]|three|four|five|six|seven|eight|nine|ten)\s))(?P<of>{_NUMBER}))?(?=\s+[a-zA-Z])
    )(?![\w%])""",
    re.VERBOSE,
)
#: The words after a number: what it counts.
_COUNTED = re.compile(
    r"\s+(?:of\s+)?(?:(?:the|its|their|his|her|all|these|those)\s+)?((?:[^\W\d_][\w’'-]*(?:[ \t\u00a0]+|\n(?=[a-z]))?){1,5})"
)
#: What ends the words for what is counted.
_ENDS = listed(
    "is are was were be been being has have had will would could should may might can do does did who whom that which whose where when "
    "in on at by for from with about during after before under over through since into against than as if but and or not also "
    "between among amongst without along around toward towards across despite near per via behind beyond amid upon within outside inside below "
    "said says told to it he she they we you i there this out up off down because while now currently today yesterday tomorrow tonight "
    "monday tuesday wednesday thursday friday saturday sunday weekdays late early long last next each every more annually yearly higher lower ahead "
    "fled killed died voted condemned injured wounded went came left made took got say remain remains stay put go goes make makes hold held seen call "
    "calls back face stem need want know think believe"
)
#: What is measured or numbered, and not counted.
_NOT_COUNTED = re.compile(
    r"\A(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centuries|times?|a\.?m|p\.?m|o['’]clock|alone\b|others|other(?!\s+\w)|more|less|year-old|"
    r"things?|ways?|of|percent|inches|feet|foot|million|billion|trillion|hundred|thousand|dozen|past|whom|them|us|you|those|among|half|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
#: Words before a number of what is known already, and of what has no number of its own.
_DEFINITE = listed("the The these those its their his her all other last next past first")
_RANKS = listed("last next past first top Top")
_NUMBERED = listed(
    "January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec "
    "No Nos number Number Week week Chapter Section Article Room Channel Route Highway Interstate Flight Page page age ages aged Game Day Grade Phase Tier Title Type"
)
#: Words that move up or down, before "up to"; and what is so much, before such a verb.
_MOVES = listed(
    "tick ticks ticked climb climbs climbed rise rises rose risen go goes went gone move moves moved jump jumps jumped push pushes pushed edged inched grew grows"
)
_SUBJECT = re.compile(
    r"(?:\A|[.;:,!?\n]\s*|\b(?:and|but|that|as|while|said|says)\s+)(?:(?:the|its|their|his|her|our|an?)\s+)?"
    r"((?!(?:it|he|she|they|this|that|there|we|i|you|who|which|what|these|those|but|and|one|some)\b)(?:[^\W\d_][\w’'-]*\s+){0,3}?[^\W\d_][\w’'-]*)"
    r"(?:\s+(?:of|in|for|on)\s+(?:[\w’'-]+\s+){0,7}?[\w’'-]+)?\s+"
    r"(?:(?:has|have|had|will|would)\s+)?(?:is|was|were|are|be|been|rose|rises?|risen|fell|falls?|fallen|grew|grows?|grown|climbed|jumped|dropped|declined|increased|"
    r"decreased|slipped|stood|stands?|reached|hit|totaled|totalled|averaged|amounted|remained|came|cost|costs|ticks?|ticked|edged|soared|surged|sank|slid|plunged|"
    r"tumbled|shrank|gained|lost|began|started|opened|closed|ended)(?:\s+(?:up|down))?\b(?:\s+[a-z]+){0,3}?\s*\Z"
    r"|(?-i:([A-Z][\w-]*(?:\s[A-Z][\w-]*)*))\s+(?:(?:was|were)\s+)?(?:up|down|rose|fell|eased|gained|lost|added|shed|jumped|slid|climbed|dropped|advanced|declined)\s+\Z"
    r"|\b(?:an?|the|its|their|his|her)\s+((?:[a-z][\w’'-]*\s+){0,2}(?!average|total|maximum|minimum|combined|sum|amount|record|tune|range|high|low|target|lead)[a-z][\w’'-]*)\s+of\s+\Z",
    re.IGNORECASE,
)
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
    of_percent=" among ",
    hedges={
        "as many as": "up to",
        "as few as": "at least",
        "above": "more than",
        "in excess of": "more than",
        "larger than": "more than",
        "upwards of": "more than",
        "upward of": "more than",
        "smaller than": "less than",
        "close to": "nearly",
    },
    up_to=frozenset(["up to"]),
    moves=_MOVES,
    of_two=frozenset(["between"]),
    ranks=_RANKS,
    numbered=_NUMBERED,
    indefinite=frozenset(["a", "an"]),
    articles=frozenset(["a", "an", "the"]),
    adverb="ly",
    scale=re.compile(r"(?<=\d)\s?([mMbB]n?|[kK])\Z"),
    scales={"m": "million", "mn": "million", "b": "billion", "bn": "billion", "k": "thousand"},
    subject=_SUBJECT,
    participles=("ed", "ing"),
    plural=re.compile(
        r"(?<!['’])s\Z|\A(?i:people|men|women|children|police|staff|crew|aircraft|sheep|fish|troops|personnel|youth|cattle)\Z"
    ),
    currencies=_CURRENCIES,
    amount="amount",
    share="share",
    percent="percent",
    percent_sign=re.compile(r"(?:\s*%|[\s-]+per\s?cent)\Z"),
)
