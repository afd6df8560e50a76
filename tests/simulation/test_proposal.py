"""A proposal laid over what was read."""

import pytest

from sfharden.access.gather import app_facts, org_facts
from sfharden.access.users import profile_facts
from sfharden.addresses import AddressSet
from sfharden.facts.index import Index
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.simulation.proposal import overlay, touched
from tests.orgs.metadata import APP, HEALTHY, PROFILE, SECURITY, login_range, permission, snapshot_of, xml
from tests.orgs.running import FILES, UNLOCKED, running

NAME = "Logic Apps Integration"
NEW_RANGE = login_range("192.0.2.4", "192.0.2.5")


def after(files: dict[str, str], before: Snapshot | None = None) -> Snapshot:
    return overlay(before or running(), snapshot_of(files))


def test_the_same_kind_and_name_is_replaced_and_the_rest_stays() -> None:
    found = after({SECURITY: UNLOCKED.replace("EveryRequest>true", "EveryRequest>false")})
    assert len(found.components) == len(running().components)
    assert found.org == running().org
    before = running()
    assert list(touched(before, overlay(before, snapshot_of({SECURITY: UNLOCKED})))) == [
        ("SecuritySettings", "Security")
    ]


def test_names_are_matched_as_the_org_matches_them() -> None:
    found = after({"profiles/logic apps INTEGRATION.profile": xml("Profile", NEW_RANGE)})
    assert len(found.components) == len(running().components)
    assert profile_facts(Index(found), NAME)[0] == AddressSet.of(["192.0.2.4-192.0.2.5"])
    label = after({"profiles/System Administrator.profile": xml("Profile", NEW_RANGE)})
    assert profile_facts(Index(label), "Admin")[0] == AddressSet.of(["192.0.2.4-192.0.2.5"])


@pytest.mark.parametrize("twin", ["Logic App\u017f Integration", "Logic\u00a0Apps Integration"])
def test_a_look_alike_is_deployed_beside_the_real_one(twin: str) -> None:
    found = after({f"profiles/{twin}.profile": xml("Profile", NEW_RANGE)})
    assert profile_facts(Index(found), NAME) == profile_facts(Index(running()), NAME)
    assert len(found.components) == len(running().components) + 1
    real, same = "profiles/\u00c9quipe.profile", "profiles/E\u0301quipe.profile"  # as macOS writes it
    before = running({**FILES, real: xml("Profile", "<custom>true</custom>")})
    assert len(after({same: xml("Profile", NEW_RANGE)}, before).components) == len(before.components)


def test_a_new_component_is_added() -> None:
    found = after({"profiles/New One.profile": xml("Profile", NEW_RANGE + permission("ApiEnabled"))})
    assert len(found.components) == len(running().components) + 1


def test_a_profile_keeps_what_the_proposal_leaves_out() -> None:
    found = after({PROFILE: xml("Profile", NEW_RANGE)})
    (profile,) = [one for one in found.of_kind("Profile") if one.name == NAME]
    assert "ApiEnabled" in profile.permissions
    assert profile.values["custom"][0].text == "true"


def test_permissions_come_and_go_one_by_one() -> None:
    off = "<userPermissions><enabled>false</enabled><name>ApiEnabled</name></userPermissions>"
    found = after({PROFILE: xml("Profile", NEW_RANGE + off + permission("ViewSetup"))})
    (profile,) = [one for one in found.of_kind("Profile") if one.name == NAME]
    assert set(profile.permissions) == {"ViewSetup"}


def test_a_list_that_is_left_out_is_neither_kept_nor_cleared_for_sure() -> None:
    ranges = after({PROFILE: xml("Profile", permission("ViewSetup"))})
    assert profile_facts(Index(ranges), NAME)[0] is None
    unassigned = HEALTHY[APP].replace("<profileName>Logic Apps Integration</profileName>", "")
    app = Index(after({APP: unassigned})).app("Azure Logic Apps")
    assert any(gap.path == "profileName" for part in app.parts for gap in part.gaps)


