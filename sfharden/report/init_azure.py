"""The Azure side of an integration file that `init` writes: what uses Salesforce there, who reaches it, and what it calls from."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.azure.assignments import ASSIGNMENTS, ELIGIBLE, RoleAssignment, Roles, assigned
from sfharden.azure.index import AzureIndex
from sfharden.azure.objects import get, text
from sfharden.azure.salesforce_use import MAY_USE
from sfharden.azure.side import AzureSide, azure_side, references_of, site_workflows, use_in
from sfharden.checks.azure_foreseen import place_of
from sfharden.egress.report import LIST_NAMES
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource, AzureSnapshot, segment_after
from sfharden.model.egress import Origin
from sfharden.model.integration import (
    EDIT_ADDRESS,
    EDIT_LOGIC_APP,
    EDIT_PRINCIPAL,
    EDIT_WORKFLOW,
    Egress,
)
from sfharden.report.init_lines import comments, guess, quoted
from sfharden.text.redact import safe_text
from sfharden.text.wording import shorten

_INNER: Final = " " * 6
_ROW: Final = " " * 8


def azure_lines(read: AzureSnapshot) -> Iterator[str]:
    """The entry `azure` with what was found by use of the Salesforce connector; who is meant, only a person knows."""
    side = azure_side(AzureIndex(read), None)
    yield "    # The Azure side. Take out what isn't this integration's; with a workflow or app its entry under egress, too."
    unread = [f"Not all was read: {one.name}: {one.reason}" for one in side.not_found]
    yield from comments([*unread, *_unsure(side)], none="")
    yield "    azure:"
    yield from _workflows({_name(one): why for one, why in _apps(side)})
    yield from _connections({_name(one): _used_by(one, side) for one in side.connections})
    yield f"{_INNER}# Whose roles and access policies reach these, by object id; write down those that should"
    yield f"{_INNER}# (`az ad user show --id OBJECT-ID` tells who one is; `az ad group show`, `az ad sp show`):"
    reaching = _reaching(side)
    yield from comments((line for line, reads in reaching if not reads), indent=_INNER)
    if any(reads for _, reads in reaching):
        yield f"{_INNER}# By the names of their roles these only read:"
        yield from comments((line for line, reads in reaching if reads), indent=_INNER)
    yield f"{_INNER}allowed_principals: [{quoted(EDIT_PRINCIPAL)}]   # EDIT"
    yield f"{_INNER}allowed_callers: [{EDIT_ADDRESS}]   # EDIT: from where its triggers may be called"
    yield f"{_INNER}data_readers: [{EDIT_ADDRESS}]   # EDIT: from where the data of its runs may be read"
    yield f"{_INNER}# repository: DIR   # a copy of the workflows' code, relative to where sfharden runs"


def _name(resource: AzureResource) -> str:
    """What to name it by: its id, or where a template or project has none by its name."""
    return resource.id if resource.id.startswith("/subscriptions/") else resource.shown


def apps_found(read: AzureSnapshot) -> int:
    """How many workflows and Standard apps use Salesforce; of several some may be others'."""
    return sum(1 for _ in _apps(azure_side(AzureIndex(read), None)))


def _workflows(found: dict[str, str]) -> Iterator[str]:
    """Of several nobody but a person knows which are this integration's: a stranger among them must not pass as its own."""
    yield f"{_INNER}workflows:"
    yield from _rows(found)
    if len(found) != 1:
        why = "take out those of others, then this line" if found else "none was found; its id, or GROUP/NAME"
        yield f"{_ROW}- {quoted(EDIT_WORKFLOW)}   # EDIT: {why}"


def _connections(found: dict[str, str]) -> Iterator[str]:
    if found:
        yield f"{_INNER}connections:"
        yield from _rows(found)


def _rows(found: dict[str, str]) -> Iterator[str]:
    for id_, why in found.items():
        yield guess(why, _ROW)
        yield f"{_ROW}- {quoted(id_)}"


def _apps(side: AzureSide) -> Iterator[tuple[AzureResource, str]]:
    for flow in side.workflows:
        yield flow, f"it {_use_of([flow])}"
    for site in side.sites:
        flows = _flows_of(side, site)
        if any(use_in(side.index, flow).is_sure for flow in flows):
            yield site, f"a Standard app, which {_use_of(flows)}"


def _use_of(flows: Iterable[AzureResource]) -> str:
    used = [one for flow in flows for one in references_of(flow) if one.is_salesforce]
    if not used:
        return "calls Salesforce by HTTP, or by a connection that it doesn't call so"
    return f"uses the Salesforce connection {shorten(tuple(dict.fromkeys(one.connection.rpartition('/')[2] or one.key for one in used)))}"


