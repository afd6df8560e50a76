"""A Standard app's restrictions and the ways to publish to it: made where nobody made any, left where somebody did."""

import json
from typing import Any

import pytest

from sfharden.plan.azure.access_control import CALLERS
from sfharden.plan.azure.site_access import SCM, plan_scm, plan_site_callers
from sfharden.plan.azure.wish import AzureWish
from tests.orgs import azure_side as az
from tests.plan.azure.kit import ENTRY, config, one_change, one_need, standing, wish

SUBJECT = "crm-rg/crm-standard"
OWN = [{"ipAddress": "192.0.2.0/24", "action": "Allow", "priority": 100}]
WITH_OPERATOR = [*OWN, {"ipAddress": "198.51.100.0/24", "action": "Allow", "priority": 101}]


def callers(entry: Any = ENTRY, **properties: Any) -> AzureWish:
    return wish(az.site(), standing(CALLERS, subject=SUBJECT), entry=entry, resources=(config(**properties),))


@pytest.mark.parametrize(
    "rules",
    [None, [], [{"ipAddress": "Any", "action": "Allow", "priority": 2147483647, "name": "Allow all"}]],
)
def test_a_list_that_nobody_made_is_made(rules: Any) -> None:
    change = one_change(plan_site_callers(callers(ipSecurityRestrictions=rules)))
    (words,) = change.commands
    url = f"{az.SITE}/config/web?api-version=2022-09-01"
    assert words[:9] == ("az", "rest", "--output", "none", "--method", "patch", "--url", url, "--body")
    properties = json.loads(words[9])["properties"]
    assert [
        (one["ipAddress"], one["action"], one["priority"]) for one in properties["ipSecurityRestrictions"]
    ] == [
        ("198.51.100.7/32", "Allow", 100),
        ("203.0.113.0/28", "Allow", 101),
    ]
    assert list(properties) == ["ipSecurityRestrictions"]


def test_a_default_that_lets_everybody_in_is_turned() -> None:
    change = one_change(
        plan_site_callers(callers(ipSecurityRestrictions=[], ipSecurityRestrictionsDefaultAction="Allow"))
    )
    assert json.loads(change.commands[0][-1])["properties"]["ipSecurityRestrictionsDefaultAction"] == "Deny"
    assert json.loads(change.undo[0][-1]) == {
        "properties": {"ipSecurityRestrictions": [], "ipSecurityRestrictionsDefaultAction": "Allow"}
    }


@pytest.mark.parametrize(
    "rules",
    [
        OWN,
        "x",
        [{"ipAddress": "Any", "action": "Deny"}],
        [{"tag": "ServiceTag"}],
        [{"ipAddress": "Any", "action": "Allow", "headers": {"x-azure-fdid": ["an-id"]}}],
    ],
)
def test_rules_of_ones_own_are_left(rules: Any) -> None:
    assert "by hand" in one_need(plan_site_callers(callers(ipSecurityRestrictions=rules))).text


def test_rules_that_only_the_apps_own_answer_has_are_left_too() -> None:
    site = az.site(siteConfig={"ipSecurityRestrictions": OWN, "scmIpSecurityRestrictions": OWN})
    read = config(ipSecurityRestrictions=None, scmIpSecurityRestrictions=None)
    for planner, check in ((plan_site_callers, CALLERS), (plan_scm, SCM)):
        found = one_need(planner(wish(site, standing(check, subject=SUBJECT), resources=(read,))))
        assert "by hand" in found.text


def test_the_operator_looks_at_runs_from_somewhere() -> None:
    entry = ENTRY.model_copy(update={"allowed_callers": ("203.0.113.0/28",)})
    need = one_need(plan_site_callers(callers(entry, ipSecurityRestrictions=[])))
    assert need.is_first
    assert "198.51.100.7" in need.text


@pytest.mark.parametrize(
    ("ranges", "said"), [((), "needs: azure: allowed_callers"), (("x",), "allowed_callers: ")]
)
def test_no_range_is_guessed(ranges: tuple[str, ...], said: str) -> None:
    entry = ENTRY.model_copy(update={"allowed_callers": ranges})
    assert said in one_need(plan_site_callers(callers(entry, ipSecurityRestrictions=[]))).text


