"""The healthy tenant: a Consumption and a Standard Logic App with their connections, as hardening leaves them."""

import json
from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator.azure import connections, flows, logs, people, sites, story
from sfharden.emulator.azure.gateways import firewall_policy, gateway
from sfharden.emulator.azure.kinds import SERVICES
from sfharden.emulator.azure.tags import service_tags
from sfharden.emulator.azure.tenant import Body, Right, Tenant

YEARS: Final = 730
_TABLES: Final = (
    *("AzureActivity", "AzureDiagnostics", "LogicAppWorkflowRuntime"),
    *("StorageBlobLogs", "StorageFileLogs", "StorageQueueLogs", "StorageTableLogs"),
)
RECEIVER: Final = f"{story.LOG_SCOPE}/providers/Microsoft.Insights/actionGroups/security"
GATEWAY: Final = f"{story.LOG_SCOPE}/providers/Microsoft.Network/applicationGateways/agw-crm"
FIREWALL: Final = (
    f"{story.LOG_SCOPE}/providers/Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf-crm"
)
BLOB_CONNECTION: Final = f"{story.GROUP_SCOPE}/providers/Microsoft.Web/connections/azureblob"


def empty_tenant(now: datetime) -> Tenant:
    """A subscription with three groups and the roles that all tenants have; the caller is a Reader of it."""
    tenant = Tenant(
        clock=lambda: now, categories={name: list(rows) for name, rows in logs.CATEGORIES.items()}
    )
    tenant.add_subscription(story.SUBSCRIPTION, story.MANAGEMENT_GROUP)
    for one in (story.GROUP, story.STANDARD_GROUP, story.LOG_GROUP):
        tenant.add_group(story.SUBSCRIPTION, one)
    tenant.role_definitions.extend(people.built_in_roles())
    tenant.rights.append(Right(story.SCOPE))
    tenant.service_tags[story.REGION] = service_tags(story.REGION, "WestEurope")
    return tenant


def healthy_tenant(now: datetime) -> Tenant:
    """A tenant in which every control of both policies could pass; `story` has what an integration file must say.

    Key rotation passes by an event of 20 days ago, backup by the files of `backup_of`.
    """
    tenant = empty_tenant(now)
    _add_logging(tenant, now)
    _add_consumption(tenant, now)
    _add_standard(tenant, now)
    _add_people(tenant)
    _add_gateway(tenant)
    return tenant


def _add_logging(tenant: Tenant, now: datetime) -> None:
    tenant.add(logs.workspace(story.WORKSPACE, now, days=90))
    for name in _TABLES:
        tenant.add(logs.table(story.WORKSPACE, name, days=90, total=YEARS))
    tenant.add(logs.storage_account(story.ARCHIVE))
    tenant.set_diagnostics(story.SCOPE, logs.subscription_setting(story.SCOPE, workspaceId=story.WORKSPACE))
    watched = [
        logs.condition("category", "Administrative"),
        logs.condition("operationName", "Microsoft.Web/connections/write"),
    ]
    tenant.add(logs.alert(story.LOG_SCOPE, "connection-changed", [story.SCOPE], watched, RECEIVER))


def _add_storage(tenant: Tenant, account: str) -> None:
    tenant.add(logs.storage_account(account))
    for one in SERVICES:
        scope = f"{account}/{one}/default"
        tenant.set_diagnostics(scope, logs.setting(scope, logs=logs.STORAGE_LOGS, workspace=story.WORKSPACE))


def _add_consumption(tenant: Tenant, now: datetime) -> None:
    _add_storage(tenant, story.STORAGE)
    tenant.add(connections.salesforce(story.CONNECTION, now))
    blob = connections.managed_identity(BLOB_CONNECTION, "azureblob", now)
    blob["properties"]["nonSecretParameterValues"] = {"accountName": story.STORAGE.rpartition("/")[2]}
    tenant.add(blob)
    tenant.add(
        flows.workflow(
            story.WORKFLOW,
            hardened_definition(),
            now,
            access=flows.hardened_access([story.CALLERS]),
            parameters=flows.connections_value(story.CONNECTION, BLOB_CONNECTION),
            principal=story.FLOW_IDENTITY,
        )
    )
    tenant.set_diagnostics(
        story.WORKFLOW,
        logs.setting(story.WORKFLOW, logs=(), groups=("allLogs",), workspace=story.WORKSPACE),
    )
    for when, what in ((20, "regenerateAccessKey/action"), (4, "write")):
        operation = f"Microsoft.Logic/workflows/{what}"
        tenant.events.append(
            logs.event(story.WORKFLOW, operation, now - timedelta(days=when), caller=story.DEPLOYER)
        )


