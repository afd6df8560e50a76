"""Short names for tokens that give nothing away."""

import base64
import hmac

from sfharden.redact import Secret

_LENGTH = 12


def handle_of(secret: Secret, org_id: str) -> str:
    """Twelve lower-case base32 characters (60 bits) of an HMAC-SHA256 of the secret, keyed with the org's id.

    The same token of the same org always has the same handle, so a journal can name it from run to run.
    """
    digest = hmac.new(org_id.encode(), secret.reveal().encode(), "sha256").digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_LENGTH]
