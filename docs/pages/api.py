"""The page of the Python API: its examples, which a test runs, and the calls of `dateline.Archive`."""

from __future__ import annotations

import inspect
import re
from types import FunctionType

from pages.writing import NOTE, doc, signature

import dateline
from dateline.cli.root import root

INTRO = """
# The Python API

Whatever a command does, one call of `dateline.Archive` does too. Three modules are public: `dateline` (this page),
[`dateline.plugin`](plugin.md) for plugins, and `dateline.testing` for their tests. Every other module is internal: it
can change at any time. Names are imported on first use, so `import dateline` is fast.

Errors are `DatelineError` or one of its classes, and have a [code](errors.md). Input that breaks [rules](rules.md) is
`Refused`, with all findings, and nothing is written. Dates are EDTF text, such as `2024-10-07`. `Place` stands for
`str | os.PathLike[str]`, a path, and `KeyFile` for the path of a signing key or None.

The examples are one session, which a test runs. The story is invented.
"""
#: Title, text, example and the names of the calls of each group.
GROUPS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Create or open an archive",
        "An archive is a SQLite file or the URL of a PostgreSQL database. Close it, or use it in a `with` statement.",
        """
>>> from dateline import Archive
>>> archive = Archive.create("sarn.db")
>>> archive.open_story("sarn", "Fictional: the lighthouse of Sarn").new
1
>>> archive.head().position
1
>>> [story.slug for story in archive.stories()]
['sarn']
""",
        "create open read_only upgrade close open_story retitle close_story stories overview story_count story head id kept",
    ),
    (
        "Capture a document",
        "A document is kept byte for byte. Facts quote its text. What is not given is taken from the document.",
        """
>>> from pathlib import Path
>>> _ = Path("monday.txt").write_text(
...     "FICTION. The lighthouse of Sarn has been dark since Sunday. About 12 boats stayed in port."
... )
>>> report = archive.capture(
...     "monday.txt", story="sarn", publisher="org:post=Sarn Post", published="2024-10-07"
... )
>>> report.new, report.text
(True, None)
>>> archive.document(report.source).text[:30]
'FICTION. The lighthouse of Sar'
""",
        "capture document withdraw",
    ),
    (
        "Record facts",
        "A line is an event of the [catalogue](events.md), as a dictionary. A call records all of its lines, or none.",
        """
>>> def boats(text, value, words, source=report.source):
...     return {
...         "type": "figure.recorded",
...         "text": text,
...         "source": source,
...         "evidence": [{"role": "content", "exact": words}],
...         "attribution": [{"agent": "org:post", "role": "publisher"}],
...         "quantities": [{"measure": "boats in port", "value": value, "verbatim": str(value)}],
...     }
>>> done = archive.record([boats("12 boats stayed in port.", 12, "About 12 boats")], story="sarn")
>>> done.facts, done.positions
(('f1',), (4,))
>>> from dateline import Refused
>>> try:
...     archive.record([boats("13 boats stayed in port.", 13, "About 13 boats")], story="sarn")
... except Refused as refused:
...     print(refused.findings[0].rule, refused.findings[0].field)
evidence-missing /evidence/0/exact
""",
        "record import_file recorded",
    ),
    (
        "Correct facts and link them",
        "Nothing is overwritten: a notice is an event of its own. `reported` is the day on which it was made public.",
        """
>>> archive.correct(
...     "sarn", "f1", {"quantities.0.approximate": True}, reason="Only counted once",
...     reported="2024-10-08",
... )
[Change(path='/quantities/0/approximate', was=None, now=True)]
>>> _ = archive.record([boats("12 boats were named.", 12, "12 boats")], story="sarn")
>>> _ = archive.link("sarn", "f2", "elaborates", "f1")
>>> _ = archive.retract("sarn", "f2", reason="Nobody named them", reported="2024-10-09")
>>> archive.fact("sarn", "f2").status
'retracted'
""",
        "correct retract dispute review add_evidence link",
    ),
    (
        "Put mistakes right",
        "Sources and entities are amended, two ids of one entity are merged, and acts are taken back, by events.",
        """
>>> archive.amend("sarn", "org:post", {"label": "The Sarn Post"}, reason="Its full name")
[Change(path='/label', was='Sarn Post', now='The Sarn Post')]
>>> archive.fact("sarn", "f1").chain
'The Sarn Post'
>>> [act.type for act in archive.undo("sarn", reason="It uses the short name")]
['entity.amended']
>>> archive.fact("sarn", "f1").chain
'Sarn Post'
""",
        "amend merge undo",
    ),
    (
        "Read, now and as of a day",
        "`as_of` gives the public record at the end of a day, `as_recorded` what the archive held at a time or position.",
        """
>>> for row in archive.view("timeline", "sarn").dicts():
...     print(row["fact"], row["status"], row["text"])
f1 corrected 12 boats stayed in port.
>>> [row["value"] for row in archive.view("figures", where="value>=10", sort="-value", limit=5).dicts()]
[12]
>>> [row["status"] for row in archive.view("timeline", "sarn", as_of="2024-10-07").dicts()]
['recorded', 'recorded']
>>> archive.view("timeline", "sarn", as_recorded=3).rows
[]
>>> [(hit.story, hit.id, hit.what) for hit in archive.search("boat", within=["fact"]).hits]
[('sarn', 'f1', 'fact')]
>>> [(change.kind, change.fact) for change in archive.diff("sarn", "2024-10-07", "2024-10-09")]
[('corrected', 'f1'), ('figure', 'f1'), ('retracted', 'f2')]
>>> archive.entity("sarn", "org:post").label
'Sarn Post'
>>> [(one.entity, one.stories, one.facts) for one in archive.entities(kind="organization")]
[('org:post', 1, 1)]
>>> archive.entity("Sarn Post").named.count, archive.duplicates()
(1, [])
>>> [event.type for event in archive.events("sarn")][:3]
['story.opened', 'entity.introduced', 'source.captured']
""",
        "view state fact entity entities duplicates links_to source events days diff search indexed",
    ),
    (
        "Export",
        "Equal archives give equal bytes. NDJSON can be imported again.",
        """
>>> archive.export("sarn", format="csv", view="sources")[:33]
'story,key,document,source,title,p'
>>> _ = Path("sarn.ndjson").write_text(archive.export("sarn", format="ndjson"))
>>> with Archive.create(":memory:") as other:
...     print(other.import_file("sarn.ndjson").new)
10
>>> archive.export_segments("segments")
Written(position=10, events=10, files=1, replaced=0)
""",
        "export material export_segments",
    ),
    (
        "Prove and verify",
        "A checkpoint, kept elsewhere, shows whether anything before it was changed. A proof needs no archive to be checked.",
        """
>>> from dateline import check_proof
>>> key = archive.new_key("sarn.key")
>>> signed = archive.checkpoint(key)
>>> _ = Path("tuesday.note").write_text(signed.note)
>>> proof = archive.prove("sarn", "f1", key=key)
>>> check_proof(proof, [key.vkey]).facts["f1"].now["text"]
'12 boats stayed in port.'
>>> verified = archive.verify(vkeys=[str(key.vkey)], against=["tuesday.note"])
>>> verified.tampered, verified.unchecked
(False, [])
""",
        "new_key signing_key checkpoint last_checkpoint checkpoint_to_prove prove verifier verify verify_export verify_segments",
    ),
    (
        "Protect and erase",
        "`protect` encrypts content under a key of that subject. Erasing destroys the key; the log keeps a tombstone.",
        """
>>> line = boats("A witness counted 12 boats.", 12, "stayed in port")
>>> archive.record([line], story="sarn", protect="Witness 7").facts
('f3',)
>>> archive.subjects()
['Witness 7']
>>> [event.name for event in archive.plan_erasure("Witness 7").events]
['f3']
>>> archive.erase("Witness 7", reason="The witness asked for it", basis="GDPR 17").step
'done'
>>> archive.verify().tampered
False
""",
        """subjects key_of plan_erasure erase resume resumed unfinished_erasures held_up fold_again
        lost_keys sealed_keys paired ordered pair""",
    ),
    (
        "Follow, back up and copy",
        "A follower gets each event once, in order, also while other processes write. `Stop` ends it.",
        """
>>> from dateline import Stop, copy_archive
>>> stop = Stop()
>>> for event in archive.follow("sarn", after=2, stop=stop):
...     print(event.position, event.type)
...     stop.request()
3 source.captured
>>> stop.close()
>>> archive.backup("saved.db").position == archive.head().position
True
>>> copy_archive("sarn.db", "copy.db").new
12
""",
        "follow backup",
    ),
    (
        "Propose and accept facts",
        "What a program finds waits in a queue until a person accepts it; see [proposals](../proposals.md).",
        """
>>> found = {"type": "occurrence.recorded", "action": "go dark", "evidence": ["dark since Sunday"]}
>>> wrong = {"type": "occurrence.recorded", "action": "shine", "evidence": ["bright since Sunday"]}
>>> proposed = archive.propose("sarn", lines=[found, wrong], tool="my-model 2")
>>> [one.rule for one in proposed.left_out]
['evidence-missing']
>>> [(one.name, one.state, one.fields["text"]) for one in archive.proposals("sarn")]
[('p1', 'queued', 'dark since Sunday')]
>>> archive.accept("p1", by="Mara Lind").facts
('f4',)
>>> fact = archive.fact("sarn", "f4")
>>> fact.method, fact.recorded_by.agent, fact.recorded_by.tool
('extracted', 'Mara Lind', 'my-model 2')
""",
        "propose proposals proposal accept reject put_off",
    ),
    (
        "Maintain the views",
        "Views are tables that are computed from the log; they can be built again at any time.",
        """
>>> [build.state for build in archive.rebuild(["timeline"])]
['live']
>>> archive.verify_view("timeline")
[]
>>> list(archive.run_checks())
[]
>>> archive.close()
""",
        """catch_up catch_up_indexes rebuild undo_rebuild verify_view prune builds gone_views own_views kept_view pending_views open_doubts sql_views
        refresh_sql_views run_checks known_types plugins notice""",
    ),
)
#: The call for each command.
COMMANDS = {
    "init": "Archive.create",
    "open": "Archive.open_story",
    "retitle": "Archive.retitle",
    "close": "Archive.close_story",
    "capture": "Archive.capture",
    "import": "Archive.import_file",
    "record": "Archive.record",
    "propose": "Archive.propose",
    "proposals": "Archive.proposals, Archive.accept, Archive.reject, Archive.put_off",
    "correct": "Archive.correct",
    "retract": "Archive.retract",
    "dispute": "Archive.dispute",
    "review": "Archive.review",
    "evidence": "Archive.add_evidence",
    "link": "Archive.link",
    "withdraw": "Archive.withdraw",
    "amend": "Archive.amend",
    "merge": "Archive.merge",
    "undo": "Archive.undo",
    "stories": "Archive.overview",
    "entities": "Archive.entities, Archive.duplicates",
    "search": "Archive.search",
    "show": "Archive.view, Archive.state, Archive.fact, Archive.entity",
    "log": "Archive.events",
    "follow": "Archive.follow",
    "export": "Archive.export, Archive.export_segments",
    "diff": "Archive.diff",
    "erase": "Archive.plan_erasure, Archive.erase",
    "pair": "Archive.ordered, Archive.pair",
    "checkpoint": "Archive.checkpoint",
    "verify": "Archive.verify, Archive.verify_export, Archive.verify_segments",
    "prove": "Archive.prove, Archive.verifier",
    "key": "Archive.new_key, Archive.signing_key",
    "rebuild": "Archive.rebuild, Archive.verify_view, Archive.undo_rebuild",
    "prune": "Archive.prune",
    "status": "Archive.builds, Archive.run_checks, Archive.sql_views",
    "copy": "copy_archive",
    "backup": "Archive.backup",
    "plugins": "Plugins.load",
    "upgrade": "Archive.upgrade",
}
#: Commands for a shell alone.
_SHELL = frozenset({"completion"})
#: Attributes that are not methods, with their meaning.
_VALUES = {
    "recorded": "The result of the last `record`, or None.",
    "resumed": "The erasures that opening, `resume` or `pair` finished.",
    "unfinished_erasures": "The erasures that another process blocks.",
    "plugins": "The loaded plugins.",
    "read_only": "Whether it was opened read-only: then nothing is ever written.",
    "notice": "Called with a sentence about each side effect; assign a function to it.",
}
#: Arguments that several calls share, and what the page shows for them.
_HOW = "reported: str | None=None, recorded_by: RecordedBy=RecordedBy()"
_PACKED = {
    "**how: Unpack[HowBy]": f"by: str | None=None, {_HOW}",
    "**how: Unpack[How]": _HOW,
    "**when: Unpack[When]": "as_of: str | None=None, as_recorded: str | int | None=None",
}


