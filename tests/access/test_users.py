"""The plain facts of a user: their profile's bounds, and whether they approved the app before."""

import pytest

from sfharden.access.users import (
    hours_text,
    may_call,
    profile_facts,
    profile_may_call,
    who_has_profile,
    who_is,
)
from sfharden.addresses import AddressSet
from sfharden.facts.api_access import API_ENABLED
from sfharden.facts.index import Index
from sfharden.model import org as tables
from sfharden.model.snapshot import Gap
from tests.orgs.constants import DANA, P_SVC, SVC
from tests.orgs.files import HEALTHY, PROFILE, snapshot_of, xml
from tests.orgs.tables import FILES, SETS, TABLES, USERS, changed, running, token


def index(files: object = FILES, *gaps: Gap, **changes: object) -> Index:
    return Index(running(files, *gaps, **changes))  # type: ignore[arg-type]


def test_a_profile_cut_down_to_a_few_sections_has_unknown_ranges_and_hours() -> None:
    name = "Logic Apps Integration"
    assert profile_facts(index(), name) == (AddressSet.of(["192.0.2.0/28", "198.51.100.7"]), False)
    bare = xml("Profile", "<custom>true</custom>")
    assert profile_facts(Index(snapshot_of({**FILES, PROFILE: bare})), name) == (None, None)
    assert profile_facts(index({**FILES, PROFILE: bare}), name) == (
        AddressSet(),
        False,
    )  # an org hands out all
    granting = "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>"
    whole = xml("Profile", f"<custom>true</custom>\n{granting}")
    assert profile_facts(Index(snapshot_of({**FILES, PROFILE: whole})), name) == (AddressSet(), False)
    overlaid = xml("Profile", granting)
    assert profile_facts(Index(snapshot_of({**FILES, PROFILE: overlaid})), name) == (None, None)
    assert profile_facts(index(), "Nobody") == (None, None)


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        ("<loginHours><mondayEnd>1140</mondayEnd><mondayStart>420</mondayStart></loginHours>", True),
        ("<loginHours/>", False),
        ("<loginHour><mondayEnd>1140</mondayEnd></loginHour>", None),
    ],
)
def test_login_hours(hours: str, wanted: bool | None) -> None:
    files = changed(PROFILE, ("<custom>true</custom>", f"<custom>true</custom>\n{hours}"))
    found = index(files)
    assert profile_facts(found, "Logic Apps Integration")[1] is wanted
    assert (hours_text(found, USERS[0]) is None) == (wanted is None)


def test_whether_a_user_approved_the_app_before() -> None:
    def consented(*gaps: Gap, **changes: object) -> bool | None:
        found = index(FILES, *gaps, **changes)
        return who_is(found, USERS[2], found.app("Azure Logic Apps")).consented

    assert consented() is False
    assert consented(tokens=(token(DANA),)) is True
    assert consented(tokens=None) is None
    assert consented(Gap(what="t", reason="cut off", kind=tables.TOKENS)) is None


def test_from_files_a_permission_that_a_profile_lacks_may_come_from_elsewhere() -> None:
    found = Index(snapshot_of(HEALTHY))
    who = who_has_profile(found, "Admin", found.app("Azure Logic Apps"))
    assert (who.approves_uninstalled, who.any_api_client, who.consented) == (None, None, None)
    assert who.pre_approved is False


# API Enabled --------------------------------------------------------------------------------

API_SHOWN = {"permission_names": (*TABLES.permission_names, API_ENABLED)}
CALLER = tables.PermissionSetRow("0PS000000000008AAA", "Calling", "", "", "", (API_ENABLED,), False)
GROUPED = CALLER._replace(group_id="0PG000000000001AAA")
HELD = (tables.Assignment(SVC, CALLER.id, ""),)
IN_GROUP = (tables.Assignment(SVC, CALLER.id, GROUPED.group_id),)


@pytest.mark.parametrize(
    ("sets", "given", "calls"),
    [
        ((CALLER,), HELD, True),
        ((CALLER._replace(needs_activation=True),), HELD, None),
        ((CALLER._replace(needs_activation=None),), HELD, None),
        ((CALLER,), (), False),
        ((), HELD, None),  # a set of theirs was not read
        ((GROUPED,), IN_GROUP, None),  # the group's state was not read
    ],
)
def test_api_enabled_counts_where_every_session_has_it(
    sets: tuple[tables.PermissionSetRow, ...], given: tuple[tables.Assignment, ...], calls: bool | None
) -> None:
    found = index(permission_sets=(*SETS, *sets), assignments=given, **API_SHOWN)
    assert may_call(found, USERS[0]) is calls


def test_the_profiles_own_set_needs_no_activation() -> None:
    own = tuple(one._replace(permissions=(API_ENABLED,)) if one.profile_id == P_SVC else one for one in SETS)
    assert may_call(index(permission_sets=own, **API_SHOWN), USERS[0]) is True
    assert may_call(index(permission_sets=own, assignments=None, **API_SHOWN), USERS[0]) is None


def test_api_enabled_that_was_not_asked_about_is_told_by_the_profiles_file() -> None:
    assert may_call(index(), USERS[0]) is True
    without_it = changed(PROFILE, ("ApiEnabled", "ViewSetup"))
    assert may_call(index(without_it), USERS[0]) is None  # a permission set may grant it
    assert (
        profile_may_call(index(changed(PROFILE, (">true</enabled>", ">maybe</enabled>"))), "Nobody") is None
    )
    damaged = changed(PROFILE, (">true</enabled>", ">maybe</enabled>"))
    assert profile_may_call(index(damaged), "Logic Apps Integration") is None
