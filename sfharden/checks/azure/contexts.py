"""Of what the controls of the Azure side are judged, and what of it was not read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sfharden.azure.index import AzureIndex
from sfharden.azure.side import azure_side
from sfharden.checks.common import Context
from sfharden.facts.index import Index
from sfharden.model.azure import AZURE, AzureSnapshot
from sfharden.model.integration import Integration
from sfharden.model.results import AzureOrigin
from sfharden.model.snapshot import Gap

_UNNAMED: Final = (
    "the integration file doesn't say which workflows and connections are this integration's (azure:)"
)


def azure_contexts(
    facts: Index, integrations: Sequence[Integration], now: datetime
) -> Iterator[tuple[Context, Integration | None]]:
    """Each integration's side; without integrations one side of all that uses Salesforce.

    Of several integrations each must name its own resources: what one doesn't name might be another's.
    """
    read = facts.snapshot.azure
    index = AzureIndex(read) if read else None
    if not integrations:
        yield Context(facts, now, _azure=azure_side(index, None) if index else None), None
    for one in integrations:
        why = "" if one.azure or len(integrations) == 1 or not index else _UNNAMED
        side = azure_side(index, one.azure) if index and not why else None
        yield (
            Context(facts, now, one, _all=tuple(integrations), _azure=side, _why_no_azure=why),
            one,
        )


def gaps_of_azure(read: AzureSnapshot | None) -> Iterator[Gap]:
    """What was not read of Azure, as a report tells it."""
    for gap in read.gaps if read else ():
        missing = f" (missing right: {gap.action})" if gap.action else ""
        yield Gap(what=gap.what, reason=f"{gap.reason}{missing}", kind=AZURE, name=gap.path)


def origin_of(read: AzureSnapshot | None) -> AzureOrigin | None:
    """What the Azure side was read from."""
    return AzureOrigin(source=read.source, cloud=read.cloud, taken_at=read.taken_at) if read else None
