"""A broken plugin is reported and stops only itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline import Archive, DatelineError, Plugins
from dateline.plugins.discovery import Selection
from dateline.testing import samples

GOOD = '''
from dateline.plugin import FactRow, FactView, FigureRecorded, hookimpl

class Measures(FactView):
    """Every number with its measure."""
    name, version, of = "measures", 1, FigureRecorded
    class Row(FactRow):
        measure: str
        value: float | None
    def rows(self, fact):
        for quantity in fact.data.quantities:
            yield self.Row(measure=quantity.measure, value=quantity.value)

@hookimpl
def dateline_views():
    return [Measures()]
'''


def load(folder: Path, **sources: str) -> Plugins:
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return Plugins.load(folders=[folder])


def test_a_view_of_fifteen_lines_shows_exports_and_follows_corrections(tmp_path: Path) -> None:
    assert len(GOOD.strip().splitlines()) <= 15
    plugins = load(tmp_path, measures=GOOD)
    assert plugins.failures == []
    with Archive.create(":memory:", plugins) as archive:
        archive.record(samples.story())
        [row] = archive.view("measures", "ferry").dicts()
        assert (row["measure"], row["value"]) == ("passengers ashore", 143)
        archive.record([samples.corrected("f2", "/quantities/0/value", 143, 150)], story="ferry")
        with archive.material("ferry", view="measures") as material:
            text = "".join(plugins.exporter("csv").export(material))
        assert text.splitlines()[1].endswith("passengers ashore,150")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module_here", "No module named 'no_such_module_here'"),
        ("raise SystemExit(3)", "SystemExit"),
        ("def broken(:", "SyntaxError"),
        (GOOD.replace("def dateline_views", "def dateline_view"), "did you mean 'dateline_views'?"),
        (GOOD.replace("@hookimpl\n", ""), "lacks its @hookimpl"),
        (GOOD.replace("dateline_views()", "dateline_views(archive)"), "archive"),
        (GOOD.replace("[Measures()]", "[Measures]"), "return instances"),
        (GOOD.replace("[Measures()]", "None"), "not a list of views"),
        (GOOD.replace('"measures", 1', '"events", 1'), "reserved"),
        (GOOD.replace('"measures", 1', '"timeline", 1'), "offered by plugin timeline"),
        (GOOD.replace("measure: str", "measure: list"), "use str, int, float or bool"),
    ],
)
def test_a_broken_plugin_is_reported_and_the_others_work(
    tmp_path: Path, source: str, reason: str
) -> None:
    plugins = load(tmp_path, broken=source, measures=GOOD)
    [record] = plugins.failures
    assert record.name == "broken"
    assert record.origin.endswith("broken.py")
    assert reason in (record.error or "")
    assert {"measures", "timeline"} <= set(plugins.views)
    with pytest.raises(DatelineError, match="plugin broken") as caught:
        Plugins.load(folders=[tmp_path], strict=True)
    assert caught.value.code == "plugin-failed"


def test_a_blocked_plugin_is_never_imported(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text("raise RuntimeError('imported')")
    plugins = Plugins.load(folders=[tmp_path], selection=Selection.from_environment(["loud"], {}))
    [record] = [record for record in plugins.records if record.name == "loud"]
    assert (record.status, record.error) == ("blocked", None)
    allowed = Selection.from_environment((), {"DATELINE_PLUGINS": "csv, timeline"})
    plugins = Plugins.load(folders=[tmp_path], selection=allowed)
    assert [r.name for r in plugins.records if r.status == "active"] == ["csv", "timeline"]
    assert (
        Plugins.load(selection=Selection.from_environment((), {"DATELINE_PLUGINS": ""})).views == {}
    )


def test_packages_are_loaded_and_hidden_files_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text(GOOD)
    (tmp_path / "_private.py").write_text("raise RuntimeError")
    (tmp_path / "notes.txt").write_text("not a plugin")
    plugins = Plugins.load(folders=[tmp_path])
    assert plugins.failures == []
    assert plugins.owner("views", "measures") == "pack"
    with pytest.raises(DatelineError) as caught:
        Plugins.load(folders=[tmp_path / "none"])
    assert caught.value.code == "plugin-folder-not-found"


def test_bundled_plugins_are_loaded_from_entry_points_by_name() -> None:
    plugins = Plugins.load(strict=True)
    names = [record.name for record in plugins.records]
    assert names == sorted(names)
    assert {"timeline", "csv", "ndjson", "text"} <= set(names)
