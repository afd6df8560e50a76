"""The tenant as it is before hardening: every mistake of the checklist, among what else real tenants hold."""

from datetime import datetime, timedelta
from typing import Final

from sfharden.emulator.azure import connections, flows, logs, people, sites, story
from sfharden.emulator.azure.gateways import firewall_policy, gateway
from sfharden.emulator.azure.healthy import BLOB_CONNECTION, FIREWALL, GATEWAY, empty_tenant
from sfharden.emulator.azure.naming import guid, stamp
from sfharden.emulator.azure.odd import add_odd_people, add_odd_resources
from sfharden.emulator.azure.tenant import Body, Tenant

# Made-up secrets, where real tenants have them in plain text; no output may ever have one.
PLAIN_BEARER: Final = "Bearer planted-token-4f1c2a77d0b94e6f"
PLAIN_SIGNATURE: Final = "plantedSignature0aB1cD2eF3gH4iJ5kL6mN7oP8q"
PLAIN_BASIC: Final = "planted-password-93be"
PLAIN_KEY: Final = "planted-raw-key-c1a9d5e2f7"
PLAIN_GATEWAY: Final = "planted-gateway-key-7d3e"
PLANTED: Final = (PLAIN_BEARER, PLAIN_SIGNATURE, PLAIN_BASIC, PLAIN_KEY, PLAIN_GATEWAY)

NEWSLETTER: Final = f"{story.GROUP_SCOPE}/providers/Microsoft.Logic/workflows/newsletter"
OTHER_GROUP: Final = "rg-warehouse"
OTHER_SCOPE: Final = f"{story.SCOPE}/resourceGroups/{OTHER_GROUP}"
STOCK: Final = f"{OTHER_SCOPE}/providers/Microsoft.Logic/workflows/stock-levels"
FAR_WORKSPACE: Final = (
    f"/subscriptions/{story.LOG_SUBSCRIPTION}/resourceGroups/rg-soc/providers"
    "/Microsoft.OperationalInsights/workspaces/law-soc"
)
_YEAR: Final = 365
STRANGER_APP: Final = guid("identity", "reporting")


def untidy_tenant(now: datetime) -> Tenant:
    """The bad tenant, with the rows that tidy ones don't have; `hardening.harden` makes its own Logic Apps good."""
    tenant = bad_tenant(now)
    add_odd_resources(tenant, OTHER_SCOPE, now)
    add_odd_people(tenant)
    return tenant


def bad_tenant(now: datetime) -> Tenant:
    """The demo's integration and its Standard sister with every mistake, and the strangers beside them."""
    tenant = empty_tenant(now)
    tenant.add_group(story.SUBSCRIPTION, OTHER_GROUP)
    tenant.add_subscription(story.LOG_SUBSCRIPTION)
    tenant.add_group(story.LOG_SUBSCRIPTION, "rg-soc")
    tenant.add(logs.workspace(FAR_WORKSPACE, now, days=_YEAR))
    _add_consumption(tenant, now)
    _add_strangers(tenant, now)
    _add_standard(tenant, now)
    _add_storage(tenant)
    _add_people(tenant)
    _add_history(tenant, now)
    tenant.add(firewall_policy(FIREWALL, mode="Detection"))
    tenant.add(gateway(GATEWAY, firewall=FIREWALL, header=PLAIN_GATEWAY))
    return tenant


def open_definition() -> Body:
    """As demo/sample/exports/crm-sync.json, and a step that tells the shop: a literal token, on plain http."""
    notify = {
        "type": "Http",
        "runAfter": {"Create_record": ["Succeeded"]},
        "inputs": {
            "method": "POST",
            "uri": "http://shop.acme.example/hooks/orders",
            "headers": {"Authorization": PLAIN_BEARER},
            "authentication": {"type": "Basic", "username": "shop", "password": PLAIN_BASIC},
        },
    }
    report = {
        "type": "Http",
        "runAfter": {},
        "inputs": {
            "method": "POST",
            "uri": "https://prod-02.westeurope.logic.azure.com/workflows/0/triggers/manual/paths/invoke"
            f"?api-version=2016-10-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={PLAIN_SIGNATURE}",
        },
    }
    # Nested, where a tool that looks at the top level alone sees nothing (logic-apps reference 2.1).
    after = {"type": "Scope", "runAfter": {"Notify_shop": ["Failed"]}, "actions": {"Tell_operations": report}}
    steps = {"Create_record": flows.create_record(), "Keep_order": flows.keep_blob()}
    return flows.definition(
        {"When_an_order_arrives": flows.request_trigger()},
        {**steps, "Notify_shop": notify, "On_failure": after},
    )


def _add_consumption(tenant: Tenant, now: datetime) -> None:
    account = story.STORAGE.rpartition("/")[2]
    tenant.add(connections.salesforce(story.CONNECTION, now))
    tenant.add(connections.with_key(BLOB_CONNECTION, "azureblob", now, accountName=account))
    parameters = flows.connections_value(story.CONNECTION, BLOB_CONNECTION)
    tenant.add(flows.workflow(story.WORKFLOW, open_definition(), now, parameters=parameters))


