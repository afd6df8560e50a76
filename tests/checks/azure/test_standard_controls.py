"""The shipped controls of a Standard app that rest on one property each: it passes, fails and is unknown."""

from typing import Any

import pytest

from sfharden.checks.azure.resource_setting import ResourceSetting, judge_resource_setting
from sfharden.checks.common import Verdict
from sfharden.checks.policy import load_policy
from sfharden.model.azure import AzureForm, AzureResource
from tests.orgs.azure_side import WEB, context, gap, site, snapshot, web_config

CONTROLS = {one.id: one for one in load_policy("azure-logic-apps").controls}


def judged(control: str, *resources: AzureResource, **more: Any) -> Verdict:
    parameters = ResourceSetting.model_validate(CONTROLS[control].with_)
    (found,) = judge_resource_setting(context(snapshot(*resources, **more)), parameters)
    return found


@pytest.mark.parametrize(
    ("control", "name", "passing", "failing"),
    [
        ("standard-app-tls", "minTlsVersion", ["1.2", "1.3"], ["1.0", "1.1"]),
        ("standard-app-scm-tls", "scmMinTlsVersion", ["1.2"], ["1.0", "1.1"]),
        ("standard-app-ftp-off", "ftpsState", ["Disabled", "FtpsOnly"], ["AllAllowed"]),
        ("standard-app-remote-debugging-off", "remoteDebuggingEnabled", [False], [True]),
    ],
)
def test_a_setting_of_config_web(control: str, name: str, passing: list[Any], failing: list[Any]) -> None:
    for status, values in (("pass", passing), ("fail", failing), ("unknown", [None])):
        for value in values:
            assert judged(control, site(), web_config(**{name: value})).status == status
    assert judged(control, site()).status == "unknown"  # null of the site's own answer
    assert judged(control, site(), gaps=(gap(WEB),)).status == "unknown"


def test_ftp_over_tls_passes_with_a_note() -> None:
    assert (
        "Disabled is safer"
        in judged("standard-app-ftp-off", site(), web_config(ftpsState="FtpsOnly")).message
    )


@pytest.mark.parametrize(
    ("identity", "status"),
    [
        ({"type": "SystemAssigned"}, "pass"),
        ({"type": "SystemAssigned, UserAssigned"}, "pass"),
        ({"type": "None"}, "fail"),
        (None, "fail"),
        ("[parameters('x')]", "unknown"),
    ],
)
def test_an_identity(identity: Any, status: str) -> None:
    app = site()
    document = {**app.document, "identity": identity}
    form = AzureForm.TEMPLATE if isinstance(identity, str) else AzureForm.REST
    changed = app.model_copy(update={"document": document, "form": form})
    assert judged("standard-app-identity", changed).status == status
