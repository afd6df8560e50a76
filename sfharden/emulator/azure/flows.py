"""Consumption workflows, as a GET answers them (logic-apps reference 1.2, 2.3, 3.2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator.azure.naming import guid, stamp
from sfharden.emulator.azure.paths import subscription_of
from sfharden.emulator.azure.story import (
    CONNECTOR_EGRESS,
    ENTRANCE,
    OPERATOR,
    REGION,
    SHOP_APP,
    WORKFLOW_EGRESS,
)
from sfharden.emulator.azure.tenant import TENANT_ID, Body

_SCHEMA: Final = "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"
BOTH: Final = ("inputs", "outputs")


def secured(step: Body, *sides: str) -> Body:
    """A step whose inputs and outputs, or the sides named, aren't kept readable (reference 1.8)."""
    return {**step, "runtimeConfiguration": {"secureData": {"properties": list(sides or BOTH)}}}


def request_trigger() -> Body:
    """A trigger that anyone calls who has the signed URL, or whom the access control lets in."""
    return {"type": "Request", "kind": "Http", "inputs": {"schema": {}}}


def recurrence_trigger(now: datetime) -> Body:
    """A trigger of the clock; ARM adds `evaluatedRecurrence`, which no repository has (reference 1.12)."""
    every = {"frequency": "Hour", "interval": 1}
    return {
        "type": "Recurrence",
        "recurrence": every,
        "evaluatedRecurrence": {**every, "startTime": stamp(now)},
    }


def create_record(table: str = "Order", name: str = "salesforce") -> Body:
    """A step that creates a record through the Salesforce connection (logic-apps reference 3.4)."""
    quoted = f"@{{encodeURIComponent(encodeURIComponent('{table}'))}}"
    return {
        "type": "ApiConnection",
        "runAfter": {},
        "inputs": {
            "host": {"connection": {"name": f"@parameters('$connections')['{name}']['connectionId']"}},
            "method": "post",
            "path": f"/v2/datasets/default/tables/{quoted}/items",
            "body": "@triggerBody()",
        },
    }


def keep_blob(account: str = "stcrmsync", name: str = "azureblob") -> Body:
    """A step that keeps what came in as a blob, once the record is there."""
    return {
        "type": "ApiConnection",
        "runAfter": {"Create_record": ["Succeeded"]},
        "inputs": {
            "host": {"connection": {"name": f"@parameters('$connections')['{name}']['connectionId']"}},
            "method": "post",
            "path": f"/v2/datasets/@{{encodeURIComponent(encodeURIComponent('{account}'))}}/files",
            "queries": {"folderPath": "/orders", "name": "@guid()", "queryParametersSingleEncoded": True},
            "body": "@triggerBody()",
        },
    }


def definition(triggers: Body, actions: Body, parameters: Body | None = None) -> Body:
    """A workflow definition."""
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {"$connections": {"defaultValue": {}, "type": "Object"}, **(parameters or {})},
        "triggers": triggers,
        "actions": actions,
        "outputs": {},
    }


def connections_value(*connections: str, **of_api: str) -> Body:
    """The value of `$connections`: a connection by its last segment, of the api of that name unless told."""
    value = {}
    for one in connections:
        name = one.rpartition("/")[2]
        place = (
            f"/subscriptions/{subscription_of(one)}/providers/Microsoft.Web/locations/{REGION}/managedApis"
        )
        value[name] = {"connectionId": one, "connectionName": name, "id": f"{place}/{of_api.get(name, name)}"}
    return {"$connections": {"value": value}}


def ranges(*given: str) -> Body:
    """One section of the access control."""
    return {"allowedCallerIpAddresses": [{"addressRange": one} for one in given]}


def hardened_access(callers: Sequence[str], readers: Sequence[str] = (OPERATOR + "/32",)) -> Body:
    """Callers from ranges, with tokens of one app; the signed URL is off; readers of runs from ranges (reference 1.4)."""
    claims = {"iss": f"https://sts.windows.net/{TENANT_ID}/", "aud": f"api://{SHOP_APP}", "appid": SHOP_APP}
    policy = {"type": "AAD", "claims": [{"name": name, "value": value} for name, value in claims.items()]}
    return {
        "triggers": {
            **ranges(*callers),
            "openAuthenticationPolicies": {"policies": {"shop": policy}},
            "sasAuthenticationPolicy": {"state": "Disabled"},
        },
        "contents": ranges(*readers),
        "actions": ranges(*callers),
        "workflowManagement": ranges(*readers),
    }


def workflow(
    path: str,
    code: Body,
    now: datetime,
    *,
    access: Body | None = None,
    parameters: Body | None = None,
    principal: str = "",
    state: str = "Enabled",
) -> Body:
    """A whole workflow. Without `access` the answer has no accessControl, which means open (reference 0.2)."""
    control = {} if access is None else {"accessControl": access}
    identity = {"type": "SystemAssigned", "principalId": principal, "tenantId": TENANT_ID}
    return {
        "properties": {
            "provisioningState": "Succeeded",
            "createdTime": stamp(now - timedelta(days=400)),
            "changedTime": stamp(now - timedelta(days=4)),
            "state": state,
            "version": "08584000000000000000",
            "accessEndpoint": f"https://prod-01.{REGION}.logic.azure.com:443/workflows/{guid(path).replace('-', '')}",
            **control,
            "definition": code,
            "parameters": parameters or {},
            "endpointsConfiguration": endpoints(),
        },
        "id": path,
        "name": path.rpartition("/")[2],
        "type": "Microsoft.Logic/workflows",
        "location": REGION,
        "tags": {},
        **({"identity": identity} if principal else {}),
    }


def endpoints() -> Body:
    """The addresses that the workflow and its managed connectors call from (logic-apps reference 1.2)."""
    return {
        "workflow": {
            "outgoingIpAddresses": _addresses(WORKFLOW_EGRESS),
            "accessEndpointIpAddresses": _addresses(ENTRANCE),
        },
        "connector": {"outgoingIpAddresses": _addresses(CONNECTOR_EGRESS), "accessEndpointIpAddresses": None},
    }


def _addresses(given: Sequence[str]) -> list[Body]:
    return [{"address": one} for one in given]
