"""Made-up access tokens."""

import base64
import json

from sfharden.emulator.azure.tokens import AUDIENCE, arm_token
from tests.emulator.azure.kit import NOW


def test_a_token_tells_whose_it_is_and_until_when() -> None:
    _, claims, _ = arm_token(NOW, caller="me", tenant_id="t").split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (read["aud"], read["oid"], read["tid"]) == (AUDIENCE, "me", "t")
    assert read["nbf"] == NOW.timestamp() < read["exp"]
