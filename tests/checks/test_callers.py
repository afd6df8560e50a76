"""Who can call the API: by the profile, by a set that counts always; nobody who is inactive or frozen."""

from typing import Any

import pytest

from sfharden.emulator.generate import INTEGRATION_USER, PROFILE
from sfharden.model import org
from sfharden.model.org import Assignment, PermissionSetRow
from sfharden.model.results import Result
from sfharden.model.snapshot import Snapshot
from tests.orgs import served
from tests.orgs.cases import without_api_enabled
from tests.orgs.constants import NOW

CONTROL = "integration-user-can-call-api"
USER = served.user(INTEGRATION_USER)
EXTRA = PermissionSetRow(
    "0PSEXTRA0000001AAA", "crm_sync_rights", "crm-sync rights", "", "", ("ApiEnabled",), False
)


def by_a_set(given: dict[str, Any] | None = None, **about: Any) -> Snapshot:
    """The profile lacks API Enabled; a permission set has it."""
    lost = without_api_enabled()
    assert lost.org is not None
    assignment = Assignment(USER.id, EXTRA.id, "", True)._replace(**(given or {}))
    sets = (*(lost.org.permission_sets or ()), EXTRA._replace(**about))
    return served.changed(permission_sets=sets, assignments=(*served.table("assignments"), assignment))


def state(**changes: Any) -> Snapshot:
    return served.changed(
        users=tuple(one._replace(**changes) if one.id == USER.id else one for one in served.table("users"))
    )


def only(snapshot: Snapshot) -> Result:
    (result,) = served.results(snapshot, CONTROL)
    return result


def test_by_the_profile() -> None:
    found = only(served.healthy())
    assert found.status.value == "pass"
    assert found.evidence[0].observed == f"the profile '{PROFILE}'"


def test_by_an_assigned_set_in_place_of_the_profile() -> None:
    assert only(without_api_enabled()).status.value == "fail"
    found = only(by_a_set())
    assert found.status.value == "pass"
    assert found.evidence[0].observed == "the permission set 'crm-sync rights'"


@pytest.mark.parametrize(
    ("snapshot", "status"),
    [
        (by_a_set({"active": False}), "fail"),
        (by_a_set({"expires": NOW.replace(year=2020)}), "fail"),
        (by_a_set(needs_activation=True), "fail"),
        (by_a_set(needs_activation=None), "unknown"),
    ],
    ids=["revoked", "expired", "to be activated", "not told whether to be activated"],
)
def test_a_set_that_does_not_count_always(snapshot: Snapshot, status: str) -> None:
    assert only(snapshot).status.value == status


def test_what_has_to_be_activated_is_named() -> None:
    assert "session by session: crm-sync rights" in only(by_a_set(needs_activation=True)).message


@pytest.mark.parametrize(("change", "word"), [({"active": False}, "inactive"), ({"frozen": True}, "frozen")])
def test_who_cannot_sign_in_cannot_call(change: dict[str, bool], word: str) -> None:
    found = only(state(**change))
    assert found.status.value == "fail"
    assert f"It is {word}" in found.message


def test_a_name_that_leads_nowhere_is_unknown_beside_the_others() -> None:
    two = served.INTEGRATION.model_copy(update={"users": (INTEGRATION_USER, "svc-logicapp@acme.example")})
    found = {one.subject.name: one for one in served.results(served.healthy(), CONTROL, two)}
    assert found[INTEGRATION_USER].status.value == "pass"
    assert found["svc-logicapp@acme.example"].status.value == "unknown"


def test_a_row_that_shows_it_passes_though_rows_may_be_missing() -> None:
    assert only(served.partial(org.PERMISSION_SETS)).status.value == "pass"
