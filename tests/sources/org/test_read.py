"""A whole reading of an org: users who are gone, versions, budgets, sessions that end, values."""

from contextlib import suppress
from functools import cache

import pytest

from sfharden.emulator.generate import healthy_org
from sfharden.emulator.http.faults import Fault, FaultKind
from sfharden.emulator.http.server import serve
from sfharden.emulator.state import DemoOrg
from sfharden.errors import AuthError, DeniedError, LimitError
from sfharden.model import kinds
from sfharden.model import org as tables
from sfharden.model.snapshot import Snapshot
from sfharden.sources.org.read import read_org
from sfharden.web.meter import CallMeter
from tests.orgs.reading import EVERYTHING, NOW, TOKENS, Event, connected, read, read_once
from tests.orgs.served import org_of
from tests.orgs.sized import sized_org

ALL_TABLES = tables.PARTS


def gaps_of_tables(snapshot: Snapshot) -> set[str]:
    return {gap.kind for gap in snapshot.gaps if gap.kind in ALL_TABLES}


def test_a_healthy_org_is_read_without_a_gap() -> None:
    org = healthy_org(NOW)
    snapshot = read_once(org).snapshot
    found = org_of(snapshot)
    assert snapshot.gaps == ()
    assert found.caller is not None
    assert found.caller.username == "auditor@acme.example"
    assert found.organization is not None
    assert (found.organization.id, found.organization.is_sandbox) == (org.id, True)
    assert (snapshot.source.org_id, snapshot.source.api_version) == (org.id, "68.0")
    assert {one.username for one in found.users or ()} == {one.username for one in org.users}
    assert {one.api_name for one in found.profiles or ()} == {one.full_name for one in org.profiles}
    assert len(found.app_access or ()) == len(org.entity_access)
    assert len(found.sessions or ()) == len(org.auth_sessions)
    assert {"OauthToken", "User", "LoginHistory", "metadata"} <= set(found.read_at)


def test_the_same_org_gives_the_same_snapshot() -> None:
    one, other = (read_once(healthy_org(NOW)).snapshot for _ in range(2))
    assert one.components == other.components
    assert org_of(one) == org_of(other)


def test_a_look_up_of_many_users_is_split_to_fit_an_address() -> None:
    org = sized_org(NOW, profiles=3, apps=1, users=700, tokens=700)
    for user in org.users[:700]:
        user.is_active = False
    with serve(org) as server:
        found = org_of(read(server, wanted=TOKENS).snapshot)
        longest = max(len(one.target) for one in server.requests)
    assert sum(not one.active for one in found.users or ()) == 700
    assert longest < 16_384


