"""A fact as it will read once it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateline.events.state import StoryState


def preview(
    line: Mapping[str, Any], state: StoryState, new: Mapping[str, str], *, quotations: bool = True
) -> Iterator[str]:
    """Lines about a fact that is not recorded yet, not yet made safe to print. `new` has ``ID=Label`` of
    each entity that it introduces, by id."""
    from dateline.cli.show_fact import content
    from dateline.events.payload import FactPayload
    from dateline.recording.line import data
    from dateline.recording.lookup import described

    labels = {entity: given.partition("=")[2] for entity, given in new.items()}
    shape = state.registry.get(line["type"])
    payload = state.registry.convert(line["type"], shape.version if shape else 1, data(line))
    assert isinstance(payload, FactPayload)
    yield f"{line['type'].partition('.')[0]}"
    yield f"  {payload.text}"
    yield ""
    yield from content(payload, lambda entity: labels.get(entity) or state.label(entity))
    for item in payload.evidence if quotations else ():
        yield f"{item.role:8} “{' '.join(item.exact.split())}”"
    yield f"document {described(state, payload.source)}"
    yield from (f"new      {entity}, {label}" for entity, label in labels.items())
