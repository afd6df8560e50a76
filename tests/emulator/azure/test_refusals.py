"""How ARM says no."""

import json

import pytest

from sfharden.emulator.azure import refusals
from tests.emulator.azure.kit import recorded


def test_a_refusal_has_code_and_message_in_a_wrapper() -> None:
    reply = refusals.forbidden("me", "Microsoft.Logic/workflows/read", "/subscriptions/s").reply()
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["code"]) == (403, "AuthorizationFailed")
    for part in ("object id 'me'", "'Microsoft.Logic/workflows/read'", "'/subscriptions/s'"):
        assert part in error["message"]


@pytest.mark.parametrize("error", [refusals.no_token(), refusals.invalid_token(), refusals.expired_token()])
def test_who_is_not_signed_in_is_told_how(error: refusals.ArmRefusalError) -> None:
    reply = error.reply()
    assert reply.status == 401
    assert dict(reply.headers)["WWW-Authenticate"].startswith("Bearer")


def test_insights_writes_in_capitals_without_a_wrapper_as_recorded() -> None:
    text = "The start time cannot be more than 90 days in the past."
    assert refusals.bad_request(text, pascal=True).body == recorded(
        "activity-log-400-older-than-90-days.json"
    )


def test_no_lifecycle_policy_is_said_as_recorded() -> None:
    ours = refusals.no_lifecycle_policy("cli000002")
    assert (ours.status, ours.body) == (404, recorded("storage-management-policy-404.json"))
