"""Azure's no, in both shapes: the code and the missing right are told, object ids and scopes are not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.azure.refusals import ArmRefusalError, refusal, says_error
from sfharden.errors import AnswerError, AuthError, OrgError, UnreachableError

OID = "00000000-0000-4000-8000-0000000000ff"
FORBIDDEN = {
    "error": {
        "code": "AuthorizationFailed",
        "message": f"The client '{OID}' with object id '{OID}' does not have authorization to perform action "
        f"'Microsoft.Logic/workflows/read' over scope '/subscriptions/{OID}' or the scope is invalid.",
    }
}


def refused(status: int, body: Any) -> OrgError:
    return refusal(status, body if isinstance(body, bytes) else json.dumps(body).encode(), "Reading x")


def test_a_missing_right_is_told_and_whose_it_is_is_not() -> None:
    error = refused(403, FORBIDDEN)
    assert isinstance(error, ArmRefusalError)
    assert (error.code, error.action) == ("AuthorizationFailed", "Microsoft.Logic/workflows/read")
    assert "Microsoft.Logic/workflows/read" in error.hint
    assert OID not in f"{error.message}{error.hint}"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, {"error": {"code": "ManagementPolicyNotFound", "message": "x"}}, "ManagementPolicyNotFound"),
        (404, {"Code": "ResourceNotFound", "Message": "x"}, "ResourceNotFound"),
        (400, {"Code": "BadRequest", "Message": "The start time cannot be more than 90 days in the past."}, "BadRequest"),
        (409, {"error": {"code": "MissingSubscriptionRegistration", "message": "x"}}, "MissingSubscriptionRegistration"),
        (404, b"", "HTTP_404"),
        (403, b"<html>", "HTTP_403"),
        (400, {"error": {"code": "two words; and more"}}, "HTTP_400"),
        (400, {"error": {"code": 7, "message": []}}, "HTTP_400"),
        (400, [1], "HTTP_400"),
        (403, b"{" * 300_000, "HTTP_403"),
    ],
)  # fmt: skip
def test_the_code_is_kept(status: int, body: Any, code: str) -> None:
    error = refused(status, body)
    assert isinstance(error, ArmRefusalError)
    assert error.code == code
    assert error.status == status


def test_another_tenant_s_subscription_is_no_end_of_the_sign_in() -> None:
    error = refused(401, {"error": {"code": "InvalidAuthenticationTokenTenant", "message": "x"}})
    assert isinstance(error, ArmRefusalError)
    assert (error.is_elsewhere, error.is_absence) == (True, False)
    assert "another tenant's" in error.hint


def test_only_azure_itself_can_say_that_nothing_is_there() -> None:
    said, bare = refused(404, {"error": {"code": "ResourceNotFound", "message": ""}}), refused(404, b"")
    assert isinstance(said, ArmRefusalError)
    assert isinstance(bare, ArmRefusalError)
    assert (said.is_absence, bare.is_absence) == (True, False)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthError),
        (500, UnreachableError),
        (503, UnreachableError),
        (204, AnswerError),
        (202, AnswerError),
        (304, AnswerError),
    ],
)
def test_what_is_no_refusal_is_called_what_it_is(status: int, kind: type[OrgError]) -> None:
    assert type(refused(status, {"error": {"code": "X1", "message": ""}})) is kind


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"error": {"code": "TooManyRequests"}}, True),
        ({"Code": "BadRequest", "Message": "x"}, True),
        ({"id": "/x", "properties": {"code": "y"}}, False),
        ({"error": None, "value": []}, False),
        ({"value": []}, False),
        ([], False),
    ],
)
def test_an_error_may_come_with_status_200(told: Any, error: bool) -> None:
    assert says_error(told) is error


@given(st.integers(300, 599), st.binary(max_size=60))
def test_nothing_of_a_body_comes_through_unlooked_at(status: int, body: bytes) -> None:
    error = refusal(status, body + b"hunter2 00D!secret", "Reading x")
    assert "hunter2" not in f"{error.message}{error.hint}"
