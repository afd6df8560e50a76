"""Running a query: which rows, in which order, grouped how, and how a record looks in the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sfharden.emulator.ids import NO_ID
from sfharden.emulator.refusal import RefusalError
from sfharden.emulator.soql import compile as compiled
from sfharden.emulator.soql.aggregate import aggregated
from sfharden.emulator.soql.ast import Aggregate, Compare, Condition, Field, Query, malformed
from sfharden.emulator.soql.compile import Getter, Scope, shown
from sfharden.emulator.soql.objects import catalogue
from sfharden.emulator.soql.schema import Caller, SObject
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.store import Bounds, Positions, Rows

_INDEXED: Final = frozenset({"user_id", "created", "time"})
_MEMO_SIZE: Final = 8
_OFFSET_LIMIT: Final = 2000
_WHOLE_METADATA: Final = frozenset({"fullname", "metadata"})


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a query: the total to tell, and records to be rendered page by page."""

    total: int
    rows: Rows
    positions: Positions
    render: Callable[[Any], dict[str, Any]]
    page: int

    def records(self, start: int, size: int) -> list[dict[str, Any]]:
        """The records of one page."""
        return [self.render(self.rows[position]) for position in self.positions[start : start + size]]


def run(scope: Scope, query: Query) -> Found:
    """Answer a query. Raises RefusalError as the org would."""
    source = source_of(scope, query.object)
    rows, positions = _selected(scope, source, query)
    if query.counts_only:
        count = len(_window(scope, source, query, positions))
        return Found(count, Rows(()), (), _as_is, source.page)
    if query.group or any(isinstance(one, Aggregate) for one in query.select):
        groups = aggregated(scope, source, query, rows, positions)
        return Found(len(groups), Rows(groups), range(len(groups)), _as_is, source.page)
    ordered = _ordered(scope, source, query, rows, positions)
    window = _window(scope, source, query, ordered)
    render = renderer(scope, source, [one.path for one in query.select if isinstance(one, Field)])
    _one_row_for_metadata(scope, query, len(window))
    if source.name != "OauthToken":
        return Found(len(window), rows, window, render, source.page)
    knobs = scope.org.knobs
    # The silent hard stop: no error, and `done` is true (Object Reference, OauthToken).
    kept = window[: knobs.token_ceiling]
    total = len(window) if knobs.tokens_total_size == "true" else len(kept)
    return Found(total, rows, kept, render, knobs.token_page)


def scope_for(org: DemoOrg, caller: Caller, version: str, *, tooling: bool = False) -> Scope:
    """What a query of this caller runs in."""
    objects = catalogue(org, float(version), tooling=tooling)
    return Scope(org, caller, version, tooling, objects, inner_values)


def _as_is(record: dict[str, Any]) -> dict[str, Any]:
    return record


def source_of(scope: Scope, name: str) -> SObject:
    """The object. Raises RefusalError if there's none, or none for this caller."""
    source = scope.objects.get(name.lower())
    wrong_api = source is not None and source.api not in ("both", "tooling" if scope.tooling else "standard")
    if source is None or wrong_api:
        raise RefusalError("INVALID_TYPE", f"\nFROM {name}\n     ^\nsObject type '{name}' is not supported.")
    if source.needs and not scope.caller.has(*source.needs) and scope.org.knobs.denied_query != "empty":
        code = scope.org.knobs.denied_query
        text = f"sObject type '{name}' is not supported." if code == "INVALID_TYPE" else "insufficient access"
        raise RefusalError(code, text)
    return source


def inner_values(scope: Scope, query: Query) -> set[Any]:
    """The values of the one field an inner query selects."""
    if len(query.select) != 1 or not isinstance(query.select[0], Field):
        malformed("an inner query selects exactly one field")
    source = source_of(scope, query.object)
    rows, positions = _selected(scope, source, query)
    _, get = compiled.find(scope, source, query.select[0].path)
    return {get(rows[position]) for position in positions}


def _selected(scope: Scope, source: SObject, query: Query) -> tuple[Rows, Positions]:
    found = source.rows(scope.org, scope.caller)
    rows = found if isinstance(found, Rows) else Rows(list(found))
    if source.needs and not scope.caller.has(*source.needs):
        return rows, ()
    conditions = compiled.conjuncts(query.where)
    tests = [compiled.condition(scope, source, one) for one in conditions]
    own = bool(source.own) and not scope.caller.has(*source.all_rows)
    positions, covered = _candidates(scope, source, rows, conditions, own)
    left = [test for test, one in zip(tests, conditions, strict=True) if one not in covered]
    if own and positions is not None and covered:
        left.append(lambda row: getattr(row, source.own) == scope.caller.user.id)
    everything = range(len(rows)) if positions is None else positions
    if not left:
        return rows, everything
    return rows, [place for place in everything if _holds(left, rows[place])]


def _holds(tests: list[compiled.Test], row: Any) -> bool:
    return all(test(row) for test in tests)


