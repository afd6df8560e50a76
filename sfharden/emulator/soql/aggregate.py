"""GROUP BY and the aggregate functions, in one pass over the rows."""

from collections.abc import Callable
from typing import Any, Final

from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql import compile as compiled
from sfharden.emulator.soql.ast import Aggregate, Field, Order, Query, malformed
from sfharden.emulator.soql.compile import Getter, Scope, shown
from sfharden.emulator.soql.schema import SObject
from sfharden.emulator.store import Positions, Rows

_GROUP_LIMIT: Final = 2000
Step = Callable[[Any, Any], Any]
Group = dict[str, Any]


def _count(so_far: Any, _value: Any) -> Any:
    return so_far + 1


def _lesser(so_far: Any, value: Any) -> Any:
    return value if so_far is None or value < so_far else so_far


def _greater(so_far: Any, value: Any) -> Any:
    return value if so_far is None or value > so_far else so_far


def _sum(so_far: Any, value: Any) -> Any:
    return value if so_far is None else so_far + value


def _distinct(so_far: Any, value: Any) -> Any:
    seen: set[Any] = set() if so_far is None else so_far
    seen.add(value)
    return seen


_STEPS: Final[dict[str, tuple[Any, Step]]] = {
    "COUNT": (0, _count),
    "COUNT_DISTINCT": (None, _distinct),
    "MIN": (None, _lesser),
    "MAX": (None, _greater),
    "SUM": (None, _sum),
}


def aggregated(scope: Scope, source: SObject, query: Query, rows: Rows, positions: Positions) -> list[Group]:
    """The AggregateResult records of a query. Raises RefusalError as the org would."""
    _refuse_ungrouped(query)
    keys = [compiled.find(scope, source, path)[1] for path in query.group]
    functions = [one for one in query.select if isinstance(one, Aggregate)]
    reads = [_argument(scope, source, one) for one in functions]
    totals = _totals(rows, positions, keys, functions, reads)
    if not query.group and not totals:
        totals[()] = [_STEPS[one.function][0] for one in functions]
    groups = [_named(query, functions, key, state) for key, state in totals.items()]
    for order in reversed(query.order):
        groups = _sorted(groups, order)
    end = None if query.limit is None else query.offset + query.limit
    window = groups[query.offset : end]
    if len(window) > _GROUP_LIMIT:
        raise RefusalError(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to one batch",
        )
    return [_record(query, functions, group) for group in window]


def _refuse_ungrouped(query: Query) -> None:
    grouped = {path.lower() for path in query.group}
    for one in query.select:
        if isinstance(one, Field) and one.path.lower() not in grouped:
            malformed(f"Field must be grouped or aggregated: {one.path}")
        if isinstance(one, Aggregate) and not one.path:
            malformed("COUNT() must be the only element of the SELECT list")


def _argument(scope: Scope, source: SObject, one: Aggregate) -> Getter:
    column, get = compiled.find(scope, source, one.path)
    if not column.countable or (one.function in ("MIN", "MAX", "SUM") and column.kind == "boolean"):
        text = f"field {column.name} does not support aggregate operator {one.function}"
        raise RefusalError("INVALID_FIELD", text)
    return get


def _totals(
    rows: Rows, positions: Positions, keys: list[Getter], functions: list[Aggregate], reads: list[Getter]
) -> dict[tuple[Any, ...], list[Any]]:
    steps = [_STEPS[one.function][1] for one in functions]
    start = [_STEPS[one.function][0] for one in functions]
    work = list(enumerate(zip(reads, steps, strict=True)))
    totals: dict[tuple[Any, ...], list[Any]] = {}
    for position in positions:
        row = rows[position]
        key = tuple([get(row) for get in keys])
        state = totals.get(key)
        if state is None:
            state = totals[key] = list(start)
        for place, (read, step) in work:
            value = read(row)
            if value is not None:
                state[place] = step(state[place], value)
    return totals


def _named(query: Query, functions: list[Aggregate], key: tuple[Any, ...], state: list[Any]) -> Group:
    """Group keys and results by the names that ORDER BY may use."""
    named = {path.lower(): value for path, value in zip(query.group, key, strict=True)}
    for number, (one, value) in enumerate(zip(functions, state, strict=True)):
        result = len(value or ()) if one.function == "COUNT_DISTINCT" else value
        named[_label(one, number).lower()] = result
        named[f"{one.function}({one.path})".lower()] = result
    return named


def _label(one: Aggregate, number: int) -> str:
    return one.alias or f"expr{number}"


def _sorted(groups: list[Group], order: Order) -> list[Group]:
    key = order.key.lower()
    if groups and key not in groups[0]:
        malformed(f"Ordered field must be grouped or aggregated: {order.key}")
    known = [one for one in groups if one[key] is not None]
    unknown = [one for one in groups if one[key] is None]
    known.sort(key=lambda one: _folded(one[key]), reverse=order.descending)
    return known + unknown if order.nulls_last else unknown + known


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _record(query: Query, functions: list[Aggregate], group: Group) -> Group:
    record: Group = {"attributes": {"type": "AggregateResult"}}
    for one in query.select:
        if isinstance(one, Field):
            record[one.path.rpartition(".")[2]] = shown(group[one.path.lower()])
    for number, one in enumerate(functions):
        label = _label(one, number)
        record[label] = shown(group[label.lower()])
    return record
