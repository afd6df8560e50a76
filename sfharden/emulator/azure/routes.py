"""The gate that every call goes through, and the answers that need no more than the resources."""

from collections.abc import Callable
from typing import Final

from sfharden.emulator.azure import refusals
from sfharden.emulator.azure.access_routes import ACCESS_KINDS, DEFINITIONS, access_answer
from sfharden.emulator.azure.kinds import read_action, spelt, versions
from sfharden.emulator.azure.listing import lowered, page
from sfharden.emulator.azure.monitor_routes import MONITOR_KINDS, monitor_answer
from sfharden.emulator.azure.paths import Target, covers, group_of, key, subscription_of, target_of
from sfharden.emulator.azure.tenant import Body, Tenant
from sfharden.emulator.wire import Reply, Request, json_reply

_LIFECYCLE: Final = "microsoft.storage/storageaccounts/managementpolicies"
_CODE: Final = "microsoft.web/sites/workflows"
_MANAGEMENT: Final = "microsoft.management/managementgroups"
_WEB_LISTS: Final = frozenset({"microsoft.web/sites", "microsoft.web/serverfarms"})
# ARM leaves out of these what the caller may not see, instead of refusing (reference 2.4 says it of Resource Graph).
_FILTERED: Final = frozenset({"subscriptions", "resourcegroups", "resources", _MANAGEMENT})
_VERBS: Final = {"POST": "action", "DELETE": "delete"}


def answer(tenant: Tenant, request: Request) -> Reply:
    """What ARM answers a caller who is signed in."""
    target = target_of(request.segments)
    if target is None:
        raise refusals.unknown_kind(request.path.strip("/"))
    _check_subscription(tenant, target)
    _check_method(tenant, request, target)
    if spelt(target.kind) is None:
        raise refusals.unknown_kind(target.kind)
    _check_version(request, target)
    _check_right(tenant, target)
    _check_scope(tenant, target)
    body = _body(tenant, request, target)
    return json_reply(lowered(body) if tenant.lower_ids else body)


def _check_version(request: Request, target: Target) -> None:
    version = request.query.get("api-version")
    good = versions(target.kind, target.scope)
    if version is None:
        raise refusals.no_version()
    if version not in good:
        raise refusals.wrong_version(version, good)


def _check_method(tenant: Tenant, request: Request, target: Target) -> None:
    """Whoever may not even ask is told that: `config/{x}/list` is no right of a Reader's (reference 1.12)."""
    if request.method == "GET":
        return
    kind = target.kind if request.method == "POST" else spelt(target.kind) or target.kind
    action = f"{kind}/{_VERBS.get(request.method, 'write')}"
    if not tenant.may(action, target.path):
        raise refusals.forbidden(tenant.caller, action, target.path)
    raise refusals.not_allowed(request.method)


def _check_right(tenant: Tenant, target: Target) -> None:
    """Rights come before existence: who may not read a group isn't told what is in it."""
    if (target.kind in _FILTERED and not target.single) or (
        target.kind == DEFINITIONS and target.scope == "/"
    ):
        return
    scope = target.path if target.single else _parent(target)
    action = read_action(target.kind)
    if not tenant.may(action, scope):
        raise refusals.forbidden(tenant.caller, action, scope)


def _check_subscription(tenant: Tenant, target: Target) -> None:
    name = subscription_of(target.path)
    if name and name not in tenant.subscriptions:
        raise refusals.no_subscription(name)


def _check_scope(tenant: Tenant, target: Target) -> None:
    """What something is asked of must be there: its group, and for a list or an extension the resource itself."""
    group = group_of(target.scope)
    if group and group not in tenant.groups:
        raise refusals.no_group(target.scope.strip("/").split("/")[3])
    parent = _parent(target)
    if not tenant.exists(parent):
        kind = target_of(parent.strip("/").split("/"))
        raise _missing(kind or target)


def _parent(target: Target) -> str:
    """The resource that a child is of; the scope for all else."""
    depth = len(target.names) - target.single
    if depth < 1 or target.kind in MONITOR_KINDS or target.kind.endswith("/servicetags"):
        return target.scope
    return target.path.rsplit("/", 2 if target.single else 1)[0]


