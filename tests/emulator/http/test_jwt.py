"""JWT bearer assertions: read with suspicion, and by their signature where the org has the key."""

import base64
import hashlib
import json
from typing import Any

import pytest

from sfharden.emulator.derive import sync
from sfharden.emulator.generate import EGRESS_USED, ELSEWHERE, INTEGRATION_USER, PROFILE
from sfharden.emulator.http.server import DemoServer
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml
from tests.emulator.kit import Client, client

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def assertion(claims: dict[str, Any], signature: bytes = b"signed", alg: str = "RS256") -> str:
    parts = [json.dumps({"alg": alg}).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


CLAIMS = {"iss": "3MVG9EXAMPLEONLY", "sub": INTEGRATION_USER, "aud": "https://login.salesforce.com", "exp": 1}


UNSIGNED = assertion(CLAIMS, alg="none")


def test_jwt_bearer_always_meets_the_profiles_ranges(server: DemoServer, org: DemoOrg) -> None:
    org.metadata["connectedApps/Azure_Logic_Apps.connectedApp"] = connected_app_xml(
        "Azure Logic Apps", relaxation="BYPASS", profiles=[PROFILE]
    )
    sync(org)
    with client(server, source=EGRESS_USED[0]) as integration:
        answer = integration.form("token", grant_type=JWT, assertion=assertion(CLAIMS))
    assert (answer.status, "refresh_token" in answer.json) == (200, False)
    with client(server, source=ELSEWHERE[0]) as stranger:
        answer = stranger.form("token", grant_type=JWT, assertion=assertion(CLAIMS))
    assert answer.json["error_description"] == "ip restricted"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"iss": "unknown"}, "invalid_client_id"),
        ({"sub": "nobody@acme.example"}, "invalid_grant"),
        ({"sub": "admin@acme.example"}, "invalid_app_access"),
        ({"exp": "soon"}, "invalid_grant"),
        ({"aud": None}, "invalid_grant"),
    ],
)
def test_bad_assertions_are_refused(auditor: Client, changes: dict[str, Any], error: str) -> None:
    answer = auditor.form("token", grant_type=JWT, assertion=assertion({**CLAIMS, **changes}))
    assert (answer.status, answer.json["error"]) == (400, error)


@pytest.mark.parametrize("text", ["", "W10.W10.W10", "a.b", "a.b.c", "%%.%%.%%", UNSIGNED])
def test_what_is_no_assertion_is_refused(auditor: Client, text: str) -> None:
    assert auditor.form("token", grant_type=JWT, assertion=text).json["error"] == "invalid_grant"


def test_with_a_public_key_the_signature_counts(server: DemoServer, org: DemoOrg) -> None:
    modulus, public, private = _key()
    org.jwt_keys["3MVG9EXAMPLEONLY"] = (modulus, public)
    unsigned = assertion(CLAIMS)
    message = unsigned.rpartition(".")[0]
    digest = (
        bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message.encode()).digest()
    )
    size = (modulus.bit_length() + 7) // 8
    padded = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    signature = pow(int.from_bytes(padded, "big"), private, modulus).to_bytes(size, "big")
    signed = f"{message}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    with client(server, source=EGRESS_USED[0]) as integration:
        assert integration.form("token", grant_type=JWT, assertion=signed).status == 200
        assert integration.form("token", grant_type=JWT, assertion=unsigned).status == 400


def _key() -> tuple[int, int, int]:
    """Modulus, public and private exponent of a key made of two Mersenne primes."""
    p, q = 2**521 - 1, 2**607 - 1
    return p * q, 65537, pow(65537, -1, (p - 1) * (q - 1))
