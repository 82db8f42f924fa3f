"""Hostile text through every command: no control characters reach the terminal."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.security import hostile
from tests.security.hostile import WORDS

from dateline.cli.root import root
from dateline.pytest_plugin import Cli, PluginDir
from dateline.testing import samples

W = WORDS
#: The part of it that the name of a subject may hold.
NAME = "".join(char for char in W if unicodedata.category(char) != "Cc")[:200]
FORMATS = ("table", "csv", "json", "ndjson")
VIEWS = (
    "timeline", "statements", "figures", "people", "places", "sources", "disputes", "changes",
)  # fmt: skip

#: Arguments for each command: hostile text in every argument that takes text, and in output. Refused
#: arguments matter as much, since errors repeat them.
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "": [(W,), ("--db", W, "stories"), ("--without", W, "stories"), ("--plugins-dir", W, "stories"),
         ("--" + W,)],
    "init": [(), (W,)],
    "open": [("other", "--title", W), (W, "--title", W), ("third", "--title", "T", "--agent", W)],
    "capture": [
        ("page.txt", "--story", "ferry", "--publisher", f"org:x={W}", "--title", W, "--byline", W),
        ("page.txt", "--story", W, "--publisher", W),
        (W, "--story", "ferry", "--publisher", "org:x=X"),
        (f"http://{W}", "--story", "ferry", "--publisher", "org:x=X"),
        (f"http://{W}", "--story", "ferry", "--publisher", "org:x=X", "--allow-network"),
        ("page.txt", "--story", "ferry", "--publisher", "org:x=X", "--published", W, "--charset", W),
        ("page.txt", "--story", "ferry", "--publisher", "org:x=X", "--as", W),
        ("page.html", "--story", "ferry", "--publisher", "org:y=Y"),
        ("page.pdf", "--story", "ferry", "--publisher", "org:y=Y"),
    ],
    "propose": [
        ("ferry", "--from", "hostile.ndjson"), ("ferry", "--from", "bad.ndjson", "--with", W),
        *(("ferry", "--from", "proposed.ndjson", "--with", W, "-f", form) for form in FORMATS),
        ("ferry", W), (W,), ("ferry", "--with", W), ("ferry", "--from", W), ("ferry",),
    ],
    "proposals": [("ferry",), (W,)],
    "proposals list": [*(("ferry", "--all", "-f", form) for form in FORMATS), (W,)],
    "proposals show": [(W,), ("p1",)],
    "proposals accept": [(W, "--by", W), ("p1", "--by", W), ("p1", "p2", "--by", "I")],
    "proposals reject": [(W, "--by", W), ("p3", "--by", "I", "--reason", W)],
    "proposals later": [(W,), ("p3",)],
    "import": [("bad.ndjson",), (W,), ("bad.ndjson", "-f", W), ("bad.ndjson", "--files", W),
               ("gone.ndjson",)],
    "record": [
        ("ferry", "statement", "--text", W, "--exact", "Everyone is safe", "--speaker", f"org:z={W}",
         "--source", samples.SOURCE),
        ("ferry", "statement", "--text", W, "--exact", W, "--speaker", W, "--source", W),
        ("ferry", "figure", "--text", W, "--exact", W, "--quantity", W),
        ("ferry", W),
        ("ferry", "state", "--text", W, "--exact", "safe", "--set", f"relation={W}", "--valid", W,
         "--source", samples.SOURCE, "--protect", W),
        ("ferry", "state", "--text", W, "--exact", "safe", "--set", "relation=r", "--valid", "2024",
         "--source", samples.SOURCE, "--protect", NAME),
    ],
    "correct": [("ferry", "f3", "--set", f"text={W}", "--reason", W, "--by", W),
                ("ferry", "f3", "--set", W, "--reason", W), ("ferry", W, "--set", "text=x", "--reason", W)],
    "entities": [*(("-f", form) for form in FORMATS), ("--like", W), ("--story", W),
                 *(("--duplicates", "-f", form) for form in FORMATS)],
    "search": [(W,), (W, "--speaker", W), ("aground",), ("--speaker", NAME), ("aground", "--since", W),
               (W, "--as-of", W), ("aground", "-f", "table"), ("aground", "-f", "json")],
    "retract": [("ferry", "f3", "--reason", W, "--by", W), ("ferry", W, "--reason", W)],
    "dispute": [("ferry", "f1", "--ground", W, "--by", W), ("ferry", W, "--ground", W)],
    "review": [("ferry", "f1", "accepted", "--reviewer", W, "--reason", W), ("ferry", "f1", W)],
    "evidence": [("ferry", "f1", "--exact", W, "--note", W),
                 ("ferry", "f1", "--exact", "aground", "--note", W)],
    "link": [("ferry", "f1", "elaborates", "f2", "--note", W), ("ferry", W, "elaborates", W),
             ("ferry", "f1", "elaborates", f"{W}/f1"),
             ("ferry", "f1", W, "f2")],
    "amend": [
        ("ferry", samples.SOURCE, "--set", f"title={W}", "--reason", W),
        ("ferry", W, "--set", "label=x", "--reason", W),
        ("ferry", samples.VOSS, "--set", f"label={W}", "--reason", W),
        ("ferry", samples.VOSS, "--set", W, "--reason", W),
    ],
    "merge": [("ferry", samples.NORA, samples.WIRE, "--reason", W), ("ferry", W, W, "--reason", W)],
    "undo": [("ferry",), ("ferry", "--yes", "--reason", W), ("ferry", "99", "--reason", W), (W,)],
    "withdraw": [("ferry", samples.SOURCE, "--reason", W), ("ferry", W, "--reason", W)],
    "retitle": [("ferry", W, "--reason", W), (W, W)],
    "close": [("ferry", "--reason", W), (W,)],
    "stories": [("-f", form) for form in FORMATS],
    "show": [
        *(("ferry", "-f", form) for form in FORMATS),
        *(("ferry", view, "-f", form, "--all") for view in VIEWS for form in FORMATS),
        *(("ferry", thing, "-f", form) for thing in ("f3", "f1", "org:o0") for form in FORMATS),
        ("ferry", "f3"), ("ferry", "org:o0"), ("ferry", "timeline", "--columns", W), (W,), ("ferry", W),
        ("ferry", f"org:{W}"), ("ferry", "timeline", "--as-of", W), ("ferry", "timeline", "--as-recorded", W),
        *(("org:o0", "-f", form) for form in FORMATS), ("org:o0",), (f"org:{W}",),
    ],
    "log": [*(("-f", form) for form in FORMATS), ("ferry", "-f", "table"), ("--type", W), (W,),
            ("--after", W)],
    "export": [("ferry", "-f", "csv", "--view", "people"), ("ferry", "-f", "csv"), ("--all", "-f", "markdown"),
               ("--all", "-f", "html"), ("ferry", "-f", W), ("ferry", "-o", f"{W}.csv".replace("/", "")),
               ("ferry", "-o", f"no/{W}/x.y"), (W, "-f", "csv"), ("ferry", "-f", "csv", "--view", W),
               ("-f", "json", "--schema"), ("ferry", "-f", "loud"), ("--segments", W.replace("/", "")),
               ("--segments", f"{W}://x"), ("--segments", "page.txt")],
    "pair": [("--dry-run",), ("--yes",), ("--dry-run", "-f", "json")],
    "erase": [
        *((W, "--reason", W, "--basis", W, "--dry-run", "-f", form) for form in FORMATS),
        *(("7", "--reason", W, "--basis", W, "--dry-run", "-f", form) for form in FORMATS),
        ("7", "--reason", W, "--basis", W, "--yes"),
        (W + "nobody", "--reason", "r", "--basis", "b", "--yes"), (W, "--reason", W, "--basis", W, "--yes"),
    ],
    "checkpoint": [("--key", "a.key"), ("--key", "a.key", "-o", W.replace("/", "")), ("--key", W)],
    "verify": [*(("-f", form, "--deep") for form in FORMATS), ("--against", W), ("--export", W),
               ("--vkey", W), ("--against", "page.txt"), ("--export", "page.md"), ("--segments", W),
               ("--segments", W.replace("/", ""))],
    "prove": [("ferry", W), (W,), ("ferry", "--key", W), ("ferry", "--earlier", W),
              ("ferry", "-o", W.replace("/", ""), "--key", "a.key"), ("--verifier",)],
    "key": [()],
    "key new": [("--key", "b.key"), ("--key", W)],
    "key show": [("--key", "b.key"), ("--key", W), ("--key", "page.txt")],
    "rebuild": [("--all",), ("--verify",), ("--view", W), ("--undo", "--all")],
    "prune": [(), ("--view", W)],
    "diff": [*(("ferry", "0", "999", "--recorded", "-f", form) for form in (*FORMATS, "markdown")),
             ("ferry", "2020", "2030", "-f", "table"), ("ferry", W, W)],
    "copy": [("dateline.db", W.replace("/", "")), ("dateline.db", "copy.db"), (W, W)],
    "backup": [(W.replace("/", ""),), (f"no/{W}",), ("backup.db",)],
    "follow": [*(("--from", "0", "-n", "7", "-f", form) for form in FORMATS), (W, "-n", "1"),
               ("ferry", "--from", "0", "--type", W, "-n", "0"), ("--from", W)],
    "status": [*(("-v", "-f", form) for form in FORMATS), ("-f", W)],
    "plugins": [*(("-v", "-f", form) for form in FORMATS), (W,)],
    "plugins new": [(W,)],
    "plugins check": [(W,), ("broken",), ("/" + W,)],
    "upgrade": [()],
    "completion": [("bash",), (W,)],
    "demo": [("x.db", "--story", W), ("--" + W,)],
    "serve": [("--host", W), ("--host", W, "--allow-remote", "--public"), ("--token-file", W), (W,)],
}  # fmt: skip

BROKEN = """
from dateline.plugin import Check, Exporter, FactRow, FactView, hookimpl
WORDS = {words!r}

