"""The language of templates, as far as it's certain: literals, given parameters, variables, and a few pure functions.

Whatever else a template calls (`reference`, `listKeys`, `uniqueString`, …) only a deployment can tell (Template functions, ARM
templates reference). Nothing here runs longer than its text is long.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sfharden.azure.expressions import is_template_expression
from sfharden.azure.objects import get, has

_LONGEST: Final = 20_000
_DEEPEST: Final = 40
_TOKEN: Final = re.compile(r"\s*(?:'((?:[^']|'')*+)'|(-?\d+)|(\w+)|([()\[\],.]))\s*")

Look = Callable[..., Any]  # what a template's own function gives, such as `parameters`. Raises NotCertain


class NotCertain(ValueError):
    """Only a deployment can tell."""


class _Code:
    """One expression's text, read from left to right."""

    def __init__(self, code: str, look: Mapping[str, Look], otherwise: Look | None) -> None:
        self._code, self._look, self._otherwise, self._at = code, look, otherwise, 0

    def whole(self) -> Any:
        found = self._value(0)
        if self._at != len(self._code):
            raise NotCertain
        return found

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._code, self._at)
        if token is None:
            raise NotCertain
        self._at = token.end()
        return token

    def _peek(self) -> str:
        token = _TOKEN.match(self._code, self._at)
        return (token[4] or "") if token else ""

    def _value(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise NotCertain
        token = self._next()
        if token[1] is not None:
            found: Any = token[1].replace("''", "'")
        elif token[2] is not None:
            found = int(token[2]) if len(token[2]) < _DEEPEST else None
        else:
            found = self._call(token[3] or "", depth)
        return self._members(found, depth)

    def _call(self, name: str, depth: int) -> Any:
        if not name or self._next()[4] != "(":
            raise NotCertain
        arguments = []
        while self._peek() != ")":
            arguments.append(self._value(depth + 1))
            if self._peek() == ",":
                self._next()
            elif self._peek() != ")":
                raise NotCertain
        self._next()
        own = self._look.get(name.casefold()) or _FUNCTIONS.get(name.casefold())
        if own is None and self._otherwise:
            return self._otherwise(name)
        return _applied(own, arguments)

    def _members(self, found: Any, depth: int) -> Any:
        while self._peek() in (".", "["):
            if self._next()[4] == ".":
                found = _member(found, self._next()[3] or "")
            else:
                found = _member(found, self._value(depth + 1))
                if self._next()[4] != "]":
                    raise NotCertain
        return found


def _member(found: Any, key: Any) -> Any:
    if isinstance(found, str) and found[:1] == "<" and found[-1:] == ">":
        return found  # a part of what only has a name
    if isinstance(found, dict) and isinstance(key, str) and has(found, key):
        return get(found, key)
    if isinstance(found, list) and isinstance(key, int) and 0 <= key < len(found):
        return found[key]
    raise NotCertain


def _applied(function: Look | None, arguments: list[Any]) -> Any:
    # What is still an expression would be taken for its text.
    if function is None or any(isinstance(one, str) and is_template_expression(one) for one in arguments):
        raise NotCertain
    try:
        return function(*arguments)
    except (TypeError, ValueError, IndexError, RecursionError):  # a wrong number or kind of arguments
        raise NotCertain from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise NotCertain
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise NotCertain
    return value


def _every(*conditions: Any) -> bool:
    return False not in [_bool(one) for one in conditions]


def _joined(*pieces: Any) -> str:
    return _text("".join(str(one) if isinstance(one, int) else _text(one) for one in pieces))


def _format(pattern: Any, *values: Any) -> str:
    return _text(re.sub(r"\{(\d{1,3})\}", lambda place: _joined(values[int(place[1])]), _text(pattern)))


def _chosen(condition: Any, yes: Any, no: Any) -> Any:
    return yes if _bool(condition) else no


def _object(*pairs: Any) -> dict[str, Any]:
    return {_text(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or isinstance(one, dict | list):
        raise NotCertain
    return bool(one == other)


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "concat": _joined,
    "format": _format,
    "null": lambda: None,
    "true": lambda: True,
    "false": lambda: False,
    "createarray": lambda *items: list(items),
    "createobject": _object,
    "json": lambda one: json.loads(_text(one)),
    "if": _chosen,
    "not": lambda one: not _bool(one),
    "and": lambda *all_: _every(*all_),
    "or": lambda *all_: not _every(*(not _bool(one) for one in all_)),
    "equals": _same,
    "empty": lambda one: one is None or len(one) == 0,
    "coalesce": lambda *all_: next(one for one in [*all_, None] if one is not None or one is all_[-1]),
    "tolower": lambda one: _text(one).lower(),
    "toupper": lambda one: _text(one).upper(),
    "string": _joined,
}


def evaluated(code: str, look: Mapping[str, Look], otherwise: Look | None = None) -> Any:
    """The value of an expression without its brackets; `look` has the functions of its template. Raises NotCertain.

    `otherwise` stands for a function that isn't known, by its name.
    """
    if len(code) > _LONGEST:
        raise NotCertain
    return _Code(code, look, otherwise).whole()
