"""``erase``: what must not be kept goes; that it went stays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dateline.cli.output import emit, format_option
from dateline.cli.settings import Settings, pass_settings, say
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import UnknownName

if TYPE_CHECKING:
    from dateline.erasure.journal import Gone
    from dateline.erasure.plan import Plan

#: No position has more; Python makes no number of more than 4,300.
_DIGITS = 30
_ELSEWHERE = "Exports and backups made before are not known to the archive: see to them."


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="SUBJECT|POSITION...")
@click.option("--reason", required=True, help="Why, for whoever reads the record. Names nobody.")
@click.option("--basis", required=True, help="On what ground: consent withdrawn, court order ...")
@click.option("--dry-run", is_flag=True, help="List what would go, erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@agent_option
@format_option
@pass_settings
def erase(
    settings: Settings,
    targets: tuple[str, ...],
    reason: str,
    basis: str,
    dry_run: bool,
    yes: bool,
    agent: str | None,
    format_: str | None,
) -> None:
    """Destroy what must not be kept; that it went stays.

    A SUBJECT is whoever was named with --protect: the key goes, and with it every event, document
    and row under it. At a POSITION goes what is there; a fact goes with all that was said about it.
    Facts keep their numbers, and views and exports say [erased]. Hashes stay, so that everything
    else can still be proved. What was exported or backed up before is out of reach.

    \b
    Example:
      dateline erase 12 --reason "Asked for by the speaker" --basis "consent withdrawn" --dry-run
      dateline erase "the witness" --reason "Asked for" --basis "consent withdrawn"
      dateline erase 12 14 --reason "Found unlawful" --basis "court order"
    """
    for target in targets:
        if target.isdecimal() and len(target) > _DIGITS:
            raise UnknownName(f"the log has no position {target[:_DIGITS]}...")
    positions = [int(target) for target in targets if target.isdecimal()]
    subjects = [target for target in targets if not target.isdecimal()]
    if len(subjects) > 1 or (subjects and positions):
        raise click.UsageError("name one subject, or one or more positions")
    subject = subjects[0] if subjects else None
    with settings.archive() as archive:
        try:
            plan = archive.plan_erasure(subject, positions)
        except UnknownName:
            if subject is not None and archive.resumed:
                return  # it is what was just finished, and the name is forgotten
            raise
        if dry_run:
            _list(plan, format_)
        else:
            _warn(plan)
            if not yes and sys.stdin.isatty():
                click.confirm(f"Erase {_counted(_planned(plan))} for ever?", abort=True, err=True)
            by = recorded_by(agent)
            done = archive.erase(subject, positions, reason=reason, basis=basis, recorded_by=by)
    if dry_run:
        say(f"Nothing was erased (--dry-run): {_counted(_planned(plan))}.")
    elif plan.events or plan.subject_key is None:
        # What was really done: somebody may have recorded more of it meanwhile.
        say(f"Erased {_counted(done.gone)}. {_ELSEWHERE}")
    else:
        say(f"Nothing was left of it to erase. {_ELSEWHERE}")


def _planned(plan: Plan) -> Gone:
    from dateline.erasure.journal import Gone

    facts = sum(item.fact is not None for item in plan.events)
    return Gone(events=len(plan.events), facts=facts, documents=len(plan.documents))


def _counted(gone: Gone) -> str:
    among = f" ({_many(gone.facts, 'fact')})" if gone.facts else ""
    return f"{_many(gone.events, 'event')}{among}, {_many(gone.documents, 'document')}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _warn(plan: Plan) -> None:
    for mention in plan.still:
        say(f"Still there: {mention.what} (position {mention.position}) {mention.how}.")


def _list(plan: Plan, format_: str | None) -> None:
    rows: list[tuple[object, ...]] = [
        ("event", item.slug, item.position, item.fact or item.type, "erased")
        for item in plan.events
    ]
    rows += [("document", None, None, name, f"{size} bytes") for name, size in plan.documents]
    rows += [("rows", slug, None, table, f"{n} folded anew") for table, slug, n in plan.rows]
    rows += [("stays", item.slug, item.position, item.what, item.how) for item in plan.still]
    emit(["what", "story", "position", "name", "note"], rows, format_)
