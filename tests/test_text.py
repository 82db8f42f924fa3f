"""Untrusted text: visible on a terminal, inert in a spreadsheet, literal in Markdown."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import unicodedata
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dateline.text import cell, csv_cell, legible, legible_line, markdown, one_line, visible

#: Unicode's property Bidi_Control.
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: Those that act no more than a letter of their script does.
MARKS = set("\u061c\u200e\u200f")

#: Any text a Python string can hold, lone surrogates included.
_any_text = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.characters(max_codepoint=0x9F),
        st.sampled_from(sorted(BIDI)),
    )
)


def naughty(shared: Path) -> list[str]:
    strings: list[str] = json.loads(
        (shared / "data" / "corpora" / "blns" / "blns.json").read_bytes()
    )
    assert len(strings) > 400
    return strings


# --- on a terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, “curly”, Київ, 🇺🇦 👩\u200d🚒", "plain, “curly”, Київ, 🇺🇦 👩\u200d🚒"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that the spelling needs
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("over\rwritten", "over\\x0dwritten"),
        ("\x9b2J", "\\x9b2J"),
        ("user\u202enimda", "user\\u202enimda"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("\ufeffa\u200bb", "\\ufeffa\\u200bb"),
        ("a\u2028b", "a\\u2028b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\x00\x7f", "\\x00\\x7f"),
    ],
)
def test_characters_that_a_terminal_obeys_are_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def assert_inert(shown: str, allowed: AbstractSet[str] = frozenset()) -> None:
    for char in shown:
        assert char in "\n\t" or (ord(char) >= 0x20 and not 0x7F <= ord(char) <= 0x9F)
        assert char not in BIDI - allowed
        assert unicodedata.category(char) not in ("Cc", "Zl", "Zp", "Cs") or char in "\n\t"
    shown.encode()


@given(_any_text)
def test_no_control_or_bidi_character_is_left(text: str) -> None:
    shown = visible(text)
    assert_inert(shown)
    assert visible(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"])))
def test_letters_numbers_signs_and_spaces_stay(text: str) -> None:
    assert visible(text) == text


@given(_any_text)
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert_inert(line)
    assert "\n" not in line
    assert "\t" not in line
    assert len(line.splitlines()) <= 1


def test_line_breaks_and_tabs_become_one_space() -> None:
    assert one_line("a\r\nb\t\tc\u2029d  e") == "a b c d  e"


def test_naughty_strings_are_shown_inert(shared: Path) -> None:
    for text in naughty(shared):
        assert_inert(visible(text))
        assert_inert(one_line(text))


# --- for people to read

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
KHMER, ARABIC = "អ្នក\u200bរុករក\u200bរ៉ែ", "قال\u200f (C++)\u200e\u061c، نعم"


@pytest.mark.parametrize(
    "text",
    [
        KHMER,
        ARABIC,
        "ไทย\u200bแลนด์",
        "שלום\u200f!",
        "می\u200cخواهم",
        f"flags {SCOTLAND} and {SCOTLAND}",
        "co\u00adoperate, 👩\u200d🚒, ☂\ufe0f, and/\u200bor",
    ],
)
def test_characters_that_a_script_needs_stay_in_prose(text: str) -> None:
    assert legible(text) == text
    assert legible_line(text) == text
    assert markdown(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (KHMER + "\u202e", KHMER + "\\u202e"),
        ("قال\u2067نعم\u2069", "قال\\u2067نعم\\u2069"),
        ("\ufeffខ\u2060\u200bគ", "\\ufeffខ\\u2060\u200bគ"),
        # a web address is copied
        (
            "see https://a.example/\u200bx\u200f ខ\u200bគ",
            "see https://a.example/\\u200bx\\u200f ខ\u200bគ",
        ),
        # tags that do not make a flag hide words
        ("🏴\U000e0067\U000e0062", "🏴\\U000e0067\\U000e0062"),
        ("\U000e0068\U000e0069", "\\U000e0068\\U000e0069"),
        (SCOTLAND[:-1] + "x", "🏴\\U000e0067\\U000e0062\\U000e0073\\U000e0063\\U000e0074x"),
        (SCOTLAND[1:], "".join(f"\\U{ord(char):08x}" for char in SCOTLAND[1:])),
    ],
)
def test_characters_that_act_or_deceive_are_escaped_in_prose_too(text: str, shown: str) -> None:
    assert legible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (KHMER, KHMER),
        (ARABIC, ARABIC),
        ("Reu\u200bters", "Reu\\u200bters"),
        ("org:ister\u200e-wire", "org:ister\\u200e-wire"),
        ("https://ខ.example/\u200b", "https://ខ.example/\\u200b"),
    ],
)
def test_a_cell_keeps_them_if_its_text_has_such_a_script(text: str, shown: str) -> None:
    assert cell(text) == shown
    assert csv_cell(text) == shown


@given(_any_text)
def test_prose_never_embeds_overrides_or_isolates(text: str) -> None:
    for shown in (legible(text), cell(text)):
        assert_inert(shown, allowed=MARKS)
        assert legible(shown) == shown
    assert legible_line(text).count("\n") == 0


def test_long_words_are_scanned_once() -> None:
    """A pattern that backtracks would take minutes."""
    for long in ("ខ\u200b" * 200_000, "a" * 400_000 + "\u200bខ", "a:/" * 200_000 + "\u200b"):
        assert len(legible(long)) >= len(long)


# --- in a spreadsheet


@pytest.mark.parametrize("value", [0, 143, -5, 0.5, -0.5, True, None])
def test_a_number_stays_a_number(value: object) -> None:
    assert csv_cell(value) is value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Reuters", "Reuters"),
        ("a = b", "a = b"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\\x0d=1"),
        ("\n=1", "'\n=1"),
        (" =1", "' =1"),
        ("\xa0=1", "'\xa0=1"),
        ("\ufeff=1", "'\\ufeff=1"),
        ("＝1", "'＝1"),
        ("|calc", "'|calc"),
        ("'=1", "'=1"),
        ("\x1b=1", "\\x1b=1"),
    ],
)
def test_text_that_starts_like_a_formula_is_marked(text: str, shown: str) -> None:
    assert csv_cell(text) == shown


def assert_no_formula(text: str) -> None:
    shown = csv_cell(text)
    assert isinstance(shown, str)
    assert_inert(shown, allowed=MARKS)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert not shown.strip(" \t\r\n\xa0\u061c\u200b\u200e\u200f").startswith(("=", "+", "-", "@"))
    assert shown in (cell(text), "'" + cell(text))  # nothing is lost
    written = io.StringIO()
    csv.writer(written).writerow([shown, "next"])
    assert next(csv.reader(io.StringIO(written.getvalue(), newline=""))) == [shown, "next"]


@given(
    _any_text,
    st.sampled_from(
        ["", "=", "+", "-", "@", "\t", "\r", " =", "\ufeff@", "＝", "\u061c=ខ", "\u200f=ខ"]
    ),
)
def test_no_text_makes_a_formula(text: str, start: str) -> None:
    assert_no_formula(start + text)
    assert_no_formula(text + start)


def test_naughty_strings_make_no_formula(shared: Path) -> None:
    for text in naughty(shared):
        assert_no_formula(text)


# --- in Markdown

COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: Where Dateline puts text: the lines before and after it, and the tokens they make.
PLACES = {
    "paragraph": ("", "", ["paragraph_open", "inline", "paragraph_close"]),
    "heading": ("## ", "", ["heading_open", "inline", "heading_close"]),
    "item": (
        "- ",
        "",
        [
            "bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close",
            "list_item_close", "bullet_list_close",
        ],
    ),
    "cell": (
        "| a |\n| --- |\n| ",
        " |",
        [
            "table_open", "thead_open", "tr_open", "th_open", "inline", "th_close", "tr_close",
            "thead_close", "tbody_open", "tr_open", "td_open", "inline", "td_close", "tr_close",
            "tbody_close", "table_close",
        ],
    ),
}  # fmt: skip


def assert_no_tag(escaped: str) -> None:
    """Renderers that do not know escapes of <, or any escapes, would pass tags on unchanged and turn
    every ](...) into a link."""
    assert "<" not in escaped
    assert "](" not in escaped
    assert not re.search(r"(?i)(javascript|vbscript|data):", escaped)
    assert not re.search(r"&(?!(amp|lt|gt);)", escaped)


def assert_literal(text: str, renderer: MarkdownIt = COMMONMARK) -> None:
    """In every place `text` renders as itself: no link, image, block, emphasis or HTML."""
    escaped = markdown(text)
    assert_no_tag(escaped)
    assert "\n" not in escaped
    assert "://" not in escaped
    assert "www." not in escaped.lower()
    wanted = "".join(legible_line(text).split())
    if not wanted:
        assert escaped == ""
        return
    for place, (before, after, tokens) in PLACES.items():
        parsed = renderer.parse(before + escaped + after)
        assert [token.type for token in parsed] == tokens, place
        inline = [token for token in parsed if token.type == "inline"][-1]
        assert [child.type for child in inline.children or []] == ["text"], place
        shown = "".join(child.content for child in inline.children or [])
        assert "".join(shown.split()) == wanted, place


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        # prose stays readable
        (
            "Russia's governor (Kherson) said: “Leave!” - 50%, e.g. on Oct. 13; U.S. at 4.5",
            "Russia's governor (Kherson) said: “Leave!” - 50%, e.g. on Oct. 13; U.S. at 4.5",
        ),
        ("two\nlines", "two lines"),
        ("  spaces  ", "spaces"),
        ("", ""),
        # marks are escaped
        ("*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"),
        ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("Smith & Co", "Smith &amp; Co"),
        ("[l](javascript:alert(1))", "\\[l\\]\\(javascript\\:alert(1))"),
        ("a ![b](c) [^1]", "a !\\[b\\]\\(c) \\[\\^1\\]"),
        ("a\\*b", "a\\\\\\*b"),
        ("a|b", "a\\|b"),
        # only at the start
        ("# a # b", "\\# a # b"),
        ("- a - b", "\\- a - b"),
        ("1986. A year", "1986\\. A year"),
        ("12) twelve", "12\\) twelve"),
        ("+ a", "\\+ a"),
        ("===", "\\==="),
        # a run of # at the end would close a heading
        ("Story #", "Story \\#"),
        ("C#", "C#"),
        # addresses
        ("http://a.ru", "http:/\\/a\\.ru"),
        ("_https://a.ru", "\\_https:/\\/a\\.ru"),
        ("éWWW.a", "éWWW\\.a"),
        ("a@b.ua", "a\\@b\\.ua"),
        ("see example.com.", "see example\\.com."),
    ],
)
def test_markdown_escapes_what_would_be_markup_and_no_more(text: str, escaped: str) -> None:
    assert markdown(text) == escaped
    assert_literal(text)


_pieces = st.lists(
    st.one_of(
        st.sampled_from([
            "http", "https", "://", ":", "/", "//", "www", "WwW.", ".", "example.com", "localhost",
            "ftp://", "mailto:", "x@y.com", "127.0.0.1", "@", "a", "b ", "é", "_", "__", "*", "**",
            "`", "```", "~", "~~~", "#", "# ", " #", " ##", "- ", "---", "- [ ] ", "=", "===", "1",
            "1. ", "1) ", "+ ", "> ", "!", "![", "[", "]", "(", ")", "](", "[x]", "[x]: ", "[^1]",
            "<", "<b>", "</b>", "<!--", "-->", "<?", "<a@b.c>", "<http://a>", "&", "&amp;", "&#64;",
            "|", "| --- |", ":--", "\\", "\\\\", "\n", "\n\n", "\r\n", "\t", "    ", "  ", "\x0b",
            "\x85", "\u2028", "\xa0", "\u3000", "$", "$$", "^", "{", "}", "{:", "'", '"', "(c)",
            "javascript:", "DATA:", "\u200b", "\u200f", "\u202e", "\ufeff", "\ud800", "👩\u200d🚒",
        ]),
        _any_text,
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(_pieces)
@example("    indented")
@example("a\n===")
@example("x  ")
@example("x\\")
@example("# #")
@example("---")
@example("\\|")
def test_any_text_is_literal_in_markdown(text: str) -> None:
    assert_literal(text)


@pytest.mark.skipif(
    importlib.util.find_spec("linkify_it") is None, reason="linkify-it-py is not installed"
)
@given(_pieces)
@example("http://127.0.0.1")
@example("//localhost")
@example("example.com")
def test_no_bare_address_is_linked(text: str) -> None:
    assert_literal(text, MarkdownIt("gfm-like"))


def test_naughty_strings_are_literal_in_markdown(shared: Path) -> None:
    for text in naughty(shared):
        assert_literal(text)


def test_every_address_in_naughty_strings_is_escaped(shared: Path) -> None:
    addresses = [text for text in naughty(shared) if re.search(r"://|www\.", text)]
    assert addresses
    for text in addresses:
        assert not re.search(r"(?i)https?://|www\.", markdown(text))
