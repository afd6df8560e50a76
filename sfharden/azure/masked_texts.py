"""Takes out of one text what is a secret or may be one, and leaves what checks need of it."""

import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from sfharden.azure.calls import is_salesforce_host
from sfharden.azure.code_texts import TextPiece, pieces_of, with_literals
from sfharden.azure.secret_shapes import hides_one, shape_of
from sfharden.model.azure import MASK


class Keep(Enum):
    """What stays of a literal; of code its calls and names stay, and of its literals the same."""

    OPEN = auto()  # all of it, unless a secret is in it
    NOTHING = auto()
    VALUE = auto()  # scheme and host of an address
    ADDRESS = auto()  # the same, and what is known of its path
    PATH = auto()
    ID = auto()  # the id of a resource, or a name
    NAME = auto()
    WORD = auto()  # a method, a way to sign in, or a type of values
    STATE = auto()  # one short word, such as Succeeded


_LONGEST: Final = 100_000
_LONGEST_LABEL: Final = 63  # of a host's name (RFC 1035)
_MARK: Final = re.compile("\x01(\\d+)\x01")
_URL: Final = re.compile(
    r"(?is)\s*(?P<scheme>https?|ftps?|sftp|amqps?|wss?|sb)://(?P<authority>[^/?#\\]*)(?P<rest>.*)"
)
_MARKED_HOST: Final = re.compile("(?s)(?P<authority>(?:\x01\\d+\x01)+)(?P<rest>[/?#].*|)")
_HOST: Final = re.compile(r"[\w.:\[\]\x01-]*")
_ID: Final = re.compile(r"[\w./:$ ()-]{0,400}")
_NAME: Final = re.compile(r"[A-Za-z_$][\w .:$/-]{0,79}")
_NAME_IN_CODE: Final = re.compile(r"[\w $.@:/#()-]{0,100}")
_KEY_VAULT: Final = re.compile(r"(?is)\s*@Microsoft\.KeyVault\(.*\)\s*")
_ACCOUNT: Final = re.compile(r"(?i)(?:^|;)\s*AccountName=([a-z0-9]{3,24})(?:;|$)")
_VERSION: Final = re.compile(r"(?i)v\d{1,2}(?:\.\d{1,2})?")
_ASKING: Final = re.compile(r"(?is)\s*(?:[a-z][a-z0-9+.-]*://|/)[^\s?]*\?.*")
_OPEN_QUERY: Final = re.compile(r"(?i)(?:api-version=[\w.-]{1,40}|\$top=\d{1,6}|)")
_STATE: Final = re.compile(r"[A-Za-z]{1,30}")
_BARE: Final = re.compile(r"[^\w*]{0,2}")

_WORDS_LISTED: Final = """
    get post put patch delete head options trace basic clientcertificate activedirectoryoauth raw
    managedserviceidentity querystring key none activedirectory code client_credentials authorization_code
    string securestring object secureobject int integer float bool boolean array
"""
_WORDS: Final = frozenset(_WORDS_LISTED.split())
# Parts of paths that tell which API is called, of Salesforce and of Azure.
_SEGMENTS_LISTED: Final = """
    services data oauth2 soap async apexrest token authorize revoke query queryall sobjects composite jobs tooling
    analytics datasets default tables items onnewitems onupdateditems externalidfields codeless trigger soql sosl
    secrets value keys certificates versions workflows triggers manual paths invoke api apis subscriptions
    resourcegroups providers
"""
_SEGMENTS: Final = frozenset(_SEGMENTS_LISTED.split())
_QUERIES_LISTED: Final = """
    api-version sig sp sv se sr st code key subscription-key access_token q $filter $top $select comp
"""
_QUERIES: Final = frozenset(_QUERIES_LISTED.split())


def masked_text(text: str, keep: Keep, *, in_template: bool) -> str:
    """The text with MASK for whatever isn't kept."""
    if not text or text == MASK:
        return text
    if len(text) > _LONGEST:
        return MASK
    if keep is Keep.OPEN:
        return MASK if hides_one(text) else _without_queries(text)
    if _KEY_VAULT.fullmatch(text):
        return f"@Microsoft.KeyVault({MASK})"
    parts = pieces_of(text.replace("\x01", " "), in_template=in_template)
    codes = [_framed(part, keep) for part in parts if part.frame]
    if codes and len(parts) == 1:
        return codes[0]
    marks = iter(range(len(codes)))
    joined = "".join(f"\x01{next(marks)}\x01" if part.frame else part.text for part in parts)
    return _MARK.sub(lambda mark: codes[int(mark[1])], _LITERALS[keep](joined))


