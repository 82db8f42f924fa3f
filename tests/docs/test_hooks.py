"""Each hook works as its reference states; each has a test with its name."""

from __future__ import annotations

from pathlib import Path

from dateline import Archive, Plugins
from dateline.cli.view_forms import FORMS
from dateline.plugins import hookspecs
from dateline.plugins.points import KINDS
from dateline.testing import samples

HEAD = "from typing import ClassVar\nfrom dateline.plugin import *\n"


def plugin(folder: Path, source: str, hook: str, item: str) -> Plugins:
    """All plugins, and one more that offers `item` of `source` through `hook`."""
    offer = f"\n@hookimpl\ndef {hook}():\n    return [{item}]\n"
    (folder / "mine.py").write_text(HEAD + source + offer, "utf-8")
    plugins = Plugins.load(folders=[folder])
    assert plugins.failures == []
    return plugins


def test_hook_dateline_views(tmp_path: Path) -> None:
    source = """
class Kinds(FactView):
    name = "kinds"
    class Row(FactRow):
        kind: str
    def rows(self, fact):
        yield self.Row(kind=fact.kind)
"""
    plugins = plugin(tmp_path, source, "dateline_views", "Kinds()")
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        assert [row["kind"] for row in archive.view("kinds", "ferry").dicts()] == [
            "statement",
            "figure",
        ]


def test_hook_dateline_exporters(tmp_path: Path) -> None:
    source = """
class Titles(Exporter):
    name, suffix = "titles", ".titles"
    def export(self, material):
        yield from (f"{story.title}\\n" for story in material.stories())
"""
    plugins = plugin(tmp_path, source, "dateline_exporters", "Titles()")
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        with archive.material("ferry") as material:
            written = "".join(plugins.exporter("titles").export(material))
    assert written == "Fictional: the ferry Alma\n"


def test_hook_dateline_importers(tmp_path: Path) -> None:
    source = """
class Titles(Importer):
    name, suffixes = "titles", (".titles",)
    def read(self, chunks):
        for number, title in enumerate(b"".join(chunks).decode().splitlines(), 1):
            yield Line({"type": "story.retitled", "title": title}, number)

class Loud(SourceImporter):
    name, suffixes, media_type = "loud", (".loud",), "text/x-loud"
    def document(self, content, charset):
        return Document(content.upper())
"""
    plugins = plugin(tmp_path, source, "dateline_importers", "Titles(), Loud()")
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        archive.record(plugins.importer("titles").read([b"Afl", b"oat"]), story="ferry")
        assert archive.state("ferry").title == "Afloat"
    assert plugins.source_importer(".loud").document(b"ahoy", None).text == "AHOY"


def test_hook_dateline_event_types(tmp_path: Path) -> None:
    source = """
class Seen(Payload, frozen=True, kw_only=True):
    type: ClassVar[str] = "acme.sighting.recorded"
    schema_version: ClassVar[int] = 2
    seen: str
"""
    item = "EventType(Seen, {1: lambda fields: {'seen': fields['what']}})"
    plugins = plugin(tmp_path, source, "dateline_event_types", item)
    line = {"type": "acme.sighting.recorded", "what": "a tug"}
    with Archive.create(":memory:", plugins) as archive:
        archive.record([*samples.story(), line])
        *_, event = archive.events("ferry")
        assert (event.schema_version, event.original) == (1, {"what": "a tug"})
        assert vars_of(event.data) == {"seen": "a tug"}


def vars_of(data: object) -> dict[str, object]:
    return {name: getattr(data, name) for name in data.__struct_fields__}  # type: ignore[attr-defined]


def test_hook_dateline_checks(tmp_path: Path) -> None:
    source = "def count(story):\n    yield f'{len(story.facts)} facts'\n"
    plugins = plugin(tmp_path, source, "dateline_checks", "Check('count', count)")
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        assert list(plugins.checks["count"].run(archive.state("ferry"))) == ["2 facts"]


def test_hook_dateline_doubts(tmp_path: Path) -> None:
    source = "def brief(fact):\n    yield Doubt('brief', '/text', fact.data.text, 'it is brief')\n"
    plugins = plugin(tmp_path, source, "dateline_doubts", "Doubter('brief', brief)")
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        rows = archive.view("doubts", "ferry").dicts()
        assert [(row["fact"], row["doubt"]) for row in rows] == [("f1", "brief"), ("f2", "brief")]


def test_hook_dateline_executors(tmp_path: Path) -> None:
    source = """
@hookimpl
def dateline_executors():
    return {"backwards": backwards}

def backwards(fold, chunks, *, address, jobs):
    assert (address, jobs) == ("somewhere:1", 3)
    yield from reversed([fold(chunk) for chunk in reversed(list(chunks))])
"""
    plugins = plugin(tmp_path, source, "dateline_checks", "")
    with Archive.create(tmp_path / "a.db", plugins) as archive:
        archive.record(samples.story())
        [build] = archive.rebuild(["figures"], jobs=3, executor="backwards://somewhere:1")
        assert build.state == "live" and archive.verify_view("figures") == []


def test_hook_dateline_proposers(tmp_path: Path) -> None:
    source = """
class Towed(Proposer):
    name, version = "towed", "3"
    def propose(self, text, known):
        start = text.index("will be towed")
        evidence = [{"start": start, "end": start + 13}]
        yield Candidate({"type": "occurrence.recorded", "action": "tow", "evidence": evidence})
"""
    plugins = plugin(tmp_path, source, "dateline_proposers", "Towed()")
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        [queued] = archive.propose("ferry", proposers=["towed"]).queued
        assert archive.state("ferry").version == 7
        archive.accept(queued.name, by="Ida Brandt")
        assert archive.fact("ferry", "f3").recorded_by.tool == "towed 3"


def test_every_hook_has_a_test_with_its_name() -> None:
    tests = Path(__file__).parents[1]
    written = "\n".join(path.read_text("utf-8") for path in tests.rglob("*.py"))
    hooks = [name for name, item in vars(hookspecs).items() if hasattr(item, "dateline_spec")]
    assert len(hooks) >= 5
    assert [name for name in hooks if f"def test_hook_{name}(" not in written] == []


GUIDE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text("utf-8")


def table(head: str) -> list[list[str]]:
    """The rows of the table of the guide that begins with `head`."""
    lines = GUIDE.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_guide_lists_each_form_of_views_as_plugins_new_does() -> None:
    listed = [(base.strip("`"), writes.replace("`", "")) for base, writes, _ in table("form")]
    assert listed == [(form.base, form.writes) for form in FORMS.values()]


def test_the_guide_lists_each_group_of_entry_points() -> None:
    listed = {group.strip("`"): hook.strip("`") for group, hook, _ in table("group")}
    assert listed == {
        **{f"dateline.{kind}": f"dateline_{kind}" for kind in KINDS},
        "dateline": "any of them",
    }
