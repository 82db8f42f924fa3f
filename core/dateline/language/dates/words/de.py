"""German dates."""

from __future__ import annotations

from dateline.language.dates.forms import DateWords

_PARTS = ("früh", "morgen", "vormittag", "mittag", "nachmittag", "abend")


_DAYS = (
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag sonnabend", "sonntag",
)  # fmt: skip


WORDS = DateWords(
    code="de",
    months=(
        "januar jänner jan jän", "februar feber feb", "märz mrz mär maerz", "april apr", "mai",
        "juni jun", "juli jul", "august aug", "september sept sep", "oktober okt",
        "november nov", "dezember dez",
    ),
    weekdays=_DAYS,
    weekday_parts=tuple(
        " ".join(name + part for name in names.split() for part in _PARTS) for names in _DAYS
    ),
    short_weekdays=("mo", "di", "mi", "do", "fr", "sa", "so"),
    seasons=("frühling frühjahr frühlings frühjahrs", "sommer sommers", "herbst herbstes", "winter winters"),
    relatives=(
        ("letzten letzte letzter letztes letztem vergangenen vergangene vergangener vergangenes "
         "vergangenem vorigen vorige voriger voriges vorigem"),
        "diesen diese dieser dieses diesem laufenden laufende laufender laufendes",
        ("nächsten nächste nächster nächstes nächstem kommenden kommende kommender kommendes "
         "kommendem"),
    ),
    units=("tag tages", "woche", "monat monats", "jahr jahres jahre"),
    plurals=("tagen", "wochen", "monaten", "jahren"),
    numbers=(
        "ein einem einer eine einen", "zwei", "drei", "vier", "fünf fuenf", "sechs", "sieben",
        "acht", "neun", "zehn", "elf", "zwölf zwoelf",
    ),
    ordinals=(
        "erste ersten erstes erster", "zweite zweiten zweites zweiter",
        "dritte dritten drittes dritter", "vierte vierten viertes vierter",
    ),
    first_day="ersten erste erster",
    number_endings=".",
    decade_endings="er",
    hours_east=(1, 2),
    idioms={8: 7},
    at="um",
    forms={
        "date": (
            "(am|den|der|dem|vom|zum|des) (W|WD) (den|dem|der) N M (Y)",
            "(im|in|des|vom) (monat) M (Y)", "(im|in) (jahr|jahre|jahres|des jahres) Y", "(im) M des jahres Y",
            "(am|den|dem|vom|zum) (W|WD) (den|dem) N",
        ),
        "date of year": (
            "(am|den|dem|vom|zum) (W|WD) (den|dem) N M (des|der) R U", "(im) M (des) R U",
            "(am|den|dem|vom|zum) (W|WD) (den|dem) N M im R U",
        ),
        "date this year": ("(am|den|vom|zum) N M d j",),
        "date last year": ("(am|den|vom|zum) N M v j",),
        "numeric": ("(am|den|dem|vom|zum) (W|WD) (den|dem) NUM",),
        "year first": ("(am|den|dem|vom) YMD",),
        "iso": ("(am|im|dem|vom) ISO",),
        "day and month": ("(am|den|dem|vom|zum) (W|WD) (den|dem) DM",),
        "month and year": ("(im) MY",),
        "relative month": ("(im) R M",),
        "weekday": ("(am|den|dem|vom|zum) (R) W", "(den|dem) R W"),
        "part of weekday": ("(am) (R) WP",),
        "weekday of week": ("(am) W (der|in der) R U",),
        "period": ("(im|in|der|in der|während der) R U",),
        "ago": ("vor C [U|P]",),
        "ahead": ("in C [U|P]",),
        "two days before": ("vorgestern",),
        "yesterday": ("gestern",),
        "today": ("heute",),
        "tomorrow": ("morgen",),
        "two days after": ("übermorgen",),
        "either night": ("heute nacht",),
        "decade": ("(in) (den|die) DEC (jahren|jahre|jahr)",),
        "season": ("(im) S (des jahres) (Y)", "(im) S (des) R U"),
        "winter": ("(im) S Y [-|/] [N|Y]",),
        "relative season": ("(im) R S",),
        "quarter": ("(im) [Q|N] quartal (des jahres|von) Y", "(im) q N Y", "(im) [Q|N] quartal (des) R U"),
        "half": ("(im) [Q|N] halbjahr (des jahres|von) Y", "(in der) [Q|N] [hälfte|jahreshälfte] (des jahres|von) Y",
                 "(im) [Q|N] halbjahr (des) R U"),
        "early": ("(zu) anfang [M|Y|M Y|R U]", "(zu|am) [beginn|anfang] [des|von] [Y|M|R U]"),
        "mid": ("mitte [M|Y|M Y|R U]", "mitte des R U"),
        "late": ("(zu|gegen) ende [M|Y|M Y|R U]", "(am) ende des R U"),
        "iso week": ("(in) (der) kw N [/|im jahr] Y", "(in) (der) kw N Y", "Y - w N"),
    },
    prefixes={
        "since": ("seit", "seit dem"),
        "from": ("ab", "ab dem"),
        "until": ("bis", "bis [zum|spätestens|einschließlich|einschliesslich]", "spätestens (am|bis|im)",
                  "bis (zum) ende (des)", "bis (spätestens) ende"),
        "before": ("vor",),
        "after": ("nach",),
        "about": ("(am|im) [um|etwa|ungefähr|circa|ca|zirka|gegen|rund]", "um das [jahr]", "um den"),
        "perhaps": ("vielleicht", "möglicherweise", "vermutlich"),
        "within": ("am [morgen|vormittag|mittag|nachmittag|abend] [des|vom]",),
        "night": ("(in) der nacht [des|vom]",),
        "night before": ("(in) der nacht [zum|auf|zu]", "(in) der nacht auf den"),
    },
    suffixes={
        "from": ("an",),
        "within": ("(am) [früh|morgen|vormittag|mittag|nachmittag|abend]",),
        "night": ("(in der) nacht",),
    },
    spans=(
        ("(von|vom)", "[bis|bis zum|bis einschließlich|-]", "span"),
        ("zwischen (dem)", "und (dem)", "span"),
        ("(in) der nacht [von|vom]", "[auf|zum|zu|auf den]", "one night"),
        ("(am|im)", "oder (am|im)", "one of"),
        ("(am|im)", "und (am|im)", "both"),
    ),
)  # fmt: skip
