"""``dateline erase``: permanently erase content; the log keeps a tombstone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from dateline.cli.options import agent_option, format_option, recorded_by, yes_option
from dateline.cli.settings import Settings, pass_settings, resume, say_ahead
from dateline.cli.terminal.messages import counted, say
from dateline.cli.terminal.output import emit
from dateline.cli.terminal.stdout import shown_on_stderr
from dateline.errors import DatelineError, UnknownName
from dateline.text import visible

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.erasure.journal import Gone
    from dateline.erasure.plan import Plan
    from dateline.erasure.survey import Going

#: No position has more digits, and `int` refuses more than 4,300.
_DIGITS = 30
_POSITION = re.compile(r"0|[1-9][0-9]*")
_FACT = re.compile(r"f[0-9]+")
COLUMNS = ("what", "story", "position", "name", "note")
_ELSEWHERE = "The archive does not know of earlier exports and backups: delete them yourself."


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="SUBJECT|POSITION...")
@click.option("--reason", help="Why it is erased. Kept in the log; must not name the subject.")
@click.option(
    "--basis", help="The legal basis: consent withdrawn, court order ... Kept in the log."
)
@click.option("--dry-run", is_flag=True, help="List what would be erased, and erase nothing.")
@yes_option
@click.option(
    "--keys-lost",
    is_flag=True,
    help="Give up the lost keys of protected content, and create a new keys database.",
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
    """Permanently erase content; the log keeps a tombstone.

    A SUBJECT is a name that was given with --protect: its key is destroyed, and every event, document
    and row under that key is erased. A POSITION erases the event there; if it recorded a fact, all
    events about that fact are erased too. Facts keep their numbers, and views and exports show
    [erased]. Hashes are kept, so that everything else can still be proved. Earlier exports and
    backups are not erased.

    On a terminal, the command lists what will be erased, asks for a missing reason or basis, and asks
    for confirmation. Elsewhere it needs --yes. --dry-run only lists, and needs no reason.

    \b
    Example:
      dateline erase 12 --dry-run
      dateline erase "the witness" --reason "Asked for" --basis "consent withdrawn" --yes
      dateline erase 12 14 --reason "Found unlawful" --basis "court order" --yes
    """
    from dateline.cli.outcome import FAILED
    from dateline.protect.subjects import require_unnamed

    subject, positions = _targets(targets)
    if keys_lost and not positions:
        raise click.UsageError(
            "--keys-lost needs positions: the names of subjects were lost with the keys"
        )
    words = _given(reason, basis, may_lack=dry_run or (sys.stdin.isatty() and not yes))
    if not dry_run and not yes and not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give --yes to erase")
    with settings.unresumed() as archive:
        key = None if subject is None else archive.key_of(subject)  # resuming may forget the name
        resume(archive)
        try:
            plan = archive.plan_erasure(subject, positions)
        except UnknownName as error:
            if key is not None and any(done.subject_key == key for done in archive.resumed):
                return  # resuming finished just this erasure, and the name is forgotten
            raise _explained(error, archive, subject) from None
        if not plan.events and plan.subject_key is None:
            raise DatelineError(
                "the content there is already erased",
                hint="`dateline log` shows it as [erased]",
                code="nothing-to-erase",
            )
        if dry_run:
            emit(COLUMNS, _rows(plan), format_)
            say(f"Nothing was erased (--dry-run): {_in_words(_planned(plan))}.")
            lost = archive.sealed_keys() if keys_lost else archive.lost_keys()
            if lost and keys_lost:
                say(f"The content of these keys would be sealed for good: {', '.join(lost)}.")
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
            # The actual counts: another process may have recorded more of it meanwhile.
            say(f"Erased {_in_words(done.gone)}. {_ELSEWHERE}")
        else:
            say(f"Its content was already erased. {_ELSEWHERE}")
        if left := archive.subjects():
            say(f"Still protected: {', '.join(left)}.")
        if lost := archive.lost_keys():
            _say_lost(lost)
        _fold_again(archive)


def _fold_again(archive: Archive) -> None:
    """Bring the views up to date. The erasure itself is complete and reported by now, so a failure
    here is only reported too."""
    from dateline.views.folding import reason

    try:
        builds = archive.fold_again()
    except DatelineError as error:
        say(
            f"Not all views are up to date yet: {error}. The next read of a view brings it up to date."
        )
        return
    for build in builds:
        if build.state == "failed":
            say(
                f"View {build.name} stopped at position {build.failed_position}: {reason(build)}. "
                "It holds no erased content."
            )


def _say_lost(keys: Sequence[str]) -> None:
    say(f"Content is sealed for good under lost keys; erase it by key id: {', '.join(keys)}.")


def _targets(targets: tuple[str, ...]) -> tuple[str | None, list[int]]:
    """The one subject, or the positions. Raises UsageError, UnknownName."""
    for target in targets:
        if target.isdecimal() and not _POSITION.fullmatch(target):
            raise click.UsageError(
                f"{target[:_DIGITS]} is not a name, nor a position as `dateline log` shows it"
            )
        if target.isdecimal() and len(target) > _DIGITS:
            raise UnknownName(
                f"the log has no position {target[:_DIGITS]}...",
                hint="`dateline log` lists the positions",
                code="position-unknown",
            )
    positions = [int(target) for target in targets if target.isdecimal()]
    subjects = [target for target in targets if not target.isdecimal()]
    if len(subjects) > 1 or (subjects and positions):
        raise click.UsageError("name one subject, or one or more positions")
    return (subjects[0] if subjects else None), positions


def _given(reason: str | None, basis: str | None, *, may_lack: bool) -> dict[str, str]:
    """The reason and the basis, as far as they were given. Raises UsageError if one is missing, unless
    `may_lack`; Refused if one is not acceptable."""
    from dateline.erasure.steps import require_words

    options = {"reason": reason, "basis": basis}
    words = {name: value for name, value in options.items() if value is not None}
    if not may_lack and len(words) < len(options):
        missing = [f"--{name}" for name, value in options.items() if not value]
        raise click.UsageError(f"to erase, give {' and '.join(missing)}; --dry-run needs neither")
    require_words(words)
    return words


def _asked(words: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    """The reason and the basis. Asks for a missing one until it is acceptable and names no subject."""
    from dateline.erasure.steps import require_words
    from dateline.protect.subjects import require_unnamed

    for name in ("reason", "basis"):
        question = f"{name.capitalize()} (kept permanently; must not name the subject)"
        while name not in words:
            answer = {name: click.prompt(question, err=True)}
            try:
                require_words(answer)
                require_unnamed(answer, names)
            except DatelineError as error:
                say(str(error))
            else:
                words = {**words, **answer}
    return words


def _explained(error: UnknownName, archive: Archive, subject: str | None) -> UnknownName:
    """The error; if a fact was given instead of a subject, with a hint that names its positions."""
    if subject is None or not _FACT.fullmatch(subject):
        return error
    found = ", ".join(f"{position} ({slug})" for slug, position in _recorded(archive, subject))
    if not found:
        return error
    hint = f"{subject} is a fact: erase it by its position, {found}"
    return UnknownName(error.what, hint=hint, code=error.code)


def _recorded(archive: Archive, fact: str) -> Iterator[tuple[str, int]]:
    """(story, position) of each fact with this number."""
    for story in archive.stories():
        with suppress(DatelineError):  # a sealed story does not reveal its facts
            yield story.slug, archive.fact(story.slug, fact).position


def _show(plan: Plan) -> None:
    """List what will be erased on stderr, since stdout may not be a terminal."""
    if plan.events:
        with shown_on_stderr():
            emit(COLUMNS, _rows(plan), "table")


def _agreed(plan: Plan) -> bool:
    whose = "" if plan.subject is None else f" of {plan.subject!r}"
    question = visible(f"Permanently erase {_in_words(_planned(plan))}{whose}?")
    return click.confirm(question, err=True)


def _planned(plan: Plan) -> Gone:
    from dateline.erasure.journal import Gone

    facts = sum(item.fact is not None for item in plan.events)
    return Gone(events=len(plan.events), facts=facts, documents=len(plan.documents))


def _in_words(erased: Gone) -> str:
    facts = f" ({counted(erased.facts, 'fact')})" if erased.facts else ""
    return f"{counted(erased.events, 'event')}{facts}, {counted(erased.documents, 'document')}"


def _warn(plan: Plan) -> None:
    for mention in plan.still:
        say(f"Not erased: {mention.what} (position {mention.position}) {mention.how}.")


def going_rows(events: Iterable[Going]) -> list[tuple[object, ...]]:
    return [("event", item.slug, item.position, item.name, "is erased") for item in events]


def _rows(plan: Plan) -> list[tuple[object, ...]]:
    rows = going_rows(plan.events)
    rows += [
        ("document", None, None, name, f"{size} bytes are erased") for name, size in plan.documents
    ]
    rows += [("view", slug, None, name, _rebuilt(count)) for name, slug, count in plan.rows]
    if plan.proposals:
        waiting = counted(plan.proposals, "proposal")
        verb = "is" if plan.proposals == 1 else "are"
        rows.append(("queue", None, None, waiting, f"{verb} deleted"))
    rows += [("stays", item.slug, item.position, item.what, item.how) for item in plan.still]
    return rows


def _rebuilt(count: int) -> str:
    return f"{counted(count, 'row')} {'is' if count == 1 else 'are'} rebuilt"
