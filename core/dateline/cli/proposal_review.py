"""Proposals one by one on a terminal, each with the words of its source in context."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from dateline.cli import asking
from dateline.cli.acceptance import say_accepted
from dateline.cli.doubting import doubting
from dateline.cli.preview import preview
from dateline.cli.proposal_form import accept_edited
from dateline.cli.terminal.messages import counted, say, wrapped
from dateline.errors import DatelineError
from dateline.text import legible

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
#: Characters of the source around the words that a proposal rests on.
_AROUND = 240
#: Around those words while lines are broken. No text has them once it is legible.
_OPEN, _CLOSE = "\x02", "\x03"


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
        state = self._story(proposal)
        document = self._archive.document(proposal.source)
        sure = "" if proposal.confidence is None else f", confidence {proposal.confidence:.2f}"
        click.echo("", err=True)
        head = f"{proposal.name} ({number} of {total}), proposed by {proposal.tool}{sure}"
        asking.show(f"{head}, put off before" if proposal.state == "later" else head)
        given = ((one.partition("=")[0], one) for one in proposal.new)
        new = {entity: one for entity, one in given if entity not in state.entities}
        if document is not None and not document.binary:
            click.echo(f"\n{passage(document.text, _spans(proposal))}\n", err=True)
        for line in preview({"fact": "", **proposal.fields}, state, new):
            asking.show(f"  {line}" if line else "")
        if beside := list(_same_words(proposal, state)):
            asking.show(f"The story has facts with the same words: {'; '.join(beside)}")
        click.echo("", err=True)


def passage(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text around `spans`, which are in brackets and bold. It is made safe to print, and broken between
    words on a terminal."""
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    begin, end = max(0, first - _AROUND), min(len(text), last + _AROUND)
    parts, at = ["…" if begin else ""], begin
    for start, stop in sorted(spans):
        if stop <= at:
            continue
        start = max(start, at)
        parts += [legible(text[at:start]), _OPEN, legible(text[start:stop]), _CLOSE]
        at = stop
    parts.append(legible(text[at:end]) + ("…" if end < len(text) else ""))
    return "\n".join(_bold(wrapped("".join(parts), sys.stderr).split("\n")))


def _bold(lines: Iterable[str]) -> Iterator[str]:
    """The lines with what is between `_OPEN` and `_CLOSE` in brackets and bold, each line of it alone."""
    inside = False
    for line in lines:
        done = ""
        for piece in re.split(f"(?={_OPEN})|(?<={_CLOSE})", line):
            inside = inside or piece.startswith(_OPEN)
            words = piece.replace(_OPEN, "[").replace(_CLOSE, "]")
            done += click.style(words, bold=True) if inside and words else words
            inside = inside and not piece.endswith(_CLOSE)
        yield done


def _spans(proposal: Proposal) -> list[tuple[int, int]]:
    return [(one["start"], one["end"]) for one in proposal.fields["evidence"]]


def _same_words(proposal: Proposal, state: StoryState) -> Iterator[str]:
    """The facts that rest on some of the same words of the source."""
    spans = _spans(proposal)
    for fact in state.facts.values():
        places = [(one.start or 0, one.end or 0) for one in fact.data.evidence]
        same = fact.source == proposal.source and any(
            start < stop and begin < end for start, end in spans for begin, stop in places
        )
        if same:
            yield f"{fact.id}, {fact.data.text}"
