"""AzSK 180: no secret in plain text."""

from typing import Any

import pytest

from sfharden.checks.azure.plaintext import judge_plaintext
from sfharden.checks.common import NoParameters
from sfharden.model.azure import AzureEntry, AzureForm
from sfharden.model.results import Severity
from tests.orgs.azure_flows import (
    HOSTINGS,
    api_connection,
    code_of,
    consumption,
    http,
    read_as,
    side_of,
    statuses,
    uses,
)
from tests.orgs.azure_side import SITE, connection, context, gap, resource, site, snapshot

FLOW = {"consumption": "crm-sync", "standard": "crm-standard/sync"}
SAFE = code_of({"Call": http(headers={"Authorization": "Bearer @{body('Get_token')}"})})


def judged(hosting: str, definition: dict[str, Any], *more: Any, **rest: Any) -> str:
    return statuses(judge_plaintext, side_of(hosting, definition, *more, **rest))[FLOW[hosting]]


@pytest.mark.parametrize("hosting", HOSTINGS)
@pytest.mark.parametrize(
    "inputs",
    [
        {"headers": {"Authorization": "Bearer abc"}},
        {"headers": {"x-functions-key": "abc"}},
        {"queries": {"code": "0123456789abcdef"}},
        {"uri": "https://x.example/?sig=0123456789abcdef"},
        {"authentication": {"type": "Basic", "username": "u", "password": "p"}},
        {"authentication": {"type": "Raw", "value": "abc"}},
        {"body": {"deep": [{"client_secret": "abc"}]}},
        {"headers": {"Authorization": "@concat('Basic ', base64('user:hunter2pass'))"}},
        {"headers": {"Authorization": "Bearer @{'abcdefgh'}"}},
        {"headers": {"X-Api-Key": "@{toLower('ABCDEFGH')}"}},
        {"queries": {"sig": "@concat('0123456789', 'abcdef')"}},
        {"authentication": {"type": "Raw", "value": "@string('abc')"}},
        {"uri": "https://x.example/?token=abcdef0123456789"},
        {"uri": "https://x.example/?a=@{body('x')}&apikey=abcdef0123456789"},
        {"body": "user=a&pass=hunter2hunter2"},
        {"body": "@concat('DefaultEndpointsProtocol=https;AccountKey=abc==')"},
    ],
)
def test_a_literal_secret_fails_however_deep(hosting: str, inputs: dict[str, Any]) -> None:
    deep = {"type": "If", "actions": {}, "else": {"actions": {"Call": http(**inputs)}}}
    assert judged(hosting, code_of({"Scope": {"type": "Scope", "actions": {"If": deep}}})) == "fail"


def test_evidence_is_the_place_and_the_kind_and_never_the_value() -> None:
    definition = code_of({"Call": http(headers={"Authorization": "Bearer hunter2hunter2"})})
    (one,) = judge_plaintext(side_of("consumption", definition), NoParameters())
    (evidence,) = one.evidence
    assert evidence.source.endswith(
        "crm-sync#/properties/definition/actions/Call/inputs/headers/Authorization"
    )
    assert evidence.observed == "value of the header authorization"
    assert "hunter2" not in repr(one)


def test_a_consumption_workflow_without_any_passes_and_drafts_are_said_not_read() -> None:
    (one,) = judge_plaintext(side_of("consumption", SAFE), NoParameters())
    assert one.status.value == "pass"
    assert "Drafts of it are not read." in one.message


def test_what_may_be_a_secret_weighs_less() -> None:
    definition = code_of({"Call": http(body={"securityToken": "abc"})})
    (one,) = judge_plaintext(side_of("consumption", definition), NoParameters())
    assert (one.status.value, one.severity) == ("fail", Severity.LOW)


@pytest.mark.parametrize(
    ("parameter", "status"),
    [
        ({"type": "SecureString"}, "pass"),
        ({"type": "securestring", "defaultValue": "abc"}, "fail"),
        ({"type": "String"}, "fail"),
        ({"type": "String", "defaultValue": "abc"}, "fail"),
        ({}, "unknown"),
    ],
)
def test_a_parameter_is_as_good_as_its_type(parameter: dict[str, Any], status: str) -> None:
    call = http(authentication={"type": "Basic", "username": "u", "password": "@parameters('Pw')"})
    assert judged("consumption", code_of({"Call": call}, parameters={"pw": parameter})) == status


