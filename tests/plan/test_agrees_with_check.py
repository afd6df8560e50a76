"""What `check` passes, `plan` doesn't change; and what fails, it mends, or says why not. On random orgs.

Each org is the hardened, untidy one with a few things let go of, in any combination. What a plan says of the controls is
held against what `check` says once its package was deployed to the embedded org.
"""

import random
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.sax.saxutils import escape

import pytest

from sfharden.addresses import AddressSet
from sfharden.checks.planned import PLANNED_CHECKS, judge_planned
from sfharden.checks.policy import Policy
from sfharden.emulator.backend import DeployJob
from sfharden.emulator.deploy import run as deploy
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import EGRESS, INTEGRATION_USER, OPERATOR, healthy_org
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import permission_set_xml
from sfharden.emulator.untidy import COLLEAGUE
from sfharden.errors import NoVerdictError
from sfharden.model.integration import Egress, Integration, Waiver
from sfharden.model.planned import ControlStanding, Judged
from sfharden.model.results import Status
from sfharden.plan.draft import encoded_name
from sfharden.plan.make import Material, changed_files, draw_up, explained, waiting, with_waivers
from sfharden.plan.package import package_files
from sfharden.plan.planner import Options, PlanResult
from sfharden.simulation.proposal import overlay
from sfharden.sources.metadata_files import raw_from_retrieve, with_files
from sfharden.sources.org.wanted import Wanted
from tests.emulator.kit import zipped
from tests.orgs.constants import INTEGRATION as INTEGRATION_OF_FILES
from tests.orgs.constants import NOW, PROFILE_NAME
from tests.orgs.files import APP, PROFILE, SECURITY
from tests.orgs.files import CONNECTED as CONNECTED_FILES
from tests.orgs.files import ECA_OAUTH_POLICY as POLICY
from tests.orgs.files import EXTERNAL as EXTERNAL_FILES
from tests.orgs.judging import control, policy_of, shipped
from tests.orgs.served import EXTERNAL, INTEGRATION, read_once
from tests.orgs.unhardened import (
    OF_A_CONNECTED_APP,
    OF_AN_EXTERNAL_APP,
    OF_THE_ORG,
    WAY_IN,
    Change,
    edit,
    ranges_of,
    says,
)

from .kit import Files

SEEDS = range(40)
NAMES = (
    "Sync",
    "Sync, Nightly",
    "R&D <core>",
    "100% (it's)",
    "Ventes/Région",
    "営業 部",
    "System  Sync",
    "a.b",
    ",",
)
OWN = "<profileName>Logic Apps Integration</profileName>"
ECA_END = "</ExtlClntAppOauthConfigurablePolicies>"
PLANNED_IDS = {one.id for policy in shipped() for one in policy.controls if one.check in PLANNED_CHECKS}


# What is untidy, and what is wrong ----------------------------------------------------------------


def assigned_by_the_users_own_set(org: DemoOrg) -> None:
    """By a permission set that only the integration's user holds, in place of the profile."""
    org.metadata["permissionsets/Sync.permissionset"] = permission_set_xml("Sync", {"ViewHealthCheck"})
    edit(APP, OWN, "<permissionSetName>Sync</permissionSetName>")(org)
    user, held = org.user(INTEGRATION_USER), org.permission_set("Sync")
    assert user is not None
    assert held is not None
    org.assign(user, held)


def assigned_by_profile_and_the_users_own_set(org: DemoOrg) -> None:
    assigned_by_the_users_own_set(org)
    edit(
        APP,
        "<permissionSetName>Sync</permissionSetName>",
        f"<permissionSetName>Sync</permissionSetName>{OWN}",
    )(org)


def runs_as_somebody(org: DemoOrg) -> None:
    """By client credentials, as a user who isn't the integration's: what the app's limits are worth can't be told."""
    flow = "<isClientCredentialEnabled>true</isClientCredentialEnabled>"
    user = f"<oauthClientCredentialUser>{COLLEAGUE}</oauthClientCredentialUser>"
    edit(APP, "</oauthConfig>", f"{flow}{user}</oauthConfig>")(org)


