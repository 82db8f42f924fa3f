"""The commands ``amend``, ``merge`` and ``undo``: what was recorded by mistake is put right."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from dateline.cli import completion
from dateline.cli.dates import edtf_of
from dateline.cli.entities import Entities
from dateline.cli.fields import parse_value
from dateline.cli.here import STORY, source_called
from dateline.cli.options import reported_option, signed, yes_option
from dateline.cli.settings import Settings
from dateline.cli.terminal.messages import counted, say
from dateline.text import visible

if TYPE_CHECKING:
    from dateline.events.state import StoryState

_story = click.argument("story", type=STORY)
_by = click.option("--by", metavar="WHO", help="Who does it: an entity, or a name.")
#: A source's id, or a part from the start of its hash.
_DIGEST = re.compile(r"sha256:.*|[0-9a-f]{2,64}(\.[0-9]+)?")
#: Fields whose values are text even when they look like numbers or JSON.
_TEXTS = frozenset({
    "title", "published", "publisher", "place", "url", "language", "label", "part_of", "precision", "note",
})  # fmt: skip
#: Fields of a source that name entities.
_NAMED = frozenset({"publisher", "byline"})
_LISTS = frozenset({"byline", "names"})


@click.command()
@_story
@click.argument("name", metavar="SOURCE|ENTITY", shell_complete=completion.sources)
@click.option(
    "--set",
    "changes",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    help="The new value: published=2024-03-04, title='...', url=null (removes it). May be repeated.",
)
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@_by
@reported_option
@signed
def amend(
    settings: Settings, story: str, name: str, changes: tuple[str, ...], **details: Any
) -> None:
    """Amend what was recorded about a source or an entity.

    The log keeps what was recorded before. SOURCE is a unique part from the start of its hash, its title,
    or . for the last one captured; ENTITY is an id or a name, which may be that of a publisher. A document and its text are amended together.
    Fields of a source: title, published, publisher, byline, credits, url, language, place. Fields of an
    entity: label, names, identifiers.REGISTER, part_of, lat, lon, precision, note. A byline or a list of
    names is given as one name, or as JSON. A publisher or byline may be a name of the story, or a new
    entity: byline=person:jane-doe="Jane Doe".

    In the public record, an amendment takes effect with its notice (--reported), else when it was
    recorded. A new publication date takes effect at once: it says since when the source was public.

    \b
    Example:
      dateline amend velm-flood 88dc --set published=2024-03-04 --reason "Misread the date"
      dateline amend velm-flood org:nora --set label="NORA Agency" --reason "Renamed"
    """
    from dateline.events.acts import short
    from dateline.events.words import changed_fields

    wanted = dict(_change(text) for text in changes)
    if isinstance(published := wanted.get("published"), str):
        wanted["published"] = edtf_of(published, "--set published").edtf
    with settings.archive() as archive:
        state = archive.state(story, facts=())
        name = _thing(state, name)
        entities = Entities.of(state) if wanted.keys() & _NAMED else None
        if entities is not None:
            wanted = {path: _named(path, value, entities) for path, value in wanted.items()}
            details["new"] = list(entities.new.values())
        made = archive.amend(story, name, wanted, **details)
    shown = "; ".join(
        f"{field}: {_json(one.was)} -> {_json(one.now)}" for field, one in changed_fields(made)
    )
    say(f"Amended {short(name)}: {shown}")


def _thing(state: StoryState, name: str) -> str:
    """The id of the source that `name` means if it is not an entity's name. Raises UnknownName."""
    from dateline.recording.lookup import sources_called
    from dateline.recording.naming import matching

    digest = bool(_DIGEST.fullmatch(name))
    called = not digest and not matching(state, name) and sources_called(state, name)
    return source_called(state, name, "name") if digest or called else name


def _change(text: str) -> tuple[str, object]:
    path, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text!r} is not FIELD=VALUE")
    if value == "null":
        return path, None
    if path in _TEXTS or path.startswith("identifiers.wikidata"):
        return path, value
    parsed = parse_value(value)
    return path, [parsed] if path in _LISTS and isinstance(parsed, str) else parsed


def _named(path: str, value: object, entities: Entities) -> object:
    """The value of a field, with an id for each entity of the story that it names."""
    if path == "publisher" and isinstance(value, str):
        return entities.id(value, f"--set {path}", ("organization",))
    if path == "byline" and isinstance(value, list):
        return [
            entities.named(one, "--set byline=") if isinstance(one, str) else one for one in value
        ]
    return value


@click.command()
@_story
@click.argument("entity", shell_complete=completion.views_and_facts)
@click.argument("into", shell_complete=completion.views_and_facts)
@click.option("--reason", required=True, help="The reason, for readers of the record.")
@_by
@reported_option
@signed
def merge(settings: Settings, story: str, entity: str, into: str, **details: Any) -> None:
    """Record that two ids stand for one entity.

    Views show INTO from now on. Facts keep the id that they were recorded with. `dateline undo` separates the two again.
    INTO is an entity of the story, or ID=Label for one of another story.

    \b
    Example:
      dateline merge velm-flood group:low-street-families group:residents-of-tarn \\
        --reason "Both reports mean the same people"
    """
    with settings.archive() as archive:
        archive.merge(story, entity, into, **details)
    say(f"Merged {entity} into {into.partition('=')[0]}.")


@click.command()
@_story
@click.argument("position", type=click.IntRange(min=1), required=False)
@click.option("--reason", help="The reason.  [default: Recorded by mistake.]")
@_by
@reported_option
@yes_option
@signed
def undo(
    settings: Settings,
    story: str,
    position: int | None,
    reason: str | None,
    yes: bool,
    **details: Any,
) -> None:
    """Take back an editorial act.

    An act is a correction, retraction, dispute, review, link, evidence, withdrawal, closing, amendment,
    merge or revocation, or the capture of a document that no fact rests on. Without POSITION, the command shows the last such act of the story and asks. POSITION is a position
    of the log, as `dateline log STORY` lists it. Both the act and its revocation stay in the log, and
    the revocation can be taken back in turn. A fact is taken back with `dateline retract`.

    \b
    Example:
      dateline undo velm-flood --yes
      dateline undo velm-flood 78 --reason "The wrong fact was corrected"
    """
    from dateline.undoing import REASON, described, last_act

    details["reason"] = reason or REASON
    with settings.archive() as archive:
        if position is None:
            acts = last_act(archive, story)
            shown = f"position {acts[-1].position}, {described(acts)}"
            if not yes and not sys.stdin.isatty():
                raise click.UsageError(
                    f"the last act of {story} is {visible(shown)}. To take it back, give its "
                    f"position, {acts[-1].position}, or --yes"
                )
            if not yes and not click.confirm(visible(f"Take back {shown}?"), err=True):
                say("Nothing was taken back.")
                return
            position = acts[-1].position
        acts = archive.undo(story, position, **details)
    say(f"Took back {counted(len(acts), 'act')}: {described(acts)}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
