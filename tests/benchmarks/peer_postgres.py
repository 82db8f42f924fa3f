"""The view of figures with the `eventsourcing` library on PostgreSQL."""

from __future__ import annotations

from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from limit import COLUMNS
from peer import FiguresView
from psycopg.sql import SQL


class PostgresFigures(PostgresTrackingRecorder, FiguresView):
    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        columns = COLUMNS.replace("FLOAT", "DOUBLE PRECISION")
        self.sql_create_statements.append(SQL(f"CREATE TABLE IF NOT EXISTS figures ({columns})"))

    def add(self, rows: list[tuple[Any, ...]], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            if rows:
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO figures VALUES ({marks})", rows)
            self._insert_tracking(cursor, tracking)
