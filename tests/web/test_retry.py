"""What is tried again and after which pause; and the HTTP library's errors without their text."""

import pytest
import requests
import urllib3.exceptions
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError, OrgError, UnreachableError
from sfharden.web.retry import AttemptError, RetryPolicy, interruptions, retry_after_seconds
from tests.salesforce.kit import NOW

SECRET = "https://user:hunter2@proxy.example/?token=00Dxx!secret"
POLICY = RetryPolicy()


@pytest.mark.parametrize("header", ["", "soon", "-5", "Tue, 99 Nov 2026", "٣"])
def test_an_unreadable_retry_after_asks_for_nothing(header: str) -> None:
    assert retry_after_seconds(header, NOW) == 0.0


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_bounded_on_both_sides(attempt: int, chance: float) -> None:
    policy = RetryPolicy()
    assert policy.first_wait / 2 <= policy.wait(attempt, chance) <= policy.longest_wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0), ("7", 7.0), (" 7 ", 7.0), ("9" * 50, 999_999_999.0), ("Tue, 24 Nov 2026 12:00:12 GMT", 12.0),
        ("Tue, 24 Nov 2026 12:00:12 -0000", 12.0), ("Tue, 24 Nov 2026 13:00:12 +0100", 12.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_a_pause_is_asked_for_in_seconds_or_as_a_date(header: str, seconds: float) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@given(
    st.text(max_size=40)
    | st.from_regex(r"Tue, \d{1,5} Nov \d{1,6} \d{1,2}:\d\d:\d\d [+-]?\d{1,30}", fullmatch=True)
)
def test_no_header_breaks_it(header: str) -> None:
    assert retry_after_seconds(header, NOW) >= 0.0


def test_pauses_double_up_to_the_longest() -> None:
    assert [POLICY.wait(attempt, 1.0) for attempt in (1, 2, 3, 4, 5, 50)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


def raised(fault: BaseException) -> BaseException:
    with pytest.raises((AttemptError, OrgError)) as caught, interruptions("Asking", POLICY):
        raise fault
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        (requests.exceptions.ChunkedEncodingError(SECRET), AnswerError, POLICY.attempts),
        (requests.exceptions.ContentDecodingError(SECRET), AnswerError, POLICY.attempts),
        (requests.exceptions.ReadTimeout(SECRET), UnreachableError, POLICY.attempts_after_silence),
        (requests.exceptions.ConnectTimeout(SECRET), UnreachableError, POLICY.attempts_after_silence),
        (requests.exceptions.ConnectionError(SECRET), UnreachableError, POLICY.attempts),
    ],
)
def test_what_another_attempt_may_mend(fault: Exception, kind: type[OrgError], attempts: int) -> None:
    found = raised(fault)
    assert isinstance(found, AttemptError)
    assert (type(found.error), found.attempts) == (kind, attempts)


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (requests.exceptions.SSLError(SECRET), "REQUESTS_CA_BUNDLE"),
        (requests.exceptions.ProxyError(SECRET), "HTTPS_PROXY"),
        (requests.exceptions.InvalidURL(SECRET), "proxy"),
        (urllib3.exceptions.LocationParseError(SECRET), "proxy"),
        (OSError(SECRET), "CA bundle"),
    ],
)
def test_what_no_attempt_mends_is_said_with_what_to_look_at(fault: Exception, hint: str) -> None:
    found = raised(fault)
    assert isinstance(found, UnreachableError)
    assert hint in found.hint


@pytest.mark.parametrize(
    "fault",
    [requests.exceptions.ConnectionError(SECRET), requests.exceptions.ProxyError(SECRET), OSError(SECRET)],
)
def test_nothing_of_the_library_s_text_comes_through(fault: Exception) -> None:
    found = raised(fault)
    error = found.error if isinstance(found, AttemptError) else found
    assert "hunter2" not in f"{error!r} {error} {vars(error)} {found!r}"
    assert found.__suppress_context__


def test_what_is_no_fault_of_the_wire_goes_through_as_it_is() -> None:
    with pytest.raises(KeyError), interruptions("Asking", POLICY):
        raise KeyError
