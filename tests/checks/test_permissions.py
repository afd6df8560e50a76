"""Who holds which permission, by the profile or a permission set: few, and the integration none that is mighty."""

import pytest

from sfharden.checks.policy import wanted_permissions
from sfharden.emulator.derive import sync
from sfharden.emulator.generate import ADMIN_USER, INTEGRATION_USER, MINIMUM, PROFILE
from sfharden.emulator.records import User
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import profile_xml
from sfharden.model import kinds, org
from sfharden.model.org import Assignment, PermissionSetRow
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import live
from tests.orgs.constants import NOW
from tests.orgs.healthy import shipped, shown
from tests.orgs.live import granting, own_set, user

LEAST = "integration-profile-least-privilege"
EVERYWHERE = "login-ranges-everywhere"
APPROVE, ANY_CLIENT = "approve-uninstalled-apps-restricted", "use-any-api-client-restricted"


def given(one: PermissionSetRow, username: str = INTEGRATION_USER, group: str = "") -> Snapshot:
    """The healthy org in which a user has one permission set more, by itself or by its group."""
    assigned = Assignment(user(username).id, "" if group else one.id, group)
    return live.changed(
        permission_sets=(*live.table("permission_sets"), one),
        assignments=(*live.table("assignments"), assigned),
    )


def permission_set(*permissions: str, group: str = "") -> PermissionSetRow:
    return PermissionSetRow("0PSEXTRA", "Extra_Rights", "Extra rights", "", group, permissions)


def without_access_control(snapshot: Snapshot) -> Snapshot:
    (one,) = snapshot.of_kind(kinds.CONNECTED_APP_SETTINGS)
    return live.replaced(snapshot, one, values={})


# Least privilege -----------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["", "0PGGROUP"])
def test_permission_sets_and_groups_of_the_users_count(group: str) -> None:
    result = live.verdict(
        given(permission_set("ModifyAllData", "ApiEnabled", group=group), group=group), LEAST
    )
    assert result.status.value == "fail"
    assert f"{INTEGRATION_USER} holds ModifyAllData by the permission set" in result.message
    assert "'Extra rights'" in result.message


def test_permission_sets_of_others_do_not() -> None:
    assert live.status(given(permission_set("ModifyAllData"), ADMIN_USER), LEAST) == "pass"


@pytest.mark.parametrize("kind", [org.USERS, org.PERMISSION_SETS, org.ASSIGNMENTS])
def test_a_set_that_grants_too_much_fails_even_if_more_may_be_missing(kind: str) -> None:
    found = given(permission_set("ModifyAllData"))
    gap = Gap(what=kind, reason="cut off", kind=kind)
    assert live.status(found.model_copy(update={"gaps": (gap,)}), LEAST) == "fail"


def test_the_file_alone_can_fail() -> None:
    snapshot = live.without(org.ASSIGNMENTS, "assignments")
    one = live.component(kinds.PROFILE, PROFILE)
    found = live.replaced(snapshot, one, permissions={**one.permissions, "ModifyAllData": 7})
    assert live.status(found, LEAST) == "fail"


def test_a_set_that_was_not_read_can_not_be_followed() -> None:
    unread = Assignment(user(INTEGRATION_USER).id, "0PSUNREAD", "")
    result = live.verdict(live.changed(assignments=(*live.table("assignments"), unread)), LEAST)
    assert result.status.value == "unknown"


def test_a_user_whom_nobody_read_may_hold_anything() -> None:
    by = live.INTEGRATION.model_copy(update={"users": (INTEGRATION_USER, "gone@acme.example")})
    assert live.status(live.healthy(), LEAST, by) == "unknown"


def test_sets_pass_only_if_every_forbidden_permission_could_be_seen() -> None:
    harmless = given(permission_set("ApiEnabled"))
    forbidden = ["ModifyAllData", "UseAnyApiClient"]
    assert live.status(harmless, LEAST, forbidden=forbidden) == "pass"
    assert (
        live.status(harmless, LEAST, forbidden=[*forbidden, "ApproveUninstalledConnectedApps"]) == "unknown"
    )
    # Without permission sets the profile's file tells all.
    odd = [*forbidden, "ApproveUninstalledConnectedApps"]
    assert live.status(live.healthy(), LEAST, forbidden=odd) == "pass"


def without_permissions(snapshot: Snapshot, *names: str) -> Snapshot:
    """The same org without these permissions: it was asked for them, and its description doesn't list them."""
    assert snapshot.org is not None
    known = tuple(name for name in snapshot.org.permission_names if name not in names)
    return snapshot.model_copy(update={"org": snapshot.org.model_copy(update={"permission_names": known})})


