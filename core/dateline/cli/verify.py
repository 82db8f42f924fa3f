"""``verify``: was anything changed since it was recorded?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline.cli import completing
from dateline.cli.errors import FAILED, FOUND
from dateline.cli.keys import key_option, public_keys, vkey_option
from dateline.cli.output import MARK, emit, format_option
from dateline.cli.progress import progress
from dateline.cli.settings import Settings, pass_settings, resume, say, unfinished
from dateline.cli.stdout import data
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.proof.exported import Export
    from dateline.proof.held import Given
    from dateline.proof.report import Report
    from dateline.proof.verifier import Checkpoint

#: A checkpoint is a few lines.
_NOTE_BYTES = 1 << 20
#: An export is read whole.
_EXPORT_BYTES = 4 << 30
#: Stories of an export that are named.
_NAMED = 5


@click.command()
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    type=completing.FILE,
    help="A checkpoint that was kept elsewhere.",
)
@click.option("--deep", is_flag=True, help="Every view that was built and every quotation too.")
@click.option(
    "--export",
    "exports",
    multiple=True,
    metavar="FILE",
    type=completing.FILE,
    help="Is this export what it should be?",
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
    key_file: str | None,
    vkeys: tuple[str, ...],
    format_: str | None,
) -> None:
    """Say whether anything was changed since it was recorded.

    Nothing is repaired. From the inside, someone who rewrote every hash, or put an older copy in
    the archive's place, cannot be found: hold it --against a checkpoint that was kept elsewhere.

    Exit codes: 0 all is well, 3 something was changed, 1 something could not be checked, such as a
    signature without its key.

    \b
    Example:
      dateline verify
      dateline verify --against today.txt
      dateline verify --deep -f json
      dateline verify --export sent.md
    """
    with settings.unresumed() as archive:
        left = _resumed(archive)
        given = [_given(path) for path in against]
        files = [_export(archive, Path(path)) for path in exports]
        with progress("verifying") as step:
            report = archive.verify(
                vkeys=public_keys(archive, key_file, vkeys),
                against=given,
                deep_too=deep,
                progress=step,
            )
        report.unchecked += left
        for file in files:
            archive.verify_export(file, report)
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
    """What a damaged archive keeps from being finished: to say what is wrong comes first."""
    from dateline.errors import Damaged, LogGap

    try:
        resume(archive)
    except (Damaged, LogGap) as damaged:
        return [f"Whether every erasure is finished: {damaged}."]
    return unfinished(archive)


def read_note(path: str) -> Checkpoint:
    """A checkpoint from a file. Raises DatelineError."""
    from dateline.proof.verifier import Wrong, parse_note
    from dateline.recording.files import read_bounded

    try:
        return parse_note(read_bounded(Path(path), _NOTE_BYTES))
    except Wrong:
        raise DatelineError(
            f"{path} is no checkpoint", hint="give a file that `dateline checkpoint -o` wrote"
        ) from None


def _given(path: str) -> Given:
    from dateline.proof.held import Given

    return Given(path, read_note(path))


def _export(archive: Archive, path: Path) -> Export:
    """A file and what it says of itself. Raises DatelineError for what is no export of this archive."""
    from dateline.proof.exported import Export, stated_cut
    from dateline.recording.files import read_bounded

    content = read_bounded(path, _EXPORT_BYTES).removeprefix(MARK.encode())
    exporters = archive.plugins.exporters.values()
    exporter = next((e for e in exporters if e.suffix == path.suffix), None)
    if exporter is None:
        raise DatelineError(f"no format has the suffix of {path}")
    beside = path.with_name(path.name + ".meta.json")
    sidecar = read_bounded(beside, _NOTE_BYTES) if beside.exists() else None
    stated = stated_cut(exporter, content, sidecar)
    if stated.cut.archive != archive.id:
        raise DatelineError(f"{path} is of archive {stated.cut.archive}, not of this one")
    return Export(str(path), exporter.name, content, sidecar, stated)


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
    # ASCII: what was tampered with may hold anything.
    click.echo(json.dumps(fields, indent=2), file=data())


def _counted(what: str, number: int) -> str:
    one = {"stories": "story"}.get(what, what.removesuffix("s"))
    return f"{number:,} {one if number == 1 else what}"


def _summary(report: Report, *, outside: bool, deep: bool) -> None:
    counted = [_counted(*item) for item in report.checked.items() if item[1]]
    if report.root:
        say(f"Checked {', '.join(counted) or 'an archive that is empty'}.")
    for name, stories in report.exports.items():
        say(f"{name} is an export of {_listed(stories)}.")
    for line in report.unchecked:
        say(f"Not checked: {line}")
    if report.more:
        say(f"{report.more} more findings are not listed.")
    for line in _verdict(report):
        say(line)
    if report.root and not deep:
        say("Views were not compared with the log: --deep does that.")
    if not outside:
        say(
            "From the inside only: a rewrite of everything is found by --against a checkpoint "
            "kept elsewhere."
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
    number = len(report.findings) + report.more
    found = f"{number} finding{'s' if number != 1 else ''}"
    broken = set(report.rules)
    if not broken <= BESIDE | {"schema"}:
        yield f"{found}: this is not what was recorded."
        return
    if not report.root:
        yield f"{found}: this is no whole archive."
        return
    yield f"{found}. The log itself is what was recorded."
    if "views" in broken:
        yield "`dateline rebuild --all` folds the views anew."
    if "schema" in broken:
        yield "Somebody changed what guards the log: restore the archive, or `dateline copy` it."
