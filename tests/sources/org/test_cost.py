"""What reading costs: few calls on the reference org, whatever external client apps it has; and what is told of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.errors import LimitError
from sfharden.facts.one_by_one import MOST_ASKED, ForVerdicts
from sfharden.salesforce.rest import OrgClient
from sfharden.sources.org.cost import NOT_COUNTED, CallLine, Counts, calls_of, count_org
from sfharden.sources.org.read import OrgReading
from sfharden.sources.org.wanted import Wanted
from tests.orgs.constants import NOW
from tests.orgs.served import EVERYTHING, connected, read
from tests.orgs.sized import sized_org

CHECK = replace(EVERYTHING, one_by_one=ForVerdicts())


def cost(org: DemoOrg, wanted: Wanted = CHECK) -> tuple[int, int, OrgReading]:
    """How many calls a reading takes, how many of them for single tokens of external client apps, and what it gave."""
    with serve(org) as server:
        reading = read(server, wanted=wanted)
        singly = sum("oauth/usage" in one.target and "/tokens" in one.target for one in server.requests)
        return len(server.requests), singly, reading


@pytest.mark.parametrize("hidden", [False, True])
def test_the_reference_org_with_external_client_apps(hidden: bool) -> None:
    """500 profiles, 15 apps, 200 users, 6,000 tokens, and 5 external client apps that everybody uses."""
    calls, singly, reading = cost(sized_org(NOW, external=5, hidden=hidden, polls=3))
    assert calls <= 61  # one of them lists the apps' allowlists
    assert singly == 0
    tables = reading.snapshot.org
    assert tables is not None
    assert reading.snapshot.gaps == ()
    users = len(tables.users or ())
    seen = {(one.app_id, one.user_id) for one in (*(tables.tokens or ()), *(tables.external_tokens or ()))}
    clients = {one.id for one in tables.apps or () if one.external}
    assert len([pair for pair in seen if pair[0] in clients]) >= 5 * (users - 1), "nobody's is lost"
    assert bool(tables.external_tokens) is hidden


@pytest.mark.parametrize("hidden", [False, True])
def test_many_users_cost_one_call_for_a_hundred_of_them(hidden: bool) -> None:
    org = sized_org(NOW, profiles=20, users=1500, tokens=1000, external=5, hidden=hidden, polls=3)
    calls, _, _ = cost(org)
    assert calls <= 60 + 5 * len(org.users) // 100


def test_a_token_that_only_the_usage_list_shows_is_found() -> None:
    org = sized_org(NOW, profiles=5, apps=2, users=9, tokens=50, external=1, hidden=True)
    _, _, reading = cost(org)
    tables = reading.snapshot.org
    assert tables is not None
    found = {(one.app_id, one.user_id) for one in tables.external_tokens or ()}
    assert found == {(one.application_id, one.user_id) for one in org.tokens if one.app_menu_item_id is None}
    assert len(found) >= 9


def test_a_few_on_which_a_verdict_hinges_are_asked_singly() -> None:
    org = sized_org(NOW, profiles=5, apps=2, users=3, tokens=50, external=1, hidden=True)
    calls, singly, reading = cost(org)
    assert 0 < singly <= MOST_ASKED
    tables = reading.snapshot.org
    assert tables is not None
    old = NOW - timedelta(days=90)
    assert not [
        one for one in tables.external_tokens or () if one.summed and one.created and one.created < old
    ]
    assert calls <= 60


# What is told before.


def test_least_and_most_of_what_was_counted() -> None:
    counts = Counts(users=20_000, tokens=6_000, sets=4_100, assignments=0, logins=10_000, apps=5)
    told = {line.call: line for line in calls_of(CHECK, counts)}
    assert (told["query User"].least, told["query User"].most) == (10, 10)
    assert (told["describe, query PermissionSet"].least, told["query PermissionSetAssignment"].least) == (
        4,
        1,
    )
    assert told["GET apps/oauth/usage"].least == 6
    assert told["GET apps/oauth/usage"].most == 1 + 5 * 201
    assert told["query OauthToken"].least == 14
    assert all(line.most is None or line.most >= line.least for line in told.values())


@pytest.mark.parametrize("hidden", [False, True])
def test_an_estimate_holds(hidden: bool) -> None:
    org = sized_org(NOW, profiles=30, users=300, tokens=4000, external=3, logins=9000, hidden=hidden)
    counts = Counts(len(org.users), len(org.tokens), 35, 0, 9000, 3)
    lines = list(calls_of(CHECK, counts))
    calls, singly, _ = cost(org)
    assert sum(line.least for line in lines) <= calls - singly
    assert calls - singly <= sum(max(line.least, line.most or 0) for line in lines)


def test_only_what_is_wanted_is_told() -> None:
    whole = {line.call for line in calls_of(CHECK, NOT_COUNTED)}
    poor = {line.call for line in calls_of(Wanted(metadata=False, tokens=False))}
    assert {"listMetadata", "query OauthToken", "GET apps/oauth/usage tokens"} <= whole
    assert not {"listMetadata", "query OauthToken", "query LoginHistory", "query AppMenuItem"} & poor


def test_it_says_whether_what_revokes_is_asked_for() -> None:
    for secrets, words in ((False, "not what revokes them"), (True, "and what revokes each")):
        (line,) = (one for one in calls_of(Wanted(secrets=secrets)) if one.call == "query OauthToken")
        assert words in line.purpose


def line(call: str, counts: Counts = NOT_COUNTED, wanted: Wanted = EVERYTHING) -> CallLine:
    (found,) = (one for one in calls_of(wanted, counts) if one.call == call)
    return found


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


def test_event_logs_cost_calls_only_where_they_are_wanted() -> None:
    wanted = Wanted(metadata=False, tokens=False, events_since=NOW)
    told = {line.call for line in calls_of(wanted)} - {
        line.call for line in calls_of(replace(wanted, events_since=None))
    }
    assert told == {
        "describe ApiTotalUsageEventLog, LoginEventLog",
        "query these",
        "query EventLogFile",
        "GET EventLogFile/…/LogFile",
    }
