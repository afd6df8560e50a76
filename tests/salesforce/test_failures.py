"""Each status and code becomes one error, and no text of the org's comes with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError, AuthError, DeniedError, LimitError, OrgError, UnreachableError
from sfharden.salesforce.failures import clean_code, error_code, failure


def listed(code: object) -> bytes:
    return json.dumps([{"message": "Session for 00Dxx!secret", "errorCode": code}]).encode()


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "INVALID_SESSION_ID", AuthError),
        (401, "", AuthError),
        (403, "REQUEST_LIMIT_EXCEEDED", LimitError),
        (403, "INSUFFICIENT_ACCESS", DeniedError),
        (403, "API_DISABLED_FOR_ORG", DeniedError),
        (403, "", DeniedError),
        (403, "SOMETHING_NEW", DeniedError),
        (400, "INVALID_FIELD", DeniedError),
        (400, "INVALID_TYPE", DeniedError),
        (400, "MALFORMED_QUERY", DeniedError),
        (400, "QUERY_TIMEOUT", UnreachableError),
        (400, "INVALID_QUERY_LOCATOR", AnswerError),
        (400, "LOGIN_DURING_RESTRICTED_DOMAIN", AuthError),
        (404, "NOT_FOUND", DeniedError),
        (410, "UNSUPPORTED_API_VERSION", DeniedError),
        (414, "", AnswerError),
        (431, "", AnswerError),
        (429, "", LimitError),
        (420, "", UnreachableError),
        (500, "UNKNOWN_EXCEPTION", UnreachableError),
        (503, "SERVER_UNAVAILABLE", UnreachableError),
        (302, "", AnswerError),
        (418, "", AnswerError),
    ],
)
def test_one_error_for_each(status: int, code: str, kind: type[OrgError]) -> None:
    error = failure(status, code, "Reading")
    assert type(error) is kind
    assert (code or f"HTTP {status}") in error.message


def test_a_refusal_always_has_a_code() -> None:
    for status, code, told in [(403, "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS"), (404, "", "HTTP_404")]:
        error = failure(status, code, "Reading")
        assert isinstance(error, DeniedError)
        assert error.code == told


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (listed("INVALID_FIELD"), "INVALID_FIELD"),
        (b'{"errorCode": "NOT_FOUND"}', "NOT_FOUND"),
        (b'{"error": "invalid_grant"}', ""),
        (listed("00Dxx0000000001!secret"), ""),
        (listed("session 00D"), ""),
        (listed(17), ""),
        (listed(None), ""),
        (b"[]", ""),
        (b"[[]]", ""),
        (b'"x"', ""),
        (b"null", ""),
        (b"<html>", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_codes_are_read_from_any_junk(body: bytes, code: str) -> None:
    assert error_code(body) == code


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    assert error_code(body) == ""


@pytest.mark.parametrize(
    ("told", "code"),
    [("sf:INVALID_TYPE", "INVALID_TYPE"), (" soapenv:Client ", ""), ("a b:INVALID_TYPE\n", "INVALID_TYPE")],
)
def test_a_fault_code_loses_its_prefix(told: str, code: str) -> None:
    assert clean_code(told) == code
