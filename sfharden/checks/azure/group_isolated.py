"""Whether others share the connection, or the resource group that it is in (AzSK 110)."""

from collections.abc import Iterator

from sfharden.azure.neighbours import (
    group_of,
    require_group,
    require_references,
    seen_in_group,
    strangers,
    subscription_of,
    users_of,
)
from sfharden.azure.side import AzureSide
from sfharden.checks.azure.common import azure_check
from sfharden.checks.azure.hosting import judge_connections
from sfharden.checks.common import Context, NoParameters, Verdict, failed, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count, show_names


def judge_group_isolated(context: Context, _: NoParameters) -> Iterator[Verdict]:
    """No workflow or Standard app of others shares the connection, or its resource group."""
    side = context.azure
    yield from judge_connections(context, lambda one, about: _judge(side, one, about))


def _judge(side: AzureSide, connection: AzureResource, subject: Subject) -> Verdict:
    group, subscription = group_of(connection), subscription_of(connection)
    if not connection.group or not connection.subscription:
        raise CannotTell("which resource group the connection is in isn't told", connection.where())
    users, unsure = strangers(side, users_of(side.index, connection))
    mates, unsure_too = strangers(side, seen_in_group(side.index, group))
    if users or mates:
        return _shared(subject, users, mates)
    if reason := unsure or unsure_too:
        raise reason
    if any(one.kind == "azure-workflow" for one in side.not_found):
        raise CannotTell("a workflow of the integration was not found, so whose the others are isn't sure")
    require_group(side.index, group, subscription)
    require_references(side.index, subscription)
    return _alone(side, connection, subject)


def _shared(
    subject: Subject,
    users: dict[str, AzureResource],
    mates: dict[str, AzureResource],
) -> Verdict:
    said: list[str] = []
    if users:
        said.append(f"{count(len(users), 'workflow')} of others may use it: {_names(users)}.")
    if only := {key: one for key, one in mates.items() if key not in users}:
        said.append(f"Its resource group holds {count(len(only), 'app')} of others: {_names(only)}.")
    evidence = [
        Evidence(what=what, observed=one.shown, expected="none", source=one.where())
        for what, found in (("uses the connection", users), ("in the resource group", only))
        for _, one in sorted(found.items())
    ]
    return failed(subject, " ".join(said), *evidence)


def _names(found: dict[str, AzureResource]) -> str:
    return show_names(one.shown for one in found.values())


def _alone(side: AzureSide, connection: AzureResource, subject: Subject) -> Verdict:
    own = sorted(one.shown for one in seen_in_group(side.index, group_of(connection)))
    evidence = Evidence(
        what="workflows and Standard apps of the resource group",
        observed=show_names(own) if own else "none",
        expected="the integration's own",
        source=group_of(connection),
    )
    said = (
        "Nobody else's workflow is in its resource group, and none of the subscription uses it."
        " Standard apps use it by its access policies (connection-access-policies)."
    )
    return passed(subject, said, evidence)


CHECKS = {"azure_group_isolated": azure_check(NoParameters, judge_group_isolated)}
