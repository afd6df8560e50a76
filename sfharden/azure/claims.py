"""What a token says of itself. Nothing is verified: that is the service's; this only spares it a call in vain."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sfharden.azure.objects import text
from sfharden.text.redact import Secret

_LONGEST: Final = 64 * 1024
_LAST: Final = 1e12  # no token lives that long; floats end somewhere beyond


@dataclass(frozen=True, slots=True)
class Claims:
    """For whom a token is, when it ends, and whose it is (`oid`, `tid`); empty and None where it doesn't say."""

    audience: str = ""
    expires: float | None = None
    object_id: str = ""
    tenant: str = ""

    def has_ended(self, now: datetime) -> bool:
        """Whether the token says that it's over."""
        return self.expires is not None and self.expires <= now.timestamp()


def claims_of(token: Secret) -> Claims:
    """The claims of a JWT (RFC 7519); those of anything else are empty."""
    parts = token.reveal().split(".")
    if len(parts) != 3 or len(parts[1]) > _LONGEST:
        return Claims()
    try:
        body = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return Claims()
    if not isinstance(told, dict):
        return Claims()
    audience, owner, tenant = (text(told.get(name)) for name in ("aud", "oid", "tid"))
    return Claims(audience, moment_in(told.get("exp")), owner, tenant)


def moment_in(value: Any) -> float | None:
    """Seconds since 1970, where the value is such a number."""
    return float(value) if type(value) in (int, float) and abs(value) < _LAST else None
