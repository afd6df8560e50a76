"""Who is approved for the app, and what else a running org tells of it and of its profile."""

from datetime import timedelta

import pytest

from sfharden.emulator.generate import ADMIN_USER, APP_NAME, INTEGRATION_USER, MINIMUM, PROFILE, healthy_org
from sfharden.emulator.state import DemoOrg
from sfharden.emulator.templates import connected_app_xml, external_app_files, permission_set_xml
from sfharden.model import kinds, org
from sfharden.model.org import AppAccess, Assignment, GroupMember, PermissionSetGroup, PermissionSetRow
from sfharden.model.snapshot import Gap, Snapshot, Value
from tests.orgs import live
from tests.orgs.live import own_set, token, user
from tests.orgs.metadata import NOW

LIMITED, APPROVED = "app-limited-to-integration-profile", "app-admin-approved"
APP_FILE = f"connectedApps/{APP_NAME}.connectedApp"
EXTRA = PermissionSetRow("0PSEXTRA", "Extra", "Extra rights", "", "", ())
GROUP = EXTRA._replace(id="0PSGROUP", name="Bundle", label="Bundle", group_id="0PGGROUP")


def set_id(profile: str) -> str:
    name = own_set(profile)
    return str(next(one.id for one in live.table("permission_sets") if one.name == name))


def approving(*set_ids: str, assigned: tuple[Assignment, ...] = (), gaps: tuple[Gap, ...] = ()) -> Snapshot:
    """The healthy org in which exactly these permission sets are approved for the app."""
    access = tuple(AppAccess(one, token().app_id) for one in set_ids)
    others = tuple(one for one in live.table("app_access") if one.app_id != token().app_id)
    return live.changed(
        *gaps,
        app_access=(*access, *others),
        permission_sets=(*live.table("permission_sets"), EXTRA, GROUP),
        assignments=(*live.table("assignments"), *assigned),
    )


def has(username: str, set_id: str = "0PSEXTRA", group: str = "") -> Assignment:
    return Assignment(user(username).id, set_id, group)


def unnamed(snapshot: Snapshot) -> Snapshot:
    """The app's metadata names nobody, so the records alone decide."""
    return live.with_value(snapshot, kinds.CONNECTED_APP, APP_NAME, "profileName", None)


OWN, ADMIN, OTHER = set_id(PROFILE), set_id("System Administrator"), set_id(MINIMUM)


@pytest.mark.parametrize(
    ("snapshot", "expected", "words"),
    [
        (approving(OWN), "pass", f"Only the profile '{PROFILE}' may use the app"),
        (approving(OWN, ADMIN), "pass", "System Administrator"),
        (approving(OWN, OTHER), "fail", f"the profile '{MINIMUM}'"),
        (approving(OWN, "0PSEXTRA"), "pass", "the permission set 'Extra rights'"),
        (approving(OWN, "0PSEXTRA", assigned=(has("auditor@acme.example"),)), "fail", "1 user by the permission set"),
        (approving(OWN, "0PSEXTRA", assigned=(has(ADMIN_USER),)), "pass", ""),
        (approving(OWN, "0PSGROUP", assigned=(has("auditor@acme.example", "", "0PGGROUP"),)), "fail", "Bundle"),
        (approving(OWN, "0PSUNREAD"), "unknown", "was not read"),
        (approving(ADMIN), "unknown", "its records don't"),
        (unnamed(approving(ADMIN)), "fail", "will be refused"),
        (unnamed(approving("0PSEXTRA", assigned=(has(INTEGRATION_USER),))), "pass", ""),
        (unnamed(approving("0PSEXTRA")), "fail", "will be refused"),
    ],
)  # fmt: skip
def test_who_is_approved_by_the_records(snapshot: Snapshot, expected: str, words: str) -> None:
    result = live.verdict(snapshot, LIMITED)
    assert result.status.value == expected
    assert words in result.message


def test_users_whom_nobody_read_may_not_be_approved() -> None:
    by = live.INTEGRATION.model_copy(update={"users": ("gone@acme.example",)})
    assert live.status(unnamed(approving("0PSEXTRA")), LIMITED, by) == "unknown"


def test_what_a_group_holds_that_is_not_shown_is_not_known() -> None:
    """Whoever has a permission set group that is not among those read may have any set by it."""
    others = approving(OWN, "0PSEXTRA", assigned=(has("auditor@acme.example", "", "0PGGROUP"),))
    result = live.verdict(others, LIMITED)
    assert result.status.value == "unknown"
    assert "permission set group" in result.message
    own = approving(OWN, "0PSEXTRA", assigned=(has(INTEGRATION_USER, "", "0PGGROUP"),))
    assert live.status(own, LIMITED) == "pass"


