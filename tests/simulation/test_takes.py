"""Whether what a proposal withholds may be taken from anybody: only from who has it, and has had it before."""

import pytest

from sfharden.model.org import ASSIGNMENTS, Assignment, GroupMember, PermissionSetRow
from sfharden.model.snapshot import Gap, Snapshot
from sfharden.simulation.takes import may_take
from tests.orgs.constants import DANA
from tests.orgs.files import PROFILE, parsed, snapshot_of, xml
from tests.orgs.tables import FILES, SETS, running

NEW_PROFILE = parsed("profiles/Night Robot.profile", xml("Profile", ""))
SYNC = parsed("permissionsets/Sync_Access.permissionset", xml("PermissionSet", "<label>Sync</label>"))
GIVEN = Assignment(DANA, "0PS000000000004AAA", "")
GROUP = PermissionSetRow("0PS000000000007AAA", "Group", "", "", "0PG000000000001AAA", ())

MEMBER = GroupMember(GROUP.group_id, "0PS000000000004AAA", False)


def test_a_profile_that_is_there_may_lose_and_a_new_one_may_not() -> None:
    old = parsed(PROFILE, FILES[PROFILE])
    assert may_take(running(), [old], old)
    assert may_take(running({}), [], old)  # its file was not read, its record was
    assert not may_take(running(), [], NEW_PROFILE)
    assert not may_take(snapshot_of({}), [], NEW_PROFILE)


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (running(), False),
        (running(assignments=(GIVEN,)), True),
        (running(permission_sets=(*SETS, GROUP)), True),
        (running(permission_sets=(*SETS, GROUP), group_members=()), False),
        (running(permission_sets=(*SETS, GROUP), group_members=(MEMBER,)), True),
        (running(assignments=None), True),
        (running(FILES, Gap(what="assignments", reason="some", kind=ASSIGNMENTS)), True),
    ],
)
def test_a_set_takes_only_from_who_may_have_it(before: Snapshot, wanted: bool) -> None:
    assert may_take(before, [SYNC], SYNC) is wanted


def test_a_set_of_no_record_is_nobodys() -> None:
    new = parsed("permissionsets/New.permissionset", xml("PermissionSet", ""))
    assert not may_take(running(assignments=(GIVEN,)), [], new)
    assert not may_take(snapshot_of({}), [], new)
    assert may_take(snapshot_of({}), [new], new)
