"""The steps by hand, done in the snapshot: who is moved, who gets the set, and what is left as it is."""

import pytest

from sfharden.access.facts import Outcome
from sfharden.model.integration import Integration
from sfharden.model.org import (
    AppAccess,
    Assignment,
    ObjectRights,
    PermissionSetGroup,
    PermissionSetRow,
    ProfileRow,
)
from sfharden.model.snapshot import Snapshot
from sfharden.plan.ordinary_rights import ASKED_FOR
from sfharden.simulation.by_hand import ByHand, by_hand
from sfharden.simulation.proposal import overlay
from sfharden.simulation.simulate import Simulation, simulate
from sfharden.sources.set_objects import with_set_objects
from tests.orgs.constants import ADMIN_DESK, APP_ID, DANA, ELSEWHERE, HARDENED_INTEGRATION, INTEGRATION, NOW
from tests.orgs.files import login_range, permission, xml
from tests.orgs.judging import shipped
from tests.orgs.tables import FILES, PROFILES, SETS, TABLES, UNLOCKED, USERS, login, proposed, running

NAMES = (*TABLES.permission_names, "ApiEnabled")
RANGES = login_range("192.0.2.0", "192.0.2.15") + login_range("198.51.100.7", "198.51.100.7")
LICENCE = "<userLicense>Salesforce</userLicense>"
NEW = "profiles/Night Robot.profile"
SET = "permissionsets/crm_sync_rights.permissionset"
BARE = {NEW: xml("Profile", f"<custom>true</custom>{RANGES}{LICENCE}")}
WITH_SET = {**BARE, SET: xml("PermissionSet", f"<label>crm-sync rights</label>{permission('ApiEnabled')}")}
MOVING = HARDENED_INTEGRATION.model_copy(update={"profile": "Night Robot"})


def org(**tables: object) -> Snapshot:
    """The integration's own profile grants API Enabled in its record, too."""
    sets = tuple(one._replace(permissions=("ApiEnabled",)) if one.name == "X1" else one for one in SETS)
    given: dict[str, object] = {"permission_sets": sets, "permission_names": NAMES, "object_rights": ()}
    return running(FILES, **{**given, **tables})


def done(files: dict[str, str], by: Integration = MOVING, before: Snapshot | None = None) -> ByHand:
    was, proposal = before or org(), proposed(files)
    return by_hand(was, proposal, overlay(was, proposal), [by])


def simulated(files: dict[str, str], by: Integration = MOVING, before: Snapshot | None = None) -> Simulation:
    return simulate(before or org(), proposed(files), [by], shipped(), (), NOW, caller_address=ADMIN_DESK)


def outcomes(found: Simulation, row: str) -> tuple[Outcome, Outcome, Outcome | None]:
    (one,) = found.integrations
    change = next(change for change in one.matrix if change.after.id == row)
    return change.before.outcome, change.after.outcome, change.by_hand.outcome if change.by_hand else None


def test_nobody_has_to_do_anything_where_the_users_have_the_profile() -> None:
    found = done({"settings/Security.settings": UNLOCKED}, INTEGRATION)
    assert found.snapshot is None
    assert found.steps["crm-sync"].texts == ()


def test_a_user_is_given_the_new_profile_and_the_set() -> None:
    found = done(WITH_SET)
    assert found.snapshot
    assert found.snapshot.org
    user = next(one for one in found.snapshot.org.users or () if one.username == "svc@acme.example")
    profile = next(one for one in found.snapshot.org.profiles or () if one.id == user.profile_id)
    assert profile.label == "Night Robot"
    (given,) = found.snapshot.org.assignments or ()
    granted = next(
        one for one in found.snapshot.org.permission_sets or () if one.id == given.permission_set_id
    )
    assert (granted.name, granted.permissions) == ("crm_sync_rights", ("ApiEnabled",))
    assign, move = found.steps["crm-sync"].texts
    assert assign.startswith("Assign the permission set")
    assert move.startswith("Give svc@acme.example the profile 'Night Robot'")


def test_a_set_that_somebody_has_is_not_given_twice_and_groups_leave_no_gap() -> None:
    held = PermissionSetRow("0PS000000000009AAA", "crm_sync_rights", "x", "", "", ("ApiEnabled",), False)
    group = PermissionSetRow("0PS00000000000GAAA", "G", "G", "", "0PG1", ())
    sets = (*(org().org.permission_sets or ()), held, group)  # type: ignore[union-attr]
    before = org(permission_sets=sets, groups=(PermissionSetGroup("0PG1", "G", "G", "Updated"),), group_members=(),
                 assignments=(Assignment("005000000000001AAA", held.id, "", True),))  # fmt: skip
    found = done(WITH_SET, before=before)
    assert found.snapshot
    assert found.snapshot.gaps == ()
    assert [text.split()[0] for text in found.steps["crm-sync"].texts] == ["Give"]


