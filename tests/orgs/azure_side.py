"""A small Azure side that is hardened, made of answers as ARM gives them; each test changes one thing.

The names tell a Consumption workflow with a Salesforce connection, and a Standard app with another.
"""

import copy
from typing import Any, Final

from sfharden.azure.index import AzureIndex
from sfharden.azure.side import azure_side
from sfharden.checks.common import Context
from sfharden.facts.index import Index
from sfharden.model.azure import (
    AzureAbsent,
    AzureEntry,
    AzureGap,
    AzureList,
    AzureResource,
    AzureSnapshot,
)
from sfharden.model.snapshot import Snapshot, Source, Tool
from tests.orgs.constants import NOW

SUBSCRIPTION: Final = "/subscriptions/00000000-0000-4000-8000-000000000001"
GROUP: Final = f"{SUBSCRIPTION}/resourceGroups/crm-rg"
WORKFLOW: Final = f"{GROUP}/providers/Microsoft.Logic/workflows/crm-sync"
CONNECTION: Final = f"{GROUP}/providers/Microsoft.Web/connections/salesforce"
SITE: Final = f"{GROUP}/providers/Microsoft.Web/sites/crm-standard"
WEB: Final = f"{SITE}/config/web"
AUTH: Final = f"{SITE}/config/authsettingsV2"
API: Final = f"{SUBSCRIPTION}/providers/Microsoft.Web/locations/westeurope/managedApis/salesforce"


def resource(path: str, document: dict[str, Any], **more: Any) -> AzureResource:
    """One resource as a reader would make it of an answer."""
    parts = path.strip("/").split("/")
    after = parts[len(parts) - 1 - parts[::-1].index("providers") + 1 :]
    kind = "/".join([after[0], *after[1::2]]).lower()
    return AzureResource(id=path, type=kind, name=parts[-1], document=copy.deepcopy(document), **more)