@pytest.mark.parametrize("kind", [org.APP_ACCESS, org.USERS, org.ASSIGNMENTS, org.APPS])
def test_an_outsider_fails_even_if_more_may_be_missing(kind: str) -> None:
    gap = Gap(what=kind, reason="cut off", kind=kind)
    found = approving(OWN, "0PSEXTRA", assigned=(has("auditor@acme.example"),), gaps=(gap,))
    assert live.status(found, LIMITED) == "fail"


@pytest.mark.parametrize("kind", [org.USERS, org.ASSIGNMENTS])
def test_holders_of_an_approved_set_must_all_be_known(kind: str) -> None:
    gap = Gap(what=kind, reason="cut off", kind=kind)
    assert live.status(approving(OWN, "0PSEXTRA", gaps=(gap,)), LIMITED) == "unknown"


def by_group(*members: GroupMember, **tables: object) -> Snapshot:
    """The integration's user has the app's permission set through a group only."""
    own = user(INTEGRATION_USER)
    found = approving("0PSEXTRA", assigned=(Assignment(own.id, GROUP.id, GROUP.group_id),))
    app = live.component(kinds.CONNECTED_APP, APP_NAME)
    values = {key: value for key, value in app.values.items() if key != "profileName"}
    assert found.org is not None
    groups = (*live.table("groups"), PermissionSetGroup(GROUP.group_id, "Bundle", "Bundle", "Updated"))
    told = {"groups": groups, "group_members": members, "muting_sets": (), **tables}
    snapshot = found.model_copy(update={"org": found.org.model_copy(update=told)})
    return live.replaced(snapshot, app, values=values)


MEMBER = GroupMember("0PGGROUP", "0PSEXTRA", muting=False)


def test_d5_a_permission_set_that_comes_through_a_group_approves_the_integration_s_user() -> None:
    """Right, since a group gives its users all that its permission sets hold (Object Reference,
    PermissionSetGroupComponent; Help: Permission Set Groups), and nothing is muted in this one.
    """
    assert live.status(by_group(MEMBER), LIMITED) == "pass"


@pytest.mark.parametrize(
    ("members", "tables", "expected"),
    [
        ((MEMBER, GroupMember("0PGGROUP", "0QMMUTING", muting=True)), {}, "unknown"),
        ((MEMBER,), {"group_members": None}, "unknown"),
        ((), {}, "fail"),
    ],
)
def test_what_a_group_gives_is_not_guessed(
    members: tuple[GroupMember, ...], tables: dict[str, object], expected: str
) -> None:
    assert live.status(by_group(*members, **tables), LIMITED) == expected


def test_somebody_else_whose_group_holds_the_app_s_set_may_use_the_app() -> None:
    snapshot = by_group(MEMBER)
    assert snapshot.org is not None
    also = Assignment(user("auditor@acme.example").id, GROUP.id, GROUP.group_id)
    tables = snapshot.org.model_copy(update={"assignments": (*(snapshot.org.assignments or ()), also)})
    result = live.verdict(snapshot.model_copy(update={"org": tables}), LIMITED)
    assert result.status.value == "fail"
    assert "auditor@acme.example" in result.message


ENDED = (Assignment("", "", "", active=False), Assignment("", "", "", expires=NOW - timedelta(days=1)))


@pytest.mark.parametrize("ended", ENDED)
def test_d9_an_assignment_that_has_ended_counts_neither_for_nor_against(ended: Assignment) -> None:
    snapshot, auditor = by_group(MEMBER), user("auditor@acme.example")
    assert snapshot.org is not None
    stale = Assignment(auditor.id, GROUP.id, GROUP.group_id, ended.active, ended.expires)
    tables = snapshot.org.model_copy(update={"assignments": (*(snapshot.org.assignments or ()), stale)})
    assert live.status(snapshot.model_copy(update={"org": tables}), LIMITED) == "pass"
    ending = tuple(
        one._replace(active=ended.active, expires=ended.expires)
        if one.user_id == user(INTEGRATION_USER).id
        else one
        for one in snapshot.org.assignments or ()
    )
    tables = snapshot.org.model_copy(update={"assignments": ending})
    result = live.verdict(snapshot.model_copy(update={"org": tables}), LIMITED)
    assert result.status.value == "fail"
    assert "will be refused" in result.message


