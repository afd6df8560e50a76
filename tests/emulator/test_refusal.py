"""How the org says no: the status that goes with a code."""

import pytest

from sfharden.emulator.refusal import RefusalError


@pytest.mark.parametrize(
    ("code", "status"),
    [("INVALID_SESSION_ID", 401), ("REQUEST_LIMIT_EXCEEDED", 403), ("NOT_FOUND", 404), ("MALFORMED_QUERY", 400), ("ANYTHING_ELSE", 400)],
)  # fmt: skip
def test_each_code_has_its_status(code: str, status: int) -> None:
    error = RefusalError(code, "a message")
    assert (error.status, error.code, error.message, str(error)) == (status, code, "a message", "a message")
