"""The exposure matrix: each row on the healthy org, and what turns it."""

import pytest

from sfharden.access.facts import Outcome
from sfharden.addresses import AddressSet
from sfharden.model import org
from sfharden.model.integration import Egress
from sfharden.model.org import AppAccess
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.simulation.matrix import matrix
from sfharden.simulation.rows import Row, Standing, Wish
from tests.orgs import healthy
from tests.orgs.files import token_range
from tests.orgs.metadata import (
    APP,
    HEALTHY,
    INTEGRATION,
    PROFILE,
    SECURITY,
    login_range,
    snapshot_of,
    without,
    xml,
)
from tests.orgs.running import (
    APP_ID,
    DANA,
    FILES,
    P_STANDARD,
    STANDARD,
    TABLES,
    USERS,
    assigned,
    changed,
    running,
    token,
)

A, R, P, C = Outcome.ALLOWED, Outcome.REFUSED, Outcome.PARTLY, Outcome.CANNOT_TELL
RELAXED = changed(APP, ("ENFORCE", "BYPASS"))
OPEN = changed(APP, ("<isAdminApproved>true", "<isAdminApproved>false"))
AT_LOGIN = changed(SECURITY, ("EveryRequest>true", "EveryRequest>false"))
UNCONTROLLED = {
    **OPEN,
    "settings/ConnectedApp.settings": FILES["settings/ConnectedApp.settings"].replace("true", "false"),
}


def rows(snapshot: Snapshot) -> dict[str, Row]:
    return {row.id: row for row in matrix(snapshot, INTEGRATION)}


def outcome(name: str, snapshot: Snapshot) -> Outcome:
    return rows(snapshot)[name].outcome


def test_a_hardened_running_org_is_as_it_should_be_in_every_row() -> None:
    found = rows(running())
    assert {name: row.standing for name, row in found.items()} == dict.fromkeys(found, Standing.GOOD)
    assert len(found) == 10


HIDDEN = {
    **FILES,
    "settings/ConnectedApp.settings": xml(
        "ConnectedAppSettings",
        "<enableSkipUserProvisioningWizardWelcomePage>false</enableSkipUserProvisioningWizardWelcomePage>",
    ),
}


def test_an_org_that_does_not_show_api_access_control_answers_every_row() -> None:
    """As nearly all do. It is off then (Metadata API Guide, ConnectedAppSettings), and the rows say that they take it so."""
    found = rows(running(HIDDEN))
    assert {name: row.standing for name, row in found.items()} == dict.fromkeys(found, Standing.GOOD)
    said = [reason.text for row in found.values() for case in row.cases for reason in case.decision.reasons]
    assert any("Support enables it" in text for text in said)


def test_d7_the_look_alike_gets_in_by_an_approver_where_access_control_is_hidden() -> None:
    approver = running(HIDDEN, assignments=assigned("Approver"))
    assert outcome("look-alike-app", approver) is P  # from wherever the approver's profile admits them


@pytest.mark.parametrize(
    ("name", "files", "wanted"),
    [
        ("stolen-refresh-token", RELAXED, A),
        ("stolen-refresh-token", changed(APP, ("ENFORCE", "ENFORCE_RELAXREFRESH")), A),
        ("stolen-refresh-token", changed(APP, ("ENFORCE", "BYPASS_2FACTOR")), C),
        ("stolen-session", AT_LOGIN, A),
        ("stolen-session", changed(APP, ("ENFORCE", "ENFORCE_RELAXREFRESH")), C),
        ("leaked-jwt-key", RELAXED, R),
        ("phished-user", UNCONTROLLED, P),  # from the colleagues' own ranges only
        ("insider", UNCONTROLLED, R),
        ("operator", changed(PROFILE, ("198.51.100.7", "198.51.100.8")), R),
        ("refreshing", changed(PROFILE, ("192.0.2.15", "192.0.2.7")), P),
        (
            "refreshing",
            changed(APP, ("<profileName>Logic Apps Integration</profileName>", "")),
            C,
        ),  # records differ
        ("calling", changed(SECURITY, ("lockSessionsToIp>false", "lockSessionsToIp>true")), C),
    ],
)
def test_what_turns_a_row(name: str, files: dict[str, str], wanted: Outcome) -> None:
    assert outcome(name, running(files)) is wanted


