"""The border of the Azure side: whatever is planted where a secret may stand, nothing of it gets past."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfharden.azure.secrets import definition_digest, is_cut, mask
from sfharden.model.azure import MASK, AzureForm
from tests.sources.test_corpus import CORPUS

FORMS = (AzureForm.REST, AzureForm.TEMPLATE)
FOLDERS = [CORPUS / name for name in ("azure", "azure-controls")]


def steps(s: str) -> dict[str, Any]:
    """A step of each sort that takes something."""
    signed = {"type": "Raw", "value": s, "username": s, "audience": s, "identity": s}
    http = {
        "type": "Http",
        "description": s,
        "trackedProperties": {"x": s},
        "inputs": {
            "uri": s,
            "path": s,
            "method": s,
            "headers": {"Authorization": s, "X-Own": f"Bearer {s}"},
            "queries": {"sig": s, "other": s},
            "body": {"a": [s, {"b": s}], "pin": 123456789},
            "authentication": signed,
            "retryPolicy": {"type": s},
        },
    }
    webhook = {
        "type": "HttpWebhook",
        "inputs": {
            "subscribe": {
                "uri": f"https://user:{s.replace('/', '')}@host.example/{s}?code={s}#{s}",
                "body": s,
                "authentication": s,
            },
            "unsubscribe": {"uri": f"https://host.example/a?x=@{{body('y')}}&sig={s}"},
        },
    }
    code = {"type": "JavaScriptCode", "inputs": {"code": s, "explicitDependencies": {"actions": [s]}}}
    choice = {
        "type": "Switch",
        "expression": f"@equals('{s.replace(chr(39), chr(39) * 2)}', body('Http'))",
        "cases": {"One": {"case": s, "actions": {"Deep": http}}},
        "default": {"actions": {"Compose": {"type": "Compose", "inputs": s}}},
    }
    variables = [
        {"name": "v", "type": "string", "value": s},
        {"name": "o", "type": "object", "value": {"p": s}},
    ]
    return {
        "Http": http,
        "Hook": webhook,
        "Code": code,
        "If": {"type": "If", "actions": {"Inner": choice}, "else": {"actions": {"Other": http}}},
        "Init": {"type": "InitializeVariable", "inputs": {"variables": variables}},
        "Set": {"type": "SetVariable", "inputs": {"name": "v", "value": s}},
        "Ask": {"type": "ApiConnection", "inputs": {"host": {}, "path": f"/secrets/{s}/value", "body": s}},
        "Built": {"type": "ServiceProvider", "inputs": {"parameters": {"x": s}}},
    }


def definition(s: str) -> dict[str, Any]:
    return {
        "$schema": "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
        "parameters": {
            "p": {"type": "String", "defaultValue": s, "metadata": {"description": s}, "allowedValues": [s]},
            "q": {"type": "SecureObject", "defaultValue": {"a": [s]}},
        },
        "triggers": {"manual": {"type": "Request", "inputs": {"schema": {"default": s}}, "conditions": [s]}},
        "actions": steps(s),
        "outputs": {"o": {"type": "string", "value": s}},
        "staticResults": {"Http0": {"outputs": {"body": s, "headers": {"h": s}}}},
    }


def site(s: str) -> dict[str, Any]:
    listed = [{"name": "X", "value": s}, {"name": "Y", "connectionString": s}]
    return {"siteConfig": {"appSettings": listed, "connectionStrings": listed}, "password": s}


def documents(s: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each place that the reference names, with this text there."""
    values: dict[str, Any] = {"p": {"value": s}, "q": {"value": {"a": s}}, "r": s}
    yield "Microsoft.Logic/workflows", {"properties": {"definition": definition(s), "parameters": values}}
    template: dict[str, Any] = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {
            "p": {"type": "string", "defaultValue": s},
            "q": {"type": "securestring", "defaultValue": s},
        },
        "variables": {"v": s, "w": {"x": [s]}},
        "outputs": {"o": {"type": "string", "value": s}},
        "resources": [
            {"type": "Microsoft.Logic/workflows", "properties": {"definition": definition(s)}},
            {
                "type": "Microsoft.Web/sites",
                "properties": site(s),
                "resources": [{"type": "config", "name": "appsettings", "properties": {"name": s, "X": s}}],
            },
        ],
    }
    yield "Microsoft.Resources/deployments", template
    yield "Microsoft.Resources/deployments", {"properties": {"template": template, "parameters": values}}
    symbolic = {"flow": template["resources"][0], "site": template["resources"][1]}
    yield "Microsoft.Resources/deployments", {**template, "resources": symbolic}
    yield "Microsoft.Web/sites", {"properties": site(s)}
    yield (
        "Microsoft.Web/sites/config",
        {"properties": {"X": s, "name": s, "Y": {"value": s, "type": "Custom"}}},
    )
    yield "Microsoft.Web/sites/config", {"properties": site(s)["siteConfig"]}
    files = {
        "workflow.json": {"definition": definition(s), "kind": "Stateful"},
        "connections.json": {
            "managedApiConnections": {
                "a": {"authentication": {"type": "Raw", "scheme": "Key", "parameter": s}}
            },
            "serviceProviderConnections": {"b": {"parameterValues": {"connectionString": s, "x": s}}},
            "functionConnections": {
                "c": {"authentication": {"type": "QueryString", "name": "Code", "value": s}}
            },
        },
        "parameters.json": {"p": {"type": "String", "value": s}},
        "local.settings.json": {"Values": {"X": s}},
        "other.js": s,
    }
    yield "Microsoft.Web/sites/workflows", {"properties": {"files": files}}
    keyed = {"accountKey": s, "x": {"y": s}}
    yield (
        "Microsoft.Web/connections",
        {
            "properties": {
                "parameterValues": keyed,
                "customParameterValues": keyed,
                "alternativeParameterValues": keyed,
                "parameterValueSet": {"name": "keyBasedAuth", "values": {"k": {"value": s}}},
                "nonSecretParameterValues": {
                    "note": f"Endpoint=sb://x.example;SharedAccessKey={s.strip()};a=b"
                },
            }
        },
    )
    yield "Microsoft.KeyVault/vaults/secrets", {"properties": {"value": s}}
    terraform = {
        "app_settings": {"X": s},
        "storage_account_access_key": s,
        "parameter_values": {"k": s},
        "body": s,
    }
    yield (
        "Microsoft.Web/sites",
        {"properties": {**terraform, "template_content": s, "workflow_parameters": {"p": s}}},
    )
    yield "Microsoft.Insights/eventtypes", {"properties": {"requestbody": s, "responseBody": s}}
    rewritten: dict[str, Any] = {
        "requestHeaderConfigurations": [{"headerName": "X-Secret", "headerValue": s}]
    }
    rewritten |= {"matchValues": [s], "conditions": [{"variable": "http_req_X-Secret", "pattern": s}]}
    certificate = {"sslCertificates": [{"properties": {"data": s, "password": s}}]}
    yield (
        "Microsoft.Network/applicationGateways",
        {"properties": {"rewriteRules": [{"actionSet": rewritten}], **certificate}},
    )