@pytest.mark.parametrize("name", ["ManageSecurityCommandCenter", "ManageEncryptionKeys", "ViewEncryptedData"])
def test_a_permission_that_the_org_does_not_have_is_held_by_nobody(name: str) -> None:
    """D4. Right, since permissions are fields of PermissionSet (Object Reference): the description, which the login
    could read, lists all that the org has, so no set of it can grant one that is not listed.
    """
    result = live.verdict(without_permissions(given(permission_set("ApiEnabled")), name), LEAST)
    assert result.status.value == "pass"
    assert "permissions that the org does not have" in shown(result)  # the assumption is said


@pytest.mark.parametrize("name", ["ManageSecurityComandCenter", "NoSuchPermission"])
def test_a_misspelt_name_is_no_permission_that_the_org_lacks(name: str) -> None:
    assert live.status(given(permission_set("ApiEnabled")), LEAST, forbidden=[name]) == "unknown"


def test_a_permission_that_nobody_asked_for_may_be_held() -> None:
    harmless = without_permissions(given(permission_set("ApiEnabled")), "ManageEncryptionKeys")
    assert harmless.org is not None
    asked = tuple(one for one in harmless.org.permissions_asked if one != "ManageEncryptionKeys")
    tables = harmless.org.model_copy(update={"permissions_asked": asked})
    assert live.status(harmless.model_copy(update={"org": tables}), LEAST) == "unknown"


def test_a_permission_that_the_org_need_not_have_is_mentioned() -> None:
    harmless = given(permission_set("ApiEnabled"))
    assert harmless.org is not None
    known = tuple(name for name in harmless.org.permission_names if name != "UseAnyApiClient")
    tables = harmless.org.model_copy(update={"permission_names": known})
    gap = harmless.model_copy(update={"org": tables})
    forbidden = ["ModifyAllData", "UseAnyApiClient"]
    assert live.status(gap, LEAST, forbidden=forbidden) == "unknown"  # API Access Control is on
    result = live.verdict(without_access_control(gap), LEAST, forbidden=forbidden)
    assert result.status.value == "pass"
    assert "UseAnyApiClient" in shown(result)
    unasked = gap.model_copy(update={"org": tables.model_copy(update={"permissions_asked": known})})
    assert live.status(without_access_control(unasked), LEAST, forbidden=forbidden) == "unknown"


def test_a_permission_that_came_with_a_newer_release_is_held_by_nobody_in_an_older_one() -> None:
    """Use Any API Auth came with Summer '26 (Help 005132110). Right, since the newest API version of the org is read
    with: an org whose newest is 66.0 runs Spring '26, which has no such permission.
    """
    newest = given(permission_set("ApiEnabled"))
    assert newest.org is not None
    names = tuple(name for name in newest.org.permission_names if name != "UseAnyApiAuth")
    harmless = newest.model_copy(
        update={
            "org": newest.org.model_copy(update={"permission_names": names}),
            "source": newest.source.model_copy(update={"api_version": "66.0"}),
        }
    )
    assert live.status(harmless, LEAST, forbidden=["UseAnyApiAuth"]) == "pass"


def test_the_reader_is_told_what_the_policies_ask_for() -> None:
    wanted = wanted_permissions(shipped())
    assert {"UseAnyApiClient", "CanApproveUninstalledApps", "ModifyAllData", "ViewEncryptedData"} <= wanted
    assert live.healthy().org is not None
    asked = live.healthy().org.permissions_asked  # type: ignore[union-attr]
    assert wanted <= set(asked)


# Holders -------------------------------------------------------------------------------------


def test_holders_are_counted_by_what_grants_it() -> None:
    found = granting("CanApproveUninstalledApps", "Caller_auditor")
    (result,) = live.results(found, APPROVE)
    assert (result.status.value, result.subject.kind, result.subject.name) == (
        "fail",
        "permission-set",
        "Caller auditor",
    )
    assert "1 active user: auditor@acme.example" in result.message
    (result,) = live.results(granting("CanApproveUninstalledApps", own_set(MINIMUM)), APPROVE)
    assert (result.subject.kind, result.subject.name) == ("profile", MINIMUM)
    assert "6 active users" in result.message


def test_the_allowed_profile_s_users_are_spared_and_counted() -> None:
    result = live.verdict(granting("CanApproveUninstalledApps", own_set("System Administrator")), APPROVE)
    assert result.status.value == "pass"
    assert "Nobody but 1 allowed user" in result.message
    assert ADMIN_USER in shown(result)


def test_a_permission_set_named_like_the_allowed_profile_is_not_spared() -> None:
    twin = PermissionSetRow(
        "0PSTWIN", "Admin", "System Administrator", "", "", ("CanApproveUninstalledApps",)
    )
    assert live.status(given(twin), APPROVE) == "fail"


