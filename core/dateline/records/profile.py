"""One entity of all stories as a JSON object."""

from __future__ import annotations

from typing import Any

import msgspec

from dateline.events.registry import to_fields
from dateline.events.state import Fact
from dateline.register.profile import Profile


def profile_record(profile: Profile) -> dict[str, Any]:
    """What all stories know of an entity, with the first facts of each section."""
    return {
        **{name: getattr(profile, name) for name in ("entity", "kind", "label", "ids", "names")},
        "identifiers": profile.identifiers,
        "part_of": profile.part_of,
        "stories": profile.stories,
        "labels": [msgspec.structs.asdict(one) for one in profile.labels],
        "amended": [msgspec.structs.asdict(one) for one in profile.amended],
        "role_count": profile.roles.count,
        "roles": [_record(fact) for fact in profile.roles.facts],
        "said_count": profile.said.count,
        "said": [_record(fact) for fact in profile.said.facts],
        "appears_in_count": profile.named.count,
        "appears_in": [_record(fact) for fact in profile.named.facts],
    }


def _record(fact: Fact) -> dict[str, Any]:
    return {
        "story": fact.story.slug,
        "fact": fact.id,
        "kind": fact.kind,
        "status": fact.status,
        "when": when_words(fact),
        "chain": fact.chain_words,
        **{name: value for name, value in to_fields(fact.data).items() if name != "fact"},
    }


def when_words(fact: Fact) -> str:
    """The date of a fact in words."""
    return "undated" if fact.when is None else fact.when.words
