"""Times in the forms of the logs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.sources.events.times import event_time, in_form, is_orderly, pattern_of
from tests.sources.events.kit import AT


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2026-11-27T00:05:12.123Z", False),
        ("2026-11-27T00:05:12.123+0000", False),
        ("20261127000512.123", False),
        ("11/26/2026 4:05:12.123 PM PST", False),
        ("11/27/2026, 12:05:12.123 AM", True),
        ("2026-11-27 00:05:12.123", True),
    ],
)
def test_every_form_is_one_time(text: str, in_utc: bool) -> None:
    assert event_time(text, in_utc=in_utc) == AT


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "11/27/2026 12:05:12 AM", "11/27/2026 12:05:12 AM CST", "27.11.2026 00:05:12", "2026-11-27T00:05:12",
        "2026-13-27T00:05:12Z", "20261399000512.123", "9999-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_leaves_it_open_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        event_time(text)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(MOMENTS, MOMENTS)
def test_of_an_orderly_form_the_earlier_text_is_the_earlier_time(one: datetime, other: datetime) -> None:
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y%m%d%H%M%S.%f"):
        texts = [f"{at:{form}}" for at in (one, other)]
        assert all(map(is_orderly, texts))
        assert [event_time(text) for text in texts] == [one, other]
        assert (texts[0] < texts[1]) == (one < other)


def test_a_form_with_another_zone_is_not_orderly() -> None:
    assert not is_orderly("2026-11-27T00:05:12-08:00")
    assert not is_orderly("11/27/2026, 12:05:12.123 AM")


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(
        [
            "2026-11-27T00:05:12.123Z",
            "2026-11-27 00:05:12+00:00",
            "2026-11-27T00:05:12.12+0000",
            "20261127000512.123",
            "20261127000512",
        ]
    ),
)
def test_a_time_written_in_a_form_is_of_that_form_and_the_same_time(at: datetime, form: str) -> None:
    text = in_form(at, form)
    assert re.fullmatch(pattern_of(form), text)
    assert timedelta(0) <= at - event_time(text) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "text", ["2026-13-27T00:05:12+00:00", "2026-11-27T00:05:12+09:00", "1999-11-27T00:05:12+00:00", "2x", ""]
)
def test_nothing_else_is_of_that_form(text: str) -> None:
    assert not re.fullmatch(pattern_of("2026-11-27T00:05:12+00:00"), text)
