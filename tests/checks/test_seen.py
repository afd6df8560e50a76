"""Which logins and tokens of an integration are meant, and from when on: the ground that every answer stands on."""

from datetime import timedelta
from typing import Any

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.seen import Seen, placed
from sfharden.facts.index import Index
from sfharden.facts.logins import KEPT
from sfharden.facts.values import CannotTell
from sfharden.model import org
from tests.orgs import healthy
from tests.orgs.healthy import integration
from tests.orgs.running import (
    APP_ID,
    DANA,
    ELSEWHERE,
    FILES,
    HARDENED,
    SVC,
    TABLES,
    TAKEN,
    login,
    running,
    token,
)

TWIN = org.AppRow("0H4000000000009AAA", "Azure Logic Apps", "Azure_Logic_Apps_2", False, True)


def seen(by: dict[str, Any] | None = None, **tables: Any) -> Seen:
    return Seen(
        Index(running(FILES, **tables)), integration(**{"hardened_at": HARDENED, **(by or {})}), TAKEN
    )


def test_logins_are_those_of_the_named_users_since_the_hardening() -> None:
    before, then, after = login(days=-1), login(days=0), login(days=1)
    found = seen(logins=(before, then, after, login(DANA))).logins
    assert (found.rows, found.gap) == ((then, after), "")


def test_somebody_who_was_not_read_may_have_any_login() -> None:
    found = seen({"users": ("svc@acme.example", "gone@acme.example")}).logins
    assert len(found.rows) == 2
    assert "gone@acme.example" in found.gap


@pytest.mark.parametrize(
    ("hardened", "read", "whole"),
    [
        (HARDENED, HARDENED, True),
        (HARDENED, HARDENED + timedelta(seconds=1), False),
        (TAKEN - timedelta(days=400), TAKEN - KEPT, True),
        (TAKEN - timedelta(days=400), TAKEN - KEPT + timedelta(seconds=1), False),
        (HARDENED, None, False),
    ],
)
def test_logins_must_be_read_as_far_back_as_they_count_and_are_kept(
    hardened: Any, read: Any, whole: bool
) -> None:
    found = seen({"hardened_at": hardened}, logins_since=read)
    assert (found.logins.gap == "") is whole
    if read:
        assert found.start(found.since) == max(hardened, read)


@pytest.mark.parametrize(
    ("name", "one", "meant"),
    [
        ("Azure Logic Apps", token(), True),
        ("Azure_Logic_Apps", token(), True),
        ("Azure_Logic_Apps", token(app="", label="azure  logic apps"), True),
        ("Azure Logic Apps", token(app=APP_ID[:15], label="Renamed"), True),
        ("Azure Logic Apps", token(app="", label="Another"), False),
        ("Azure_Logic_Apps", token(app=TWIN.id), True),  # a twin bears its label
        ("Nobody's App", token(app="", label="Nobody's App"), True),
        ("Nobody's App", token(), False),
    ],
)
def test_tokens_are_the_app_s_by_its_record_and_by_its_name(name: str, one: org.Token, meant: bool) -> None:
    found = seen({"app": name}, tokens=(one,), apps=(org.AppRow(APP_ID, "Azure Logic Apps", "Azure_Logic_Apps", False, True), TWIN)).tokens  # fmt: skip
    assert bool(found.rows) is meant


@pytest.mark.parametrize(
    ("by", "tables"), [({"app": "Nobody's App"}, {}), ({}, {"apps": None}), ({"app": "Azure Logic Apps"}, {"apps": (TWIN,)})]
)  # fmt: skip
def test_without_the_app_it_is_open_which_tokens_are_its_own(
    by: dict[str, Any], tables: dict[str, Any]
) -> None:
    assert "which tokens are the app's is open" in seen(by, **tables).tokens.gap


def test_the_ranges_bind_those_who_have_the_profile() -> None:
    both = {"users": ("svc@acme.example", "dana@acme.example")}
    assert seen(both).bound == {SVC}


@pytest.mark.parametrize(
    ("source", "inside", "outside", "expected"),
    [
        ("192.0.2.3", "192.0.2.0/28", "198.51.100.7", True),
        ("192.0.2.3", "198.51.100.7", None, False),
        ("192.0.2.3", None, "192.0.2.0/28", False),
        (ELSEWHERE, None, None, True),
        ("Salesforce.com IP", None, "192.0.2.0/28", False),
        ("10.0.0.0/8", None, None, False),
    ],
)
def test_a_login_is_placed_by_its_one_address(
    source: str, inside: str | None, outside: str | None, expected: bool
) -> None:
    sets = [AddressSet.of([one]) if one else None for one in (inside, outside)]
    assert placed(login(source=source), *sets) is expected


def test_an_org_that_was_read_at_the_moment_of_hardening_counts() -> None:
    assert seen({"hardened_at": TAKEN}).since == TAKEN


def test_what_was_read_before_the_hardening_shows_nothing_of_it() -> None:
    early = seen({"hardened_at": TAKEN + timedelta(seconds=1)})
    for ask in (lambda: early.since, lambda: early.logins, early.refuse_early):
        with pytest.raises(CannotTell, match="before hardened_at"):
            ask()


def test_the_tokens_of_a_migrated_app_are_those_of_both_sides() -> None:
    row = org.AppRow("0xI000000000001AAA", "Azure Logic Apps", "Azure_Logic_Apps", True, None)
    external = {path: text for path, text in healthy.EXTERNAL.items() if path not in FILES}
    theirs = token(DANA, app=row.id, label="Azure Logic Apps")
    tables = {"apps": (*(TABLES.apps or ()), row), "external_tokens": (theirs,)}
    both = Seen(Index(running({**FILES, **external}, **tables)), integration(hardened_at=HARDENED), TAKEN)
    assert (len(both.tokens.rows), both.tokens.gap) == (2, "")


def test_a_count_of_logins_says_since_when_or_nothing_where_that_is_not_known() -> None:
    assert seen(logins_since=TAKEN - timedelta(days=30)).counted_since(None).startswith(" since 20")
    assert seen(logins_since=None).counted_since(HARDENED) == ""
