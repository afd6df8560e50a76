"""The settings of a Standard app are read from `config/web`; null of the site's own answer is not read."""

from typing import Any

import pytest

from sfharden.azure.index import AzureIndex
from sfharden.azure.site_config import public_access_is_off, settings_holder, site_setting
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureForm
from tests.orgs.azure_side import SITE, gap, resource, site, snapshot

WEB = f"{SITE}/config/web"


def test_the_child_s_value_wins_over_the_site_s() -> None:
    app = site(siteConfig={"ftpsState": "AllAllowed"})
    web = resource(WEB, {"properties": {"ftpsState": "Disabled"}})
    assert site_setting(AzureIndex(snapshot(app, web)), app, "ftpsState").value == "Disabled"


def test_a_value_of_the_site_itself_counts_where_the_child_was_not_read() -> None:
    app = site(siteConfig={"ftpsState": "AllAllowed"})
    found = site_setting(AzureIndex(snapshot(app, gaps=(gap(WEB),))), app, "ftpsState")
    assert found.value == "AllAllowed"
    assert found.where.endswith("#/properties/siteConfig/ftpsState")


def test_null_of_the_site_is_not_read_and_the_reason_is_the_child_s() -> None:
    app = site()
    with pytest.raises(CannotTell, match="403"):
        site_setting(AzureIndex(snapshot(app, gaps=(gap(WEB),))), app, "ftpsState")
    with pytest.raises(CannotTell):
        site_setting(
            AzureIndex(snapshot(app, resource(WEB, {"properties": {"ftpsState": None}}))), app, "ftpsState"
        )


@pytest.mark.parametrize(
    ("own", "child", "is_off"),
    [("Disabled", None, True), (None, "disabled", True), ("Enabled", "Disabled", False), (None, None, False)],
)
def test_public_access_of_the_site_itself_comes_first(
    own: str | None, child: str | None, is_off: bool
) -> None:
    app = site(publicNetworkAccess=own)
    web = resource(WEB, {"properties": {"publicNetworkAccess": child}})
    assert bool(public_access_is_off(AzureIndex(snapshot(app, web)), app)) is is_off


def test_public_access_that_the_site_does_not_tell_is_not_off_by_its_settings() -> None:
    app = site(publicNetworkAccess="[parameters('p')]").model_copy(update={"form": AzureForm.TEMPLATE})
    web = resource(WEB, {"properties": {"publicNetworkAccess": "Disabled"}})
    assert public_access_is_off(AzureIndex(snapshot(app, web)), app) is None


def test_what_stands_beside_a_setting_may_be_absent_where_that_is_known() -> None:
    rules: dict[str, Any] = {"ipSecurityRestrictions": []}
    web = resource(WEB, {"properties": rules})
    of_child = settings_holder(AzureIndex(snapshot(site(), web)), site(), "ipSecurityRestrictions")
    assert of_child.beside("ipSecurityRestrictionsDefaultAction").is_absent
    own = site(siteConfig=rules)
    of_answer = settings_holder(AzureIndex(snapshot(own)), own, "ipSecurityRestrictions")
    with pytest.raises(CannotTell):
        of_answer.beside("ipSecurityRestrictionsDefaultAction")
    template = own.model_copy(update={"form": AzureForm.TEMPLATE})
    of_template = settings_holder(AzureIndex(snapshot(template)), template, "ipSecurityRestrictions")
    assert of_template.beside("ipSecurityRestrictionsDefaultAction").is_absent


def test_a_default_that_is_an_expression_is_not_taken_for_absent() -> None:
    rules = {"ipSecurityRestrictions": [], "ipSecurityRestrictionsDefaultAction": "[parameters('x')]"}
    template = site(siteConfig=rules).model_copy(update={"form": AzureForm.TEMPLATE})
    holder = settings_holder(AzureIndex(snapshot(template)), template, "ipSecurityRestrictions")
    with pytest.raises(CannotTell):
        holder.beside("ipSecurityRestrictionsDefaultAction")
