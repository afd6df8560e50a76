"""Who may call the triggers, for Consumption and Standard: each property that decides passes, fails and is unknown."""

from typing import Any

import pytest

from sfharden.checks.azure.admitted import RangeLimits
from sfharden.checks.azure.trigger_callers import judge_trigger_callers
from sfharden.checks.common import Verdict
from sfharden.model.azure import AzureEntry, AzureForm, AzureResource
from tests.orgs.azure_side import (
    AUTH,
    SITE,
    WEB,
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
OFF = {"sasAuthenticationPolicy": {"state": "Disabled"}}
RANGE = {"allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}]}
NO_SAS = {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}


def judged(*resources: AzureResource, entry: AzureEntry | None = None, **more: Any) -> Verdict:
    read = context(snapshot(*resources, connection(), **more), entry)
    (found,) = judge_trigger_callers(read, RangeLimits())
    return found


def policy(*claims: str, kind: str | None = "AAD") -> dict[str, Any]:
    listed_claims = [{"name": name, "value": "https://sts.windows.net/t/"} for name in claims]
    body = {"type": kind, "claims": listed_claims}
    return {"openAuthenticationPolicies": {"policies": {"own": body}}}


def of(*parts: dict[str, Any], **more: Any) -> AzureResource:
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= part
    return workflow(accessControl={"triggers": merged}, **more)


def ranges(*texts: str) -> dict[str, Any]:
    return {"allowedCallerIpAddresses": [{"addressRange": text} for text in texts]}


@pytest.mark.parametrize(
    "flow",
    [
        of(RANGE),
        of(RANGE, {"sasAuthenticationPolicy": {"state": "Enabled"}}),
        of(ranges()),
        of(ranges("0.0.0.0-0.0.0.0")),
        of(OFF, policy("iss", "aud")),
        of(OFF, policy("iss"), RANGE),
        of(OFF, policy("iss", "aud", kind="AADPOP"), ranges("*")),
        of(OFF, policy("iss", "aud"), RANGE),
        of(OFF, RANGE),
        of(OFF, policy("iss", "aud", kind=None), RANGE),
        of(policy("iss", "aud"), RANGE),
    ],
)
def test_a_workflow_passes_and_says_what_its_ranges_do_not_stop(flow: AzureResource) -> None:
    found = judged(flow)
    assert found.status == "pass"
    assert "run action of Azure Resource Manager" in found.message


@pytest.mark.parametrize(
    "control",
    [
        None,
        {},
        {"triggers": None},
        {"triggers": {}},
        {"triggers": {"allowedCallerIpAddresses": None}},
        {"triggers": ranges("0.0.0.0-255.255.255.255")},
        {"triggers": ranges("0.0.0.0/0")},
        {"triggers": ranges("203.0.113.0/28", "::/0")},
        {"triggers": ranges("*")},
        {"triggers": ranges("0.0.0.0/1", "128.0.0.0/1")},
        {"triggers": policy("iss", "aud")},
        {"triggers": {**policy("Issuer", "Audience"), **RANGE}},
        {"triggers": {**OFF, **policy("aud")}},
        {"triggers": {**OFF, **policy("aud"), **RANGE}},
        {"triggers": {**policy("iss", "aud"), "sasAuthenticationPolicy": {"state": "Enabled"}}},
        {"contents": RANGE, "actions": RANGE},
    ],
)
def test_a_workflow_fails(control: Any) -> None:
    found = judged(workflow(accessControl=control))
    assert found.status == "fail"
    assert found.severity is None


@pytest.mark.parametrize(
    "flow",
    [
        of(ranges("192.0.0.0/15")),
        of({"allowedCallerIpAddresses:": [{"addressRange": "203.0.113.0/28"}]}, RANGE),
        workflow(accessControl={"triggers": RANGE, "trigger": {}}),
        workflow(accessControl={"triggers": RANGE, "actions": {"typo": 1}}),
    ],
)
def test_a_wide_range_and_an_unknown_key_fail_with_less_weight(flow: AzureResource) -> None:
    found = judged(flow)
    assert (found.status, found.severity) == ("fail", "medium")


def test_the_typo_of_older_samples_is_told_beside_the_missing_list() -> None:
    found = judged(of({"allowedCallerIpAddresses:": [{"addressRange": "203.0.113.0/28"}]}))
    assert found.severity is None
    assert "triggers/allowedCallerIpAddresses:" in found.message


@pytest.mark.parametrize("callers", [{}, ranges("*"), ranges("192.0.0.0/15")])
def test_a_policy_without_audience_is_a_warning_where_ranges_do_not_hold(callers: dict[str, Any]) -> None:
    found = judged(of(OFF, policy("iss"), callers))
    assert (found.status, found.severity) == ("fail", "low")
    assert "no audience" in found.message
    assert "no audience" in judged(of(OFF, policy("iss"), RANGE)).message
    assert "no audience" not in judged(of(OFF, policy("iss", "aud"))).message


@pytest.mark.parametrize("kind", [None, "New"])
def test_a_policy_of_no_known_type_beside_a_known_one_may_let_others_in(kind: str | None) -> None:
    mixed = policy("iss", "aud")
    mixed["openAuthenticationPolicies"]["policies"]["other"] = {
        "type": kind,
        "claims": [{"name": "iss", "value": "https://sts.windows.net/t/"}],
    }
    assert judged(of(OFF, mixed)).status == "unknown"
    assert judged(of(OFF, mixed, RANGE)).status == "pass"


@pytest.mark.parametrize(
    "flow",
    [
        of(OFF),
        of(OFF, policy("iss", "aud", kind=None)),
        of(OFF, policy("iss", kind="New")),
        of({"sasAuthenticationPolicy": {"state": "Perhaps"}}, RANGE),
        of(OFF, {"openAuthenticationPolicies": {"policies": []}}, RANGE),
        of(ranges("203.0.113.0/28", "nonsense")),
        of({"allowedCallerIpAddresses": [{"range": "203.0.113.0/28"}]}),
        workflow(accessControl=None, definition=None),
        workflow(accessControl="open"),
        workflow(accessControl=None).model_copy(update={"form": AzureForm.CODE_VIEW}),
        workflow(accessControl="[parameters('x')]").model_copy(update={"form": AzureForm.TEMPLATE}),
        of({"allowedCallerIpAddresses": "[parameters('x')]"}).model_copy(update={"form": AzureForm.TEMPLATE}),
        of(ranges("[parameters('x')]")).model_copy(update={"form": AzureForm.TEMPLATE}),
        of(RANGE).model_copy(update={"is_conditional": True}),
        of(RANGE).model_copy(update={"unknown_paths": ("properties.accessControl",)}),
    ],
)
def test_a_workflow_is_unknown(flow: AzureResource) -> None:
    assert judged(flow).status == "unknown"


def test_what_a_template_leaves_out_its_deployment_does_not_set() -> None:
    flow = workflow(accessControl=None).model_copy(update={"form": AzureForm.TEMPLATE})
    assert judged(flow).status == "fail"


def test_terraform_tells_access_control_and_no_triggers() -> None:
    for flow, status in (
        (of(RANGE, definition=None), "pass"),
        (workflow(accessControl=None, definition=None), "unknown"),
    ):
        assert judged(flow.model_copy(update={"form": AzureForm.TERRAFORM})).status == status


def test_ranges_pass_though_the_definition_is_an_expression() -> None:
    flow = of(RANGE, definition="[variables('x')]").model_copy(update={"form": AzureForm.TEMPLATE})
    assert judged(flow).status == "pass"


@pytest.mark.parametrize(
    ("kind", "status", "severity"),
    [
        ("Request", "fail", None),
        ("HttpWebhook", "fail", "medium"),
        ("ApiConnectionWebhook", "fail", "medium"),
        ("Recurrence", "not-applicable", None),
        ("ApiConnection", "not-applicable", None),
        ("SomethingNew", "unknown", None),
    ],
)
def test_what_an_open_workflow_is_by_its_trigger(kind: str, status: str, severity: str | None) -> None:
    flow = workflow(accessControl=None, definition={"triggers": {"t": {"type": kind}}, "actions": {}})
    found = judged(flow)
    assert (found.status, found.severity) == (status, severity)


def test_a_range_beyond_those_of_the_integration_file_fails() -> None:
    def of_callers(*allowed: str) -> str:
        entry = AzureEntry(workflows=("crm-sync",), allowed_callers=allowed)
        return judged(of(RANGE), entry=entry).status.value

    assert of_callers("203.0.113.0/24") == "pass"
    assert of_callers("203.0.113.0/29") == "fail"
    assert of_callers("nonsense") == "unknown"
    entry = AzureEntry(workflows=("crm-sync",), allowed_callers=("203.0.113.0/29",))
    assert judged(of(OFF, policy("iss", "aud"), RANGE), entry=entry).status == "fail"
    assert judged(of(OFF, policy("iss", "aud")), entry=entry).status == "pass"


REQUESTED = (listed(f"{SITE}/workflows", site_workflow("Request")),)


def of_site(*resources: AzureResource, entry: AzureEntry | None = None, **more: Any) -> Verdict:
    return judged(*resources, entry=entry, **{"lists": REQUESTED, **more})


@pytest.mark.parametrize(
    ("app", "web"),
    [
        (site(), web_config()),
        (site(), web_config(ipSecurityRestrictionsDefaultAction=None)),
        (site(), web_config(ipSecurityRestrictions=[])),
        (site(publicNetworkAccess="Disabled"), web_config(ipSecurityRestrictions=OPEN)),
        (site(), web_config(publicNetworkAccess="Disabled", ipSecurityRestrictions=None)),
        (site(logicAppsAccessControlConfiguration=NO_SAS), web_config(ipSecurityRestrictions=OPEN)),
        (site(logicAppsAccessControlConfiguration=NO_SAS), web_config(ipSecurityRestrictions=None)),
    ],
)
def test_a_standard_app_passes(app: AzureResource, web: AzureResource) -> None:
    assert of_site(app, web, auth_settings()).status == "pass"


@pytest.mark.parametrize(
    "change",
    [
        {"ipSecurityRestrictions": OPEN},
        {"ipSecurityRestrictions": [], "ipSecurityRestrictionsDefaultAction": None},
        {"ipSecurityRestrictions": [], "ipSecurityRestrictionsDefaultAction": "Allow"},
        {"ipSecurityRestrictions": [{"ipAddress": "0.0.0.0/0", "action": "Allow", "priority": 1}]},
    ],
)
def test_an_open_standard_app_fails(change: dict[str, Any]) -> None:
    assert of_site(site(), web_config(**change)).status == "fail"
    assert (
        of_site(site(publicNetworkAccess="Enabled"), web_config(**change), auth_settings()).status == "fail"
    )


@pytest.mark.parametrize(
    "web",
    [
        web_config(ipSecurityRestrictions=None),
        web_config(ipSecurityRestrictions=[{"ipAddress": "x", "action": "Allow", "priority": 1}]),
        web_config(ipSecurityRestrictions=[], ipSecurityRestrictionsDefaultAction="Perhaps"),
    ],
)
def test_a_standard_app_is_unknown(web: AzureResource) -> None:
    assert of_site(site(), web).status == "unknown"


def test_null_of_the_site_s_own_answer_is_neither_open_nor_closed() -> None:
    assert of_site(site()).status == "unknown"
    assert of_site(site(), gaps=(gap(WEB),)).status == "unknown"


def test_without_sign_in_settings_signed_addresses_off_pass_nothing() -> None:
    app = site(logicAppsAccessControlConfiguration=NO_SAS)
    opened = web_config(ipSecurityRestrictions=OPEN)
    assert of_site(app, opened, gaps=(gap(AUTH),)).status == "fail"
    assert of_site(app, opened, auth_settings(platform={"enabled": False})).status == "fail"


def test_the_triggers_of_a_standard_app_decide_whether_it_is_about_them() -> None:
    clock = (listed(f"{SITE}/workflows", site_workflow("Recurrence")),)
    opened = web_config(ipSecurityRestrictions=OPEN)
    assert of_site(site(), opened, lists=clock).status == "not-applicable"
    unread = of_site(site(), opened, lists=())
    assert unread.status == "fail"
    assert "not read" in unread.message
    assert of_site(site(), web_config(), lists=()).status == "pass"


def test_a_standard_app_is_held_to_the_integration_file_s_callers() -> None:
    entry = AzureEntry(workflows=("crm-standard",), allowed_callers=("203.0.113.0/29",))
    assert of_site(site(), web_config(), entry=entry).status == "fail"
    tagged = web_config(
        ipSecurityRestrictions=[
            {"ipAddress": "LogicApps", "tag": "ServiceTag", "action": "Allow", "priority": 1}
        ]
    )
    assert of_site(site(), tagged, entry=entry).status == "unknown"
    assert of_site(site(), tagged).status == "unknown"
    tagged = web_config(
        ipSecurityRestrictions=[
            {"ipAddress": "AzureCloud", "tag": "ServiceTag", "action": "Allow", "priority": 1}
        ]
    )
    assert of_site(site(), tagged).status == "fail"