def api_page() -> str:
    parts = [NOTE, INTRO.strip() + "\n"]
    for title, text, example, names in GROUPS:
        parts += [f"## {title}\n", f"{text}\n", f"```python\n{example.strip()}\n```\n"]
        parts += ["\n".join(_call(name) for name in names.split()) + "\n"]
    parts += [
        "## Other names of `dateline`\n",
        "\n".join(_name(name) for name in dateline.__all__ if name != "Archive") + "\n",
        "## The call for each command\n",
        "| command | call |\n| --- | --- |",
    ]
    rows = [
        f"| `dateline {name}` | {', '.join(f'`{call}`' for call in COMMANDS[name].split(', '))} |"
        for name in sorted(root.core)
        if name not in _SHELL
    ]
    return "\n".join(parts) + "\n" + "\n".join(rows) + "\n"


def _call(name: str) -> str:
    if name in _VALUES:
        return f"- `{name}`: {_VALUES[name]}"
    item = inspect.getattr_static(dateline.Archive, name)
    if isinstance(item, property):
        return f"- `{name}`: {_line(item)}"
    function = inspect.unwrap(getattr(item, "__func__", item))
    assert isinstance(function, FunctionType)
    shown = re.sub(r"\barchive: [A-Z]\w+(, )?", "", signature(function))
    for packed, arguments in _PACKED.items():
        if packed in shown:
            shown = shown.replace(
                packed, arguments if "*" in shown.partition(packed)[0] else f"*, {arguments}"
            )
    return f"- `{shown}`: {_line(function)}"


def _name(name: str) -> str:
    item = getattr(dateline, name)
    shown = signature(item) if isinstance(item, FunctionType) else name
    return f"- `{shown}`: {_line(item)}"


def _line(item: object) -> str:
    """The docstring on one line, its paragraphs joined; of a class, its first paragraph."""
    text = doc(item)
    if isinstance(item, type):
        text = text.partition("\n\n")[0]
    return " ".join(text.split())
