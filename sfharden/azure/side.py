"""The Azure side of one integration: which of the resources that were read are its workflows, sites and connections."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from sfharden.azure.connectors import SALESFORCE, connector_of, may_be
from sfharden.azure.index import AzureIndex
from sfharden.azure.objects import get, has, mapping, text
from sfharden.azure.salesforce_use import MAY_USE, SalesforceUse, api_of, salesforce_use, tells_connector
from sfharden.facts.values import CannotTell
from sfharden.model.azure import CONNECTIONS, SITES, WORKFLOWS, AzureEntry, AzureResource, key_of

SITE_WORKFLOWS: Final = "microsoft.web/sites/workflows"
_UNREAD_KINDS: Final = {WORKFLOWS: "azure-workflow", SITES: "azure-workflow", CONNECTIONS: "azure-connection"}
_ONE_RESOURCE: Final = 3  # provider, type and name
_SALESFORCE: Final = ("/managedapis/salesforce", "/managedapis/shared_salesforce")


@dataclass(frozen=True, slots=True)
class Reference:
    """A connection that a workflow uses: under which key, which connection, of which connector; ids as given."""

    key: str
    connection: str
    api: str
    authentication: str = ""

    @property
    def is_salesforce(self) -> bool:
        """True for the managed Salesforce connector."""
        return is_salesforce_api(self.api)


@dataclass(frozen=True, slots=True)
class NotFound:
    """A workflow or connection of the integration file that isn't among what was read, and why."""

    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class AzureSide:
    """The integration's resources; `entry` is what its file says of them, empty where it says nothing."""

    index: AzureIndex
    entry: AzureEntry
    workflows: tuple[AzureResource, ...]
    sites: tuple[AzureResource, ...]
    connections: tuple[AzureResource, ...]
    not_found: tuple[NotFound, ...]

    @property
    def apps(self) -> tuple[AzureResource, ...]:
        """Consumption workflows and Standard apps."""
        return (*self.workflows, *self.sites)


def azure_side(index: AzureIndex, entry: AzureEntry | None) -> AzureSide:
    """By the names of the entry; without one all that calls Salesforce."""
    if entry is None or not (entry.workflows or entry.connections):
        return _by_use(index, entry or AzureEntry())
    apps = (*index.of_type(WORKFLOWS), *logic_sites(index))
    found, missing = _named("azure-workflow", entry.workflows, apps, index)
    connections, absent = _named("azure-connection", entry.connections, index.of_type(CONNECTIONS), index)
    used, unread = _used(index, (*found, *_code_of(index, found)))
    return AzureSide(
        index,
        entry,
        tuple(one for one in found if one.type == WORKFLOWS),
        tuple(one for one in found if one.type == SITES),
        _each_once((*connections, *used)),
        (*missing, *absent, *unread, *(() if entry.connections else _unread_code(index, found))),
    )


def _by_use(index: AzureIndex, entry: AzureEntry) -> AzureSide:
    flows, unsure = _callers_of_salesforce(index)
    connections = tuple(one for one in index.of_type(CONNECTIONS) if is_salesforce_connection(one))
    sites = logic_sites(index)
    used, unread = _used(index, (*flows, *_code_of(index, sites)))
    unclear = _unclear(index, {one.name.casefold() for one in unread})
    missing = (*unsure, *unread, *unclear, *_unread(index), *_unread_code(index, sites))
    return AzureSide(index, entry, flows, sites, _each_once((*connections, *used)), missing)


def _callers_of_salesforce(index: AzureIndex) -> tuple[tuple[AzureResource, ...], tuple[NotFound, ...]]:
    """The Consumption workflows that surely call Salesforce, whatever by; and those that may."""
    found: list[AzureResource] = []
    unsure: list[NotFound] = []
    for one in index.of_type(WORKFLOWS):
        use = use_in(index, one)
        if use.is_sure:
            found.append(one)
        elif use.why:
            unsure.append(NotFound("azure-workflow", one.shown, f"{MAY_USE}: {use.why}"))
    return tuple(found), tuple(unsure)