def workflow(**properties: Any) -> AzureResource:
    """The Consumption workflow, with these properties changed; None takes one away."""
    base: dict[str, Any] = {
        "state": "Enabled",
        "accessControl": {
            "triggers": {
                "allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}],
                "sasAuthenticationPolicy": {"state": "Disabled"},
                "openAuthenticationPolicies": {
                    "policies": {
                        "own": {
                            "type": "AAD",
                            "claims": [
                                {"name": "iss", "value": "https://sts.windows.net/t/"},
                                {"name": "aud", "value": "https://management.azure.com"},
                            ],
                        }
                    }
                },
            },
            "contents": {"allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}]},
            "actions": {"allowedCallerIpAddresses": [{"addressRange": "203.0.113.0/28"}]},
        },
        "definition": {
            "triggers": {"manual": {"type": "Request", "kind": "Http", "inputs": {"schema": {}}}},
            "actions": {
                "Get_record": {
                    "type": "ApiConnection",
                    "runtimeConfiguration": {"secureData": {"properties": ["inputs", "outputs"]}},
                    "inputs": {
                        "host": {
                            "connection": {
                                "name": "@parameters('$connections')['salesforce']['connectionId']"
                            }
                        },
                        "method": "get",
                        "path": "/datasets/default/tables/Account/items",
                    },
                }
            },
        },
        "parameters": {
            "$connections": {
                "value": {
                    "salesforce": {"connectionId": CONNECTION, "connectionName": "salesforce", "id": API}
                }
            }
        },
    }
    merged = {key: one for key, one in {**base, **properties}.items() if one is not None}
    return resource(WORKFLOW, {"location": "westeurope", "properties": merged})


def connection(**properties: Any) -> AzureResource:
    """The Salesforce connection."""
    base: dict[str, Any] = {
        "displayName": "integration@acme.example",
        "authenticatedUser": {},
        "overallStatus": "Connected",
        "statuses": [{"status": "Connected"}],
        "nonSecretParameterValues": {"token:LoginUri": "https://login.salesforce.com"},
        "changedTime": "2026-11-01T08:00:00.1234567Z",
        "createdTime": "2026-01-01T08:00:00.1234567Z",
        "api": {"name": "salesforce", "id": API},
    }
    merged = {key: one for key, one in {**base, **properties}.items() if one is not None}
    return resource(CONNECTION, {"kind": "V1", "location": "westeurope", "properties": merged})


def site(**properties: Any) -> AzureResource:
    """The Standard app's own resource, with the nulls of the real answer (reference §0.1)."""
    base: dict[str, Any] = {
        "httpsOnly": True,
        "publicNetworkAccess": None,
        "siteConfig": {"minTlsVersion": None, "ftpsState": None, "ipSecurityRestrictions": None},
    }
    document = {"kind": "functionapp,workflowapp", "identity": {"type": "SystemAssigned"}}
    return resource(SITE, {**document, "properties": {**base, **properties}})


def snapshot(*resources: AzureResource, **more: Any) -> AzureSnapshot:
    """A snapshot of these resources; `lists`, `absent` and `gaps` as given."""
    return AzureSnapshot(source="test", resources=resources, **more)


def listed(path: str, *rows: AzureResource, whole: bool = True) -> AzureList:
    """The answer of a list."""
    return AzureList(path=path, rows=rows, is_whole=whole)


def absent(path: str, code: str = "ResourceNotFound") -> AzureAbsent:
    """A 404."""
    return AzureAbsent(path=path, code=code)


def gap(path: str, reason: str = "403, not permitted", action: str = "") -> AzureGap:
    """What could not be read."""
    return AzureGap(path=path, what=path.rpartition("/providers/")[2], reason=reason, action=action)


def context(read: AzureSnapshot, entry: AzureEntry | None = None) -> Context:
    """What a check of the Azure side is given, without an integration of Salesforce."""
    whole = Snapshot(tool=Tool(version="test"), source=Source(kind="azure", name="test"), azure=read)
    return Context(Index(whole), NOW, _azure=azure_side(AzureIndex(read), entry))


def web_config(**properties: Any) -> AzureResource:
    """The `config/web` of the Standard app: few may call it and its SCM site, and nothing old is on."""
    few = [
        {"ipAddress": "203.0.113.0/28", "action": "Allow", "tag": "Default", "priority": 100, "name": "own"},
        {"ipAddress": "Any", "action": "Deny", "priority": 2147483647, "name": "Deny all"},
    ]
    base: dict[str, Any] = {
        "ipSecurityRestrictions": few,
        "ipSecurityRestrictionsDefaultAction": "Deny",
        "scmIpSecurityRestrictions": few,
        "scmIpSecurityRestrictionsDefaultAction": "Deny",
        "scmIpSecurityRestrictionsUseMain": False,
        "minTlsVersion": "1.2",
        "scmMinTlsVersion": "1.2",
        "ftpsState": "Disabled",
        "remoteDebuggingEnabled": False,
    }
    return resource(WEB, {"properties": {**base, **properties}})


def auth_settings(**properties: Any) -> AzureResource:
    """The `authsettingsV2` of the Standard app: every request needs a token."""
    base: dict[str, Any] = {
        "platform": {"enabled": True},
        "globalValidation": {"requireAuthentication": True, "unauthenticatedClientAction": "AllowAnonymous"},
    }
    return resource(AUTH, {"properties": {**base, **properties}})


def site_workflow(trigger: str, **files: Any) -> AzureResource:
    """A workflow of the Standard app, with one trigger of that type."""
    definition = {"triggers": {"t": {"type": trigger}}, "actions": {}}
    document = {"properties": {"files": {"workflow.json": {"definition": definition}, **files}}}
    return resource(f"{SITE}/workflows/flow", document)


def basic_credentials(way: str, allow: Any) -> AzureResource:
    """Whether the Standard app is published to by basic credentials: `scm` or `ftp`."""
    return resource(f"{SITE}/basicPublishingCredentialsPolicies/{way}", {"properties": {"allow": allow}})


OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ADMIN: Final = "00000000-0000-4000-8000-00000000000a"


def role_definition(key: str, *actions: str, **more: Any) -> AzureResource:
    """A role with these actions; `not_actions` and other keys of its one permission as given."""
    permission = {"actions": list(actions), "notActions": more.pop("not_actions", []), **more}
    document = {"properties": {"roleName": f"role {key[:8]}", "permissions": [permission]}}
    return resource(f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{key}", document)


def role_assignment(
    principal: str = ADMIN,
    role: str = OWNER,
    scope: str = SUBSCRIPTION,
    kind: str | None = "User",
    **more: Any,
) -> AzureResource:
    """An assignment as `roleAssignments` lists it."""
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {
        "principalId": principal,
        "principalType": kind,
        "roleDefinitionId": definition,
        "scope": scope,
        "condition": None,
        **more,
    }
    below = scope.rstrip("/")
    path = f"{below}/providers/Microsoft.Authorization/roleAssignments/{principal[-4:]}-{role[:4]}{role[-2:]}"
    return resource(path, {"properties": properties})


def assignments_of(
    path: str, *rows: AzureResource, what: str = "roleAssignments", whole: bool = True
) -> AzureList:
    """The assignments at a resource."""
    return listed(f"{path}/providers/Microsoft.Authorization/{what}", *rows, whole=whole)


def other_workflow(name: str, group: str = GROUP, uses: str = "") -> AzureResource:
    """A workflow of somebody else; `uses` is a connection's id."""
    entry = {"salesforce": {"connectionId": uses, "connectionName": "salesforce", "id": API}}
    properties = {
        "definition": {"triggers": {}, "actions": {}},
        "parameters": {"$connections": {"value": entry if uses else {}}},
    }
    return resource(f"{group}/providers/Microsoft.Logic/workflows/{name}", {"properties": properties})
