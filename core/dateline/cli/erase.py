"""``erase``: what must not be kept goes; that it went stays."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from dateline.cli.output import emit, format_option
from dateline.cli.settings import Settings, pass_settings, resume, say, say_ahead
from dateline.cli.stdout import shown_on_stderr
from dateline.cli.who import agent_option, recorded_by
from dateline.errors import DatelineError, UnknownName
from dateline.text import visible

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.erasure.journal import Gone
    from dateline.erasure.plan import Plan

#: No position has more; Python makes no number of more than 4,300.
_DIGITS = 30
_POSITION = re.compile(r"0|[1-9][0-9]*")
_FACT = re.compile(r"f[0-9]+")
_COLUMNS = ("what", "story", "position", "name", "note")
_ELSEWHERE = "Exports and backups made before are not known to the archive: see to them."


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="SUBJECT|POSITION...")
@click.option("--reason", help="Why, for whoever reads the record. Names nobody.")
@click.option("--basis", help="On what ground: consent withdrawn, court order ...")
@click.option("--dry-run", is_flag=True, help="List what would go, erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@click.option(
    "--keys-lost",
    is_flag=True,
    help="The keys of what is protected will not come back: begin a new keys database.",
)
@agent_option
@format_option
@click.pass_context
@pass_settings
def erase(
    settings: Settings,
    ctx: click.Context,
    targets: tuple[str, ...],
    reason: str | None,
    basis: str | None,
    dry_run: bool,
    yes: bool,
    keys_lost: bool,
    agent: str | None,
    format_: str | None,
) -> None:
    """Destroy what must not be kept; that it went stays.

    A SUBJECT is whoever was named with --protect: the key goes, and with it every event, document
    and row under it. At a POSITION goes what is there; a fact goes with all that was said about it.
    Facts keep their numbers, and views and exports say [erased]. Hashes stay, so that everything
    else can still be proved. What was exported or backed up before is out of reach.

    On a terminal it lists what goes, asks for reason and basis if they are not given, and asks whether
    to go on; anywhere else it erases with --yes alone. --dry-run lists, and needs no reason.

    \b
    Example:
      dateline erase 12 --dry-run
      dateline erase "the witness" --reason "Asked for" --basis "consent withdrawn" --yes
      dateline erase 12 14 --reason "Found unlawful" --basis "court order" --yes
    """
    from dateline.cli.errors import FAILED
    from dateline.protect.subjects import require_unnamed

    subject, positions = _targets(targets)
    if keys_lost and not positions:
        raise click.UsageError("--keys-lost goes with positions: who is who, the lost keys knew")
    words = _given(reason, basis, ask=dry_run or (sys.stdin.isatty() and not yes))
    if not dry_run and not yes and not sys.stdin.isatty():
        raise click.UsageError("not on a terminal: say --yes to erase")
    with settings.unresumed() as archive:
        key = None if subject is None else archive.key_of(subject)  # who it is may be forgotten now
        resume(archive)
        try:
            plan = archive.plan_erasure(subject, positions)
        except UnknownName as error:
            if key is not None and any(done.subject_key == key for done in archive.resumed):
                return  # it is what was just finished, and the name is forgotten
            raise _explained(error, archive, subject) from None
        if not plan.events and plan.subject_key is None:
            raise DatelineError("nothing left to erase there", hint="see it with `dateline log`")
        if dry_run:
            emit(_COLUMNS, _rows(plan), format_)
            say(f"Nothing was erased (--dry-run): {_counted(_planned(plan))}.")
            lost = archive.sealed_keys() if keys_lost else archive.lost_keys()
            if lost and keys_lost:
                say(f"Their content would be sealed for good, as lost: {', '.join(lost)}.")
            elif lost:
                _say_lost(lost)
            return
        names = (*archive.subjects(), *plan.people)
        require_unnamed(words, names)
        if yes:
            _warn(plan)
        else:
            _show(plan)
            words = _asked(words, names)
        if not yes and plan.events and not _agreed(plan):
            say("Nothing was erased.")
            ctx.exit(FAILED)
        by = recorded_by(agent)
        done = archive.erase(
            subject, positions, recorded_by=by, keys_lost=keys_lost, fold_again=False, **words
        )
        say_ahead(archive, {item.slug for item in plan.events})
        if plan.events:
            # What was really done: somebody may have recorded more of it meanwhile.
            say(f"Erased {_counted(done.gone)}. {_ELSEWHERE}")
        else:
            say(f"Nothing was left of it to erase. {_ELSEWHERE}")
        if left := archive.subjects():
            say(f"Still protected: {', '.join(left)}.")
        if lost := archive.lost_keys():
            _say_lost(lost)
        _fold_again(archive)


def _fold_again(archive: Archive) -> None:
    """Fold what is left of the stories again. The erasure is done and said, whatever comes of it."""
    from dateline.views.folding import reason

    try:
        builds = archive.fold_again()
    except DatelineError as error:
        say(f"What is left is not in all views yet: {error}. The next read of a view folds it.")
        return
    for build in builds:
        if build.state == "failed":
            say(
                f"View {build.name} stopped at position {build.failed_position}: {reason(build)}. "
                "Nothing of what was erased is in it."
            )


def _say_lost(keys: Sequence[str]) -> None:
    say(f"Sealed for good, until erased by the id of its key: {', '.join(keys)}.")


def _targets(targets: tuple[str, ...]) -> tuple[str | None, list[int]]:
    """The one subject, or the positions."""
    for target in targets:
        if target.isdecimal() and not _POSITION.fullmatch(target):
            raise click.UsageError(
                f"{target[:_DIGITS]} is no position as `dateline log` shows it, nor a name"
            )
        if target.isdecimal() and len(target) > _DIGITS:
            raise UnknownName(f"the log has no position {target[:_DIGITS]}...")
    positions = [int(target) for target in targets if target.isdecimal()]
    subjects = [target for target in targets if not target.isdecimal()]
    if len(subjects) > 1 or (subjects and positions):
        raise click.UsageError("name one subject, or one or more positions")
    return (subjects[0] if subjects else None), positions


def _given(reason: str | None, basis: str | None, *, ask: bool) -> dict[str, str]:
    """What is kept of it, as far as it was said. Raises UsageError where it will not be asked for,
    Refused."""
    from dateline.erasure.steps import require_words

    said = {"reason": reason, "basis": basis}
    words = {name: value for name, value in said.items() if value is not None}
    if not ask and len(words) < len(said):
        missing = [f"--{name}" for name, value in said.items() if not value]
        raise click.UsageError(f"to erase, say {' and '.join(missing)}; --dry-run needs neither")
    require_words(words)
    return words


def _asked(words: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    """The words, with what was not said asked for, until it says something and names nobody."""
    from dateline.erasure.steps import require_words
    from dateline.protect.subjects import require_unnamed

    for name in ("reason", "basis"):
        question = f"{name.capitalize()} (kept for ever, names nobody)"
        while name not in words:
            said = {name: click.prompt(question, err=True)}
            try:
                require_words(said)
                require_unnamed(said, names)
            except DatelineError as error:
                say(str(error))
            else:
                words = {**words, **said}
    return words


def _explained(error: UnknownName, archive: Archive, subject: str | None) -> UnknownName:
    """The error, with the positions of facts where one was given in place of a subject."""
    if subject is None or not _FACT.fullmatch(subject):
        return error
    found = ", ".join(f"{position} ({slug})" for slug, position in _recorded(archive, subject))
    if not found:
        return error
    hint = f"{subject} is a fact: erase it by its position, {found}"
    return UnknownName(error.what, hint=hint)


def _recorded(archive: Archive, fact: str) -> Iterator[tuple[str, int]]:
    """Where a fact of that number is recorded: its story, its position."""
    for story in archive.stories():
        with suppress(DatelineError):  # what is sealed tells no numbers
            found = archive.state(story.slug).facts.get(fact)
            if found is not None:
                yield story.slug, found.position


def _show(plan: Plan) -> None:
    """What goes, where it is seen whatever becomes of stdout."""
    if plan.events:
        with shown_on_stderr():
            emit(_COLUMNS, _rows(plan), "table")


def _agreed(plan: Plan) -> bool:
    whose = "" if plan.subject is None else f" of {plan.subject!r}"
    question = visible(f"Erase {_counted(_planned(plan))}{whose} for ever?")
    return click.confirm(question, err=True)


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


def _rows(plan: Plan) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [
        ("event", item.slug, item.position, item.name, "goes") for item in plan.events
    ]
    rows += [("document", None, None, name, f"{size} bytes go") for name, size in plan.documents]
    rows += [("view", slug, None, name, _folded(count)) for name, slug, count in plan.rows]
    rows += [("stays", item.slug, item.position, item.what, item.how) for item in plan.still]
    return rows


def _folded(count: int) -> str:
    return f"{_many(count, 'row')} folded anew"
