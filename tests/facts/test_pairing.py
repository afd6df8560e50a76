"""Which app, profile and users belong together: what speaks for a guess, and who is never taken by the way."""

from typing import Any

import pytest

from sfharden.emulator.generate import APP_LABEL, INTEGRATION_USER, healthy_org
from sfharden.emulator.generate import PROFILE as OWN
from sfharden.facts.index import Index
from sfharden.facts.pairing import Pair, likeliest_profile, pairs_of
from sfharden.model import kinds
from sfharden.model.org import AppAccess, AppRow, Assignment
from sfharden.model.snapshot import Component, Snapshot, Value
from tests.orgs import served
from tests.orgs.constants import APP_ID, DANA, NOW, OTHER_USER, SERVICE_USER, SVC
from tests.orgs.files import APP, HEALTHY, snapshot_of, swapped, without
from tests.orgs.tables import FILES, PROFILES, USERS, running, token

UNASSIGNED = swapped(FILES, APP, ("<profileName>Logic Apps Integration</profileName>", ""))


def pair(snapshot: Snapshot) -> Pair:
    return pairs_of(Index(snapshot))[0]


def names(found: Pair) -> tuple[str, str, tuple[str, ...]]:
    profile = found.profile.name if found.profile else ""
    return found.app.name, profile, tuple(one.name for one in found.users)


def reasons(found: Pair) -> str:
    return "; ".join(found.profile.because) if found.profile else ""


@pytest.mark.parametrize("external", [False, True])
def test_in_an_untidy_org_the_right_three_are_found(external: bool) -> None:
    found = pair(served.read_snapshot(healthy_org(NOW, external=external)))
    assert names(found) == ("Azure_Logic_Apps", OWN, (INTEGRATION_USER,))
    assert found.custom
    assert "tokens of the app are held by 1 active user of it" in reasons(found)
    assert ("permission set" if external else "it's approved for the app") in reasons(found)


def test_whose_tokens_there_are_is_enough() -> None:
    found = pair(running(UNASSIGNED, app_access=()))
    assert names(found) == ("Azure_Logic_Apps", OWN, (SERVICE_USER,))
    assert reasons(found) == "tokens of the app are held by 1 active user of it"
    assert found.users[0].because == ("holds 1 token of the app", "has the profile")


def test_who_is_approved_is_enough_by_files_alone() -> None:
    found = pair(snapshot_of(HEALTHY))
    assert (*names(found)[:2], reasons(found)) == ("Azure_Logic_Apps", OWN, "it's approved for the app")
    assert found.users == ()


def test_by_a_permission_set_the_profile_of_those_who_have_it_is_found() -> None:
    given = running(
        UNASSIGNED,
        app_access=(AppAccess("0PS000000000004AAA", APP_ID),),
        assignments=(Assignment(SVC, "0PS000000000004AAA", ""),),
        tokens=(),
    )
    found = pair(given)
    assert names(found)[1:] == (OWN, (SERVICE_USER,))
    assert reasons(found) == "users of it have the permission set 'Sync Access', approved for the app"
    assert found.users[0].because == ("the only active user who has the profile",)


def test_a_custom_profile_comes_before_one_that_people_share() -> None:
    both = running(UNASSIGNED, app_access=(), tokens=(token(), token(DANA), token(DANA, days=2)))
    found = pair(both)
    assert names(found)[1:] == (OWN, (SERVICE_USER,))
    assert [(one.name, one.because) for one in found.others] == [(OTHER_USER, ("holds 2 tokens of the app",))]


def test_a_stranger_on_the_profile_is_not_taken_for_a_user_of_the_integration() -> None:
    """Written down as one, nobody would ever find them."""
    stranger = USERS[2]._replace(profile_id=USERS[0].profile_id)
    found = pair(running(users=(USERS[0], USERS[1], stranger)))
    assert names(found)[2] == (SERVICE_USER,)
    assert [(one.name, one.because) for one in found.others] == [(OTHER_USER, ("has the profile",))]
    without_tokens = pair(running(users=(USERS[0], USERS[1], stranger), tokens=()))
    assert without_tokens.users == ()
    assert {one.name for one in without_tokens.others} == {SERVICE_USER, OTHER_USER}


def test_many_who_hold_tokens_are_people_who_use_the_app_and_no_integration() -> None:
    def crowd(size: int) -> Pair:
        users = tuple(
            USERS[0]._replace(id=f"005{n:012d}AAA", username=f"u{n}@acme.example") for n in range(size)
        )
        return pair(running(users=users, tokens=tuple(token(one.id) for one in users)))

    assert len(crowd(5).users) == 5
    assert (crowd(6).users, len(crowd(6).others)) == ((), 6)


def test_what_stands_for_all_of_a_users_tokens_is_not_counted() -> None:
    found = pair(running(tokens=(token()._replace(summed=True),)))
    assert found.users[0].because[0] == "holds tokens of the app"


