"""What was read of Azure to where an integration calls from: the lists that Azure gives of its workflows and apps.

The steps and lists of a resource are judged as those of an exported file are; secrets are masked before, and hosts stay.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sfharden.azure.index import AzureIndex
from sfharden.azure.side import AzureSide, azure_side, site_workflows
from sfharden.azure.workflows import find_workflows
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureEntry, AzureResource, AzureSnapshot
from sfharden.model.egress import EgressGap, Origin, OriginKind, Reading, is_filled
from sfharden.model.integration import Egress, Integration, egress_of
from sfharden.sources.logic_apps import reading_of

_UNNAMED: Final = "the integration file doesn't say which workflows are this integration's (azure:)"
_APP_KINDS: Final = ("azure-workflow", "azure-site")
_NOTHING: Final = "no workflow that uses the Salesforce connector was read"
_AZURE: Final = "Azure"


def outgoing_of(
    read: AzureSnapshot, entry: AzureEntry | None, name: str = "", declared: Iterable[Origin] = ()
) -> Egress:
    """Where the integration's Logic Apps call from, by what Azure lists of them; without an entry all that use Salesforce.

    What only a service tag tells is no gap where one of the declared origins is that tag.
    """
    side = azure_side(AzureIndex(read), entry)
    named = entry is not None and bool(entry.workflows)
    readings = [*_readings(side, named=named), *_not_found(side)]
    if not readings:
        readings = [Reading(file=_AZURE, gaps=(EgressGap(reason=_NOTHING),))]
    tags = [one for one in declared if one.kind is OriginKind.TAG]
    return egress_of((_without(one, tags) for one in readings), name)


def _without(reading: Reading, tags: list[Origin]) -> Reading:
    gaps = tuple(gap for gap in reading.gaps if not is_filled(gap, tags, ()))
    return reading.model_copy(update={"gaps": gaps})


def listed_of(read: AzureSnapshot, one: Integration, every: Sequence[Integration]) -> Egress:
    """What Azure lists of one integration. Of several each must name its own: what uses Salesforce might be another's."""
    if one.azure is None and len(every) > 1:
        return egress_of([Reading(file=_AZURE, gaps=(EgressGap(reason=_UNNAMED),))], one.name)
    return outgoing_of(read, one.azure, one.name, one.egress.origins)


def _readings(side: AzureSide, *, named: bool) -> Iterator[Reading]:
    for flow in side.workflows:
        yield reading_of(_shown(flow), find_workflows(_raw(flow)))
    for site in side.sites:
        reading = _of_site(side, site)
        # Nobody named it, and nothing in it calls Salesforce: another Standard app of the subscription.
        if named or reading.calls or not _is_idle(reading):
            yield reading


def _is_idle(reading: Reading) -> bool:
    """Whether all was read of an app, and no step in it may call Salesforce."""
    return not reading.calls and not any(not gap.filled_by for gap in reading.gaps)


def _of_site(side: AzureSide, site: AzureResource) -> Reading:
    """An app with its workflows: whose steps call, and from where."""
    file = _shown(site)
    try:
        flows = [_raw(one) for one in site_workflows(side, site)]
    except CannotTell as reason:
        return Reading(file=file, gaps=(EgressGap(reason=reason.reason),))
    return reading_of(file, find_workflows({"value": [_raw(site), *flows]}))


def _not_found(side: AzureSide) -> Iterator[Reading]:
    for missing in side.not_found:
        if missing.kind in _APP_KINDS:
            yield Reading(file=missing.name, gaps=(EgressGap(reason=missing.reason),))


def _raw(resource: AzureResource) -> dict[str, Any]:
    """The answer as Azure gives it."""
    return {**resource.document, "id": resource.id, "type": resource.type, "name": resource.name}


def _shown(resource: AzureResource) -> str:
    return resource.file or f"{_AZURE}: {resource.name} of {resource.group}"
