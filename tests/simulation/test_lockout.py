"""The lock-out guard: whoever must get in, and what can't be told."""

from typing import Any

import pytest

from sfharden.model import org
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.simulation.lockout import Guard, guard
from sfharden.simulation.proposal import overlay
from tests.orgs.constants import OTHER_USER
from tests.orgs.metadata import (
    HEALTHY,
    INTEGRATION,
    PROFILE,
    SECURITY,
    login_range,
    permission,
    snapshot_of,
    xml,
)
from tests.orgs.running import (  # fmt: skip
    ADMIN,
    ADMIN_DESK,
    DANA,
    FILES,
    HARDENED,
    MANAGE,
    OPERATOR,
    P_STANDARD,
    SETS,
    SVC,
    TAKEN,
    UNLOCKED,
    USERS,
    changed,
    login,
    running,
)

ADMIN_FILE = "profiles/Admin.profile"
FAR = login_range("100.64.0.0", "100.64.0.9")
SHUT = {ADMIN_FILE: xml("Profile", FAR)}  # the administrators' profile bound to addresses that nobody uses


def judged(
    proposal: dict[str, str], before: Snapshot | None = None, address: str | None = ADMIN_DESK
) -> Guard:
    first = before or running()
    return guard(first, overlay(first, snapshot_of(proposal)), INTEGRATION, address)


def test_a_proposal_that_changes_nothing_is_safe() -> None:
    assert judged({SECURITY: UNLOCKED}).safe
    assert judged({}, snapshot_of({**HEALTHY, SECURITY: UNLOCKED}), None).safe


def test_the_operator_ranges_must_stay_open() -> None:
    found = judged({PROFILE: xml("Profile", login_range("192.0.2.0", "192.0.2.15"))})
    assert len(found.shut_out) == 1
    assert "operator ranges would be shut out" in found.shut_out[0]


def test_an_operator_way_in_that_cannot_be_told_is_not_safe() -> None:
    found = judged({PROFILE: xml("Profile", permission("ApiEnabled"))})  # leaves its ranges out
    assert not found.safe
    assert "operator" in found.unknown[0]


def test_the_user_running_the_tool_is_told_by_name_and_address() -> None:
    found = judged(SHUT)
    assert any(
        "You ('ada@acme.example', at 203.0.113.2) would be shut out" in text for text in found.shut_out
    )


def test_without_an_address_the_current_session_tells() -> None:
    def sessions(*sources: str) -> Snapshot:
        rows = tuple(org.Session(ADMIN, source, HARDENED, TAKEN, "", "", True) for source in sources)
        return running(sessions=rows, logins=())

    assert "at 203.0.113.2" in judged(SHUT, sessions(ADMIN_DESK), None).shut_out[0]
    for unclear in (sessions(), sessions(ADMIN_DESK, OPERATOR)):
        found = judged(SHUT, unclear, None)
        assert any("your address is not known. --my-address tells it." in text for text in found.unknown)


@pytest.mark.parametrize("tables", [{"caller": None}, {"users": ()}])
def test_a_caller_who_was_not_read_is_not_safe(tables: dict[str, Any]) -> None:
    found = judged(SHUT, running(**tables))
    assert any("you" in text.lower() for text in found.unknown)


def test_everybody_who_can_manage_profiles_shut_out() -> None:
    found = judged(SHUT)
    assert any(
        "Everybody who can manage profiles" in text and "ada@acme.example" in text for text in found.shut_out
    )


def test_one_who_stays_is_enough() -> None:
    other = (*SETS, org.PermissionSetRow("0PS000000000009AAA", "M", "", "", "", (MANAGE,)))
    before = running(permission_sets=other, assignments=(org.Assignment(DANA, "0PS000000000009AAA", ""),))
    assert not any("Everybody" in text for text in judged(SHUT, before).shut_out)


def test_an_address_they_used_before_keeps_a_manager_in() -> None:
    seen = running(logins=(login(ADMIN, "100.64.0.3", app="Browser", subtype="UsernamePasswordUiLogin"),))
    assert not any("Everybody" in text for text in judged(SHUT, seen).shut_out)
    failed = running(logins=(login(ADMIN, "100.64.0.3", status="Invalid Password"),))
    assert any("Everybody" in text for text in judged(SHUT, failed).shut_out)


