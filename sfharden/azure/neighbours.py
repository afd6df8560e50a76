"""What else runs where an integration's connection is: workflows and Standard apps of its group, and of its subscription."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.azure.flow_code import told_references
from sfharden.azure.index import AzureIndex, value
from sfharden.azure.objects import get
from sfharden.azure.side import (
    SITE_WORKFLOWS,
    AzureSide,
    is_called,
    is_logic_app,
    references_of,
    site_workflows,
    use_in,
)
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, WORKFLOWS, AzureForm, AzureResource, key_of, parent_of

_LISTS: Final = {WORKFLOWS: "providers/Microsoft.Logic/workflows", SITES: "providers/Microsoft.Web/sites"}
# A template holds what one deployment makes; the group may hold more, and it may never be deployed.
_DEPLOYED: Final = frozenset({AzureForm.REST, AzureForm.GRAPH, AzureForm.POWERSHELL, AzureForm.TERRAFORM})


def group_of(resource: AzureResource) -> str:
    """The path of its resource group."""
    return parent_of(resource.id, 4)


def subscription_of(resource: AzureResource) -> str:
    """The path of its subscription."""
    return f"/subscriptions/{resource.subscription}"


def seen_in_group(index: AzureIndex, group: str) -> Iterator[AzureResource]:
    """The deployed workflows and Standard apps of a group that were read, however."""
    below = f"{key_of(group)}/"
    for kind in (WORKFLOWS, SITES):
        for one in index.of_type(kind):
            if one.key.startswith(below) and one.form in _DEPLOYED and _runs_workflows(one):
                yield one


def _runs_workflows(one: AzureResource) -> bool:
    return one.type == WORKFLOWS or is_logic_app(one)


def require_group(index: AzureIndex, group: str, subscription: str) -> None:
    """Raise CannotTell unless all workflows and sites of a group were listed, and each site says what it is."""
    for kind, path in _LISTS.items():
        for one in _listed(index, group, subscription, path):
            if kind == SITES and not isinstance(get(one.document, "kind"), str):
                raise CannotTell(f"whether {one.shown} is a Logic App isn't told", one.where())


def _listed(index: AzureIndex, group: str, subscription: str, path: str) -> tuple[AzureResource, ...]:
    """By the group's own list, or by the subscription's, which holds it. Raises CannotTell for the group's."""
    name = f"{path.rpartition('/')[2]} of the resource group {group.rpartition('/')[2]}"
    try:
        return index.whole(f"{group}/{path}", name)
    except CannotTell as reason:
        try:
            found = index.whole(f"{subscription}/{path}")
        except CannotTell:
            raise reason from None
    return tuple(one for one in found if one.key.startswith(f"{key_of(group)}/"))


def require_references(index: AzureIndex, subscription: str) -> None:
    """Raise CannotTell unless all workflows of a subscription were read, so that one using a connection would be seen."""
    path = f"{subscription}/{_LISTS[WORKFLOWS]}"
    for row in index.whole(path, "the workflows of the subscription, of which others may use the connection"):
        one = index.find(row.id) or row
        try:
            is_told = not value(one, "properties.definition").is_absent and all(
                reference.connection for reference in told_references(one)
            )
        except CannotTell:
            is_told = False
        if not is_told:
            raise CannotTell(f"which connections {one.shown} uses isn't told", one.where())


def users_of(index: AzureIndex, connection: AzureResource) -> Iterator[AzureResource]:
    """The deployed workflows and Standard apps that were read and name a connection, wherever they are."""
    for one in index.of_type(WORKFLOWS):
        if one.form in _DEPLOYED and refers_to(one, connection):
            yield one
    for one in index.of_type(SITE_WORKFLOWS):
        if one.form in _DEPLOYED and refers_to(one, connection):
            yield index.find(parent_of(one.id)) or one


def refers_to(flow: AzureResource, connection: AzureResource) -> bool:
    """Whether a workflow names the connection."""
    return any(key_of(one.connection) == connection.key for one in references_of(flow) if one.connection)


def is_own(side: AzureSide, one: AzureResource) -> bool:
    """Whether a workflow or app is the integration's, or one that its file lets be a neighbour.

    Where the file names no workflows, those that use its connection are its. Raises CannotTell where a Standard app may.
    """
    if any(is_called(one, name) for name in side.entry.neighbours):
        return True
    if one.type == SITE_WORKFLOWS:
        raise CannotTell(f"the app of the workflow {one.shown} was not read", one.where())
    if side.entry.workflows:
        return any(one.key == own.key for own in side.apps)
    if one.type == SITES:
        return any(_uses_one(side, flow) for flow in site_workflows(side, one))
    return _uses_one(side, one)


def _uses_one(side: AzureSide, flow: AzureResource) -> bool:
    """Of the connections that the file names; without names, whether it calls Salesforce. Raises CannotTell."""
    if side.entry.connections:
        return any(refers_to(flow, one) for one in side.connections)
    use = use_in(side.index, flow)
    if use.why:
        raise CannotTell(f"whether {flow.shown} uses Salesforce isn't told: {use.why}", flow.where())
    return use.is_sure


def strangers(
    side: AzureSide, found: Iterable[AzureResource]
) -> tuple[dict[str, AzureResource], CannotTell | None]:
    """Those of others by their key, and why it isn't sure of one whose it is."""
    others: dict[str, AzureResource] = {}
    unsure: CannotTell | None = None
    for one in found:
        try:
            if not is_own(side, one):
                others[one.key] = one
        except CannotTell as reason:
            unsure = unsure or reason
    return others, unsure