def idle_limit_of_the_developer(org: DemoOrg) -> None:
    says(APP, "refreshTokenPolicy", "infinite")(org)
    edit(APP, "<oauthConfig>", "<oauthConfig><isEnforceRefreshTokenTTL>true</isEnforceRefreshTokenTTL>")(org)


def the_record_says_otherwise(org: DemoOrg) -> None:
    for app in org.connected_apps:
        app.admin_approved_only = False


HALVES = (("203.0.113.8", "203.0.113.15"), ("203.0.113.0", "203.0.113.7"), WAY_IN, WAY_IN)
OVERLAPS = (("203.0.113.0", "203.0.113.11"), WAY_IN, ("203.0.113.5", "203.0.113.15"))
TOLERATED = (EGRESS, WAY_IN, ("203.0.113.100", "203.0.113.150"))

# Others than a plan would write, and as good; of any app, of a connected app (False), of an external client app (True).
AS_GOOD: tuple[Change, ...] = (
    ranges_of(PROFILE, *HALVES),
    ranges_of(PROFILE, *OVERLAPS),
    ranges_of(PROFILE, *TOLERATED),
)
APPS_AS_GOOD: dict[bool, tuple[Change, ...]] = {
    False: (
        assigned_by_the_users_own_set,
        assigned_by_profile_and_the_users_own_set,
        idle_limit_of_the_developer,
        says(APP, "refreshTokenPolicy", "specific_lifetime:60:DAYS"),
        edit(APP, OWN, f"{OWN}<profileName>System Administrator</profileName>"),
    ),
    True: (
        edit(
            POLICY,
            ECA_END,
            f"<commaSeparatedProfile>System Administrator,Logic Apps Integration</commaSeparatedProfile>{ECA_END}",
        ),
        says(POLICY, "refreshTokenValidityPeriod", "60"),
    ),
}
WORSE: tuple[Change, ...] = (
    ranges_of(PROFILE),
    says(SECURITY, "enforceIpRangesEveryRequest", "false"),
    *(one.change for one in OF_THE_ORG if one.control in PLANNED_IDS),
)
APPS_WORSE: dict[bool, tuple[Change, ...]] = {
    False: (
        the_record_says_otherwise,
        runs_as_somebody,
        says(APP, "isAdminApproved", "false"),
        *(one.change for one in OF_A_CONNECTED_APP if one.control in PLANNED_IDS),
    ),
    True: (
        says(POLICY, "permittedUsersPolicyType", "AllSelfAuthorized"),
        *(one.change for one in OF_AN_EXTERNAL_APP if one.control in PLANNED_IDS),
    ),
}


class Case(NamedTuple):
    """An org and what is asked of it."""

    org: DemoOrg
    integrations: tuple[Integration, ...]
    policies: tuple[Policy, ...]
    waivers: tuple[Waiver, ...]


