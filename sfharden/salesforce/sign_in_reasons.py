"""Why a sign-in was refused, where the org says it in words that are known, and what to do about it.

These words come from the token endpoint, by itself or through the Salesforce CLI; the endpoint alone says why
(reports of people who met them; Help, OAuth Authorization Errors, lists the codes only).
"""

import re
from typing import Final

from sfharden.text.redact import MASK, mask_credentials, safe_text

_AGAIN: Final = "Sign in again: `sf org login web`."
# The longer one first: it begins like the other, and means another list of addresses.
_REASONS: Final = (
    (
        "ip restricted by app developer",
        "The app admits listed addresses only (its Refresh Token IP Allowlist), and this machine's is none of them: "
        "run from one of those, or sign in through another app.",
    ),
    (
        "ip restricted",
        "The login ranges of this user's profile don't admit this machine's address: run from an operator address, "
        "or sign in as a user whom they admit.",
    ),
    ("expired access/refresh token", f"The authorisation was revoked or has expired. {_AGAIN}"),
    ("inactive user", "The user is inactive: sign in as another one."),
    ("authentication failure", _AGAIN),
)
# Nobody's sentence has words that long; a secret has, whatever its shape.
_LONG_WORD: Final = re.compile(r"\S{32,}")
_MOST_SHOWN: Final = 200


def known_reason(text: str) -> str:
    """The known reason in a text; empty if there's none."""
    lowered = text.lower()
    return next((reason for reason, _ in _REASONS if reason in lowered), "")


def hint_for(reason: str) -> str:
    """What to do about a known reason; empty for any other text."""
    return dict(_REASONS).get(reason, "")


def shown(text: str) -> str:
    """Another program's words, fit to show: no credential, nothing that could be one, one line."""
    return safe_text(_LONG_WORD.sub(MASK, mask_credentials(text)), limit=_MOST_SHOWN).strip()
