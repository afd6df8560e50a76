"""Who and what the tenants are about. One story with the demo's org: its Logic App is in demo/sample/exports.

Addresses are of the blocks kept for documentation (RFC 5737).
"""

from typing import Final

from sfharden.emulator.azure.naming import guid

SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000001"
LOG_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000002"
MANAGEMENT_GROUP: Final = "acme"
REGION: Final = "westeurope"
SCOPE: Final = f"/subscriptions/{SUBSCRIPTION}"

GROUP: Final = "rg-integration"
STANDARD_GROUP: Final = "rg-integration-standard"
LOG_GROUP: Final = "rg-logs"
GROUP_SCOPE: Final = f"{SCOPE}/resourceGroups/{GROUP}"
STANDARD_SCOPE: Final = f"{SCOPE}/resourceGroups/{STANDARD_GROUP}"
LOG_SCOPE: Final = f"{SCOPE}/resourceGroups/{LOG_GROUP}"

WORKFLOW: Final = f"{GROUP_SCOPE}/providers/Microsoft.Logic/workflows/crm-sync"
CONNECTION: Final = f"{GROUP_SCOPE}/providers/Microsoft.Web/connections/salesforce"
SITE: Final = f"{STANDARD_SCOPE}/providers/Microsoft.Web/sites/crm-sync-standard"
STANDARD_CONNECTION: Final = f"{STANDARD_SCOPE}/providers/Microsoft.Web/connections/salesforce-standard"
WORKSPACE: Final = f"{LOG_SCOPE}/providers/Microsoft.OperationalInsights/workspaces/law-acme"
STORAGE: Final = f"{GROUP_SCOPE}/providers/Microsoft.Storage/storageAccounts/stcrmsync"
STANDARD_STORAGE: Final = f"{STANDARD_SCOPE}/providers/Microsoft.Storage/storageAccounts/stcrmsyncstd"
ARCHIVE: Final = f"{LOG_SCOPE}/providers/Microsoft.Storage/storageAccounts/starchive"

# As in demo/sample/exports/crm-sync.json, whose calls the demo's org sees.
CONNECTOR_EGRESS: Final = (
    *("192.0.2.10", "192.0.2.11", "192.0.2.32/29"),
    *("203.0.113.20", "203.0.113.21", "203.0.113.64/29"),
)
WORKFLOW_EGRESS: Final = ("192.0.2.200", "192.0.2.201")
ENTRANCE: Final = ("192.0.2.210",)
OPERATOR: Final = "198.51.100.7"
CALLERS: Final = "198.51.100.16-198.51.100.31"  # the shop that sends the orders
SITE_EGRESS: Final = ("192.0.2.220", "192.0.2.221")

OPERATIONS: Final = guid("group", "operations")
AUDITORS: Final = guid("group", "auditors")
DEPLOYER: Final = guid("service principal", "deployer")
SITE_IDENTITY: Final = guid("identity", "crm-sync-standard")
FLOW_IDENTITY: Final = guid("identity", "crm-sync")
CONTRACTOR: Final = guid("user", "contractor")
# What an integration file would let pass: the group that runs the platform, and the pipeline.
ALLOWED_PRINCIPALS: Final = (OPERATIONS, DEPLOYER, FLOW_IDENTITY, SITE_IDENTITY)
SHOP_APP: Final = guid("application", "shop")
