"""What stands in a user's way beside the rules: what surely shuts the integration out refuses, and only then."""

from typing import Any

import pytest

from sfharden.access.facts import Outcome
from sfharden.facts.index import Index
from sfharden.model.org import Assignment, PermissionSetRow
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.hindrances import Hindrances
from sfharden.simulation.matrix import matrix
from sfharden.simulation.proposal import overlay
from sfharden.simulation.rows import Standing
from tests.orgs.constants import INTEGRATION, P_SVC, SVC
from tests.orgs.files import (
    APP,
    CONNECTED,
    ECA_GLOBAL,
    ECA_OAUTH,
    ECA_OAUTH_POLICY,
    EXTERNAL,
    PROFILE,
    permission,
    snapshot_of,
    swapped,
    xml,
)
from tests.orgs.tables import FILES, SETS, TABLES, USERS, changed, running
from tests.simulation.kit import simulated

A, R, P, C = Outcome.ALLOWED, Outcome.REFUSED, Outcome.PARTLY, Outcome.CANNOT_TELL
API = "ApiEnabled"
SHOWN = (*TABLES.permission_names, API)
OWN = next(one for one in SETS if one.profile_id == P_SVC)
CALLER = PermissionSetRow("0PS000000000008AAA", "Calling", "Calling", "", "", (API,), False)
HELD = (Assignment(SVC, CALLER.id, ""),)


def outcomes(before: Snapshot, files: dict[str, str] | None = None) -> dict[str, Outcome]:
    after = overlay(before, snapshot_of(files)) if files else before
    return {row.id: row.outcome for row in matrix(after, INTEGRATION, before)}


def with_sets(*sets: PermissionSetRow) -> Snapshot:
    """API Enabled was asked about, and these sets are all besides the profiles' own."""
    return running(permission_names=SHOWN, permission_sets=(*SETS, *sets), assignments=HELD)


# The user ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"active": False}, {"frozen": True}])
def test_who_cannot_get_in_at_all_is_refused_and_that_shuts_no_way_for_a_stranger(
    change: dict[str, Any],
) -> None:
    users = (USERS[0]._replace(**change), *USERS[1:])
    found = outcomes(running(users=users))
    assert {found[name] for name in ("refreshing", "calling", "operator")} == {R}
    relaxed = running(changed(APP, ("ENFORCE", "BYPASS")), users=users)
    assert outcomes(relaxed)["stolen-refresh-token"] is C  # it would be let in, were the user unfrozen


def test_nobody_calls_without_api_enabled() -> None:
    found = outcomes(with_sets(CALLER._replace(permissions=())))
    assert (found["calling"], found["refreshing"], found["operator"]) == (R, C, A)


def test_api_enabled_by_a_set_that_must_be_activated_is_not_held_for_sure() -> None:
    assert outcomes(with_sets(CALLER))["calling"] is A
    for unsure in (True, None):
        assert outcomes(with_sets(CALLER._replace(needs_activation=unsure)))["calling"] is C


def test_api_enabled_that_was_not_asked_about_is_told_by_the_profiles_file_or_not_at_all() -> None:
    assert outcomes(running())["calling"] is A
    silent = {**FILES, PROFILE: FILES[PROFILE].replace(API, "ViewSetup")}
    assert outcomes(running(silent))["calling"] is C
    assert outcomes(snapshot_of(silent))["calling"] is C


CALLING = "permissionsets/Calling.permissionset"
OFF = f"<userPermissions><enabled>false</enabled><name>{API}</name></userPermissions>"


def a_set(body: str) -> dict[str, str]:
    return {CALLING: xml("PermissionSet", f"<label>Calling</label>{body}")}


@pytest.mark.parametrize(
    ("proposal", "calling"),
    [
        (a_set(permission(API)), A),
        (a_set(OFF), R),
        (a_set(""), C),  # whether what is left out is taken away is not documented
        (a_set("<hasActivationRequired>true</hasActivationRequired>" + permission(API)), C),
        (a_set("<hasActivationRequired>false</hasActivationRequired>" + permission(API)), A),
    ],
)
@pytest.mark.parametrize("read", [True, False])
def test_a_proposals_permission_set_takes_api_enabled_away(
    proposal: dict[str, str], calling: Outcome, read: bool
) -> None:
    before = with_sets(CALLER)
    if read:  # its file of today, too
        today = snapshot_of({**FILES, **a_set(permission(API))})
        before = before.model_copy(update={"components": today.components})
    assert outcomes(before, proposal)["calling"] is calling