class Shout(FactView):
    name, version = "shout", 1

    class Row(FactRow):
        word: str

    def rows(self, fact):
        raise ValueError(WORDS)

class Loud(Exporter):
    name, suffix = "loud", ".loud"

    def export(self, material):
        raise ValueError(WORDS)

def look(story):
    yield WORDS
    raise ValueError(WORDS)

@hookimpl
def dateline_views():
    return [Shout()]

@hookimpl
def dateline_exporters():
    return [Loud()]

@hookimpl
def dateline_checks():
    return [Check("look", look)]
"""
UNLOADABLE = "raise ValueError({words!r})"


def commands(group: click.Group, path: str = "") -> Iterator[str]:
    """Every command, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}".strip())


def test_the_sweep_covers_every_command() -> None:
    assert {path for path in COMMANDS if path} == set(commands(root))


@pytest.fixture
def ferry(dateline_cli: Cli, tmp_path: Path) -> Cli:
    return filled(dateline_cli, tmp_path, WORDS)


def filled(cli: Cli, folder: Path, *words: str) -> Cli:
    lines = "\n".join(json.dumps(line) for line in hostile.story(*words))
    (folder / "hostile.ndjson").write_text(lines)
    (folder / "page.txt").write_text(WORDS)
    (folder / "page.md").write_text(WORDS)
    article = "<p>" + "A sentence of the article, long enough to be taken for one. " * 30
    (folder / "page.html").write_bytes(
        f"<html lang='{WORDS}'><head><title>{WORDS}</title><meta name=author content='{WORDS}'></head>"
        f"<body><article>{article}{WORDS}</p></article></body></html>".encode()
    )
    (folder / "page.pdf").write_bytes(b"%PDF-1.7\n\x1b[31m\x9b 1 0 obj <</Title (" + WORDS.encode())
    bad = [
        {"type": WORDS},
        samples.opened(WORDS),
        {WORDS: WORDS},
        samples.captured() | {"file": WORDS},
    ]
    (folder / "bad.ndjson").write_text("\n".join(map(json.dumps, bad)) + "\n{" + WORDS)
    proposed = [
        {"type": "statement.recorded", "speakers": [f"person:new={word}"], "text": word,
         "evidence": [{"start": at, "end": at + 8}], "proposer": word, "version": word}
        for at, word in enumerate([*words, WORDS, W])
    ]  # fmt: skip
    (folder / "proposed.ndjson").write_text("\n".join(map(json.dumps, proposed)))
    assert cli("init").code == 0
    done = cli("import", "hostile.ndjson")
    assert done.code == 0, done.err
    protected = [samples.entity("person:w", WORDS), samples.fact("statement", "Everyone is safe",
                 speakers=["person:w"], text=WORDS)]  # fmt: skip
    done = cli("import", "-", "--story", "ferry", "--protect", NAME,
               stdin="\n".join(map(json.dumps, protected)))  # fmt: skip
    assert done.code == 0, done.err
    cli("propose", "ferry", samples.SOURCE, "--from", "proposed.ndjson")
    return cli


