"""Shell completion: what it offers and imports, and that it never fails or leaves a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline import Plugins
from dateline.cli import completion
from dateline.pytest_plugin import Cli
from dateline.testing import samples

CODE = """
import sys
sys.argv = ["dateline"]
from dateline.cli import main
try:
    main()
finally:
    print("loaded", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""
Tab = Callable[..., list[str]]
PLUGINS = Plugins.load()


@pytest.fixture
def tab(dateline_cli: Cli, tmp_path: Path) -> Tab:
    """What TAB offers after a line, in a folder with an archive of the sample story. A line that
    ends in a space asks for the next word."""
    lines = "".join(json.dumps(line) + "\n" for line in samples.story())
    (tmp_path / "ferry.ndjson").write_text(lines)
    assert dateline_cli("init").code == 0
    assert dateline_cli("import", "ferry.ndjson").code == 0
    (tmp_path / "ferry.ndjson").unlink()

    def press(line: str, *, kinds: bool = False) -> list[str]:
        words = line.split()
        asked = {
            "_DATELINE_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) if line.endswith(" ") else len(words) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-c", CODE],
            env={k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")} | asked,
            capture_output=True,
            text=True,
            check=True,
        )
        said, _, loaded = done.stderr.partition("loaded ")
        assert said == ""
        modules = set(loaded.split())
        assert not modules & {"sqlalchemy", "rich", "msgspec", "pluggy", "prompt_toolkit"}
        assert not {name for name in modules if name.startswith("dateline_")}
        offered = done.stdout.split()
        return offered if kinds else [item.partition(",")[2] for item in offered]

    return press


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "line",
    [
        *(
            f"dateline {name} fe"
            for name in (
                "show", "log", "export", "diff", "record", "correct", "retract", "dispute", "review",
                "evidence", "link", "withdraw", "retitle", "close",
            )
        ),
        "dateline prove fe",
        "dateline follow fe",
        "dateline capture report.txt --story fe",
        "dateline import more.ndjson --story fe",
        "dateline --db dateline.db show fe",
        "dateline --db sqlite:///dateline.db show fe",
        "dateline show ",
    ],
)  # fmt: skip
def test_a_story_is_completed(tab: Tab, line: str, tmp_path: Path) -> None:
    assert tab(line) == ["ferry"]
    assert [path.name for path in tmp_path.iterdir()] == ["dateline.db"]


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("dateline correct ferry ", ["f1", "f2"]),
        ("dateline prove ferry f", ["f1", "f2"]),
        ("dateline record ferry state --source ", [samples.SOURCE[7:19]]),
        ("dateline link ferry f2 explains f", ["f1", "f2"]),
        ("dateline record ferry statement --speaker m", ["mara-Voss"]),
        ("dateline record ferry state --subject ", ["Ister-Wire", "Mara-Voss", "NORA"]),
        ("dateline record ferry --via org:n", ["org:nora"]),
        ("dateline record other --via ", []),
        ("dateline record ferry s", ["state", "statement"]),
        ("dateline show ferry I", ["Ister-Wire"]),
        ("dateline show . I", ["Ister-Wire"]),
        ("dateline correct . ", ["f1", "f2"]),
        ("dateline show ferry f", ["figures", "f1", "f2"]),
        ("dateline show ferry ", sorted(completion.VIEWS)),
        ("dateline export ferry --view p", ["people", "places"]),
        ("dateline rebuild --view s", ["series", "sources", "statements", "support"]),
        ("dateline prune --view t", ["timeline"]),
        ("dateline export ferry -f m", ["markdown"]),
        ("dateline import x -f n", ["ndjson"]),
        ("dateline capture x --as p", ["pdf"]),
        ("dateline --without fi", ["figures"]),
        ("dateline plugins check cs", ["csv"]),
        ("dateline --db nosuch.db show ", []),
        ("dateline --db postgresql://desk/archive show ", []),
    ],
)
def test_other_names_are_completed(tab: Tab, line: str, offered: list[str]) -> None:
    assert tab(line) == offered


@pytest.mark.sampled(1)
@pytest.mark.parametrize("indexed", [True, False])
def test_entities_of_all_stories_are_completed(tab: Tab, dateline_cli: Cli, indexed: bool) -> None:
    if indexed:
        assert dateline_cli("entities").code == 0
    for line, offered in (
        ("dateline search --speaker mara-v", ["mara-voss"]),
        ("dateline search --about org:", ["org:ister-wire", "org:nora"]),
        ("dateline show fe", ["ferry"]),
        ("dateline show Mar", ["Mara-Voss"]),
        ("dateline show person:", [samples.VOSS]),
        ("dateline show x", []),
    ):
        assert tab(line) == offered, line


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "line",
    [
        "capture rep", "import rep", "verify --against rep", "verify --export rep", "--db rep",
        "verify --segments rep", "export --segments rep",
        "--keys rep", "copy rep", "copy a.db rep", "backup rep", "prove ferry -o rep",
        "prove ferry --earlier rep", "checkpoint -o rep", "checkpoint --key rep", "export ferry -o rep",
    ],
)  # fmt: skip
def test_the_shell_completes_file_names(tab: Tab, line: str) -> None:
    assert tab(f"dateline {line}", kinds=True) == ["file,rep"]


def test_facts_are_completed_in_a_story_with_protected_ones(tab: Tab, dateline_cli: Cli) -> None:
    line = json.dumps(samples.fact("assessment", "NORA", text="Hers."))
    done = dateline_cli("record", "ferry", "--protect", "her", stdin=line)
    assert done.code == 0, done.err
    assert tab("dateline correct ferry ") == ["f1", "f2"]


def test_a_file_that_is_not_an_archive_offers_nothing(tab: Tab, tmp_path: Path) -> None:
    (tmp_path / "dateline.db").write_text("no database")
    assert tab("dateline show ") == []


@pytest.mark.parametrize(
    "kind", ["views", "exporters", "importers", "source_importers", "containers"]
)
def test_the_bundled_names_are_what_bundled_plugins_offer(kind: str) -> None:
    listed = getattr(completion, kind.upper())
    offered = getattr(PLUGINS, kind)
    bundled = {
        name
        for name in offered
        for record in PLUGINS.records
        if record.name == PLUGINS.owner(kind, name) and record.origin.startswith("dateline ")
    }
    assert listed == bundled


def test_what_waits_in_the_queue_is_offered(tab: Tab, dateline_cli: Cli) -> None:
    line = {"type": "occurrence.recorded", "action": "run"}
    lines = [
        {**line, "text": words, "evidence": [words]}
        for words in ("ran aground", "143 of 193", "Everyone is safe")
    ]
    asked = "".join(f"{json.dumps(one)}\n" for one in lines)
    assert "Queued 3" in dateline_cli("propose", "ferry", "--from", "-", stdin=asked).err
    assert tab("dateline propose ferry ") == [samples.SOURCE[7:19]]
    assert tab("dateline proposals l") == ["list", "later"]
    assert tab("dateline proposals reject p2 ") == ["p1", "p3"]


def test_the_listed_proposers_are_the_bundled_ones() -> None:
    """Completion must not import them to ask."""
    assert set(Plugins.load().proposers) == completion.PROPOSERS
