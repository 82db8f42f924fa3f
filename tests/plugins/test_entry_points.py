"""A malformed entry point leaves out only its own plugin, and is reported with its distribution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from dateline.cli import completion
from dateline.plugins import points
from dateline.pytest_plugin import Cli

Installed = Callable[..., Path]
#: Lines of the group ``dateline``, each malformed in another way.
MALFORMED = (
    "measures = acme-view",
    "measures =",
    "measures",
    "= acme_view",
    "measures = acme_view:",
    "measures = :view",
    "measures = acme view",
    "measures = 1acme",
    "measures = acme_view:a-b",
    "measures = acme..view",
    "measures = acme_view [extra",
    "m\xe9asures\xff = acme-view",
)


@pytest.mark.parametrize("line", MALFORMED)
@pytest.mark.sampled(4)
def test_a_malformed_entry_point_is_left_out_by_name(
    ferry: Cli, installed: Installed, line: str
) -> None:
    installed("acme-view 1.0", "[dateline]", line)
    done = ferry("stories")
    assert done.code == 0
    assert "ferry" in done.out
    assert "acme-view 1.0" in done.err and "is left out" in done.err
    assert "NAME = MODULE" in done.err  # the form that it should have
    assert ferry("--help").err == ""
    assert "acme-view 1.0" in ferry("plugins").out
    assert ferry("--strict", "stories").code == 1


def test_the_valid_entry_points_of_a_distribution_are_loaded(
    ferry: Cli, installed: Installed
) -> None:
    site = installed(
        "acme-view 1.0", "[dateline]", "bad", "good = acme_good_one", "", "[other]", "x"
    )
    (site / "acme_good_one.py").write_text("")
    listed = ferry("plugins").out
    assert "good,active,acme-view 1.0" in listed
    assert "bad,failed,acme-view 1.0" in listed


@pytest.mark.parametrize(
    "lines",
    [
        ("[console_scripts]", "acme"),
        ("[console_scripts]", "acme = no-module"),
        ("acme", "= =", "[", "]"),
        ("[dateline", "acme"),
    ],
)
def test_malformed_entry_points_of_other_groups_are_ignored(
    ferry: Cli, installed: Installed, lines: tuple[str, ...]
) -> None:
    installed("acme-view 1.0", *lines)
    for command in (("stories",), ("--help",), ("plugins",)):
        done = ferry(*command)
        assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        (b"", "acme_view-1.0.dist-info"),
        (b"Version: 1.0\n", "acme_view-1.0.dist-info"),
        (b"Name: acme-view\n", "acme-view (no version)"),
        (b"Name: acm\xff\xfe\nVersion: 1.0\n", "acme_view-1.0.dist-info"),
        (b"\x00\x01", "acme_view-1.0.dist-info"),
    ],
)
def test_a_distribution_with_invalid_metadata_is_still_named(
    ferry: Cli, installed: Installed, metadata: bytes, named: str
) -> None:
    site = installed(
        "acme-view 1.0", "[dateline]", "good = acme_good_two", "bad =", metadata=metadata
    )
    (site / "acme_good_two.py").write_text("")
    done = ferry("plugins")
    assert done.code == 0
    assert f"good,active,{named}" in done.out
    assert f"plugin bad ({named}" in done.err


def test_a_missing_attribute_or_module_is_reported(ferry: Cli, installed: Installed) -> None:
    site = installed(
        "acme-view 1.0",
        "[dateline]",
        "one = acme_good_three:nothing",
        "two = no_such_module_of_acme",
    )
    (site / "acme_good_three.py").write_text("")
    stderr = ferry("stories").err
    assert "plugin one (acme-view 1.0) is left out: AttributeError" in stderr
    assert "plugin two (acme-view 1.0) is left out: ModuleNotFoundError" in stderr


def test_completion_offers_names_despite_a_malformed_entry_point(
    ferry: Cli, installed: Installed
) -> None:
    installed("acme-view 1.0", "[dateline]", "measures = acme-view", "[dateline.commands]", "x")
    context = click.Context(click.Command("x"))
    assert "measures" in completion.plugins(context, click.Option(["--x"]), "meas")


def test_a_broken_command_is_named_in_help_and_when_it_is_called(
    ferry: Cli, installed: Installed
) -> None:
    installed("acme-view 1.0", "[dateline.commands]", "measure = acme-view", "other")
    shown = ferry("--help")
    assert (shown.code, shown.err) == (0, "")
    assert "acme-view 1.0" in shown.out and "measure = acme-view" in shown.out.replace("\n", " ")
    called = ferry("measure")
    assert called.code == 1
    assert "command 'measure' of acme-view 1.0 cannot be loaded" in called.err
    assert "NAME = MODULE" in called.err
    assert ferry("stories").code == 0


def test_two_commands_with_the_same_name_are_both_refused(ferry: Cli, installed: Installed) -> None:
    installed("acme-view 1.0", "[dateline.commands]", "measure = acme_one:command")
    installed("other-acme 2.0", "[dateline.commands]", "measure = acme_two:command")
    called = ferry("measure")
    assert called.code == 1
    assert "acme-view 1.0 and other-acme 2.0 both offer a command 'measure'" in called.err


def test_entry_points_and_metadata_are_read_once_a_process(
    ferry: Cli, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed("acme-view 1.0", "[dateline]", "one = acme_x", "two = acme_y")
    read: Counter[tuple[str, str]] = Counter()
    original = Path.read_text

    def counting(path: Path, encoding: str | None = None) -> str:
        read[str(path.parent), path.name] += 1
        return original(path, encoding)

    monkeypatch.setattr(Path, "read_text", counting)
    for command in (("open", "second", "--title", "S"), ("stories",), ("--help",), ("plugins",)):
        assert ferry(*command).code == 0
    # Each file is read once, and METADATA only of distributions with entry points.
    assert set(read.values()) == {1}
    wanted = {path for path, filename in read if filename == "METADATA"}
    assert any("dateline" in Path(path).name for path in wanted)
    assert len(wanted) < len({path for path, _ in read})


def test_own_version_is_the_installed_version() -> None:
    from importlib.metadata import version

    assert points.own_version() == version("dateline")
