"""What is meant by the story and the source that a command names, ``.`` among them: the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import say
from dateline.errors import UnknownName

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from dateline.events.state import StoryState


class Story(click.ParamType[str]):
    """The slug of a story; ``.`` is the story that was written to last. Which one that is, is said, and it
    stands in commands that are printed, since the next writer changes what ``.`` means."""

    name = "story"

    def convert(self, value: Any, param: Any, ctx: click.Context | None) -> str:
        """Raises UnknownName if ``.`` is given and there is no story yet."""
        if value != "." or ctx is None or ctx.resilient_parsing:
            return str(value)
        with ctx.ensure_object(Settings).unresumed() as archive:
            last = next(archive.events(after=archive.head().position - 1), None)
        if last is None:
            raise UnknownName(
                "there is no story yet", hint="open one with `dateline open`", code="story-unknown"
            )
        say(f"Story: {last.slug}")
        return last.slug

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(slug) for slug in completion.stories(ctx, param, incomplete)]


STORY = Story()


def source_called(
    state: StoryState, given: str | None, parameter: str, *, any_version: bool = False
) -> str:
    """The id of the source that a `parameter` names: by the start of its hash, by its publisher or title, or
    as ``.``, the last that was captured; without a name, the one source to quote. With `any_version`, a
    name that several versions of one document have means the newest of them.

    Raises UnknownName, with the command that takes each source in question.
    """
    from dateline.cli.command_line import retyped
    from dateline.events.acts import short
    from dateline.events.counting import documents
    from dateline.recording.lookup import choose_source, described, find_source, sources_called

    def command(source: str) -> str:
        return retyped(parameter, given or "", short(source))

    called = sources_called(state, given) if given else []
    document_of = documents(state.sources, state.entity_id)
    if any_version and len({document_of[one] for one in called}) == 1:
        called = called[-1:]
    if not called:
        return find_source(state, given, command)
    if len(called) > 1:
        what = f"has several sources called {given!r}; choose one"
        raise choose_source(state, called, what, command=command)
    say(f"Source: {described(state, called[0])}")
    return called[0]
