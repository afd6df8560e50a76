"""Numbers and names in words: cut after a few, counted, and never empty."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfharden.text.wording import count, day, ended, every_name, minute, shorten, show_names


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "none"),
        ([""], ""),
        (["b", "a"], "a, b"),
        (["f", "e", "d", "c", "b", "a"], "a, b, c, d, e, f"),
        (["g", "f", "e", "d", "c", "b", "a"], "a, b, c, d, e, f and 1 more"),
    ],
)
def test_names_are_sorted_cut_and_counted(names: list[str], words: str) -> None:
    assert show_names(names) == words


def test_what_must_be_done_or_kept_is_never_cut() -> None:
    assert every_name(str(number) for number in range(9, -1, -1)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"


def test_texts_keep_their_order() -> None:
    assert shorten(["b", "a"]) == "b, a"


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (0, "token", "0 tokens"),
        (1, "address", "1 address"),
        (2000, "address", "2,000 addresses"),
        (2**100, "address", "about 10^30 addresses"),
    ],
)
def test_a_number_with_its_noun(number: int, noun: str, words: str) -> None:
    assert count(number, noun) == words


def test_moments_are_told_in_utc_wherever_they_were_written() -> None:
    moment = datetime(2026, 11, 20, 1, 5, tzinfo=timezone(timedelta(hours=2)))
    assert (day(moment), minute(moment)) == ("2026-11-19", "2026-11-19 23:05 UTC")


def test_every_year_has_four_digits() -> None:
    moment = datetime(900, 1, 2, 3, 4, tzinfo=UTC)
    assert (day(moment), minute(moment)) == ("0900-01-02", "0900-01-02 03:04 UTC")


@pytest.mark.parametrize("text", ["It was not read.", "Did you mean 'x'?", "No!"])
def test_what_ends_a_sentence_gets_no_second_full_stop(text: str) -> None:
    assert ended(text) == text
    assert ended("it was not read") == "it was not read."
