"""Signed addresses are off, or bound to few callers."""

from typing import Any

import pytest

from sfharden.checks.azure.admitted import RangeLimits
from sfharden.checks.azure.trigger_signatures import judge_trigger_signatures
from sfharden.checks.common import Verdict
from sfharden.model.azure import AzureForm, AzureResource
from tests.orgs.azure_side import (
    AUTH,
    SITE,
    auth_settings,
    connection,
    context,
    gap,
    listed,
    site,
    site_workflow,
    snapshot,
    web_config,
    workflow,
)

OPEN = [{"ipAddress": "Any", "action": "Allow", "priority": 2147483647}]
RANGE = {"allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}]}


def judged(*resources: AzureResource, **more: Any) -> Verdict:
    read = context(snapshot(*resources, connection(), **more))
    (found,) = judge_trigger_signatures(read, RangeLimits())
    return found


def of(state: Any, **more: Any) -> AzureResource:
    return workflow(accessControl={"triggers": {"sasAuthenticationPolicy": {"state": state}, **more}})


@pytest.mark.parametrize(
    ("flow", "status"),
    [
        (of("Disabled"), "pass"),
        (of("Enabled", **RANGE), "pass"),
        (workflow(accessControl={"triggers": RANGE}), "pass"),
        (of(None), "fail"),
        (of("Enabled"), "fail"),
        (of("Enabled", allowedCallerIpAddresses=[{"addressRange": "*"}]), "fail"),
        (workflow(accessControl=None), "fail"),
        (of("Perhaps"), "unknown"),
        (of("Enabled", allowedCallerIpAddresses=[{"addressRange": "x"}]), "unknown"),
        (workflow(accessControl=None).model_copy(update={"form": AzureForm.CODE_VIEW}), "unknown"),
        (
            workflow(definition={"triggers": {"t": {"type": "Recurrence"}}}, accessControl=None),
            "not-applicable",
        ),
    ],
)
def test_a_workflow(flow: AzureResource, status: str) -> None:
    assert judged(flow).status == status


def app(state: Any) -> AzureResource:
    return site(
        logicAppsAccessControlConfiguration={"triggers": {"sasAuthenticationPolicy": {"state": state}}}
    )


@pytest.mark.parametrize(
    ("resources", "status"),
    [
        ((app("Disabled"), web_config(ipSecurityRestrictions=OPEN), auth_settings()), "pass"),
        ((app("Enabled"), web_config()), "pass"),
        ((site(), web_config()), "pass"),
        ((app("Enabled"), web_config(ipSecurityRestrictions=OPEN)), "fail"),
        ((site(), web_config(ipSecurityRestrictions=OPEN)), "unknown"),
        ((app("Disabled"), web_config()), "unknown"),
        ((app("Disabled"), web_config(), auth_settings(platform={})), "unknown"),
        ((app("Enabled"), web_config(ipSecurityRestrictions=None)), "unknown"),
        ((app("Perhaps"), web_config()), "unknown"),
    ],
)
def test_a_standard_app(resources: tuple[AzureResource, ...], status: str) -> None:
    requested = (listed(f"{SITE}/workflows", site_workflow("Request")),)
    gaps = () if any(one.id == AUTH for one in resources) else (gap(AUTH),)
    assert judged(*resources, lists=requested, gaps=gaps).status == status
