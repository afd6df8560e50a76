"""Record ids and made-up credentials, deterministic, in the shapes that Salesforce gives them."""

import base64
import hashlib
from typing import Final

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_REFRESH_START: Final = "5Aep861"
NO_ID: Final = "000000000000000AAA"


def make_id(prefix: str, number: int) -> str:
    """The 18-character id of record `number` of the kind with that three-character prefix."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    return long_id(f"{prefix}xx000000"[: 15 - max(len(digits), 4)].ljust(15 - len(digits), "0") + digits)


def long_id(short: str) -> str:
    """The 18-character form of a 15-character id: three characters that carry the case of the others."""
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(short[start : start + 5]) if letter.isupper())
        suffix += _SUFFIX[bits]
    return short[:15] + suffix


def opaque(*parts: object, size: int = 24) -> str:
    """A made-up credential that depends on the parts alone; `size` in bytes."""
    digest = hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=size).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def access_token(org_id: str, *parts: object) -> str:
    """A made-up opaque access token: the org's short id, `!`, and a secret."""
    return f"{org_id[:15]}!AQ{opaque('access', *parts, size=42)}"


def refresh_token(delete_token: str) -> str:
    """The refresh token that goes with a delete token, so that neither needs storing twice."""
    return _REFRESH_START + delete_token[::-1]


def delete_token_of(credential: str) -> str:
    """The delete token behind a refresh token; a delete token comes back as it is."""
    if credential.startswith(_REFRESH_START):
        return credential.removeprefix(_REFRESH_START)[::-1]
    return credential
