"""Everybody but the integration's users: as few as needed, and nobody left out."""

from collections.abc import Iterable

from sfharden.access.facts import Who
from sfharden.access.people import Colleagues
from sfharden.facts.index import Index
from sfharden.model import org as tables
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs.constants import APP_LABEL, HARDENED_INTEGRATION, PROFILE_NAME
from tests.orgs.files import HEALTHY, snapshot_of
from tests.orgs.tables import FILES, PROFILES, USERS, assigned, running

SERVICE, ADMIN, DANA = USERS
ADMINS, STANDARD = "users of 'Admin'", "users of 'Standard'"


def colleagues(snapshot: Snapshot) -> Colleagues:
    found = Index(snapshot)
    return Colleagues(found, HARDENED_INTEGRATION, found.app(APP_LABEL))


def names(people: Iterable[Who]) -> list[str]:
    return [one.name for one in people]


def test_there_is_one_for_each_profile_but_none_of_the_integration_s_own_users() -> None:
    second = DANA._replace(id="005000000000099AAA", username="eli@acme.example")
    assert names(colleagues(running(users=(*USERS, second))).ordinary) == [ADMINS, STANDARD]
    assert names(colleagues(running(users=(SERVICE,))).ordinary) == []


def test_whoever_can_not_sign_in_is_no_colleague() -> None:
    gone = DANA._replace(active=False)
    assert names(colleagues(running(users=(SERVICE, ADMIN, gone))).ordinary) == [ADMINS]


def test_one_who_shares_the_integration_s_profile_is_a_colleague_all_the_same() -> None:
    guest = DANA._replace(profile_id=SERVICE.profile_id)
    (one,) = colleagues(running(users=(SERVICE, guest))).ordinary
    assert (one.name, one.pre_approved) == (f"users of '{PROFILE_NAME}'", True)


def test_an_integration_s_user_is_known_in_any_spelling_of_the_name() -> None:
    loud = SERVICE._replace(username=SERVICE.username.upper())
    assert names(colleagues(running(users=(loud, ADMIN))).ordinary) == [ADMINS]


def test_with_users_missing_there_may_be_anybody_else_and_of_them_nothing_is_known() -> None:
    cut = Gap(what="users", reason="cut off", kind=tables.USERS)
    *_, other = colleagues(running(FILES, cut)).ordinary
    assert other == Who(
        "anybody else",
        login_ranges=None,
        login_hours=None,
        pre_approved=False,
        consented=False,
        approves_uninstalled=False,
        any_api_client=False,
    )


def test_ordinary_people_have_nothing_that_makes_up_for_an_approval() -> None:
    holder = running(assignments=assigned("Approver"))
    for one in colleagues(holder).ordinary:
        assert (one.consented, one.approves_uninstalled, one.any_api_client) == (False, False, False)


def test_who_may_approve_apps_is_there_and_one_who_may_not() -> None:
    dana, other = colleagues(running(assignments=assigned("Approver"))).approvers
    assert (dana.name, dana.approves_uninstalled) == (f"'{DANA.username}'", True)
    assert (other.name, other.approves_uninstalled, other.any_api_client) == ("anybody else", False, False)
    assert names(colleagues(running()).approvers) == ["anybody else"]


def test_with_assignments_missing_anybody_else_may_approve_too() -> None:
    cut = Gap(what="assignments", reason="cut off", kind=tables.ASSIGNMENTS)
    *_, other = colleagues(running(FILES, cut, assignments=assigned("Approver"))).approvers
    assert (other.name, other.approves_uninstalled) == ("anybody else", None)


def test_without_any_table_of_permissions_every_profile_may_approve() -> None:
    for one in colleagues(running(permission_sets=None)).approvers:
        assert (one.approves_uninstalled, one.consented) == (None, False)


def test_from_files_there_is_one_for_each_profile_and_anybody_else() -> None:
    found = colleagues(snapshot_of(HEALTHY))
    assert names(found.ordinary) == [ADMINS, "anybody else"]
    no_app = Colleagues(Index(snapshot_of({})), HARDENED_INTEGRATION, None)
    assert names(no_app.ordinary) == ["anybody else"]


def test_a_profile_goes_by_its_label_where_the_org_gives_no_name_of_its_own() -> None:
    rows = tuple(one._replace(api_name="") for one in PROFILES)
    assert names(colleagues(running(profiles=rows)).ordinary) == [
        "users of 'System Administrator'",
        "users of 'Standard User'",
    ]