def test_an_app_keeps_its_consumer_key_when_the_proposal_names_none() -> None:
    """As every package of ours: without its key, whether the org blocks the app would be unknown."""
    line = "<consumerKey>3MVG9SECRETLIKE</consumerKey>"
    before, keyless = snapshot_of(HEALTHY), HEALTHY[APP].replace(line, "")
    keys = [app_key(one) for one in (before, after({APP: keyless}))]
    assert keys[0] == keys[1] is not None
    assert app_key(after({APP: HEALTHY[APP].replace("3MVG9SECRETLIKE", "3MVG9OTHER")})) != keys[0]
    assert app_key(after({APP: keyless}, snapshot_of({**HEALTHY, APP: keyless}))) is None
    two = snapshot_of({**HEALTHY, f"b/{APP}": HEALTHY[APP].replace("3MVG9SECRETLIKE", "3MVG9OTHER")})
    assert app_key(after({APP: keyless}, two)) is None


def app_key(snapshot: Snapshot) -> str | None:
    (app, *_) = snapshot.of_kind("ConnectedApp")
    return next((one.text for one in app.values.get("oauthConfig.consumerKey", ())), None)


def test_login_hours_are_cleared_by_an_empty_element_only() -> None:
    hours = "<loginHours><mondayEnd>1140</mondayEnd><mondayStart>420</mondayStart></loginHours>"
    before = running({**FILES, PROFILE: FILES[PROFILE].replace("<custom>", f"{hours}\n<custom>")})
    assert profile_facts(Index(after({PROFILE: xml("Profile", NEW_RANGE)}, before)), NAME)[1] is True
    cleared = after({PROFILE: xml("Profile", f"<loginHours/>{NEW_RANGE}")}, before)
    assert profile_facts(Index(cleared), NAME)[1] is False


def test_settings_are_one_whatever_their_file_is_called() -> None:
    found = after({"settings/Security__c Security.settings": UNLOCKED})
    assert len(list(found.of_kind("SecuritySettings"))) == 1


def test_gaps_of_both_sides_remain() -> None:
    gap, other = (Gap(what=name, reason="r", kind="Profile", name=name) for name in "ab")
    found = overlay(running(FILES, gap), snapshot_of({PROFILE: xml("Profile", NEW_RANGE)}, other))
    assert found.gaps == (gap, other)


def test_what_it_leaves_out_of_an_app_is_unknown() -> None:
    bare = xml(
        "ConnectedApp", "<label>Azure Logic Apps</label>\n<profileName>Logic Apps Integration</profileName>"
    )
    found = app_facts(Index(after({APP: bare})), "Azure Logic Apps")
    assert (found.admin_approved, found.relaxation) == (None, None)


# Several files for one thing ----------------------------------------------------------------


def test_of_two_files_for_one_thing_neither_is_taken_for_sure() -> None:
    off = UNLOCKED.replace("EveryRequest>true", "EveryRequest>false")
    for first, second in ((off, UNLOCKED), (UNLOCKED, off)):
        found = after({f"a/{SECURITY}": first, f"b/{SECURITY}": second})
        assert org_facts(Index(found)).every_request is None
    same = after({f"a/{SECURITY}": UNLOCKED, f"b/{SECURITY}": UNLOCKED})
    assert org_facts(Index(same)).every_request is True
    two = after({f"a/{PROFILE}": xml("Profile", NEW_RANGE), f"b/{PROFILE}": xml("Profile", "")})
    assert profile_facts(Index(two), NAME)[0] is None


def test_profiles_that_differ_in_their_hours_differ() -> None:
    hours = "<loginHours><mondayEnd>1140</mondayEnd><mondayStart>420</mondayStart></loginHours>"
    late = HEALTHY[PROFILE].replace("<custom>", f"{hours}\n<custom>")
    files = snapshot_of({f"a/{PROFILE}": HEALTHY[PROFILE], f"b/{PROFILE}": late})
    assert profile_facts(Index(files), NAME) == (None, None)
