"""The generic check of a property of Azure resources."""

from typing import Any

import pytest
from pydantic import ValidationError

from sfharden.checks.azure.resource_setting import ResourceSetting, judge_resource_setting
from sfharden.model.azure import AzureEntry, AzureForm
from tests.orgs.azure_side import SITE, connection, context, gap, resource, site, snapshot, workflow

HTTPS = {"type": "Microsoft.Web/sites", "path": "properties.httpsOnly", "equals": True}
TLS = {
    "type": "Microsoft.Web/sites",
    "path": "properties.minTlsVersion",
    "below": "config/web",
    "one_of": ["1.2"],
}


def judged(parameters: dict[str, Any], *resources: Any, **more: Any) -> list[str]:
    found = judge_resource_setting(
        context(snapshot(*resources, **more)), ResourceSetting.model_validate(parameters)
    )
    return [one.status.value for one in found]


@pytest.mark.parametrize(
    ("written", "status"),
    [(True, "pass"), (False, "fail"), (None, "unknown"), ("yes", "unknown"), (1, "unknown")],
)
def test_a_property_passes_fails_or_is_unknown(written: Any, status: str) -> None:
    assert judged(HTTPS, site(httpsOnly=written)) == [status]


def test_a_child_s_property_is_read_from_the_child_alone() -> None:
    web = f"{SITE}/config/web"
    assert judged(TLS, site()) == ["unknown"]
    assert judged(TLS, site(), resource(web, {"properties": {"minTlsVersion": "1.2"}})) == ["pass"]
    assert judged(TLS, site(), resource(web, {"properties": {"minTlsVersion": "1.0"}})) == ["fail"]
    assert judged(TLS, site(), gaps=(gap(web),)) == ["unknown"]


def test_null_in_a_site_s_own_answer_is_not_taken_for_absent() -> None:
    own = {"type": "Microsoft.Web/sites", "path": "properties.siteConfig.ftpsState"}
    for operator in ({"is_absent": True}, {"equals": "Disabled", "absent_is": "Disabled"}):
        for written in ({}, {"siteConfig": None}, {"siteConfig": {"ftpsState": None}}):
            assert judged({**own, **operator}, site(**written)) == ["unknown"]
        template = site(siteConfig={}).model_copy(update={"form": AzureForm.TEMPLATE})
        assert judged({**own, **operator}, template) == ["pass"]
    assert judged({**own, "is_absent": True}, site(siteConfig={"ftpsState": "Disabled"})) == ["fail"]


@pytest.mark.parametrize(
    ("operator", "wanted", "written", "status"),
    [
        ("at_least", 30, 1000.0, "pass"),
        ("at_most", 30, 31, "fail"),
        ("at_least", 30, "many", "unknown"),
        ("none_of", ["Disabled"], "disabled", "fail"),
        ("is_absent", True, None, "pass"),
        ("is_absent", True, "x", "fail"),
        ("equals", 1, "1", "unknown"),
        ("none_of", ["x"], "***", "unknown"),
        ("equals", "***", "***", "unknown"),
        ("none_of", ["x"], "https://a.example/***", "unknown"),
        ("is_absent", True, "***", "unknown"),
    ],
)
def test_every_operator(operator: str, wanted: Any, written: Any, status: str) -> None:
    parameters = {"type": "Microsoft.Logic/workflows", "path": "properties.state", operator: wanted}
    assert judged(parameters, workflow(state=written), connection()) == [status]


def test_absence_counts_only_where_the_policy_says_what_it_means() -> None:
    of_flow = {"type": "Microsoft.Logic/workflows", "path": "properties.x", "equals": "off"}
    assert judged(of_flow, workflow(), connection()) == ["unknown"]
    assert judged({**of_flow, "absent_is": "off"}, workflow(), connection()) == ["pass"]


def test_a_workflow_that_was_not_found_is_unknown() -> None:
    read = context(snapshot(site()), AzureEntry(workflows=("crm-standard", "lost")))
    found = judge_resource_setting(read, ResourceSetting.model_validate(HTTPS))
    assert [one.status.value for one in found] == ["pass", "unknown"]


@pytest.mark.parametrize("wrong", [{}, {"equals": True, "at_least": 1}])
def test_exactly_one_operator(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        ResourceSetting.model_validate({"type": "a.b/c", "path": "x", **wrong})


def test_a_value_that_the_site_itself_tells_counts_where_its_child_was_not_read() -> None:
    told = site(siteConfig={"minTlsVersion": "1.0"})
    assert judged(TLS, told, gaps=(gap(f"{SITE}/config/web"),)) == ["fail"]
    assert judged(TLS, site(), gaps=(gap(f"{SITE}/config/web"),)) == ["unknown"]


def test_a_note_is_added_to_its_value() -> None:
    parameters = {"type": "Microsoft.Web/sites", "path": "properties.x", "one_of": ["a", "b"]}
    noted = ResourceSetting.model_validate({**parameters, "notes": {"b": "Beware."}})
    said = [next(iter(judge_resource_setting(context(snapshot(site(x=one))), noted))).message for one in "ab"]
    assert said == ["x is a.", "x is b. Beware."]


def test_sites_of_others_are_not_judged_for_an_integration_without_one() -> None:
    read = context(
        snapshot(workflow(), connection(), site(httpsOnly=False)), AzureEntry(workflows=("crm-sync",))
    )
    (found,) = judge_resource_setting(read, ResourceSetting.model_validate(HTTPS))
    assert found.status == "not-applicable"
