"""Activity log alerts: whether one tells somebody of changes of a resource (ARM type Microsoft.Insights/activityLogAlerts)."""

from collections.abc import Iterable
from typing import Any, Final

from sfharden.azure.index import value
from sfharden.azure.objects import get, text
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource, key_of

_TYPE: Final = "microsoft.web/connections"


def watches(alert: AzureResource, connection: AzureResource) -> bool:
    """Whether it's on, covers the connection, has a receiver, and nothing narrows it away from the connection's changes."""
    try:
        on = value(alert, "properties.enabled").value is True
        scopes = value(alert, "properties.scopes").value
        receivers = value(alert, "properties.actions.actionGroups").value
        conditions = value(alert, "properties.condition.allOf").value
    except CannotTell:
        return False
    covered = any(_covers(text(scope), connection) for scope in _list(scopes))
    return (
        on
        and covered
        and bool(_list(receivers))
        and all(map(_lets_pass, _list(conditions)))
        and bool(conditions)
    )


def _covers(scope: str, connection: AzureResource) -> bool:
    return bool(scope) and f"{connection.key}/".startswith(f"{key_of(scope)}/")


def _lets_pass(condition: Any) -> bool:
    """Whether a condition lets a change of a connection pass; of `anyOf` one must; what isn't understood doesn't."""
    inner = get(condition, "anyOf")
    if isinstance(inner, list):
        return any(map(_lets_pass, inner))
    field = text(get(condition, "field")).casefold()
    wanted = [
        text(get(condition, "equals")).casefold(),
        *(text(one).casefold() for one in _list(get(condition, "containsAny"))),
    ]
    if field == "category":
        return "administrative" in wanted
    if field == "operationname":
        return f"{_TYPE}/write" in wanted
    return field == "resourcetype" and _TYPE in wanted


def _list(found: Any) -> Iterable[Any]:
    return found if isinstance(found, list) else []