def test_a_stranger_is_everybody_else_so_every_surplus_address_counts() -> None:
    wide = changed(PROFILE, ("<custom>", login_range("100.64.0.0", "100.127.255.255") + "<custom>"))
    row = rows(running(wide))["stolen-refresh-token"]
    assert row.outcome is P
    assert row.standing is Standing.BAD
    assert "4,194,304 addresses let in: 100.64.0.0-100.127.255.255" in row.summary


def test_ranges_that_admit_everybody_admit_the_stranger() -> None:
    everybody = changed(PROFILE, ("<custom>", login_range("0.0.0.0", "255.255.255.255") + "<custom>"))
    assert outcome("stolen-refresh-token", running(everybody)) is A


def test_a_phished_colleague_without_ranges_gets_a_stranger_in_where_all_may_authorise() -> None:
    bare = {**UNCONTROLLED, STANDARD: FILES[STANDARD].replace("loginIpRanges", "tabSettings")}
    row = rows(running(bare))["phished-user"]
    assert row.outcome is A
    assert row.summary.startswith("Users of 'Standard'")
    assert outcome("neighbour-tenant", running(bare)) is A
    approved = {**FILES, STANDARD: bare[STANDARD]}
    assert outcome("phished-user", running(approved)) is R


def test_a_permission_set_that_a_colleague_holds_opens_the_app_to_them() -> None:
    files = changed(
        APP, ("<profileName>", "<permissionSetName>Sync_Access</permissionSetName>\n<profileName>")
    )
    files[STANDARD] = FILES[STANDARD].replace("loginIpRanges", "tabSettings")
    access = (*running().org.app_access, org.AppAccess("0PS000000000004AAA", APP_ID))  # type: ignore[union-attr,misc]
    assert outcome("phished-user", running(files, app_access=access)) is R
    holding = running(files, app_access=access, assignments=assigned("Sync_Access"))
    assert outcome("phished-user", holding) is A


def test_a_look_alike_needs_somebody_who_may_approve_it() -> None:
    bare = {**FILES, STANDARD: FILES[STANDARD].replace("loginIpRanges", "tabSettings")}
    assert outcome("look-alike-app", running(bare)) is R
    # API Access Control is on, and whether it stops the approval itself is not documented.
    assert outcome("look-alike-app", running(bare, assignments=assigned("Approver"))) is C
    loose = {**bare, "settings/ConnectedApp.settings": UNCONTROLLED["settings/ConnectedApp.settings"]}
    row = rows(running(loose, assignments=assigned("Approver")))["look-alike-app"]
    assert row.outcome is A
    assert "'dana@acme.example'" in row.summary


def test_inactive_users_and_the_integrations_own_are_no_colleagues() -> None:
    bare = {**UNCONTROLLED, STANDARD: FILES[STANDARD].replace("loginIpRanges", "tabSettings")}
    asleep = (*USERS[:2], org.User(DANA, "dana@acme.example", P_STANDARD, False, "Standard", None))
    assert outcome("phished-user", running(bare, users=asleep)) is P  # Ada's ranges


def test_a_colleague_without_a_visible_profile_is_named_and_processes_are_no_colleagues() -> None:
    process = USERS[2]._replace(id="005000000000008AAA", username="autoproc@acme", profile_id="")
    process = process._replace(user_type="AutomatedProcess")
    guest = process._replace(id="005000000000009AAA", username="guest@acme", user_type="Guest")
    hidden = USERS[2]._replace(id="005000000000007AAA", username="eve@acme.example", profile_id="")
    plain = rows(running())
    assert rows(running(users=(*USERS, process, guest))) == plain
    found = rows(running(users=(*USERS, hidden)))
    people = {case.who for row in found.values() for case in row.cases}
    assert people - {case.who for row in plain.values() for case in row.cases} == {"'eve@acme.example'"}
    # The app is assigned to one profile, which is shown, so it isn't hers: she is refused.
    assert found["phished-user"].outcome is R
    assert found["look-alike-app"].outcome is C  # what she may approve was not read