def test_managers_that_were_not_all_read_cannot_be_told() -> None:
    gap = Gap(what="users", reason="cut off", kind=org.USERS)
    found = judged(SHUT, running(FILES, gap))
    assert any("cut off" in text for text in found.unknown)
    assert not any("Everybody" in text for text in found.shut_out)
    unasked = judged(SHUT, running(permission_names=()))
    assert any("manage profiles" in text for text in unasked.unknown)
    nobody = judged(SHUT, running(permission_sets=(SETS[0], SETS[1]._replace(permissions=()), SETS[2])))
    assert any("nobody was found" in text for text in nobody.unknown)


def test_from_files_a_proposal_that_touches_logins_is_never_known_to_be_safe() -> None:
    before = snapshot_of({**HEALTHY, SECURITY: UNLOCKED.replace("EveryRequest>true", "EveryRequest>false")})
    found = judged({SECURITY: UNLOCKED}, before)
    assert found.shut_out == ()
    assert len(found.unknown) == 2


def test_turning_api_access_control_on_may_shut_out_the_tools_own_app() -> None:
    before = running(changed("settings/ConnectedApp.settings", ("true", "false")))
    found = judged({"settings/ConnectedApp.settings": FILES["settings/ConnectedApp.settings"]}, before)
    assert any("API Access Control" in text for text in found.unknown)


def test_login_hours_for_the_administrators_cannot_be_told() -> None:
    hours = "<loginHours><mondayEnd>1140</mondayEnd><mondayStart>420</mondayStart></loginHours>"
    found = judged({ADMIN_FILE: xml("Profile", hours + login_range("203.0.113.1", "203.0.113.9"))})
    assert not found.shut_out
    assert len(found.unknown) == 2


def test_a_proposal_that_takes_away_who_can_undo_it_shuts_out() -> None:
    off = (
        "<userPermissions><enabled>false</enabled><name>ManageProfilesPermissionsets</name></userPermissions>"
    )
    kept = {ADMIN_FILE: xml("Profile", off + login_range("203.0.113.1", "203.0.113.9"))}
    assert any("Nobody would be left" in text for text in judged(kept).shut_out)
    one_more = (*SETS[:4], SETS[4]._replace(permissions=(MANAGE,)))
    dana = (org.Assignment(DANA, SETS[4].id, ""),)
    assert judged(kept, running(permission_sets=one_more, assignments=dana)).shut_out == ()


GHOST = org.User("005000000000009AAA", "ghost@acme.example", P_STANDARD, True, "Standard", None, False)
MANAGER = org.PermissionSetRow("0PS000000000009AAA", "M", "", "", "", (MANAGE,), False)


def beside(ghost: org.User = GHOST, through: org.PermissionSetRow = MANAGER, user: str = GHOST.id) -> Guard:
    """The administrators' profile is bound; one more user can manage profiles."""
    given = (org.Assignment(user, through.id, ""),)
    people, sets = (*USERS, ghost), (*SETS, through)
    caller = org.Caller(user_id=DANA, username=OTHER_USER)
    return judged(SHUT, running(users=people, permission_sets=sets, assignments=given, caller=caller))


def test_one_who_surely_signs_in_and_stays_is_enough() -> None:
    assert beside().safe


@pytest.mark.parametrize(
    "given",
    [
        {"ghost": GHOST._replace(frozen=True)},
        {"ghost": GHOST._replace(user_type="Guest")},
        {"ghost": GHOST._replace(user_type="AutomatedProcess")},
        {"user": SVC},
    ],
    ids=["frozen", "guest", "process", "the integration's own"],
)
def test_a_manager_who_cannot_sign_in_keeps_nobody_in(given: dict[str, Any]) -> None:
    assert any("Everybody who can manage profiles" in text for text in beside(**given).shut_out)


@pytest.mark.parametrize(
    "given",
    [{"ghost": GHOST._replace(frozen=None)}, {"through": MANAGER._replace(needs_activation=True)}],
    ids=["not told whether frozen", "in some sessions only"],
)
def test_a_manager_who_may_not_get_in_cannot_be_told(given: dict[str, Any]) -> None:
    found = beside(**given)
    assert not found.shut_out
    assert any("whether one of them can sign in" in text for text in found.unknown)
