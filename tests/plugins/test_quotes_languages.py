"""A language is a package of tables: here a made-up one, through the same code as English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

import dateline_quotes
from dateline.plugin import Known
from dateline_quotes import Quotes
from dateline_quotes.words import LANGUAGES, SPEECH, Verb, listed
from dateline_quotes.words.en import WORDS as ENGLISH

#: "zog ke" is "said that", "el" is "he", "yoret" is "Monday", and "miros" are tens of thousands.
WORDS = replace(
    ENGLISH,
    code="xq",
    common=listed("lo ke fas"),
    verbs={"zog": Verb("say", SPEECH, "past")},
    past={"say": "zog"},
    say="zog",
    pronouns={"el": "m"},
    determiners=listed("lo"),
    prepositions=listed("dil"),
    boundaries=listed("ke"),
    adjunct=re.compile(r"\s*yoret\b"),
    leads=re.compile(r"\s*(?:ke\b\s*)?"),
    dates=replace(
        ENGLISH.dates,
        expression=re.compile(r"\byoret\b"),
        may_be=re.compile("yoret"),
        weekday=re.compile("yoret"),
        weekdays=("yoret",),
    ),
    figures=replace(
        ENGLISH.figures,
        figure=re.compile(
            r"(?P<hedge>!)?(?P<plural>miros)\b|(?P<money>!)|(?P<most_money>!)|(?P<percent>!)|(?P<share>!)|"
            r"(?P<most>!)|(?P<number>!)|(?P<last>!)|(?P<of>!)"
        ),
        plurals={"miros": 20_000},
        ends=listed("fas"),
    ),
)
TEXT = "Ida Brandt zog ke lo kema fas umor. El zog yoret ke miros lo siposu fas umor."


@pytest.mark.parametrize("language", ["xq", "xq-QA", None])
def test_a_second_language_is_read_with_its_own_tables(
    monkeypatch: pytest.MonkeyPatch, language: str | None
) -> None:
    known = Known("quay", "s", "org:courier", published="2022-10-13", language=language)
    assert not [*Quotes().propose(TEXT, known)]
    monkeypatch.setitem(LANGUAGES, "xq", __name__)
    first, second, figure = (dict(one.fields) for one in Quotes().propose(TEXT, known))
    assert first["text"] == "Ida Brandt zog ke lo kema fas umor"
    assert second["speakers"] == first["speakers"] == ["person:ida-brandt=Ida Brandt"]
    assert second["times"]["said"]["edtf"] == "2022-10-10"
    assert figure["quantities"] == [{"lower": 20_000, "measure": "lo siposu", "verbatim": "miros"}]
    assert figure["attribution"] == [
        {"agent": second["speakers"][0], "role": "origin", "act": "say"}
    ]


def test_one_module_alone_names_the_languages() -> None:
    folder = Path(dateline_quotes.__file__).parent
    naming = {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*.py")
        if re.search(r"words\.en\b|[\"']en[\"']", file.read_text(encoding="utf-8"))
    }
    assert {one for one in naming if not one.startswith("words/en/")} == {"words/__init__.py"}
