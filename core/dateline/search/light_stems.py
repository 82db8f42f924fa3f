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
        withdraw:withdrew withdrawn;write:wrote written;beat:beaten;blow:blew blown;bear:bore borne
        feed:fed;hang:hung;light:lit;prove:proven;bind:bound;shut:shutting;spread:spreading
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
        طريق:طرق;خبر:اخبار;حرب:حروب;جندي:جنود;دوله:دول;رييس:روساء;وزير:وزراء;قتيل:قتلي;جريح:جرحي
        ضحيه:ضحايا;شخص:اشخاص;امراه:نساء;يوم:ايام;شهر:اشهر شهور;مبني:مباني;صاروخ:صواريخ;مدرسه:مدارس
        عامل:عمال;طالب:طلاب;حزب:احزاب;قانون:قوانين;تقرير:تقارير;منزل:منازل;مصدر:مصادر;بلد:بلدان بلاد
        سفينه:سفن;قوه:قوي;هدف:اهداف;حد:حدود;ملف:ملفات;عضو:اعضاء;نايب:نواب;سلاح:اسلحه;لغم:الغام
        مليون:ملايين;الف:الاف;ضابط:ضباط;قايد:قاده;بنك:بنوك;شارع:شوارع;لجنه:لجان;ميناء:مواني;خبير:خبراء;زعيم:زعماء
        سفير:سفراء;شهيد:شهداء;حكم:احكام;مسجد:مساجد;منطقه:مناطق;جزيره:جزر;صحيفه:صحف;مرض:امراض;مركز:مراكز;مكتب:مكاتب
        سجن:سجون;سجين:سجناء;قنبله:قنابل;جثه:جثث;عام:اعوام;سنه:سنوات سنين;اسبوع:اسابيع;حادث:حوادث
        """.replace("\n", ";").split(";")
        if ":" in line
    )
    for form in forms.split()
}
#: German verbs whose sounds change: each form, without ge- and a prefix, and its infinitive.
_STRONG = {
    form: word
    for word, forms in (
        line.strip().split(":")
        for line in """
        sterben:stirbt starb starben storben;gehen:ging gingen gangen;kommen:kam kamen kommen;fahren:fährt fuhr fahren
        schießen:schoss schossen;helfen:hilft half halfen holfen;nehmen:nimmt nahm nahmen nommen;finden:fand fanden funden
        steigen:stieg stiegen;fallen:fällt fiel fielen fallen;brennen:brannte brannten brannt;bringen:brachte brachten bracht
        denken:dachte dachten dacht;geben:gibt gab gaben geben;sehen:sieht sah sahen sehen;sprechen:spricht sprach sprachen sprochen
        stehen:stand standen standen;halten:hält hielt hielten halten;treffen:trifft traf trafen troffen;schreiben:schrieb schrieben
        ziehen:zog zogen;werfen:wirft warf warfen worfen;verlieren:verlor verloren;gewinnen:gewann gewannen gewonnen wonnen
        beginnen:begann begannen begonnen;greifen:griff griffen;schließen:schloss schlossen;liegen:lag lagen
        lassen:lässt ließ ließen;bleiben:blieb blieben;brechen:bricht brach brachen brochen;schlagen:schlägt schlug schlugen
        tragen:trägt trug trugen;laufen:läuft lief liefen;fliehen:floh flohen;fliegen:flog flogen;sinken:sank sanken sunken
        treten:tritt trat traten;nennen:nannte nannten nannt;wissen:weiß wusste wussten wusst
        """.replace("\n", ";").split(";")
        if ":" in line
    )
    for form in forms.split()
}
_PREFIX = re.compile(
    "(ab|an|auf|aus|be|durch|ein|ent|er|fest|fort|her|hin|nach|statt|teil|um|unter|ver|vor|weg|zer|zu|zurück|zusammen|über)?"
    "(?:ge)?(?=...)(.+)"
)
#: Spanish verbs with irregular forms, without a prefix.
_SPANISH = {
    form: word
    for word, forms in (
        line.strip().split(":")
        for line in """
        decir:dijo dijeron dice dicen dicho dirá dirán;hacer:hizo hicieron hecho hará harán;morir:murió murieron muere mueren
        pedir:pidió pidieron pide piden;caer:cayó cayeron cae caen caído;tener:tuvo tuvieron tiene tienen tendrá
        poner:puso pusieron puesto pondrá;venir:vino vinieron viene vienen vendrá;ver:vio vieron visto;dar:dio dieron
        seguir:sigue siguen siguió siguieron;traer:trajo trajeron;poder:pudo pudieron puede pueden podrá
        querer:quiso quisieron quiere quieren;saber:supo supieron;ducir:dujo dujeron;sentir:sintió sintieron siente sienten
        herir:hirió hirieron hiere hieren;abrir:abierto;cubrir:cubierto;romper:roto;volver:vuelto;huir:huyó huyeron huye huyen
        """.replace("\n", ";").split(";")
        if ":" in line
    )
    for form in forms.split()
}
_COMPOUND = re.compile(
    "(de|con|contra|ob|man|sos|re|pro|pre|dis|im|ex|ab|su|com|inter|des|a)(?=...)(.+)"
)
_NO_CHANGE = frozenset(["fuera", "fueran", "piedra", "puerta", "puente", "fuente"])
#: French words that look like verbs in the plural, or like plurals.
_NO_VERB, _NO_PLURAL = (
    frozenset(["violent", "content", "parent"]),
    frozenset(["mois", "fois", "trois", "bois", "mais", "paris"]),
)
#: Russian nouns whose -ью is an accusative.
SOFT = frozenset(["судью", "статью", "семью", "скамью", "свинью", "ладью"])
_RUSSIAN_VERB = re.compile(
    "(.+[аеияуы])(?:ю|ешь|ет|ем|ете|ют|л|ла|ло|ли|ть|в|вш(?:ий|его|ему|им|ем|ая|ей|ую|ее|ие|их|ими))(?:ся|сь)?"
)
_RUSSIAN_GO = re.compile(
    "(при|по|вы|за|у|в|во|про|пере|на|о|ото|обо|до|подо|со)(?:шел|шл[аои]|й?ти|й?д(?:у|ет|ут))"
)
_DAYS = frozenset(["дня", "дню", "дне", "дни", "дней", "дням", "днем", "днями", "днях"])
_ARABIC_PREFIX = re.compile("^(?:[وف]?(?:[بك]?ال|لل)|[وفبلك])(?=..)")
_ARABIC_ARTICLE = re.compile("^[وف]?(?:[بك]?ال|لل)(?=..)")
_ARABIC_PRESENT = re.compile("س?(?:ي(.{3,}?)(?:ون|وا|ان)?|ت(...))")
_ARABIC_SUFFIX = re.compile("(?<=..)(?:ها|هم|ان|ات|ون|ين|يه|ية|ه|ة|ي)$")


def _english(word: str, stem: Stem) -> Iterator[str]:
    if word in _IRREGULAR:
        yield stem(_IRREGULAR[word])
    elif word.endswith("men"):  # gunmen
        yield stem(word[:-2] + "an")
    if word.endswith(("uses", "ases")):  # buses
        yield stem(word[:-2])


def _german(word: str, stem: Stem) -> Iterator[str]:
    # Weak verbs: evakuieren and evakuiert; wählen, wählte and gewählt.
    found = re.fullmatch("(.*ier)(?:en|t|te|ten|ter|tes|tem|test|tet|end|ende[nrms]?)", word)
    if found:
        yield found[1]
    found = re.fullmatch("(?:(?:ge)?(.{4,}?|.{2,}[gb])|ge(...))e?te?[nrsm]?", word)
    if found:
        yield stem((found[1] or found[2]) + "en")
    if found := re.fullmatch("ge(.+[td])ete?[nrsm]?", word):  # getötet
        yield stem(found[1] + "en")
    parted = _PREFIX.fullmatch(word)
    if parted and parted[2] in _STRONG:
        yield stem((parted[1] or "") + _STRONG[parted[2]])
    if re.search("(?:....um|...ma)s?$", word):  # Museum and Museen, Firma and Firmen
        yield stem(re.sub("(?:um|a)s?$", "en", word))
    if word.endswith("innen"):
        yield stem(word[:-3])
    if re.search("...[aoinlrm](?<!sten)s$", word):  # Autos, Kölns
        yield stem(word[:-1])


def _french(word: str, stem: Stem) -> Iterator[str]:
    if word.endswith("aux"):
        yield stem(word[:-3] + "al")
        yield stem(word[:-1])
        yield stem(word[:-3] + "ail")
    elif word.endswith(("eux", "oux")) or (
        re.search("..[aiou]s$", word) and word not in _NO_PLURAL
    ):  # feux, lois
        yield stem(word[:-1])
    if re.search("(?:...|u)ent$", word) and word not in _NO_VERB:  # votent
        yield stem(word[:-3] + "er")
    one = word.removesuffix("s")
    for end, feminine in (("if", "ive"), ("nc", "nche"), ("ng", "ngue")):
        if one.endswith(end):
            yield stem(one[: -len(end)] + feminine)
    if re.search("[ie]c$", one):  # public and publique
        yield stem(one[:-1] + "que")


def _spanish(word: str, stem: Stem) -> Iterator[str]:
    found = re.fullmatch("(...+?)(?:(?<=[^aeiouáéó])es|s)?", word)
    if found:
        yield re.sub("z$", "c", found[1])
    if (verb := _SPANISH.get(word, word)) in _SPANISH.values():
        yield verb
        if verb != "decir":  # década is another word
            yield stem(verb)
    elif (parted := _COMPOUND.fullmatch(word)) and parted[2] in _SPANISH:  # detuvo, propuesto
        yield stem(parted[1] + _SPANISH[parted[2]])
    elif word not in _NO_CHANGE and (
        found := re.fullmatch("(.+)(ie|ue)([^aeiouáéíóú]+[ae]n?)", word)
    ):  # cierra, aprueba
        yield stem(found[1] + ("e" if found[2] == "ie" else "o") + found[3])


def _russian(word: str, stem: Stem) -> Iterator[str]:
    bare = word.removesuffix("ь")
    if re.search("[^аеиоуыэюяйь]$", word):  # проблем, режим, Киев, погиб
        yield word
    if re.search(".[^аеиоуыэюяйь][ео](?:[вгкцлмнр]|[влн]ь)$", word):  # рынок and рынка
        yield bare[:-2] + bare[-1]
    if re.search("[нср]е[гм]$", word):  # денег
        yield f"{word[:-2]}ь{word[-1]}"
    elif word.endswith("оец"):
        yield word[:-2] + "йц"
    if re.search("[аеиоуюя](?:[йяюеи]|ев|ем)$", word):  # герой and героя
        yield re.sub("(?:[йяюеи]|ев|ем)$", "", word)
    if found := re.fullmatch("(.+)(?:ей|ьми)", word):  # судей, людьми
        yield found[1] + ("ь" if word[-1] == "й" else "")
    if found := re.fullmatch("(.+)мя", word):  # время and времени
        yield found[1] + "мен"
    if found := _RUSSIAN_VERB.fullmatch(word):  # знает and знать
        yield f"{found[1]}ть0"
    if found := re.fullmatch("(.+[^аеиоуыэюяйьш])(?:л[аои]|нуть|нет|нут)", word):  # погибла
        yield found[1]
    if found := re.fullmatch("(..+[иыяу]т)[аоы]", word):  # убита
        yield found[1]
    if found := _RUSSIAN_GO.fullmatch(word):
        yield found[1] + "йти"
    if word in _DAYS:
        yield stem("день")


def _arabic(word: str, stem: Stem) -> Iterator[str]:
    for bare in {_ARABIC_ARTICLE.sub("", word), _ARABIC_PREFIX.sub("", word)}:
        yield stem(bare)
        yield bare
        yield _ARABIC_SUFFIX.sub("", bare)
        yield re.sub("(?<=..)[هة]$", "", bare)  # مصرية and مصريون
        yield re.sub("(?<=..)(?:ا?ت(?:ها|هم|نا|ه)|ت(?:ان|ين))$", "", bare)
        if found := _ARABIC_PRESENT.fullmatch(bare):
            yield found[1] or found[2]
        elif re.fullmatch("[اأ].{3,}", bare):  # أعلن and يعلن
            yield re.sub("(?:ت|وا)$", "", bare[1:])
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