def test_without_its_configuration_nothing_is_planned() -> None:
    assert "by hand" in one_need(plan_site_callers(wish(az.site(), standing(CALLERS, subject=SUBJECT)))).text


def scm(*resources: Any, **properties: Any) -> AzureWish:
    found = (config(**properties),) if properties else ()
    return wish(az.site(), standing(SCM, subject=SUBJECT), resources=(*resources, *found))


def policy(way: str, allow: Any) -> Any:
    return az.resource(
        f"{az.SITE}/basicPublishingCredentialsPolicies/{way}", {"properties": {"allow": allow}}
    )


def test_basic_credentials_go_off_one_by_one() -> None:
    first, second = plan_scm(scm(policy("scm", True), policy("ftp", True)))
    assert first.commands == (  # type: ignore[union-attr]
        ("az", "resource", "update", "--output", "none", "--ids", f"{az.SITE}/basicPublishingCredentialsPolicies/scm",
         "--api-version", "2022-09-01", "--set", "properties.allow=false"),
    )  # fmt: skip
    assert second.resource.endswith("/ftp")  # type: ignore[union-attr]
    assert not list(plan_scm(scm(policy("scm", False), policy("ftp", None))))


def test_the_scm_site_takes_over_restrictions_that_are_there() -> None:
    change = one_change(plan_scm(scm(ipSecurityRestrictions=WITH_OPERATOR, scmIpSecurityRestrictions=[])))
    assert json.loads(change.commands[0][-1]) == {"properties": {"scmIpSecurityRestrictionsUseMain": True}}


def test_it_takes_them_over_only_while_both_lists_and_their_defaults_are_as_they_were_read() -> None:
    """What somebody has closed since isn't opened, and what was taken away since isn't relied on."""
    change = one_change(plan_scm(scm(ipSecurityRestrictions=WITH_OPERATOR, scmIpSecurityRestrictions=[])))
    asked = " ".join(one.question for one in change.guards)
    for key in ("ipSecurityRestrictions", "scmIpSecurityRestrictions"):
        assert f'"{key}" ==' in asked
        assert f'"{key}DefaultAction" == `null`' in asked
    assert "198.51.100.0/24" in asked


def test_an_scm_site_that_lets_nobody_in_is_not_opened_to_whom_the_app_lets_in() -> None:
    shut = {"scmIpSecurityRestrictions": [], "scmIpSecurityRestrictionsDefaultAction": "Deny"}
    (found,) = plan_scm(scm(policy("ftp", True), ipSecurityRestrictions=WITH_OPERATOR, **shut))
    assert found.resource.endswith("/ftp")  # type: ignore[union-attr]
    odd = {**shut, "scmIpSecurityRestrictionsDefaultAction": "Perhaps"}
    assert "isn't known" in one_need(plan_scm(scm(ipSecurityRestrictions=WITH_OPERATOR, **odd))).text


def test_an_scm_site_is_not_closed_to_the_operator() -> None:
    found = one_need(plan_scm(scm(ipSecurityRestrictions=OWN, scmIpSecurityRestrictions=[])))
    assert found.is_first
    assert "shut out the operator (198.51.100.7)" in found.text


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"ipSecurityRestrictions": [], "scmIpSecurityRestrictions": []}, "plan again then"),
        ({"ipSecurityRestrictions": OWN, "scmIpSecurityRestrictions": OWN}, "by hand"),
    ],
)
def test_what_it_would_take_over_must_be_there(properties: dict[str, Any], said: str) -> None:
    assert said in one_need(plan_scm(scm(**properties))).text


def test_what_it_takes_over_already_is_left() -> None:
    assert not list(plan_scm(scm(ipSecurityRestrictions=OWN, scmIpSecurityRestrictionsUseMain=True)))


@pytest.mark.parametrize(("shares", "told"), [(True, True), (False, False), (None, False)])
def test_an_scm_site_that_shares_the_restrictions_is_closed_too(shares: Any, *, told: bool) -> None:
    change = one_change(
        plan_site_callers(callers(ipSecurityRestrictions=[], scmIpSecurityRestrictionsUseMain=shares))
    )
    assert any("SCM" in one for one in change.risks) is told