def test_without_the_set_the_calls_are_refused_and_with_it_they_are_let_in() -> None:
    bare = simulated(BARE)
    assert outcomes(bare, "calling") == (Outcome.ALLOWED, Outcome.ALLOWED, Outcome.REFUSED)
    assert bare.breaks
    assert not bare.safe
    assert not bare.integrations[0].steps.given_back
    assert outcomes(simulated(WITH_SET), "calling")[2] is not Outcome.REFUSED
    assert simulated(WITH_SET).integrations[0].steps.given_back


def test_an_app_that_the_new_profile_is_not_assigned_to_refuses_the_moved_user() -> None:
    """The healthy app lets in its old profile alone, so moving shuts the integration out until it's planned again."""
    found = simulated(WITH_SET, before=org(logins=(login(),)))
    assert outcomes(found, "refreshing")[2] is Outcome.REFUSED
    (broken,) = found.integrations[0].broken
    assert broken.reason.startswith("After the steps by hand: ")
    assert any(text.startswith("After the steps by hand: ") for text in found.integrations[0].guard.shut_out)


@pytest.mark.parametrize(
    "tables", [{"users": None}, {"profiles": None}, {"permission_sets": None, "assignments": None}]
)
def test_what_was_not_read_is_not_done_and_makes_nothing_safe(tables: dict[str, object]) -> None:
    found = simulated(WITH_SET, before=org(**tables))
    assert not found.safe
    assert found.unknown or found.breaks


def test_rights_that_nothing_gives_back_leave_it_open() -> None:
    files = {
        **FILES,
        "profiles/Logic Apps Integration.profile": xml(
            "Profile", f"<custom>true</custom>{RANGES}{LICENCE}{permission('EditTask')}"
        ),
    }
    before = running(files, permission_names=NAMES, object_rights=())
    (one,) = simulated(BARE, before=before).integrations
    assert any("nothing gives back EditTask" in text for text in one.open)


def test_strangers_stay_where_they_are() -> None:
    found = done(WITH_SET)
    assert found.snapshot
    assert found.snapshot.org
    (dana,) = (one for one in found.snapshot.org.users or () if one.id == DANA)
    assert dana in (org().org.users or ())  # type: ignore[union-attr]
    assert ELSEWHERE


def test_a_way_in_that_only_the_steps_open_is_opened_by_the_proposal() -> None:
    """The new profile has no ranges, and the app is assigned to it as well: whoever has the token gets in from anywhere."""
    app = "connectedApps/Azure_Logic_Apps.connectedApp"
    both = FILES[app].replace("<profileName>", "<profileName>Night Robot</profileName><profileName>", 1)
    unbound = {NEW: xml("Profile", f"<custom>true</custom>{LICENCE}"), SET: WITH_SET[SET], app: both}
    (one,) = simulated(unbound).integrations
    assert "stolen-refresh-token" in {row.row.id for row in one.opened}
    assert "stolen-refresh-token" not in {
        row.after.id for row in one.matrix if row.after.outcome is Outcome.ALLOWED
    }


# The permission set that is offered: what stands in it, and not that it's there -----------------

OWN = "0PS000000000001AAA"
ACCOUNT = (ObjectRights(OWN, "Account", ("Create", "Edit", "Read")),)
OBJECT = (
    "<objectPermissions><allowCreate>true</allowCreate><allowEdit>true</allowEdit><allowRead>true</allowRead>"
    "<object>Account</object></objectPermissions>"
)
HELD = PermissionSetRow("0PS000000000009AAA", "crm_sync_rights", "x", "", "", ("ApiEnabled",), False)


ROBOT = "00e000000000009AAA"
APP = "connectedApps/Azure_Logic_Apps.connectedApp"
BOTH = FILES[APP].replace("<profileName>", "<profileName>Night Robot</profileName><profileName>", 1)


def ready(**tables: object) -> Snapshot:
    """The new profile is there, and the app lets it in: nothing but the permission set is left to come."""
    given: dict[str, object] = {
        "logins": (login(),),
        "object_rights": ACCOUNT,
        "permission_names": NAMES,
        "permissions_asked": tuple(ASKED_FOR),
        "permission_sets": SETS_READY,
        "profiles": (*PROFILES, ProfileRow(ROBOT, "Night Robot", "Night Robot")),
        "users": tuple(one._replace(frozen=False) for one in USERS),
        "app_access": (AppAccess(OWN, APP_ID), AppAccess("0PS000000000019AAA", APP_ID)),
    }
    return running({**FILES, **BARE, APP: BOTH}, **{**given, **tables})


