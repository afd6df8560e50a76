"""Changes of the connection are recorded, and somebody is told (control-plane monitoring).

`Administrative` of a subscription's activity log, or of a management group above it (Azure Monitor, activity log; reference
§1.10). The 90 days that the platform keeps by itself are no evidence for this control.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pydantic import Field

from sfharden.azure.alerts import watches
from sfharden.azure.assignments import ASSIGNMENTS
from sfharden.azure.index import AzureIndex
from sfharden.azure.log_settings import SETTINGS, log_settings
from sfharden.azure.objects import get, text
from sfharden.checks.azure.common import azure_check, judge_each
from sfharden.checks.azure.kept import Tables, judge_kept
from sfharden.checks.common import Context, Verdict, failed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import AzureResource, key_of
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Severity, Status, Subject

_CATEGORY: Final = "Administrative"
_TABLES: Final = Tables("AzureActivity", "insights-activity-logs")
_GROUPS: Final = "/providers/microsoft.management/managementgroups/"


class ControlPlane(Model):
    """For at least so many days."""

    least_days: int = Field(default=90, ge=1)


def judge_control_plane(context: Context, parameters: ControlPlane) -> Iterator[Verdict]:
    """The activity log of each connection's subscription is sent to where it's kept."""
    side = context.azure
    yield from judge_each(
        side,
        side.connections,
        lambda one, subject: _judge(side.index, one, subject, parameters.least_days),
        "azure-connection",
    )


def _judge(index: AzureIndex, one: AzureResource, subject: Subject, least: int) -> Verdict:
    if not one.subscription:
        raise CannotTell("the file doesn't tell its subscription", one.where())
    path = f"/subscriptions/{one.subscription}/{SETTINGS}"
    above = _above(index, one)
    settings, unread = log_settings(row for place in (path, *above) for row in index.rows(place))
    sending = [setting for setting in settings if setting.sends(_CATEGORY, audit=False)]
    if sending:
        verdict = judge_kept(index, subject, "Changes of it are", sending, _TABLES, least)
        looked_at = any(setting.workspace or setting.others for setting in sending)
        return _with_alert(index, one, verdict, looked_at) if verdict.status is Status.PASS else verdict
    if any(setting.may_send(_CATEGORY) for setting in settings):
        raise CannotTell(f"a setting may send {_CATEGORY}, and it isn't told whether it does", path)
    _require_none(index, path, frozenset(above))
    if unread:
        raise unread
    evidence = Evidence(
        what="diagnostic settings",
        observed="none sends Administrative",
        expected="Administrative sent",
        source=path,
    )
    return failed(subject, "Changes of it are recorded nowhere but in the 90 days of the platform.", evidence)


def _require_none(index: AzureIndex, path: str, above: frozenset[str]) -> None:
    """Raise CannotTell unless all was read that might send what the subscription and the groups above it don't."""
    index.whole(path, "the subscription's diagnostic settings")
    groups = list(_groups(index))
    if not groups:
        raise CannotTell(
            "the subscription sends nothing; whether a management group above it does was not read", path
        )
    for group in groups:
        rows = index.whole(group, "a management group's diagnostic settings")
        if rows and group not in above:
            raise CannotTell("whether a management group is above the subscription isn't told", group)


def _above(index: AzureIndex, connection: AzureResource) -> list[str]:
    """The settings of management groups that are above it: an assignment that is in force there tells that."""
    rows = index.rows(f"{connection.id}/{ASSIGNMENTS}")
    scopes = {key_of(text(get(row.document, "properties", "scope"))) for row in rows}
    ending = f"/{SETTINGS.casefold()}"
    return [path for path in _groups(index) if key_of(path).removesuffix(ending) in scopes]


def _groups(index: AzureIndex) -> Iterator[str]:
    """The settings of management groups that were read, all or in part."""
    listed = {one.path for one in index.snapshot.lists} | {gap.path for gap in index.snapshot.gaps}
    return (
        path
        for path in sorted(listed)
        if key_of(path).startswith(_GROUPS) and key_of(path).endswith(SETTINGS.casefold())
    )


def _with_alert(index: AzureIndex, connection: AzureResource, verdict: Verdict, looked_at: bool) -> Verdict:
    """A pass with who is told; an alert that isn't seen is said to be none only where all were read.

    In an account of storage alone it is recorded and nobody looks: a warning, unless an alert tells (reference §1.10).
    """
    path = f"/subscriptions/{connection.subscription}/providers/Microsoft.Insights/activityLogAlerts"
    if any(watches(alert, connection) for alert in index.rows(path)):
        return replace(verdict, message=f"{verdict.message} An alert tells somebody.")
    try:
        index.whole(path)
        said = "No alert of its subscription tells anybody."
    except CannotTell as reason:
        if not looked_at:
            raise CannotTell(f"it's kept in storage alone, and {reason.reason}", path) from None
        said = "Whether an alert tells anybody was not read."
    if not looked_at:
        text = f"{verdict.message} In storage alone nobody looks at it. {said}"
        return failed(verdict.subject, text, *verdict.evidence, severity=Severity.LOW)
    return replace(verdict, message=f"{verdict.message} {said}")


CHECKS = {"azure_connection_changes_recorded": azure_check(ControlPlane, judge_control_plane)}
