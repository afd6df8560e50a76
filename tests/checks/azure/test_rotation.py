"""AzSK 190: access keys are changed from time to time."""

from datetime import timedelta
from typing import Any

import pytest

from sfharden.checks.azure.rotation import Rotation, judge_rotation
from sfharden.model.azure import AzureEntry, key_of
from tests.orgs.azure_side import (
    SITE,
    SUBSCRIPTION,
    WORKFLOW,
    connection,
    context,
    listed,
    resource,
    site,
    snapshot,
    workflow,
)
from tests.orgs.constants import NOW

EVENTS = (
    f"{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values?resource={key_of(WORKFLOW)}"
)
SIGNED: dict[str, Any] = {"accessControl": None}


def event(
    days: int,
    operation: str = "Microsoft.Logic/workflows/regenerateAccessKey/action",
    status: str = "Succeeded",
) -> Any:
    at = f"{NOW - timedelta(days=days):%Y-%m-%dT%H:%M:%S}.1234567Z"
    document = {"operationName": {"value": operation}, "status": {"value": status}, "eventTimestamp": at}
    return resource(f"{WORKFLOW}/events/{days}", document)


def judged(*events: Any, whole: bool = True, days: int = 90, asked: bool = True, **properties: Any) -> str:
    lists = (listed(EVENTS, *events, whole=whole),) if asked else ()
    read = context(snapshot(workflow(**{**SIGNED, **properties}), connection(), lists=lists))
    (one,) = judge_rotation(read, Rotation(most_days=days))
    return one.status.value


@pytest.mark.parametrize(
    ("events", "more", "status"),
    [
        ([event(10)], {}, "pass"),
        ([event(10, "MICROSOFT.LOGIC/WORKFLOWS/REGENERATEACCESSKEY/ACTION")], {}, "pass"),
        ([event(10, "Microsoft.Logic/workflows/accessKeys/regenerate/action")], {}, "manual"),
        ([event(9, "Microsoft.Logic/workflows/accessKeys/regenerate/action"), event(10)], {}, "pass"),
        ([event(99, "Microsoft.Logic/workflows/accessKeys/regenerate/action")], {}, "fail"),
        ([event(10)], {"whole": False}, "pass"),
        ([event(10, status="Failed")], {}, "fail"),
        ([event(10, "Microsoft.Logic/workflows/write")], {}, "fail"),
        ([event(50)], {"days": 30}, "fail"),
        ([event(-5)], {}, "fail"),
        ([], {}, "fail"),
        ([], {"days": 365}, "manual"),
        ([], {"whole": False}, "unknown"),
        ([], {"asked": False}, "unknown"),
    ],
)
def test_an_event_within_the_days_passes_and_its_absence_fails_only_where_all_is_told(
    events: list[Any], more: dict[str, Any], status: str
) -> None:
    assert judged(*events, **more) == status


def test_without_a_signed_address_there_is_nothing_to_change() -> None:
    assert (
        judged(accessControl={"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}})
        == "not-applicable"
    )
    polling = {"triggers": {"every": {"type": "Recurrence"}}, "actions": {"Request": {"type": "Response"}}}
    assert judged(definition=polling) == "not-applicable"
    assert judged(definition=None) == "unknown"


@pytest.mark.parametrize("triggers", [None, [{"type": "Request"}], {"t": {"type": "New"}}, {"t": None}])
def test_triggers_that_are_not_understood_may_have_a_signed_address(triggers: Any) -> None:
    assert judged(definition={"triggers": triggers, "actions": {}}) == "unknown"


def test_of_a_standard_app_a_person_is_asked() -> None:
    read = context(snapshot(site()), AzureEntry(workflows=(SITE,)))
    assert [one.status.value for one in judge_rotation(read, Rotation())] == ["manual"]
