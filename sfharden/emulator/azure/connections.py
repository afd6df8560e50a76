"""API connections, as a GET answers them, in the variety that real ones have (reference 1.7)."""

from datetime import datetime, timedelta
from typing import Any

from sfharden.emulator.azure.naming import guid, stamp
from sfharden.emulator.azure.paths import subscription_of
from sfharden.emulator.azure.story import REGION
from sfharden.emulator.azure.tenant import TENANT_ID, Body


def connection(path: str, api: str, now: datetime, *, version: str | None = "V1", **more: Any) -> Body:
    """A connection; `more` are properties beyond what all have.

    Old ones have no kind (`version` None), and no word of who signed in or of how it is in all:
    corpus connection-azureblob-no-kind.json.
    """
    kind = {} if version is None else {"kind": version}
    return {
        **kind,
        "properties": {
            "displayName": api,
            **({} if version is None else _newer(path)),
            "statuses": [{"status": "Connected"}],
            "customParameterValues": {},
            "createdTime": stamp(now - timedelta(days=400)),
            "changedTime": stamp(now - timedelta(days=30)),
            "api": _api(path, api),
            "testLinks": [_link(path, "/extensions/proxy/testconnection")],
            **more,
        },
        "id": path,
        "name": path.rpartition("/")[2],
        "type": "Microsoft.Web/connections",
        "location": REGION,
    }


def _newer(path: str) -> Body:
    """POSTing what `testRequests` has acts in the target system: a link that nobody may follow (reference 1.7)."""
    act = {"body": {"request": {"method": "get", "path": "/"}}, "method": "POST"}
    return {
        "authenticatedUser": {},
        "overallStatus": "Connected",
        "connectionState": "Enabled",
        "testRequests": [act | {"requestUri": _link(path, "/dynamicInvoke")["requestUri"]}],
    }


def salesforce(path: str, now: datetime, *, version: str = "V1", **more: Any) -> Body:
    """A connection to Salesforce: one user's token behind it (logic-apps reference 3.1)."""
    host = f"https://{guid(path)[:8]}.13.common.logic-{REGION}.azure-apihub.net/apim/salesforce"
    runtime = {"connectionRuntimeUrl": host} if version == "V2" else {}
    return connection(
        path,
        "salesforce",
        now,
        version=version,
        **{
            "displayName": "svc-logicapps@acme.example",
            "nonSecretParameterValues": {
                "token:LoginUri": "https://login.salesforce.com",
                "salesforceApiVersion": "v58",
            },
            **runtime,
            **more,
        },
    )


def managed_identity(path: str, api: str, now: datetime, *, version: str = "V1") -> Body:
    """A connection that keeps no secret: `Alternative` where it is V1, a value set where it is V2 (reference 1.7)."""
    if version == "V2":
        values: Body = {"parameterValueSet": {"name": "managedIdentityAuth", "values": {}}}
    else:
        values = {"parameterValueType": "Alternative", "alternativeParameterValues": {}}
    ready = {"overallStatus": "Ready", "statuses": [{"status": "Ready"}]}
    return connection(path, api, now, version=version, **ready, **values)


def with_key(path: str, api: str, now: datetime, **values: str) -> Body:
    """A connection with an access key, of which an answer shows the values that are no secret; an old one: no kind."""
    return connection(path, api, now, version=None, nonSecretParameterValues=values)


def signed_in(path: str, api: str, user: str, now: datetime) -> Body:
    """A connection by a person's sign-in, who is named (reference 1.7)."""
    values = {"token:tenantId": TENANT_ID, "token:grantType": "code"}
    return connection(
        path, api, now, displayName=user, authenticatedUser={"name": user}, parameterValues=values
    )


def broken(path: str, api: str, now: datetime) -> Body:
    """A connection whose token is gone (reference 1.7)."""
    error = {"code": "Unauthenticated", "message": "This connection is not authenticated."}
    status = {"status": "Error", "target": "token", "error": error}
    return connection(
        path, api, now, overallStatus="Error", statuses=[status], connectionState="Enabled", testLinks=None
    )


def access_policy(path: str, principal: str) -> Body:
    """Who may use the token of a V2 connection: an app's identity (logic-apps reference 3.1)."""
    name = f"{path.rpartition('/')[2]}-{principal[:8]}"
    return {
        "properties": {
            "principal": {
                "type": "ActiveDirectory",
                "identity": {"objectId": principal, "tenantId": TENANT_ID},
            }
        },
        "id": f"{path}/accessPolicies/{name}",
        "name": name,
        "type": "Microsoft.Web/connections/accessPolicies",
        "location": REGION,
    }


def _api(path: str, name: str) -> Body:
    place = f"/subscriptions/{subscription_of(path)}/providers/Microsoft.Web/locations/{REGION}"
    return {
        "name": name,
        "displayName": name.title(),
        "description": f"The connector {name}.",
        "iconUri": f"https://connectoricons-prod.azureedge.net/releases/v1.0.1/{name}/icon.png",
        "brandColor": "#1EB8EB",
        "category": "Standard",
        "id": f"{place}/managedApis/{name}",
        "type": "Microsoft.Web/locations/managedApis",
    }


def _link(path: str, call: str) -> Body:
    return {
        "requestUri": f"https://management.azure.com:443{path}{call}?api-version=2018-07-01-preview",
        "method": "get",
    }
