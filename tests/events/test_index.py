"""The index of facts by the entities that they name agrees with the rules for references."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from dateline.events.index import refers_to
from dateline.events.payload import FactPayload
from dateline.events.registry import CORE
from dateline.events.rules.references import entities
from dateline.testing.payloads import structs

FACTS = [kind.payload for kind in CORE if issubclass(kind.payload, FactPayload)]


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.type)
def test_the_index_has_every_entity_that_the_rules_ask_for(kind: type[FactPayload]) -> None:
    @given(structs(kind))
    def agree(fields: dict[str, object]) -> None:
        payload = msgspec.convert(fields, kind)
        # Who judged the factuality is not in any row.
        named = [name for field, name in entities(payload) if not field.startswith("/factuality")]
        assert {*refers_to(payload)} - {""} == {*named} - {""}

    agree()
