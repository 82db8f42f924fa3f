"""English expressions of dates: what they look like, and those that only say before, now or later."""

from __future__ import annotations

import re

from dateline_quotes.words.tables import DateWords, listed

_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_SHORT = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\."
_M = rf"(?:{_MONTH}|{_SHORT})"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_NUMBER = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,3})"
_UNIT = r"(?:day|week|month|year|decade)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_PART = r"(?:\s+(?:morning|afternoon|evening|night))?"
_ORDINAL = r"(?:first|second|third|fourth|1st|2nd|3rd|4th)"

#: Words after which four digits are a year.
_BEFORE_YEAR = sorted(
    listed(
        "in by of since from until till to before after through during the and year late early around between both for into its his her their a"
    )
)
_AFTER_WORDS = "|".join(rf"(?<=\b[{one[0].upper()}{one[0]}]{one[1:]}\s)" for one in _BEFORE_YEAR)

#: How an expression can begin. Most words of a text are ruled out here, before the long pattern is tried.
_OF_YEAR = r"(?i:\d|year|this\s|last\s|next\s|late|curr|fisc|first|second|third|fourth|quarter)"
_COUNTED = r"(?i:\d|an?\s|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_FIRST = (
    rf"(?:[Tt](?:he\s+(?:{_OF_YEAR}|(?i:day\s|week|wint|start|spri|summ|autu|fall|begin|end\s|middle\s|early|mid))|heir\s+{_OF_YEAR}|his\s|hese\s|hird|"
    rf"o(?:day|morrow|night)|ues|hurs|wo\s|hree\s|welve\s|en\s)|[Hh]is\s+{_OF_YEAR}|[Ii](?:ts\s+{_OF_YEAR}|n\s+(?i:the\s+(?:near|futu)))|"
    rf"[Aa](?:n?\s+(?i:and|day|week|month|year|deca)|(?:bout|lmost)\s+{_COUNTED}|utumn|pr|ug)|[Mm](?:ore\s+(?i:than|rece)|id)|[Ss]ome\s+{_COUNTED}|"
    rf"[Oo](?:ne\s|ver\s+{_COUNTED})|[Ll](?:ast\s|at[est])|[Nn](?:ext\s|ow\b|early\s|ine\s)|[Ee](?:arl|ight\s|leven\s|nd\s)|[Rr](?:ight\s|ecent)|[Cc]urr|"
    r"[Ss](?:oon|ix\s|even\s|econd|prin|umm|tart\s)|[Yy]e[as]|[Ff](?:isc|irst|ive\s|our|all\s)|[Qq]uarter|[Bb]egin|[Ww]int|"
    r"M(?:on|ar|ay)|Wed|Fri|S(?:at|un|ep)|J(?:an|u[nl])|Feb|Oct|Nov|Dec|\d)"
)
_EXPRESSION = re.compile(
    rf"""(?<![\w$£€-])(?={_FIRST})(?:
      (?:{_DAY},?\s+)?{_M}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d{{3}}|\d)(?:,?\s+{_YEAR}\b|\s+(?:of\s+)?(?:last|this|next)\s+year\b)?
    | (?:{_DAY},?\s+)?(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_M}(?:,?\s+{_YEAR}\b)?
    | (?:(?:early|late|mid)[ -])?{_M},?\s+(?:of\s+)?(?:{_YEAR}\b|(?:last|this|next)\s+year\b)
    | {_YEAR}-\d\d-\d\d\b | \d{{1,2}}/\d{{1,2}}/\d{{4}}\b
    | (?i:(?:(?:the|its|their|his)\s+)?(?:(?:{_YEAR}|this\s+year['’]s|last\s+year['’]s|next\s+year['’]s|year-ago|year-earlier|fiscal|latest|current)\s+)?(?:(?:fiscal[- ])?{_ORDINAL}[ -]|(?<=\s))(?:fiscal\s+)?quarter(?!\w)(?:\s+of\s+(?:fiscal\s+)?(?:{_YEAR}|(?:last|this|next)\s+year))?)
    | (?i:(?:this|last|next)\s+quarter\b | the\s+(?:latest|current)\s+period\b | (?:the\s+)?(?:year-ago|year-earlier)(?:\s+period)?\b)
    | (?i:(?:early|late|mid|earlier|later)[ -])?(?i:last|this|next)\s+(?:past\s+|coming\s+)?(?:{_DAY}{_PART}|{_M}|{_SEASON}|week|weekend|month|year|night|decade|century|morning|afternoon|evening|fiscal\s+year)\b
    | (?i:(?:(?:nearly|about|almost|more\s+than|some|over)\s+)?{_NUMBER}\s+(?:and\s+a\s+half\s+)?{_UNIT}s?\s+(?:ago|earlier|later)\b)
    | (?i:(?:(?:early|late|earlier|later)\s+)?(?:yesterday|today|tomorrow|tonight)\b(?:\s+(?:morning|afternoon|evening|night))?)
    | (?i:the\s+day\s+(?:before\s+yesterday|after\s+tomorrow))
    | (?i:(?:early|late|earlier|later)\s+)?{_DAY}{_PART}
    | (?i:early|late|mid)[ -](?:{_YEAR}\b|{_M}(?!\w))
    | (?i:fiscal)\s+(?:year\s+)?{_YEAR}\b | (?:the\s+)?{_SEASON}\s+(?:of\s+)?{_YEAR}\b
    | (?i:the\s+(?:(?:early|late|mid)[\s-]+)?(?:(?:1[5-9]|20)\d0s|\d0s)\b | the\s+weekend\b)
    | (?i:the\s+)?(?:end|beginning|start|middle)\s+of\s+(?:the\s+year|(?:this|next)\s+(?:week|month|year)|{_YEAR})\b
    | (?i:(?:right\s+)?now\b(?!\s*,?\s*that\b) | currently\b | (?:more\s+)?recently\b | soon\b(?!\s+as\b) | in\s+the\s+(?:near\s+)?future\b | recent\s+years\b | these\s+days\b)
    | (?:January|February|April|June|July|August|September|October|November|December|{_SHORT})(?![\w-])
    | (?<=\b[Ii]n\s)(?:March|May)\b | (?<=\b[Bb]y\s)(?:March|May)\b | (?<=\b[Oo]f\s)(?:March|May)\b | (?<=\b[Ss]ince\s)(?:March|May)\b
    | (?:{_AFTER_WORDS}|(?<=['’]s\s)|(?<=[(,]\s)){_YEAR}\b(?![-\s]*(?:people|feet|miles|percent|shares|\$))
    )""",
    re.VERBOSE,
)
#: What every expression has one of: a look for it is quick.
_MAY_BE = re.compile(
    r"day|[Nn]ow|[Cc]urrently|[Rr]ecent|[Ss]oon|future|onight|omorrow|ago\b|earlier|later\b|quarter|period|year|week|month|decade|century|summer|winter|"
    r"spring|autumn|fall|[Ll]ast|[Nn]ext|[Tt]his|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|1[5-9]\d\d|20\d\d|\d0s|\d/\d"
)
#: KYIV, Oct. 13 (Reuters) -
_DATELINE = re.compile(
    rf"^[ \t]*[A-Z][A-Z.'’ -]+(?:,\s+[A-Z][\w. ]+?)?,\s+({_M}\s+\d{{1,2}}(?:,\s*{_YEAR})?)\s*(?:\([^()\n]{{1,40}}\)\s*)?[-—–]",
    re.MULTILINE,
)
_QUARTER = re.compile(
    rf"(?:\b(?P<year>{_YEAR})\b.*?)?(?:\b(?P<n>{_ORDINAL})\b[\w -]*?)?\bquarter\b(?:\s+of\s+(?:fiscal\s+)?(?P<of>{_YEAR}|\w+\s+year))?|period\b",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
#: Modifiers that say which part of a time is meant, or how exact it is.
_MODIFIERS = re.compile(
    r"\A(?:early|late|mid|earlier|later|nearly|about|almost|some|over|around|the end of|end of|the beginning of|beginning of|"
    r"the start of|start of|middle of|the middle of|fiscal year|fiscal|its|their|his|more than|the)[\s-]+"
)
#: Expressions without a date, which say before, at or after the day of the source.
_VAGUE = {
    **dict.fromkeys(("now", "right now", "currently", "current", "at present", "these days", "already", "nowadays", "today's", "present"), "{day}"),
    **dict.fromkeys(("recently", "more recently", "recent", "recent years", "in the past", "the past", "previously", "several years ago", "years ago", "once", "formerly", "past years", "lately"), "../{day}"),
    **dict.fromkeys(("soon", "future", "the future", "the near future", "in the future", "one day", "someday"), "{day}/.."),
}  # fmt: skip
#: What looks like a date, and says none without the text around it.
_NO_DATES = listed("year week month quarter") | {
    "the year",
    "this past week",
    "the past year",
    "a year later",
    "a month later",
    "two years later",
}
_INEXACT = re.compile(
    r"\A(?:(?:earlier|later|nearly|almost|more than|over|some|the end of|end of|the beginning of|beginning of|the start of|start of|"
    r"the middle of|middle of|(?:early|late)(?=\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day))\s+)+(?=\S)"
)
#: Words of what is to come in a clause; and those after which a weekday is to come.
_COMING = re.compile(
    r"\b(?:will|would|shall|should|could|may|might|plans?|planned|planning|expects?|expected|scheduled|due|to be|is to|are to|was to|were to|until|by|"
    r"payable|expires?|effective|through|intends?|next|upcoming|deadline|begins?|starting|set for|open(?:s|ing)?|convene|slated)\b",
    re.IGNORECASE,
)
_COMING_DAY = re.compile(
    r"\b(?:will|shall|scheduled|expected|due|is to|are to|was to|were to|until|plans? to|planned|next|upcoming|deadline|begins?|would|set for|set to|slated|as soon as|as early as)\b",
    re.IGNORECASE,
)
#: A past right before a date, whatever is to come in the rest of the clause: said on Monday that it will.
_HAPPENED = re.compile(
    r"\b(?!(?:scheduled|planned|expected|need|speed|proceed|indeed)\b)(?:\w+ed|said|told|met|made|took|held|began|came|went|won|lost|left|read|saw|seen|done|arriving|wrote)"
    r"(?:\s+(?:on|in|by|early|late|at|since))*\s+\Z"
)
#: The dates of English texts.
DATES = DateWords(
    expression=_EXPRESSION,
    may_be=_MAY_BE,
    dateline=_DATELINE,
    weekday=re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE),
    weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    vague=_VAGUE,
    inexact=_INEXACT,
    modifiers=_MODIFIERS,
    no_dates=_NO_DATES,
    certain_side=(" ago", " earlier", " later"),
    weekend="weekend",
    coming=_COMING,
    coming_day=_COMING_DAY,
    happened=_HAPPENED,
    quarter=_QUARTER,
    ordinals=_ORDINALS,
    next=re.compile("next"),
    current=re.compile("current"),
    ended=re.compile(r"\A(?:last|this)|latest"),
    year_ago=re.compile(r"last year|year-ago|year-earlier"),
    year_after=re.compile(r"next year"),
    quarter_ago=re.compile(
        r"\A(?:the\s+)?(?:a year (?:ago|earlier)|year-ago|year-earlier)(?:\s+period)?\Z"
    ),
)