@pytest.mark.sampled(3)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_hostile_text_unescaped(
    ferry: Cli, plugin_dir: PluginDir, command: str
) -> None:
    folder = plugin_dir(
        {"broken.py": BROKEN.format(words=WORDS), "loud.py": UNLOADABLE.format(words=WORDS)}
    )
    options = ["--plugins-dir", str(folder)]
    for debug in ([], ["--debug"]):
        for arguments in COMMANDS[command]:
            called = [*debug, *options, *command.split(), *arguments]
            result = ferry(*called)
            assert not hostile.acts(result.out), called
            assert not hostile.acts(result.err, prose=False), called
            if not debug:
                assert "Traceback" not in result.err or command in ("status", "plugins"), called
                assert "this is a bug" not in result.err, (called, result.err)


def test_the_sweep_shows_the_hostile_text(ferry: Cli, plugin_dir: PluginDir) -> None:
    """Hostile text is shown in tables, errors and exceptions of plugins; otherwise the sweep would prove
    nothing."""
    folder = plugin_dir(
        {"broken.py": BROKEN.format(words=WORDS), "loud.py": UNLOADABLE.format(words=WORDS)}
    )
    for called in (
        ("stories", "-f", "csv"), ("show", "ferry", "f3"), ("log", "-f", "table"), (W,), ("show", W),
        ("show", "ferry", "shout"), ("status", "-v"), ("plugins", "-v"), ("export", "ferry", "-f", "loud"),
        ("--debug", "show", W), ("erase", W, "--reason", "r", "--basis", "b", "--dry-run"),
    ):  # fmt: skip
        result = ferry("--plugins-dir", str(folder), *called)
        shown = "".join((result.out + result.err).split())
        assert "\\x1b]0;owned" in shown or "u001b]0;owned" in shown, called


