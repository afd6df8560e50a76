"""What a secret looks like, by its own shape or by the name it stands under; only ever of a literal.

The shapes are those that the vendors document, or that scanners of published code look for (reference §1.8).
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from sfharden.model.azure import MASK
from sfharden.text.redact import searchable


class Suspect(NamedTuple):
    """Of what kind a secret is; not `is_sure` where it looks like one and may be none."""

    kind: str
    is_sure: bool = True


def _scoped(shape: str) -> str:
    """A shape whose flags count for itself alone."""
    flags = re.match(r"\(\?([is]+)\)", shape)
    return f"(?{flags[1]}:{shape[flags.end() :]})" if flags else f"(?:{shape})"


_GIVEN: Final = r"(?![<*{\[@])[^;\s\"'&,)]"  # begins a value that is no placeholder

_PASSWORD: Final = Suspect("password in a text", is_sure=False)
_IN_CONNECTION: Final = Suspect("connection string with a password")  # its parts end in semicolons

# The first that is found is told, so those that are sure come first.
_WRITTEN: Final = (
    ("private key", True, r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"),
    ("JSON web token", True, r"eyJ[\w-]{8,}\.[\w-]{2,}"),
    ("Salesforce session id", True, r"(?<!\w)00D[A-Za-z0-9]{12,15}(?:!|%21)\S{6}"),
    ("Salesforce refresh token", True, r"(?<!\w)5Aep[\w.!-]{20}"),
    ("Slack token", True, r"(?<![A-Za-z0-9])xox[abeoprs]-[\w-]{6}"),
    ("Microsoft Entra client secret", True, r"(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~.-])"),
    ("GitHub token", True, r"(?<![A-Za-z0-9])(?:gh[oprsu]_[A-Za-z0-9]{20}|github_pat_\w{20})"),
    ("AWS access key", True, r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
    ("webhook address", True, r"(?i)(?<![\w.-])hooks\.slack\.com/(?:services|workflows)/[^\s*]"),
    (
        "webhook address",
        True,
        r"(?i)(?:webhook\.office\.com/webhook|outlook\.office(?:365)?\.com/webhook)\w*/[^\s*]",
    ),
    (
        "signature or key in an address",
        True,
        r"(?i)(?:^|[?&;])(?:sig|code|key|subscription-key|access_token)=[\w%.~+/=-]{16}",
    ),
    (
        "connection string with a key",
        True,
        rf"(?i)(?<![a-z])(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s*=\s*{_GIVEN}",
    ),
    ("connection string with a key", True, r"(?i)(?<![a-z])SharedAccessSignature\s+s[rive]g?=[^\s*]"),
    (*_PASSWORD, rf"(?i)(?<![a-z])(?:password|passwd|pwd)\s*=\s*{_GIVEN}"),
    (
        "secret in a text",
        False,
        r"(?i)(?:password|client_?secret|api_?key|(?:access|refresh)_?token)\\?[\"']?\s*[:=]\s*\\?[\"'][^\"'\\<*@{\[]",
    ),
    ("secret in a text", False, r"(?i)client_?secret=(?![<*{\[@])[^&\s]"),
    (  # parts of queries and forms by common names; what stands there may as well be something else
        "secret in an address or a form",
        False,
        r"(?i)(?:^|[?&;])(?:pass(?:word|wd|phrase|code|wort)?|pwd|pw|secret|(?:auth|access|api|security|id|refresh|bearer|"
        r"session|user|app)?[_-]?token|(?:api|auth|access|app|user|account|master|private|consumer|shared|secret|license|"
        r"functions?|host|storage)[_-]?key|(?:client[_-]?)?assertion|auth(?:orization)?|jwt|sas|sid|session(?:[_-]?id)?|"
        r"signature|hmac|credentials?|(?:consumer|app|api|shared)[_-]?secret)=(?![<*{\[@])[^&\s]{4}",
    ),
    ("user and password in an address", False, r"://[^/\s@:*{]+:[^/\s@*{]+@"),
    ("authorization in a text", False, r"(?i)(?<![a-z])(?:bearer|basic)\s+[\w.~+/=-]{16}"),
    (
        "possible key",
        False,
        r"(?<![\w+/=-])(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=|[\w-]{54,56}==)(?![\w+/=])",
    ),
)
_SHAPES: Final = tuple((Suspect(kind, is_sure), re.compile(shape)) for kind, is_sure, shape in _WRITTEN)
# One look tells that there is none, which is so of nearly every text.
_ANY: Final = re.compile("|".join(_scoped(shape) for _, _, shape in _WRITTEN))


# What is hidden, though it may be no more than a placeholder or a part of an expression.
_MAYBE: Final = re.compile(
    r"(?i)(?:AccountKey|SharedAccess(?:Key|Signature)|(?<![a-z])(?:password|pwd|client_?secret))\s*[=:]\s*\S"
    r"|(?:[?&;]|^)(?:sig|code|subscription-key|access_token)=\S|://[^/\s@]*:[^/\s@]*@"
)

# Names of headers whose value lets somebody in (Azure API Management, Azure Functions and common practice).
_HEADERS: Final = frozenset(
    [
        "authorization",
        "proxy-authorization",
        "ocp-apim-subscription-key",
        "x-functions-key",
        "api-key",
        "x-api-key",
    ]
)
_QUERIES: Final = frozenset(["sig", "code", "key", "subscription-key", "access_token"])  # in an address
_SHORTEST_QUERY: Final = 16
_NAMES: Final = frozenset(["clientsecret", "secret", "password", "pfx", "apikey", "connectionstring"])
# As a whole name, where an ending would fit too much.
_MAYBE_NAMES: Final = frozenset(
    [
        "pass",
        "pw",
        "passcode",
        "authkey",
        "appkey",
        "xauth",
        "cookie",
        "setcookie",
        "assertion",
        "clientassertion",
        "jwt",
    ]
)
_ENDINGS: Final = (
    *_NAMES, "connectionstrings", "passwd", "pwd", "passphrase", "privatekey", "accesskey", "accountkey", "sharedkey",
    "primarykey", "secondarykey", "subscriptionkey", "functionkey", "masterkey", "hostkey", "storagekey", "token", "sessionid",
    "credential", "credentials", "sastoken", "sasurl", "webhookurl",
)  # fmt: skip
_OF_PAGES: Final = ("continuationtoken", "skiptoken", "pagetoken", "nexttoken", "synctoken", "deltatoken")
_SCHEME: Final = re.compile(r"(?i)\s*(?:bearer|basic|apikey|token|sharedkey|sharedaccesssignature|oauth)?\s*")
_PLACEHOLDER: Final = re.compile(r"(?s)\s*(?:<.*>|\[.*\]|\{\s*\}|\*+)?\s*")
_WORDS: Final = frozenset(
    ["string", "object", "securestring", "secureobject", "null", "none", "true", "false"]
)


# Words, hexadecimal ids, and paths of both, as most of an answer is: no shape fits those, and this look costs a tenth.
_SEGMENT: Final = r"(?>[0-9a-fA-F-]{1,36}(?![^/])|[A-Za-z]{1,15}(?![^/])|Microsoft\.[A-Za-z]{1,30}(?![^/]))"
_PLAIN: Final = re.compile(rf"/?{_SEGMENT}(?:/{_SEGMENT})*+")
_KEYS: Final = 1_024  # names of properties recur with each row


@lru_cache(maxsize=_KEYS)
def shape_of_key(key: str) -> Suspect | None:
    """The kind of secret that the name of a property holds, told by its shape."""
    return shape_of(key)


def shape_of(text: str) -> Suspect | None:
    """The kind of secret that stands somewhere in a literal, told by its shape alone."""
    if _PLAIN.fullmatch(text):
        return None
    looked_at = searchable(text)
    if not _ANY.search(looked_at):
        return None
    found = next((suspect for suspect, shape in _SHAPES if shape.search(looked_at)), None)
    return _IN_CONNECTION if found == _PASSWORD and ";" in text else found


def hides_one(text: str) -> bool:
    """Whether a text of configuration may hold a secret: more than `shape_of` tells."""
    return not _PLAIN.fullmatch(text) and (bool(_MAYBE.search(text)) or shape_of(text) is not None)


def named_secret(name: str, literal: str) -> Suspect | None:
    """The kind of secret that a literal is for the name it stands under; None for placeholders and samples."""
    if is_placeholder(literal):
        return None
    lower = name.casefold()
    if lower in _HEADERS:
        rest = _SCHEME.sub("", literal, count=1)
        return None if is_placeholder(rest) else Suspect(f"value of the header {lower}")
    plain = plain_name(name)
    if plain.endswith(_OF_PAGES):
        return None
    if plain in _NAMES:
        return Suspect(f"value named {plain}")
    if plain in _MAYBE_NAMES:
        return Suspect(f"value named {plain}", is_sure=False)
    if not plain.endswith(_ENDINGS):
        return None
    ending = next(one for one in _ENDINGS if plain.endswith(one))
    return Suspect(f"value whose name ends in {ending}", is_sure=False)


def query_secret(name: str, literal: str) -> Suspect | None:
    """The same for a query parameter of an address; elsewhere `code` and `key` mean other things."""
    if name.casefold() in _QUERIES and len(literal) >= _SHORTEST_QUERY and not is_placeholder(literal):
        return Suspect(f"value of the query parameter {name.casefold()}")
    return named_secret(name, literal)


def names_a_secret(name: str) -> bool:
    """Whether what stands under a name is hidden, whatever it is."""
    plain = plain_name(name)
    return name.casefold() in (_HEADERS | {"sig"}) or plain in _MAYBE_NAMES or plain.endswith(_ENDINGS)


def plain_name(name: str) -> str:
    """A name without case and what joins its words."""
    return re.sub(r"[\s_:.-]", "", name).casefold()


def is_placeholder(literal: str) -> bool:
    """Whether a literal only keeps the place of a value, or is the name of a type in a sample."""
    text = literal.strip()
    return bool(_PLACEHOLDER.fullmatch(text)) or text.casefold() in _WORDS or text == MASK
