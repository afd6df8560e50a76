"""What real tenants hold besides: connections in every state, apps that are no Logic Apps, unheard-of principals."""

from datetime import datetime
from typing import Final

from sfharden.emulator.azure import connections, flows, logs, people, sites, story
from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.tenant import Body, Tenant

WILD_ROLE: Final = guid("role", "wild")
SPLIT_ROLE: Final = guid("role", "split")
_ANY: Final = "0.0.0.0-255.255.255.255"


def add_odd_resources(tenant: Tenant, scope: str, now: datetime) -> None:
    """Rows that no verdict may trip over, in one resource group."""
    for one in (*_connections(f"{scope}/providers/Microsoft.Web/connections", now), *_sites(scope)):
        tenant.add(one)
    for name, access in odd_access().items():
        code = flows.definition({"manual": flows.request_trigger()}, {})
        path = f"{scope}/providers/Microsoft.Logic/workflows/{name}"
        tenant.add(flows.workflow(path, code, now, access=access))
    clock = flows.definition({"Every_hour": flows.recurrence_trigger(now)}, {})
    flow = flows.workflow(f"{scope}/providers/Microsoft.Logic/workflows/off", clock, now, state="Disabled")
    flow["properties"]["accessControl"] = None  # null means open, as {} and absence do (reference 0.2)
    tenant.add(flow)
    nobody = [logs.condition("category", "Security"), logs.condition("level", None, "Error", "Critical")]
    tenant.add(logs.alert(scope, "security", [scope], nobody))  # an alert that tells nobody (reference 1.10)


def odd_access() -> dict[str, Body]:
    """Access controls that look like more than they are (reference 1.4, logic-apps 3.2)."""
    claims = [{"name": "Issuer", "value": "https://sts.windows.net/x/"}]  # it must be `iss`
    policy = {"policies": {"shop": {"claims": claims}}}  # and there is no type
    whole = [{"addressRange": "0.0.0.0/1"}, {"addressRange": "128.0.0.0/1"}]
    return {
        "open-any": {"triggers": flows.ranges(_ANY), "contents": flows.ranges("*")},
        "open-by-halves": {"triggers": {"allowedCallerIpAddresses": whole}},
        "open-by-typo": {"triggers": {"allowedCallerIpAddresses:": [{"addressRange": "192.0.2.0/24"}]}},
        "no-issuer": {
            "triggers": {
                "openAuthenticationPolicies": policy,
                "sasAuthenticationPolicy": {"state": "Disabled"},
            }
        },
        "apps-only": {"triggers": flows.ranges(), "contents": flows.ranges()},
        "nobody": {"triggers": flows.ranges("0.0.0.0-0.0.0.0"), "contents": flows.ranges("0.0.0.0-0.0.0.0")},
        "half-set": {"triggers": flows.ranges("192.0.2.0/24"), "contents": None, "actions": {}},
    }


def _connections(place: str, now: datetime) -> list[Body]:
    sql = connections.connection(f"{place}/sql", "sql", now)
    sql["properties"]["parameterValueSet"] = {
        "name": "sqlAuthentication",
        "values": {"server": {"value": "acme.database.windows.net"}, "database": {"value": "stock"}},
    }
    files = connections.with_key(
        f"{place}/filesystem", "filesystem", now, rootfolder="C:\\share", authType="windows"
    )
    files["properties"]["nonSecretParameterValues"]["gateway"] = {
        "name": "gw-warehouse",
        "id": f"{place.rpartition('/')[0]}/connectionGateways/gw-warehouse",
        "type": "Microsoft.Web/connectionGateways",
    }
    custom = connections.connection(f"{place}/billing", "billing", now, version=None)
    custom["properties"]["api"] |= {
        "id": f"{place.rpartition('/')[0]}/customApis/billing",
        "type": "Microsoft.Web/customApis",
    }
    return [
        sql,
        files,
        custom,
        connections.with_key(f"{place}/azureblob", "azureblob", now, accountName="stwarehouse"),
        connections.managed_identity(f"{place}/keyvault", "keyvault", now),
        connections.managed_identity(f"{place}/servicebus", "servicebus", now, version="V2"),
        connections.signed_in(f"{place}/office365", "office365", "dana@acme.example", now),
        connections.broken(f"{place}/teams", "teams", now),
        connections.with_key(f"{place}/ftp", "ftp", now, serverAddress="ftp.acme.example"),
        # Behind it is an interface that left support on 2026-09-14 (reference 1.7).
        connections.connection(f"{place}/loganalytics", "azureloganalyticsdatacollector", now),
    ]


def _sites(scope: str) -> list[Body]:
    """Apps that are no Logic Apps: `workflowapp` is not among the words of their kind (reference 0.7)."""
    kinds = {"shop-web": "app", "shop-api": "app,linux,container", "shop-jobs": "functionapp,linux"}
    return [
        sites.site(f"{scope}/providers/Microsoft.Web/sites/{name}", kind=kind) for name, kind in kinds.items()
    ]


def add_odd_people(tenant: Tenant) -> None:
    """Rights from above, with conditions, of custom roles, of kinds of principals that nobody has heard of."""
    wild = ("Microsoft.Web/conn*/*", "Microsoft.Logic/*/read")
    split = ("Microsoft.Web/*",)
    tenant.role_definitions.append(people.role(WILD_ROLE, "Connectors", wild, places=[story.SCOPE]))
    tenant.role_definitions.append(
        people.role(
            SPLIT_ROLE,
            "Web without connections",
            split,
            denied=("Microsoft.Web/connections/*",),
            places=[story.GROUP_SCOPE],
        )
    )
    above = f"/providers/Microsoft.Management/managementGroups/{story.MANAGEMENT_GROUP}"
    sure = {
        "condition": "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})))",
        "conditionVersion": "2.0",
    }
    people.assign(tenant, people.ACCESS_ADMINISTRATOR, guid("user", "global admin"), "User", "/")
    people.assign(tenant, people.CONTRIBUTOR, guid("group", "platform"), "Group", above)
    people.assign(tenant, people.OWNER, guid("user", "conditional"), "User", story.SCOPE, **sure)
    people.assign(tenant, WILD_ROLE, guid("group", "connectors"), "Group", story.SCOPE)
    people.assign(tenant, SPLIT_ROLE, guid("user", "web"), "User", story.GROUP_SCOPE)
    people.assign(tenant, people.READER, guid("agent"), "AgentIdentityOfTomorrow", story.GROUP_SCOPE)
    people.assign(tenant, people.CONTRIBUTOR, guid("partner"), "ForeignGroup", story.CONNECTION)
    people.assign(tenant, guid("role", "deleted"), guid("user", "gone"), "User", story.GROUP_SCOPE)
    people.deny(tenant, ["Microsoft.Web/connections/delete"], story.GROUP_SCOPE, excluded=[story.DEPLOYER])
    people.eligible(tenant, people.OWNER, guid("user", "on call"), story.SCOPE)