def test_a_proposals_profile_takes_api_enabled_away() -> None:
    own = tuple(one._replace(permissions=(API,)) if one == OWN else one for one in SETS)
    before = running(permission_names=SHOWN, permission_sets=own)
    off = {PROFILE: FILES[PROFILE].replace(permission(API), OFF)}
    assert (outcomes(before)["calling"], outcomes(before, off)["calling"]) == (A, R)


# The app ----------------------------------------------------------------------------------------

LOST = {
    "scope api": ("<scopes>Api</scopes>\n", "", {"calling": R, "operator": P, "refreshing": C}),
    "scope refresh_token": ("<scopes>RefreshToken</scopes>", "", {"calling": A, "operator": P, "refreshing": R}),
    "every scope": ("<scopes>Api</scopes>\n<scopes>RefreshToken</scopes>", "", {"calling": C, "refreshing": C}),
    "key": ("3MVG9SECRETLIKE", "3MVG9OTHER", {"calling": C, "operator": P, "refreshing": R}),
    "zero": ("specific_inactivity:30:DAYS", "zero", {"calling": A, "operator": A, "refreshing": R}),
    "an hour": ("specific_inactivity:30:DAYS", "specific_lifetime:1:HOURS", {"calling": A, "refreshing": C}),
    "for ever": ("specific_inactivity:30:DAYS", "infinite", {"calling": A, "refreshing": A}),
    "longer": ("inactivity:30:DAYS", "inactivity:90:DAYS", {"calling": A, "refreshing": A}),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wanted"), LOST.values(), ids=LOST)
def test_what_an_app_loses(old: str, new: str, wanted: dict[str, Outcome]) -> None:
    files = {APP: changed(APP, (old, new))[APP]}
    found = outcomes(running(), files)
    assert {name: found[name] for name in wanted} == wanted
    good = all(outcome is A for outcome in wanted.values())
    assert simulated(files).safe is good
    assert simulated(files).breaks is (R in wanted.values())


def test_what_becomes_of_a_strangers_token_when_an_app_loses_something_is_not_known() -> None:
    relaxed = changed(APP, ("ENFORCE", "BYPASS"))
    for old, new in (("<scopes>RefreshToken</scopes>", ""), ("3MVG9SECRETLIKE", "3MVG9OTHER")):
        found = outcomes(running(relaxed), {APP: changed(APP, (old, new), files=relaxed)[APP]})
        assert found["stolen-refresh-token"] is C
    ended = changed(APP, ("specific_inactivity:30:DAYS", "zero"), files=relaxed)
    assert outcomes(running(ended))["stolen-refresh-token"] is R  # documented


@pytest.mark.parametrize(
    ("path", "old", "new", "name", "wanted"),
    [
        (ECA_OAUTH, "Api, RefreshToken", "Api", "refreshing", R),
        (ECA_OAUTH_POLICY, "SpecificInactivity", "Zero", "refreshing", R),
        (ECA_OAUTH_POLICY, ">30<", ">3<", "refreshing", C),
        (
            ECA_GLOBAL,
            "<callbackUrl>",
            "<consumerKey>3MVG9OTHER</consumerKey>\n<callbackUrl>",
            "refreshing",
            R,
        ),
    ],
)
def test_an_external_client_app_loses_alike(
    path: str, old: str, new: str, name: str, wanted: Outcome
) -> None:
    key = ("<callbackUrl>", "<consumerKey>3MVG9EXAMPLEONLY</consumerKey>\n<callbackUrl>")
    files = swapped(EXTERNAL, ECA_GLOBAL, key)
    whole = swapped(EXTERNAL if path == ECA_GLOBAL else files, path, (old, new))
    before = snapshot_of(files)
    after = overlay(before, snapshot_of({path: whole[path]}))
    assert {row.id: row.outcome for row in matrix(before, INTEGRATION, before)}[name] is A
    assert {row.id: row.outcome for row in matrix(after, INTEGRATION, before)}[name] is wanted


def test_today_nothing_is_lost_and_nothing_unjudged() -> None:
    index = Index(snapshot_of(CONNECTED))
    assert Hindrances(None, index, INTEGRATION).changes.found == ()
    standings = {row.standing for row in matrix(running(), INTEGRATION)}
    assert standings == {Standing.GOOD}