class Watching:
    """A watcher who notes what is told; more than one thread tells."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.rows: dict[str, int] = {}

    def begun(self, part: str) -> None:
        self.told.append(("begun", part))

    def counted(self, part: str, rows: int) -> None:
        self.rows[part] = rows

    def ended(self, part: str) -> None:
        self.told.append(("ended", part))


@pytest.mark.parametrize("faults", [[], [Fault(FaultKind.LIMIT, path="query")], [Fault(FaultKind.SESSION)]])
def test_who_watches_is_told_of_each_part_that_it_began_and_ended(faults: list[Fault]) -> None:
    watching = Watching()
    with serve(healthy_org(NOW)) as server, connected(server) as connection:
        server.faults = faults
        with suppress(AuthError):
            read_org(connection, EVERYTHING, "0", watching)
    begun = [part for what, part in watching.told if what == "begun"]
    assert len(begun) == len(set(begun)) > 15
    assert sorted(begun) == sorted(part for what, part in watching.told if what == "ended")
    for part in begun:
        assert watching.told.index(("begun", part)) < watching.told.index(("ended", part))
        assert part[0].isupper()
    if not faults:
        assert {"Metadata", "OAuth tokens"} <= watching.rows.keys()  # logins are told in hundreds
        assert all(watching.rows.values())


# Versions, budgets, sessions that end.


@pytest.mark.parametrize(
    ("versions", "used"),
    [(("62.0",), "62.0"), (("60.0", "61.0", "62.0", "63.0"), "63.0"), (("67.0", "75.0"), "67.0")],
)
def test_the_highest_version_of_both_is_used(versions: tuple[str, ...], used: str) -> None:
    org = healthy_org(NOW)
    org.versions = versions
    snapshot = read_once(org).snapshot
    assert snapshot.source.api_version == used
    assert snapshot.gaps == ()


@pytest.mark.parametrize("versions", [("60.0",), ("59.0", "61.0"), ("70.0",), ()])
def test_no_version_of_both_is_no_verdict(versions: tuple[str, ...]) -> None:
    org = healthy_org(NOW)
    org.versions = versions
    with pytest.raises(DeniedError, match="no API version"):
        read_once(org)


@cache
def calls_needed() -> int:
    with serve(healthy_org(NOW)) as server:
        read(server)
        return len(server.requests)


@pytest.mark.parametrize("share", [0.25, 0.4, 0.6, 0.8, 0.97, 1.0])
def test_a_budget_is_never_passed_and_what_it_cuts_is_a_gap(share: float) -> None:
    budget = int(calls_needed() * share)
    meter = CallMeter(budget)
    with serve(healthy_org(NOW)) as server:
        snapshot = read(server, meter=meter).snapshot
        assert len(server.requests) == meter.count().total <= budget
    assert bool(snapshot.gaps) == (share < 1)
    if snapshot.gaps:
        assert any("call budget" in gap.reason for gap in snapshot.gaps)


def test_with_nothing_left_there_is_no_verdict() -> None:
    with serve(healthy_org(NOW)) as server, pytest.raises(LimitError):
        read(server, meter=CallMeter(1))


@pytest.mark.parametrize("used", [89_995, 89_980])
def test_a_tenth_of_the_daily_calls_is_left_to_others(used: int) -> None:
    org = healthy_org(NOW)
    org.api_used = used
    snapshot = read_once(org).snapshot
    assert org.api_used <= 90_000
    assert any("left to others" in gap.reason for gap in snapshot.gaps)


def test_with_the_reserve_used_up_one_call_is_all_that_is_made() -> None:
    org = healthy_org(NOW)
    org.api_used = 99_000
    with serve(org) as server, pytest.raises(LimitError, match="left to others"):
        read(server)
    assert org.api_used - 99_000 <= 8  # those that were under way side by side


@pytest.mark.parametrize("after", range(1, 28, 2))
def test_a_session_that_ends_midway_leaves_gaps(after: int) -> None:
    org = healthy_org(NOW)
    with serve(org) as server:
        token_ = server.tokens["auditor"]
        server.faults = [Event("", lambda: org.end_session(token_), nth=after + 1)]
        try:
            snapshot = read(server).snapshot
        except AuthError:
            assert after < 9, "up to eight calls are under way, and one needs no session"
            return
    assert any("INVALID_SESSION_ID" in gap.reason for gap in snapshot.gaps)


def test_a_token_that_is_none_is_refused() -> None:
    org = healthy_org(NOW)
    org.sessions.clear()
    with pytest.raises(AuthError):
        read_once(org)


def test_one_reading_makes_few_calls() -> None:
    """As many as the goal allows, and never more side by side than the limit."""
    org: DemoOrg = sized_org(NOW, profiles=60, apps=15, users=40, tokens=600)
    with serve(org) as server:
        read(server, wanted=EVERYTHING)
        assert len(server.requests) <= 40
        assert server.max_in_flight <= 16
        assert org.leaks == []


def test_an_external_client_apps_allowlist_is_read_from_api_67_on() -> None:
    for versions, read_here in ((("66.0",), False), (("67.0",), True), (("68.0",), True)):
        org = healthy_org(NOW, external=True)
        org.versions = versions
        snapshot = read_once(org).snapshot
        found = list(snapshot.of_kind(kinds.EXTERNAL_OAUTH_SECURITY))
        assert bool(found) is read_here
        assert (kinds.EXTERNAL_OAUTH_SECURITY in org_of(snapshot).metadata_asked) is read_here
        assert not snapshot.gaps_of(kinds.EXTERNAL_OAUTH_SECURITY)
