"""The figures of a text: numbers with their bounds, and silence where something else may be meant."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from dateline.cli.figures import quantity, verbatim
from dateline.language.figures import counted, figures, in_words

#: (language, text, the sure figures, in words); no figure is sure where the last part is empty.
STATED = """
en | At least twenty-seven people were treated | at least 27
en | More than a hundred people watched | more than 100
en | 143 of the 193 passengers were ashore | 143 of 193
en | About 1,200 of the town's 8,400 residents | about 1,200 of 8,400
en | Some 41 people had been underground | about 41
en | between 20 and 30 boats | 20-30
en | 20 to 30 boats | 20-30
en | no fewer than 14 homes | at least 14
en | 3 to 4 million people | 3,000,000-4,000,000
en | two to three dozen homes | 24-36
en | 500 to 2 thousand homes | 500-2,000
en | 2 of the 4 million people |
en | up to 1,670 homes | up to 1,670
en | The toll rose to 28 | 28
en | It spoke of 350 strikers | 350
en | One is missing | 1
en | Three days later people were missing |
en | over 40 homes |
en | in excess of 40 homes |
en | rose from 20 to 30 |
en | rose by 20 |
en | none of the 40 passengers was hurt |
en | most of the 40 people |
en | dozens of the 40 were hurt |
en | 27 people were not found |
en | he denied that 27 died |
en | at least about 40 homes |
en | half of the 40 |
en | several hundred people |
en | 12 per cent of homes |
en | a 16-bed ward |
en | A Boeing 737 crashed, killing people |
en | 40 more homes |
en | barely 40 homes |
en | The fire spread in 14 villages |
en | There were beds for 14 people | 14
de | Mindestens siebenundzwanzig Menschen | at least 27
de | Rund 1.200 Container | about 1,200
de | 143 von 193 Passagieren | 143 of 193
de | über 40 Häuser |
de | keine 40 Häuser |
fr | plus d'une centaine de maisons | more than 100
fr | au moins 14 maisons | at least 14
es | unas 40 casas | about 40
es | hasta 40 casas |
uk | не менше двадцяти семи людей | at least 27
uk | понад тисячу | more than 1,000
uk | 27 людей не знайшли |
ru | более 100 человек | more than 100
ru | 143 из 193 | 143 of 193
"""


def test_a_figure_is_read_with_its_bounds_or_not_at_all() -> None:
    for line in STATED.strip().splitlines():
        language, text, expected = (part.strip() for part in line.split("|"))
        found = figures(text, [language], measure="people homes boats")
        sure = [in_words(one.readings[0]) for one in found if one.sure] if len(found) == 1 else []
        assert sure == ([expected] if expected else []), text


@settings(max_examples=examples(50))
@given(st.integers(2, 9_999_999), st.sampled_from(["", "about", "at least", "up to", "more than", "less than"]))  # fmt: skip
def test_what_is_typed_is_what_is_read(number: int, before: str) -> None:
    typed = f"{before} {number} homes flooded".strip()
    words = f"We know that {before} {number:,} homes were flooded".replace("  ", " ")
    fields = {**quantity(typed), "verbatim": f"{before} {number:,}".strip()}
    assert quantity("homes flooded", [words], ["en"]) == fields


def test_the_words_of_a_figure_and_its_other_readings() -> None:
    for text, readings, words in [
        ("None of the 40 ships was hit", ["0 of 40"], "None of the 40"),
        ("жоден із 40 кораблів", ["0 of 40"], "жоден із 40"),
        ("keines der 40 Schiffe", ["0 of 40"], "keines der 40"),
        ("Not 40 ships", [], "40"),
        ("At least 34 burned", ["at least 34"], "At least 34"),
        ("The toll rose to 28", ["28"], "28"),
        ("2 of the 4 million", ["2 of 4,000,000", "2,000,000 of 4,000,000"], "2 of the 4 million"),
    ]:
        [one] = figures(text)
        assert ([*map(in_words, one.readings)], one.words(text)) == (readings, words), text
    for measure, unit, text, sure in [
        ("length", "km", "It is 1.5 km long", True),
        ("length", "km", "It is 1.5 kilometres long", True),
        ("length", "km", "It is 1.5 miles long", False),
        ("damage", "crown", "оцінили в 12 мільйонів крон", True),
        ("people hurt", "person", "It spread in 14 villages", False),
    ]:
        found = figures(text, measure=measure, unit=unit)
        assert any(one.sure for one in found) is sure, text


def test_the_words_of_a_typed_quantity_are_those_of_the_whole_number() -> None:
    for typed, words, fields, own in [
        ("12 million crowns lost", "It reached 12 million crowns", {"value": 12_000_000}, "12 million"),
        ("12 crowns lost", "It reached 12 million crowns", {"value": 12}, "12 million"),
        ("3 to 4 million crowns", "between 3 and 4 million", {"lower": 3_000_000, "upper": 4_000_000},
            "between 3 and 4 million"),
        ("none of 40 ships hit", "None of the 40 ships", {"value": 0, "of": 40}, "None of the 40"),
        ("40 ships hit", "None of the 40 ships", {"value": 40}, "None of the 40"),
        ("0 people hurt", "Nobody was hurt", {"value": 0}, "Nobody"),
        ("40,000 tonnes", "About 40,000 tonnes", {"value": 40_000}, "About 40,000"),
    ]:  # fmt: skip
        found = quantity(typed)
        assert {name: found.get(name) for name in fields} == fields, typed
        assert verbatim(found, [words]) == own, typed


def test_what_is_counted_is_proposed_from_the_words_after_the_number() -> None:
    assert counted("143 of 193 passengers were ashore by noon.") == "passengers ashore by noon"
    assert counted("Nobody came") == ""
