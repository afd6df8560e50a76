"""Fields of records: typed values, or a refusal of what the Object Reference does not promise."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.errors import AnswerError
from sfharden.sources.org.values import (
    flag,
    moment,
    number,
    optional,
    parse_moment,
    required,
    required_moment,
)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("plain", "plain"),
        ("tab\tbell\x07c1\x9b", "tab\tbell\x07c1\x9b"),
        ("half \ud800 of one", "half \ufffd of one"),
        ("\udc00", "\ufffd"),
        ("whole \U0001f512", "whole \U0001f512"),
        ("\ud83d\udd12", "\U0001f512"),
    ],
)
def test_half_a_character_is_not_kept(raw: str, kept: str) -> None:
    """JSON can carry it, and a snapshot that must be read again can't."""
    assert required({"Name": raw}, "Name") == optional({"Name": raw}, "Name") == kept


@pytest.mark.parametrize(
    "value",
    ["", "soon", "2026-11-20T10:00:00", "2026-13-01T00:00:00.000+0000", "0001-01-01T00:00:00+14:00",
     "0900-01-01T00:00:00.000+0000", "1989-12-31T23:59:59Z", "9000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_a_date_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(AnswerError):
        parse_moment(value)


def test_dates_of_every_form_are_in_utc() -> None:
    when = datetime(2026, 11, 23, 16, 18, 23, tzinfo=UTC)
    for text in ("2026-11-23T16:18:23.000+0000", "2026-11-23T16:18:23.000Z", "2026-11-23T18:18:23+02:00"):
        assert parse_moment(text) == when


@pytest.mark.parametrize("row", [{}, {"Name": None}, {"Name": ""}, {"Name": 7}, {"Name": ["a"]}])
def test_a_text_that_must_be_there_is_there(row: dict[str, Any]) -> None:
    with pytest.raises(AnswerError, match="A record came without its Name"):
        required(row, "Name")


def test_null_is_no_text_and_a_field_that_was_not_sent_is_an_error() -> None:
    """Whoever asks for a field and gets none was not answered: that's no empty one."""
    assert optional({"Name": None}, "Name") == ""
    for row in ({}, {"Name": 0}, {"Name": False}):
        with pytest.raises(AnswerError, match="without its Name"):
            optional(row, "Name")


@pytest.mark.parametrize("value", [None, 0, 1, "true", "", []])
def test_only_true_and_false_are_flags(value: object) -> None:
    assert flag({"On": True}, "On") is True
    assert flag({"On": False}, "On") is False
    with pytest.raises(AnswerError, match="without its On"):
        flag({"On": value}, "On")


@pytest.mark.parametrize("value", [True, 1.5, "1", []])
def test_a_number_is_whole_and_no_flag(value: object) -> None:
    assert (number({"N": 3}, "N"), number({"N": None}, "N"), number({}, "N")) == (3, None, None)
    with pytest.raises(AnswerError, match="N is no number"):
        number({"N": value}, "N")


def test_a_moment_may_be_null_unless_it_must_be_there() -> None:
    row = {"At": "2026-11-23T16:18:23.000+0000"}
    assert moment(row, "At") == required_moment(row, "At") == datetime(2026, 11, 23, 16, 18, 23, tzinfo=UTC)
    assert moment({"At": None}, "At") is None
    with pytest.raises(AnswerError, match="without its At"):
        required_moment({"At": None}, "At")
    with pytest.raises(AnswerError, match="At is no date"):
        moment({"At": 1_764_000_000}, "At")


@given(st.text())
def test_whatever_is_kept_can_be_written_and_read_again(text: str) -> None:
    kept = optional({"Name": text}, "Name")
    assert kept.encode("utf-8").decode("utf-8") == kept