SETS_READY = (
    *(one._replace(permissions=("ApiEnabled",)) if one.name == "X1" else one for one in SETS),
    PermissionSetRow("0PS000000000019AAA", "X9", "", ROBOT, "", ()),
)


def set_of(*parts: str) -> Snapshot:
    """A package with a permission set of these parts."""
    text = xml("PermissionSet", f"<label>x</label>{permission('ApiEnabled')}{''.join(parts)}")
    proposal = proposed({SET: text})
    components = tuple(with_set_objects(one, text.encode()) for one in proposal.components)
    return proposal.model_copy(update={"components": components})


def judged(proposal: Snapshot, **tables: object) -> Simulation:
    return simulate(ready(**tables), proposal, [MOVING], shipped(), (), NOW, caller_address=ADMIN_DESK)


def by_hand_only(found: Simulation) -> str:
    (one,) = found.integrations
    return " ".join(one.open)


def test_only_a_set_in_which_the_very_rights_stand_gives_them_back() -> None:
    whole, empty = judged(set_of(OBJECT)), judged(set_of())
    assert whole.integrations[0].steps.given_back
    assert whole.safe
    assert empty.integrations[0].steps.missing == ("Account (Read, Create, Edit)",)
    assert not empty.safe
    assert "nothing gives back Account (Read, Create, Edit)" in by_hand_only(empty)


def test_a_set_that_is_there_gives_back_what_its_rows_tell() -> None:
    sets = (*SETS_READY, HELD)
    bare, whole = (
        judged(proposed({APP: BOTH}), permission_sets=sets, object_rights=rows)
        for rows in (ACCOUNT, (*ACCOUNT, ObjectRights(HELD.id, "Account", ("Create", "Edit", "Read"))))
    )
    assert "nothing gives back Account" in by_hand_only(bare)
    assert not bare.safe
    assert whole.integrations[0].steps.given_back
    asked = judged(proposed({APP: BOTH}), permission_sets=sets, permissions_asked=())
    assert "Whether the permission set 'x' also gives svc@acme.example" in by_hand_only(asked)


def test_a_set_that_has_to_be_activated_gives_nothing_back_for_sure() -> None:
    found = judged(set_of(OBJECT, "<hasActivationRequired>true</hasActivationRequired>"))
    assert not found.safe
    assert outcomes(found, "calling")[2] is Outcome.CANNOT_TELL
    assert not found.integrations[0].steps.given_back
    assert "it has to be activated in each session" in by_hand_only(found)


def test_what_is_never_offered_leaves_it_open() -> None:
    found = judged(set_of(), object_rights=(ObjectRights(OWN, "Case", ("ViewAllRecords",)),))
    assert found.integrations[0].steps.given_back
    assert not found.safe
    assert "nothing gives back Case (ViewAllRecords)" in by_hand_only(found)


@pytest.mark.parametrize("name", ["ModifyAllData", "ManageUsers", "ViewAllData", "Zebra"])
def test_a_set_that_gives_more_than_plain_rights_leaves_it_open_and_fails_the_control(name: str) -> None:
    found = judged(set_of(OBJECT, permission(name)), permission_names=(*NAMES, "ModifyAllData"))
    assert not found.safe
    assert found.unknown
    assert f"also gives svc@acme.example what is never offered: {name}" in by_hand_only(found)
    if name == "ModifyAllData":
        least = next(one for one in found.controls if one.control == "integration-profile-least-privilege")
        assert least.by_hand
        assert least.by_hand.status.value == "fail"


def test_a_profile_that_administers_the_org_leaves_it_open() -> None:
    mighty = BARE[NEW].replace("</Profile>", f"{permission('ModifyAllData')}</Profile>")
    (one,) = simulated({**WITH_SET, NEW: mighty}).integrations
    assert any(
        "The profile 'Night Robot' gives svc@acme.example what 'Logic Apps Integration' doesn't: ModifyAllData"
        in text
        for text in one.open
    )


def test_what_a_file_also_switches_off_is_not_granted_by_it() -> None:
    off = "<userPermissions><enabled>false</enabled><name>ApiEnabled</name></userPermissions>"
    found = judged(set_of(OBJECT, off))
    assert not found.safe
    assert "is given and taken in one file" in by_hand_only(found)
    assert "ApiEnabled" in found.integrations[0].steps.missing
    assert not found.integrations[0].steps.given_back