def _flows_of(side: AzureSide, site: AzureResource) -> list[AzureResource]:
    try:
        return list(site_workflows(side, site))
    except CannotTell:
        return []


def _unsure(side: AzureSide) -> Iterator[str]:
    """Apps of which it isn't told whether they use Salesforce: another's, or this integration's."""
    for missing in side.not_found:
        if missing.reason.startswith(MAY_USE):
            yield f"Not told whether it uses Salesforce: {missing.name}: {missing.reason.removeprefix(f'{MAY_USE}: ')}"
    for site in side.sites:
        try:
            flows = list(site_workflows(side, site))
        except CannotTell as reason:
            yield f"Not told whether it uses Salesforce: {site.id}: {reason.reason}"
            continue
        if any(get(one.document, "properties", "files") is None for one in flows):
            yield f"Not told whether it uses Salesforce: {site.id}: the code of a workflow was not read"


def _used_by(connection: AzureResource, side: AzureSide) -> str:
    flows = [*side.workflows, *(one for site in side.sites for one in _flows_of(side, site))]
    keys = [
        one.shown
        for one in flows
        for reference in references_of(one)
        if reference.connection.casefold() == connection.id.casefold()
    ]
    return (
        f"of the Salesforce connector, used by {shorten(tuple(dict.fromkeys(keys))) or 'none that was read'}"
    )


def _reaching(side: AzureSide) -> list[tuple[str, bool]]:
    """One line a principal, and whether all its roles are called readers'."""
    found: dict[str, dict[str, bool]] = {}
    kinds: dict[str, str] = {}
    roles = Roles(side.index)
    for resource in (*side.apps, *side.connections):
        for what, words in ((ASSIGNMENTS, ""), (ELIGIBLE, "may take ")):
            for row in assigned(side.index.rows(f"{resource.id}/{what}"), resource.id).rows:
                kinds.setdefault(row.principal, row.kind)
                role = _role(roles, row, side.index)
                told = f"{words}{role} in {_place(row.scope)}"
                found.setdefault(row.principal, {})[told] = role.endswith("Reader")
        for policy in side.index.rows(f"{resource.id}/accessPolicies"):
            if owner := text(get(policy.document, "properties", "principal", "identity", "objectId")):
                found.setdefault(owner, {})[f"access policy of {resource.name}"] = False
    return [(_line(one, kinds.get(one, ""), found[one]), all(found[one].values())) for one in sorted(found)]


def _line(principal: str, kind: str, told: Iterable[str]) -> str:
    return f"{principal}{f' ({kind})' if kind else ''}: {'; '.join(told)}"


def _role(roles: Roles, row: RoleAssignment, index: AzureIndex) -> str:
    try:
        return roles.read(row).name
    except CannotTell:
        if roles.known(row):
            return roles.name_of(row)
    if index.absence(row.role):
        return f"a role whose definition is gone ({row.role_key})"
    return f"a role that was not read ({row.role_key})"


def _place(scope: str) -> str:
    """The scope in words; of one resource its name."""
    inside = scope.casefold().partition("/resourcegroups/")[2].partition("/providers/")[2]
    group = segment_after(scope, "resourcegroups")
    return f"{group}/{scope.rpartition('/')[2]}" if inside else place_of(scope)


def egress_lines(listed: Egress, read: AzureSnapshot) -> Iterator[str]:
    """The entries of `egress` by what Azure lists; what it doesn't tell, or may be others', stays to be replaced."""
    when = f"on {read.taken_at:%Y-%m-%d}" if read.taken_at else "in the files given"
    for origin in listed.origins:
        yield guess(_listed(origin, when), _INNER)
        yield f"{_INNER}- ranges:"
        yield from (f"{_INNER}    - {quoted(one)}" for one in origin.addresses.ranges())
    if listed.gaps or not listed.origins:
        yield f"{_INNER}# Azure doesn't tell all of it:"
        yield from comments((f"{gap.what}: {gap.reason}" for gap in listed.gaps), indent=_INNER)
        yield f"{_INNER}- logic_app: {EDIT_LOGIC_APP}   # EDIT: a file that tells the rest, or a service tag (below)"
    elif apps_found(read) > 1:
        yield f"{_INNER}- logic_app: {EDIT_LOGIC_APP}   # EDIT: take out what others call from, then this line"


def _listed(origin: Origin, when: str) -> str:
    name = safe_text(origin.name, limit=80)
    return (
        f"the {LIST_NAMES[origin.kind]} of {name} as Azure listed them {when}; "
        "they change: `sfharden egress --azure -i FILE` tells"
    )