@pytest.mark.parametrize(
    ("element", "text", "expected"),
    [
        ("profileName", MINIMUM, "fail"),
        ("profileName", "System Administrator", "unknown"),
        ("profileName", "Nobody's", "unknown"),
        ("permissionSetName", "Caller_auditor", "unknown"),
    ],
)
def test_the_metadata_must_not_contradict_the_records(element: str, text: str, expected: str) -> None:
    snapshot = live.with_value(live.healthy(), kinds.CONNECTED_APP, APP_NAME, element, text)
    assert live.status(snapshot, LIMITED) == expected


def external(**policy: object) -> Snapshot:
    files = external_app_files("Reporting_Sync", "Reporting Sync", **policy)
    return live.org_with(lambda one: _put(one, files))


def _put(one: DemoOrg, files: dict[str, bytes]) -> None:
    from sfharden.emulator.derive import sync

    one.metadata.update(files)
    sync(one)


def test_external_client_apps_may_name_profiles_by_record_id() -> None:
    admin = next(one.id for one in live.table("profiles") if one.api_name == "Admin")
    own = next(one.id for one in live.table("profiles") if one.label == PROFILE)
    other = next(one.id for one in live.table("profiles") if one.label == MINIMUM)
    for ids, expected in (((own,), "pass"), ((own, admin), "pass"), ((own, other), "fail")):
        found = external(commaSeparatedProfile=",".join(ids))
        assert live.status(found, LIMITED, live.EXTERNAL) == expected


def test_a_permission_set_of_the_org_is_followed_to_its_holders() -> None:
    def approve(one: DemoOrg) -> None:
        app = connected_app_xml("Azure Logic Apps", profiles=[PROFILE]).replace(
            b"</ConnectedApp>", b"<permissionSetName>Robots</permissionSetName></ConnectedApp>"
        )
        _put(one, {APP_FILE: app, "permissionsets/Robots.permissionset": permission_set_xml("Robots")})

    assert live.status(live.org_with(approve), LIMITED) == "pass"

    def approve_and_assign(one: DemoOrg) -> None:
        approve(one)
        found, person = one.permission_set("Robots"), one.user("auditor@acme.example")
        assert found
        assert person
        one.assign(person, found)

    result = live.verdict(live.org_with(approve_and_assign), LIMITED)
    assert result.status.value == "fail"
    assert "1 user by the permission set 'Robots' (auditor@acme.example)" in result.message


def test_self_authorisation_fails_whoever_is_assigned() -> None:
    snapshot = live.with_value(
        live.healthy(), kinds.CONNECTED_APP, APP_NAME, "oauthConfig.isAdminApproved", "false"
    )
    assert live.status(snapshot, LIMITED) == "fail"


@pytest.mark.parametrize("control", [LIMITED, "app-ip-enforced"])
@pytest.mark.parametrize(
    ("run_as", "expected"), [(ADMIN_USER, "unknown"), (None, "unknown"), (INTEGRATION_USER, "pass")]
)
def test_nobody_is_kept_out_of_an_app_that_runs_as_somebody_else(
    control: str, run_as: str | None, expected: str
) -> None:
    app = live.component(kinds.CONNECTED_APP, APP_NAME)
    told = {"isClientCredentialEnabled": "true", **({"oauthClientCredentialUser": run_as} if run_as else {})}
    more = {f"oauthConfig.{key}": (Value(text=text, line=1),) for key, text in told.items()}
    found = live.replaced(live.healthy(), app, values={**app.values, **more})
    assert live.status(found, control) == expected


def test_the_record_may_contradict_the_metadata() -> None:
    apps = tuple(one._replace(admin_approved=False) for one in live.table("apps"))
    result = live.verdict(live.changed(apps=apps), APPROVED)
    assert result.status.value == "fail"
    assert "record" in result.message


@pytest.mark.parametrize("caller", ["no-customize", "no-modify-metadata", "no-logins", "no-setup"])
def test_callers_who_may_not_see_everything_get_no_pass_that_rests_on_it(caller: str) -> None:
    rests = {
        "no-customize": {"tokens-issued-after-hardening", "tokens-fresh", "app-installed"},
        "no-modify-metadata": {APPROVED, LIMITED, "login-ranges-bounded", "login-ranges-everywhere"},
        "no-logins": {"failure-and-success-observed", "integration-profile-dedicated", "tokens-fresh"},
        "no-setup": {LIMITED, "integration-profile-least-privilege", "use-any-api-client-restricted"},
    }[caller]
    found = live.judged(live.read(healthy_org(NOW), caller))
    assert {one.status.value for one in found if one.control in rests} == {"unknown"}
