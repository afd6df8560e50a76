"""Who holds what: profiles, permission sets, groups with muting, what has ended, and whom nothing was read of."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfharden.emulator.untidy import COLLEAGUE
from sfharden.facts.directory import Directory
from sfharden.facts.grants import MOST_NAMED, Grants, is_process, signs_in
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Assignment, GroupMember, PermissionSetGroup, PermissionSetRow, User
from sfharden.model.snapshot import Gap, Snapshot
from tests.orgs import live
from tests.orgs.live import user
from tests.orgs.metadata import NOW

PLAIN = PermissionSetRow("0PS000000000501AAA", "Plain", "Plain", "", "", ("ViewAllData",))
OTHER = PermissionSetRow("0PS000000000502AAA", "Other", "Other", "", "", ())
GROUP_ID = "0PG000000000501AAA"
OF_GROUP = PermissionSetRow("0PS000000000503AAA", "Bundle", "Bundle", "", GROUP_ID, ("ViewAllData",))
UPDATED = PermissionSetGroup(GROUP_ID, "Bundle", "Bundle", "Updated")
AUDITOR = user("auditor@acme.example")
BY_GROUP = Assignment(AUDITOR.id, OF_GROUP.id, GROUP_ID)
MEMBER = GroupMember(GROUP_ID, PLAIN.id, muting=False)
MUTED = GroupMember(GROUP_ID, "0QM000000000501AAA", muting=True)


def snapshot(*gaps: Gap, **tables: object) -> Snapshot:
    """The healthy org with three sets and a group more, and these tables."""
    given: dict[str, object] = {
        "permission_sets": (*live.table("permission_sets"), PLAIN, OTHER, OF_GROUP),
        "assignments": (*live.table("assignments"), BY_GROUP),
        "groups": (*live.table("groups"), UPDATED),
        "group_members": (MEMBER,),
        "muting_sets": (),
    }
    return live.changed(*gaps, **{**given, **tables})


def grants(*gaps: Gap, **tables: object) -> Grants:
    return Grants(Directory(snapshot(*gaps, **tables)))


def holding(*assigned: Assignment, **tables: object) -> bool | None:
    """Whether the auditor has the plain set."""
    found = grants(assignments=(*live.table("assignments"), *assigned), **tables)
    return found.has_set(AUDITOR, PLAIN)


# Sets and groups -----------------------------------------------------------------------------


def test_the_sets_of_a_user_begin_with_their_profile_s() -> None:
    found = Grants(Directory(live.healthy())).sets_of(AUDITOR)
    assert [one.label for one in found][1:] == ["Caller auditor"]
    found.require_whole()


def test_a_set_that_was_not_read_is_missing_from_a_user_s() -> None:
    unread = Assignment(AUDITOR.id, "0PSUNREAD", "")
    found = Grants(Directory(live.changed(assignments=(*live.table("assignments"), unread)))).sets_of(AUDITOR)
    assert len(found.rows) == 2
    with pytest.raises(CannotTell, match="a permission set of theirs was not read"):
        found.require_whole()


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({}, True),
        ({"group_members": (MEMBER, MUTED)}, None),
        ({"group_members": ()}, False),
        ({"group_members": None}, None),
        ({"groups": None}, None),
        ({"groups": (UPDATED._replace(status="Failed"),)}, None),
    ],
)
def test_a_set_comes_through_a_group_that_has_it_unless_something_is_muted(
    tables: dict[str, object], expected: bool | None
) -> None:
    assert holding(BY_GROUP, **tables) is expected


def test_members_that_may_be_missing_leave_it_open_who_has_a_set_by_a_group() -> None:
    gap = Gap(what="members", reason="cut off", kind=org.GROUP_MEMBERS)
    assert grants(gap, group_members=()).has_set(AUDITOR, PLAIN) is None


def test_who_has_a_set_is_told_user_by_user() -> None:
    found = grants()
    assert found.having(OF_GROUP, frozenset()).rows == (AUDITOR,)
    assert found.having(PLAIN, frozenset()).rows == (AUDITOR,)
    assert found.having(PLAIN, frozenset({AUDITOR.id})).rows == ()
    muted = grants(group_members=(MEMBER, MUTED)).having(PLAIN, frozenset())
    assert (muted.rows, AUDITOR.username in muted.gap) == ((), True)
    assert grants(group_members=(MEMBER, MUTED)).having(PLAIN, frozenset({AUDITOR.id})).gap == ""


def test_a_set_that_must_be_activated_lets_nobody_in_for_sure() -> None:
    by_session = PLAIN._replace(needs_activation=True)
    found = grants(assignments=(Assignment(AUDITOR.id, PLAIN.id, ""),))
    assert found.may_use(AUDITOR, [PLAIN]) is True
    assert found.may_use(AUDITOR, [by_session]) is None
    assert found.having(by_session, frozenset()).rows == (AUDITOR,)  # against the org it counts


@pytest.mark.parametrize("status", ["Outdated", "Updating", "Failed", ""])
def test_what_a_group_grants_is_right_only_while_it_is_up_to_date(status: str) -> None:
    found = grants(groups=(UPDATED._replace(status=status),), permission_sets=_without_grant())
    holders = found.holders("ViewAllData")
    assert AUDITOR.id in {one.user.id for one in holders.unsure}
    assert AUDITOR.username in holders.why_open
    with pytest.raises(CannotTell):
        found.whole_permissions(AUDITOR)


def test_a_group_that_is_up_to_date_grants_what_its_set_grants() -> None:
    assert AUDITOR in {one.user for one in grants().holders("ViewAllData")}
    without = grants(permission_sets=_without_grant()).holders("ViewAllData")
    assert AUDITOR not in {one.user for one in without}  # muted: the set that stands for it lacks it
    assert AUDITOR not in {one.user for one in without.unsure}


def _without_grant() -> tuple[PermissionSetRow, ...]:
    return (*live.table("permission_sets"), PLAIN, OTHER, OF_GROUP._replace(permissions=()))


def test_groups_that_were_not_read_leave_their_users_open() -> None:
    holders = grants(groups=None, permission_sets=_without_grant()).holders("ViewAllData")
    assert {one.user.username for one in holders.unsure} == {AUDITOR.username, COLLEAGUE}
    assert holders.gap == ""


# What has ended ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("active", "expires", "expected"),
    [
        (None, None, True),
        (True, NOW + timedelta(days=1), True),
        (False, None, False),
        (True, NOW - timedelta(seconds=1), False),
        (None, NOW - timedelta(days=400), False),
    ],
)
def test_d9_an_assignment_that_has_ended_gives_nothing(
    active: bool | None, expires: datetime | None, expected: bool
) -> None:
    """Right, since PermissionSetAssignment (Object Reference) tells it: IsActive is false, ExpirationDate is past."""
    for one in (Assignment(AUDITOR.id, PLAIN.id, ""), BY_GROUP):
        given_so = one._replace(active=active, expires=expires)
        assert holding(given_so) is expected
        holders = grants(assignments=(given_so,)).holders("ViewAllData")
        assert (AUDITOR in {holder.user for holder in holders}) is expected


# People --------------------------------------------------------------------------------------


def _more(*users: User) -> Grants:
    return Grants(Directory(live.changed(users=(*live.table("users"), *users))))


def somebody(profile_id: str, kind: str = "Standard") -> User:
    return User("005000000000901AAA", "somebody@acme.example", profile_id, True, kind, None)


PROFILE_IDS = pytest.mark.parametrize("profile_id", ["", "00e000000000099AAA"])


@PROFILE_IDS
@pytest.mark.parametrize("kind", ["AutomatedProcess", "CloudIntegrationUser"])
def test_d1_salesforce_s_own_processes_leave_nothing_open(kind: str, profile_id: str) -> None:
    """Every org has some, active and without a profile that is shown; nobody signs in as one."""
    holders = _more(somebody(profile_id, kind)).holders("ApiEnabled")
    assert holders.why_open == ""
    assert is_process(somebody("", kind))


@PROFILE_IDS
@pytest.mark.parametrize("kind", ["Standard", "PowerCustomerSuccess", "SomeNewType", ""])
def test_a_user_without_a_visible_profile_is_one_user_s_gap(kind: str, profile_id: str) -> None:
    one = somebody(profile_id, kind)
    holders = _more(one).holders("ApiEnabled")
    assert [gap.user for gap in holders.unsure] == [one]
    assert holders.gap == ""
    assert signs_in(one)


def test_a_guest_is_nobody_who_signs_in_and_holds_what_they_are_given() -> None:
    guest = somebody("", "Guest")
    assert not signs_in(guest)
    assert _more(guest).holders("ViewAllData").why_open == ""
    given_set = live.changed(
        users=(*live.table("users"), guest),
        permission_sets=(*live.table("permission_sets"), PLAIN),
        assignments=(*live.table("assignments"), Assignment(guest.id, PLAIN.id, "")),
    )
    assert guest in {one.user for one in Grants(Directory(given_set)).holders("ViewAllData")}


def test_orphan_rows_belong_to_nobody() -> None:
    orphan = Assignment("005000000000999AAA", "0PSGONE", "")
    holders = Grants(Directory(live.changed(assignments=(*live.table("assignments"), orphan)))).holders(
        "ApiEnabled"
    )
    assert holders.why_open == ""


def test_one_reason_for_a_table_is_not_told_user_by_user() -> None:
    gap = Gap(what="sets", reason="cut off", kind=org.PERMISSION_SETS)
    sets = tuple(one for one in live.table("permission_sets") if not one.profile_id)
    holders = Grants(Directory(live.changed(gap, permission_sets=sets))).holders("ApiEnabled")
    assert (holders.unsure, "cut off" in holders.gap) == ((), True)


def test_of_a_crowd_not_everybody_is_named() -> None:
    crowd = [
        somebody("")._replace(id=f"005{n}", username=f"u{n}@acme.example") for n in range(MOST_NAMED + 1)
    ]
    few, many = (_more(*crowd[:count]).holders("ApiEnabled") for count in (MOST_NAMED, MOST_NAMED + 1))
    assert (len(few.unsure), few.gap) == (MOST_NAMED, "")
    assert (many.unsure, "51 users" in many.gap) == ((), True)


def test_inactive_users_hold_nothing() -> None:
    users = tuple(one._replace(active=False) for one in live.table("users"))
    assert Grants(Directory(live.changed(users=users))).holders("ApiEnabled").rows == ()


def test_holders_of_an_unasked_permission_can_not_be_told() -> None:
    with pytest.raises(CannotTell, match="NoSuchPermission"):
        Grants(Directory(live.healthy())).holders("NoSuchPermission")


@given(st.permutations(["direct", "group", "ended"]), st.integers(0, 3))
def test_more_assignments_never_take_a_set_away(order: list[str], how_many: int) -> None:
    kinds = {
        "direct": Assignment(AUDITOR.id, PLAIN.id, ""),
        "group": BY_GROUP,
        "ended": Assignment(AUDITOR.id, PLAIN.id, "", active=False),
    }
    assigned = [kinds[name] for name in order[:how_many]]
    found = holding(*assigned)
    assert found is any(one.active is not False for one in assigned)
