"""From where the contents of runs may be read."""

from typing import Any

import pytest

from sfharden.checks.azure.admitted import RangeLimits
from sfharden.checks.azure.content_readers import judge_content_readers
from sfharden.checks.common import Verdict
from sfharden.model.azure import AzureEntry, AzureForm, AzureResource
from tests.orgs.azure_side import connection, context, site, snapshot, workflow


def judged(app: AzureResource, *readers: str) -> Verdict:
    entry = AzureEntry(workflows=(app.name,), data_readers=readers)
    (found,) = judge_content_readers(context(snapshot(app, connection()), entry), RangeLimits())
    return found


def of(*texts: str, **more: Any) -> AzureResource:
    contents = {"allowedCallerIpAddresses": [{"addressRange": one} for one in texts], **more}
    return workflow(accessControl={"contents": contents})


@pytest.mark.parametrize(
    ("flow", "status"),
    [
        (workflow(), "pass"),
        (of("0.0.0.0-0.0.0.0"), "pass"),
        (workflow(accessControl=None), "fail"),
        (workflow(accessControl={}), "fail"),
        (workflow(accessControl={"contents": {}}), "fail"),
        (workflow(accessControl={"contents": None}), "fail"),
        (of(), "fail"),
        (of("*"), "fail"),
        (of("0.0.0.0/1", "128.0.0.0/1"), "fail"),
        (of("192.0.0.0/15"), "fail"),
        (of("203.0.113.0/28", typo=1), "fail"),
        (of("203.0.113.0/28", "nonsense"), "unknown"),
        (workflow(accessControl={"contents": "x"}), "unknown"),
        (workflow(accessControl=None).model_copy(update={"form": AzureForm.CODE_VIEW}), "unknown"),
        (workflow().model_copy(update={"is_conditional": True}), "unknown"),
    ],
)
def test_a_workflow(flow: AzureResource, status: str) -> None:
    assert judged(flow).status == status


def test_signed_addresses_and_triggers_make_no_difference() -> None:
    clock = {"triggers": {"t": {"type": "Recurrence"}}, "actions": {}}
    triggers = {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}
    assert judged(workflow(definition=clock, accessControl=triggers)).status == "fail"


def test_a_range_beyond_the_data_readers_fails() -> None:
    assert judged(workflow(), "203.0.113.0/24").status == "pass"
    assert judged(workflow(), "203.0.113.0/29").status == "fail"


def test_of_a_standard_app_a_person_is_asked_and_told_where_to_look() -> None:
    found = judged(site())
    assert found.status == "manual"
    assert "azure-rights-least" in found.message
