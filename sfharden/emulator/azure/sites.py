"""Standard Logic Apps, as a GET answers them: nulls in the site, the values in `config/web` (reference 0.1, 1.5)."""

from collections.abc import Sequence
from typing import Any, Final

from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.story import REGION, SITE_EGRESS
from sfharden.emulator.azure.tenant import TENANT_ID, Body

# Recorded: corpus standard-site-get-nulls.json has null for each of these, of a running app.
_NULLS: Final = (
    *(
        "netFrameworkVersion",
        "remoteDebuggingEnabled",
        "appSettings",
        "connectionStrings",
        "scmType",
        "vnetName",
    ),
    *("vnetRouteAllEnabled", "publicNetworkAccess", "cors", "managedServiceIdentityId"),
    *("keyVaultReferenceIdentity", "ipSecurityRestrictions", "scmIpSecurityRestrictions"),
    *("scmIpSecurityRestrictionsUseMain", "minTlsVersion", "scmMinTlsVersion", "ftpsState"),
)
# The two orders are both seen (reference 0.7).
KINDS: Final = ("functionapp,workflowapp", "workflowapp,functionapp", "functionapp,workflowapp,linux")


def site(path: str, *, kind: str = KINDS[0], principal: str = "", **more: Any) -> Body:
    """A whole site; `more` are properties beyond or other than the usual ones."""
    name = path.rpartition("/")[2]
    identity = {"type": "SystemAssigned", "principalId": principal, "tenantId": TENANT_ID}
    return {
        "id": path,
        "name": name,
        "type": "Microsoft.Web/sites",
        "kind": kind,
        "location": "West Europe",
        "tags": {},
        "properties": {**_properties(path, name, kind), **more},
        **({"identity": identity} if principal else {}),
    }


def _properties(path: str, name: str, kind: str) -> Body:
    host = f"{name}.azurewebsites.net"
    return {
        "name": name,
        "state": "Running",
        "hostNames": [host],
        "enabled": True,
        "adminEnabled": True,
        "enabledHostNames": [host, f"{name}.scm.azurewebsites.net"],
        "siteProperties": {
            "metadata": None,
            "properties": [
                {"name": "LinuxFxVersion", "value": ""},
                {"name": "WindowsFxVersion", "value": None},
            ],
            "appSettings": None,
        },
        "serverFarmId": path.partition("/providers/")[0] + "/providers/Microsoft.Web/serverfarms/plan",
        "siteConfig": _site_config(),
        "sku": "WorkflowStandard",
        "clientCertEnabled": False,
        "clientCertMode": "Required",
        "kind": kind,
        "inboundIpAddress": "192.0.2.230",
        "possibleInboundIpAddresses": "192.0.2.230",
        "outboundIpAddresses": SITE_EGRESS[0],
        "possibleOutboundIpAddresses": ",".join(SITE_EGRESS),
        "httpsOnly": False,  # what the CLI made in 2021 (reference 1.5)
        "privateEndpointConnections": None,
        "publicNetworkAccess": None,
        "storageAccountRequired": False,
        "virtualNetworkSubnetId": None,
        "keyVaultReferenceIdentity": "SystemAssigned",
    }


def _site_config() -> Body:
    known = {"numberOfWorkers": 1, "alwaysOn": True, "http20Enabled": True, "functionAppScaleLimit": 0}
    return {**known, **dict.fromkeys(_NULLS)}


def restriction(address: str, priority: int = 100, action: str = "Allow", name: str = "allowed") -> Body:
    """One rule of who may call."""
    return {"ipAddress": address, "action": action, "tag": "Default", "priority": priority, "name": name}


