"""A payload's shape never changes, except by a new version with an upcaster."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from dateline.errors import DatelineError
from dateline.events.payload import Payload, Raw
from dateline.events.registry import EventType, Registry, to_fields

HERE = Path(__file__).parent
LOCKED = json.loads((HERE / "lock.json").read_text())
SAMPLES = sorted((HERE / "golden").glob("*.json"))


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("schema_update", HERE / "update.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_shape_changed_without_a_new_version() -> None:
    present = tool().shapes()
    changed = [name for name, shape in present.items() if LOCKED.get(name) != shape]
    assert not changed, (
        f"{changed} differ from the lock: raise schema_version, write an upcaster from the old "
        "shape, then run tests/schemas/update.py"
    )


def test_a_changed_field_is_noticed() -> None:
    class Statement(Payload, frozen=True, kw_only=True):
        type = "statement.recorded"
        text: str
        speaker: str

    shape = tool().without_prose(msgspec.json.schema(Statement))
    assert shape != LOCKED["statement.recorded@1"]


def test_every_version_ever_has_a_golden_sample() -> None:
    assert {path.stem for path in SAMPLES} == set(LOCKED)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_golden_sample_still_reads(path: Path) -> None:
    name, _, version = path.stem.partition("@")
    sample = json.loads(path.read_text("utf-8"))
    read = Registry().convert(name, int(version), sample)
    assert not isinstance(read, Raw)
    current = Registry().get(name)
    assert current is not None and isinstance(read, current.payload)
    if int(version) == current.version:
        plain = json.loads(json.dumps(to_fields(read)))
        assert plain == sample, "the sample lacks a field or states a default"


def test_the_first_upcaster_moves_part_of_out_of_the_identifiers() -> None:
    old = json.loads((HERE / "golden" / "entity.introduced@1.json").read_text("utf-8"))
    new = Registry().convert("entity.introduced", 1, old)
    assert new.part_of == old["identifiers"]["part_of"]  # type: ignore[union-attr]
    assert "part_of" not in new.identifiers  # type: ignore[union-attr]
    bare = {key: value for key, value in old.items() if key != "identifiers"}
    assert Registry().convert("entity.introduced", 1, bare).part_of is None  # type: ignore[union-attr]


def test_a_version_without_its_upcaster_is_refused() -> None:
    class Sighting(Payload, frozen=True, kw_only=True):
        type = "acme.sighting.recorded"
        schema_version = 3
        what: str

    with pytest.raises(DatelineError) as caught:
        Registry([EventType(Sighting, {2: lambda fields: fields})])
    assert caught.value.code == "upcaster-missing"


def test_a_version_that_only_added_fields_is_read_without_an_upcaster() -> None:
    registry = Registry()
    assert registry.shape("source.captured", 1) is registry.shape("source.captured", 2)
    assert registry.shape("source.captured", 2) is registry.shape("source.captured", 3)
    assert registry.shape("source.captured", 4) is registry.shape(
        "entity.introduced", 1
    )  # raw JSON


def test_upcasters_run_one_after_the_other() -> None:
    class Sighting(Payload, frozen=True, kw_only=True):
        type = "acme.sighting.recorded"
        schema_version = 3
        what: str
        where: str

    upcasters = {
        1: lambda fields: {"what": fields["thing"]},
        2: lambda fields: {**fields, "where": "unknown"},
    }
    registry = Registry([EventType(Sighting, upcasters)])
    assert registry.convert("acme.sighting.recorded", 1, {"thing": "heron"}) == Sighting(
        what="heron", where="unknown"
    )
    assert isinstance(registry.convert("acme.sighting.recorded", 4, {"x": 1}), Raw)
