"""What a plan is told of its controls: what `check` says of them, by the policies that were given."""

from datetime import date

import pytest

from sfharden.checks.planned import PLANNED_CHECKS, judge_planned
from sfharden.checks.policy import AZURE_POLICY, Policy, load_policy
from sfharden.checks.registry import CHECKS
from sfharden.errors import InputError
from sfharden.model.integration import Waiver
from sfharden.model.planned import Judged
from sfharden.model.results import Status
from sfharden.report.check_blocks import PLANNED
from tests.orgs.constants import INTEGRATION, NOW
from tests.orgs.files import APP, HEALTHY, Files, snapshot_of
from tests.orgs.judging import control, policy_of, report, shipped


def judged(files: Files, *policies: Policy, waivers: tuple[Waiver, ...] = ()) -> Judged:
    return judge_planned(snapshot_of(files), policies or shipped(), [INTEGRATION], waivers, NOW)


def test_every_planned_check_is_one_and_is_judged() -> None:
    assert set(PLANNED_CHECKS) <= set(CHECKS)
    assert {one.check for one in judged(HEALTHY).standings} == set(PLANNED_CHECKS)


@pytest.mark.parametrize("old", ["ENFORCE", "Approved>true", "specific_inactivity:30:DAYS", "no such text"])
def test_it_says_what_check_says(old: str) -> None:
    files = {**HEALTHY, APP: HEALTHY[APP].replace(old, old.replace("true", "false").replace("E", "X"))}
    told = {(one.control, one.subject.name): (one.status, one.message) for one in report(files).results}
    for one in judged(files).standings:
        assert told[one.control, one.subject] == (one.status, one.message)


def test_a_waiver_counts_as_check_counts_it() -> None:
    files = {**HEALTHY, APP: HEALTHY[APP].replace("ENFORCE", "BYPASS")}
    waiver = Waiver(
        control="app-ip-enforced", subject="Azure*", reason="r", owner="o", expires=date(2027, 1, 31)
    )
    assert judged(files, waivers=(waiver,)).leaves("app_ip_enforced", ["crm-sync"])
    late = waiver.model_copy(update={"expires": date(2026, 1, 31)})
    assert not judged(files, waivers=(late,)).accepts(["app_ip_enforced"], ["crm-sync"])


def test_the_tightest_tolerance_counts_and_what_no_policy_judges_the_shipped_ones_do() -> None:
    one = policy_of(control("login-ranges-bounded", surplus_addresses=70_000))
    found = judged(HEALTHY, one)
    assert (found.surplus_addresses, found.refresh_days) == (70_000, 90)
    assert {standing.check for standing in found.standings} == set(PLANNED_CHECKS)
    tight = control("login-ranges-bounded", surplus_addresses=5).model_copy(update={"id": "tighter"})
    assert judged(HEALTHY, one, policy_of(tight, name="other")).surplus_addresses == 5
    profiles = control("app-limited-to-integration-profile", allowed_profiles=["Standard User"])
    assert judged(HEALTHY, policy_of(profiles)).allowed_profiles == ("Standard User",)
    assert judged(HEALTHY).allowed_profiles == ("System Administrator",)


def test_a_shipped_id_for_something_else_is_no_clash_and_one_in_two_policies_is_refused_as_by_check() -> None:
    mine = control("session-timeout-bounded").model_copy(update={"id": "login-ranges-bounded"})
    mine = mine.model_copy(update={"check": "login_ranges_cover_egress", "with_": {}})
    found = judged(HEALTHY, policy_of(mine))
    assert all(one.status is Status.PASS for one in found.of("login_ranges_cover_egress", ["crm-sync"]))
    assert found.surplus_addresses == 256
    twice = policy_of(control("app-ip-enforced"), name="twice")
    with pytest.raises(InputError, match="in two policies"):
        judged(HEALTHY, policy_of(control("app-ip-enforced")), twice)


def test_the_terminal_marks_as_planned_what_a_plan_mends() -> None:
    """A new profile apart, and the permission set that its users need: they're planned where there's none, unasked."""
    ids = {one.id for policy in shipped() for one in policy.controls if one.check in PLANNED_CHECKS}
    assert {"integration-profile-dedicated", "integration-user-can-call-api"} | ids == PLANNED - {
        one.id for one in load_policy(AZURE_POLICY).controls
    }
