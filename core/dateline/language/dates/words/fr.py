"""French dates."""

from __future__ import annotations

from dateline.language.dates.forms import DateWords

_MONTHS = (
    "janvier janv jan", "février févr fév", "mars", "avril avr", "mai", "juin",
    "juillet juil", "août", "septembre sept", "octobre oct", "novembre nov", "décembre déc",
)  # fmt: skip

WORDS = DateWords(
    code="fr",
    months=tuple(
        " ".join([names, *(f"d'{name}" for name in names.split() if name[0] in "ao")])
        for names in _MONTHS
    ),
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    short_weekdays=("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
    seasons=("printemps", "été l'été", "automne l'automne", "hiver l'hiver"),
    relatives=("dernier dernière passé passée", "ce cet cette", "prochain prochaine"),
    units=("jour", "semaine", "mois", "an année l'an l'année"),
    plurals=("jours", "semaines", "mois", "ans années"),
    numbers=(
        "un une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
        "douze", "", "", "quinze",
    ),
    ordinals=("premier première", "deuxième second seconde", "troisième", "quatrième"),
    first_day="premier",
    number_endings="er e ère ème eme",
    hours_east=(1, 2),
    idioms={8: 7, 15: 14},
    at="à",
    forms={
        "date": (
            "(le|du|au) (W|WD) (le) N M (Y)", "(en|de|mois de|mois|au mois|au mois de|du mois|du mois de|le mois de|au cours du mois de) M (de) (Y)",
            "(en|de|à) (l'année|l'an) Y", "(le|du|au) (W|WD) (le) N",
        ),
        "date of year": (
            "(le|du|au) (W) N M de U R", "(en) M de U R", "(le|du|au) (W) N M de T U", "(en) M de T U",
        ),
        "latest date": ("(le|du|au) N M [L|X]",),
        "numeric": ("(le|du|au) (W|WD) (le) NUM",),
        "year first": ("(le|du|au) YMD",),
        "iso": ("(le|du|au|en) ISO",),
        "month and year": ("(en) MY",),
        "relative month": ("(en|de|au mois de) M R",),
        "weekday": ("(le|du|au) W", "(le|du|au|de) W R", "T W", "T W - ci"),
        "weekday of week": ("(le|du|au) W de (la) U R", "(le|du|au) W de T U"),
        "period": ("(la|le|de la|du|au cours de la|au cours du) U R", "(au cours de|pendant) T U (- ci)"),
        "ago": ("il y a C [U|P]", "voici C [U|P]"),
        "ahead": ("dans C [U|P]",),
        "two days before": ("avant-hier",),
        "yesterday": ("hier",),
        "today": ("aujourd'hui",),
        "part of today": ("ce [matin|midi|soir]", "cet après-midi"),
        "tomorrow": ("demain",),
        "two days after": ("après-demain",),
        "either night": ("cette nuit",),
        "decade": ("(dans|en) (les) années Y",),
        "season": ("(en|à|au|de|pendant|au cours de) S (de) (Y)", "(en|à|au|de) S de U R", "(en|au) S de T U"),
        "winter": ("(en|à) S Y [-|/] [N|Y]",),
        "relative season": ("(en|au|le) S R", "T S"),
        "quarter": ("(au|le|du) [Q|N] trimestre (de) Y", "(au) t N Y", "(au|le) [Q|N] trimestre de U R"),
        "half": ("(au|le|du) [Q|N] semestre (de) Y", "(à|dans) la [Q|N] moitié de Y", "(au|le) [Q|N] semestre de U R"),
        "early": ("(au|le) début (de|du mois de) [M|Y|M Y]", "(au) début de U R"),
        "mid": ("(à|à la) mi - [M|M Y|Y]", "au milieu (de|du mois de) [M|Y|M Y]", "au milieu de U R"),
        "late": ("(à la|la) fin (de|du mois de) [M|Y|M Y]", "(à la) fin de U R"),
    },
    prefixes={
        "since": ("depuis (le)",),
        "from": ("à partir (du|de)", "à compter du", "dès (le)"),
        "until": ("jusqu'au", "jusqu'à (la)", "jusqu'en", "jusque", "d'ici (à|au|le)", "au plus tard (le|en)",
                  "[jusqu'à|d'ici|d'ici à] (la) fin (de|du mois de)", "jusque fin", "avant la fin (de|du mois de)"),
        "before": ("avant",),
        "after": ("après",),
        "about": ("(en) [vers|environ|circa]", "autour [du|de]", "aux alentours [du|de]", "aux environs [du|de]"),
        "perhaps": ("peut-être", "probablement"),
        "within": ("(dans|au) [le|la] [matin|matinée|soirée|soir] [du|de]", "dans l'après-midi [du|de]"),
        "night": ("(dans|pendant) la nuit",),
    },
    suffixes={
        "within": ("(au) [matin|soir|midi|après-midi]", "[dans|en] (la) [matinée|soirée]", "dans l'après-midi"),
    },
    spans=(
        ("(du|de)", "[au|à|jusqu'au|jusqu'à|-]", "span"),
        ("entre", "et", "span"),
        ("(dans) (la) nuit [du|de]", "[au|à]", "one night"),
        ("", "ou", "one of"),
        ("(les)", "et", "both"),
    ),
)  # fmt: skip
