"""A quotation is found in its source as people copy it."""

from __future__ import annotations

import time
import unicodedata

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dateline.events.quoting import find, leaves_out, same

#: (text, copy): the copy is in the text, and what it stands for is between brackets there.
COPIES = [
    ("The [ferry\nran  aground] today.", "ferry ran aground"),
    ("The [ferry ran aground] today.", "ferry\r\n  ran\taground"),
    ("The [ferry\u00a0ran\u2009aground] today.", " ferry ran aground\n"),
    ("The [ferry ran aground] today.", "ferry\u202fran\u3000aground\u00a0"),
    ("[Some 16\u202f700 people] left.", "Some 16 700 people"),
    ("Is it [safe\u00a0? Yes]", "safe? Yes"),
    ("[Mid\u200bdle and re\u2060sign]ed\ufeff", "Middle and resign"),
    ("[The Middle East]", "The\u200b \u200bMid\u00addle East"),
    ("Die [Unter\u00adnehmens\u00adgruppe] schweigt.", "Unternehmensgruppe"),
    ("No [evi-\ndence of fraud].", "evidence of fraud"),
    ("No [evi\u00ad\ndence of fraud].", "evidence of fraud"),
    ("No [evi-\r\n\fdence of fraud].", "evidence of  fraud"),
    ("No [evidence of fraud].", "evi-\ndence of fraud"),
    ("No [evidence of fraud].", "evi- dence of fraud"),
    ("No [evi\u2010\n  dence of fraud].", "evi-\ndence of fraud"),
    ("A [well-\nknown, trust-\nworthy man].", "well-known, trustworthy man"),
    ("A [well-known man].", "well-\nknown man"),
    ("Les [e\u0301tats-\n  unis]", "\u00e9tats-unis"),
    ("Le [de\u0301pute\u0301 a dit] oui.", "d\u00e9put\u00e9 a dit"),
    ("Le [d\u00e9put\u00e9 a dit] oui.", "de\u0301pute\u0301 a dit"),
    ("[a\u0323\u0307 b]", "a\u0307\u0323 b"),
    ("[\ud55c\uae00 said]", "\u1112\u1161\u11ab\u1100\u1173\u11af said"),
    ("[\u212b and \u2126]", "\u00c5 and \u03a9"),
    ("The [of\ufb01cial \ufb02oods]", "official floods"),
    ("The [official floods]", "of\ufb01cial \ufb02oods"),
    ("The [e\ufb00ect, a\ufb03x, \ufb05op]", "effect, affix, stop"),
    ("De [\u0133s is dun]", "ijs is dun"),
    ("[\ufe8d\ufedf\ufee8\ufeec\ufeae]", "\u0627\u0644\u0646\u0647\u0631"),
    ("Er [sagte: \u201eNein\u201c, und ging].", 'sagte: "Nein", und ging'),
    ("Er sagte [\u201aNein\u2018].", '"Nein"'),
    ("Il dit [\u00ab\u202fnon\u00a0\u00bb ici].", '"non" ici'),
    ("Han [sa \u00bbnei\u00ab der].", "sa \u201dnei\u201d der"),
    ("[\u041f\u2019\u044f\u0442\u044c \u043b\u044e\u0434\u0435\u0439]", "\u041f\u02bc\u044f\u0442\u044c \u043b\u044e\u0434\u0435\u0439"),
    ("It [wasn\u2019t us].", "wasn't us"),
    ("It [wasn't us].", "wasn\u2019t us"),
    ("[\u300c\u306f\u3044\u300d\u3068\u8a00\u3063\u305f]", '"\u306f\u3044"\u3068\u8a00\u3063\u305f'),
    ("[\u4eca\u65e5\u306f\n\u5929\u6c17\u304c\u3044\u3044]", "\u4eca\u65e5\u306f\u5929\u6c17\u304c\u3044\u3044"),
    ("The [Covid\u201119 rules].", "Covid-19 rules"),
    ("It fell to [\u221212 degrees].", "-12 degrees"),
    ("The [port \u2014 shut \u2014 is] quiet.", "port \u2013 shut - is"),
    ("The [port\u2014shut\u2014is] quiet.", "port -- shut -- is"),
    ("From [1914\u201318 on].", "1914-18 on"),
    ("A well[-known  man]", "-known man"),
    ("In [Nord-] und S\u00fcd\u00adstadt", "Nord\u2010"),
    ("He said: [no\u2026 never].", "no... never"),
    ("Mara Voss: [Everyone is safe].", "\u201cEveryone is safe\u201d"),
    ("Mara Voss: [Everyone is\nsafe].", '"Everyone is safe"'),
]  # fmt: skip

#: (text, other words)
OTHERS = [
    ("The ferry ran  aground.", "the ferry ran aground"),  # case
    ("A  cafe", "A caf\u00e9"),
    ("A  caf\u00e9", "A cafe"),
    ("A  caf\u00e9", "\u0301 A"),
    ("Hermano saw it", "a man"),
    ("The therapist  said", "The the rapist said"),
    ("They re-sign  now", "resign now"),
    ("They resign  now", "re-sign now"),
    ("It fell to  12", "to -12"),
    ("In 1914-\n18  they", "191418 they"),
    ("Of 10\u00b2  m", "102 m"),
    ("The of\ufb01ce  is", "of f"),
    ("The of\ufb01ce  is", "ice is"),
    ("\uac01  x", "\uac00 x"),
    ("\u0153uvre  x", "oeuvre x"),
    ("Everyone is safe", "'Everyone is safe"),
    ("We left, and she said no.", "We left \u2026 no"),
    ("We left, and she said no.", "We left [...] no"),
    ("- \u2014  '", "\u2013"),
    ("words", ""),
    ("words", " \u200b"),
]


