"""Field paths and conditions turned into functions of a row, with the org's own refusals."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import ge, gt, le, lt
from typing import Any, Final, NoReturn

from sfharden.emulator import ids
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql.ast import Compare, Condition, Logic, Query, Text, malformed
from sfharden.emulator.soql.schema import Caller, Column, SObject
from sfharden.emulator.state import DemoOrg

Getter = Callable[[Any], Any]
Test = Callable[[Any], bool]
_ORDERED: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}
_TEXTUAL: Final = frozenset({"string", "picklist", "ip"})
_IDS: Final = frozenset({"id", "reference"})


@dataclass(slots=True)
class Scope:
    """What a query runs in: the org, the caller, the API, and the related records by id, looked up once."""

    org: DemoOrg
    caller: Caller
    version: str
    tooling: bool
    objects: dict[str, SObject]
    inner_values: Callable[["Scope", Query], set[Any]]
    _related: dict[str, dict[str, Any]] = field(default_factory=dict)

    def related(self, name: str) -> dict[str, Any]:
        """Rows of an object by id."""
        if name not in self._related:
            rows = self.objects[name.lower()].rows(self.org, self.caller)
            self._related[name] = {row.id: row for row in rows}
        return self._related[name]


def no_such_column(path: str, source: SObject) -> NoReturn:
    """Raise the org's answer to a field it doesn't have."""
    raise RefusalError(
        "INVALID_FIELD",
        f"\nSELECT {path} FROM {source.name}\n       ^\nERROR at Row:1:Column:8\n"
        f"No such column '{path}' on entity '{source.name}'.",
    )


def find(scope: Scope, source: SObject, path: str) -> tuple[Column, Getter]:
    """The column a path ends at, and a function that reads it from a row of `source`."""
    head, dot, rest = path.partition(".")
    if not dot:
        column = source.columns.get(head.lower())
        return (column, column.get) if column else no_such_column(path, source)
    link = source.relationships.get(head.lower())
    if link is None or link.refers is None:
        raise RefusalError("INVALID_FIELD", f"Didn't understand relationship '{head}' in field path.")
    target = link.refers[1]
    column, inner = find(scope, scope.objects[target.lower()], rest)
    rows, key = scope.related(target), link.get

    def through(row: Any) -> Any:
        other = rows.get(key(row))
        return None if other is None else inner(other)

    return column, through


def literal(column: Column, value: Any) -> Any:
    """A literal as the column's values compare. Raises RefusalError for one of the wrong type."""
    if value is None:
        return None
    if column.kind in _TEXTUAL and isinstance(value, Text):
        return value.value.lower()
    if column.kind in _IDS and isinstance(value, Text):
        return ids.long_id(value.value) if len(value.value) == 15 else value.value
    if column.kind == "boolean" and isinstance(value, bool):
        return value
    if column.kind == "datetime" and isinstance(value, datetime):
        return value
    if column.kind == "int" and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise RefusalError(
        "INVALID_FIELD",
        f"value of filter criterion for field '{column.name}' must be of type {column.kind}",
    )


def condition(scope: Scope, source: SObject, node: Condition) -> Test:
    """A test of a row."""
    if isinstance(node, Compare):
        return _compare(scope, source, node)
    tests = [condition(scope, source, part) for part in node.parts]
    if node.operator == "NOT":
        return lambda row: not tests[0](row)
    if node.operator == "AND":
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def _compare(scope: Scope, source: SObject, node: Compare) -> Test:
    column, get = filterable(scope, source, node.path)
    if node.operator == "LIKE":
        return _like(column, get, node.value)
    read = _folded(get) if column.kind in _TEXTUAL else get
    if node.operator in ("IN", "NOT IN"):
        wanted = members(scope, column, node.value)
        inside = node.operator == "IN"
        return lambda row: (read(row) in wanted) is inside
    value = literal(column, node.value)
    if node.operator in ("=", "!="):
        same = node.operator == "="
        return lambda row: (read(row) == value) is same
    if value is None or column.kind == "boolean":
        malformed(f"operator {node.operator} can't be used with this value of {column.name}")
    ordered = _ORDERED[node.operator]
    return lambda row: (found := read(row)) is not None and bool(ordered(found, value))


def filterable(scope: Scope, source: SObject, path: str) -> tuple[Column, Getter]:
    """The column and getter of a path in WHERE. Raises RefusalError if the field can't be filtered."""
    column, get = find(scope, source, path)
    if not column.filterable:
        raise RefusalError("INVALID_FIELD", f"field '{column.name}' can not be filtered in a query call")
    return column, get


def members(scope: Scope, column: Column, value: Any) -> frozenset[Any]:
    """The values of an IN list, or of its inner query."""
    if not isinstance(value, Query):
        return frozenset(literal(column, one) for one in value)
    found = scope.inner_values(scope, value)
    return frozenset(one.lower() for one in found if one) if column.kind in _TEXTUAL else frozenset(found)


def _folded(get: Getter) -> Getter:
    # The platform compares text without regard to case.
    def read(row: Any) -> Any:
        value = get(row)
        return value.lower() if value is not None else None

    return read


def _like(column: Column, get: Getter, pattern: Text) -> Test:
    if column.kind not in ("string", "picklist"):
        raise RefusalError("INVALID_FIELD", f"field '{column.name}' does not support the LIKE operator")
    match = re.compile(_like_regex(pattern.raw), re.IGNORECASE | re.DOTALL).fullmatch
    return lambda row: (value := get(row)) is not None and match(value) is not None


def _like_regex(raw: str) -> str:
    parts = re.findall(r"\\.|.", raw, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return "".join(
        wild[part] if part in wild else re.escape(part[1] if part in ("\\%", "\\_") else Text(part).value)
        for part in parts
    )


def shown(value: Any) -> Any:
    """A value as JSON has it; moments end in +0000 without a colon."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    return value


def conjuncts(node: Condition | None) -> list[Condition]:
    """The conditions that must all hold."""
    if node is None:
        return []
    if isinstance(node, Logic) and node.operator == "AND":
        return [inner for part in node.parts for inner in conjuncts(part)]
    return [node]