def hardened_definition() -> Body:
    """An order comes in, becomes a record in Salesforce, and is kept in a blob; nothing of it is readable in a run."""
    return flows.definition(
        {"When_an_order_arrives": flows.secured(flows.request_trigger())},
        {
            "Create_record": flows.secured(flows.create_record()),
            "Keep_order": flows.secured(flows.keep_blob()),
        },
    )


def _add_standard(tenant: Tenant, now: datetime) -> None:
    _add_storage(tenant, story.STANDARD_STORAGE)
    tenant.add(connections.salesforce(story.STANDARD_CONNECTION, now, version="V2"))
    tenant.add(connections.access_policy(story.STANDARD_CONNECTION, story.SITE_IDENTITY))
    sas_off = {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}
    tenant.add(
        sites.site(
            story.SITE,
            principal=story.SITE_IDENTITY,
            httpsOnly=True,
            logicAppsAccessControlConfiguration=sas_off,
        )
    )
    tenant.add(sites.hardened_web(story.SITE, ["198.51.100.16/28"]))
    tenant.add(sites.authentication(story.SITE, required=True))
    for name in ("scm", "ftp"):
        tenant.add(sites.publishing(story.SITE, name, allow=False))
    used = {"salesforce": sites.managed_connection(story.STANDARD_CONNECTION, "salesforce")}
    tenant.add(sites.site_workflow(story.SITE, "orders", standard_definition(), used))
    tenant.set_diagnostics(
        story.SITE,
        logs.setting(
            story.SITE, logs=("WorkflowRuntime", "FunctionAppLogs"), workspace=story.WORKSPACE, dedicated=True
        ),
    )


def standard_definition() -> Body:
    """The same of a Standard app, which names its connections instead of parameters."""
    step = flows.create_record()
    step["inputs"]["host"] = {"connection": {"referenceName": "salesforce"}}
    code = flows.definition(
        {"When_an_order_arrives": flows.secured(flows.request_trigger())},
        {"Create_record": flows.secured(step)},
    )
    return {name: value for name, value in code.items() if name != "parameters"}


def _add_people(tenant: Tenant) -> None:
    """A group runs the platform, a pipeline deploys, auditors read; nobody by name."""
    above = f"/providers/Microsoft.Management/managementGroups/{story.MANAGEMENT_GROUP}"
    people.assign(tenant, people.READER, story.AUDITORS, "Group", above)
    people.assign(tenant, people.OWNER, story.OPERATIONS, "Group", story.SCOPE)
    for scope in (story.GROUP_SCOPE, story.STANDARD_SCOPE):
        people.assign(tenant, people.CONTRIBUTOR, story.DEPLOYER, "ServicePrincipal", scope)
    people.assign(tenant, people.READER, tenant.caller, "ServicePrincipal", story.SCOPE)


def _add_gateway(tenant: Tenant) -> None:
    """The order that the vendor documents: the proxy's connector comes to a private listener (reference 5)."""
    tenant.add(firewall_policy(FIREWALL))
    tenant.add(gateway(GATEWAY, backend="10.0.1.5", firewall=FIREWALL, private=True, tls="TLSv1_2"))


def backup_of(tenant: Tenant) -> dict[str, bytes]:
    """The files of a repository that hold the tenant's definitions as they are: what a backup is compared with."""
    found = {}
    for one in tenant.of_kind("microsoft.logic/workflows"):
        whole = {"definition": one["properties"]["definition"]}
        found[f"{one['name']}.json"] = json.dumps(whole, indent=2).encode()
    for one in tenant.of_kind("microsoft.web/sites/workflows"):
        site, _, name = one["name"].partition("/")
        for file, content in one["properties"]["files"].items():
            place = f"{site}/{file}" if file == "connections.json" else f"{site}/{name}/{file}"
            found[place] = json.dumps(content, indent=2).encode()
    return found