def test_a_value_given_to_a_parameter_is_looked_at() -> None:
    given = {"parameters": {"ApiKey": {"value": "abc"}, "$connections": {"value": {}}}}
    assert judged("consumption", SAFE, properties=given) == "fail"


@pytest.mark.parametrize(
    ("form", "properties", "status"),
    [
        (AzureForm.REST, {"parameters": None}, "pass"),
        (AzureForm.CODE_VIEW, {"parameters": None}, "unknown"),
        (AzureForm.TEMPLATE, {}, "pass"),
        (AzureForm.TEMPLATE, {"parameters": {"p": {"value": "[parameters('x')]"}}}, "unknown"),
        (AzureForm.TEMPLATE, {"definition": "[variables('code')]"}, "unknown"),
        (AzureForm.REST, {"definition": None}, "unknown"),
    ],
)
def test_what_was_not_read_does_not_pass(form: AzureForm, properties: dict[str, Any], status: str) -> None:
    definition = (
        properties.pop("definition", SAFE) if "definition" in (properties := dict(properties)) else SAFE
    )
    assert judged("consumption", definition, form=form, properties=properties) == status


def test_what_a_deployment_writes_into_the_code_may_be_a_secret() -> None:
    call = http(authentication={"type": "Basic", "username": "u", "password": "[parameters('pw')]"})
    (one,) = judge_plaintext(
        side_of("consumption", code_of({"Call": call}), form=AzureForm.TEMPLATE), NoParameters()
    )
    assert (one.status.value, one.severity) == ("fail", Severity.LOW)


def test_a_standard_app_can_not_pass_without_its_settings() -> None:
    assert judged("standard", SAFE) == "unknown"


NO_STRINGS = resource(f"{SITE}/config/connectionstrings", {"properties": {}})
VAULT = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s/)"
TAKES = code_of({"Call": http(headers={"Authorization": "@appsetting('Token')"})})


@pytest.mark.parametrize(
    ("settings", "definition", "status"),
    [
        ({"Token": VAULT}, TAKES, "pass"),
        ({"TOKEN": VAULT}, TAKES, "pass"),
        ({}, SAFE, "pass"),
        ({"Token": "abc"}, TAKES, "fail"),
        ({}, TAKES, "unknown"),
        ({"Token": ""}, TAKES, "unknown"),
    ],
)
def test_a_standard_app_passes_by_its_settings_where_they_are_among_the_files(
    settings: dict[str, str], definition: dict[str, Any], status: str
) -> None:
    listed = read_as(resource(f"{SITE}/config/appsettings", {"properties": settings}))
    assert judged("standard", definition, listed, NO_STRINGS) == status
    if status == "pass":  # connection strings stand beside settings, and are read by another call
        assert judged("standard", definition, listed) == "unknown"


@pytest.mark.parametrize(
    ("parameter", "status"),
    [
        ({"type": "String", "value": "@appsetting('Token')"}, "pass"),
        ({"type": "String", "value": "@appsetting('Other')"}, "unknown"),
        ({"type": "String", "value": "abc"}, "fail"),
        (None, "unknown"),
    ],
)
def test_a_standard_app_s_parameter_may_stand_for_a_setting(parameter: Any, status: str) -> None:
    takes = code_of({"Call": http(authentication={"type": "Raw", "value": "@parameters('Pw')"})})
    listed = read_as(resource(f"{SITE}/config/appsettings", {"properties": {"Token": VAULT}}))
    files = {"parameters_json": {"Pw": parameter} if parameter else {}}
    assert judged("standard", takes, listed, NO_STRINGS, files=files) == status


