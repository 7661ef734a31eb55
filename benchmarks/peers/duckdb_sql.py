"""The rules as SQL, whose `and`, `or`, `not` and comparisons are three-valued by themselves; run by DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from benchmarks.peers.answers import refused
from benchmarks.peers.predicates import PREFIX, layers
from unclench.logic import AllOf, AnyOf, AnyRegion, AtLeast, Compare, Defined, Negation, Node, OneOf, Present, Unsure

__all__ = ["DuckDB", "query", "sql"]

_refused = refused("SQL")


def sql(node: Node) -> str:
    """Return a tree as an SQL expression over the fields of `benchmarks.peers.answers`, a predicate as a column.

    Raises:
        ExpressionError: the node is of a kind this translator does not know.

    Examples:
        >>> sql(AllOf((Present("fever"), Negation(OneOf("sex", ("male",))))))
        '("fever" AND NOT "sex" IN (\\'male\\'))'
    """
    match node:
        case Present(finding):
            return f'"{finding}"'
        case Compare(finding, operator, value):
            return f'(NOT "{finding}__beside" AND "{finding}" {"=" if operator == "==" else operator} {value!r})'
        case OneOf(finding, values):
            return f'"{finding}" IN ({", ".join(map(repr, values))})'
        case AnyRegion(finding, regions):
            return _joined(" OR ", (f'"{finding}__{region}"' for region in regions))
        case Unsure(finding):
            return f'"{finding}__unsure"'
        case Defined(predicate):
            return f'"{PREFIX}{predicate}"'
        case Negation(operand):
            return f"NOT {sql(operand)}"
        case AllOf(operands):
            return _joined(" AND ", (sql(one) for one in operands))
        case AnyOf(operands):
            return _joined(" OR ", (sql(one) for one in operands))
        case AtLeast(count, operands):
            parts = [sql(one) for one in operands]
            certain = _joined(" + ", (f"CASE WHEN {part} THEN 1 ELSE 0 END" for part in parts))
            possible = _joined(" + ", (f"CASE WHEN NOT {part} THEN 0 ELSE 1 END" for part in parts))
            return f"CASE WHEN {certain} >= {count} THEN TRUE WHEN {possible} < {count} THEN FALSE END"
        case _:
            raise _refused(node)


def query(rules: Mapping[str, Node], predicates: Mapping[str, Node], table: str) -> str:
    """Return the statement that gives each rule as a column of its name, for every row of a table.

    Predicates are columns of subqueries, each worked out once; where they are written out, the planner works them out
    again. There is one subquery for each layer: one for each predicate makes few rows slow.
    """
    source = table
    for layer in layers(rules.values(), predicates):
        defined = (f'{sql(node)} AS "{PREFIX}{name}"' for name, node in layer.items())
        source = f"(SELECT *, {', '.join(defined)} FROM {source})"
    columns = (f'{sql(node)} AS "{name}"' for name, node in rules.items())
    return f"SELECT {', '.join(columns)} FROM {source}"


def _joined(between: str, parts: Iterable[str]) -> str:
    return f"({between.join(parts)})"


class DuckDB:
    """One connection with people in its own tables, and the rules prepared once for each.

    Args:
        rules: rule id to tree.
        predicates: the tree of each predicate that trees may name.
    """

    def __init__(self, rules: Mapping[str, Node], predicates: Mapping[str, Node]) -> None:
        self._connection: Any = import_module("duckdb").connect()
        self._connection.execute("SET threads TO 1")  # as many as we have
        self._rules, self._predicates = rules, predicates
        self._prepared: set[str] = set()

    def fill(self, table: str, people: Any) -> None:
        """Make a table of an Arrow one."""
        self._connection.register("people", people)
        self._connection.execute(f"CREATE TABLE {table} AS SELECT * FROM people")

    def prepare(self, table: str) -> None:
        """Plan the statement over a table, which is what compiling is here."""
        if table in self._prepared:
            self._connection.execute(f"DEALLOCATE {table}_rules")
        self._prepared.add(table)
        statement = query(self._rules, self._predicates, table)
        self._connection.execute(f"PREPARE {table}_rules AS {statement}")

    def run(self, table: str) -> Any:
        """Return the truths of everybody in the table, as an Arrow table."""
        return self._connection.sql(f"EXECUTE {table}_rules").to_arrow_table()

    def rows(self, table: str) -> list[tuple[bool | None, ...]]:
        """Return the same as rows, in the order of the rules; the quicker way for few people."""
        rows: list[tuple[bool | None, ...]] = self._connection.execute(f"EXECUTE {table}_rules").fetchall()
        return rows
