"""Tokens on the page: apart by who manages their app, and strips that lie on one axis."""

import re
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sfharden.checks.page_tokens import AppTokens, TokenFacts
from sfharden.report.check_strips import BINS, token_page
from tests.orgs.constants import NOW

PAST = NOW - timedelta(days=100)


def app(label: str = "App", managed: bool | None = True, **changes: Any) -> AppTokens:
    told: dict[str, Any] = {"created": (PAST,), "used": (NOW,), **changes}
    return AppTokens(label, managed, told.pop("number", 1), 1, **told)


def test_apps_that_nobody_installed_stand_apart_and_first() -> None:
    page = token_page(TokenFacts((app(), app("Strange", False), app("Who knows", None)), "", NOW))
    assert [(title, [one.label for one in lines]) for title, lines in page.groups] == [
        ("Apps that nobody installed", ["Strange"]),
        ("Whether the org manages them can't be told", ["Who knows"]),
        ("Apps that the org manages", ["App"]),
    ]


def test_a_name_that_looks_like_another_is_marked() -> None:
    page = token_page(TokenFacts((app("Courier"), app("C\u043eurier", False)), "", NOW))
    assert page.groups[0][1][0].mark


def test_what_was_never_used_and_never_dated_is_said() -> None:
    ((_, (line,)),) = token_page(
        TokenFacts((app(created=(), used=(), number=3, summed=True),), "", NOW)
    ).groups
    assert (line.oldest, line.last, line.never, line.number, line.made) == ("?", "never", 3, "3+", "")


def test_no_tokens_give_no_groups() -> None:
    assert token_page(TokenFacts(gap="gone")).groups == ()


@given(st.lists(st.integers(0, 10**8).map(lambda seconds: NOW - timedelta(seconds=seconds)), max_size=30))
def test_every_moment_lies_on_the_axis(moments: list[datetime]) -> None:
    page = token_page(TokenFacts((app(created=tuple(sorted(moments)), number=len(moments)),), "", NOW))
    ((_, (line,)),) = page.groups
    places = [int(one) for one in re.findall(r"M(\d+) ", line.made)]
    assert places == sorted(set(places))
    assert all(0 <= one < 2 * BINS for one in places)
    assert bool(places) is bool(moments)
