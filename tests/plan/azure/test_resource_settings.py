"""What a policy asks of a property, as the value that is set."""

import json
from typing import Any

import pytest

from sfharden.plan.azure.resource_settings import CHECK, plan_settings
from tests.orgs import azure_side as az
from tests.plan.azure.kit import config, one_change, one_need, standing, wish

SUBJECT = "crm-rg/crm-standard"


def asked(path: str, **parameters: Any) -> Any:
    return standing(CHECK, "c", SUBJECT, type="Microsoft.Web/sites", path=path, **parameters)


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ({"equals": True}, True),
        ({"equals": False}, False),
        ({"equals": 0}, 0),
        ({"one_of": ["Disabled", "FtpsOnly"]}, "Disabled"),
        ({"one_of": ("1.2",)}, "1.2"),
        ({"at_least": 5}, 5),
        ({"at_most": 0}, 0),
    ],
)
def test_the_value_is_the_policys(parameters: dict[str, Any], wanted: Any) -> None:
    change = one_change(plan_settings(wish(az.site(), asked("properties.httpsOnly", **parameters))))
    assert json.loads(change.commands[0][-1]) == {"properties": {"httpsOnly": wanted}}


@pytest.mark.parametrize("parameters", [{"none_of": ["x"]}, {"is_absent": True}, {"one_of": []}])
def test_a_question_without_one_answer_is_for_a_person(parameters: dict[str, Any]) -> None:
    need = one_need(plan_settings(wish(az.site(), asked("properties.x", **parameters))))
    assert need.text == "It fails. To mend it: Mend it."


def test_a_property_of_a_child_is_set_there() -> None:
    one = asked("properties.ftpsState", below="config/web", one_of=["Disabled"])
    change = one_change(plan_settings(wish(az.site(), one, resources=(config(),))))
    assert change.resource == f"{az.SITE}/config/web"
    assert change.name == SUBJECT
    assert f"`properties` of {SUBJECT} (microsoft.web/sites/config)" in change.bicep
    assert any("FTP" in risk for risk in change.risks)
    one_need(plan_settings(wish(az.site(), one)))


def test_each_setting_is_a_change_of_its_own() -> None:
    both = (asked("properties.httpsOnly", equals=True), asked("identity.type", one_of=["SystemAssigned"]))
    first, second = plan_settings(wish(az.site(httpsOnly=False), *both))
    assert first.today == ("false",)  # type: ignore[union-attr]
    assert not any("restarts" in risk for risk in second.risks)  # type: ignore[union-attr]