def _unclear(index: AzureIndex, told: Container[str]) -> Iterator[NotFound]:
    """Connections that may be Salesforce's, whoever uses them; without those whose names were told before."""
    for one in index.of_type(CONNECTIONS):
        try:
            connector_of(one)
        except CannotTell as reason:
            if may_be(one, SALESFORCE) and one.name.casefold() not in told:
                yield NotFound("azure-connection", one.name, reason.reason)


def _unread(index: AzureIndex) -> Iterator[NotFound]:
    """Nobody named what is wanted, so what wasn't read may be it."""
    for gap in index.snapshot.gaps:
        kind = _UNREAD_KINDS.get(_last_type(gap.path))
        if kind:
            yield NotFound(kind, gap.path, gap.reason)


def _last_type(path: str) -> str:
    """The type that a path asks for, one or all of it: `microsoft.logic/workflows`."""
    parts = key_of(path).partition("/providers/")[2].split("/")
    return "/".join(parts[:2]) if len(parts) <= _ONE_RESOURCE else ""


def logic_sites(index: AzureIndex) -> tuple[AzureResource, ...]:
    """The Standard Logic Apps among the web apps: `workflowapp` is one of the words of `kind` (reference §0.7)."""
    return tuple(one for one in index.of_type(SITES) if is_logic_app(one))


def is_logic_app(site: AzureResource) -> bool:
    """Whether a web app runs workflows."""
    words = text(get(site.document, "kind")).casefold().split(",")
    return "workflowapp" in (word.strip() for word in words)


def _named(
    kind: str, names: Iterable[str], among: tuple[AzureResource, ...], index: AzureIndex
) -> tuple[list[AzureResource], list[NotFound]]:
    found: list[AzureResource] = []
    missing: list[NotFound] = []
    for name in names:
        alike = [one for one in among if is_called(one, name)]
        if len(alike) == 1:
            found.append(alike[0])
        else:
            missing.append(NotFound(kind, name, _why(name, alike, index)))
    return found, missing


def is_called(one: AzureResource, name: str) -> bool:
    """By id, also of a workflow inside a site; by `group/name`; by name."""
    if name.startswith("/"):
        return one.key == key_of(name) or key_of(name).startswith(f"{one.key}/workflows/")
    return name.casefold() in (one.name.casefold(), one.shown.casefold())


def _why(name: str, alike: list[AzureResource], index: AzureIndex) -> str:
    if alike:
        return f"{len(alike)} resources are called so; give its id"
    if not name.startswith("/"):
        return "nothing of that name was read"
    try:
        index.resource(name, name)
    except CannotTell as reason:
        return reason.reason
    return "it is neither a workflow nor a Standard Logic App"


def _code_of(index: AzureIndex, apps: Iterable[AzureResource]) -> Iterator[AzureResource]:
    """The workflows that were read of Standard apps: they name connections, and the app doesn't."""
    sites = tuple(f"{one.key}/workflows/" for one in apps if one.type == SITES)
    return (one for one in index.of_type(SITE_WORKFLOWS) if one.key.startswith(sites))


def _unread_code(index: AzureIndex, apps: Iterable[AzureResource]) -> Iterator[NotFound]:
    """Standard apps of which not all code was read: they may use a connection that nobody names."""
    for one in apps:
        if one.type == SITES and not _has_its_code(index, one):
            yield NotFound(
                "azure-connection",
                one.shown,
                "not all code of the Standard app was read, so it isn't known which connections it uses",
            )


def _has_its_code(index: AzureIndex, site: AzureResource) -> bool:
    try:
        rows = index.whole(f"{site.id}/workflows")
    except CannotTell:
        return False
    read = (index.find(row.id) or row for row in rows)
    return all(has(get(one.document, "properties", "files", "workflow.json"), "definition") for one in read)


