"""A control of Standard apps isn't about an integration that has none, nor one of Consumption workflows about one without."""

from collections.abc import Iterable, Iterator
from typing import Final

from sfharden.azure.flow_code import flow_code, told_references
from sfharden.azure.salesforce_use import tells_connector
from sfharden.azure.side import AzureSide, references_in, site_workflows
from sfharden.checks.azure.common import Judge, azure_subject, judge_each
from sfharden.checks.common import Context, Verdict, not_applicable
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, WORKFLOWS, AzureResource
from sfharden.text.wording import count, show_names

_CALLED: Final = {WORKFLOWS: "Consumption workflow", SITES: "Standard app"}
_LISTS: Final = {WORKFLOWS: "Microsoft.Logic/workflows", SITES: "Microsoft.Web/sites"}


def judge_hosted(context: Context, kind: str, judge: Judge) -> Iterator[Verdict]:
    """A verdict for each of the integration's apps of one kind; not applicable where it surely has none."""
    side = context.azure
    own = tuple(one for one in side.apps if one.type == kind)
    if not own and (looked_at := _surely_none(side, kind)):
        yield not_applicable(azure_subject(context), f"There is no {_CALLED[kind]}: {looked_at}.")
        return
    yield from judge_each(side, own, judge, "azure-workflow")


def judge_connections(context: Context, judge: Judge) -> Iterator[Verdict]:
    """A verdict for each of the integration's Salesforce connections; not applicable where its apps surely use none."""
    side = context.azure
    if (
        not side.connections
        and not side.not_found
        and side.apps
        and not any(_may_use_one(side, one) for one in _code(side))
    ):
        names = show_names(one.shown for one in side.apps)
        said = f"There is no Salesforce connection: none of its apps uses one ({names})."
        yield not_applicable(azure_subject(context), said)
        return
    yield from judge_each(side, side.connections, judge, "azure-connection")


def _surely_none(side: AzureSide, kind: str) -> str:
    """What was looked at; empty where one may not have been read."""
    if any(one.kind == "azure-workflow" for one in side.not_found) or not side.apps:
        return ""
    if side.entry.workflows:
        names = show_names(one.shown for one in side.apps)
        return f"the integration file names {count(len(side.apps), 'app')} ({names})"
    subscriptions = _subscriptions((*side.apps, *side.connections))
    if all(_was_listed(side, one, kind) for one in subscriptions):
        return f"all of {count(len(subscriptions), 'subscription')} were looked through"
    return ""


def _subscriptions(resources: Iterable[AzureResource]) -> tuple[str, ...]:
    return tuple({one.subscription.casefold(): one.subscription for one in resources}.values())


def _was_listed(side: AzureSide, subscription: str, kind: str) -> bool:
    try:
        side.index.whole(f"/subscriptions/{subscription}/providers/{_LISTS[kind]}")
    except CannotTell:
        return False
    return True


def _code(side: AzureSide) -> Iterator[AzureResource]:
    """The workflows of all apps; of a Standard app that wasn't read whole the app itself, which has no code."""
    yield from side.workflows
    for site in side.sites:
        try:
            yield from site_workflows(side, site)
        except CannotTell:
            yield site


def _may_use_one(side: AzureSide, flow: AzureResource) -> bool:
    """Whether a workflow's connections aren't told, or one of them not what it leads to."""
    try:
        flow_code(flow)
        told_references(flow)
    except CannotTell:
        return True
    found = references_in(side.index, flow)
    return any(one.is_salesforce or not tells_connector(one.api) for one in found)
