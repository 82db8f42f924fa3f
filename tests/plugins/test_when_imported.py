"""A plugin is imported when something that it may offer is first asked for, and not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline import DatelineError, Plugins
from dateline.plugin import Check, EventType, Exporter, FactRow, FactView, Payload, hookimpl
from dateline.plugins.discovery import Candidate, Selection
from dateline.plugins.points import ANY, KINDS
from dateline.pytest_plugin import Cli

Installed = Callable[..., Path]
LOUD = "raise RuntimeError('imported')"
CHECK = (
    "from dateline.plugin import Check, hookimpl\n"
    "@hookimpl\n"
    "def dateline_checks():\n"
    "    return [Check('acme', lambda story: [])]\n"
)


def test_an_exporter_is_imported_by_an_export_alone(ferry: Cli, installed: Installed) -> None:
    site = installed("acme 1.0", "[dateline.exporters]", "acme = acme_one")
    (site / "acme_one.py").write_text(LOUD)
    for command in (("stories",), ("show", "ferry", "timeline"), ("status",)):
        assert "acme" not in ferry(*command).err
    assert "plugin acme (acme 1.0) is left out" in ferry("export", "ferry", "-f", "csv").err
    assert "acme,failed,acme 1.0" in ferry("plugins").out
    assert ferry("--strict", "stories").code == 1


def test_what_it_prints_when_it_is_imported_late_is_no_data(
    ferry: Cli, installed: Installed
) -> None:
    site = installed("acme 1.0", "[dateline.exporters]", "acme = acme_eight")
    (site / "acme_eight.py").write_text("print('LOUD')")
    done = ferry("export", "ferry", "-f", "csv")
    assert (done.code, "LOUD" in done.out, "LOUD" in done.err) == (0, False, True)


def test_a_plugin_of_the_group_for_all_may_offer_anything(ferry: Cli, installed: Installed) -> None:
    site = installed("acme 1.0", "[dateline]", "acme = acme_two")
    (site / "acme_two.py").write_text(LOUD)
    assert "plugin acme (acme 1.0) is left out" in ferry("stories").err


def test_a_hook_without_an_entry_point_of_its_kind_is_refused(
    ferry: Cli, installed: Installed
) -> None:
    site = installed("acme 1.0", "[dateline.views]", "acme = acme_three")
    (site / "acme_three.py").write_text(CHECK)
    assert "no entry point in the group dateline.checks" in ferry("show", "ferry", "timeline").err
    plugins = Plugins.load()
    assert "acme" not in plugins.checks
    assert [record.name for record in plugins.failures] == ["acme"]


def test_a_plugin_with_several_kinds_has_an_entry_point_for_each(
    ferry: Cli, installed: Installed
) -> None:
    site = installed(
        "acme 1.0", "[dateline.views]", "acme = acme_four", "[dateline.checks]", "acme = acme_four"
    )
    (site / "acme_four.py").write_text(CHECK)
    listed = ferry("plugins").out.splitlines()
    assert [line for line in listed if line.startswith("acme,")] == [
        "acme,active,acme 1.0,check acme,"
    ]


def test_entry_points_that_name_two_modules_are_refused(ferry: Cli, installed: Installed) -> None:
    site = installed(
        "acme 1.0", "[dateline.views]", "acme = acme_five", "[dateline.checks]", "acme = acme_six"
    )
    (site / "acme_five.py").write_text("")
    (site / "acme_six.py").write_text("")
    listed = ferry("plugins").out
    assert "acme,failed,acme 1.0" in listed
    assert "acme_five" in listed and "acme_six" in listed


def _view(name: str) -> FactView:
    members = {"name": name, "Row": type("Row", (FactRow,), {}), "rows": lambda self, fact: ()}
    return type("Some", (FactView,), members)()  # type: ignore[no-any-return]


def _exporter(name: str) -> Exporter:
    members = {"name": name, "suffix": ".x", "export": lambda self, material: ()}
    return type("Some", (Exporter,), members)()  # type: ignore[no-any-return]


def _event_type(name: str) -> EventType:
    members = {"type": f"acme.{name}.recorded", "__module__": __name__}
    return EventType(type("Some", (Payload,), members, frozen=True, kw_only=True))


def _check(name: str) -> Check:
    return Check(name, lambda story: ())


MAKE: dict[str, Callable[[str], object]] = {
    "views": _view, "exporters": _exporter, "event_types": _event_type, "checks": _check,
}  # fmt: skip


def _candidate(name: str, kinds: frozenset[str], offered: str, broken: bool) -> Candidate:
    """A plugin that offers an item called `offered` of each of its kinds."""
    some = {kind: MAKE[kind](offered) for kind in sorted(kinds & MAKE.keys())}
    hooks = {f"dateline_{kind}": hookimpl(lambda item=item: [item]) for kind, item in some.items()}

    def load() -> object:
        if broken:
            raise RuntimeError
        return SimpleNamespace(**hooks)

    return Candidate(name, f"origin of {name}", load, kinds=kinds)


_offered, _broken = st.sampled_from("ab"), st.integers(0, 4).map(lambda number: number == 0)
_kinds = st.frozensets(st.sampled_from(sorted(MAKE)), min_size=1)
#: Names of installed plugins are unique; a file of a folder may have any name, and offer anything.
_installed = st.lists(
    st.tuples(st.sampled_from("pqr"), _kinds, _offered, _broken),
    max_size=3,
    unique_by=lambda each: each[0],
)
_in_folders = st.lists(
    st.tuples(st.sampled_from("pqs"), st.just(ANY), _offered, _broken), max_size=1
)


@given(
    st.builds(list.__add__, _installed, _in_folders),
    st.permutations(KINDS),
    st.sampled_from([frozenset[str](), frozenset("p")]),
)
def test_what_counts_does_not_depend_on_what_is_asked_first(
    given_plugins: list[tuple[str, frozenset[str], str, bool]],
    asked: list[str],
    without: frozenset[str],
) -> None:
    def found() -> Plugins:
        plugins = Plugins()
        plugins._selection = Selection(without)
        plugins._due = [_candidate(*each) for each in given_plugins]
        return plugins

    at_once, by_and_by = found(), found()
    at_once.load_all()
    for kind in asked:
        assert getattr(by_and_by, kind).keys() == getattr(at_once, kind).keys()
        assert by_and_by.owners(kind) == at_once.owners(kind)
    order = [record.status for record in at_once.records]
    assert sorted(record.status for record in by_and_by.records) == sorted(order)


def test_left_out_plugins_are_known_when_their_kind_is_asked_for() -> None:
    plugins = Plugins()
    plugins._due = [_candidate("p", frozenset(["views"]), "a", True)]
    assert plugins.names == ["p"]
    assert plugins.left_out("checks") == set()
    assert plugins.left_out("views") == {"p"}


def test_strict_loading_imports_everything_at_once(installed: Installed) -> None:
    site = installed("acme 1.0", "[dateline.exporters]", "acme = acme_seven")
    (site / "acme_seven.py").write_text(LOUD)
    Plugins.load()
    with pytest.raises(DatelineError) as caught:
        Plugins.load(strict=True)
    assert caught.value.code == "plugin-failed"
