"""SOQL text to a query: a small recursive-descent parser. Anything it doesn't know is MALFORMED_QUERY."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sfharden.emulator.soql.ast import (
    Aggregate,
    Compare,
    Condition,
    Field,
    Logic,
    Order,
    Query,
    Text,
    malformed,
)

MAX_LENGTH: Final = 100_000
AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM"})
_RESERVED: Final = frozenset({"WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "HAVING", "FOR", "USING", "WITH"})
_TOKENS: Final = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*')
      | (?P<date>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)
      | (?P<number>-?\d{1,15}(?:\.\d{1,15})?)
      | (?P<name>[A-Za-z_][\w.]*(?::\d{1,4})?)
      | (?P<sign><=|>=|!=|<>|[=<>(),])
    )""",
    re.VERBOSE,
)


def parse(text: str, now: datetime) -> Query:
    """The query. `now` resolves date literals such as LAST_N_DAYS:30. Raises RefusalError MALFORMED_QUERY."""
    if len(text) > MAX_LENGTH:
        malformed("SOQL statements cannot be longer than 100000 characters.")
    parser = _Parser(text, now)
    try:
        query = parser.query()
    except RecursionError:
        malformed("the query is nested too deeply")
    if parser.kind:
        malformed(f"unexpected token: '{parser.token}'")
    return query


class _Parser:
    def __init__(self, text: str, now: datetime) -> None:
        self._text = text.rstrip()
        self._now = now
        self._place = 0
        self.kind: str = ""
        self.token: str = ""
        self._alias = ""
        self._next()

    def _next(self) -> str:
        passed = self.token
        if self._place >= len(self._text):
            self.kind = self.token = ""
            return passed
        match = _TOKENS.match(self._text, self._place)
        if match is None:
            malformed(f"unexpected character at position {self._place}")
        self._place = match.end()
        self.kind = match.lastgroup or ""
        self.token = match[self.kind]
        return passed

    def _take(self, *words: str) -> bool:
        if self.kind in ("name", "sign") and self.token.upper() in words:
            self._next()
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._take(word):
            malformed(f"expecting '{word}', found '{self.token or '<EOF>'}'")

    def _name(self) -> str:
        if self.kind != "name":
            malformed(f"unexpected token: '{self.token or '<EOF>'}'")
        return self._next()

    def query(self) -> Query:
        self._need("SELECT")
        select = [self._selected()]
        while self._take(","):
            select.append(self._selected())
        self._need("FROM")
        source = self._name()
        alias = self._name() if self.kind == "name" and self.token.upper() not in _RESERVED else ""
        where = self._either() if self._take("WHERE") else None
        group = self._names_by("GROUP")
        order = self._orders()
        limit = self._whole() if self._take("LIMIT") else None
        offset = self._whole() if self._take("OFFSET") else 0
        query = Query(tuple(select), source, where, group, order, limit, offset)
        return _without_alias(query, alias) if alias else query

    def _selected(self) -> Field | Aggregate:
        name = self._name()
        if not self._take("("):
            return Field(name)
        if name.upper() not in AGGREGATES:
            malformed(f"unknown function: {name}")
        path = self._name() if self.kind == "name" else ""
        self._need(")")
        if not path and name.upper() != "COUNT":
            malformed(f"{name} needs a field")
        alias = self._name() if self.kind == "name" and self.token.upper() != "FROM" else ""
        return Aggregate(name.upper(), path, alias)

    def _names_by(self, word: str) -> tuple[str, ...]:
        if not self._take(word):
            return ()
        self._need("BY")
        names = [self._name()]
        while self._take(","):
            names.append(self._name())
        return tuple(names)

    def _orders(self) -> tuple[Order, ...]:
        if not self._take("ORDER"):
            return ()
        self._need("BY")
        orders = [self._order()]
        while self._take(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        key = self._name()
        if self._take("("):
            key = f"{key.upper()}({self._name() if self.kind == 'name' else ''})"
            self._need(")")
        descending = self._take("DESC") or (self._take("ASC") and False)
        nulls_last = False
        if self._take("NULLS"):
            nulls_last = self._take("LAST")
            if not nulls_last:
                self._need("FIRST")
        return Order(key, descending, nulls_last)

    def _whole(self) -> int:
        if self.kind != "number" or not self.token.isdecimal():
            malformed(f"expecting a number, found '{self.token or '<EOF>'}'")
        return int(self._next())

    def _either(self) -> Condition:
        """OR and AND can't be mixed without parentheses; the platform refuses that too."""
        parts = [self._one()]
        joint = self.token.upper() if self.kind == "name" else ""
        while joint in ("AND", "OR") and self._take(joint):
            parts.append(self._one())
        if self.kind == "name" and self.token.upper() in ("AND", "OR"):
            malformed(f"unexpected token: '{self.token}'")
        return parts[0] if len(parts) == 1 else Logic(joint, tuple(parts))

    def _one(self) -> Condition:
        if self._take("NOT"):
            return Logic("NOT", (self._one(),))
        if self._take("("):
            inside = self._either()
            self._need(")")
            return inside
        path = self._name()
        if self._take("NOT"):
            self._need("IN")
            return Compare(path, "NOT IN", self._set())
        if self._take("IN"):
            return Compare(path, "IN", self._set())
        if self._take("LIKE"):
            if self.kind != "text":
                malformed("LIKE needs a string")
            return Compare(path, "LIKE", Text(self._next()[1:-1]))
        if self.token not in ("=", "!=", "<>", "<", "<=", ">", ">="):
            malformed(f"unexpected token: '{self.token or '<EOF>'}'")
        operator = self._next().replace("<>", "!=")
        return Compare(path, operator, self._literal())

    def _set(self) -> "tuple[Any, ...] | Query":
        self._need("(")
        if self.kind == "name" and self.token.upper() == "SELECT":
            inner = self.query()
            self._need(")")
            return inner
        values = [self._literal()]
        while self._take(","):
            values.append(self._literal())
        self._need(")")
        return tuple(values)

    def _literal(self) -> Any:
        kind, token = self.kind, self._next()
        if kind == "text":
            return Text(token[1:-1])
        if kind == "number":
            return float(token) if "." in token else int(token)
        if kind == "date":
            return _moment(token)
        word = token.upper()
        if word in ("TRUE", "FALSE", "NULL"):
            return {"TRUE": True, "FALSE": False, "NULL": None}[word]
        return self._date_literal(word)

    def _date_literal(self, word: str) -> datetime:
        today = self._now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        name, _, number = word.partition(":")
        days = {"TODAY": 0, "YESTERDAY": 1, "LAST_N_DAYS": int(number or 0)}.get(name)
        if days is None:
            malformed(f"unexpected token: '{word or '<EOF>'}'")
        return today - timedelta(days=days)


def _moment(token: str) -> datetime:
    try:
        moment = datetime.fromisoformat(token)
    except ValueError:
        malformed(f"invalid date: {token}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _without_alias(query: Query, alias: str) -> Query:
    prefix = f"{alias}.".lower()

    def bare(path: str) -> str:
        return path[len(prefix) :] if path.lower().startswith(prefix) else path

    def condition(one: Condition) -> Condition:
        if isinstance(one, Logic):
            return Logic(one.operator, tuple(condition(part) for part in one.parts))
        return replace(one, path=bare(one.path))

    select = tuple(replace(one, path=bare(one.path)) for one in query.select)
    return replace(
        query,
        select=select,
        where=condition(query.where) if query.where else None,
        group=tuple(bare(path) for path in query.group),
        order=tuple(replace(one, key=bare(one.key)) for one in query.order),
    )