def _candidates(
    scope: Scope, source: SObject, rows: Rows, conditions: list[Condition], own: bool
) -> tuple[Positions | None, list[Condition]]:
    """The smallest set of positions an index gives, and the conditions it makes true; None for no index."""
    options: list[tuple[Positions, list[Condition]]] = []
    ranges: dict[str, tuple[Bounds, list[Condition]]] = {}
    if own:
        options.append((rows.equal(source.own, scope.caller.user.id), []))
    for one in conditions:
        column = source.columns.get(one.path.lower()) if isinstance(one, Compare) else None
        if column is None or column.attribute not in _INDEXED or not isinstance(one, Compare):
            continue
        if one.operator in ("=", "IN"):
            options.append((_equals(scope, source, rows, one), [one]))
        elif one.operator in ("<", "<=", ">", ">="):
            bounds, used = ranges.get(column.attribute, (Bounds(), []))
            value = compiled.literal(column, one.value)
            ranges[column.attribute] = (bounds.narrowed(one.operator, value), [*used, one])
    options += [(rows.between(name, bounds), used) for name, (bounds, used) in ranges.items()]
    return min(options, key=lambda option: len(option[0])) if options else (None, [])


def _equals(scope: Scope, source: SObject, rows: Rows, one: Compare) -> Positions:
    column = source.columns[one.path.lower()]
    if one.operator == "=":
        return _places(rows, column.attribute, compiled.literal(column, one.value))
    wanted = compiled.members(scope, column, one.value)
    return sorted(place for value in wanted for place in _places(rows, column.attribute, value))


def _places(rows: Rows, attribute: str, value: Any) -> Positions:
    if attribute == rows.ordered_by and value is not None:
        return rows.between(attribute, Bounds(value, value))
    return rows.equal(attribute, value)


def _ordered(scope: Scope, source: SObject, query: Query, rows: Rows, positions: Positions) -> Positions:
    if not query.order:
        return positions
    if not _local(query):
        return _sorted(scope, source, query, rows, positions)
    key = (query.where, query.order, scope.caller.user.id, scope.caller.permissions)
    if key not in rows.memo:
        if len(rows.memo) >= _MEMO_SIZE:
            rows.memo.clear()
        rows.memo[key] = _sorted(scope, source, query, rows, positions)
    return rows.memo[key]


def _local(query: Query) -> bool:
    """True if the answer rests on the rows alone, not on related records that may change meanwhile."""

    def own(node: Condition) -> bool:
        if isinstance(node, Compare):
            return "." not in node.path and not isinstance(node.value, Query)
        return all(own(part) for part in node.parts)

    return all("." not in one.key for one in query.order) and (query.where is None or own(query.where))


def _sorted(scope: Scope, source: SObject, query: Query, rows: Rows, positions: Positions) -> Positions:
    first = query.order[0]
    column, _ = compiled.filterable(scope, source, first.key)
    stored = bool(rows.ordered_by) and column.attribute == rows.ordered_by and "." not in first.key
    if stored and len(query.order) == 1:
        return positions[::-1] if first.descending else positions
    for order in reversed(query.order):
        column, get = compiled.filterable(scope, source, order.key)
        values = {place: _sort_value(get(rows[place])) for place in positions}
        known = [place for place in positions if values[place] is not None]
        unknown = [place for place in positions if values[place] is None]
        known.sort(key=values.__getitem__, reverse=order.descending)
        positions = known + unknown if order.nulls_last else unknown + known
    return positions


def _sort_value(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _window(scope: Scope, source: SObject, query: Query, positions: Positions) -> Positions:
    limit = scope.org.knobs.token_offset_limit if source.name == "OauthToken" else _OFFSET_LIMIT
    if limit is not None and query.offset > limit:
        raise RefusalError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {limit}")
    end = None if query.limit is None else query.offset + query.limit
    return positions[query.offset : end]


def _one_row_for_metadata(scope: Scope, query: Query, size: int) -> None:
    wanted = {one.path.lower() for one in query.select if isinstance(one, Field)}
    if scope.tooling and size > 1 and not wanted.isdisjoint(_WHOLE_METADATA):
        malformed(
            "When retrieving results with Metadata or FullName fields, the query qualifications must specify "
            f"no more than one row for retrieval. Result size: {size}"
        )


def renderer(scope: Scope, source: SObject, paths: Sequence[str]) -> Callable[[Any], dict[str, Any]]:
    """A function that makes the record of a row, with records inside for relationship paths."""
    plain: list[tuple[str, Getter]] = []
    through: dict[str, list[str]] = {}
    for path in paths:
        head, dot, rest = path.partition(".")
        if dot:
            through.setdefault(head.lower(), []).append(rest)
        column, get = compiled.find(scope, source, path)
        if not dot:
            plain.append((column.name, get))
    inner = [_inner(scope, source, head, rest) for head, rest in through.items()]
    url = f"/services/data/v{scope.version}{'/tooling' if scope.tooling else ''}/sobjects/{source.name}/"
    identity = source.columns["id"].get if "id" in source.columns else lambda _: None
    kind = source.name

    def render(row: Any) -> dict[str, Any]:
        record = {"attributes": {"type": kind, "url": url + (identity(row) or NO_ID)}}
        for name, get in plain:
            record[name] = shown(get(row))
        for name, make in inner:
            record[name] = make(row)
        return record

    return render


def _inner(scope: Scope, source: SObject, head: str, paths: list[str]) -> tuple[str, Getter]:
    link = source.relationships[head]
    name, target = link.refers or ("", "")
    rows = scope.related(target)
    make = renderer(scope, scope.objects[target.lower()], paths)

    def render(row: Any) -> Any:
        other = rows.get(link.get(row))
        return None if other is None else make(other)

    return name, render
