"""Made-up access tokens in the shape that ARM's have: a client reads who it is and until when (reference 2.6)."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any, Final

AUDIENCE: Final = "https://management.azure.com/"
LASTS: Final = timedelta(minutes=75)


def arm_token(
    now: datetime, *, caller: str, tenant_id: str, audience: str = AUDIENCE, lasts: timedelta = LASTS
) -> str:
    """A token that nobody signed; `audience` may be another cloud's, or a wrong one."""
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{tenant_id}/",
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + lasts).timestamp()),
        "oid": caller,
        "tid": tenant_id,
        "ver": "1.0",
    }
    return f"{_part({'typ': 'JWT', 'alg': 'RS256'})}.{_part(claims)}.{_encoded(b'made-up signature')}"


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