def _used(
    index: AzureIndex, flows: Iterable[AzureResource]
) -> tuple[list[AzureResource], tuple[NotFound, ...]]:
    """The Salesforce connections that workflows use; and those of them that weren't read."""
    found: list[AzureResource] = []
    missing: dict[str, NotFound] = {}
    for flow in flows:
        for reference in references_in(index, flow):
            if not reference.is_salesforce and tells_connector(reference.api):
                continue
            try:
                one = index.resource(reference.connection, "the connection")
                if not reference.is_salesforce:
                    raise CannotTell("which connector it is of isn't told")
                found.append(one)
            except CannotTell as reason:
                name = reference.connection.rpartition("/")[2] or reference.key
                at = key_of(reference.connection or f"{flow.id}/{reference.key}")
                missing[at] = NotFound("azure-connection", name, reason.reason)
    return found, tuple(missing.values())


def use_in(index: AzureIndex, flow: AzureResource) -> SalesforceUse:
    """Whether a workflow calls Salesforce, by all that was read."""
    references = references_in(index, flow)
    if any(one.is_salesforce for one in references):
        return SalesforceUse(is_sure=True)
    return salesforce_use(flow, {one.key: one.api for one in references})


def references_in(index: AzureIndex, flow: AzureResource) -> tuple[Reference, ...]:
    """The same as `references_of`, with the connector as the connection tells it where the workflow doesn't."""
    return tuple(
        one if tells_connector(one.api) else replace(one, api=api_of(index, one.connection) or one.api)
        for one in references_of(flow)
    )


def references_of(flow: AzureResource) -> tuple[Reference, ...]:
    """The connections that a workflow names; of a Standard one from its `connections.json`.

    Consumption: `properties.parameters.$connections.value` (Azure Logic Apps documentation, ARM templates).
    """
    if flow.type == SITE_WORKFLOWS:
        files = get(flow.document, "properties", "files")
        listed = mapping(get(files, "connections.json", "managedApiConnections"))
    else:
        listed = mapping(get(flow.document, "properties", "parameters", "$connections", "value"))
    return tuple(_reference(key, entry) for key, entry in listed.items())


def _reference(key: str, entry: Any) -> Reference:
    ways = (
        get(entry, "connectionProperties", "authentication", "type"),
        get(entry, "authentication", "type"),
    )
    return Reference(
        key,
        text(get(entry, "connectionId")) or text(get(entry, "connection", "id")),
        text(get(entry, "api", "id")) or text(get(entry, "id")),
        next((text(one) for one in ways if one), ""),
    )


def uses_salesforce(flow: AzureResource) -> bool:
    """Whether a workflow surely calls Salesforce: by the connector, by HTTP, or by a built-in one."""
    return any(one.is_salesforce for one in references_of(flow)) or salesforce_use(flow).is_sure


def is_salesforce_connection(connection: AzureResource) -> bool:
    """Whether a connection is one of the Salesforce connector; False also where it isn't told."""
    try:
        return connector_of(connection) == SALESFORCE
    except CannotTell:
        return False


def is_salesforce_api(api: str) -> bool:
    """Whether an API's id is the managed Salesforce connector's, literally or within an expression."""
    folded = api.casefold().rstrip(")]' /")
    return folded.endswith((*_SALESFORCE, "'salesforce")) or any(
        f"{one}'" in api.casefold() for one in _SALESFORCE
    )


def _each_once(resources: Iterable[AzureResource]) -> tuple[AzureResource, ...]:
    return tuple({one.key: one for one in resources}.values())


def site_workflows(side: AzureSide, site: AzureResource) -> Iterator[AzureResource]:
    """The workflows of a Standard app; their files come with each, not with the list. Raises CannotTell unless all were read."""
    for row in side.index.whole(f"{site.id}/workflows", f"the workflows of {site.shown}"):
        yield side.index.find(row.id) or row
