"""Short names for tokens that give nothing away, and the org's id that keys them."""

import base64
import hmac
import re
from collections.abc import Iterable
from typing import Final

from sfharden.text.redact import Secret

_LENGTH: Final = 12
_SHORT_ID: Final = re.compile(r"(00D[A-Za-z0-9]{12})!", re.ASCII)
_CHECK_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def handle_of(secret: Secret, org_id: str) -> str:
    """Twelve lower-case base32 characters (60 bits) of an HMAC-SHA256 of the secret, keyed with the org's id.

    The same token of the same org always has the same handle, so a journal can name it from run to run.
    """
    return _short(secret.reveal(), org_id)


def name_of(parts: Iterable[str], org_id: str) -> str:
    """The same of what is no secret: a name for a token of which only that was asked."""
    return _short("\0".join(parts), org_id)


def _short(text: str, key: str) -> str:
    digest = hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256").digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_LENGTH]


def org_id_of(access_token: Secret) -> str:
    """The id of the org that an opaque access token begins with, in 18 characters; empty if it doesn't.

    Such a token is the org's id in 15 characters, `!`, and the secret part (Help, OAuth 2.0 Access Tokens).
    """
    found = _SHORT_ID.match(access_token.reveal())
    return _long_id(found[1]) if found else ""


def _long_id(short: str) -> str:
    """An id in 15 characters with its three check letters, each telling which of five are capitals."""
    fives = (short[at : at + 5] for at in range(0, 15, 5))
    return short + "".join(
        _CHECK_LETTERS[sum(letter.isupper() << place for place, letter in enumerate(five))] for five in fives
    )
