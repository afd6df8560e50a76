"""Users and rights: each change once, under the name of whom it is about, and nothing of what a side can't tell."""

from typing import Any

from sfharden.checks.drift.found import ChangedFact, Side
from sfharden.checks.drift.people import OBJECTS, PEOPLE
from sfharden.checks.drift.rows import compare_table
from sfharden.model import org
from tests.orgs.constants import NOW

from .kit import part, side

DANA = org.User("005000000000001AAA", "dana@acme.example", "00e1", True, "Standard", None, frozen=False)
SALES = org.PermissionSetRow("0PS1", "Sales", "Sales Ops", "", "", ("ApiEnabled",), False)
OWNED = org.PermissionSetRow("0PS2", "X00e1", "X00e1", "00e1", "", ("ApiEnabled",))
OF_GROUP = org.PermissionSetRow("0PS3", "Team", "Team", "", "0PG1", ())
TEAM = org.PermissionSetGroup("0PG1", "Team", "The Team", "Updated")
PROFILES = (org.ProfileRow("00e1", "Standard User", "Standard"), org.ProfileRow("00e2", "Admins", "Admin"))
GIVEN = org.Assignment(DANA.id, "0PS1", "", True)
CRM = org.AppRow("0H4000000000001AAA", "CRM", "CRM_App", False, None)
HELD: dict[str, Any] = {
    "users": (DANA,), "profiles": PROFILES, "permission_sets": (SALES, OWNED, OF_GROUP), "groups": (TEAM,),
    "permissions_asked": ("ApiEnabled", "ManageUsers"), "assignments": (GIVEN,), "apps": (CRM,),
    "app_access": (), "group_members": (), "muting_sets": (),
}  # fmt: skip


def found(old: dict[str, Any], new: dict[str, Any]) -> list[ChangedFact]:
    sides: tuple[Side, Side] = side(**{**HELD, **old}), side(**{**HELD, **new})
    both = (one for table in PEOPLE for one in compare_table(*sides, table))
    return [one for one in both if isinstance(one, ChangedFact)]


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    facts = (one.fact for one in found(old, new))
    return [(one.name, one.what, one.change, one.was, one.now) for one in facts]


def test_nothing_changed() -> None:
    assert told({}, {}) == []


def test_what_changed_of_a_user_is_told_property_by_property_and_a_login_is_none() -> None:
    later = DANA._replace(profile_id="00e2", frozen=True, last_login=NOW)
    assert told({}, {"users": (later,)}) == [
        ("dana@acme.example", "profile", "changed", "Standard User", "Admins"),
        ("dana@acme.example", "frozen", "changed", "no", "yes"),
    ]


def test_what_either_side_was_not_told_of_a_user_is_no_change() -> None:
    assert told({}, {"users": (DANA._replace(frozen=None),)}) == []


def test_only_active_users_come_and_go() -> None:
    idle = DANA._replace(id="0052", username="idle@acme.example", active=False)
    assert told({}, {"users": (DANA, idle)}) == []
    assert told({}, {"users": ()}) == [("dana@acme.example", "active user", "gone", "", "")]


def test_permissions_of_a_set_are_compared_as_far_as_both_sides_asked() -> None:
    later = SALES._replace(permissions=("ManageUsers", "NewPermission"))
    (one,) = found({}, {"permission_sets": (later, OWNED, OF_GROUP)})
    assert (one.fact.name, one.fact.added, one.fact.removed) == (
        "Sales Ops",
        ("ManageUsers",),
        ("ApiEnabled",),
    )
    assert set(one.about.names) == {"Sales", "Sales Ops"}
    assert one.about.files == ("permissionsets/Sales.permissionset",)


def test_a_profiles_own_set_is_told_only_where_a_side_has_no_file_of_it() -> None:
    rows = (SALES, OWNED._replace(permissions=()), OF_GROUP)
    (one,) = found({}, {"permission_sets": rows})
    assert (one.fact.kind, one.fact.name, one.fact.removed) == ("profile", "Standard User", ("ApiEnabled",))
    sides = [
        side(part("Profile", "Standard"), **{**HELD, "permission_sets": sets})
        for sets in (HELD["permission_sets"], rows)
    ]
    assert list(compare_table(sides[0], sides[1], PEOPLE[1])) == []


def test_sets_and_groups_come_and_go_once() -> None:
    assert told({}, {"permission_sets": (OWNED, OF_GROUP)}) == [
        ("Sales Ops", "permission set", "gone", "", "")
    ]
    gone = {"permission_sets": (SALES, OWNED), "groups": ()}
    assert told({}, gone) == [("The Team", "permission set group", "gone", "", "")]
    assert told({}, {"groups": (TEAM._replace(status="Updating"),)}) == []


def test_a_session_based_set_that_is_one_no_more_is_told() -> None:
    later = SALES._replace(needs_activation=True)
    assert told({}, {"permission_sets": (later, OWNED, OF_GROUP)}) == [
        ("Sales Ops", "needs activation", "changed", "no", "yes")
    ]


def test_members_and_what_groups_mute() -> None:
    member = org.GroupMember("0PG1", "0PS1", False)
    assert told({}, {"group_members": (member,)}) == [("The Team", "member Sales Ops", "came", "", "")]
    mute = org.MutingSet("0QM1", "Quiet", ("ApiEnabled",))
    changed = {"muting_sets": (mute._replace(permissions=()),)}
    assert told({"muting_sets": (mute,)}, changed) == [("Quiet", "muted permissions", "changed", "", "")]
    assert told({"muting_sets": (mute,)}, {"muting_sets": (mute._replace(permissions=None),)}) == []


def test_assignments_come_go_and_end() -> None:
    assert told({}, {"assignments": ()}) == [
        ("dana@acme.example", "permission set Sales Ops", "gone", "", "")
    ]
    ended = GIVEN._replace(active=False, expires=NOW)
    assert told({}, {"assignments": (ended,)})[0][3:] == ("in force", "ended, until 2026-11-24 12:00 UTC")
    assert told({}, {"assignments": (GIVEN._replace(active=None),)}) == []
    group = org.Assignment(DANA.id, "0PS3", "0PG1", True)
    (one,) = found({}, {"assignments": (GIVEN, group)})
    assert (one.fact.what, one.about.names) == ("permission set group The Team", ("Team", "The Team"))


def test_who_may_use_an_app() -> None:
    (one, other) = found({}, {"app_access": (org.AppAccess("0PS1", CRM.id), org.AppAccess("0PS2", CRM.id))})
    assert (one.fact.name, one.fact.what) == ("CRM", "pre-approved permission set Sales Ops")
    assert (other.fact.what, other.about.others) == ("pre-approved profile Standard User", ("CRM", "CRM_App"))
    assert one.about.family != other.about.family


def test_rights_on_objects() -> None:
    rights = org.ObjectRights("0PS1", "Account", ("Read",))
    old = side(**HELD, object_rights=(rights,))
    new = side(**HELD, object_rights=(rights._replace(rights=("Edit", "Read")),))
    (one,) = compare_table(old, new, OBJECTS)
    assert isinstance(one, ChangedFact)
    assert (one.fact.name, one.fact.what, one.fact.added) == ("Sales Ops", "Account", ("Edit",))
