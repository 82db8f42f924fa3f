"""A reader that follows the log by position only, whatever ends its session."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from dateline import DatelineError
from dateline.errors import LogGap
from dateline.events.registry import Registry
from dateline.log.engine import open_engine, reading
from dateline.log.read import Reader, head


def main() -> None:
    order = json.loads(sys.argv[1])
    end, engine, reader = Path(order["end"]), open_engine(order["db"]), Reader(Registry())
    after = 0
    with open(order["file"], "a", buffering=1) as file:
        while not end.exists() or after < int(end.read_text()):
            try:
                with reading(engine) as connection:
                    events = list(reader.read(connection, after=after))
                    position = head(connection).position
            except LogGap:
                raise
            except DatelineError:  # the server is down at the moment
                time.sleep(0.02)
                continue
            if events:
                after = events[-1].position
                file.write(json.dumps({"ids": [str(event.event_id) for event in events]}) + "\n")
            assert after == position, f"read up to {after} of {position}"
            time.sleep(0.002)
