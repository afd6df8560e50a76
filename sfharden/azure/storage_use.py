"""Which storage accounts a workflow uses, and which of their services: by connections, and by HTTP to their hosts.

Connectors and hosts: Azure Logic Apps documentation; Azure Storage, endpoints of storage services (reference §1.9).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sfharden.azure.expressions import certain_start
from sfharden.azure.flow_code import told_references
from sfharden.azure.index import AzureIndex, value
from sfharden.azure.objects import get, kind, mapping, text
from sfharden.azure.salesforce_use import tells_connector
from sfharden.azure.side import references_in
from sfharden.azure.steps import steps_of
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource

SERVICES: Final = {
    "azureblob": "blobServices",
    "azurequeues": "queueServices",
    "azuretables": "tableServices",
    "azurefile": "fileServices",
}
_HOST: Final = re.compile(r"https?://([a-z0-9-]+)\.(blob|queue|table|file|dfs)\.(?:core\.|storage\.)", re.I)
_OF_HOST: Final = {
    "blob": "blobServices",
    "dfs": "blobServices",
    "queue": "queueServices",
    "table": "tableServices",
    "file": "fileServices",
}


@dataclass(frozen=True, slots=True)
class StorageUse:
    """A service of an account; the account's name is empty where it isn't told, and `why` says so."""

    account: str
    service: str
    where: str
    why: str = ""


def storage_uses(index: AzureIndex, flow: AzureResource, definition: Any) -> Iterator[StorageUse]:
    """What a workflow uses. Raises CannotTell where it isn't told what it does."""
    if not isinstance(definition, dict):
        raise CannotTell("its definition was not read", flow.where("/properties/definition"))
    try:
        told_references(flow)
    except CannotTell as reason:
        yield StorageUse("", "", reason.where or flow.where(), reason.reason)
    for reference in references_in(index, flow):
        if not tells_connector(reference.api):
            why = f"of which connector its connection '{reference.key}' is isn't told"
            yield StorageUse("", "", flow.where(), why)
        service = SERVICES.get(reference.api.rpartition("/")[2].rstrip("')]").casefold())
        if service:
            yield _by_connection(index, reference.connection, service, flow)
    for step in steps_of(definition):
        if step.body is None:
            raise CannotTell(
                f"its step '{step.path}' can't be understood", flow.where("/properties/definition")
            )
        if kind(step.body) in ("http", "httpwebhook"):
            yield from _by_http(flow, step.path, get(step.body, "inputs"))


def _by_connection(index: AzureIndex, connection: str, service: str, flow: AzureResource) -> StorageUse:
    try:
        found = index.resource(connection, f"the connection {connection.rpartition('/')[2]}")
        for path in (
            "properties.nonSecretParameterValues.accountName",
            "properties.parameterValues.accountName",
            "properties.parameterValueSet.values.accountName.value",
        ):
            named = text(value(found, path).value)
            if named and not named.startswith("*"):
                host = _HOST.match(named)
                return StorageUse(host[1] if host else named, service, found.where())
        return StorageUse("", service, found.where(), "its connection doesn't tell which account it uses")
    except CannotTell as reason:
        return StorageUse("", service, flow.where(), reason.reason)


def _by_http(flow: AzureResource, step: str, inputs: Any) -> Iterator[StorageUse]:
    holders = [inputs, *(get(inputs, part) for part in ("subscribe", "unsubscribe"))]
    for uri in (get(holder, "uri") for holder in holders):
        if uri is None:
            continue
        start = certain_start(text(uri), {})
        found = _HOST.match(start.text)
        if found:
            yield StorageUse(found[1].lower(), _OF_HOST[found[2].lower()], flow.where())
        elif not start.whole and start.text.count("/") < 3:
            why = f"step '{step}' calls a host that the file doesn't tell"
            yield StorageUse("", "", flow.where(), why)


def settings_of(site: AzureResource) -> dict[str, Any]:
    """The app settings of a site, where a file holds them; masked. ARM answers them only to who may list them."""
    listed = get(site.document, "properties", "siteConfig", "appSettings")
    if isinstance(listed, list):
        return {text(get(one, "name")): get(one, "value") for one in listed}
    return mapping(listed)
