"""What is logged: diagnostic settings, their categories, and the Activity Log (reference 1.9, 1.10, 0.10)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from sfharden.emulator.azure.listing import page
from sfharden.emulator.azure.paths import Target, group_of, key, resource_kind
from sfharden.emulator.azure.refusals import bad_request, no_resource
from sfharden.emulator.azure.tenant import Body, Tenant
from sfharden.emulator.wire import Request

SETTINGS: Final = "microsoft.insights/diagnosticsettings"
CATEGORIES: Final = "microsoft.insights/diagnosticsettingscategories"
EVENTS: Final = "microsoft.insights/eventtypes/values"
MONITOR_KINDS: Final = frozenset({SETTINGS, CATEGORIES, EVENTS})
_KEPT: Final = timedelta(days=90)
_CLAUSE: Final = re.compile(r"(\w+)\s+(eq|ge|le)\s+'([^']*)'", re.I)
_GROUPS_SINCE: Final = "2021-05-01-preview"


def monitor_answer(tenant: Tenant, request: Request, target: Target) -> Body:
    """The answer to a call of the monitoring provider; its lists have no pages but for the Activity Log's."""
    if target.kind == EVENTS:
        return _events(tenant, request, target)
    if target.kind == SETTINGS:
        rows = tenant.diagnostics.get(
            key(target.scope), []
        )  # no setting: 200 and an empty list (reference 0.4)
    else:
        rows = _categories(tenant, request, target)
    if not target.single:
        return {"value": rows}
    for one in rows:
        if one["name"].lower() == target.names[-1].lower():
            return one
    raise no_resource(target.kind, target.names[-1], group_of(target.scope).rpartition("/")[2])


def _categories(tenant: Tenant, request: Request, target: Target) -> list[Body]:
    """Groups of categories came with the second api-version (reference 1.3)."""
    grouped = request.query.get("api-version") == _GROUPS_SINCE
    kind = resource_kind(target.scope)
    return [_category(one, target.scope, grouped) for one in tenant.categories.get(kind, [])]


def _category(row: Body, scope: str, grouped: bool) -> Body:
    kept = ("categoryType", "categoryGroups") if grouped else ("categoryType",)
    return {
        "id": f"{key(scope)}/providers/microsoft.insights/diagnosticSettingsCategories/{row['name']}",
        "type": "microsoft.insights/diagnosticSettingsCategories",
        "name": row["name"],
        "location": None,
        "kind": None,
        "tags": None,
        "properties": {name: row[name] for name in kept if name in row},
        "identity": None,
    }


def _events(tenant: Tenant, request: Request, target: Target) -> Body:
    clauses = _clauses(request.query.get("$filter", ""))
    start = _moment(clauses.get(("eventtimestamp", "ge"), ""))
    if tenant.clock() - start > _KEPT:
        # Recorded: corpus activity-log-400-older-than-90-days.json
        raise bad_request("The start time cannot be more than 90 days in the past.", pascal=True)
    end = (
        _moment(clauses[("eventtimestamp", "le")]) if ("eventtimestamp", "le") in clauses else tenant.clock()
    )
    rows = [
        one
        for one in tenant.events
        if key(f"/subscriptions/{one['subscriptionId']}") == key(target.scope)
        and start <= _moment(one["eventTimestamp"]) <= end
        and _is_about(one, clauses)
    ]
    rows.sort(key=lambda one: str(one["eventTimestamp"]), reverse=True)
    return page(request, [_selected(one, request.query.get("$select", "")) for one in rows], tenant.page_size)


def _clauses(text: str) -> dict[tuple[str, str], str]:
    """A filter's parts. One without a start is refused, in the capitals of this provider."""
    found = {(name.lower(), verb.lower()): value for name, verb, value in _CLAUSE.findall(text)}
    if ("eventtimestamp", "ge") not in found or re.sub(r"\s+and\s+|\s", "", _CLAUSE.sub("", text)):
        raise bad_request("The filter is invalid: eventTimestamp is needed.", pascal=True)
    return found


def _moment(text: str) -> datetime:
    """A moment of a filter; without a zone it is in UTC, digits after the microseconds don't count."""
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        raise bad_request(f"The date '{text}' of the filter is invalid.", pascal=True) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_about(event: Body, clauses: dict[tuple[str, str], str]) -> bool:
    """Compared without regard to case, as all names here."""
    asked = {
        "resourceuri": event["resourceId"],
        "resourceid": event["resourceId"],
        "resourcegroupname": event["resourceGroupName"],
        "resourceprovider": event["resourceProviderName"]["value"],
    }
    return all(
        name not in asked or asked[name].lower() == value.lower() for (name, _), value in clauses.items()
    )


def _selected(event: Body, names: str) -> Body:
    wanted = {one.strip() for one in names.split(",")} if names else set(event)
    return {name: value for name, value in event.items() if name in wanted}
