"""Reads relations from PostgreSQL's catalog, and writes the SQL view of a table as it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dateline.log.databases.relation import SQL_VIEW, TABLE, Relation, StoredColumn

_KINDS = {
    "r": TABLE,
    "v": SQL_VIEW,
    "m": "materialized view",
    "p": "partitioned table",
    "f": "foreign table",
    "S": "sequence",
    "i": "index",
    "I": "index",
    "type": "type",
}
_HERE = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

# A type takes up a table name, too, but the type of an array is renamed by the server when needed.
# Text sorts by code points unless its type states a collation.
_RELATIONS = f"""
SELECT c.relname::text, c.relkind::text,
  CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) ELSE '' END,
  ARRAY(SELECT DISTINCT d.refobjid::regclass::text
    FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
    WHERE w.ev_class = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
      AND c.relkind = 'v'),
  ARRAY(SELECT ARRAY[a.attname::text, quote_ident(a.attname),
      format_type(a.atttypid, a.atttypmod)
      || CASE WHEN a.attcollation IN (0, '"C"'::regcollation) THEN ''
         ELSE ' COLLATE ' || a.attcollation::regcollation END
      || CASE WHEN a.attgenerated <> '' THEN ' GENERATED' WHEN a.atthasdef THEN ' DEFAULT' ELSE '' END,
      a.attnotnull::text]
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum),
  ARRAY(
    SELECT 'the trigger ' || tgname FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal
    UNION SELECT 'the rule ' || rulename FROM pg_rewrite WHERE ev_class = c.oid AND c.relkind <> 'v'
    UNION SELECT 'the policy ' || polname FROM pg_policy WHERE polrelid = c.oid
    UNION SELECT 'row-level security' WHERE c.relrowsecurity OR c.relforcerowsecurity
    UNION SELECT 'the table ' || inhrelid::regclass || ' that inherits from it'
      FROM pg_inherits WHERE inhparent = c.oid
    UNION SELECT 'the table ' || inhparent::regclass || ' that it inherits from'
      FROM pg_inherits WHERE inhrelid = c.oid
    ORDER BY 1)
FROM pg_class c WHERE c.relnamespace = {_HERE} AND c.relname = ANY (%(names)s)
UNION ALL
SELECT t.typname::text, 'type', '', '{{}}'::text[], '{{}}'::text[], '{{}}'::text[]
FROM pg_type t WHERE t.typnamespace = {_HERE} AND t.typname = ANY (%(names)s)
  AND t.typrelid = 0 AND t.typelem = 0
"""

# Not the text of a definition, which differs between releases; of a condition only its existence.
_TRIGGERS = """
SELECT t.tgname || ' on ' || c.relname, t.tgtype, t.tgenabled, t.tgqual IS NOT NULL,
  encode(t.tgargs, 'escape'), p.proname, p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND c.relname = ANY (%s)
"""

# A message for everything else that may change what a statement on a table does.
_MEDDLING = """
WITH ours AS (
  SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relname = ANY (%s)
)
SELECT 'the rule ' || r.rulename || ' on ' || c.relname || ' is not one of Dateline''s'
FROM ours c JOIN pg_rewrite r ON r.ev_class = c.oid
UNION ALL
SELECT 'row-level security is on for the table ' || c.relname FROM ours c
WHERE c.relrowsecurity OR c.relforcerowsecurity
UNION ALL
SELECT 'the policy ' || p.polname || ' on ' || c.relname || ' is not one of Dateline''s'
FROM ours c JOIN pg_policy p ON p.polrelid = c.oid
UNION ALL
SELECT 'the table ' || c.relname || ' is another kind of relation (' || c.relkind::text || ')'
FROM ours c WHERE c.relkind <> 'r'
UNION ALL
SELECT 'the table ' || c.relname || ' includes the rows of another table, ' || i.inhrelid::regclass::text
FROM ours c JOIN pg_inherits i ON i.inhparent = c.oid
UNION ALL
SELECT 'a foreign key of the table ' || c.relname || ' is switched off'
FROM ours c WHERE EXISTS (
  SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgisinternal AND t.tgenabled <> 'O'
)
UNION ALL
SELECT 'triggers are off for this user: session_replication_role is '
  || current_setting('session_replication_role')
WHERE current_setting('session_replication_role') = 'replica'
ORDER BY 1
"""


def relations(connection: Any, names: Sequence[str]) -> list[Relation]:
    """The relations with one of `names` in the archive's schema; `connection` is the driver's own."""
    return [
        Relation(
            name,
            _KINDS.get(kind, "relation"),
            tuple(StoredColumn(c, type_, need == "true", sql) for c, sql, type_, need in columns),
            _one_form(selects, reads),
            tuple(reads),
            tuple(guards),
        )
        for name, kind, selects, reads, columns, guards in connection.execute(
            _RELATIONS, {"names": list(names)}
        ).fetchall()
    ]


def triggers(connection: Any, tables: Sequence[str]) -> list[tuple[str, str]]:
    """The triggers of some tables, as `Backend.triggers` returns them."""
    rows = connection.execute(_TRIGGERS, (list(tables),)).fetchall()
    return [(name, " ".join(map(str, what))) for name, *what in rows]


def meddling(connection: Any, tables: Sequence[str]) -> list[str]:
    """What else may change a statement on some tables, as `Backend.meddling` returns it."""
    rows = connection.execute(_MEDDLING, (list(tables),)).fetchall()
    return [message for (message,) in rows]


def listed(view: Relation, table: Relation) -> list[str]:
    """The columns of an SQL view of `table` that replaces `view`: those of `view` first, because
    others may depend on them, and NULL where the table lacks them."""
    has = {column.sql: column.type for column in table.columns}
    kept = [_kept(c, has.pop(c.sql, None) == c.type) for c in view.columns]
    return [*kept, *has]


def selects(view: Relation, table: Relation, hidden: Sequence[str]) -> str:
    """The definition of that SQL view, in the form of `Relation.selects`."""
    texts = ", ".join(f"'{status}'::text" for status in hidden)
    where = f" WHERE (status <> ALL (ARRAY[{texts}]))" if hidden else ""
    return f"SELECT {', '.join(listed(view, table))} FROM {table.name}{where}"


def _kept(column: StoredColumn, there: bool) -> str:
    if there:
        return column.sql
    type_ = 'text COLLATE "C"' if column.type == "text" else column.type
    empty = f"(NULL::{type_})" if "COLLATE" in type_ else f"NULL::{type_}"
    return f"{empty} AS {column.sql}"


def _one_form(selects: str, reads: Sequence[str]) -> str:
    """One line, with columns without their table, because releases write it differently."""
    line = " ".join(selects.split()).removesuffix(";")
    return line.replace(f"{reads[0]}.", "") if len(reads) == 1 else line