def case(seed: int) -> Case:
    """A random one; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    external = chance.random() < 0.4
    org = healthy_org(NOW, external=external)
    good, worse = (*AS_GOOD, *APPS_AS_GOOD[external]), (*WORSE, *APPS_WORSE[external])
    changes = chance.sample(good, chance.randint(0, 2)) + chance.sample(worse, chance.choice([0, 0, 1, 2, 4]))
    for change in changes:
        with suppress(AssertionError):  # what it would change may be gone by an earlier one
            change(org)
    name = chance.choice([PROFILE_NAME, PROFILE_NAME, *NAMES])
    if name != PROFILE_NAME:
        renamed_there(org, name)
    integrations = tuple(one.model_copy(update={"profile": name}) for one in asked(chance))
    return Case(org, integrations, policies(chance), tuple(waived(chance)))


def renamed_there(org: DemoOrg, name: str) -> None:
    """The integration's profile under another name: the file, the users' profile, and wherever an app names it.

    A list with commas can't hold a name with one, so there stands the record's id.
    """
    old = org.profile(PROFILE_NAME)
    assert old is not None
    org.metadata[f"profiles/{encoded_name(name)}.profile"] = org.metadata[PROFILE]
    sync(org)
    new = org.profile(name)
    assert new is not None
    for folder, written in (
        ("connectedApps/", name),
        ("extlClntAppOauthPolicies/", new.id if "," in name else name),
    ):
        for path in [one for one in org.metadata if one.startswith(folder)]:
            org.metadata[path] = org.metadata[path].replace(PROFILE_NAME.encode(), escape(written).encode())
    for user in org.users:
        user.profile_id = new.id if user.profile_id == old.id else user.profile_id
    org.metadata[PROFILE] = b""
    sync(org)


def asked(chance: random.Random) -> tuple[Integration, ...]:
    """One integration, or two: of another app, or of the same; always of the same profile."""
    second = INTEGRATION.model_copy(
        update={
            "name": "billing",
            "egress": Egress(addresses=AddressSet.of(["203.0.113.4-203.0.113.9"])),
            "operator_ranges": AddressSet.of([OPERATOR]),
        }
    )
    return chance.choice([(INTEGRATION,), (EXTERNAL,), (INTEGRATION, EXTERNAL), (INTEGRATION, second)])


def policies(chance: random.Random) -> tuple[Policy, ...]:
    """The shipped ones, or one with other tolerances."""
    other = policy_of(
        control("login-ranges-bounded", surplus_addresses=chance.choice([0, 5, 70_000])),
        control("app-refresh-token-bounded", most_days=chance.choice([7, 45, 400])),
    )
    return chance.choice([shipped(), shipped(), (other,)])


def waived(chance: random.Random) -> Iterable[Waiver]:
    """Sometimes a planned control is waived."""
    for name in chance.sample(sorted(PLANNED_IDS), chance.choice([0, 0, 0, 1, 2])):
        yield Waiver(
            control=name,
            subject="*",
            reason="a partner",
            owner="ann",
            expires=date(2027, 1, 31),
            status="fail",
        )


# What must hold -----------------------------------------------------------------------------------


def judged(case: Case) -> tuple[Material, Judged]:
    reading = read_once(case.org, wanted=Wanted(tokens=False))
    found = judge_planned(reading.snapshot, case.policies, case.integrations, case.waivers, NOW)
    return Material(
        reading.snapshot, lambda wanted: raw_from_retrieve(reading.zip_bytes, wanted), with_files
    ), found


def open_ones(found: Judged) -> list[ControlStanding]:
    return [one for one in found.standings if not one.is_accepted]


def plan_of(case: Case, material: Material, before: Judged) -> PlanResult:
    """As the command makes it."""
    outcome = draw_up(material, case.integrations, Options(), before)
    after = overlay(material.snapshot, changed_files(outcome))
    then = judge_planned(after, case.policies, case.integrations, case.waivers, NOW)
    return explained(
        with_waivers(outcome.planned, before), before, then, waiting(material.snapshot, case.integrations)
    )


def deployed(case: Case, plan: PlanResult) -> None:
    job = DeployJob(0, False, zipped(package_files(plan)), {}, case.org.users[0].id)
    result = deploy.run(case.org, job)
    assert result["success"], result
    sync(case.org)


def explains(plan: PlanResult, one: ControlStanding) -> bool:
    said = "\n".join((*plan.plan.conditions, *plan.plan.manual, *plan.plan.lockouts))
    return one.control in said


@pytest.mark.parametrize("seed", SEEDS)
def test_it_changes_what_fails_and_nothing_else_or_says_why_not(
    seed: int,
) -> None:
    asked = case(seed)
    material, before = judged(asked)
    try:
        plan = plan_of(asked, material, before)
    except NoVerdictError as refused:
        plan = None
        why = refused.message
    if plan is None:
        assert open_ones(before), f"nothing is wrong, and the plan refuses: {why}"
        return
    changes = plan.plan.changes
    if not open_ones(before):
        assert changes == ()
        return
    assert changes or plan.plan.conditions or plan.plan.manual  # something is wrong: it isn't silent
    if changes:
        deployed(asked, plan)
    _, after = judged(asked)
    unknown = {one.key for one in before.open_unknowns()}
    for one in after.standings:
        if one in set(after.findings()) or (one in set(after.open_unknowns()) and one.key in unknown):
            assert explains(plan, one), (one, changes, plan.plan.manual, plan.plan.conditions)
    # No control that passed comes out otherwise, and planning again finds nothing more to do.
    was = {(one.control, one.integration): one.status for one in before.standings}
    for one in after.standings:
        if was[one.control, one.integration] is Status.PASS:
            assert one.status is Status.PASS, one
    material, then = judged(asked)
    assert plan_of(asked, material, then).plan.changes == ()


def test_the_cases_are_of_every_kind() -> None:
    """What the property is asked of: nothing wrong, all mended, some not; with waivers and without."""
    kinds = set()
    for seed in SEEDS:
        asked = case(seed)
        _, found = judged(asked)
        kinds.add(
            (bool(open_ones(found)), any(one.waived for one in found.standings), len(asked.integrations))
        )
    assert {one[0] for one in kinds} == {True, False}
    assert {one[1] for one in kinds} == {True, False}
    assert {one[2] for one in kinds} == {1, 2}


# Names, and files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize("assigned", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_of_files_whatever_the_profile_s_name_holds(name: str, assigned: bool, external: bool) -> None:
    files = renamed(EXTERNAL_FILES if external else CONNECTED_FILES, name, assigned=assigned)
    asked = INTEGRATION_OF_FILES.model_copy(update={"profile": name})
    material = Files(files).material()
    before = judge_planned(material.snapshot, shipped(), [asked], (), NOW)
    outcome = draw_up(material, [asked], Options(), before)
    then = judge_planned(outcome.after, shipped(), [asked], (), NOW)
    plan = explained(outcome.planned, before, then, ())
    assert (plan.plan.changes == ()) or open_ones(before)
    if not open_ones(before):
        assert not plan.plan.conditions
    assert all(explains(plan, one) for one in then.findings())
    if not assigned and "," not in name:
        assert {one.setting for one in plan.plan.changes} == {"assigned profiles"}
        assert not open_ones(then)


def renamed(files: Mapping[str, str], name: str, *, assigned: bool) -> dict[str, bytes]:
    """The healthy files with another name for the integration's profile, in the app's list or not."""
    path = PurePosixPath(PROFILE)
    profile = str(path.with_name(f"{encoded_name(name)}{path.suffix}"))
    found = {profile if one == PROFILE else one: text for one, text in files.items()}
    for one in (APP, POLICY):
        if one in found:
            text = found[one].replace(">Logic Apps Integration<", f">{escape(name)}<")
            if not assigned:
                text = re.sub(r"<(profileName|commaSeparatedProfile)>.*?</\1>\s*", "", text)
            found[one] = text
    return {one: text.encode() for one, text in found.items()}


def test_a_surplus_that_another_integration_of_the_profile_needs_is_none() -> None:
    """Two integrations share a profile and call from far apart: what is planned for both passes for both."""
    far = (
        Egress(addresses=AddressSet.of(["192.0.2.0/28"])),
        Egress(addresses=AddressSet.of(["203.0.112.0/22"])),
    )
    first, second = (
        INTEGRATION_OF_FILES.model_copy(update={"name": name, "egress": egress})
        for name, egress in zip(("first", "second"), far, strict=True)
    )
    material = Files({path: text.encode() for path, text in CONNECTED_FILES.items()}).material()
    before = judge_planned(material.snapshot, shipped(), [first, second], (), NOW)
    outcome = draw_up(material, [first, second], Options(), before)
    assert [one.setting for one in outcome.planned.plan.changes] == ["login ranges"]
    assert "login-ranges-bounded" not in "".join(outcome.planned.plan.conditions)
    then = judge_planned(outcome.after, shipped(), [first, second], (), NOW)
    assert not open_ones(then)


def test_two_profiles_that_share_an_app_pass_once_both_are_assigned() -> None:
    files = {path: text.encode() for path, text in CONNECTED_FILES.items()}
    files[str(PurePosixPath(PROFILE).with_name("Second.profile"))] = files[PROFILE]
    both = [
        INTEGRATION_OF_FILES,
        INTEGRATION_OF_FILES.model_copy(update={"name": "two", "profile": "Second"}),
    ]
    material = Files(files).material()
    before = judge_planned(material.snapshot, shipped(), both, (), NOW)
    outcome = draw_up(material, both, Options(), before)
    assert [one.setting for one in outcome.planned.plan.changes] == ["assigned profiles"]
    assert not open_ones(judge_planned(outcome.after, shipped(), both, (), NOW))