def config_web(path: str, **more: Any) -> Body:
    """The values that the site's own answer has as null; as a new app has them, unless told otherwise."""
    return _config(
        path,
        "web",
        {
            "numberOfWorkers": 1,
            "netFrameworkVersion": "v6.0",
            "remoteDebuggingEnabled": False,
            "scmType": "None",
            "http20Enabled": True,
            "alwaysOn": False,
            "vnetName": "",
            "vnetRouteAllEnabled": False,
            "publicNetworkAccess": None,
            "ipSecurityRestrictions": [restriction("Any", 2147483647, name="Allow all")],
            "ipSecurityRestrictionsDefaultAction": None,
            "scmIpSecurityRestrictions": [restriction("Any", 2147483647, name="Allow all")],
            "scmIpSecurityRestrictionsDefaultAction": None,
            "scmIpSecurityRestrictionsUseMain": False,
            "minTlsVersion": "1.2",
            "scmMinTlsVersion": "1.2",
            "ftpsState": "FtpsOnly",
            "managedServiceIdentityId": None,
            **more,
        },
    )


def hardened_web(path: str, callers: Sequence[str]) -> Body:
    """Callers from ranges alone, for the app and its SCM site; TLS, no FTP, no debugger (reference 1.5)."""
    rules = [restriction(one, 100 + number) for number, one in enumerate(callers)]
    deny = restriction("Any", 2147483647, "Deny", "Deny all")
    return config_web(
        path,
        ipSecurityRestrictions=[*rules, deny],
        ipSecurityRestrictionsDefaultAction="Deny",
        scmIpSecurityRestrictions=[*rules, deny],
        scmIpSecurityRestrictionsDefaultAction="Deny",
        scmIpSecurityRestrictionsUseMain=True,
        ftpsState="Disabled",
        scmType="GitHubAction",
    )


def authentication(path: str, *, required: bool) -> Body:
    """`config/authsettingsV2` without secrets: a plain GET (reference 1.12)."""
    entra = {
        "enabled": required,
        "registration": {"clientId": guid("application", path)},
        "validation": {"allowedAudiences": [f"api://{guid('application', path)}"]},
    }
    validation = {"requireAuthentication": required, "unauthenticatedClientAction": "Return401"}
    return _config(
        path,
        "authsettingsV2",
        {
            "platform": {"enabled": required, "runtimeVersion": "~1"},
            "globalValidation": validation,
            "identityProviders": {"azureActiveDirectory": entra},
            "login": {"tokenStore": {"enabled": False}},
            "httpSettings": {"requireHttps": True},
        },
    )


def _config(path: str, name: str, properties: Body) -> Body:
    return {
        "id": f"{path}/config/{name}",
        "name": path.rpartition("/")[2] if name == "web" else name,
        "type": "Microsoft.Web/sites/config",
        "location": "West Europe",
        "properties": properties,
    }


def publishing(path: str, name: str, *, allow: bool) -> Body:
    """Whether user name and password open the SCM site, or FTP."""
    kind = "basicPublishingCredentialsPolicies"
    return {
        "id": f"{path}/{kind}/{name}",
        "name": name,
        "type": f"Microsoft.Web/sites/{kind}",
        "location": "West Europe",
        "properties": {"allow": allow},
    }


def site_workflow(path: str, name: str, code: Body, connections: Body) -> Body:
    """A workflow of a Standard app with its files (reference 1.12: a Reader gets them, inferred)."""
    site_name = path.rpartition("/")[2]
    return {
        "id": f"{path}/workflows/{name}",
        "name": f"{site_name}/{name}",
        "type": "Microsoft.Web/sites/workflows",
        "kind": "Stateful",
        "location": "West Europe",
        "properties": {
            "files": {
                "workflow.json": {"definition": code, "kind": "Stateful"},
                "connections.json": {"managedApiConnections": connections, "serviceProviderConnections": {}},
            },
            "flowState": "Enabled",
            "health": {"state": "Healthy"},
        },
    }


def managed_connection(path: str, api: str) -> Body:
    """One entry of connections.json: it names the connection, and signs in with the app's identity (reference 1.5)."""
    place = path.partition("/resourceGroups/")[0]
    return {
        "api": {"id": f"{place}/providers/Microsoft.Web/locations/{REGION}/managedApis/{api}"},
        "connection": {"id": path},
        "connectionRuntimeUrl": f"https://{guid(path)[:8]}.13.common.logic-{REGION}.azure-apihub.net/apim/{api}",
        "authentication": {"type": "ManagedServiceIdentity"},
    }