def test_of_a_crowd_without_visible_profiles_not_everybody_is_a_case() -> None:
    crowd = [
        USERS[2]._replace(id=f"005{n}", username=f"u{n}@acme.example", profile_id="") for n in range(200)
    ]
    cases = rows(running(users=(*USERS, *crowd)))["phished-user"].cases
    assert len(cases) < 70
    assert any("150 more users" in case.who for case in cases)


def test_a_hidden_profile_may_be_the_one_whose_set_is_approved() -> None:
    hidden = USERS[2]._replace(id="005000000000007AAA", username="eve@acme.example", profile_id="00eHIDDEN")
    unread = (*(TABLES.app_access or ()), AppAccess("0PSHIDDEN", APP_ID))
    found = rows(running(users=(*USERS, hidden), app_access=unread))["phished-user"]
    assert found.outcome is C
    assert found.summary.startswith("'eve@acme.example'")


def test_a_frozen_user_keeps_nothing_working() -> None:
    frozen = (USERS[0]._replace(frozen=True), *USERS[1:])
    assert "is frozen" in rows(running(users=frozen))["operator"].summary


def test_users_that_were_not_all_read_leave_room_for_somebody() -> None:
    gap = Gap(what="users", reason="cut off", kind=org.USERS)
    assert outcome("phished-user", running(FILES, gap)) is R  # whoever it is, the app is not assigned to them
    nobody = running(UNCONTROLLED, gap, users=USERS[:1])
    assert outcome("phished-user", nobody) is C
    assert (
        outcome("phished-user", running(UNCONTROLLED, users=USERS[:1])) is C
    )  # there is nobody to ask about


def test_each_of_several_users_of_the_integration_counts() -> None:
    both = INTEGRATION.model_copy(update={"users": ("svc@acme.example", "dana@acme.example")})
    found = {row.id: row for row in matrix(running(), both)}
    assert found["refreshing"].outcome is P
    assert "Dana" in found["refreshing"].summary or "'dana@acme.example'" in found["refreshing"].summary


def test_egress_that_is_not_known_withholds_a_yes() -> None:
    gap = Gap(what="egress of crm-sync: x.json", reason="it can't be read", kind="Egress")
    partly = INTEGRATION.model_copy(
        update={"egress": Egress(addresses=INTEGRATION.egress.addresses, gaps=(gap,))}
    )
    found = {row.id: row for row in matrix(running(), partly)}
    assert found["refreshing"].outcome is C
    assert "it can't be read" in found["refreshing"].summary
    nothing = INTEGRATION.model_copy(update={"egress": Egress(addresses=AddressSet())})
    assert {row.id: row.outcome for row in matrix(running(), nothing)}["calling"] is C


def test_from_files_alone_what_files_can_tell_is_told() -> None:
    found = rows(snapshot_of({**HEALTHY, SECURITY: FILES[SECURITY]}))
    assert found["stolen-refresh-token"].outcome is R
    assert found["phished-user"].outcome is R
    assert found["look-alike-app"].outcome is C
    assert found["calling"].outcome is A


def test_an_app_or_profile_that_was_not_read_is_never_safe() -> None:
    for missing in (APP, PROFILE):
        files = {path: text for path, text in FILES.items() if path != missing}
        found = rows(running(files))
        assert found["stolen-refresh-token"].standing is Standing.UNKNOWN
        assert found["refreshing"].standing is not Standing.GOOD


@pytest.mark.parametrize("names", [("svc@acme.example", "typo@acme.example"), ("typo@acme.example",)])
def test_a_user_whom_nobody_read_is_not_taken_for_one_with_the_profile(names: tuple[str, ...]) -> None:
    found = {row.id: row for row in matrix(running(), INTEGRATION.model_copy(update={"users": names}))}
    for name in (
        "stolen-refresh-token",
        "stolen-session",
        "leaked-jwt-key",
        "refreshing",
        "calling",
        "operator",
    ):
        assert found[name].outcome is C
        assert "typo@acme.example" in found[name].summary


