"""Who may do what: assignments, roles, denials, and rights that wait to be taken (reference 1.11)."""

import re
from collections.abc import Iterable
from typing import Final

from sfharden.emulator.azure.listing import page
from sfharden.emulator.azure.paths import Target, covers, key, subscription_of
from sfharden.emulator.azure.refusals import bad_request, forbidden, no_resource, no_role
from sfharden.emulator.azure.tenant import Body, Tenant
from sfharden.emulator.wire import Request

_AUTHORIZATION: Final = "microsoft.authorization/"
ASSIGNMENTS: Final = _AUTHORIZATION + "roleassignments"
DEFINITIONS: Final = _AUTHORIZATION + "roledefinitions"
DENIALS: Final = _AUTHORIZATION + "denyassignments"
ELIGIBLE: Final = _AUTHORIZATION + "roleeligibilityscheduleinstances"
ACCESS_KINDS: Final = frozenset({ASSIGNMENTS, DEFINITIONS, DENIALS, ELIGIBLE})
_PRINCIPAL: Final = re.compile(r"(?:principalId eq|assignedTo\()\s*'([^']*)'\)?", re.I)
_TYPE: Final = re.compile(r"type eq '([^']*)'", re.I)


def access_answer(tenant: Tenant, request: Request, target: Target) -> Body:
    """The answer to a call of the authorization provider."""
    if target.kind == DEFINITIONS:
        return _role(tenant, target) if target.single else page(request, *_roles(tenant, request, target))
    if target.kind == ELIGIBLE and not tenant.pim_readable:
        # Reading them is another right than Reader's in the calls of PIM; the reference only says: not in the list.
        raise forbidden(
            tenant.caller, "Microsoft.Authorization/roleEligibilityScheduleInstances/read", target.scope
        )
    rows = {ASSIGNMENTS: tenant.assignments, DENIALS: tenant.deny_assignments, ELIGIBLE: tenant.eligible}
    if target.single:
        return _named(rows[target.kind], target)
    found = at_scope(tenant, rows[target.kind], target.scope, request.query.get("$filter", ""))
    return page(request, found, tenant.page_size)


def at_scope(tenant: Tenant, rows: Iterable[Body], scope: str, condition: str) -> list[Body]:
    """With `atScope()` what holds at the scope and above; without it what stands below, too (reference 1.11)."""
    above = set(tenant.above(scope))
    narrow = "atscope()" in condition.lower()
    principal = _PRINCIPAL.search(condition)
    if condition and not narrow and not principal:
        raise bad_request(f"The filter '{condition}' is not supported.")
    return [
        one
        for one in rows
        if (key(_scope(one)) in above or (not narrow and covers(scope, _scope(one))))
        and (principal is None or one["properties"].get("principalId") == principal[1])
    ]


def _scope(row: Body) -> str:
    return str(row["properties"]["scope"])


def _named(rows: Iterable[Body], target: Target) -> Body:
    for one in rows:
        if key(one["id"]) == key(target.path):
            return one
    raise no_resource(target.kind, target.names[-1], "")


def _roles(tenant: Tenant, request: Request, target: Target) -> tuple[list[Body], int]:
    wanted = _TYPE.search(request.query.get("$filter", ""))
    above = tenant.above(target.scope)
    rows = [
        _seen_from(one, target.scope)
        for one in tenant.role_definitions
        if (wanted is None or one["properties"]["type"].lower() == wanted[1].lower())
        and any(key(place) in above for place in one["properties"]["assignableScopes"])
    ]
    return rows, tenant.page_size


def _role(tenant: Tenant, target: Target) -> Body:
    """A role by its last segment: built-in ones have the prefix of whatever subscription asks (reference 1.11)."""
    for one in tenant.role_definitions:
        if one["name"].lower() == target.names[-1].lower():
            return _seen_from(one, target.scope)
    raise no_role(target.path)


def _seen_from(role: Body, scope: str) -> Body:
    subscription = subscription_of(scope)
    prefix = f"/subscriptions/{subscription}" if subscription else ""
    return {**role, "id": f"{prefix}/providers/Microsoft.Authorization/roleDefinitions/{role['name']}"}
