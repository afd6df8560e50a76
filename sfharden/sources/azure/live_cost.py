"""What reading Azure costs in calls, and which right each needs: told before any is made."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sfharden.azure.question_rights import right_of
from sfharden.azure.questions import question_called
from sfharden.model.azure import AzureEntry, segment_after


class AzureCall(NamedTuple):
    """One kind of call: what it's for, which right it needs, how often it's made at least, and what adds to that."""

    purpose: str
    right: str
    least: int
    more: str = ""


def calls_of_azure(entries: Sequence[AzureEntry]) -> Iterator[AzureCall]:
    """The calls of a reading, in the order in which an answer leads to the next question."""
    named = [name for entry in entries for name in entry.workflows]
    connections = sum(len(entry.connections) for entry in entries)
    places = [*named, *(name for entry in entries for name in entry.connections)]
    subscriptions = len({segment_after(one, "subscriptions").casefold() for one in places} - {""}) or 1
    groups = len({"/".join(one.split("/")[:5]).casefold() for one in places if one.startswith("/")}) or 1
    flows = len(named)
    yield from _of_subscriptions(subscriptions)
    yield from _of_flows(flows)
    yield _call("connection", "state, kind, who signed in", connections, "1 per connection in use")
    yield _call("connection-access", "who may use the connection", connections, "1 per connection")
    yield _call("workflow-roles", "who may do what, inherited rights too", groups, "1 per group")
    yield _call("workflow-denials", "what is denied", groups, "1 per group")
    yield _call("workflow-eligible", "rights that wait to be taken", groups, "1 per group")
    yield _call("role", "what each role allows", 0, "1 per role that is given")
    yield from _of_logs(flows)


def _of_subscriptions(subscriptions: int) -> Iterator[AzureCall]:
    what = "who else is there, and who else uses the connection"
    yield _call("subscription-workflows", what, subscriptions, "1 per 50 workflows; 1 per group if refused")
    yield _call("subscription-sites", what, subscriptions)
    yield _call("subscription-connections", what, subscriptions)
    yield _call("subscription-diagnostics", "whether changes are recorded", subscriptions)
    yield _call("subscription-alerts", "whether somebody is told of changes", subscriptions)
    yield _call(
        "management-group-diagnostics",
        "the same, from above",
        0,
        "1 per management group that shows",
    )


def _of_flows(flows: int) -> Iterator[AzureCall]:
    yield _call("workflow", "definition and access control", flows, "1 per workflow")
    yield _call("workflow-events", "whether its keys were changed, 90 days back", flows, "1 per workflow")
    yield _call("site", "HTTPS, identity, network", 0, "1 per Standard app")
    yield _call("site-config", "TLS, FTP, who may call", 0, "1 per Standard app")
    yield _call("site-sign-in", "who must sign in", 0, "1 per Standard app")
    yield _call("site-publishing-scm", "basic publishing credentials", 0, "2 per Standard app")
    yield _call("site-workflows", "its workflows", 0, "1 per Standard app, 1 per workflow in it")


def _of_logs(flows: int) -> Iterator[AzureCall]:
    yield _call(
        "workflow-diagnostics", "whether runs are recorded", flows, "1 per workflow, app and storage service"
    )
    yield _call("workflow-log-categories", "what the group `audit` holds", 0, "1 where one is sent")
    yield _call("workspace", "how long logs are kept", 0, "1 per workspace that gets some")
    yield _call("workspace-AzureDiagnostics", "how long its tables keep them", 0, "1 per table")
    yield _call("storage", "accounts that get logs or are used", 0, "1 per account")
    yield _call("storage-lifecycle", "when logs are deleted", 0, "1 per account that gets some")
    yield _call(
        "subscription-storage", "where an account is that is used", 0, "1 per subscription, if one is used"
    )


def _call(name: str, purpose: str, least: int, more: str = "") -> AzureCall:
    return AzureCall(purpose, right_of(question_called(name)), least, more)
