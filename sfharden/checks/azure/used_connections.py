"""The connections that the workflows of a side use, whatever their connector."""

from collections.abc import Iterator

from sfharden.azure.flow_code import told_references
from sfharden.azure.side import AzureSide, Reference, references_of, site_workflows
from sfharden.checks.azure.each_flow import flow_subject
from sfharden.checks.common import Verdict, unknown
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource, key_of
from sfharden.model.results import Subject


def flows_of(side: AzureSide) -> Iterator[AzureResource]:
    """Every workflow that was read; those of Standard apps whose list is not whole among them."""
    yield from side.workflows
    for site in side.sites:
        try:
            yield from site_workflows(side, site)
        except CannotTell:
            yield from side.index.rows(f"{site.id}/workflows")


def used_connections(side: AzureSide) -> tuple[list[AzureResource], list[Verdict]]:
    """The side's connections and those that its workflows use; and unknown for each that wasn't read."""
    found = {one.key: one for one in side.connections}
    unread: dict[str, Verdict] = {}
    for flow in flows_of(side):
        try:
            told_references(flow)
        except CannotTell as reason:
            about = Subject(kind="azure-connection", name=f"those of {flow_subject(flow).name}")
            unread[flow.key] = unknown(about, reason.reason, reason.where)
        for reference in references_of(flow):
            try:
                one = side.index.resource(reference.connection, "the connection")
                found.setdefault(one.key, one)
            except CannotTell as reason:
                unread.setdefault(key_of(reference.connection), _unread(flow, reference, reason))
    for missing in side.not_found:
        if missing.kind == "azure-connection" and not _is_among(unread, missing.name):
            about = Subject(kind=missing.kind, name=missing.name)
            unread.setdefault(key_of(missing.name), unknown(about, missing.reason))
    return list(found.values()), list(unread.values())


def _is_among(unread: dict[str, Verdict], name: str) -> bool:
    wanted = name.casefold()
    return any(key.rpartition("/")[2] == wanted for key in unread)


def _unread(flow: AzureResource, reference: Reference, reason: CannotTell) -> Verdict:
    name = reference.connection.rpartition("/")[2] or f"{reference.key} of {flow_subject(flow).name}"
    return unknown(Subject(kind="azure-connection", name=name), reason.reason, flow.where())
