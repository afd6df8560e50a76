"""JWT bearer assertions: read, and their RSA signature checked where the org has the app's public key."""

import base64
import binascii
import hashlib
import json
from typing import Any, Final

from sfharden.emulator.grants import GrantRefusedError
from sfharden.emulator.state import DemoOrg

# The start of an EMSA-PKCS1-v1_5 encoding for SHA-256 (RFC 8017, 9.2).
_SHA256: Final = bytes.fromhex("3031300d060960864801650304020105000420")


def claims_of(org: DemoOrg, assertion: str) -> dict[str, Any]:
    """The claims. Raises GrantRefusedError for an assertion that is malformed, or signed by someone else."""
    parts = assertion.split(".")
    if len(parts) != 3:
        raise GrantRefusedError("invalid_grant", "invalid assertion")
    try:
        header, claims = (json.loads(_decoded(part)) for part in parts[:2])
        signature = _decoded(parts[2])
    except (ValueError, binascii.Error):
        raise GrantRefusedError("invalid_grant", "invalid assertion") from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "RS256":
        raise GrantRefusedError("invalid_grant", "invalid assertion")
    if not all(isinstance(claims.get(key), str) for key in ("iss", "sub", "aud")):
        raise GrantRefusedError("invalid_grant", "invalid assertion")
    if not isinstance(claims.get("exp"), int):
        raise GrantRefusedError("invalid_grant", "expiration claim is missing")
    key = org.jwt_keys.get(claims["iss"])
    if key and not signed_by(f"{parts[0]}.{parts[1]}".encode(), signature, *key):
        raise GrantRefusedError("invalid_grant", "invalid assertion")
    return dict(claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def signed_by(message: bytes, signature: bytes, modulus: int, exponent: int) -> bool:
    """True if an RS256 signature is that of a public key."""
    size = (modulus.bit_length() + 7) // 8
    digest = _SHA256 + hashlib.sha256(message).digest()
    expected = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    return pow(int.from_bytes(signature, "big"), exponent, modulus) == int.from_bytes(expected, "big")