def _missing(target: Target) -> refusals.ArmRefusalError:
    group = group_of(target.scope) and target.scope.strip("/").split("/")[3]
    return refusals.no_resource(spelt(target.kind) or target.kind, "/".join(target.names), group)


def _body(tenant: Tenant, request: Request, target: Target) -> Body:
    if target.kind in ACCESS_KINDS:
        return access_answer(tenant, request, target)
    if target.kind in MONITOR_KINDS:
        return monitor_answer(tenant, request, target)
    if target.kind in _SPECIAL:
        return _SPECIAL[target.kind](tenant, request, target)
    return _one(tenant, target) if target.single else _many(tenant, request, target)


def _one(tenant: Tenant, target: Target) -> Body:
    found = tenant.find(target.path)
    if found is not None:
        return _without_code(found) if target.kind == _CODE and tenant.hide_code else found
    if target.kind == _LIFECYCLE:
        raise refusals.no_lifecycle_policy(target.names[0])
    raise _missing(target)


def _many(tenant: Tenant, request: Request, target: Target) -> Body:
    scope = target.path.rpartition("/")[0] if target.names else target.scope
    rows = list(tenant.of_kind(target.kind, scope))
    if target.kind == _CODE:
        rows = [_without_code(one) for one in rows]
    found = page(request, rows, tenant.page_size)
    return {"nextLink": None, "id": None, **found} if target.kind in _WEB_LISTS else found


def _without_code(body: Body) -> Body:
    """A Standard app's workflow as its list has it: the files come with the single one (reference 1.12, inferred)."""
    return {**body, "properties": {**body["properties"], "files": None}}


def _subscriptions(tenant: Tenant, request: Request, target: Target) -> Body:
    if target.single:
        return tenant.subscriptions[target.names[0].lower()]
    rows = [one for one in tenant.subscriptions.values() if tenant.sees(one["id"])]
    return {**page(request, rows, tenant.page_size), "count": {"type": "Total", "value": len(rows)}}


def _groups(tenant: Tenant, request: Request, target: Target) -> Body:
    if target.single:
        if key(target.path) not in tenant.groups:
            raise refusals.no_group(target.names[0])
        return tenant.groups[key(target.path)]
    rows = [body for body in tenant.groups.values() if covers(target.scope, body["id"])]
    return page(request, [one for one in rows if tenant.sees(one["id"])], tenant.page_size)


def _resources(tenant: Tenant, request: Request, target: Target) -> Body:
    """All resources of a scope, without their properties and their children."""
    rows = [
        {name: value for name, value in body.items() if name != "properties"}
        for path, body in tenant.resources.items()
        if covers(target.scope, path)
        and path.count("/") == 8
        and "/microsoft.resources/" not in path
        and tenant.sees(path)
    ]
    return page(request, rows, tenant.page_size)


def _management_groups(tenant: Tenant, request: Request, target: Target) -> Body:
    names = sorted({one for above in tenant.management_groups.values() for one in above})
    rows = [_management_group(tenant, one) for one in names]
    if not target.single:
        action = read_action(target.kind)
        return page(request, [one for one in rows if tenant.may(action, one["id"])], tenant.page_size)
    for one in rows:
        if key(one["id"]) == key(target.path):
            return one
    raise _missing(target)


def _management_group(tenant: Tenant, name: str) -> Body:
    return {
        "id": f"/providers/Microsoft.Management/managementGroups/{name}",
        "type": "Microsoft.Management/managementGroups",
        "name": name,
        "properties": {"tenantId": tenant.tenant_id, "displayName": name},
    }


def _service_tags(tenant: Tenant, _request: Request, target: Target) -> Body:
    """The address lists of a location, whose change numbers are strings here (logic-apps reference 1.6)."""
    found = tenant.service_tags.get(target.names[0].lower())
    if found is None:
        raise _missing(target)
    return found


_SPECIAL: Final[dict[str, Callable[[Tenant, Request, Target], Body]]] = {
    "subscriptions": _subscriptions,
    "resourcegroups": _groups,
    "resources": _resources,
    _MANAGEMENT: _management_groups,
    "microsoft.network/locations/servicetags": _service_tags,
}
