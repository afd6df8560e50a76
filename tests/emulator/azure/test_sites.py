"""Standard Logic Apps, as a GET answers them."""

import pytest

from sfharden.emulator.azure import flows, sites, story
from tests.emulator.azure.kit import keys, recorded


def test_a_site_has_what_a_real_one_has_with_the_same_nulls() -> None:
    real = recorded("standard-site-get-nulls.json")
    ours = sites.site(story.SITE)
    assert keys(real) - keys(ours) == set()
    theirs = {name for name, value in real["properties"]["siteConfig"].items() if value is None}
    assert {name for name, value in ours["properties"]["siteConfig"].items() if value is None} == theirs


@pytest.mark.parametrize(
    "name",
    [
        "minTlsVersion",
        "ftpsState",
        "ipSecurityRestrictions",
        "vnetRouteAllEnabled",
        "scmIpSecurityRestrictionsUseMain",
    ],
)
def test_what_the_site_has_as_null_stands_in_its_config(name: str) -> None:
    assert sites.site(story.SITE)["properties"]["siteConfig"][name] is None
    assert sites.config_web(story.SITE)["properties"][name] is not None


def test_a_hardened_config_lets_ranges_in_alone() -> None:
    web = sites.hardened_web(story.SITE, ["198.51.100.16/28"])["properties"]
    rules = [(one["ipAddress"], one["action"]) for one in web["ipSecurityRestrictions"]]
    assert rules == [("198.51.100.16/28", "Allow"), ("Any", "Deny")]
    assert (web["scmIpSecurityRestrictionsUseMain"], web["ftpsState"]) == (True, "Disabled")


def test_every_kind_has_the_word_that_matters() -> None:
    assert all("workflowapp" in one.split(",") for one in sites.KINDS)


def test_a_workflow_of_a_site_names_its_connection_in_a_file() -> None:
    used = sites.managed_connection(story.STANDARD_CONNECTION, "salesforce")
    code = flows.definition({}, {})
    flow = sites.site_workflow(story.SITE, "orders", code, {"salesforce": used})
    files = flow["properties"]["files"]
    assert flow["name"] == "crm-sync-standard/orders"
    assert files["workflow.json"]["definition"] == code
    named = files["connections.json"]["managedApiConnections"]["salesforce"]
    assert named["connection"]["id"] == story.STANDARD_CONNECTION
    assert named["authentication"] == {"type": "ManagedServiceIdentity"}


@pytest.mark.parametrize("required", [True, False])
def test_sign_in_is_required_or_not(required: bool) -> None:
    found = sites.authentication(story.SITE, required=required)["properties"]
    assert found["globalValidation"]["requireAuthentication"] is required
    assert sites.publishing(story.SITE, "scm", allow=not required)["properties"] == {"allow": not required}
