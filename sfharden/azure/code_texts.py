"""Takes a text apart into code, which Azure evaluates, and literals; tells code from a literal that only looks like it.

`@…` and `@{…}` are Workflow Definition Language, `[…]` of a template Azure Resource Manager's. A password may begin with `@`
as well: only what calls known functions counts as code.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from sfharden.azure.expressions import is_template_expression

# Azure Logic Apps documentation, Reference for functions in workflow expressions; Azure Resource Manager, Template functions.
_FUNCTIONS_LISTED: Final = """
    action actionbody actionoutputs actions add adddays addhours addminutes addproperty addseconds addtotime
    agentparameters and appsetting array base64 base64tobinary base64tojson base64tostring binary body bool chunk
    cidrhost cidrsubnet coalesce concat contains convertfromutc converttimezone converttoutc copyindex createarray
    createobject datauri datauritobinary datauritostring datetimeadd datetimefromepoch datetimetoepoch
    datedifference dayofmonth dayofweek dayofyear decimal decodebase64 decodedatauri decodeuricomponent
    decodexmlvalue deployer deployment div empty encodeuricomponent encodexmlvalue endswith environment equals
    extensionresourceid fail false filter first flatten float formatdatetime formatnumber formdatamultivalues
    formdatavalue format getfuturetime getpasttime getsecret greater greaterorequals groupby guid if indexfromend
    indexof int intersection isfloat isint item items iterationindexes join json lambda lambdavariables last
    lastindexof length less lessorequals listcallbackurl listkeys listsecrets managementgroup
    managementgroupresourceid map mapvalues max min mod mul multipartbody newguid not nthindexof null objectkeys or
    outputs padleft parameters parsecidr parsedatetime picktoproperty pickzones providers rand range reduce
    reference references removeproperty replace resourcegroup resourceid result reverse setproperty shallowmerge
    skip slice sort split startofday startofhour startofmonth startswith string sub subscription
    subscriptionresourceid substring subtractfromtime take tenant tenantresourceid ticks tolower toobject toupper
    trigger triggerbody triggerformdatamultivalues triggerformdatavalue triggermultipartbody triggeroutputs trim
    true tryget tryindexfromend union uniquestring uri uricomponent uricomponenttobinary uricomponenttostring
    urihost uripath uripathandquery uriport uriquery urischeme utcnow variables workflow xml xpath
"""
_FUNCTIONS: Final = frozenset(_FUNCTIONS_LISTED.split())
# Their first argument names something of the workflow or template, or a setting.
_NAMING_LISTED: Final = """
    action actionbody actionoutputs actions appsetting body formdatavalue formdatamultivalues items iterationindexes
    multipartbody outputs parameters reference result triggerformdatavalue variables
"""
_NAMING: Final = frozenset(_NAMING_LISTED.split())
_CONSTANTS: Final = frozenset(["true", "false", "null"])
# What they give depends on their arguments alone.
_CONSTANT_LISTED: Final = """
    add and array base64 base64tobinary base64tojson base64tostring binary bool chunk coalesce concat contains
    createarray createobject datauri datauritobinary datauritostring decimal decodebase64 decodedatauri
    decodeuricomponent decodexmlvalue div empty encodeuricomponent encodexmlvalue endswith equals first flatten float
    format formatnumber greater greaterorequals if indexof int intersection isfloat isint join json last
    lastindexof length less lessorequals max min mod mul not nthindexof or padleft range replace reverse skip slice
    sort split startswith string sub substring take tolower toupper trim union uricomponent uricomponenttobinary
    uricomponenttostring urihost uripath xml xpath