def test_a_copy_is_found_and_other_words_are_not() -> None:
    for marked, copy in COPIES:
        start, end = marked.index("["), marked.index("]") - 1
        text = marked.replace("[", "").replace("]", "")
        assert find(copy, text) == [(start, end)], (text, copy)
        assert same(copy, text[start:end])
    for text, words in OTHERS:
        assert find(words, text) == [], (text, words)


def test_literal_words_come_first_and_several_copies_are_all_found() -> None:
    assert find("a b", "a  b, a b, a\u00a0b") == [(6, 9)]
    assert find("a\tb", "a  b, a b, a\u00a0b") == [(0, 4), (6, 9), (11, 14)]
    assert find('"a b"', "a  b, a b") == [(6, 9)]
    assert len(find("a\tb", "a b, " * 5000)) == 1000
    assert all(map(leaves_out, ["a \u2026 b", "a [...] b", "a . . . b"]))
    assert not leaves_out("a. b.. c")


_ALIKE = [
    "-\u2010\u2013\u2014\u2212",
    "'\"\u2019\u201c\u201e\u00ab\u203a\u02bc",
    " \u00a0\u2009\n\r\u3000",
]
_TEXTS = st.text(
    st.sampled_from(
        [*"abAfin1.,;-' \n", *"\u00e9\u00df\ufb01\u00ad\u2014\u201c\u00ab\u200b\u2026\ud55c\u4eca\U0001f642"]
    ),
    max_size=30,
)  # fmt: skip


def _joined(letter: str) -> bool:
    return bool(unicodedata.combining(letter))


@st.composite
def _copied(draw: st.DrawFn) -> tuple[str, int, int, str]:
    """(text, start, end, a copy of that slice in which every tolerated change is made at will)"""
    text = draw(_TEXTS)
    if draw(st.booleans()):
        text = unicodedata.normalize("NFD", text)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    assume(
        not any(_joined(letter) for letter in (text + "x")[start : start + 1] + (text + "x")[end])
    )
    copy = ""
    for at in range(start, end):
        letter = text[at]
        for alike in _ALIKE:
            if letter in alike:
                letter = draw(st.sampled_from(alike))
        inside = start < at < end - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()
        if letter == " " and text[at - 1 : at] not in "-\u00ad\u200b":
            letter = draw(st.sampled_from([" ", "  ", "\u202f\n"]))
        elif letter == "\ufb01":
            letter = draw(st.sampled_from(["fi", "\ufb01"]))
        elif letter == "\u2026":
            letter = draw(st.sampled_from(["...", "\u2026"]))
        elif inside and letter in "abAfin" and text[at + 1] in "abAfin":
            letter += draw(st.sampled_from(["", "\u00ad", "\u200b", "-\n"]))
        copy += letter
    form = draw(st.sampled_from(["NFC", "NFD", None]))
    return text, start, end, unicodedata.normalize(form, copy) if form else copy


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(_copied(), st.booleans())
def test_a_copy_of_a_slice_is_found_where_the_same_words_are(
    copied: tuple[str, int, int, str], around: bool
) -> None:
    text, start, end, copy = copied
    assume(any(letter.isalnum() for letter in text[start:end]))
    copy = f"\u201c{copy}\u201d" if around else copy
    found = find(copy, text)
    assert found
    assert all(same(copy, text[at:to]) for at, to in found)


_WORDS = [
    "\u00e9vacu\u00e9",
    "of\ufb01ce",
    "Oct",
    "14",
    "\ud55c\uae00",
    "\u4eca\u65e5",
    "wasn\u2019t",
    "No\u2026",
    "\u0457\u0457",
]
#: What may be between two words, and how it may be copied.
_BETWEEN = [
    [" ", "\n", "\u00a0", "  ", "\u202f\r\n", "\u200b \u200b"],
    ["-", "\u2010", "\u2011", " \u2013 ", " - ", "\u2014\n"],
    [" \u201c", "\u201e ", "\u00ab\u202f", ' "', "'"],
    ["", "\u00ad", "\u2060"],
    [", ", ",\n", ",\u2009"],
]  # fmt: skip


@given(st.permutations(_WORDS), st.data())
def test_a_copy_is_found_at_its_place_where_no_word_is_there_twice(
    words: list[str], data: st.DataObject
) -> None:
    drawn = [data.draw(st.sampled_from(_BETWEEN)) for _ in words]
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    text, copy, start, end = "", "", 0, 0
    for index, (word, between) in enumerate(zip(words, drawn, strict=True)):
        start = len(text) if index == first else start
        text += unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), word)
        end = len(text) if index == last else end
        text += data.draw(st.sampled_from(between))
        if first <= index <= last:
            copy += unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), word)
            copy += data.draw(st.sampled_from(between)) if index < last else ""
    assert find(copy, text) == [(start, end)]
    if first == 0 or drawn[first - 1] is not _BETWEEN[2] or drawn[last] is not _BETWEEN[2]:
        assert find(f"\u201e{copy}\u201c", text) == [(start, end)]


def test_the_time_grows_with_the_length_of_the_texts() -> None:
    """The worst that was found: 100,000 characters that are all alike, and a quotation of 10,000."""
    for unit in ("a", "a-", "\u0301", "''", " ", "\u00ad", "- ", "\u00e9 "):
        text = (unit * 100_000)[:100_000]
        began = time.process_time()
        find(text[:10_000] + "\u200bz", text)
        find(text[:9_999] + "\u200ba", text)
        assert time.process_time() - began < 3, unit
