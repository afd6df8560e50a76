"""An allowlist that nobody can see makes no row sure, and no proposal unsafe that leaves it as it is."""

import pytest

from sfharden.access.facts import Outcome
from sfharden.facts.index import Index
from sfharden.model.org import AppAccess, AppRow
from sfharden.model.snapshot import Snapshot
from sfharden.simulation.matrix import matrix
from sfharden.simulation.rows import Change
from sfharden.simulation.unseen_allowlist import rests_on_list, same_list, unseen_list
from tests.orgs import healthy
from tests.orgs.constants import INTEGRATION
from tests.orgs.files import APP, ECA_SECURITY, EXTERNAL, HEALTHY, PROFILE, SECURITY, login_range, token_range
from tests.orgs.running import ELSEWHERE, FILES, STANDARD, TABLES, UNLOCKED, changed, login, running
from tests.simulation.kit import simulated

SWITCH = "<isIpBindingEnabled>false</isIpBindingEnabled>\n"
ON = {**FILES, APP: HEALTHY[APP]}
SILENT = changed(APP, (SWITCH, ""))
RELAXED = ("ENFORCE", "BYPASS")

ROW = AppRow("0xI000000000001AAA", "Azure Logic Apps", "Azure_Logic_Apps", True, None)
OWN = (*(TABLES.app_access or ()), AppAccess("0PS000000000001AAA", ROW.id))
EXTERNAL_FILES = {**EXTERNAL, STANDARD: FILES[STANDARD]}


def external(files: dict[str, str]) -> Snapshot:
    return running(files, apps=(ROW,), app_access=OWN)


def at(version: str, snapshot: Snapshot) -> Snapshot:
    return snapshot.model_copy(update={"source": snapshot.source.model_copy(update={"api_version": version})})


UNSEEN = {
    "switched on, addresses hidden": running(ON),
    "API 66.0, connected app": at("66.0", running(SILENT)),
    "API 66.0, external client app": at(
        "66.0", external({path: text for path, text in EXTERNAL_FILES.items() if path != ECA_SECURITY})
    ),
}


def outcomes(snapshot: Snapshot) -> dict[str, Outcome]:
    return {row.id: row.outcome for row in matrix(snapshot, INTEGRATION)}


@pytest.mark.parametrize("name", UNSEEN)
def test_only_what_redeems_from_the_egress_is_not_known(name: str) -> None:
    found = outcomes(UNSEEN[name])
    assert [row for row, outcome in found.items() if outcome is Outcome.CANNOT_TELL] == ["refreshing"]
    assert found["operator"] is found["calling"] is Outcome.ALLOWED
    assert found["stolen-refresh-token"] is Outcome.REFUSED  # by the profile's ranges


@pytest.mark.parametrize("name", UNSEEN)
def test_a_change_that_leaves_it_as_it_is_can_still_be_safe(name: str) -> None:
    """An org that only an old API shows, or whose app has its list on, must be hardened by what can be changed."""
    before = UNSEEN[name]
    found = simulated({SECURITY: UNLOCKED, PROFILE: HEALTHY[PROFILE]}, before)
    (one,) = found.integrations
    assert (one.open, found.locked_out, found.breaks) == ((), False, False)
    assert found.safe
    assert one.unseen_list
    assert one.replay is not None
    assert not one.replay.unknown


def test_a_change_of_the_list_itself_is_not_known_to_be_safe() -> None:
    on = {APP: HEALTHY[APP]}
    for before in (running(), at("66.0", running(SILENT))):
        found = simulated(on, before)
        assert found.unknown
        assert not found.integrations[0].unseen_list
    assert simulated({APP: SILENT[APP]}, running(ON)).unknown


def test_whatever_else_is_not_known_stays_open() -> None:
    activated = changed(APP, ("ENFORCE", "BYPASS_2FACTOR"), files=ON)
    row = next(one for one in matrix(running(activated), INTEGRATION) if one.id == "stolen-refresh-token")
    assert row.outcome is Outcome.CANNOT_TELL
    assert not rests_on_list(Change(row, row))
    assert simulated({SECURITY: UNLOCKED}, running(activated)).unknown


WIDER = login_range("100.64.0.0", "100.64.0.99") + "<custom>"


@pytest.mark.parametrize(
    ("before", "proposal"),
    [
        (ON, {APP: changed(APP, RELAXED, files=ON)[APP]}),
        (ON, {APP: changed(APP, ("Approved>true", "Approved>false"), files=ON)[APP]}),
        (ON, {PROFILE: changed(PROFILE, ("<custom>", WIDER))[PROFILE]}),
        (
            changed(PROFILE, ("<custom>", WIDER), files=ON),
            {PROFILE: changed(PROFILE, ("<custom>", WIDER.replace("0.99", "0.199")))[PROFILE]},
        ),
    ],
    ids=["relaxed", "self-authorised", "wider", "wider than it was"],
)
def test_a_way_in_that_only_an_unseen_list_may_still_shut_is_not_called_safe(
    before: dict[str, str], proposal: dict[str, str]
) -> None:
    loose = {
        **before,
        "settings/ConnectedApp.settings": before["settings/ConnectedApp.settings"].replace("true", "false"),
        STANDARD: before[STANDARD].replace("loginIpRanges", "tabSettings"),
    }
    assert not simulated({SECURITY: UNLOCKED}, running(loose)).unknown
    assert simulated(proposal, running(loose)).unknown


def test_a_list_that_is_seen_keeps_a_stranger_out_where_the_profile_has_no_ranges() -> None:
    bare = {**EXTERNAL_FILES, PROFILE: EXTERNAL_FILES[PROFILE].replace("loginIpRanges", "tabSettings")}
    assert outcomes(external(bare))["stolen-refresh-token"] is Outcome.REFUSED
    assert outcomes(external(bare))["refreshing"] is Outcome.ALLOWED
    unbound = healthy.swapped(bare, ECA_SECURITY, (token_range("192.0.2.0", "192.0.2.15"), ""))
    assert outcomes(external(unbound))["stolen-refresh-token"] is not Outcome.REFUSED


def test_a_list_without_the_egress_breaks_the_integration() -> None:
    text = EXTERNAL[ECA_SECURITY].replace("192.0.2.15", "192.0.2.7")
    found = simulated({ECA_SECURITY: text}, external(EXTERNAL_FILES))
    assert found.breaks
    assert "allowlist" in " ".join(found.integrations[0].against)


def test_logins_that_a_new_list_would_refuse_are_replayed() -> None:
    bare = {**EXTERNAL_FILES, ECA_SECURITY: EXTERNAL[ECA_SECURITY].replace("192.0.2.15", "192.0.2.200")}
    before = running(
        bare,
        apps=(ROW,),
        app_access=OWN,
        logins=(login(source="192.0.2.9"), login(source=ELSEWHERE, status="x")),
    )
    text = EXTERNAL[ECA_SECURITY].replace("192.0.2.15", "192.0.2.7")
    assert simulated({ECA_SECURITY: text}, before).integrations[0].broken


def test_the_same_list_is_told_by_what_it_says_and_not_by_where() -> None:
    old, label = Index(running()), "Azure Logic Apps"
    assert same_list(old, Index(running(changed(APP, ("<label>", "\n\n<label>")))), label)
    assert same_list(old, Index(running(changed(APP, RELAXED))), label)
    assert not same_list(old, Index(running(ON)), label)
    assert unseen_list(old, Index(running()), INTEGRATION) == ""
    assert "no API shows" in unseen_list(Index(running(ON)), Index(running(ON)), INTEGRATION)
