"""The fixtures for plugin authors, as an author uses them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.effort import examples

from dateline import Archive, DatelineError
from dateline.plugin import (
    Fact,
    FactRow,
    FactView,
    FigureRecorded,
    UnknownName,
    View,
    hookimpl,
)
from dateline.pytest_plugin import Cli, PluginDir, WithPlugin
from dateline.testing import samples
from dateline.testing.histories import histories


class Values(FactView):
    """The value of each figure."""

    name, of = "values", FigureRecorded

    class Row(FactRow, frozen=True):
        value: float | None

    def rows(self, fact: Fact) -> Iterable[FactRow]:
        for quantity in fact.data.quantities:
            yield self.Row(value=quantity.value)


class Offer:
    """A plugin that is an object."""

    @staticmethod
    @hookimpl
    def dateline_views() -> list[View]:
        return [Values()]


def in_a_file() -> None:
    from dateline.plugin import Check, hookimpl

    @hookimpl
    def dateline_checks():  # type: ignore[no-untyped-def]
        return [Check("titled", lambda state: [] if state.title else ["it has no title"])]


def test_an_archive_in_memory_has_no_plugins(dateline_archive: Archive) -> None:
    dateline_archive.record(samples.story())
    assert dateline_archive.plugins.records == []
    with pytest.raises(UnknownName):
        dateline_archive.view("timeline")


def test_with_plugin_accepts_an_instance_a_list_or_a_plugin(with_plugin: WithPlugin) -> None:
    for offered in (Values(), [Values()], Offer()):
        archive = with_plugin(offered)
        archive.record(samples.story())
        assert list(archive.plugins.views) == ["values"]
        assert [row["value"] for row in archive.view("values", "ferry").dicts()] == [143]
    for wrong in (_offering(Values), [Values]):  # the class, not an instance
        with pytest.raises(DatelineError):
            with_plugin(wrong)


def _offering(item: object) -> object:
    class Bad:
        @staticmethod
        @hookimpl
        def dateline_views() -> list[object]:
            return [item]

    return Bad()


def test_a_command_returns_its_exit_code_streams_and_error_code(
    dateline_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = dateline_cli("init")
    assert (started.code, started.error) == (0, None)
    assert dateline_cli("import", "-", stdin="{broken").code == 1
    assert dateline_cli("stories").out.startswith("story,title")
    result = dateline_cli("show", "nothing")
    assert (result.code, result.out) == (1, "")
    assert result.err and result.error
    assert Path("dateline.db").exists()


def test_a_folder_of_plugins_from_source_functions_and_modules(
    dateline_cli: Cli, plugin_dir: PluginDir
) -> None:
    folder = plugin_dir({"checking.py": in_a_file, "wrong.py": "raise RuntimeError('no')"})
    result = dateline_cli("--plugins-dir", str(folder), "plugins")
    assert f"checking,active,{folder / 'checking.py'},check titled," in result.out
    assert "RuntimeError: no" in result.out


@settings(max_examples=examples(5))
@given(histories(min_length=60, max_length=80))
def test_histories_can_be_long(lines: list[samples.Fields]) -> None:
    from dateline.testing.isolated import isolated

    with Archive.create(":memory:", isolated()) as archive:
        assert archive.record(lines).new == len(lines)


def test_the_pytest_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys, dateline.pytest_plugin\n"
        "print([m for m in ('sqlalchemy', 'hypothesis', 'click', 'msgspec', 'pluggy') "
        "if f'dateline.{m}' in sys.modules or (m in sys.modules and m != 'pluggy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


BROKEN = '''
import time
from dateline.plugin import View, ViewRow, hookimpl

class Stamped(View):
    """When it was folded."""
    name = "stamped"
    class Row(ViewRow):
        at: float
    def fold(self, event, rows):
        rows.put("at", self.Row(at=time.time()))

@hookimpl
def dateline_views():
    return [Stamped()]
'''


def test_plugins_check_prints_broken_rules_and_the_smallest_history(
    dateline_cli: Cli, plugin_dir: PluginDir
) -> None:
    folder = plugin_dir({"stamped.py": BROKEN, "bad.py": "import no_such_module"})
    options = ("--plugins-dir", str(folder), "--without", "json", "plugins", "check")
    result = dateline_cli(*options, "stamped", "--examples", "2")
    assert result.code == 3
    assert "stamped,view stamped,takes-every-story,ok," in result.out
    assert "stamped,view stamped,pure,broken," in result.out
    assert "time.time" in result.err
    assert '{"type": "story.opened", "slug": "made-up"' in result.err
    assert "bad" not in result.out
    fine = dateline_cli(*options, "sources", "--examples", "2")
    assert (fine.code, fine.out.count(",ok,")) == (0, 9)
    assert dateline_cli(*options, "bad").code == 3
    for name in ("none", "json"):  # not found, blocked
        result = dateline_cli(*options, name)
        assert (result.code, result.out) == (1, "")
        assert result.error and repr(name) in result.err


def test_without_hypothesis_check_names_the_extra_to_install(
    dateline_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = dateline_cli("plugins", "check")
    assert (result.code, result.error) == (1, "library-missing")
    assert "dateline[test]" in result.err
