"""Real logins decided under a proposal."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sfharden.addresses import AddressSet, address_of
from sfharden.model import org
from sfharden.model.org import Login
from sfharden.model.snapshot import Snapshot
from sfharden.simulation import replay as replay_module
from sfharden.simulation.proposal import overlay
from sfharden.simulation.replay import Replay, replay
from tests.orgs import healthy
from tests.orgs.files import token_range
from tests.orgs.metadata import APP, INTEGRATION, PROFILE, login_range, snapshot_of, xml
from tests.orgs.running import (
    ADMIN,
    ADMIN_DESK,
    DANA,
    EGRESS,
    ELSEWHERE,
    FILES,
    HARDENED,
    SVC,
    TABLES,
    USERS,
    changed,
    login,
    running,
)

LOOSE = changed(APP, ("ENFORCE", "BYPASS"))


def played(*logins: Login, before: Snapshot | None = None, proposal: dict[str, str] | None = None) -> Replay:
    first = before or running(LOOSE)
    after = overlay(first, snapshot_of(proposal if proposal is not None else {APP: FILES[APP]}))
    return replay(logins, first, after, INTEGRATION)


def test_logins_from_elsewhere_would_be_refused_once_the_app_enforces() -> None:
    found = played(login(), login(source=ELSEWHERE, times=3, days=2), login(source=ELSEWHERE, days=5))
    assert (found.successes, found.allowed) == (5, 1)
    (group,) = found.refused
    assert (group.user, group.source_ip, group.app, group.times) == (
        "svc@acme.example",
        ELSEWHERE,
        "Azure Logic Apps",
        4,
    )
    assert group.profile == "Logic Apps Integration"
    assert group.first == HARDENED + timedelta(days=2) - timedelta(hours=2)
    assert group.last == HARDENED + timedelta(days=5)
    assert "enforces them" in group.reason
    assert not group.already


def test_what_salesforce_does_by_itself_is_left_out() -> None:
    process = org.User("005PROCESS", "autoproc@00d", "", True, "AutomatedProcess", None)
    before = running(LOOSE, users=(*USERS, process))
    inside = login(process.id, "Salesforce.com IP", times=9)
    found = played(inside, login(source="Salesforce.com IP"), before=before)
    assert (found.successes, [group.user for group in found.unknown]) == (1, ["svc@acme.example"])


def test_what_the_proposal_does_not_touch_needs_no_address() -> None:
    same = {APP: LOOSE[APP]}
    found = played(login(source="Salesforce.com IP"), proposal=same)
    assert (found.allowed, found.unknown) == (1, ())


def test_failures_are_counted_and_not_decided() -> None:
    found = played(login(source=ELSEWHERE, status="Invalid Password", times=7), login(status="success"))
    assert (found.successes, found.failures, found.refused) == (0, 8, ())


@pytest.mark.parametrize("status", ["Erfolg", "成功", "success "])
def test_a_status_that_nobody_knows_may_have_got_in_and_is_told_where_it_would_be_refused(
    status: str,
) -> None:
    found = played(login(), login(source=ELSEWHERE, status=status, times=500))
    (group,) = found.unknown
    assert (group.times, "not known" in group.reason, found.failures) == (500, True, 0)
    assert not played(login(), login(status=status, times=500)).unknown  # let in as before: nothing to tell


def test_groups_come_with_the_most_logins_first() -> None:
    sources = [(ELSEWHERE, 1), ("100.64.0.9", 5), ("100.64.0.8", 5)]
    found = played(*(login(source=source, times=times) for source, times in sources))
    assert [group.source_ip for group in found.refused] == ["100.64.0.8", "100.64.0.9", ELSEWHERE]


def test_what_the_proposal_does_not_touch_goes_on_or_is_marked() -> None:
    foreign = login(ADMIN, ELSEWHERE, app="Some CLI")  # its policy can't be read
    outside = login(ADMIN, ELSEWHERE, subtype="UsernamePasswordUiLogin", app="Browser")
    found = played(foreign, outside)
    assert found.unknown == ()
    (group,) = found.refused
    assert group.app == "Browser"
    assert group.already


def test_a_changed_profile_makes_an_unknown_policy_matter() -> None:
    narrower = {"profiles/Admin.profile": xml("Profile", login_range("203.0.113.1", "203.0.113.1"))}
    uncontrolled = running(changed("settings/ConnectedApp.settings", ("true", "false")))
    logins = [login(ADMIN, source, app="Some CLI") for source in (ADMIN_DESK, "203.0.113.1")]
    found = played(*logins, before=uncontrolled, proposal=narrower)
    assert [group.source_ip for group in found.unknown] == [ADMIN_DESK]
    assert found.allowed == 1


def test_a_file_that_says_no_more_than_before_still_counts_as_touched() -> None:
    silent = FILES[APP].replace("<ipRelaxation>ENFORCE</ipRelaxation>", "")
    before = running({**FILES, APP: silent})
    assert played(login(source=ELSEWHERE), before=before, proposal={}).allowed == 1
    rewritten = {APP: silent.replace("<label>", "\n<label>")}
    (group,) = played(login(source=ELSEWHERE), before=before, proposal=rewritten).unknown
    assert "IP relaxation" in group.reason


OWN = "svc@acme.example"


def test_own_logins_that_would_be_newly_refused_are_a_break() -> None:
    found = played(login(), login(source=ELSEWHERE, times=3))
    assert [(one.user, one.source_ip, one.times) for one in found.own.broken] == [(OWN, ELSEWHERE, 3)]
    assert (found.own.successes, found.own.let_in, found.others) == (4, 1, ())


def test_own_logins_that_are_refused_today_are_no_break_of_the_proposal() -> None:
    hardened = running()
    rewritten = {APP: FILES[APP].replace("<label>", "\n<label>")}
    found = played(login(source=ELSEWHERE), before=hardened, proposal=rewritten)
    assert found.own.broken == ()
    (group,) = found.others
    assert group.already


def test_refusals_of_others_are_told_and_are_no_break() -> None:
    found = played(login(DANA, ELSEWHERE, subtype="OauthRefreshToken"))
    assert (found.own.successes, found.own.broken) == (0, ())
    assert [one.user for one in found.others] == ["dana@acme.example"]


def test_named_addresses_are_expected_and_no_others() -> None:
    first = running(LOOSE)
    after = overlay(first, snapshot_of({APP: FILES[APP]}))
    logins = [login(source=ELSEWHERE), login(source="100.64.3.3")]
    found = replay(logins, first, after, INTEGRATION, expect_refused=AddressSet.of([ELSEWHERE]))
    assert [one.source_ip for one in found.own.expected] == [ELSEWHERE]
    assert [one.source_ip for one in found.own.broken] == ["100.64.3.3"]
    assert len(found.refused) == 2


def test_every_own_success_is_told_exactly_once() -> None:
    found = played(
        login(),
        login(source=ELSEWHERE),
        login(source="Salesforce.com IP"),
        login(source="100.64.9.9", days=9),
    )
    unknown = sum(one.times for one in found.unknown)
    refused = sum(one.times for one in found.refused)
    assert found.own.successes == found.own.let_in + refused + unknown == 4


def test_users_who_are_no_longer_approved_would_be_refused() -> None:
    before = running(changed(APP, ("<isAdminApproved>true", "<isAdminApproved>false")))
    found = played(login(DANA, "203.0.113.102"), before=before)
    (group,) = found.refused
    assert "not assigned" in group.reason


def test_login_hours_that_stay_as_they_are_refuse_nobody_who_got_in() -> None:
    hours = "<loginHours><mondayEnd>{}</mondayEnd><mondayStart>420</mondayStart></loginHours>"
    before = running({**LOOSE, PROFILE: FILES[PROFILE].replace("<custom>", hours.format(1140) + "<custom>")})
    assert played(login(), before=before).allowed == 1
    ranges = login_range("192.0.2.0", "192.0.2.15")
    later = {PROFILE: xml("Profile", hours.format(1200) + ranges)}
    assert [one.reason for one in played(login(), before=before, proposal=later).unknown] == [
        "The profile has login hours: outside them it's shut, and they have no time zone."
    ]


def test_addresses_of_the_integration_that_nobody_predicted() -> None:
    found = played(
        login(source="192.0.2.200", times=2), login(source=EGRESS), login(source="198.51.100.7"),
        login(DANA, ELSEWHERE, subtype="UsernamePasswordUiLogin", app="Browser"),
    )  # fmt: skip
    assert [(one.source_ip, one.times) for one in found.unpredicted] == [("192.0.2.200", 2)]


def test_a_source_that_is_no_address_cannot_be_told() -> None:
    found = played(login(source="Salesforce.com IP"), login(source=""), login(source="10.0.0.0/8"))
    assert sum(one.times for one in found.unknown) == 3


def test_a_user_that_was_not_read_cannot_be_told() -> None:
    found = played(login("005000000000009AAA", ELSEWHERE))
    assert [one.user for one in found.unknown] == ["005000000000009AAA"]


def test_an_oauth_login_of_unknown_flow_is_told_only_if_all_flows_agree() -> None:
    found = played(login(source=ELSEWHERE, subtype="OauthNew"), login(source=EGRESS, subtype="OauthNew"))
    assert [one.source_ip for one in found.refused] == [ELSEWHERE]
    assert found.allowed == 1
    relaxed = played(
        login(source=ELSEWHERE, subtype="OauthNew"),
        proposal={APP: FILES[APP].replace("ENFORCE", "ENFORCE_RELAXREFRESH")},
    )
    assert "by which OAuth flow" in relaxed.unknown[0].reason


def many(number: int) -> Iterator[Login]:
    """Logins, each from another address outside."""
    for n in range(number):
        yield org.Login(
            SVC, f"100.{64 + (n >> 16)}.{n >> 8 & 255}.{n & 255}", "Success", "Remote Access 2.0",
            "OauthRefreshToken", "Azure Logic Apps", 1, HARDENED, HARDENED,
        )  # fmt: skip


def test_groups_beyond_the_most_are_counted_and_memory_stays_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "MOST_GROUPS", 50)
    monkeypatch.setattr(replay_module, "address_of", address_of.__wrapped__)
    before = running(LOOSE)
    after = overlay(before, snapshot_of({APP: FILES[APP]}))

    def peak(number: int) -> int:
        tracemalloc.start()
        found = replay(many(number), before, after, INTEGRATION)
        assert (len(found.refused), found.successes) == (50, number)
        assert found.left_out == 2 * (number - 50)  # refused, and unpredicted
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(200)  # what is made once
    assert peak(8000) < 1.5 * peak(1000)


def test_a_login_by_a_migrated_app_is_decided_for_either_side() -> None:
    row = org.AppRow("0xI000000000001AAA", "Azure Logic Apps", "Azure_Logic_Apps", True, None)
    own = (*(TABLES.app_access or ()), org.AppAccess("0PS000000000001AAA", row.id))
    external = {path: text for path, text in healthy.EXTERNAL.items() if path not in FILES}
    before = running({**LOOSE, **external}, apps=(*(TABLES.apps or ()), row), app_access=own)
    # From elsewhere: what will be enforced on one side stays as it is on the other, which enforces, too.
    found = played(login(source=ELSEWHERE), before=before)
    assert [one.times for one in found.refused] == [1]
    loose = healthy.swapped(
        {**LOOSE, **external}, healthy.ECA_OAUTH_POLICY, ("Type>Enforce<", "Type>Bypass<")
    )
    loose = healthy.swapped(loose, healthy.ECA_SECURITY, (token_range("192.0.2.0", "192.0.2.15"), ""))
    open_side = running(loose, apps=(*(TABLES.apps or ()), row), app_access=own)
    found = played(login(source=ELSEWHERE), before=open_side)
    assert [one.reason for one in found.unknown] == [
        "The login doesn't tell by which side of the migrated app it came, and they fare differently."
    ]
