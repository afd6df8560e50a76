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
      (access_token|refresh_token|client_secret|assertion|session_?id|token|password|sig|code)
      (\\?["']?\s*[=:>]\s*)
      (?: (\\?["']) (?:(?!\3).)+ | [^\s&"'<>\\]+ )
    """
)


_USER_IN_URL: Final = re.compile(r"(://)[^/\s@]+@")


def mask_credentials(text: str) -> str:
    """The text with everything that looks like a credential replaced by `***`."""
    bare = _USER_IN_URL.sub(rf"\1{MASK}@", _CREDENTIALS.sub(MASK, text))
    return _NAMED.sub(rf"\1\2\3{MASK}", bare)


def safe_lines(text: str) -> str:
    """Foreign text of several lines, such as a traceback: no credential, and each line fit for a terminal."""
    return "\n".join(safe_text(line, limit=2000) for line in mask_credentials(text).rstrip("\n").split("\n"))


def without_tokens(text: str) -> str:
    """The text without what has the shape of a token or a key, wherever it strayed; a name keeps every word."""
    return _BARE.sub(MASK, text)


class RedactingFilter(logging.Filter):
    """A log filter that masks credentials in every record, ours and our libraries' alike."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask_credentials(record.getMessage())
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True
