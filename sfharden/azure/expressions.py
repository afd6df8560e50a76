"""What can be told of Azure's expressions without running them.

Two languages meet in a template: `@…` and `@{…}` are evaluated when the workflow runs (Workflow Definition
Language), `[…]` when the template is deployed (Azure Resource Manager). Only what is certain in every run
is taken: literals, and parameters whose value the file gives.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

# Longer texts are cut: hosts and ids stand far before, and every piece of an expression costs a look.
_LONGEST: Final = 4_000
UNKNOWN: Final = "\0"  # stands for a part that only a run can tell; no text of a host or a path holds it

_PARAMETER: Final = re.compile(r"\s*parameters\(\s*'((?:[^']|'')*)'\s*\)\s*", re.I)
_LITERAL: Final = re.compile(r"\s*'((?:[^']|'')*)'\s*")
_CONCAT: Final = re.compile(r"\s*concat\s*\(", re.I)
_CALL: Final = re.compile(r"(\w+)\s*\((.*)\)", re.S)
# Quoted texts as a whole, and what begins, parts and ends arguments.
_PART: Final = re.compile(r"'(?:[^']|'')*+'|[(),]")
_DEEPEST: Final = 20  # calls in calls; an id is put together by two or three
_IDS: Final = frozenset({"resourceid", "subscriptionresourceid", "extensionresourceid", "tenantresourceid"})
# A call in the midst of a text, as Standard's files have them (Edit app settings, Parameterize connections).
_RUN: Final = re.compile(
    r"@\{[^{}]*\}"
    r"|@\w+\((?:[^()']|'(?:[^']|'')*+')*+\)(?:\??(?:\['[^']*'\]|\.\w+))*"
    r"|@[\w(].*"
    r"|\{\d+\}",
    re.S,
)
_PLACE: Final = re.compile(r"\{(\d{1,3})\}")


class Start(NamedTuple):
    """The certain beginning of a text, and whether that is all of it."""

    text: str
    whole: bool


def is_template_expression(value: str) -> bool:
    """Whether Resource Manager evaluates the text: `[…]`, where `[[` escapes a literal bracket."""
    return value.startswith("[") and not value.startswith("[[") and value.rstrip().endswith("]")


def certain_start(value: str, parameters: Mapping[str, str]) -> Start:
    """What the text begins with in every run; `parameters` are the values that the file gives, by name without case."""
    if len(value) > _LONGEST:
        return certain_start(value[:_LONGEST], parameters)._replace(whole=False)
    if is_template_expression(value):
        return _certain_call(value.strip()[1:-1], {})
    if value.startswith("@@"):
        return Start(value[1:], whole=True)
    if value.startswith("@") and not value.startswith("@{"):
        return _certain_call(value[1:], parameters)
    return _certain_pieces(value, parameters)


def _certain_pieces(value: str, parameters: Mapping[str, str]) -> Start:
    done = ""
    while "@{" in value:
        before, _, rest = value.partition("@{")
        inner, closed, value = rest.partition("}")
        piece = _certain_call(inner, parameters) if closed else Start("", whole=False)
        done += before + piece.text
        if not piece.whole:
            return Start(done, whole=False)
    return Start(done + value, whole=True)


def _certain_call(code: str, parameters: Mapping[str, str]) -> Start:
    """Of `'text'`, `parameters('name')`, or the first arguments of `concat`."""
    concat = _CONCAT.match(code)
    if not concat:
        piece, at = _argument(code, 0, parameters)
        return Start(piece, at == len(code)) if piece is not None else Start("", whole=False)
    done, at = "", concat.end()
    while True:
        piece, at = _argument(code, at, parameters)
        if piece is None:
            return Start(done, whole=False)
        done += piece
        if code[at : at + 1] != ",":
            return Start(done, whole=code[at:].strip() == ")")
        at += 1


def _argument(code: str, at: int, parameters: Mapping[str, str]) -> tuple[str | None, int]:
    if literal := _LITERAL.match(code, at):
        return literal[1].replace("''", "'"), literal.end()
    if (named := _PARAMETER.match(code, at)) and (name := named[1].casefold()) in parameters:
        return parameters[name], named.end()
    return None, at


def is_expression(value: str) -> bool:
    """Whether either language evaluates the text or a part of it."""
    return is_template_expression(value) or "@{" in value or (value[:1] == "@" and value[:2] != "@@")


def resource_path(value: str) -> str:
    """A resource id with what only a run can tell as UNKNOWN, from a literal or an expression.

    Each part is known or not for itself. Of `resourceId` and its like the arguments become a path: type, then names.
    """
    if len(value) > _LONGEST:
        return UNKNOWN
    if is_template_expression(value):
        return _evaluated(value.strip()[1:-1])
    if value.startswith("@concat"):
        return _evaluated(value[1:])
    return _RUN.sub(UNKNOWN, value)


def _evaluated(code: str, depth: int = 0) -> str:
    """A literal, or what literals are put together to; UNKNOWN for all else."""
    code = code.strip()
    if literal := _LITERAL.fullmatch(code):
        return literal[1].replace("''", "'")
    call = _CALL.fullmatch(code)
    arguments = _arguments(call[2]) if call and depth < _DEEPEST else None
    if call is None or arguments is None:
        return UNKNOWN
    name = call[1].lower()
    if name not in {"concat", "format", *_IDS}:
        return UNKNOWN
    pieces = [_evaluated(one, depth + 1) for one in arguments]
    if name == "concat":
        return "".join(pieces)
    if name == "format":
        return _PLACE.sub(lambda place: _nth(pieces[1:], int(place[1])), pieces[0])
    return _id_of(pieces)


def _arguments(code: str) -> list[str] | None:
    """What stands between the commas of a call; None where its brackets don't close as they open."""
    found, depth, start = [], 0, 0
    for part in _PART.finditer(code):
        depth += {"(": 1, ")": -1}.get(part[0], 0)
        if depth < 0:
            return None
        if part[0] == "," and not depth:
            found.append(code[start : part.start()])
            start = part.end()
    return [*found, code[start:]] if not depth else None


def _nth(pieces: list[str], index: int) -> str:
    return pieces[index] if index < len(pieces) else UNKNOWN


def _id_of(pieces: list[str]) -> str:
    """`resourceId([…], 'Namespace/type/subtype', 'name', 'subname')` as `/type/name/subtype/subname`."""
    at = next((index for index, piece in enumerate(pieces) if "/" in piece), None)
    if at is None:
        return UNKNOWN
    names = pieces[at + 1 :]
    types = pieces[at].split("/")[1:]
    return "".join(f"/{one}/{_nth(names, index)}" for index, one in enumerate(types))
