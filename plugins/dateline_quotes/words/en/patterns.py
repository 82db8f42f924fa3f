"""English patterns beside a verb; what each is for is said in `Words`."""

from __future__ import annotations

import re

_DAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.)"
)
#: What may stand between a verb and what was said: when, where, in what and to whom.
_ADJUNCT = rf"""\s*,?\s*(?:
    (?:late\s|early\s|on\s|last\s|this\s|earlier\s|later\s|in\s)*(?:{_DAYS}|{_MONTHS}|today|yesterday|tonight|week|month|year|morning|afternoon|evening|night)\b(?:\s\d{{1,2}}\b(?:,\s\d{{4}})?|\s(?:morning|afternoon|evening|night))?
  | (?:in|on|at|during|via|through|from|after|before)\s(?:an?|the|his|her|their|its|my|our|recent|one|another)\s[^,.;:"“”\x00]{{1,70}}?(?=,|\.|;|:|\sthat\s|$|["“])
  | (?:on|via|to)\s(?:Twitter|Facebook|Telegram|Instagram|Fox\sNews|CNN|MSNBC|NBC|CBS|ABC|Reuters|reporters|journalists)\b
  | (?:earlier|later|then|again|recently|repeatedly|publicly|afterwards?|separately|bluntly|flatly|simply|however|for\sexample|for\sinstance|meanwhile|instead)\b
  )"""

ADJUNCT = re.compile(_ADJUNCT, re.VERBOSE | re.IGNORECASE)
ACCORDING = re.compile(r"[Aa](?<!\w.)(?i:ccording to\s+)")
LEADS = re.compile(r"\s*[,:]?\s*(?:out\b\s*)?(?:that\b(?!['’]s)\s*)?,?\s*")
COMMA = re.compile(r",\s*(?:and\s+|while\s+)?")
ADDS = re.compile(r",\s*(?:and\s+|but\s+)?(?:also\s+|later\s+|then\s+)?\Z")
JOINS = re.compile(r",?\s+(?:and|but|then)\s+(?:\w+ly\s+|also\s+|later\s+|then\s+)?\Z")
CLAUSE = re.compile(
    r"[,;]\s*(?:(?:and|but|while|though|although|whereas|as|so|after|before|when)\s+)?(?:\w+ly,?\s+)?\Z|—\s*\Z"
)
PARTICIPLE = re.compile(
    r",[\"”’']*\s*(?:and\s+|but\s+|also\s+|while\s+)?\Z|[\"”]\s*\Z|\b(?:by|for|while|after|before|without|of|in)\s\Z"
)
_LARGE = r"[^\W\d_a-z][\w’'.-]*"
_KINDS = "news|agency|newspaper|television|radio|channel|magazine|website"
HEARER = re.compile(
    r"\s+(?:(?:(?!\b(?:he|she|they|it|we|I|is|was|are|were|had|has|have|would|will|could|should|that)\b)[^,.;:\"“”\x00\n]){3,80}(?=\s+that\b)"
    r"|(?:him|her|them|me|us|you|it|reporters|journalists|voters|supporters|people|lawmakers|investigators)\b"
    rf"|(?:the\s+)?(?:(?:{_KINDS})\s+){{1,3}}(?:{_LARGE}(?:\s+|(?=[,.:])|$)){{1,4}}"
    rf"|(?:(?:the|a|an|his|her|their|its|some|Mr|Mrs|Ms)\.?\s+)?(?:{_LARGE}(?:\s+|(?=[,:])|$)){{1,5}}(?:(?:{_KINDS})\b\s*)*(?:\w+(?=,?\s*[\"“]|\s+that\b))?"
    r"|(?:(?:the|a|an|his|her|their|its|some|many)\s+)[\w’'-]+(?:\s+(?:of|in|at|on)\s+[\w’'-]+)?)"
)
QUOTED_BY = re.compile(
    rf"\b(?:quoted|cited|carried)\s+by\s+((?:the\s+)?(?:{_LARGE}|state|news|agency)"
    rf"(?:\s+(?:{_LARGE}|{_KINDS}))*)"
)
CITING = re.compile(r",\s*(?:citing|quoting)\s+")
ABBREVIATIONS = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Sen|Sens|Gov|Rep|Reps|Gen|Lt|Col|Sgt|Capt|Maj|Cmdr|St|Jr|Sr|vs|No|Prof|Rev|Hon|Pres|Supt|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Corp|Co|Ltd|Bros|Mass|Calif|Fla|Pa|Va|Wis|Conn|Ill|Ariz|Tenn|"
    r"Minn|Mich|Ga|Ala|Colo|Wash|Ore|Okla|Tex|Nev|Ind|Md|Del|Vt|Ky|La|Miss|Mo|Neb|Kan)|\b[A-Z](?:\.[A-Z])*|\be\.g|\bi\.e|\ba\.m|\bp\.m)\.\Z"
)
#: Words that are written large, in a row, as names are: with titles, initials, and "de" or "van" between.
_TITLES = "|".join(
    rf"(?<=\b{one})"
    for one in (
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Sen",
        "Gov",
        "Rep",
        "Gen",
        "Lt",
        "Col",
        "Sgt",
        "Capt",
        "Maj",
        "Prof",
        "Rev",
        "St",
        "Jr",
    )
)
_NAMED = (
    r"[^\W\d_a-z][\w’'-]*+(?:\.(?=\w)[\w’'-]*+)*+"
    rf"(?:(?=\.)(?:(?<=\b[^\W\d_a-z])|(?<=\.[^\W\d_a-z])|{_TITLES})\.)?"
)
RUN = re.compile(
    rf"{_NAMED}(?:[ \u00a0]+(?:(?:de|del|la|le|van|von|der|den|bin|al|el|da|di|dos|ibn|of)\s+){{0,2}}{_NAMED}){{0,11}}"
)
#: Two names of one word, which are two speakers: Kyiv and the West.
TWO = re.compile(r"(\w[\w’'.-]*) and (?:the )?(\w[\w’'.-]*)")
#: Begins a clause about what was just named: Crimea, which was seized in 2014.
RELATIVE = re.compile(r",\s+(?:which|who|whom|whose|where|when)\b")
#: QUAY, Oct. 13 - ; MEXICO CITY — ; with what stands before it in capitals: UPDATE. QUAY -
PLACE = re.compile(
    r"\s*(?:[A-Z]{2,}[.:]\s+)?[A-Z][A-Z.'’]+(?:\s[A-Z][A-Z.'’]+){0,4}(?:,\s[^—–\n-]{1,40}?)?\s*(?:--|[—–]|(?<=\s)-)\s+(?=\S)"
)