def test_an_inactive_user_keeps_nothing_working() -> None:
    found = rows(running(users=(USERS[0]._replace(active=False), *USERS[1:])))
    for name in ("refreshing", "calling", "operator"):
        assert found[name].outcome is R
        assert "is inactive" in found[name].summary
    assert found["stolen-refresh-token"].outcome is R  # may be activated again


def test_a_user_without_api_enabled_keeps_no_call_working() -> None:
    shown = (*running().org.permission_names, "ApiEnabled")  # type: ignore[union-attr]
    found = rows(running(permission_names=shown))
    assert found["calling"].outcome is R
    assert found["refreshing"].outcome is C  # whether a token is given all the same is not documented
    assert "lacks API Enabled" in found["calling"].summary
    assert found["operator"].outcome is A


def test_a_colleague_whose_name_looks_like_a_users_is_a_colleague() -> None:
    twin = org.User(DANA, "\u017fvc@acme.example", USERS[0].profile_id, True, "Standard", None)
    assert outcome("phished-user", running(users=(*USERS[:2], twin))) is not A
    assert outcome("insider", running(users=(*USERS[:2], twin))) is A


# Two sides of one app, and none ---------------------------------------------------------------

ECA_ROW = org.AppRow("0xI000000000001AAA", "Azure Logic Apps", "Azure_Logic_Apps", True, None)
MIGRATED = {
    **FILES,
    **{
        path: text
        for path, text in healthy.EXTERNAL.items()
        if "xtlClntApp" in path or "externalClientApps" in path
    },
}
BOTH_ROWS = (*(TABLES.app_access or ()), AppAccess("0PS000000000001AAA", ECA_ROW.id))


def migrated(files: dict[str, str]) -> Snapshot:
    return running(files, apps=(*(TABLES.apps or ()), ECA_ROW), app_access=BOTH_ROWS)


def test_a_migrated_app_is_as_good_as_its_worse_side() -> None:
    found = rows(migrated(MIGRATED))
    assert {row.outcome for name, row in found.items() if row.wish is Wish.KEEP_OUT} == {R}
    relaxed = healthy.swapped(MIGRATED, healthy.ECA_OAUTH_POLICY, ("Type>Enforce<", "Type>Bypass<"))
    assert rows(migrated(relaxed))["stolen-refresh-token"].outcome is R  # by that side's allowlist
    unbound = healthy.swapped(relaxed, healthy.ECA_SECURITY, (token_range("192.0.2.0", "192.0.2.15"), ""))
    assert rows(migrated(unbound))["stolen-refresh-token"].outcome is A
    assert (
        rows(migrated(changed(APP, ("ENFORCE", "BYPASS"), files=MIGRATED)))["stolen-refresh-token"].outcome
        is A
    )


def test_the_kind_picks_one_side() -> None:
    relaxed = healthy.swapped(MIGRATED, healthy.ECA_OAUTH_POLICY, ("Type>Enforce<", "Type>Bypass<"))
    by = INTEGRATION.model_copy(update={"app_kind": "connected-app"})
    found = {row.id: row for row in matrix(migrated(relaxed), by)}
    assert found["stolen-refresh-token"].outcome is R


def test_f020_an_app_that_nobody_installed_is_no_app_that_is_not_known() -> None:
    never = running(without(APP, FILES), apps=(), app_access=(), tokens=(token(app=""),))
    said = {
        reason.text for row in rows(never).values() for case in row.cases for reason in case.decision.reasons
    }
    assert any("doesn't manage the app" in text for text in said)
    misspelt = INTEGRATION.model_copy(update={"app": "Azure Logik Apps"})
    found = {row.id: row for row in matrix(never, misspelt)}
    assert found["refreshing"].outcome is C