@pytest.mark.parametrize(
    "gone", [{"active": False}, {"user_type": "AutomatedProcess"}, {"user_type": "Guest"}], ids=str
)
def test_nobody_who_cannot_sign_in_is_taken(gone: dict[str, Any]) -> None:
    found = pair(running(users=(USERS[0]._replace(**gone), *USERS[1:])))
    assert found.users == ()
    assert all(one.because[0] == "is inactive" for one in found.others)


def test_a_token_that_only_bears_the_apps_name_ties_nobody() -> None:
    """An uninstalled look-alike has the label and no record."""
    fake = token(DANA, app="")
    found = pair(running(UNASSIGNED, app_access=(), tokens=(fake,)))
    assert names(found) == ("Azure_Logic_Apps", "", ())
    assert found.others == ()


def test_the_token_of_an_external_client_app_may_lack_its_record() -> None:
    usage = token(app="")._replace(external=True)
    apps = (AppRow("0xI000000000001AAA", APP_LABEL, "Azure_Logic_Apps", True, None),)
    eca = Component(kind=kinds.EXTERNAL_APP, name="Azure_Logic_Apps", file="x.eca")
    snapshot = running(without(APP, FILES), apps=apps, tokens=(), external_tokens=(usage,), app_access=())
    found = pair(snapshot.model_copy(update={"components": (*snapshot.components, eca)}))
    assert names(found)[1:] == (OWN, (SERVICE_USER,))


def test_a_profile_may_be_named_by_its_records_id() -> None:
    by_id = swapped(FILES, APP, (f"<profileName>{OWN}<", f"<profileName>{PROFILES[0].id[:15]}<"))
    assert names(pair(running(by_id, app_access=(), tokens=())))[1] == OWN


def test_what_was_not_read_ties_nothing_and_breaks_nothing() -> None:
    bare = running(
        UNASSIGNED, users=None, profiles=None, permission_sets=None, assignments=None, app_access=None,
        tokens=None, external_tokens=None, apps=None,
    )  # fmt: skip
    assert names(pair(bare)) == ("Azure_Logic_Apps", "", ())
    no_assignments = running(app_access=(AppAccess("0PS000000000004AAA", APP_ID),), assignments=None)
    assert names(pair(no_assignments))[1] == OWN
    assert pairs_of(Index(snapshot_of({}))) == ()


def test_the_app_to_which_most_is_tied_comes_first() -> None:
    other = Component(
        kind=kinds.CONNECTED_APP,
        name="A_First",
        file="connectedApps/A_First.connectedApp",
        values={"profileName": (Value(text="Standard User", line=1),)},
    )
    snapshot = running()
    found = pairs_of(Index(snapshot.model_copy(update={"components": (other, *snapshot.components)})))
    assert [one.app.name for one in found] == ["Azure_Logic_Apps", "A_First"]
    assert names(found[1])[1] == "Standard User"


def test_of_equals_the_one_named_like_logic_apps_comes_first() -> None:
    def bare(name: str) -> Component:
        return Component(kind=kinds.CONNECTED_APP, name=name, file=name)

    snapshot = snapshot_of({}).model_copy(
        update={"components": tuple(map(bare, ("Alpha", "Azure_Sync", "My_Logic_Apps", "ns__Alpha")))}
    )
    found = [one.app.name for one in pairs_of(Index(snapshot))]
    assert found == ["My_Logic_Apps", "Azure_Sync", "Alpha", "ns__Alpha"]


def test_the_likeliest_profile_is_a_custom_one_of_api_only_users() -> None:
    def profile(name: str, custom: str, *held: str) -> Component:
        told = {"custom": (Value(text=custom, line=1),)}
        return Component(
            kind=kinds.PROFILE, name=name, file=name, values=told, permissions=dict.fromkeys(held, 1)
        )

    standard, custom, api = (
        profile("A", "false", "ApiUserOnly"),
        profile("B", "true"),
        profile("C", "true", "ApiUserOnly"),
    )
    assert likeliest_profile([standard, custom, api]) is api
    assert likeliest_profile([standard, custom]) is custom
    assert likeliest_profile([standard]) is standard
    assert likeliest_profile([]) is None


def test_a_hidden_label_is_no_name_of_a_profile() -> None:
    rows = tuple(one._replace(label="") for one in PROFILES)
    assert names(pair(running(profiles=rows)))[1] == OWN


def test_an_inactive_user_who_holds_tokens_is_told_and_not_taken() -> None:
    gone = tuple(one._replace(active=one.active and one.id != DANA) for one in USERS)
    found = pair(running(users=gone, tokens=(token(), token(DANA))))
    assert names(found)[2] == (SERVICE_USER,)
    assert [(one.name, one.because) for one in found.others] == [
        (OTHER_USER, ("is inactive", "holds 1 token of the app"))
    ]
