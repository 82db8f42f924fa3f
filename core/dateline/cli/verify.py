"""``dateline verify``: check whether anything was changed since it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dateline.cli import completion
from dateline.cli.key import public_keys
from dateline.cli.options import format_option, key_option, vkey_option
from dateline.cli.outcome import FAILED, FOUND
from dateline.cli.settings import Settings, pass_settings, resume, unfinished
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.progress import progress
from dateline.cli.terminal.stdout import data

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.report import Report

#: How many stories of an export are named.
_NAMED = 5


@click.command()
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    type=completion.FILE,
    help="Compare with this checkpoint, which was kept elsewhere. May be repeated.",
)
@click.option("--deep", is_flag=True, help="Check every view and every quotation too.")
@click.option(
    "--export",
    "exports",
    multiple=True,
    metavar="FILE",
    type=completion.FILE,
    help="Check that this file is an unchanged export of the archive. May be repeated.",
)
@click.option(
    "--segments",
    "folders",
    multiple=True,
    metavar="DIR",
    type=completion.FILE,
    help="Check that this folder of segments holds what the log holds. May be repeated.",
)
@key_option
@vkey_option
@format_option
@pass_settings
def verify(
    settings: Settings,
    against: tuple[str, ...],
    deep: bool,
    exports: tuple[str, ...],
    folders: tuple[str, ...],
    key_file: str | None,
    vkeys: tuple[str, ...],
    format_: str | None,
) -> None:
    """Check whether anything was changed since it was recorded.

    Nothing is repaired. The archive alone cannot show that someone rewrote every hash, or replaced it
    with an older copy: compare it --against a checkpoint that was kept elsewhere.

    Exit codes: 0 means that nothing was changed, 3 that something was changed, 1 that something could
    not be checked, such as a signature without its key.

    \b
    Example:
      dateline verify
      dateline verify --against today.txt
      dateline verify --deep -f json
      dateline verify --export sent.md
      dateline verify --segments segments
    """
    from dateline.proof.given_files import checkpoints, read_export

    with settings.unresumed() as archive:
        unfinished_erasures = _resumed(archive)
        given = checkpoints(against)
        files = [read_export(archive.id, archive.plugins, path) for path in exports]
        with progress("verifying") as step:
            report = archive.verify(
                vkeys=public_keys(archive, key_file, vkeys),
                against=given,
                deep_too=deep,
                progress=step,
            )
        report.unchecked += unfinished_erasures
        for file in files:
            archive.verify_export(file, report)
        for folder in folders:
            archive.verify_segments(folder, report)
    if format_ == "json":
        _json(report)
    elif report.findings or format_ is not None:
        rows = [(f.rule, f.position, f.reason) for f in report.findings]
        emit(["rule", "position", "reason"], rows, format_)
    _summary(report, outside=bool(against), deep=deep)
    if report.tampered:
        click.get_current_context().exit(FOUND)
    if report.unchecked:
        click.get_current_context().exit(FAILED)


def _resumed(archive: Archive) -> list[str]:
    """Finish erasures, and return a sentence for each that could not be finished. Damage does not stop
    the command: it is what `verify` looks for."""
    from dateline.errors import Damaged, LogGap

    try:
        resume(archive)
    except (Damaged, LogGap) as damaged:
        return [f"Whether every erasure is finished: {damaged}."]
    return unfinished(archive)


def _json(report: Report) -> None:
    import json

    result = "tampered" if report.tampered else "unchecked" if report.unchecked else "ok"
    fields = {
        "result": result,
        "position": report.position,
        "root": report.root,
        "checked": report.checked,
        "unchecked": report.unchecked,
        "findings": [
            {"rule": found.rule, "position": found.position, "reason": found.reason}
            for found in report.findings
        ],
        "more": report.more,
    }
    # ASCII, since changed content may hold control characters.
    click.echo(json.dumps(fields, indent=2), file=data())


def _counted(what: str, number: int) -> str:
    one = {"stories": "story"}.get(what, what.removesuffix("s"))
    return f"{number:,} {one if number == 1 else what}"


def _summary(report: Report, *, outside: bool, deep: bool) -> None:
    counted = [_counted(*item) for item in report.checked.items() if item[1]]
    if report.root:
        say(f"Checked {', '.join(counted) or 'an empty archive'}.")
    for name, stories in report.exports.items():
        say(f"{name} is an export of {_listed(stories)}.")
    for line in report.unchecked:
        say(f"Not checked: {line}")
    if report.more:
        say(f"{report.more} more findings are not listed.")
    for line in _verdict(report):
        say(line)
    if report.root and not deep:
        say("Views were not compared with the log; --deep compares them.")
    if not outside:
        say(
            "The archive was checked only against itself. To detect a complete rewrite, compare it "
            "--against a checkpoint that was kept elsewhere."
        )


def _listed(stories: tuple[str, ...]) -> str:
    many = f" and {len(stories) - _NAMED} more" if len(stories) > _NAMED else ""
    return (", ".join(stories[:_NAMED]) or "no story") + many


def _verdict(report: Report) -> Iterator[str]:
    from dateline.proof.report import BESIDE, RULES

    for rule in report.rules:
        yield f"Rule {rule} does not hold: {RULES[rule]}."
    if not report.tampered:
        yield "Nothing else is wrong." if report.unchecked else "Nothing was changed."
        return
    found = counted(len(report.findings) + report.more, "finding")
    broken = set(report.rules)
    if not broken <= BESIDE | {"schema"}:
        yield f"{found}: this is not what was recorded."
        return
    if not report.root:
        yield f"{found}: the archive is incomplete."
        return
    yield f"{found}. The log itself is unchanged."
    if "views" in broken:
        yield "`dateline rebuild --all` rebuilds the views."
    if "schema" in broken:
        yield "The tables or triggers of the archive were changed: restore it, or `dateline copy` it."
