"""Rows of the log as a Parquet file, and back.

A row has the columns of the log's reader and then the slug of its story; its body is bytes. In a file,
plain bodies are text (JSON), and encrypted ones, which are not, are in a column of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias

from dateline.errors import Damaged, MissingLibrary
from dateline.segments.manifest import changed

#: position, event_id, story, version, type, schema_version, recorded_us, reported_us, subject_key,
#: body, slug
Row: TypeAlias = tuple[Any, ...]

#: Where a row has its body.
BODY = 9
#: Columns of a file: name, type, the types of its values, and where a row has it.
_COLUMNS = (
    ("position", "int64", (int,), 0),
    ("event_id", "uuid", (bytes,), 1),
    ("story", "uuid", (bytes,), 2),
    ("slug", "string", (str,), 10),
    ("version", "int64", (int,), 3),
    ("type", "string", (str,), 4),
    ("schema_version", "int32", (int,), 5),
    ("recorded_us", "int64", (int,), 6),
    ("reported_us", "int64", (int, type(None)), 7),
    ("subject_key", "string", (str, type(None)), 8),
)
#: The place of the column ``story`` in a file.
_STORY = 2
_REPEATED = ["story", "slug", "type", "schema_version", "recorded_us", "reported_us", "subject_key"]
#: Rows that are decoded at once.
GROUP = 10_000


@cache
def _pyarrow() -> tuple[Any, Any]:
    """pyarrow and pyarrow.parquet, which take a tenth of a second to import."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingLibrary("pyarrow", "segments") from None
    return pyarrow, pyarrow.parquet


@cache
def schema() -> Any:
    pa, _ = _pyarrow()
    types = {"int64": pa.int64(), "int32": pa.int32(), "string": pa.string(), "uuid": pa.binary(16)}
    fields = [
        pa.field(name, types[kind], nullable=type(None) in values)
        for name, kind, values, _ in _COLUMNS
    ]
    return pa.schema([*fields, pa.field("body", pa.string()), pa.field("sealed", pa.binary())])


class Writer:
    """Makes one file, group by group, in memory: a million events have about 55 MB."""

    def __init__(self) -> None:
        pa, pq = _pyarrow()
        self._sink = pa.BufferOutputStream()
        self._file = pq.ParquetWriter(
            self._sink, schema(), compression="zstd", use_dictionary=_REPEATED, store_schema=False
        )

    def add(self, table: Any) -> None:
        self._file.write_table(table, row_group_size=GROUP)

    def finish(self) -> bytes:
        self._file.close()
        return bytes(self._sink.getvalue())


def dump(table: Any) -> bytes:
    """The file of a table."""
    writer = Writer()
    writer.add(table)
    return writer.finish()


def table_of(rows: Sequence[Row]) -> Any:
    """A table of rows. Raises Damaged for values that Dateline never stores."""
    pa, _ = _pyarrow()
    columns = list(zip(*rows, strict=True))
    positions, keys = columns[0], columns[8]
    bodies = _checked(columns[BODY], (bytes, type(None)), positions)
    plain = [body if key is None else None for key, body in zip(keys, bodies, strict=True)]
    sealed = [None if key is None else body for key, body in zip(keys, bodies, strict=True)]
    try:
        arrays = [
            pa.array(_checked(columns[at], kinds, positions), schema().field(name).type)
            for name, _, kinds, at in _COLUMNS
        ]
        arrays += [pa.array(plain, pa.string()), pa.array(sealed, pa.binary())]
    except (pa.ArrowException, OverflowError) as error:
        where = f"between positions {min(positions)} and {max(positions)}"
        raise Damaged(f"an event {where} cannot be written ({error})") from None
    return pa.Table.from_arrays(arrays, schema=schema())


def _checked(
    values: Sequence[Any], kinds: tuple[type, ...], positions: Sequence[Any]
) -> Sequence[Any]:
    # Arrow would cut a fraction off, which SQLite may hold in an integer column.
    if set(map(type, values)) <= set(kinds):
        return values
    wrong = next(at for at, value in enumerate(values) if type(value) not in kinds)
    raise Damaged(f"the event at position {positions[wrong]} holds values of a wrong type")


def load(
    content: bytes, where: str, after: bytes | None = None, last: bytes | None = None
) -> tuple[int, Any]:
    """The number of events in a file, and a table: of all of them, or of the stories whose ids are greater
    than `after` and not greater than `last`. Only the groups that have such stories are decoded. Raises
    DatelineError (``segment-changed``) if it is no segment."""
    pa, pq = _pyarrow()
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        groups = [
            number
            for number in range(file.num_row_groups)
            if _overlaps(file.metadata.row_group(number), after, last)
        ]
        table = file.read_row_groups(groups).select(schema().names).cast(schema())
    except (pa.ArrowException, KeyError, ValueError, OSError) as error:
        raise changed(where, f"it cannot be read ({error})") from None
    return file.metadata.num_rows, _between(table, after, last)


def _overlaps(group: Any, after: bytes | None, last: bytes | None) -> bool:
    found = group.column(_STORY).statistics
    if found is None or not found.has_min_max:
        return True
    return (after is None or found.max > after) and (last is None or found.min <= last)


def _between(table: Any, after: bytes | None, last: bytes | None) -> Any:
    import pyarrow.compute as pc

    pa, _ = _pyarrow()
    if after is not None:
        table = table.filter(pc.greater(table["story"], pa.scalar(after, pa.binary(16))))
    if last is not None:
        table = table.filter(pc.less_equal(table["story"], pa.scalar(last, pa.binary(16))))
    return table


def joined(tables: Sequence[Any]) -> Any:
    """The rows of several files of a partition, in the order of story and version."""
    pa, _ = _pyarrow()
    if len(tables) == 1:
        return tables[0]
    return pa.concat_tables(tables).sort_by([("story", "ascending"), ("version", "ascending")])


def rows(table: Any) -> Iterator[Row]:
    """The rows of a table, in its order."""
    for batch in table.to_batches(max_chunksize=GROUP):
        column = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        bodies = [
            None if (text is None and sealed is None) else sealed if text is None else text.encode()
            for text, sealed in zip(column["body"], column["sealed"], strict=True)
        ]
        names = sorted(_COLUMNS, key=lambda column: column[3])
        *before, slug = (column[name] for name, *_ in names)
        yield from zip(*before, bodies, slug, strict=True)


def without(table: Any, positions: Sequence[int]) -> Any | None:
    """The table without the bodies at `positions`; None if it has none there."""
    pa, _ = _pyarrow()
    import pyarrow.compute as pc

    there = pc.is_in(table["position"], value_set=pa.array(positions, pa.int64()))
    held = pc.or_(pc.is_valid(table["body"]), pc.is_valid(table["sealed"]))
    if not pc.any(pc.and_(there, held)).as_py():
        return None
    for name in ("body", "sealed"):
        at = table.schema.get_field_index(name)
        kept = pc.if_else(there, pa.scalar(None, schema().field(name).type), table[name])
        table = table.set_column(at, schema().field(name), kept)
    return table