def _add_strangers(tenant: Tenant, now: datetime) -> None:
    """A workflow of others in the group, and one elsewhere: both use the connection (reference 1.11)."""
    parameters = flows.connections_value(story.CONNECTION)
    for path, table in ((NEWSLETTER, "Contact"), (STOCK, "Product2")):
        code = flows.definition(
            {"Every_hour": flows.recurrence_trigger(now)}, {"Create_record": flows.create_record(table)}
        )
        tenant.add(flows.workflow(path, code, now, access={}, parameters=parameters))
    tenant.set_diagnostics(NEWSLETTER, logs.setting(NEWSLETTER, enabled=False, workspace=FAR_WORKSPACE))
    # On, but whether it is kept for a year stands where this caller may not look (reference 1.9).
    tenant.set_diagnostics(STOCK, logs.setting(STOCK, workspace=FAR_WORKSPACE))


def _add_standard(tenant: Tenant, now: datetime) -> None:
    tenant.add(connections.salesforce(story.STANDARD_CONNECTION, now, version="V2"))
    for one in (story.SITE_IDENTITY, STRANGER_APP):
        tenant.add(connections.access_policy(story.STANDARD_CONNECTION, one))
    tenant.add(sites.site(story.SITE, kind=sites.KINDS[1], principal=story.SITE_IDENTITY))
    tenant.add(
        sites.config_web(
            story.SITE,
            minTlsVersion="1.0",
            scmMinTlsVersion="1.0",
            ftpsState="AllAllowed",
            remoteDebuggingEnabled=True,
        )
    )
    tenant.add(sites.authentication(story.SITE, required=False))
    for name in ("scm", "ftp"):
        tenant.add(sites.publishing(story.SITE, name, allow=True))
    used = sites.managed_connection(story.STANDARD_CONNECTION, "salesforce")
    used["authentication"] = {"type": "Raw", "scheme": "Key", "parameter": PLAIN_KEY}
    step = flows.create_record()
    step["inputs"]["host"] = {"connection": {"referenceName": "salesforce"}}
    code = flows.definition({"When_an_order_arrives": flows.request_trigger()}, {"Create_record": step})
    tenant.add(sites.site_workflow(story.SITE, "orders", code, {"salesforce": used}))


def _add_storage(tenant: Tenant) -> None:
    """Accounts without a log; one that forgets what was logged after a month."""
    weak = {"allowSharedKeyAccess": True, "minimumTlsVersion": "TLS1_0", "supportsHttpsTrafficOnly": False}
    for one in (story.STORAGE, story.STANDARD_STORAGE):
        tenant.add(logs.storage_account(one, **weak))
    tenant.add(logs.storage_account(story.ARCHIVE))
    tenant.add(logs.lifecycle(story.ARCHIVE, 30, prefix="insights-logs-workflowruntime"))


def _add_people(tenant: Tenant) -> None:
    people.assign(tenant, people.OWNER, story.CONTRACTOR, "User", story.GROUP_SCOPE)
    people.assign(tenant, people.LOGIC_CONTRIBUTOR, guid("user", "intern"), "User", story.STANDARD_SCOPE)
    people.assign(tenant, people.OWNER, story.OPERATIONS, "Group", story.SCOPE)
    people.assign(tenant, people.CONTRIBUTOR, story.DEPLOYER, "ServicePrincipal", story.GROUP_SCOPE)
    people.assign(tenant, people.READER, tenant.caller, "ServicePrincipal", story.SCOPE)


def _add_history(tenant: Tenant, now: datetime) -> None:
    """What the contractor did; and a deployment whose outputs keep a signed URL in plain text (reference 1.8)."""
    done = (
        (story.CONNECTION, "Microsoft.Web/connections/write", 12),
        (story.WORKFLOW, "Microsoft.Logic/workflows/triggers/listCallbackUrl/action", 11),
        (story.WORKFLOW, "Microsoft.Logic/workflows/write", 9),
    )
    for resource, operation, days in done:
        when = now - timedelta(days=days)
        tenant.events.append(logs.event(resource, operation, when, caller="contractor@acme.example"))
    tenant.add(_deployment(now - timedelta(days=9)))


def _deployment(when: datetime) -> Body:
    url = f"https://prod-02.westeurope.logic.azure.com/workflows/0/triggers/manual/paths/invoke?sig={PLAIN_SIGNATURE}"
    return {
        "id": f"{story.GROUP_SCOPE}/providers/Microsoft.Resources/deployments/crm-sync",
        "name": "crm-sync",
        "type": "Microsoft.Resources/deployments",
        "properties": {
            "templateHash": "9876543210987654321",
            "parameters": {},
            "mode": "Incremental",
            "provisioningState": "Succeeded",
            "timestamp": stamp(when),
            "duration": "PT12.3456789S",
            "correlationId": guid("deployment", when),
            "providers": [],
            "dependencies": [],
            "outputs": {"callbackUrl": {"type": "String", "value": url}},
            "outputResources": [{"id": story.WORKFLOW}],
        },
    }
