"""Secrets that do not show themselves, and foreign text that cannot harm a terminal."""

import logging
import re
import unicodedata
from typing import Final, NoReturn

MASK: Final = "***"


class Secret:
    """A value that must never be shown: its text, repr and format are `***`.

    Only `reveal()` gives the value, and only the wire calls it. A Secret can't be pickled or
    turned into JSON by accident.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the wire only."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(MASK, format_spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")


# Cc control, Cf format (bidirectional overrides, zero-width), Cs surrogates, Co private use, Zl/Zp separators.
_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


# What the log of a build takes for a command: Azure Pipelines anywhere in a line (Logging commands: `##vso[…]`, `##[…]`),
# GitHub Actions where a line begins (Workflow commands: `::name …::`), and our line may be broken there.
# `add-[g-z]`: its commands are add-mask, add-matcher and add-path; `2001:db8::add-2001:db8::aff` is a range.
_COMMAND: Final = re.compile(
    r"#(?=#(?:vso)?\[)|:(?=:(?:error|warning|notice|debug|group|endgroup|echo|add-[g-z]|remove-|stop-|set-|save-))",
    re.IGNORECASE,
)


def safe_text(text: str, *, limit: int = 400) -> str:
    """Foreign text made fit for one line of a terminal, or of a build's log: harmful characters become `�`, long text is cut.

    Line breaks and tabs become a space. `limit` is in characters.
    """
    if text.isascii() and text.isprintable():
        clean = text
    else:
        clean = "".join(_safe_character(character) for character in text)
    if "##" in clean or "::" in clean:
        clean = _COMMAND.sub("�", clean)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _safe_character(character: str) -> str:
    if character in "\t\r\n":
        return " "
    return "�" if unicodedata.category(character) in _HARMFUL else character


# What a Salesforce or OAuth credential looks like. Hiding too much is better than too little.
_SHAPES: Final = r"""
      00D[A-Za-z0-9]{12,15}(?:!|%21)\S+                 # an opaque access token, plain or in a URL
    | 5Aep[A-Za-z0-9._!-]{20,}                          # a refresh token
    | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[\w-]*     # a JWT
    | -----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|\Z)
    """
_BARE: Final = re.compile(f"(?xs){_SHAPES}")
_CREDENTIALS: Final = re.compile(
    rf"""(?xs){_SHAPES}
    | (?i:authorization["']?\s*[:=]\s*["']?\S+\s+)\S+
    | (?i:bearer)\s+\S+
    """
)
# A name, alone or at the end of a longer one (SF_ACCESS_TOKEN), then a value, quoted or up to its end.
_NAMED: Final = re.compile(
    r"""(?xi)
      (?<![a-z0-9])
      (access_?token|refresh_?token|(?:client|consumer)_?secret|api_?key|assertion|session_?id|token|password|passwd|sig|code)
      (\\?["']?\s*[=:>]\s*)
      (?: (\\?["']) (?:(?!\3).)+ | [^\s&"'<>\\]+ )
    """
)


_USER_IN_URL: Final = re.compile(r"(://)[^/\s@]+@")

# Where a JWT may begin: what follows up to the end of its first part, and whether another part and a dot follow that.
_BEGUN: Final = re.compile(r"eyJ[A-Za-z0-9_-]*+(?=(\.[A-Za-z0-9_-]++\.)?)")
_HEADER: Final = re.compile("(?i:authorization)")


def searchable(text: str) -> str:
    """The text, as long as it was, without each `eyJ` that begins no JWT for want of what must follow.

    From each of them the expression would look to the end of the part: of a long row of them that takes minutes.
    """
    return _BEGUN.sub(_begun, text) if "eyJ" in text else text


def _begun(found: re.Match[str]) -> str:
    return found[0] if found[1] else found[0].replace("eyJ", "eyX")


def without_last_header(text: str) -> str:
    """The text, as long as it was, without each `authorization` in its last word: no credential follows there."""
    body = text.rstrip()
    last = body.rsplit(maxsplit=1)[-1:]
    start = len(body) - sum(map(len, last))
    return text[:start] + _HEADER.sub(lambda found: found[0][:-1] + "X", text[start:])


def _masked(shape: re.Pattern[str], text: str, searched: str) -> str:
    """The text with `***` wherever the shape is found in what is searched, which is as long."""
    parts, end = list[str](), 0
    for found in shape.finditer(searched):
        parts += (text[end : found.start()], MASK)
        end = found.end()
    return "".join((*parts, text[end:]))


def mask_credentials(text: str) -> str:
    """The text with everything that looks like a credential replaced by `***`."""
    whole = _masked(_CREDENTIALS, text, without_last_header(searchable(text)))
    bare = _USER_IN_URL.sub(rf"\1{MASK}@", whole)
    return _NAMED.sub(rf"\1\2\3{MASK}", bare)


# Elements whose text is a secret whatever it looks like; so is that of any element that has "secret" in its name.
SECRET_NAMES: Final = frozenset(
    {"password", "passwd", "userpassword", "privatekey", "accesstoken", "refreshtoken", "apikey"}
)


def names_secret(name: str) -> bool:
    """Whether an element of that name holds a secret, whatever the case of its letters."""
    lower = name.lower()
    return lower in SECRET_NAMES or "secret" in lower


def without_credentials(name: str, text: str) -> str:
    """The text of a file's element or attribute: in an address and a description every credential is `***`, elsewhere tokens."""
    if "://" in text or name.lower().endswith("url") or name == "description":
        return mask_credentials(text)
    return without_tokens(text)


# "JWT bearer flow", as a sentence has it and no header: a plain word, which no token is.
_FLOW: Final = re.compile(
    r"(?:^|(?<=[\w)]\s))(?i:bearer)\s+(?:[A-Z]?[a-z]{1,14}|[A-Z]{1,14})(?![\w~+/=-]|\.\w)"
)


def may_hold_secret(name: str, text: str) -> bool:
    """Whether a credential seems to stand in the text of a file's element: what `without_credentials` hides, but for words."""
    if without_credentials(name, text) == text:
        return False
    plain = _FLOW.sub(" ", text)
    return without_credentials(name, plain) != plain


def safe_lines(text: str) -> str:
    """Foreign text of several lines, such as a traceback: no credential, and each line fit for a terminal."""
    return "\n".join(safe_text(line, limit=2000) for line in mask_credentials(text).rstrip("\n").split("\n"))


def without_tokens(text: str) -> str:
    """The text without what has the shape of a token or a key, wherever it strayed; a name keeps every word."""
    return _masked(_BARE, text, searchable(text))


class RedactingFilter(logging.Filter):
    """A log filter that masks credentials in every record, ours and our libraries' alike."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask_credentials(record.getMessage())
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True