@pytest.mark.sampled(1)
@pytest.mark.parametrize("part", range(4))
def test_naughty_strings_are_inert_in_every_form(
    shared: Path, dateline_cli: Cli, tmp_path: Path, part: int
) -> None:
    cli = filled(dateline_cli, tmp_path, WORDS, *hostile.naughty(shared)[part::4])
    for command in ("stories", "show", "log", "diff", "status", "erase"):
        for arguments in COMMANDS[command]:
            result = cli(command, *arguments)
            assert not hostile.acts(result.out + result.err), (command, arguments)
    for form in ("csv", "markdown", "html"):
        assert not hostile.acts(cli("export", "--all", "-f", form).out), form


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_is_unchanged_in_a_pipe_and_escaped_on_a_terminal(
    ferry: Cli, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    piped = ferry("export", "--all", "-f", form).out
    assert not [char for char in piped if ord(char) < 0x20 and char != "\n"]
    assert piped == ferry("export", "--all", "-f", form).out

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(
        "dateline.pytest_plugin._stream",
        lambda text="": Terminal(io.BytesIO(text.encode()), encoding="utf-8", newline=""),
    )
    assert hostile.acts(piped)
    assert not hostile.acts(ferry("export", "--all", "-f", form).out)
    assert not hostile.acts(ferry("prove", "ferry", "--key", "a.key").out)