"""
_CONSTANT_CALLS: Final = frozenset(_CONSTANT_LISTED.split()) | _CONSTANTS
_LIST_CALL: Final = re.compile(r"list[a-z]{1,40}")
_TOKEN: Final = re.compile(
    r"(?P<blank>\s+)|(?P<text>'(?:[^']|'')*')|(?P<member>\??\.[A-Za-z_$][\w-]{0,79})|(?P<word>[A-Za-z_][\w.]{0,79})"
    r"|(?P<number>-?\d{1,5}(?:\.\d{1,5})?(?![\w.]))|(?P<sign>\?(?=\[)|[()\[\],])"
)
_INNER: Final = re.compile(r"@\{((?:[^'{}]|'(?:[^']|'')*')*)\}")
_CLOSING: Final = {")": "(", "]": "["}


class TextPiece(NamedTuple):
    """A part of a text: a literal as it stands, or code without the signs around it, which `frame` has.

    What stands where code should and isn't understood is not `is_known`: Azure may know more functions than are listed here, or
    it's a literal that somebody forgot to escape.
    """

    text: str
    frame: str = ""
    is_known: bool = True

    @property
    def is_code(self) -> bool:
        """Whether Azure evaluates it, for all that is known."""
        return bool(self.frame) and self.is_known


def pieces_of(text: str, *, in_template: bool) -> list[TextPiece]:
    """The parts of a text, in their order."""
    if "@" not in text and not (in_template and "[" in text):
        return [TextPiece(text)] if text else []
    if in_template and is_template_expression(text):
        return [_code(text.strip()[1:-1], "[%s]")]
    if text.startswith("@") and not text.startswith(("@@", "@{")):
        return [_code(text[1:], "@%s")]
    parts, at = list[TextPiece](), 0
    for found in _INNER.finditer(text):
        parts += [TextPiece(text[at : found.start()]), _code(found[1], "@{%s}")]
        at = found.end()
    return [part for part in (*parts, TextPiece(text[at:])) if part.text]


def _code(text: str, frame: str) -> TextPiece:
    return TextPiece(text, frame, is_code(text))


def is_code(code: str) -> bool:
    """Whether a text calls known functions only, with every bracket and quote closed."""
    open_ones, tokens = list[str](), list(_tokens(code))
    if not tokens or sum(len(one[0]) for one in tokens) != len(code):
        return False
    for token in tokens:
        sign = token["sign"]
        if sign in ("(", "["):
            open_ones.append(sign)
        elif (sign in _CLOSING and (not open_ones or open_ones.pop() != _CLOSING[sign])) or (
            token["word"] and not _is_known(token, code)
        ):
            return False
    first = next((one for one in tokens if not one["blank"]), None)
    return not open_ones and first is not None and bool(first["word"] or first["text"] or first["number"])


def _tokens(code: str) -> Iterator[re.Match[str]]:
    at = 0
    while found := _TOKEN.match(code, at):
        yield found
        at = found.end()


def _is_known(token: re.Match[str], code: str) -> bool:
    word = token["word"].casefold()
    if not re.match(r"\s*\(", code[token.end() : token.end() + 20]):
        return word in _CONSTANTS
    return word in _FUNCTIONS or bool(_LIST_CALL.fullmatch(word))


def literals_of(code: str) -> Iterator[tuple[str, bool]]:
    """Each literal of code, and whether it only names something."""
    for token, names in _with_roles(code):
        if token["text"]:
            yield _unquoted(token), names


def with_literals(code: str, change: Callable[[str, bool], str]) -> str:
    """Code with each literal changed; the second argument tells whether it only names something."""
    done = ""
    for token, names in _with_roles(code):
        done += _quoted(change(_unquoted(token), names)) if token["text"] else token[0]
    return done


def _with_roles(code: str) -> Iterator[tuple[re.Match[str], bool]]:
    before: list[str] = []
    for token in _tokens(code):
        last = before[-1] if before else ""
        names = last == "[" or (last == "(" and before[-2:-1] != [] and before[-2] in _NAMING)
        yield token, names
        if not token["blank"]:
            before.append(token[0].casefold())


def _unquoted(token: re.Match[str]) -> str:
    return token["text"][1:-1].replace("''", "'")


def _quoted(text: str) -> str:
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def constant_of(code: str) -> str | None:
    """The literals of code that gives the same in every run, in their order; None where a run or a setting decides."""
    tokens = list(_tokens(code))
    words = {one["word"].casefold() for one in tokens if one["word"]}
    if not words <= _CONSTANT_CALLS:
        return None
    return "".join(_unquoted(one) for one in tokens if one["text"])


def names_in(text: str, *, in_template: bool) -> Iterator[tuple[str, str]]:
    """What the code of a text names, and with which function, without case: `("body", "get_secret")`."""
    for piece in pieces_of(text, in_template=in_template):
        if not piece.is_code:
            continue
        before: list[str] = []
        for token in _tokens(piece.text):
            if token["text"] and before[-1:] == ["("] and len(before) > 1:
                yield before[-2], _unquoted(token).casefold()
            if not token["blank"]:
                before.append(token[0].casefold())


def is_unclear(text: str, *, in_template: bool) -> bool:
    """Whether a part of a text is evaluated and can't be read."""
    return any(piece.frame and not piece.is_known for piece in pieces_of(text, in_template=in_template))