planted = st.text(
    st.sampled_from("abcXYZ0189@[]{}()'\"?&=#/:;,.$%+-_ \n\0éß~^\\"), min_size=9, max_size=40
).filter(lambda text: text.strip("<[@*{\"' ;") and len(set(text)) > 3)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


@settings(max_examples=15)  # each masks a dozen documents four times
@given(planted)
def test_nothing_of_what_is_planted_gets_past(s: str) -> None:
    pieces = {s[at : at + 6] for at in range(len(s) - 5) if re.search(r"\w", s[at : at + 6])}
    for kind, document in documents(s):
        for form in FORMS:
            before = copy.deepcopy(document)
            masked, found = mask(kind, document, form=form)
            assert document == before
            for text in (*texts(masked), *(one.model_dump_json() for one in found)):
                assert not any(piece in text for piece in pieces), (kind, text)
            assert mask(kind, masked, form=form)[0] == masked


KEY_NAMES = """
type properties definition parameters actions inputs uri cases resources template outputs value name host $connections files
authentication variables else $schema siteConfig appSettings
"""
KEYS = KEY_NAMES.split()
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), anything, max_size=4), st.sampled_from(FORMS), st.text(max_size=20))
def test_any_json_is_masked_and_stays_masked(document: dict[str, Any], form: AzureForm, kind: str) -> None:
    masked, _ = mask(kind, document, form=form)
    again = mask(kind, masked, form=form)[0]
    assert repr(again) == repr(masked)  # NaN is not equal to itself
    definition_digest(document)


def test_what_nests_too_deep_is_masked_whole() -> None:
    document: dict[str, Any] = {"a": "open"}
    for _ in range(500):
        document = {"x": [document]}
    masked, _ = mask("any", document)
    assert "open" not in json.dumps(masked)
    assert definition_digest(document) == ""


