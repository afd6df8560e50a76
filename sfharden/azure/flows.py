"""Flows of Power Automate, told from Logic Apps by what stands in them, whatever they are wrapped in.

A flow's JSON comes as a resource, as a file of a solution (`properties` with `connectionReferences`), as a row of
Dataverse (`clientdata`), from the legacy package, or copied from the designer. In all of them its connectors are those of
Power Apps (`/providers/Microsoft.PowerApps/apis/shared_…`), and its steps `OpenApiConnection`; a Logic App's connectors are
managed APIs of a subscription and a location (Azure Logic Apps and Power Automate documentation, and public exports).
"""

from collections.abc import Iterator
from typing import Any, Final

from sfharden.azure.objects import get, has, kind, mapping, text
from sfharden.azure.steps import steps_of

_POWER_APPS: Final = "/providers/microsoft.powerapps/"
_MANAGED: Final = ("/managedapis/", "/customapis/")
_SHARED: Final = "shared_"
_MOST_LOOKED_AT: Final = 100_000


def is_flow(definition: Any, connections: Any) -> bool:
    """True if a definition and its connections are a flow's, and no Logic App's."""
    entries = mapping(connections).values()
    steps = [step.body for step in steps_of(definition)]
    if any(map(_is_of_power_apps, entries)) or any(map(_is_flow_step, steps)):
        return True
    if any(map(_is_managed, entries)):
        return False  # a Logic App that was made from a flow keeps other traces of it
    # Flows hand over their connections' authentication so, and name their connections after Power Apps' connectors.
    named = any(_SHARED in _connection_key(body).casefold() for body in steps)
    return has(get(definition, "parameters"), "$authentication") or named


def _is_of_power_apps(entry: Any) -> bool:
    """True for a connection reference as flows have them."""
    if has(get(entry, "connection"), "connectionReferenceLogicalName"):
        return True
    if any(_POWER_APPS in one for one in _ids(entry)):
        return True
    named = text(get(entry, "api", "name")) or text(get(entry, "apiName"))
    return named.casefold().startswith(_SHARED) and not _is_managed(entry)


def _is_managed(entry: Any) -> bool:
    """True for a connection that leads to a managed or custom API of a subscription."""
    return any(mark in one for one in _ids(entry) for mark in _MANAGED)


def _ids(entry: Any) -> list[str]:
    found = (get(entry, "id"), get(entry, "api", "id"), get(entry, "apiId"))
    return [text(one).casefold() for one in found]


def _is_flow_step(body: Any) -> bool:
    host = get(body, "inputs", "host")
    api = f"{text(get(host, 'apiId'))} {text(get(host, 'api', 'runtimeUrl'))}".casefold()
    return kind(body).startswith("openapiconnection") or _POWER_APPS in api


def _connection_key(body: Any) -> str:
    host = get(body, "inputs", "host")
    return text(get(host, "connectionName")) or text(get(host, "connection", "name"))


def holds_a_definition(item: Any) -> bool:
    """True for something that isn't understood and holds the steps of a workflow somewhere."""
    waiting, seen = [item], 0
    while waiting and seen < _MOST_LOOKED_AT:
        one = waiting.pop()
        seen += 1
        if any(has(one, key) for key in ("definition", "clientdata")) or (
            has(one, "triggers") and has(one, "actions")
        ):
            return True
        waiting.extend(_parts_of(one))
    return bool(waiting)  # too much to look through


def _parts_of(value: Any) -> Iterator[Any]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (part for part in parts if isinstance(part, dict | list))
