"""The names in a byline, as documents write it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dateline.plugin import read_byline

#: The byline, its names, and how many parts of it are ignored.
BYLINES = [
    ("Nora Pell", ["Nora Pell"], 0),
    ("By Nora Pell", ["Nora Pell"], 0),
    ("BY: NORA PELL", ["NORA PELL"], 0),
    ("Written by Nora Pell", ["Nora Pell"], 0),
    ("Byron Hall", ["Byron Hall"], 0),
    ("Colby Von Hall", ["Colby Von Hall"], 0),
    ("Von Jana Berg und Ole Tann", ["Jana Berg", "Ole Tann"], 0),
    ("Von der Tann", ["Von der Tann"], 0),
    ("Par Élodie Marn", ["Élodie Marn"], 0),
    ("Автор: Олена Ковель та Іван Ґура", ["Олена Ковель", "Іван Ґура"], 0),
    ("Nora Pell & Ada Quill", ["Nora Pell", "Ada Quill"], 0),
    ("Nora Pell; Ada Quill", ["Nora Pell", "Ada Quill"], 0),
    ("Nora Pell (with Ada Quill and Ole Tann)", ["Nora Pell", "Ada Quill", "Ole Tann"], 0),
    ("Ana de la Vega y Luis Prado", ["Ana de la Vega", "Luis Prado"], 0),
    ("Nora Pell, Ada Quill, and Ole Tann, VTN", ["Nora Pell", "Ada Quill", "Ole Tann"], 1),
    ("Nora Pell, Ada Quill, Ole Tann", ["Nora Pell", "Ada Quill", "Ole Tann"], 0),
    ("Nora Pell, Port Ister", ["Nora Pell"], 1),  # a place, or a second name: it is said
    ("Nora Pell, The Ister Wire", ["Nora Pell"], 1),
    ("Pell, Nora", ["Pell, Nora"], 0),
    ("J. S.T. Pell", ["J. S.T. Pell"], 0),
    ("Nora Pell | Ister Wire Media", ["Nora Pell"], 1),
    ("/ Nora Pell / 10:08 am", ["Nora Pell"], 1),
    ("Nora Pell (Ister)", ["Nora Pell"], 1),
    ("Nora Pell@norapell", ["Nora Pell"], 1),
    ("nora@wire.example (Nora Pell)", ["Nora Pell"], 1),
    ("Nora Pell nora@wire.example", ["Nora Pell"], 1),
    ("Elaine May", ["Elaine May"], 0),
    ("nora pell", ["nora pell"], 0),
    ("Nora", ["Nora"], 0),
    ("沈立", ["沈立"], 0),
    ("沈立、王明", ["沈立", "王明"], 0),
    # A role or a date is glued to the name: where it ends is unknown.
    ("By A. Name Games Editor March", [], 1),
    ("Nora Pell Political Correspondent", [], 1),
    ("Nora Pell March", [], 1),
    ("Nora Pell Monday", [], 1),
    ("by Nora Pell22 May 2016", [], 1),
    ("Nora (Ada) Pell", [], 1),
    ("Nora Pell. Velm International", [], 1),
    # Nobody.
    ("Admin", [], 1),
    ("by admin", [], 1),
    ("unknown", [], 1),
    ("Our Foreign Staff", [], 1),
    ("Letters To The Editor", [], 1),
    ("Redaktion", [], 1),
    ("Reuters", [], 1),
    ("KVTN", [], 1),
    ("red.", [], 1),
    ("SPIEGELBERG.example GmbH, Lindow, Germany", [], 3),
    ("https://wire.example/author/7", [], 1),
    ("www.wire.example", [], 1),
    ("desk@wire.example", [], 1),
    ("@norapell", [], 1),
    ("org:wire", [], 1),
    ("nora_pell7", [], 1),
    ("<b>Nora Pell</b>", [], 1),
    ("Nora\x1b Pell", [], 1),
    ("Nora\u202e Pell", [], 1),
    ("She was born in Velm and came to Ister", [], 2),
    ("x" * 2000, [], 1),
    ("By", [], 1),
    (" ", [], 0),
    ("", [], 0),
]


def test_the_names_are_taken_and_the_rest_is_said() -> None:
    for byline, names, ignored in BYLINES:
        found = read_byline(byline)
        assert (list(found.names), len(found.ignored)) == (names, ignored), (byline, found)


@given(st.lists(st.sampled_from(["By ", "Nora", " Pell", ", ", " and ", "(", ")", "@", "://", " | ", "\n", "12", "March", "\x00", "。", "é"])).map("".join))  # fmt: skip
def test_any_text_gives_names_that_are_read_as_themselves(byline: str) -> None:
    for name in read_byline(byline).names:
        assert read_byline(name).names == (name,)
        assert name.strip() == name and "\n" not in name
