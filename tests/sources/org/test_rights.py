"""Who may do what: groups and what they mute, expired assignments, and orgs that know fewer fields."""

from datetime import timedelta
from typing import Any

import pytest

from sfharden.errors import AnswerError, DeniedError
from sfharden.model.org import GroupMember, MutingSet, PermissionSetGroup
from sfharden.sources.org import rights
from sfharden.sources.org.rights import PermissionFields
from tests.orgs.constants import NOW
from tests.orgs.fakes import Queries, Rows, refusing

FIELDS = PermissionFields(
    ("ApiEnabled", "ModifyAllData"), ("ApiEnabled", "ModifyAllData"), grouped=True, activated=True
)
STAMP = f"{NOW + timedelta(days=3):%Y-%m-%dT%H:%M:%S.000+0000}"


GIVEN = {"AssigneeId": "005a", "PermissionSetId": "0PSa"}


def test_an_assignment_tells_its_group_and_when_it_ends() -> None:
    row = {**GIVEN, "PermissionSetGroupId": "0PGa", "IsActive": False, "ExpirationDate": STAMP}
    org = Queries(lambda _: [row, {**row, "IsActive": True, "ExpirationDate": None}])
    found = rights.assignments(org)
    assert {(one.group_id, one.active, one.expires) for one in found} == {
        ("0PGa", False, NOW + timedelta(days=3)),
        ("0PGa", True, None),
    }
    assert "IsOwnedByProfile = false" in org.asked[0]


@pytest.mark.parametrize(
    "fields", [("IsActive",), ("IsActive", "PermissionSetGroupId"), ("IsActive", "IsOwnedByProfile")]
)
def test_an_org_that_lacks_a_field_is_asked_without_it(fields: tuple[str, ...]) -> None:
    (one,) = rights.assignments(Queries(refusing(*fields, rows=[GIVEN])))
    assert (one.user_id, one.permission_set_id, one.group_id) == ("005a", "0PSa", "")
    assert (one.active, one.expires) == (None, None), "not told, which is not the same as active"


def test_a_refusal_that_is_none_of_a_field_stays_one() -> None:
    def refused(_: str) -> Rows:
        raise DeniedError("no", code="INSUFFICIENT_ACCESS")

    org = Queries(refused)
    with pytest.raises(DeniedError):
        rights.assignments(org)
    assert len(org.asked) == 1


@pytest.mark.parametrize("changes", [{"IsActive": None}, {"ExpirationDate": "soon"}, {"AssigneeId": None}])
def test_an_assignment_that_can_not_be_understood_is_refused(changes: dict[str, Any]) -> None:
    row = {**GIVEN, "PermissionSetGroupId": None, "IsActive": True, "ExpirationDate": None, **changes}
    with pytest.raises(AnswerError):
        rights.assignments(Queries(lambda _: [row]))


def test_a_group_holds_sets_and_mutes_others() -> None:
    rows = [
        {"PermissionSetGroupId": "0PGa", "PermissionSetId": "0PSa"},
        {"PermissionSetGroupId": "0PGa", "PermissionSetId": "0QMa"},
    ]
    assert rights.group_members(Queries(lambda _: rows)) == (
        GroupMember("0PGa", "0PSa", False),
        GroupMember("0PGa", "0QMa", True),
    )
    group = {"Id": "0PGa", "DeveloperName": "Team", "MasterLabel": "Team", "Status": "Outdated"}
    assert rights.groups(Queries(lambda _: [group])) == (
        PermissionSetGroup("0PGa", "Team", "Team", "Outdated"),
    )


def test_what_is_muted_is_told_or_not_known() -> None:
    row = {
        "Id": "0QMa",
        "DeveloperName": "Mute",
        "PermissionsApiEnabled": False,
        "PermissionsModifyAllData": True,
    }
    assert rights.muting_sets(Queries(lambda _: [row]), FIELDS) == (
        MutingSet("0QMa", "Mute", ("ModifyAllData",)),
    )
    poorer = Queries(refusing("PermissionsModifyAllData", rows=[{"Id": "0QMa", "DeveloperName": "Mute"}]))
    assert rights.muting_sets(poorer, FIELDS) == (MutingSet("0QMa", "Mute", None),)


def test_a_set_tells_whether_it_must_be_activated() -> None:
    row = {
        "Id": "0PSa", "Name": "S", "Label": "S", "ProfileId": None, "PermissionSetGroupId": None,
        "HasActivationRequired": True, "PermissionsApiEnabled": True, "PermissionsModifyAllData": False,
    }  # fmt: skip
    (found,) = rights.permission_sets(Queries(lambda _: [row]), FIELDS)
    assert (found.needs_activation, found.permissions) == (True, ("ApiEnabled",))
    older = PermissionFields(FIELDS.asked, FIELDS.known, grouped=False)
    org = Queries(lambda _: [row])
    (found,) = rights.permission_sets(org, older)
    assert (found.needs_activation, found.group_id) == (None, "")
    assert "HasActivationRequired" not in org.asked[0]


def test_only_fields_that_exist_are_asked_for() -> None:
    org = Queries(lambda _: [], ("PermissionsApiEnabled", "HasActivationRequired"))
    found = rights.permission_fields(org, ["Custom"])
    assert (found.known, found.grouped, found.activated) == (("ApiEnabled",), False, True)
    assert {"Custom", "ViewAllProfiles", "ViewSetupAuditTrail"} <= set(found.asked)