def _without_queries(text: str) -> str:
    """An address without what it asks for; any other text as it is."""
    if not _ASKING.fullmatch(text):
        return text
    address, asked, query = text.partition("?")
    return f"{address}{asked}{'&'.join(map(_open_query, query.split('&')))}" if query else text


def _open_query(text: str) -> str:
    return text if _OPEN_QUERY.fullmatch(text) else _query(text) if "=" in text else MASK


def _framed(part: TextPiece, keep: Keep) -> str:
    """Code with its signs; of what isn't understood the signs tell that only a run gives the value."""
    return part.frame.replace("%s", _masked_code(part.text, keep) if part.is_known else MASK)


def _masked_code(code: str, keep: Keep) -> str:
    def change(literal: str, names: bool) -> str:
        if names:
            return literal if _NAME_IN_CODE.fullmatch(literal) and not shape_of(literal) else MASK
        return masked_text(literal, keep, in_template=False)

    return with_literals(code, change)


def _runs(text: str, change: Callable[[str], str]) -> str:
    """The text with each run between the marks of code changed."""
    return "".join(
        one if _MARK.fullmatch(one) else change(one) for one in re.split("(\x01\\d+\x01)", text) if one
    )


def _nothing(text: str) -> str:
    return _runs(text, lambda run: run if _BARE.fullmatch(run) and "\x01" in text else MASK)


def _value(text: str) -> str:
    if account := _ACCOUNT.search(text):
        return f"AccountName={account[1]};{MASK}"
    if re.fullmatch(r"[\w.-]{1,253}", text) and is_salesforce_host(text):
        return text
    return _address(text) if _URL.match(text) else _nothing(text)


def _address(text: str) -> str:
    found = _URL.match(text) or _MARKED_HOST.match(text)
    if not found or "\\" in text:
        return _path(text) if text.startswith("/") else _nothing(text)
    _, at, host = found["authority"].rpartition("@")
    scheme = f"{found['scheme']}://" if "scheme" in found.re.groupindex else ""
    return f"{scheme}{MASK if at else ''}{at}{_host(host)}{_path(found['rest'])}"


def _host(host: str) -> str:
    bare = _MARK.sub("", host)
    fits = all(len(label) <= _LONGEST_LABEL for label in bare.split("."))
    return host if _HOST.fullmatch(host) and fits and not shape_of(bare) else MASK


def _path(text: str) -> str:
    whole, hashed, fragment = text.partition("#")
    path, asked, query = whole.partition("?")
    done = "/".join(_runs(segment, _segment) for segment in path.split("/"))
    queries = "&".join(_query(one) for one in query.split("&")) if query else ""
    return f"{done}{asked}{queries}{hashed}{MASK if fragment else ''}"


def _segment(run: str) -> str:
    known = run.casefold() in _SEGMENTS or _VERSION.fullmatch(run) or _BARE.fullmatch(run)
    return run if known else MASK


def _query(text: str) -> str:
    name, equals, given = text.partition("=")
    shown = _runs(name, lambda run: run if run.casefold() in _QUERIES else MASK)
    return f"{shown}{equals}{_runs(given, lambda _: MASK)}"


def _id(text: str) -> str:
    if _URL.match(text) and not _ID.fullmatch(_MARK.sub("", text)):
        return _address(text)
    return _runs(text, lambda run: run if _ID.fullmatch(run) and not shape_of(run) else MASK)


def _name(text: str) -> str:
    return _runs(text, lambda run: run if _NAME.fullmatch(run) and not shape_of(run) else MASK)


def _word(text: str) -> str:
    return _runs(text, lambda run: run if run.strip().casefold() in _WORDS else MASK)


def _state(text: str) -> str:
    return _runs(text, lambda run: run if _STATE.fullmatch(run) and not shape_of(run) else MASK)


_LITERALS: Final[dict[Keep, Callable[[str], str]]] = {
    Keep.NOTHING: _nothing,
    Keep.VALUE: _value,
    Keep.ADDRESS: _address,
    Keep.PATH: _path,
    Keep.ID: _id,
    Keep.NAME: _name,
    Keep.WORD: _word,
    Keep.STATE: _state,
}