WITH_SECRETS: dict[str, Any] = {
    "properties": {
        "state": "Enabled",
        "accessControl": {"triggers": {"allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}]}},
        "definition": {
            "parameters": {
                "Key": {"type": "SecureString", "defaultValue": "abc"},
                "host": {"type": "String"},
            },
            "actions": {
                "Scope": {
                    "type": "Scope",
                    "actions": {
                        "Call~/": {
                            "type": "Http",
                            "runtimeConfiguration": {"secureData": {"properties": ["inputs"]}},
                            "inputs": {
                                "method": "POST",
                                "uri": "https://u:pw@acme.my.salesforce.com/services/data/v58.0/x?code=0123456789abcdef",
                                "headers": {"Authorization": "Bearer abc", "Accept": "text/plain"},
                                "body": {"client_secret": "abc", "note": "eyJhbGciOiJub25l.eyJzdWIi.x"},
                                "authentication": {"type": "Basic", "username": "u", "password": "pw"},
                            },
                        }
                    },
                }
            },
        },
        "parameters": {"Key": {"value": "abc"}, "host": {"value": "acme.my.salesforce.com"}},
    }
}


def test_each_secret_is_told_by_its_place_and_kind() -> None:
    _, found = mask("microsoft.logic/workflows", WITH_SECRETS)
    call = "/properties/definition/actions/Scope/actions/Call~0~1/inputs"
    assert {one.pointer: (one.kind, one.is_sure) for one in found} == {
        "/properties/definition/parameters/Key/defaultValue": ("literal where a secure value belongs", True),
        f"{call}/uri": ("signature or key in an address", True),
        f"{call}/headers/Authorization": ("value of the header authorization", True),
        f"{call}/body/client_secret": ("value named clientsecret", True),
        f"{call}/body/note": ("JSON web token", True),
        f"{call}/authentication/password": ("credential in authentication", True),
        "/properties/parameters/Key/value": ("literal where a secure value belongs", True),
    }


def test_what_checks_need_stays_readable() -> None:
    masked, _ = mask("microsoft.logic/workflows", WITH_SECRETS)
    properties = masked["properties"]
    call = properties["definition"]["actions"]["Scope"]["actions"]["Call~/"]
    assert properties["accessControl"] == WITH_SECRETS["properties"]["accessControl"]
    assert properties["parameters"]["host"]["value"] == "acme.my.salesforce.com"
    assert call["type"] == "Http"
    assert call["runtimeConfiguration"] == {"secureData": {"properties": ["inputs"]}}
    assert (
        call["inputs"]["uri"]
        == f"https://{MASK}@acme.my.salesforce.com/services/data/v58.0/{MASK}?code={MASK}"
    )
    assert call["inputs"]["method"] == "POST"
    assert call["inputs"]["authentication"] == {"type": "Basic", "username": MASK, "password": MASK}


def test_a_connection_string_made_at_deployment_is_no_sure_secret() -> None:
    made = "[concat('AccountName=', parameters('s'), ';AccountKey=', listKeys(variables('s'), '2019-06-01').keys[0].value)]"
    document = {
        "properties": {"siteConfig": {"appSettings": [{"name": "AzureWebJobsStorage", "value": made}]}}
    }
    _, found = mask("microsoft.web/sites", document, form=AzureForm.TEMPLATE)
    assert [(one.kind, one.is_sure) for one in found] == [("plain app setting from listKeys", False)]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<your key>",
        "[parameters('k')]",
        "@parameters('k')",
        "@{body('x')?['password']}",
        "Bearer @{body('x')}",
        MASK,
    ],
)
def test_references_and_placeholders_are_no_secrets(value: str) -> None:
    inputs = {
        "headers": {"Authorization": value},
        "body": {"password": value},
        "authentication": {"secret": value},
    }
    document = {"properties": {"definition": {"actions": {"a": {"type": "Http", "inputs": inputs}}}}}
    assert mask("microsoft.logic/workflows", document, form=AzureForm.TEMPLATE)[1] == ()


def test_ids_that_the_designer_keeps_are_no_secrets() -> None:
    step = {"type": "Http", "metadata": {"flowSystemMetadata": "A" * 43 + "="}}
    document = {"properties": {"definition": {"actions": {"a": step}}}}
    assert mask("microsoft.logic/workflows", document)[1] == ()


