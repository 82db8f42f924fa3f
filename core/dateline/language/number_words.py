"""The number words of six languages, as tables: one line for each kind and value, then its forms.

The kinds are those of `Word`. Apostrophes are left out, ``ё`` is ``е`` and ``ß`` is ``ss``, as in the words
that are looked up. Forms that are ordinary words as well (``семью``, ``neuf`` beside a noun) are left out
where they would be misread more often than read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

LANGUAGES = ("en", "fr", "de", "es", "uk", "ru")

Kind = Literal[
    "n",  # a number below a thousand, or a German compound
    "a",  # an article that may be the number one
    "s",  # a scale, which multiplies what stands before it: hundred, thousand, million
    "S",  # a form of a scale that is exact only after a number: thousands, тисяч
    "d",  # a dozen and its like
    "D",  # a form of those that is exact only after a number: dozens, десятків
    "o",  # an ordinal
    "f",  # a part: its value is the divisor
    "F",  # a part that is another word as well when it stands alone: quarter, Viertel
    "h",  # half
    "m",  # one and a half
    "l",  # a word for an unknown number: several
    "p",  # per cent
    "t",  # the name of a month, or a word beside the time of day
]  # fmt: skip


class Word(NamedTuple):
    kind: Kind
    value: float


_EN = """
n 0: zero
n 1: one
n 2: two
n 3: three
n 4: four
n 5: five
n 6: six
n 7: seven
n 8: eight
n 9: nine
n 10: ten
n 11: eleven
n 12: twelve
n 13: thirteen
n 14: fourteen
n 15: fifteen
n 16: sixteen
n 17: seventeen
n 18: eighteen
n 19: nineteen
n 20: twenty
n 30: thirty
n 40: forty fourty
n 50: fifty
n 60: sixty
n 70: seventy
n 80: eighty
n 90: ninety
a 1: a an
s 100: hundred
S 100: hundreds
s 1000: thousand k
S 1000: thousands
s 1000000: million mn mln
S 1000000: millions
s 1000000000: billion bn
S 1000000000: billions
s 1000000000000: trillion tn trn
S 1000000000000: trillions
d 12: dozen
D 12: dozens
l 10: tens
D 20: score
l 20: scores
o 1: first
o 2: second
o 3: third
o 4: fourth
o 5: fifth
o 6: sixth
o 7: seventh
o 8: eighth
o 9: ninth
o 10: tenth
o 11: eleventh
o 12: twelfth
o 13: thirteenth
o 14: fourteenth
o 15: fifteenth
o 16: sixteenth
o 17: seventeenth
o 18: eighteenth
o 19: nineteenth
o 20: twentieth
o 30: thirtieth
o 40: fortieth
o 50: fiftieth
o 60: sixtieth
o 70: seventieth
o 80: eightieth
o 90: ninetieth
o 100: hundredth
f 3: thirds
F 4: quarter quarters
f 5: fifths
f 6: sixths
f 8: eighths
f 10: tenths
h 0: half
l 0: several few couple many numerous
p 0: percent pct percentage
t 0: january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec am pm oclock
"""

_FR = """
n 0: zéro
n 2: deux
n 3: trois
n 4: quatre
n 5: cinq
n 6: six
n 7: sept
n 8: huit
n 9: neuf
n 10: dix
n 11: onze
n 12: douze
n 13: treize
n 14: quatorze
n 15: quinze
n 16: seize
n 20: vingt vingts
n 30: trente
n 40: quarante
n 50: cinquante
n 60: soixante
n 70: septante
n 80: huitante octante
n 90: nonante
a 1: un une
s 100: cent
S 100: cents centaines
s 1000: mille
d 1000: millier
D 1000: milliers
s 1000000: million mio
S 1000000: millions
s 1000000000: milliard mrd
S 1000000000: milliards
s 1000000000000: billion
S 1000000000000: billions
d 10: dizaine
D 10: dizaines
d 12: douzaine
D 12: douzaines
d 15: quinzaine
d 20: vingtaine
d 30: trentaine
d 50: cinquantaine
d 60: soixantaine
d 100: centaine
o 1: premier première premiers premières
o 2: deuxième second seconde
o 3: troisième
o 4: quatrième
o 5: cinquième
o 6: sixième
o 7: septième
o 8: huitième
o 9: neuvième
o 10: dixième
o 11: onzième
o 12: douzième
o 13: treizième
o 14: quatorzième
o 15: quinzième
o 16: seizième
o 20: vingtième
o 30: trentième
o 40: quarantième
o 50: cinquantième
o 60: soixantième
o 100: centième
f 3: tiers
f 4: quart quarts
f 5: cinquièmes
f 10: dixièmes
h 0: demi demie moitié
l 0: plusieurs quelques nombreux nombreuses
p 0: pourcent pourcents
t 0: janvier février mars avril mai juin juillet août septembre octobre novembre décembre heures heure h
"""

_DE = """
n 0: null
a 1: ein eine einer einem einen eines
s 100: hundert
S 100: hunderte hunderten hunderter
s 1000: tausend tsd
S 1000: tausende tausenden tausender
s 1000000: million mio
S 1000000: millionen
s 1000000000: milliarde mrd
S 1000000000: milliarden
s 1000000000000: billion
S 1000000000000: billionen
d 12: dutzend
D 12: dutzende dutzenden dutzender
f 3: drittel dritteln
F 4: viertel vierteln
f 5: fünftel
f 6: sechstel
f 8: achtel
f 10: zehntel
h 0: halb halbe halben halber halbes halbem hälfte
m 1.5: anderthalb eineinhalb
l 0: mehrere mehreren einige einigen etliche etlichen viele vielen paar zig zehntausende hunderttausende
p 0: prozent
t 0: januar februar märz april mai juni juli august september oktober november dezember uhr
"""

_ES = """
n 0: cero
n 1: uno
n 2: dos
n 3: tres
n 4: cuatro
n 5: cinco
n 6: seis
n 7: siete
n 8: ocho
n 9: nueve
n 10: diez
n 11: once
n 12: doce
n 13: trece
n 14: catorce
n 15: quince
n 16: dieciséis dieciseis
n 17: diecisiete
n 18: dieciocho
n 19: diecinueve
n 20: veinte
n 21: veintiuno veintiún veintiun veintiuna
n 22: veintidós veintidos
n 23: veintitrés veintitres
n 24: veinticuatro
n 25: veinticinco
n 26: veintiséis veintiseis
n 27: veintisiete
n 28: veintiocho
n 29: veintinueve
n 30: treinta
n 40: cuarenta
n 50: cincuenta
n 60: sesenta
n 70: setenta
n 80: ochenta
n 90: noventa
n 100: cien ciento
n 200: doscientos doscientas
n 300: trescientos trescientas
n 400: cuatrocientos cuatrocientas
n 500: quinientos quinientas
n 600: seiscientos seiscientas
n 700: setecientos setecientas
n 800: ochocientos ochocientas
n 900: novecientos novecientas
a 1: un una
s 1000: mil
S 1000: miles
d 1000: millar
D 1000: millares
s 1000000: millón
S 1000000: millones
s 1000000000000: billón
S 1000000000000: billones
d 10: decena
D 10: decenas
d 12: docena
D 12: docenas
d 15: quincena
d 20: veintena
d 30: treintena
d 50: cincuentena
d 100: centena centenar
D 100: centenas centenares cientos
o 1: primero primera primer
o 2: segundo segunda
o 3: tercero tercera tercer
o 4: cuarta
o 5: quinto quinta
o 6: sexto sexta
o 7: séptimo séptima
o 8: octavo octava
o 9: noveno novena
o 10: décimo décima
f 3: tercio tercios
F 4: cuarto cuartos
f 5: quintos
h 0: medio media mitad
l 0: varios varias algunos algunas muchos muchas pocos pocas unos unas
p 0: porcentaje
t 0: enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre horas
"""

_UK = """
n 0: нуль нуля нулю нулем
a 1: одні одних одними
n 1: один одна одне одного одній однієї одному одним одною одну
n 2: два дві двох двом двома двоє двійко
n 3: три трьох трьом трьома троє трійко
n 4: чотири чотирьох чотирьом чотирма четверо
n 5: пять пяти пятьох пятьом пятьма пятьома пятеро
n 6: шість шести шістьох шістьом шістьма шістьома шестеро
n 7: сім семи сімох сімом сьома сімома семеро
n 8: вісім восьми вісьмох вісьмом вісьма вісьмома восьмеро
n 9: девять девяти девятьох девятьом девятьма девятьома девятеро
n 10: десять десяти десятьох десятьом десятьма десятьома десятеро
n 40: сорок сорока
n 90: девяносто девяноста
n 100: сто ста
n 200: двісті двохсот двомстам двомастами двохстах
n 300: триста трьохсот трьомстам трьомастами трьохстах
n 400: чотириста чотирьохсот чотирьомстам чотирмастами чотирьохстах
n 500: пятсот пятисот пятистам пятьмастами пятьомастами пятистах
n 600: шістсот шестисот шестистам шістьмастами шістьомастами шестистах
n 700: сімсот семисот семистам сьомастами сімомастами семистах
n 800: вісімсот восьмисот восьмистам вісьмастами восьмистах
n 900: девятсот девятисот девятистам девятьмастами девятистах
s 1000: тисяча тисячу тисячею
S 1000: тисячі тисяч тисячам тисячами тисячах тис
s 1000000: мільйон мільйона мільйону мільйоном
S 1000000: мільйони мільйонів мільйонам мільйонами мільйонах млн
s 1000000000: мільярд мільярда мільярду мільярдом
S 1000000000: мільярди мільярдів мільярдам мільярдами мільярдах млрд
s 1000000000000: трильйон трильйона
S 1000000000000: трильйони трильйонів трлн
d 10: десяток
D 10: десятки десятків десятка десяткам десятками десятках
d 12: дюжина дюжину
D 12: дюжини дюжин
d 100: сотня сотню сотнею
D 100: сотні сотень сотням сотнями сотнях
h 0: пів половина половину половини половиною
m 1.5: півтора півтори
f 3: третина третину третини третин
F 4: чверть чверті чвертей
o 2: другий друге другого другої другій другому другим других
o 3: третій третя третє третього третьому третім третьої третю треті третіх
l 0: кілька кількох кільком кількома декілька декількох багато чимало низка кількадесят пара пару
p 0: відсоток відсотка відсотки відсотків відсотками відсотках процент процента процентів
t 0: січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня годині година годину години
"""

_RU = """
n 0: ноль нуль нуля ноля нолю нулю нулем нуле
a 1: одни одних одними одном
a 7: семью
n 1: один одна одно одного одной одному одним одну
n 2: два две двух двум двумя двое двоих двоим двоими
n 3: три трех трем тремя трое троих троим троими
n 4: четыре четырех четырем четырьмя четверо четверых четверым четверыми
n 5: пять пяти пятью пятеро пятерых
n 6: шесть шести шестью шестеро шестерых
n 7: семь семи семеро семерых
n 8: восемь восьми восемью восьмью восьмеро восьмерых
n 9: девять девяти девятью девятеро девятерых
n 10: десять десяти десятью десятеро десятерых
n 40: сорок сорока
n 50: пятьдесят пятидесяти пятьюдесятью
n 60: шестьдесят шестидесяти шестьюдесятью
n 70: семьдесят семидесяти семьюдесятью
n 80: восемьдесят восьмидесяти восемьюдесятью восьмьюдесятью
n 90: девяносто девяноста
n 100: сто ста
n 200: двести двухсот двумстам двумястами двухстах
n 300: триста трехсот тремстам тремястами трехстах
n 400: четыреста четырехсот четыремстам четырьмястами четырехстах
n 500: пятьсот пятисот пятистам пятьюстами пятистах
n 600: шестьсот шестисот шестистам шестьюстами шестистах
n 700: семьсот семисот семистам семьюстами семистах
n 800: восемьсот восьмисот восьмистам восемьюстами восьмистах
n 900: девятьсот девятисот девятистам девятьюстами девятистах
s 1000: тысяча тысячу тысячей тысячью тысяче
S 1000: тысячи тысяч тысячам тысячами тысячах тыс
s 1000000: миллион миллиона миллиону миллионом миллионе
S 1000000: миллионы миллионов миллионам миллионами миллионах млн
s 1000000000: миллиард миллиарда миллиарду миллиардом миллиарде
S 1000000000: миллиарды миллиардов миллиардам миллиардами миллиардах млрд
s 1000000000000: триллион триллиона
S 1000000000000: триллионы триллионов трлн
d 10: десяток
D 10: десятки десятков десятка десяткам десятками десятках
d 12: дюжина дюжину
D 12: дюжины дюжин
d 100: сотня сотню сотней
D 100: сотни сотен сотням сотнями сотнях
h 0: половина половину половины половиной
m 1.5: полтора полторы полутора
f 3: треть трети третей
F 4: четверть четверти четвертей
o 2: второй второго второму вторым вторая вторую второе вторых
o 3: третий третья третье третьего третьему третьим третьей третью третьи третьих
l 0: несколько нескольких нескольким несколькими много множество ряд пара пару
p 0: процент процента проценты процентов процентами процентах
t 0: января февраля марта апреля мая июня июля августа сентября октября ноября декабря часов часа час
"""

_TABLES = {"en": _EN, "fr": _FR, "de": _DE, "es": _ES, "uk": _UK, "ru": _RU}
#: Words that follow a number: "and a half". They add half of the last scale.
AND_A_HALF = {
    "en": (("and", "a", "half"),),
    "fr": (("et", "demi"), ("et", "demie")),
    "de": (),
    "es": (("y", "medio"), ("y", "media")),
    "uk": (("з", "половиною"), ("із", "половиною")),
    "ru": (("с", "половиной"),),
}
PER_CENT = {("per", "cent"), ("pour", "cent"), ("por", "ciento"), ("por", "cien")}
POINT = {"point", "virgule", "komma", "coma", "кома", "запятая"}
MINUS = {"minus", "moins", "menos", "мінус", "минус"}
#: Words that may stand within a number: after hundreds in English, between tens and units elsewhere.
JOINS = {"en": {"and"}, "fr": {"et"}, "es": {"y"}, "de": {"und"}, "uk": (), "ru": ()}
#: Words of one language that mean something else in another: they are not relied upon where the language is
#: not known.
FALSE_FRIENDS = frozenset(
    [
        "a",
        "an",
        "un",
        "una",
        "une",
        "ein",
        "once",
        "elf",
        "son",
        "cent",
        "sept",
        "quart",
        "quarts",
        "mil",
        "dos",
        "six",
        "tres",
        "tiers",
        "second",
        "seconde",
        "media",
        "medio",
        "cuarto",
        "once",
        "acht",
        "million",
        "k",
        "mars",
        "mai",
        "null",
        "mio",
    ]
)

# Slavic numerals that are declined alike: a stem, and the value that each stands for.
_TEENS_UK = {
    "одинадцят": 11, "дванадцят": 12, "тринадцят": 13, "чотирнадцят": 14, "пятнадцят": 15,
    "шістнадцят": 16, "сімнадцят": 17, "вісімнадцят": 18, "девятнадцят": 19, "двадцят": 20,
    "тридцят": 30, "пятдесят": 50, "шістдесят": 60, "сімдесят": 70, "вісімдесят": 80,
}  # fmt: skip
_TEENS_RU = {
    "одиннадцат": 11, "двенадцат": 12, "тринадцат": 13, "четырнадцат": 14, "пятнадцат": 15,
    "шестнадцат": 16, "семнадцат": 17, "восемнадцат": 18, "девятнадцат": 19, "двадцат": 20,
    "тридцат": 30,
}  # fmt: skip
_ORDINALS_UK = {
    "перш": 1, "четверт": 4, "пят": 5, "шост": 6, "сьом": 7, "восьм": 8, "девят": 9, "десят": 10,
    "сороков": 40, "девяност": 90, "сот": 100, **_TEENS_UK,
}  # fmt: skip
_ORDINALS_RU = {
    "перв": 1, "четверт": 4, "пят": 5, "шест": 6, "седьм": 7, "восьм": 8, "девят": 9, "десят": 10,
    "сороков": 40, "пятидесят": 50, "шестидесят": 60, "семидесят": 70, "восьмидесят": 80,
    "девяност": 90, "сот": 100, **_TEENS_RU,
}  # fmt: skip
_ENDINGS = {
    "uk": ("ь", "и", "ьох", "ьом", "ьма", "ьома", "еро"),
    "ru": ("ь", "и", "ью"),
}
_ORDINAL_ENDINGS = {
    "uk": ("ий", "а", "е", "ого", "ому", "им", "ої", "ій", "у", "ою", "і", "их", "ими"),
    "ru": ("ый", "ой", "ий", "ая", "ое", "ого", "ому", "ым", "ую", "ом", "ые", "ых", "ыми"),
}


@cache
def words(language: str) -> dict[str, Word]:
    """The number words of a language, by form."""
    found: dict[str, Word] = {}
    if language in ("uk", "ru"):
        found |= dict(_declined(language))
    for line in _TABLES[language].strip().splitlines():
        head, _, forms = line.partition(":")
        kind, _, value = head.partition(" ")
        number = float(value) if "." in value else int(value)
        found |= dict.fromkeys(forms.split(), Word(kind, number))  # type: ignore[arg-type]
    return found


def _declined(language: str) -> Iterator[tuple[str, Word]]:
    ordinals = _ORDINALS_UK if language == "uk" else _ORDINALS_RU
    for stem, value in ordinals.items():
        for ending in _ORDINAL_ENDINGS[language]:
            yield stem + ending, Word("o", value)
    for stem, value in (_TEENS_UK if language == "uk" else _TEENS_RU).items():
        for ending in ("", *_ENDINGS[language]) if value >= 50 else _ENDINGS[language]:
            yield stem + ending, Word("n", value)


_UNITS = {
    "eins": 1, "ein": 1, "eine": 1, "einen": 1, "einer": 1, "einem": 1, "eines": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9,
}  # fmt: skip
_BELOW_HUNDRED = {
    **_UNITS, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15,
    "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_TENS = {
    "zwanzig": 20, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
    "achtzig": 80, "neunzig": 90,
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_SMALL = "|".join(sorted(_BELOW_HUNDRED, key=len, reverse=True))
_TEN = "|".join(_TENS)
_GERMAN_TENS = re.compile(f"(?:({_UNIT})und)?({_TEN})")
_GERMAN_ORDINALS = {"erst": 1, "dritt": 3, "siebt": 7, "acht": 8}
_GERMAN_ORDINAL = re.compile(r"(.+t)e[nrsm]?")


@cache
def _german_below_thousand(word: str) -> int | None:
    if word in _BELOW_HUNDRED:
        return _BELOW_HUNDRED[word]
    if (match := _GERMAN_TENS.fullmatch(word)) is not None:
        return _UNITS.get(match[1], 0) + _TENS[match[2]]
    left, hundred, right = word.partition("hundert")
    if not hundred:
        return None
    many = _german_below_thousand(left) if left else 1
    rest = _german_below_thousand(right.removeprefix("und")) if right else 0
    if many is None or rest is None or many >= 100 or rest >= 100:
        return None
    return many * 100 + rest


def german(word: str) -> Word | None:
    """A German compound such as ``siebenundzwanzigtausend`` or ``einundzwanzigsten``."""
    if word.endswith("einhalb") and (whole := german(word.removesuffix("einhalb"))) is not None:
        return Word("m", whole.value + 0.5)
    value = _german(word)
    if value is not None:
        return Word("n", value)
    match = _GERMAN_ORDINAL.fullmatch(word)
    if match is None or word == "achten":  # also "to respect"
        return None
    stem = match[1]
    if stem in _GERMAN_ORDINALS:
        return Word("o", _GERMAN_ORDINALS[stem])
    value = _german(stem.removesuffix("st") if stem.endswith("st") else stem.removesuffix("t"))
    return None if value is None else Word("o", value)


def _german(word: str) -> int | None:
    left, thousand, right = word.partition("tausend")
    if not thousand:
        return _german_below_thousand(word)
    many = _german_below_thousand(left) if left else 1
    rest = _german_below_thousand(right.removeprefix("und")) if right else 0
    return None if many is None or rest is None else many * 1000 + rest
