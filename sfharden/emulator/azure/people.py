"""Roles and who has them, as the authorization provider answers them (reference 1.11)."""

from collections.abc import Sequence
from typing import Any, Final

from sfharden.emulator.azure.naming import guid
from sfharden.emulator.azure.paths import subscription_of
from sfharden.emulator.azure.tenant import Body, Tenant

OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR: Final = "b24988ac-6180-42a0-ab88-20f7382dd24c"
ACCESS_ADMINISTRATOR: Final = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
READER: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
LOGIC_CONTRIBUTOR: Final = "87a39d53-fc1b-424a-814c-f7e04687dc9e"
LOGIC_OPERATOR: Final = "515c2055-d9d4-4321-b1b9-bd0c9a0f79fe"
STANDARD_READER: Final = "4accf36b-2c05-432f-91c8-5c532dff4c73"
_MADE: Final = "2024-04-03T09:30:11.5905444Z"

# Contributor may do all but give rights: the three that are taken away are documented (reference 1.11, logic-apps 5.3).
_NOT_GIVING: Final = (
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
)
_BUILT_IN: Final[tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...]] = (
    (OWNER, "Owner", ("*",), ()),
    (CONTRIBUTOR, "Contributor", ("*",), _NOT_GIVING),
    (ACCESS_ADMINISTRATOR, "User Access Administrator", ("*/read", "Microsoft.Authorization/*"), ()),
    (READER, "Reader", ("*/read",), ()),
    (
        LOGIC_CONTRIBUTOR,
        "Logic App Contributor",
        (
            *("Microsoft.Authorization/*/read", "Microsoft.Insights/diagnosticSettings/*"),
            *("Microsoft.Logic/*", "Microsoft.Resources/subscriptions/resourceGroups/read"),
            *("Microsoft.Storage/storageAccounts/listkeys/action", "Microsoft.Storage/storageAccounts/read"),
            *(
                "Microsoft.Web/connectionGateways/*",
                "Microsoft.Web/connections/*",
                "Microsoft.Web/sites/functions/listSecrets/action",
            ),
        ),
        (),
    ),
    (
        LOGIC_OPERATOR,
        "Logic App Operator",
        (
            *(
                "Microsoft.Authorization/*/read",
                "Microsoft.Logic/*/read",
                "Microsoft.Logic/workflows/disable/action",
            ),
            *("Microsoft.Logic/workflows/enable/action", "Microsoft.Logic/workflows/validate/action"),
            *("Microsoft.Web/connections/*/read", "Microsoft.Web/customApis/*/read"),
        ),
        (),
    ),
    (
        STANDARD_READER,
        "Logic Apps Standard Reader (Preview)",
        (
            "Microsoft.Web/sites/workflows/read",
            "Microsoft.Web/sites/workflowsconfiguration/read",
            "Microsoft.Web/connections/*/read",
        ),
        (),
    ),
)


def role(
    name: str,
    title: str,
    actions: Sequence[str],
    *,
    denied: Sequence[str] = (),
    places: Sequence[str] = ("/",),
) -> Body:
    """A role. One that is assignable in places only is a custom role."""
    custom = tuple(places) != ("/",)
    permissions = {
        "actions": list(actions),
        "notActions": list(denied),
        "dataActions": [],
        "notDataActions": [],
    }
    return {
        "properties": {
            "roleName": title,
            "type": "CustomRole" if custom else "BuiltInRole",
            "description": title,
            "assignableScopes": list(places),
            "permissions": [permissions],
            "createdOn": _MADE,
            "updatedOn": _MADE,
            "createdBy": None,
            "updatedBy": None,
        },
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{name}",
        "type": "Microsoft.Authorization/roleDefinitions",
        "name": name,
    }


def built_in_roles() -> list[Body]:
    """The roles that every tenant has, as far as they matter here."""
    return [role(name, title, actions, denied=denied) for name, title, actions, denied in _BUILT_IN]


def assign(tenant: Tenant, role_name: str, principal: str, kind: str, scope: str, **more: Any) -> Body:
    """Give a role to a principal at a scope; `more` are properties such as a condition."""
    subscription = subscription_of(scope) or next(iter(tenant.subscriptions))
    name = guid("assignment", role_name, principal, scope)
    row = {
        "properties": {
            "roleDefinitionId": f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role_name}",
            "principalId": principal,
            "principalType": kind,
            "scope": scope,
            "condition": None,
            "conditionVersion": None,
            "createdOn": _MADE,
            "updatedOn": _MADE,
            "createdBy": guid("user", "administrator"),
            "updatedBy": guid("user", "administrator"),
            "delegatedManagedIdentityResourceId": None,
            "description": None,
            **more,
        },
        "id": f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "type": "Microsoft.Authorization/roleAssignments",
        "name": name,
    }
    tenant.assignments.append(row)
    return row


def deny(tenant: Tenant, actions: Sequence[str], scope: str, *, excluded: Sequence[str] = ()) -> Body:
    """Keep everyone from actions at a scope, but for the excluded (reference 1.11)."""
    name = guid("denial", scope, *actions)
    row = {
        "properties": {
            "denyAssignmentName": f"Deny {name[:8]}",
            "description": None,
            "permissions": [
                {"actions": list(actions), "notActions": [], "dataActions": [], "notDataActions": []}
            ],
            "scope": scope,
            "doNotApplyToChildScopes": False,
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "excludePrincipals": [{"id": one, "type": "ServicePrincipal"} for one in excluded],
            "isSystemProtected": True,
        },
        "id": f"{scope.rstrip('/')}/providers/Microsoft.Authorization/denyAssignments/{name}",
        "type": "Microsoft.Authorization/denyAssignments",
        "name": name,
    }
    tenant.deny_assignments.append(row)
    return row


def eligible(tenant: Tenant, role_name: str, principal: str, scope: str) -> Body:
    """A role that a person may take when it is needed: no assignment yet (reference 1.11, PIM)."""
    name = guid("eligible", role_name, principal, scope)
    row = {
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role_name}",
            "principalId": principal,
            "principalType": "User",
            "scope": scope,
            "status": "Provisioned",
            "memberType": "Direct",
            "startDateTime": _MADE,
            "endDateTime": None,
        },
        "id": f"{scope.rstrip('/')}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/{name}",
        "type": "Microsoft.Authorization/roleEligibilityScheduleInstances",
        "name": name,
    }
    tenant.eligible.append(row)
    return row
