"""How a fact is entered: from options, by answering questions, or in a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dateline.cli.desk import Desk
from dateline.cli.fact_kinds import KINDS, kind_of, missing, set_fields
from dateline.cli.fact_line import line_of, source_of
from dateline.cli.fields import evidence_item

if TYPE_CHECKING:
    from dateline.errors import DatelineError
    from dateline.recording.recorder import Recorded

Lines = list[Any]


class Entering:
    """Turns the options of ``record`` into lines and records them, with a person to ask or without.

    `call` is `Archive.record` with its other arguments.
    """

    def __init__(self, desk: Desk, call: Callable[..., Recorded]) -> None:
        self._desk, self._state, self._call = desk, desk.state, call

    def record(
        self, kind: str | None, options: dict[str, Any], *, edit: bool, dry_run: bool
    ) -> Recorded:
        """Record the fact. What a person answered or typed is printed as a command line if it is not
        recorded. Raises UsageError and DatelineError."""
        if edit:
            ask = self._edited
        elif self._desk.questions is not None and (kind is None or _lacks(kind, options)):
            ask = self._asked
        elif kind is not None:
            return self._call(self._with_new(line_of(kind, options, self._desk)), dry_run=dry_run)
        else:
            what = "the options leave the kind open; give one of"
            raise click.UsageError(f"{what} {', '.join(KINDS)} after the story")
        held = [kind]
        try:
            if (lines := ask(held, options)) is None:
                raise click.exceptions.Exit(1)
            return self._call(lines, dry_run=dry_run)
        except (KeyboardInterrupt, EOFError):
            self._say_left(held[0], options)
            raise click.exceptions.Exit(130) from None
        except BaseException:
            self._say_left(held[0], options)
            raise

    def _say_left(self, kind: str | None, options: dict[str, Any]) -> None:
        from dateline.cli.command_line import command_line
        from dateline.text import visible

        line = command_line({**options, "when": None, "edit": None, "words": (kind,)})
        click.echo(visible(f"\nNothing was written. To go on from here:\n  {line}"), err=True)

    def _asked(self, held: list[str | None], options: dict[str, Any]) -> Lines | None:
        from dateline.cli.interview import Interview

        interview = Interview(self._desk, held[0], options, self._with_new, self._check, self._form)
        try:
            return interview.run()
        finally:
            held[0] = interview.kind

    def _edited(self, held: list[str | None], options: dict[str, Any]) -> Lines | None:
        """The lines of a form that is opened until it can be recorded, or is left unchanged."""
        from dateline.errors import DatelineError

        if held[0] is None:
            raise click.UsageError(f"--edit needs a kind after the story: {', '.join(KINDS)}")
        wrong: click.UsageError | DatelineError | None = None
        before: dict[str, Any] | None = None
        while True:
            found = self._form(held[0], options, told(wrong))
            if found is None and wrong is not None:
                raise wrong
            if found is None:
                return None
            held[0], now = found
            options.update(now)
            try:
                lines = self._with_new(line_of(held[0], options, self._desk))
                self._check(lines)
                return lines
            except (click.UsageError, DatelineError) as error:
                if now == before:  # an editor without a person
                    raise
                before, wrong = now, error

    def _form(
        self, kind: str, options: Mapping[str, Any], errors: Sequence[str]
    ) -> tuple[str, dict[str, Any]] | None:
        from dateline.cli.form import edited
        from dateline.errors import DatelineError

        words = [one["exact"] for one in map(evidence_item, options["exact"])]
        try:
            text = self._desk.text_of(source_of(options["source"], words, self._desk))
        except DatelineError:
            text = ""
        return edited(kind, options, errors, text)

    def _with_new(self, line: dict[str, Any]) -> Lines:
        """The line, after those that introduce the entities that it names."""
        from dateline.recording.introductions import introductions

        return [*introductions(self._desk.entities.new.values(), self._state), line]

    def _check(self, lines: Lines) -> None:
        self._call(lines, dry_run=True, doubts=None)


def told(error: click.UsageError | DatelineError | None) -> list[str]:
    """An error, and its next step, as lines for a form."""
    hint = getattr(error, "hint", None)
    return [str(getattr(error, "message", error)), *([hint] if hint else [])] if error else []


def _lacks(kind: str, options: Mapping[str, Any]) -> bool:
    uncounted = (
        kind == "figure" and kind_of(options) is None and "quantities" not in set_fields(options)
    )
    return uncounted or any(True for _ in missing(kind, options))
