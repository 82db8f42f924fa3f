"""Adds new shapes to the lock. Shapes in the lock never change.

python tests/schemas/update.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from dateline.events.registry import Registry

HERE = Path(__file__).parent
LOCK = HERE / "lock.json"
GOLDEN = HERE / "golden"


def shapes() -> dict[str, Any]:
    """JSON Schema of every event type in its current version, by ``type@version``."""
    found = {
        f"{event_type.name}@{event_type.version}": without_prose(
            msgspec.json.schema(event_type.payload)
        )
        for event_type in Registry()
    }
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def without_prose(schema: Any) -> Any:
    """A schema without titles and descriptions, which may be reworded."""
    if isinstance(schema, dict):
        return {
            key: without_prose(value)
            for key, value in schema.items()
            if key not in ("title", "description") or isinstance(value, dict)
        }
    return [without_prose(item) for item in schema] if isinstance(schema, list) else schema


def main() -> None:
    locked = json.loads(LOCK.read_text()) if LOCK.exists() else {}
    present = shapes()
    changed = [name for name in present if name in locked and locked[name] != present[name]]
    if changed:
        raise SystemExit(f"{', '.join(changed)} changed: give them a new schema_version instead")
    LOCK.write_text(json.dumps({**locked, **present}, indent=1, sort_keys=True) + "\n")
    for name in present:
        path = GOLDEN / f"{name}.json"
        if not path.exists():
            print(f"write a golden sample: {path}")


if __name__ == "__main__":
    main()
