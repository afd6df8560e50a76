"""The steps by hand, done in the snapshot: who is moved, who gets the set, and what is left as it is."""

import pytest

from sfharden.access.facts import Outcome
from sfharden.model.integration import Integration
from sfharden.model.org import Assignment, PermissionSetGroup, PermissionSetRow
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.by_hand import ByHand, by_hand
from sfharden.simulation.proposal import overlay
from sfharden.simulation.simulate import Simulation, simulate
from tests.orgs.constants import ADMIN_DESK, DANA, ELSEWHERE, HARDENED_INTEGRATION, INTEGRATION, NOW
from tests.orgs.files import login_range, permission, xml
from tests.orgs.judging import shipped
from tests.orgs.tables import FILES, SETS, TABLES, UNLOCKED, login, proposed, running

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