def test_secrets_of_a_standard_app_s_files_and_settings_are_found() -> None:
    raw = {
        "managedApiConnections": {
            "x": {"authentication": {"type": "Raw", "scheme": "Key", "parameter": "abc"}}
        }
    }
    assert judged("standard", SAFE, files={"connections_json": raw}) == "fail"
    key = {"Storage": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc=="}
    listed = read_as(resource(f"{SITE}/config/appsettings", {"properties": key}))
    found = statuses(judge_plaintext, side_of("standard", SAFE, listed, NO_STRINGS))
    assert found == {"crm-standard/sync": "pass", "crm-standard/appsettings": "fail"}


def test_an_app_setting_made_of_a_key_at_deployment_weighs_less() -> None:
    made = "[concat('AccountName=', parameters('s'), ';AccountKey=', listKeys(variables('s'), '2019-06-01').keys[0].value)]"
    app = site(siteConfig={"appSettings": [{"name": "AzureWebJobsStorage", "value": made}]})
    read = side_of("standard", SAFE)
    side = read.azure
    masked = read_as(app, AzureForm.TEMPLATE)
    found = snapshot(masked, lists=side.index.snapshot.lists)
    verdicts = list(judge_plaintext(context(found), NoParameters()))
    assert [(one.status.value, one.severity) for one in verdicts if one.subject.kind == "azure-site"] == [
        ("fail", Severity.LOW)
    ]


@pytest.mark.parametrize(
    ("form", "config", "status"),
    [
        (AzureForm.TEMPLATE, {"appSettings": []}, "pass"),
        (AzureForm.TEMPLATE, {}, "unknown"),
        # A Reader is shown none of any app; Terraform's connection strings aren't read.
        (AzureForm.REST, {"appSettings": [], "connectionStrings": []}, "unknown"),
        (AzureForm.REST, {"appSettings": [{"name": "a", "value": "b"}], "connectionStrings": []}, "unknown"),
        (AzureForm.TERRAFORM, {"appSettings": [{"name": "a", "value": "b"}]}, "unknown"),
    ],
)
def test_settings_that_stand_with_the_app_itself(
    form: AzureForm, config: dict[str, Any], status: str
) -> None:
    app = read_as(site(siteConfig=config), form)
    lists = side_of("standard", SAFE).azure.index.snapshot.lists
    found = statuses(judge_plaintext, context(snapshot(app, lists=lists), AzureEntry(workflows=(SITE,))))
    assert found == {"crm-standard/sync": status}


def test_what_is_seen_of_an_app_fails_though_its_workflows_were_not_read() -> None:
    app = read_as(
        site(siteConfig={"appSettings": [{"name": "X", "value": "Endpoint=sb://x/;SharedAccessKey=abc"}]})
    )
    read = snapshot(app, gaps=(gap(f"{SITE}/workflows"),))
    assert statuses(judge_plaintext, context(read)) == {"crm-standard": "fail"}


def test_apps_and_workflows_that_were_not_read_are_unknown() -> None:
    found = statuses(judge_plaintext, side_of("consumption", SAFE, entry={"connections": ("gone",)}))
    assert found == {"crm-sync": "pass"}  # a connection that wasn't read holds no code
    unread = snapshot(site(), gaps=(gap(f"{SITE}/workflows"),))
    assert statuses(judge_plaintext, context(unread)) == {"crm-standard": "unknown"}


def test_a_connection_with_a_secret_is_told() -> None:
    blob = api_connection("blob", "azureblob", parameterValues={"accountKey": "abc"})
    read = side_of(
        "consumption", SAFE, blob, properties={"parameters": uses(blob)}, entry={"connections": ("blob",)}
    )
    assert statuses(judge_plaintext, read) == {"crm-sync": "pass", "blob": "fail"}


def test_templates_that_the_side_stands_in_are_looked_at() -> None:
    outputs = {"outputs": {"u": {"value": "[listKeys('x', '2019-05-01').k]"}}}
    path = "/subscriptions/s/providers/Microsoft.Resources/deployments/this"
    clean = read_as(resource(path, {"properties": {"template": {}}}), AzureForm.TEMPLATE, file="c.json")
    templates = [
        read_as(resource(path, {"properties": {"template": outputs}}), AzureForm.TEMPLATE, file=name)
        for name in ("a.json", "other.json")
    ]
    flow = consumption(SAFE, AzureForm.TEMPLATE).model_copy(update={"file": "a.json"})
    read = context(snapshot(flow, connection(), clean, *templates), AzureEntry(workflows=("crm-sync",)))
    assert statuses(judge_plaintext, read) == {"crm-sync": "pass", "a.json": "fail"}