def test_permission_sets_are_spared_by_api_name_only() -> None:
    found = granting("CanApproveUninstalledApps", "Caller_auditor")
    assert live.status(found, APPROVE, allowed_permission_sets=["Caller_auditor"]) == "pass"
    assert live.status(found, APPROVE, allowed_permission_sets=["Caller auditor"]) == "fail"


def test_grants_to_nobody_active_are_none() -> None:
    unused = PermissionSetRow("0PSUNUSED", "Unused", "Unused", "", "", ("CanApproveUninstalledApps",))
    found = live.changed(permission_sets=(*live.table("permission_sets"), unused))
    assert live.status(found, APPROVE) == "pass"


def test_holders_fail_beside_what_was_not_read() -> None:
    found = granting("CanApproveUninstalledApps", "Caller_auditor")
    gap = Gap(what="x", reason="cut off", kind=org.ASSIGNMENTS)
    statuses = {one.status.value for one in live.results(found.model_copy(update={"gaps": (gap,)}), APPROVE)}
    assert statuses == {"fail", "unknown"}


def test_a_permission_that_the_org_does_not_have() -> None:
    gap = live.changed(permission_names=("ApiEnabled",))
    assert live.status(without_access_control(gap), ANY_CLIENT) == "not-applicable"
    assert live.status(gap, ANY_CLIENT) == "unknown"  # API Access Control is on, so it must be there
    assert live.status(gap, APPROVE) == "unknown"
    unasked = live.changed(permission_names=(), permissions_asked=())
    assert live.status(without_access_control(unasked), ANY_CLIENT) == "unknown"
    damaged = live.changed(permission_names=("UseAnyApiClien",))
    assert live.status(without_access_control(damaged), ANY_CLIENT) == "unknown"


def test_a_profile_s_file_that_grants_what_the_org_does_not_show_fails() -> None:
    one = live.component(kinds.PROFILE, PROFILE)
    gap = live.changed(permission_names=("ApiEnabled",))
    found = live.replaced(gap, one, permissions={"UseAnyApiClient": 3})
    assert "fail" in {result.status.value for result in live.results(found, ANY_CLIENT)}


def test_a_profile_whose_grants_were_not_read_leaves_its_users_unknown() -> None:
    own = own_set(PROFILE)
    found = live.changed(
        permission_sets=tuple(one for one in live.table("permission_sets") if one.name != own)
    )
    for control in (APPROVE, LEAST):
        assert live.status(found, control) == "unknown"


# Whom nothing was read of --------------------------------------------------------------------

HOLDERS = (APPROVE, ANY_CLIENT, EVERYWHERE)


def with_somebody(profile_id: str, kind: str) -> Snapshot:
    """The healthy org with a profile that nobody has, and one user more; as an org shows them."""

    def change(one: DemoOrg) -> None:
        one.metadata["profiles/Unused.profile"] = profile_xml({"ApiEnabled"}, custom=False)
        sync(one)
        one.users.append(
            User(one.new_id("005"), "somebody@acme.example", profile_id, "Somebody", user_type=kind)
        )

    return live.org_with(change)


def outcomes(snapshot: Snapshot, control: str) -> dict[str, str]:
    """The status of each subject, but of the profile that nobody has."""
    return {name: status for name, status in live.by_subject(snapshot, control).items() if name != "Unused"}


@pytest.mark.parametrize("control", HOLDERS)
@pytest.mark.parametrize("profile_id", ["", "00e000000000099AAA"])
@pytest.mark.parametrize("kind", ["AutomatedProcess", "CloudIntegrationUser"])
def test_d1_salesforce_s_own_processes_make_nothing_unknown(control: str, profile_id: str, kind: str) -> None:
    """Right, since nobody can sign in as one (Help: Automated Process User, Platform Integration User): what it may
    hold, nobody can use.
    """
    assert outcomes(with_somebody(profile_id, kind), control) == outcomes(live.healthy(), control)


@pytest.mark.parametrize("control", HOLDERS)
@pytest.mark.parametrize("profile_id", ["", "00e000000000099AAA"])
def test_somebody_without_a_visible_profile_is_unknown_and_nobody_else_is(
    control: str, profile_id: str
) -> None:
    found = outcomes(with_somebody(profile_id, "Standard"), control)
    assert found.pop("somebody@acme.example") == "unknown"
    assert set(found.values()) <= {"pass", "not-applicable"}


def test_d9_what_an_assignment_that_has_ended_grants_is_not_held() -> None:
    ended = given(permission_set("ModifyAllData", "CanApproveUninstalledApps"))
    assert ended.org is not None
    rows = tuple(
        one._replace(active=False, expires=NOW) if one.permission_set_id == "0PSEXTRA" else one
        for one in ended.org.assignments or ()
    )
    snapshot = ended.model_copy(update={"org": ended.org.model_copy(update={"assignments": rows})})
    assert live.status(snapshot, LEAST) == "pass"
    assert live.status(snapshot, APPROVE) == "pass"
