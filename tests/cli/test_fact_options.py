"""The options of `record` and `correct`: all six kinds, names for ids, and what is worked out."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dateline import Archive, Plugins
from dateline.cli.figures import places, quantity, restated, verbatim
from dateline.events.registry import to_fields
from dateline.pytest_plugin import Cli, Result
from dateline.testing import samples

Run = Callable[..., Result]
WORDS = ("She said so.", "She said 143 of 193 passengers were ashore")


@pytest.fixture(scope="module")
def archive_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ferry") / "ferry.db"
    with Archive.create(path, Plugins()) as archive:
        archive.record(samples.story(samples.entity("place:port-ister", "Port Ister")))
    return path


@pytest.fixture
def run(dateline_cli: Cli, archive_file: Path, tmp_path: Path) -> Run:
    shutil.copy(archive_file, tmp_path / "dateline.db")
    return dateline_cli


def last(tmp_path: Path) -> dict[str, Any]:
    """The data of the last event, with its type."""
    with Archive.open(tmp_path / "dateline.db", Plugins()) as archive:
        event = list(archive.events("ferry"))[-1]
        fields = {"type": event.type, **to_fields(event.data)}  # type: ignore[arg-type]
        return json.loads(json.dumps(fields))  # type: ignore[no-any-return]


def test_each_kind_is_recorded_from_options_and_need_not_be_named(run: Run, tmp_path: Path) -> None:
    chain = [
        {"agent": samples.VOSS, "role": "origin"},
        {"agent": samples.NORA, "role": "relay"},
        {"agent": samples.WIRE, "role": "publisher"},
    ]
    quantity = {"measure": "passengers ashore", "value": 143, "of": 193, "verbatim": "143 of 193"}
    cases: list[tuple[list[str], str, dict[str, Any]]] = [
        (
            ["-s", "mara voss > nora", "--to", "ister wire", "--condition", "all goes well", "-w", "2024-05"],
            "statement",
            {
                "times": {"said": {"edtf": "2024-05"}},
                "speakers": [samples.VOSS], "attribution": chain, "addressees": [samples.WIRE],
                "condition": "all goes well",
            },
        ),
        (
            ["--action", "land", "--actor", "Mara Voss:skipper", "--actor", "nora", "--status",
             "planned", "-p", "port ister:harbour"],
            "occurrence",
            {
                "action": "land", "status": "planned",
                "actors": [{"agent": samples.VOSS, "role": "skipper"}, {"agent": samples.NORA, "role": "agent"}],
                "places": [{"place": "place:port-ister", "role": "harbour"}],
            },
        ),
        (["-q", "143 of 193 passengers ashore"], "figure", {"quantities": [quantity]}),
        (
            ["-m", "passengers ashore", "--value", "143", "--of", "193", "--cumulative"],
            "figure",
            {"quantities": [quantity], "cumulative": True},
        ),
        (
            ["--subject", "voss", "--subject", "mara-voss", "--relation", "leads", "--object", "NORA"],
            "state",
            {"subject": samples.VOSS, "relation": "leads", "object": samples.NORA},
        ),
        (
            ["--person", 'person:ane="Ane"', "--title", "mate", "--organization", "nora", "--appointed-by", "Ane"],
            "role",
            {"title": "mate", "organization": samples.NORA, "appointed_by": "person:ane"},
        ),
        (["-s", "voss", "-q", "ashore"], "statement", {"speakers": [samples.VOSS]}),
        (["--effect", "delay", "--condition", "fog"], "assessment", {"condition": "fog"}),
    ]  # fmt: skip
    for options, kind, expected in cases:
        result = run("record", "ferry", *options, *WORDS)
        assert result.code == 0, (options, result.err)
        found = last(tmp_path)
        assert found["type"] == f"{kind}.recorded", options
        assert {name: found[name] for name in expected} == expected
    assert found["evidence"][0]["exact"] == WORDS[1]


def test_wrong_use_is_one_clear_error(run: Run) -> None:
    for arguments, code, told in [
        (["statement", "--quote", "x"], None, "needs --speaker (who said it)"),
        ([*WORDS, "-s", "nora", "-w", "2024", "-d", "2024"], None, "--when is --said for a statement"),
        (["role"], None, "support it), --person (who held the role) and --title (its title)"),
        (["figure", *WORDS, "--person", "nora", "--action", "x"], None,
            "--person is for role facts; --action is for occurrence facts: this is a figure"),
        (["figur", *WORDS], None, "did you mean 'figure'?"),
        ([*WORDS, "--note", "x"], None, "leave the kind open"),
        (["figure", *WORDS, "--value", "143"], None, "--measure"),
        (["figure", *WORDS, "--value", "12k", "-m", "x"], None, "'12k' is not a number"),
        (["figure", *WORDS, "--value", "144", "-m", "x"], None, "--verbatim"),
        (["figure", *WORDS, "-q", "many boats"], None, "'many boats'"),
        ([*WORDS, "-s", "Vladimir Saldo"], "entity-unknown", '--speaker person:vladimir-saldo="Vladimir Saldo"'),
        ([*WORDS, "-s", "Mara Vos"], "entity-unknown", "person:mara-voss, Mara Voss"),
        ([*WORDS, "-s", "person:mara-vos"], "entity-unknown", "person:mara-voss, Mara Voss"),
    ]:  # fmt: skip
        result = run("record", "ferry", *arguments)
        assert result.code == (1 if code else 2), result.err
        assert told in " ".join(result.err.split()), result.err
        assert code is None or result.error == code
    assert len(run("log", "ferry", "-f", "ndjson").out.splitlines()) == 8


def test_a_name_that_fits_several_lists_them_with_their_ids(run: Run) -> None:
    twin = ["--person", "person:mv=MARA VOSS", "--title", "cook"]
    assert run("record", "ferry", *twin, *WORDS).code == 0
    result = run("record", "ferry", *WORDS, "-s", "mara voss")
    assert (result.code, result.error) == (1, "name-ambiguous")
    assert "person:mara-voss, Mara Voss" in result.err and "person:mv, MARA VOSS" in result.err


def test_a_name_is_said_with_the_id_that_was_taken(run: Run) -> None:
    named = run("record", "ferry", *WORDS, "-s", "MARA voss")
    assert named.err.startswith("person:mara-voss, Mara Voss\n")
    assert run("record", "ferry", "Again.", WORDS[1], "-s", samples.VOSS).err.startswith("Recorded")
    assert "Mara Voss  person:mara-voss" in run("show", "ferry", "mara voss", "-f", "table").out
    for command in (["dispute", "--ground", "x"], ["retract", "--reason", "x"]):
        assert run(command[0], "ferry", "f1", *command[1:], "--by", "Mara Voss").code == 0
    assert run("review", "ferry", "f2", "accepted", "--reviewer", "the desk").code == 0
    log = run("log", "ferry", "-f", "ndjson").out
    assert log.count('"by": "person:mara-voss"') + log.count('"by":"person:mara-voss"') == 2


def test_a_quotation_of_the_speaker_is_evidence_enough(run: Run, tmp_path: Path) -> None:
    assert run("record", "ferry", "x", "-s", "mara voss", "--quote", "Everyone is safe").code == 0
    found = last(tmp_path)
    assert (found["quote"], found["mode"]) == ("Everyone is safe", "direct")
    assert [item["exact"] for item in found["evidence"]] == ["Everyone is safe"]


def test_a_long_quotation_is_typed_by_its_ends(run: Run, tmp_path: Path) -> None:
    assert run("record", "ferry", "x", "She said ... ashore", "--effect", "y").code == 0
    assert last(tmp_path)["evidence"][0]["exact"] == WORDS[1]
    twice = run("record", "ferry", "x", "The ferry ... August", "--effect", "y")
    assert (twice.code, "can be 2 passages" in twice.err) == (2, True)
    at = samples.TEXT.index("The ferry had")
    assert run("record", "ferry", "x", f"The ferry ... August@{at}", "--effect", "y").code == 0
    assert last(tmp_path)["evidence"][0]["exact"].endswith("repair since August")


#: Options that are refused with commands to choose from, and the code of the error.
REPAIRED: list[tuple[list[str], str | None]] = [
    (["-s", "mara voss", "-w", "last Sunday", WORDS[1]], "date-unclear"),
    (["-s", "voss > P. Holm", WORDS[1]], "entity-unknown"),
    (["-q", "143", WORDS[1]], None),
    (["--value", "143", WORDS[1]], None),
    (["-q", "people", "143 ... hundreds of people"], None),
    (["-w", ".", "--effect", "x", WORDS[1]], "not-a-date"),
    (["--effect", "x", "Mine.", "The ferry ... August", "She said"], None),
    (["--effect", "x", "The ferry"], "refused"),
    (["--effect", "x", "She sayd 143 of 193 passengers"], "refused"),
    (["-a", "ground", "-w", ".", "The ferry Alma ran aground off Port Ister"], "not-a-date"),
    (["-s", "voss", "-d", ".", "The ferry will be towed on Tuesday"], "date-unclear"),
    (["-a", "tow", "-w", ".", "The ferry will be towed on Tuesday"], "date-unclear"),
    (["-s", "Mara Vos", WORDS[1]], "entity-unknown"),
    (["-s", "harbour master", WORDS[1]], "entity-unknown"),
]


def test_a_refusal_prints_the_commands_that_would_be_taken(run: Run) -> None:
    for options, code in REPAIRED:
        refused = run("record", "ferry", *options)
        assert (refused.code, refused.error) == (1 if code else 2, code), (options, refused.err)
        lines = [line.strip() for line in refused.err.splitlines()]
        commands = [line for line in lines if line.startswith("dateline record ferry ")]
        assert commands, refused.err
        values = {word for word in options if not word.startswith("-")}
        for command in commands:
            assert len(values - set(shlex.split(command))) <= 1, command
            done = run(*shlex.split(command)[1:], "--dry-run")
            assert done.code == 0, f"{command}\n{done.err}"
    protected = run("record", "ferry", "-q", "143", WORDS[1], "--protect", "Ane", "--set", "note=x")
    assert "--protect Ane" in protected.err and "--set note=x" in protected.err


def test_an_unknown_name_is_offered_as_the_source_writes_it(run: Run) -> None:
    for option, name, offered in [
        ("-s", "rosa vell", "person:rosa-vell='Rosa Vell'"),
        ("-s", "mayor alma", "person:alma=Alma"),
        ("-s", "passengers", "group:passengers=passengers"),
        ("-v", "ister herald", "org:ister-herald='Ister Herald'"),
    ]:
        refused = run("record", "ferry", "--effect", "x", option, name, WORDS[1])
        assert refused.error == "entity-unknown"
        assert offered in refused.err.replace('"', "'"), (name, refused.err)


def test_an_office_before_a_name_does_not_matter(run: Run, tmp_path: Path) -> None:
    role = ("--person", "person:ane=Ane Holt", "--title", "dock reeve")
    assert run("record", "ferry", *WORDS, *role).code == 0
    for name, known in [
        ("Mayor Mara Voss", samples.VOSS), ("Bürgermeisterin Voss", samples.VOSS),
        ("dock reeve Holt", "person:ane"),
    ]:  # fmt: skip
        assert run("record", "ferry", f"{name}.", WORDS[1], "-s", name).code == 0
        assert last(tmp_path)["speakers"] == [known]
    assert run("record", "ferry", "x", WORDS[1], "-s", "Lady Ane Voss").error == "entity-unknown"


def test_the_newest_version_with_the_words_is_quoted(run: Run, tmp_path: Path) -> None:
    page = ("--story", "ferry", "--published", "2024-05-07", "--yes")
    for text, publisher, url in [
        ("FICTION. Nine left. Ten stayed.", samples.WIRE, "https://wire.example/a"),
        ("FICTION. Nine left. Ten stayed. More.", samples.WIRE, "https://wire.example/a"),
        ("FICTION. Nine left.", samples.WIRE, "https://wire.example/a"),
    ]:
        (tmp_path / "page.txt").write_text(text)
        captured = run("capture", "page.txt", *page, "--publisher", publisher, "--url", url)
        assert captured.code == 0, captured.err
    done = run("record", "ferry", "--effect", "x", "Ten stayed")
    assert "the newest of 2 versions with these words" in done.err
    with Archive.open(tmp_path / "dateline.db", Plugins()) as archive:
        text = archive.document(last(tmp_path)["source"])
        assert text is not None and text.text.endswith("More.")
    (tmp_path / "page.txt").write_text("FICTION. Ten stayed, we hear.")
    assert run("capture", "page.txt", *page, "--publisher", "org:b=B").code == 0
    asked = run("record", "ferry", "--effect", "x", "Ten stayed")
    assert asked.error == "source-ambiguous" and asked.err.count("--source") == 2
    own = run("record", "ferry", "--effect", "x", "My own words")
    assert own.error == "source-unknown" and "--source" not in own.err


def test_an_undated_source_is_dated_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("FICTION. Rain fell on Tuesday.")
    undated = ("--story", "ferry", "--publisher", samples.WIRE, "--yes")
    assert run("capture", "note.txt", *undated).code == 0
    fact = ("record", "ferry", "-a", "rain", "-w", ".", "Rain fell on Tuesday")
    refused = run(*fact)
    assert refused.error == "not-a-date" and "--when DATE" in refused.err
    [amend] = [line.strip() for line in refused.err.splitlines() if " amend " in line]
    assert run(*shlex.split(amend.replace("DATE", "'8 May 2024'"))[1:]).code == 0
    assert run(*fact).code == 0
    assert last(tmp_path)["times"]["valid"]["edtf"] == "2024-05-07"


def test_what_the_source_says_need_not_be_typed(run: Run, tmp_path: Path) -> None:
    done = run(
        "record", ".", "-S", "ISTER wire", "-s", "Mrs. Voss > nora", "-d", "Monday", WORDS[1]
    )
    assert done.code == 0, done.err
    found = last(tmp_path)
    assert (found["text"], found["speakers"]) == (WORDS[1], [samples.VOSS])
    for told in ("Story: ferry", "Source: ", "person:mara-voss", "text: She said", "said: Monday"):
        assert told in done.err, told
    counted = [
        (["-q", "passengers ashore", WORDS[1]], {"value": 143, "of": 193, "verbatim": "143 of 193"}),
        (["-m", "passengers", WORDS[1]], {"value": 143, "of": 193, "verbatim": "143 of 193"}),
        (["-q", "one hundred and forty-three ashore", WORDS[1]], {"value": 143, "verbatim": "143"}),
    ]  # fmt: skip
    for options, expected in counted:
        done = run("record", "ferry", *options)
        assert done.code == 0, done.err
        [one] = last(tmp_path)["quantities"]
        assert {name: one.get(name) for name in expected} == expected


def test_a_fact_moves_to_another_source_with_its_chain(run: Run, tmp_path: Path) -> None:
    (tmp_path / "herald.txt").write_text("FICTION. Everyone is safe, said Mara Voss. 12 were hurt.")
    herald = ("--publisher", "org:herald=Ister Herald", "--published", "2024-05-06", "--yes")
    assert run("capture", "herald.txt", "--story", "ferry", *herald).code == 0
    moved = ("-S", "ister herald", "-x", "Everyone is safe", "--reason", "It was there first")
    done = run("correct", "ferry", "f1", *moved)
    assert done.code == 0, done.err
    changes = {one["path"]: one["now"] for one in last(tmp_path)["changes"]}
    assert changes["/attribution"][-1] == {"agent": "org:herald", "role": "publisher"}
    # What the words report of the past is not ahead of their source: Monday is its own day.
    for kind, words, code in [
        ("figure", "12 were hurt", 0),
        ("figure", "12", 1),
        ("role", "Everyone is safe, said Mara Voss", 1),
    ]:
        more = (
            ["--person", "Voss", "--title", "mate"] if kind == "role" else ["-q", "12 people hurt"]
        )
        dated = run("record", "ferry", kind, *more, "-w", "Monday", words)
        assert (dated.code, dated.error) == (code, "date-unclear" if code else None), dated.err


def test_a_surname_means_the_one_person_who_has_it(run: Run, tmp_path: Path) -> None:
    assert run("record", "ferry", *WORDS, "-s", "VOSS").code == 0
    assert last(tmp_path)["speakers"] == [samples.VOSS]
    assert (
        run("record", "ferry", *WORDS, "--person", "person:ole=Ole Voss", "--title", "x").code == 0
    )
    several = run("record", "ferry", *WORDS, "-s", "Voss")
    assert (several.code, several.error) == (1, "name-ambiguous")
    assert "--speaker person:ole" in several.err and f"--speaker {samples.VOSS}" in several.err


def test_correct_takes_the_options_of_record(run: Run, tmp_path: Path) -> None:
    for fact, options, changes in [
        ("f2", ["--value", "150", "--text", "150."], {"/text": "150.", "/quantities/0/value": 150}),
        ("f1", ["-s", "ister wire"], {
            "/speakers": [samples.WIRE],
            "/attribution": [
                {"agent": samples.WIRE, "role": "origin", "act": "say"},
                {"agent": samples.NORA, "role": "relay"},
                {"agent": samples.WIRE, "role": "publisher"},
            ],
        }),
        ("f1", ["-w", "2024-05", "-p", "port-ister"], {
            "/times/said/edtf": "2024-05", "/places": [{"place": "place:port-ister", "role": "location"}],
        }),
        ("f2", ["-q", "143 people ashore"], {
            "/quantities": [{"measure": "people ashore", "value": 143, "verbatim": "143"}],
        }),
        ("f2", ["-x", "hundreds of people watched"], {"/evidence/0/exact": "hundreds of people watched"}),
        ("f1", ["--to", "person:new=New", "--set", "mode=mixed"], {"/addressees": ["person:new"], "/mode": "mixed"}),
    ]:  # fmt: skip
        result = run("correct", "ferry", fact, *options, "--reason", "Checked")
        assert result.code == 0, result.err
        found = {one["path"]: one["now"] for one in last(tmp_path)["changes"]}
        assert {path: found.get(path) for path in changes} == changes
    for options in (["--person", "nora"], []):
        assert run("correct", "ferry", "f1", *options, "--reason", "x").code == 2


def test_a_sentence_with_the_old_number_is_said_with_a_new_one(run: Run, tmp_path: Path) -> None:
    result = run("correct", "ferry", "f2", "--value", "150", "--reason", "Recount")
    assert "Corrected f2: value: 143 -> 150\n" in result.err
    command = (
        "dateline correct ferry f2 --text 'It is said that 150 of 193 passengers' --reason Recount"
    )
    assert command in result.err
    details = [
        "--kind",
        "update",
        "--by",
        "nora",
        "--reported",
        "5 May 2024",
        "--reason",
        "Recount",
    ]
    result = run("correct", "ferry", "f2", "--of", "194", "--set", "note=x", *details)
    _, _, again = result.err.partition("dateline correct ")
    assert run("correct", *shlex.split(again)).code == 0
    fields = ("kind", "by", "reason")
    assert [last(tmp_path)[one] for one in fields] == ["update", samples.NORA, "Recount"]
    assert last(tmp_path)["changes"] == [
        {
            "path": "/text",
            "was": "It is said that 143 of 193 passengers",
            "now": "It is said that 143 of 194 passengers",
        }
    ]
    assert "--reported 2024-05-05" in again
    silent = run("correct", "ferry", "f2", "--measure", "people", "--reason", "Recount")
    assert "has the old number" not in silent.err


def test_quantities_are_read_from_a_few_words() -> None:
    for text, expected in [
        ("143 of 193 people ashore", {"value": 143, "of": 193, "measure": "people ashore"}),
        ("about 1,670 homes", {"value": 1670, "approximate": True, "measure": "homes"}),
        ("at least 14 of 19 crew", {"lower": 14, "of": 19, "measure": "crew"}),
        ("more than 5 boats", {"lower": 5, "lower_inclusive": False, "measure": "boats"}),
        ("up to 40 homes", {"upper": 40, "measure": "homes"}),
        ("20-30 boats", {"lower": 20, "upper": 30, "measure": "boats"}),
        ("2.6 metres", {"value": 2.6, "measure": "metres"}),
        ("measure=boats,value=3", {"value": 3, "measure": "boats"}),
    ]:
        assert quantity(text) == expected, text


def test_a_number_is_found_as_it_is_written() -> None:
    for value, text, expected in [
        (1670, "some 1,670 and 16,700, or 1670.5", ["1,670"]),
        (1670, "1 670; 1.670; 1670.", ["1 670", "1.670", "1670"]),
        (28, "128, 28, 2,280, 28.5 and 28", ["28", "28"]),
        (2.5, "2.5, 2,50 and 12.5", ["2.5", "2,50"]),
        (-3, "3 and -3", ["-3"]),
    ]:
        assert [text[start:end] for start, end in places(value, text)] == expected, text
    assert (
        verbatim({"value": 143, "of": 193}, ["of 193", "She said 143 of the 193 were"])
        == "143 of the 193"
    )
    assert restated("27 of 1,670 died.", 1670, 12345) == "27 of 12,345 died."
    assert restated("27 died.", 28, 30) is None


def test_an_unknown_name_is_looked_up_in_other_stories(run: Run, tmp_path: Path) -> None:
    other = samples.story(slug="other")
    other.insert(3, samples.entity("org:visnyk", "Вісник Броду"))
    other.insert(3, samples.entity("person:ilse-kramm", "Ilse Kramm"))
    (tmp_path / "other.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in other))
    assert run("import", "other.ndjson").code == 0

    for name, entity in (
        ("Вісник Броду", "org:visnyk"),
        ("Minister Ilse Kramm", "person:ilse-kramm"),
    ):
        refused = run("record", "ferry", "-s", name, "Everyone is safe")
        assert refused.code == 1
        line = next(one for one in refused.err.splitlines() if f"{entity}=" in one)
        assert run(*shlex.split(line)[1:]).code == 0
        assert last(tmp_path)["speakers"] == [entity]
