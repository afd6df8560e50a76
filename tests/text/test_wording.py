"""Numbers and names in words: cut after a few, counted, and never empty."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from sfharden.text.wording import (
    ago,
    all_of,
    are,
    count,
    dated,
    day,
    ended,
    every_name,
    minute,
    shorten,
    show_names,
    the_whole,
)

PROGRAM = Path(__file__).resolve().parents[2] / "sfharden"


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


def test_a_day_comes_with_how_long_it_is_gone() -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert dated(datetime(2026, 8, 1, 12, tzinfo=UTC), now) == "2026-08-01 (119 d)"
    assert dated(now, now) == "2026-11-28 (today)"
    assert dated(datetime(2020, 1, 1, tzinfo=UTC), now) == "2020-01-01 (2,523 d)"


@pytest.mark.parametrize(
    ("number", "whole", "sentence"),
    [
        (1, "the one egress address", "The one egress address is"),
        (2, "both egress addresses", "Both egress addresses are"),
        (3, "all 3 egress addresses", "All 3 egress addresses are"),
        (2000, "all 2,000 egress addresses", "All 2,000 egress addresses are"),
    ],
)
def test_the_whole_of_them_is_told_as_one_says_it(number: int, whole: str, sentence: str) -> None:
    assert the_whole(number, "egress address") == whole
    assert all_of(number, "egress address") == sentence
    assert sentence.endswith(are(number))


# Numbers that are never one, each by the text that follows it.
NEVER_ONE = (
    "times in all",  # where there are more than one
    "parts read",
    " files give the app different",
    " files describe the",
    " profiles of the org are named",
    " records of apps have the API name",
    " apps are named",
    " characters more",
    " files were found",  # of one it's told why it can't be read
    " resources are called so",
    " subjects)",
    " values",  # a bound
    " calls",  # where there are more than one
    " bytes",  # of an answer, or of a bound
    " files; the rest was not read",  # a bound
)
NO_NOUNS = {"is", "was", "has", "as", "its", "this", "says", "does", "holds", "takes", "ends", "gives"}


def test_no_number_is_followed_by_a_plural_that_one_would_make_wrong() -> None:
    found = [line for path in sorted(PROGRAM.rglob("*.py")) for line in plurals_in(path.read_text("utf-8"))]
    assert found == [], "write the number with text.wording.count, or say in NEVER_ONE why it is never one"


def plurals_in(source: str) -> Iterator[str]:
    """The texts that put a number, as its form or a `len` tells, before a plural."""
    for node in ast.walk(ast.parse(source)):
        for number, text in pairwise(node.values) if isinstance(node, ast.JoinedStr) else ():
            if not isinstance(number, ast.FormattedValue) or not isinstance(text, ast.Constant):
                continue
            after = str(text.value)
            noun = re.match(r" (?:more |other )?([a-z]+s)\b", after)
            counts = number.format_spec and "," in ast.unparse(number.format_spec)
            counts = counts or ast.unparse(number.value).startswith(("len(", "sum("))
            if counts and noun and noun[1] not in NO_NOUNS and not any(one in after for one in NEVER_ONE):
                yield f"{ast.unparse(number.value)}{after}"


def test_such_a_plural_is_seen() -> None:
    assert list(plurals_in("f'{n:,} tokens came'")) == ["n tokens came"]
    assert list(plurals_in("f'{len(rows)} more users'")) == ["len(rows) more users"]
    assert not list(plurals_in("f'{count(n, \"token\")} came'"))


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


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "today"), (0, "today"), (1, "1 d ago"), (1200, "1,200 d ago")]
)
def test_an_age_is_told_in_days(days: int, said: str) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert ago(now - timedelta(days=days), now) == said
