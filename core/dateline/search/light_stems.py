"""Further stems where Snowball's alone keep forms of a word apart that news often has. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dateline.search.words import folded

Stem = Callable[[str], str]

#: English verbs and nouns with irregular forms: each form, and the word that stands for them.
_IRREGULAR = {
    form: word
    for word, forms in (
        line.strip().split(":")
        for line in """
        be:am is are was were been;become:became;begin:began begun;break:broke broken;bring:brought
        build:built;buy:bought;catch:caught;choose:chose chosen;come:came;cut:cutting;deal:dealt
        do:did done does;draw:drew drawn;drive:drove driven;eat:ate eaten;fall:fell fallen;feel:felt
        fight:fought;find:found;flee:fled;fly:flew flown;forget:forgot forgotten;freeze:froze frozen
        get:got gotten;give:gave given;go:went gone;grow:grew grown;have:had has;hear:heard
        hide:hid hidden;hold:held;keep:kept;know:knew known;lay:laid;lead:led;leave:left;lend:lent
        lie:lay lain lying;lose:lost;make:made;mean:meant;meet:met;pay:paid;ride:rode ridden
        ring:rang rung;rise:rose risen;run:ran;say:said;see:saw seen;seek:sought;sell:sold;send:sent
        shake:shook shaken;shoot:shot;show:shown;sink:sank sunk;sit:sat;sleep:slept;speak:spoke spoken
        spend:spent;stand:stood;steal:stole stolen;stick:stuck;strike:struck stricken;swear:swore sworn
        sweep:swept;swim:swam swum;take:took taken;teach:taught;tear:tore torn;tell:told
        think:thought;throw:threw thrown;understand:understood;wake:woke woken;wear:wore worn;win:won
        withdraw:withdrew withdrawn;write:wrote written
        child:children;man:men;woman:women;foot:feet;tooth:teeth;mouse:mice;person:people;leaf:leaves
        life:lives;wife:wives;half:halves;shelf:shelves;thief:thieves;knife:knives;wolf:wolves
        crisis:crises;analysis:analyses;basis:bases
        """.replace("\n", ";").split(";")
        if ":" in line
    )
    for form in forms.split()
}
#: Arabic words with broken plurals: each form, without hamza and vowel marks, and its singular.
_BROKEN = {
    form: word
    for word, forms in (
        line.strip().split(":")
        for line in """
        سد:سدود;مدينه:مدن;سعر:اسعار;محكمه:محاكم;نهر:انهار;طفل:اطفال;رجل:رجال;بيت:بيوت;قريه:قري;جسر:جسور
        طريق:طرق;خبر:اخبار;حرب:حروب;جندي:جنود;دوله:دول;رييس:رووساء;وزير:وزراء;قتيل:قتلي;جريح:جرحي
        ضحيه:ضحايا;شخص:اشخاص;امراه:نساء;يوم:ايام;شهر:اشهر شهور;مبني:مباني;صاروخ:صواريخ;مدرسه:مدارس
        عامل:عمال;طالب:طلاب;حزب:احزاب;قانون:قوانين;تقرير:تقارير;منزل:منازل;مصدر:مصادر;بلد:بلدان بلاد
        سفينه:سفن;قوه:قوي;هدف:اهداف;حد:حدود;ملف:ملفات;عضو:اعضاء;نايب:نواب;سلاح:اسلحه;لغم:الغام
        """.replace("\n", ";").split(";")
        if ":" in line
    )
    for form in forms.split()
}
_DAYS = frozenset(["дня", "дню", "дне", "дни", "дней", "дням", "днем", "днями", "днях"])
_ARABIC_PREFIX = re.compile("^(?:[وف]?(?:[بك]?ال|لل)|[وفبلك])(?=..)")
_ARABIC_ARTICLE = re.compile("^[وف]?(?:[بك]?ال|لل)(?=..)")
_ARABIC_SUFFIX = re.compile("(?<=..)(?:ها|هم|ان|ات|ون|ين|يه|ية|ه|ة|ي)$")


def _english(word: str, stem: Stem) -> Iterator[str]:
    if word in _IRREGULAR:
        yield stem(_IRREGULAR[word])


def _german(word: str, stem: Stem) -> Iterator[str]:
    # Weak verbs: evakuieren and evakuiert; wählen, wählte and gewählt.
    found = re.fullmatch("(.*ier)(?:en|t|te|ten|ter|tes|tem|test|tet|end|ende[nrms]?)", word)
    if found:
        yield found[1]
    found = re.fullmatch("(ge)?(.{4,})te?[nrsm]?", word)
    if found:
        yield stem(found[2] + "en")


def _french(word: str, stem: Stem) -> Iterator[str]:
    if word.endswith("aux"):
        yield stem(word[:-3] + "al")
        yield stem(word[:-1])


def _spanish(word: str, stem: Stem) -> Iterator[str]:
    found = re.fullmatch("(...+?)(?:(?<=[^aeiouáéó])es|s)?", word)
    if found:
        yield re.sub("z$", "c", found[1])


def _russian(word: str, stem: Stem) -> Iterator[str]:
    found = stem(word)
    if re.search("[ео]к$|ец$|ень$", found):  # посёлок and посёлка
        yield found[:-2] + found[-1] if found[-1] != "ь" else found[:-3] + "н"
    if word.endswith(("ев", "ов")):  # Киев and Киева
        yield word
    if word in _DAYS:
        yield stem("день")


def _arabic(word: str, stem: Stem) -> Iterator[str]:
    for bare in {_ARABIC_ARTICLE.sub("", word), _ARABIC_PREFIX.sub("", word)}:
        yield stem(bare)
        yield bare
        yield _ARABIC_SUFFIX.sub("", bare)
        if (plain := folded(bare)) in _BROKEN:
            yield stem(_BROKEN[plain])


LIGHT = {
    "en": _english,
    "de": _german,
    "fr": _french,
    "es": _spanish,
    "ru": _russian,
    "ar": _arabic,
}
