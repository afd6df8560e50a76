"""What a Standard app says of who reaches it, and of signed addresses."""

from typing import Any

import pytest

from sfharden.checks.azure.site_callers import (
    MAIN,
    SCM,
    requires_sign_in,
    restricted,
    signatures_of_site,
    triggers_of_site,
)
from sfharden.facts.values import CannotTell
from tests.orgs.azure_side import (
    AUTH,
    SITE,
    WEB,
    auth_settings,
    context,
    gap,
    listed,
    resource,
    site,
    site_workflow,
    snapshot,
    web_config,
)


@pytest.mark.parametrize("which", [MAIN, SCM])
def test_restrictions_are_read_from_the_child(which: str) -> None:
    side = context(snapshot(site(), web_config())).azure
    assert restricted(side, side.sites[0], which).shown == "203.0.113.0-203.0.113.15"
    assert restricted(side, side.sites[0], which).where.startswith(WEB)


@pytest.mark.parametrize("change", [{MAIN: None}, {MAIN: "x"}])
def test_restrictions_that_are_null_or_odd_cannot_be_told(change: dict[str, Any]) -> None:
    side = context(snapshot(site(), web_config(**change))).azure
    with pytest.raises(CannotTell):
        restricted(side, side.sites[0], MAIN)


def test_triggers_need_every_workflow() -> None:
    path = f"{SITE}/workflows"
    whole = context(snapshot(site(), lists=(listed(path, site_workflow("Request")),))).azure
    assert triggers_of_site(whole, whole.sites[0]).requests == ("t",)
    part = context(snapshot(site(), lists=(listed(path, site_workflow("Request"), whole=False),))).azure
    with pytest.raises(CannotTell):
        triggers_of_site(part, part.sites[0])
    unread = context(snapshot(site(), lists=(listed(path, resource(f"{path}/w", {"properties": {}})),))).azure
    with pytest.raises(CannotTell):
        triggers_of_site(unread, unread.sites[0])


@pytest.mark.parametrize(("state", "told"), [("Disabled", "disabled"), ("Enabled", "enabled"), (None, None)])
def test_the_state_of_signed_addresses(state: Any, told: Any) -> None:
    control = {"triggers": {"sasAuthenticationPolicy": {"state": state}}}
    assert signatures_of_site(site(logicAppsAccessControlConfiguration=control)).value == told


def test_an_odd_state_cannot_be_told() -> None:
    control = {"triggers": {"sasAuthenticationPolicy": {"state": "Perhaps"}}}
    with pytest.raises(CannotTell):
        signatures_of_site(site(logicAppsAccessControlConfiguration=control))


def test_sign_in_is_required_where_every_part_says_so() -> None:
    side = context(snapshot(site(), auth_settings())).azure
    assert requires_sign_in(side, side.sites[0]).value is True


@pytest.mark.parametrize(
    "change",
    [
        {"platform": {"enabled": False}},
        {"platform": {}},
        {"globalValidation": {"requireAuthentication": False}},
        {"globalValidation": {}},
        {"globalValidation": {"requireAuthentication": True, "excludedPaths": ["/api"]}},
    ],
)
def test_anything_less_is_not_sure(change: dict[str, Any]) -> None:
    side = context(snapshot(site(), auth_settings(**change))).azure
    with pytest.raises(CannotTell):
        requires_sign_in(side, side.sites[0])


def test_unread_sign_in_settings_cannot_be_told() -> None:
    side = context(snapshot(site(), gaps=(gap(AUTH),))).azure
    with pytest.raises(CannotTell, match="403"):
        requires_sign_in(side, side.sites[0])
