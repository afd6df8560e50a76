"""API Enabled: held for sure, surely not held, or neither."""

import pytest

from sfharden.emulator.generate import INTEGRATION_USER
from sfharden.facts.api_access import activated_only, api_through, lacks_api
from sfharden.facts.index import Index
from sfharden.facts.values import CannotTell
from sfharden.model import org
from sfharden.model.org import Assignment, PermissionSetGroup, PermissionSetRow
from sfharden.model.snapshot import Snapshot
from tests.orgs import served
from tests.orgs.cases import without_api_enabled

USER = served.user(INTEGRATION_USER)
SET = PermissionSetRow("0PS000000000601AAA", "Calls", "Calls", "", "", ("ApiEnabled",), False)
GROUP = PermissionSetGroup("0PG000000000601AAA", "Callers", "Callers", "Updated")


def given(one: PermissionSetRow, status: str = "Updated") -> Snapshot:
    """The profile lacks it; a set or a group has it."""
    tables = served.org_of(without_api_enabled())
    return served.changed(
        permission_sets=(*(tables.permission_sets or ()), one),
        assignments=(*served.table("assignments"), Assignment(USER.id, one.id, one.group_id, True)),
        groups=(*served.table("groups"), GROUP._replace(status=status)),
    )


def test_by_profile_by_set_and_by_group() -> None:
    held = api_through(Index(served.healthy()), USER)
    assert held
    assert held.profile_id == USER.profile_id
    assert api_through(Index(given(SET)), USER) == SET
    grouped = SET._replace(group_id=GROUP.id)
    assert api_through(Index(given(grouped)), USER) == grouped


def test_without_it_nobody_calls() -> None:
    index = Index(without_api_enabled())
    assert api_through(index, USER) is None
    assert lacks_api(index, USER)
    asleep = Index(given(SET._replace(needs_activation=True)))
    assert lacks_api(asleep, USER)
    assert activated_only(asleep, USER) == (SET._replace(needs_activation=True),)


@pytest.mark.parametrize(
    "snapshot",
    [
        given(SET._replace(needs_activation=None)),
        given(SET._replace(group_id=GROUP.id), "Outdated"),
        served.changed(permission_names=()),
        served.without(org.PERMISSION_SETS, "permission_sets"),
        served.without(org.ASSIGNMENTS, "assignments"),
    ],
    ids=["activation not told", "group outdated", "not asked for", "no sets", "no assignments"],
)
def test_what_was_not_read_is_neither(snapshot: Snapshot) -> None:
    with pytest.raises(CannotTell):
        api_through(Index(snapshot), USER)
    assert not lacks_api(Index(snapshot), USER)
