"""What reading an org costs: least numbers told without a call, estimates once it was counted."""

from dataclasses import replace

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from sfharden.errors import LimitError
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.cost import NOT_COUNTED, CallLine, Counts, calls_of, count_org
from sfharden.sources.org.wanted import Wanted
from tests.orgs.constants import NOW
from tests.orgs.served import EVERYTHING, connected


def line(call: str, counts: Counts = NOT_COUNTED, wanted: Wanted = EVERYTHING) -> CallLine:
    (found,) = (one for one in calls_of(wanted, counts) if one.call == call)
    return found


def test_what_is_not_wanted_costs_nothing() -> None:
    least = sum(one.least for one in calls_of(Wanted(metadata=False, tokens=False)))
    whole = sum(one.least for one in calls_of(EVERYTHING))
    assert least < whole
    told = " ".join(one.call for one in calls_of(Wanted(tokens=False)))
    assert not any(
        word in told for word in ("Oauth", "oauth", "LoginHistory", "SetupAuditTrail", "AuthSession")
    )


def test_asking_for_what_revokes_tokens_is_said() -> None:
    assert "not what revokes them" in line("query OauthToken").purpose
    assert "what revokes each" in line("query OauthToken", wanted=replace(EVERYTHING, secrets=True)).purpose


@pytest.mark.parametrize(("users", "pages"), [(0, 1), (1, 1), (2000, 1), (2001, 2), (20_000, 10)])
def test_a_page_has_2000_rows(users: int, pages: int) -> None:
    found = line("query User", Counts(users=users))
    assert (found.least, found.most) == (pages, pages)
    assert line("query User").most is None


def test_windows_of_logins_are_seldom_full() -> None:
    found = line("query LoginHistory", Counts(logins=20_000))
    assert found.most is not None
    assert found.least == 10 < found.most


@pytest.mark.parametrize(("apps", "users"), [(None, 100), (3, None)])
def test_no_estimate_without_all_that_it_rests_on(apps: int | None, users: int | None) -> None:
    assert line("GET apps/oauth/usage", Counts(apps=apps, users=users)).most is None


def test_no_line_costs_more_at_least_than_at_most() -> None:
    for counts in (Counts(0, 0, 0, 0, 0, 0), Counts(1, 1, 1, 1, 1, 1), Counts(*[10**6] * 6)):
        for one in calls_of(EVERYTHING, counts):
            assert one.most is None or 0 <= one.least <= one.most, one


def test_an_org_is_counted_with_a_call_each() -> None:
    org = healthy_org(NOW)
    with serve(org) as server, connected(server) as connection:
        found = count_org(connection.rest, EVERYTHING)
    active = sum(one.is_active for one in org.users)
    assert (found.users, found.tokens, found.apps) == (active, len(list(org.tokens)), 1)
    assert found.logins is not None


class Full(OrgClient):
    """An org whose calls are used up."""

    def __init__(self) -> None:  # no wire: nothing is sent
        self.asked = 0

    def count(self, soql: str, *, tooling: bool = False) -> int:  # noqa: ARG002 - what the client has
        self.asked += 1
        raise LimitError("used up")

    def get(self, *_: object, **__: object) -> object:
        raise LimitError("used up")


def test_what_is_not_shown_stays_uncounted() -> None:
    assert count_org(Full(), EVERYTHING) == NOT_COUNTED
    few = Full()
    count_org(few, Wanted(tokens=False))
    assert few.asked == 3  # users, permission sets, assignments
