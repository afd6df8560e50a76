"""What can be told of Azure's expressions without running them.

Two languages meet in a template: `@…` and `@{…}` are evaluated when the workflow runs (Workflow Definition
Language), `[…]` when the template is deployed (Azure Resource Manager). Only what is certain in every run
is taken: literals, and parameters whose value the file gives.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

# Longer texts are cut: hosts and ids stand far before, and every piece of an expression costs a look.
_LONGEST: Final = 4_000
UNKNOWN: Final = "\0"  # stands for a part that only a run can tell; no text of a host or a path holds it

_PARAMETER: Final = re.compile(r"\s*parameters\(\s*'((?:[^']|'')*)'\s*\)\s*", re.I)
_LITERAL: Final = re.compile(r"\s*'((?:[^']|'')*)'\s*")
_CONCAT: Final = re.compile(r"\s*concat\s*\(", re.I)
# Literals and calls of a template expression, in order; of a call that holds no literal of ours, one token.
_TOKEN: Final = re.compile(
    r"(?:parameters|variables|resourceGroup|subscription|reference|deployment)\s*\([^()]*\)(?:\.\w+)*"
    r"|'((?:[^']|'')*)'",
    re.I,
)
_FUNCTION: Final = re.compile(r"(\w+)\s*\(")
_PLAIN_CALLS: Final = frozenset(
    {"concat", "format", "resourceid", "subscriptionresourceid", "extensionresourceid"}
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
    """What the text begins with in every run; `parameters` are the values that the file gives."""
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
    if (named := _PARAMETER.match(code, at)) and named[1] in parameters:
        return parameters[named[1]], named.end()
    return None, at


def resource_path(value: str) -> str:
    """A resource id with what only a run can tell as UNKNOWN, from a literal or a template expression.

    Of `resourceId` and its like the arguments become a path: type, then names.
    """
    if len(value) > _LONGEST:
        return UNKNOWN
    if not is_template_expression(value):
        return re.sub(r"@\{[^{}]*\}|@[\w(].*|\{\d+\}", UNKNOWN, value)
    code = value.strip()[1:-1].strip()
    if not _PLAIN_CALLS.issuperset(_FUNCTION.findall(_TOKEN.sub("", code.lower()))):
        return UNKNOWN
    pieces = list(_pieces(code))
    if re.match(r"format\s*\(", code, re.I) and pieces:
        return _PLACE.sub(lambda place: _nth(pieces[1:], int(place[1])), pieces[0])
    if re.match(r"\w*resourceId\s*\(", code, re.I):
        return _id_of(pieces)
    return "".join(pieces)


def _pieces(code: str) -> Iterator[str]:
    for token in _TOKEN.finditer(code):
        yield UNKNOWN if token[1] is None else token[1].replace("''", "'")


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