def test_outputs_that_list_keys_are_kept_in_the_deployment_s_history() -> None:
    template = {
        "outputs": {
            "url": {
                "type": "string",
                "value": "[listCallbackUrl(resourceId('a/b', 'c'), '2019-05-01').value]",
            },
            "id": {"type": "string", "value": "[resourceId('a/b', 'c')]"},
        }
    }
    _, found = mask(
        "microsoft.resources/deployments", {"properties": {"template": template}}, form=AzureForm.TEMPLATE
    )
    assert [one.pointer for one in found] == ["/properties/template/outputs/url/value"]
    assert found[0].is_sure


@pytest.mark.parametrize(
    "open_text",
    [
        (
            "microsoft.storage/storageaccounts/managementpolicies",
            {"definition": {"actions": {"x": "delete"}}},
        ),
        (
            "microsoft.insights/eventtypes",
            {"status": {"value": "Succeeded"}, "code": "AuthorizationFailedForCaller"},
        ),
        (
            "microsoft.authorization/roleassignments",
            {"roleDefinitionId": "/subscriptions/s/providers/x/8e3af657"},
        ),
        (
            "microsoft.web/sites/config",
            {"ftpsState": "Disabled", "ipSecurityRestrictions": [{"ipAddress": "Any"}]},
        ),
        (
            "microsoft.web/connections",
            {"displayName": "a@b.example", "api": {"id": "/subscriptions/s/managedApis/x"}},
        ),
        (
            "microsoft.web/connections",
            {"nonSecretParameterValues": {"token:LoginUri": "https://login.salesforce.com"}},
        ),
        ("microsoft.web/connections", {"parameterValueSet": {"name": "managedIdentityAuth", "values": {}}}),
        ("microsoft.web/connections", {"parameterValues": {"token:grantType": "code"}}),
    ],
)
def test_configuration_stays_as_it_is(open_text: tuple[str, dict[str, Any]]) -> None:
    kind, properties = open_text
    assert mask(kind, {"properties": properties}) == ({"properties": properties}, ())


def test_a_key_vault_reference_is_still_known_as_one() -> None:
    written = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/mysecret/)"
    masked, found = mask("microsoft.web/sites/config", {"properties": {"X": written}})
    assert masked["properties"]["X"] == f"@Microsoft.KeyVault({MASK})"
    assert found == ()


def test_the_digest_is_of_what_the_author_wrote() -> None:
    one = {
        "actions": {"a": {"type": "Http", "inputs": {"method": "GET", "metadata": 1}}},
        "contentVersion": "1",
    }
    added = copy.deepcopy(one)
    added["actions"]["a"].update(metadata={"id": "x"}, evaluatedRecurrence={"interval": 3})  # type: ignore[index]
    assert definition_digest(added) == definition_digest(dict(reversed(one.items())))
    changed = copy.deepcopy(one)
    changed["actions"]["a"]["inputs"]["method"] = "POST"  # type: ignore[index]
    assert definition_digest(changed) != definition_digest(one)
    changed["actions"]["a"]["inputs"] = {"method": "GET", "metadata": 2}  # type: ignore[index]
    assert definition_digest(changed) != definition_digest(one)


def test_the_digest_tells_nothing_of_a_secret() -> None:
    def with_secret(secret: str) -> dict[str, Any]:
        inputs = {
            "headers": {"Authorization": secret},
            "authentication": {"password": secret},
            "password": secret,
        }
        return {
            "parameters": {"p": {"defaultValue": secret}},
            "actions": {"a": {"type": "Http", "inputs": inputs}},
        }

    assert definition_digest(with_secret("one")) == definition_digest(with_secret("two"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_literal_secret_of_real_files_survives(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip("no corpus here")
    for file in sorted(folder.glob("*.json")):
        if "ServiceTags" in file.name:
            continue
        try:
            document = json.loads(file.read_text("utf-8-sig"))
        except ValueError:
            continue
        form = AzureForm.TEMPLATE if "deploymentTemplate" in json.dumps(document)[:300] else AzureForm.REST
        masked, found = mask(
            "", document if isinstance(document, dict) else {"resources": document}, form=form
        )
        assert "DUMMY" not in json.dumps(masked), file.name
        for one in found:
            assert "DUMMY" not in one.model_dump_json()


def test_what_nests_too_deep_has_no_digest_that_another_could_have() -> None:
    deep: dict[str, Any] = {"body": "a"}
    for _ in range(130):
        deep = {"actions": deep}
    assert definition_digest(deep) == ""
    assert is_cut(deep)
    assert not is_cut({"actions": {}})
