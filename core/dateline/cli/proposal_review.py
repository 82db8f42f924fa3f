"""Proposals one by one on a terminal: a person decides about each."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli import asking
from dateline.cli.acceptance import say_accepted
from dateline.cli.doubting import doubting
from dateline.cli.proposal_form import accept_edited
from dateline.cli.proposal_shown import shown
from dateline.cli.terminal.messages import counted, say
from dateline.errors import DatelineError

if TYPE_CHECKING:
    from dateline.archive import Archive
    from dateline.events.state import StoryState
    from dateline.proposals.queue import Proposal

_ANSWERS = {
    word[:length]: word
    for word in ("accept", "edit", "reject", "later", "quit")
    for length in range(1, len(word) + 1)
}
_DONE = {
    "accept": "accepted",
    "edit": "edited and accepted",
    "reject": "rejected",
    "later": "put off",
}
_HELP = """\
  a, accept  record the fact as it is shown
  e, edit    change the fact in an editor, and record it then
  r, reject  leave it out, and do not queue it again
  l, later   keep it in the queue, after the others
  q, quit    stop here; the rest stays in the queue"""


class Review:
    """Asks a person about proposals. Each decision is a transaction of its own, so ^C loses only the answer
    that is being typed. `by` is that person, who is asked for a name when it is missing."""

    def __init__(self, archive: Archive, by: str | None) -> None:
        self._archive, self._by = archive, (by or "").strip()
        self._slugs = {row.id: row.slug for row in archive.stories()}
        self._state: StoryState | None = None

    def run(self, proposals: Sequence[Proposal]) -> None:
        """Go through proposals until they end or the person quits."""
        answers: Counter[str] = Counter()
        try:
            for number, proposal in enumerate(proposals, 1):
                self._show(proposal, number, len(proposals))
                answer = self._answered(proposal)
                if answer == "quit":
                    break
                answers[answer] += 1
        except (KeyboardInterrupt, EOFError):
            say(f"\nStopped. {self._summary(answers)}")
            raise click.exceptions.Exit(130) from None
        say(self._summary(answers))

    def _summary(self, answers: Counter[str]) -> str:
        """``2 accepted, 1 rejected; 3 proposals are left.``"""
        counts = [f"{answers[one]} {words}" for one, words in _DONE.items() if answers[one]]
        left = len(self._archive.proposals())
        stay = f"{counted(left, 'proposal')} {'is' if left == 1 else 'are'} left."
        return f"{', '.join(counts) or 'Nothing was decided'}; {stay}"

    def _answered(self, proposal: Proposal) -> str:
        """Ask until one answer could be carried out; returns it."""
        while True:
            given = asking.line("accept, edit, reject, later or quit [a/e/r/l/q]").lower()
            answer = _ANSWERS.get(given, "")
            if not answer:
                click.echo(_HELP, err=True)
                continue
            try:
                if self._carry_out(answer, proposal):
                    return answer
            except (DatelineError, click.UsageError) as error:
                hint = getattr(error, "hint", None)
                asking.show(f"  {error.message if isinstance(error, click.UsageError) else error}")
                if hint:
                    asking.show(f"  {hint}")
                if getattr(error, "code", "") == "proposal-decided":
                    return "later"

    def _carry_out(self, answer: str, proposal: Proposal) -> bool:
        """Whether the answer was carried out: an edited form may be left unchanged."""
        name = proposal.name
        if answer == "accept":
            by = self._person()
            say_accepted(name, self._archive.accept(name, by=by, doubts=doubting(False)))
        elif answer == "edit":
            result = accept_edited(self._archive, proposal, self._person())
            say_accepted(name, result)
            return result is not None
        elif answer == "reject":
            by = self._person()
            reason = asking.line("reason (Enter for none)", empty=True) or None
            self._archive.reject(name, by=by, reason=reason)
            say(f"Rejected {name}.")
        elif answer == "later":
            self._archive.put_off(name)
            say(f"Put off {name}.")
        return True

    def _person(self) -> str:
        if not self._by:
            self._by = asking.line("your name, which the log keeps")
        return self._by

    def _story(self, proposal: Proposal) -> StoryState:
        """The story of a proposal as it is now, read again only if something was recorded."""
        slug, state = self._slugs[proposal.story], self._state
        if state is None or (state.slug, state.version) != (
            slug,
            self._archive.story(slug).version,
        ):
            state = self._state = self._archive.state(slug)
        return state

    def _show(self, proposal: Proposal, number: int, total: int) -> None:
        click.echo("", err=True)
        for line in shown(self._archive, proposal, self._story(proposal), f" ({number} of {total})", sys.stderr):  # fmt: skip
            click.echo(line, err=True)
        click.echo("", err=True)
