"""Twenty installed plugins hardly slow down help and completion: none of them is imported."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

MOST = 1.2
RUNS = 7

CODE = """
import sys
sys.argv = ["dateline", *sys.argv[1:]]
from dateline.cli import main
try:
    main()
finally:
    print(*sorted(name for name in sys.modules if name.startswith("acme_")), file=sys.stderr)
"""
HELP: tuple[tuple[str, ...], dict[str, str]] = (("--help",), {})
TAB: tuple[tuple[str, ...], dict[str, str]] = (
    (),
    {"_DATELINE_COMPLETE": "bash_complete", "COMP_WORDS": "dateline ", "COMP_CWORD": "1"},
)


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like site-packages with twenty plugins; half of them also offer a command."""
    site = tmp_path_factory.mktemp("twenty")
    for number in range(20):
        module = f"acme_{number:02}"
        (site / f"{module}.py").write_text("raise RuntimeError('imported')\n")
        points = f"[dateline]\nacme-{number:02} = {module}\n"
        if number % 2:
            points += f"\n[dateline.commands]\nacme-{number:02} = {module}:command\n"
        info = site / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(points)
    return site


def run(arguments: tuple[str, ...], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "DATELINE_DB")}
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        env=environment | more,
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize(("arguments", "more"), [HELP, TAB], ids=["help", "tab"])
def test_help_and_completion_import_no_plugin(
    arguments: tuple[str, ...], more: dict[str, str], twenty: Path
) -> None:
    done = run(arguments, {**more, "PYTHONPATH": str(twenty)})
    assert "acme-01" in done.stdout  # but they were found
    assert done.stderr.strip() == ""


def test_listing_the_plugins_imports_them(twenty: Path) -> None:
    """Shows that the test above can detect an import."""
    done = run(("plugins", "-f", "csv"), {"PYTHONPATH": str(twenty)})
    assert done.stdout.count("RuntimeError: imported") == 20


def seconds(arguments: tuple[str, ...], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(arguments, environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(("arguments", "more"), [HELP, TAB], ids=["help", "tab"])
def test_twenty_plugins_cost_at_most_a_fifth_more(
    arguments: tuple[str, ...], more: dict[str, str], twenty: Path, tmp_path: Path
) -> None:
    ratio = 0.0
    for _ in range(2):  # a second attempt, in case the machine is busy
        pairs = [
            (
                seconds(arguments, {**more, "PYTHONPATH": str(tmp_path)}),
                seconds(arguments, {**more, "PYTHONPATH": str(twenty)}),
            )
            for _ in range(RUNS)
        ]
        without, with_ = map(min, zip(*pairs, strict=True))
        ratio = with_ / without
        if ratio <= MOST:
            break
    print(f"{with_ * 1000:.0f} ms against {without * 1000:.0f} ms: {ratio:.2f}")
    assert ratio <= MOST
