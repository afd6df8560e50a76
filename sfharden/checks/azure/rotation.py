"""AzSK 190: the access keys behind a trigger's signed address are changed from time to time.

`Microsoft.Logic/workflows/regenerateAccessKey/action` in the activity log, which answers 90 days (reference §0.10, §1.12).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pydantic import Field

from sfharden.azure.index import value
from sfharden.azure.objects import get, moment, text
from sfharden.azure.side import AzureSide
from sfharden.azure.triggers import triggers_of
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.common import Context, Verdict, failed, manual, not_applicable, passed
from sfharden.facts.values import CannotTell
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.base import Model, is_moment
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import show_names

LOG_DAYS: Final = 90  # the activity log answers no older event
_EVENTS: Final = "providers/Microsoft.Insights/eventtypes/management/values"
_ROTATES: Final = "microsoft.logic/workflows/regenerateaccesskey/action"
_OLD: Final = "microsoft.logic/workflows/accesskeys/regenerate/action"
_OF_OLD_API: Final = "By an action of the older API: show that it changed the key which signs its addresses."


class Rotation(Model):
    """At least every so many days."""

    most_days: int = Field(default=LOG_DAYS, ge=1)


def judge_rotation(context: Context, parameters: Rotation) -> Iterator[Verdict]:
    """Within the days of the policy, each workflow's access keys were regenerated."""
    side = context.azure
    yield from judge_each(
        side,
        side.apps,
        lambda one, subject: _judge(context, side, one, subject, parameters.most_days),
        "azure-workflow",
    )


def _judge(context: Context, side: AzureSide, one: AzureResource, subject: Subject, most: int) -> Verdict:
    if one.type == SITES:
        return manual(
            subject,
            "Azure doesn't tell when keys of a Standard app's triggers were changed: ask who runs it.",
        )
    triggers = triggers_of(value(one, "properties.definition.triggers").value, one.where())
    if triggers.others and not triggers.requests:
        named = show_names(triggers.others)
        raise CannotTell(f"whether its trigger {named} has a signed address is not known", one.where())
    if not triggers.requests:
        return not_applicable(subject, "It has no Request trigger, so no signed address.")
    state = value(one, "properties.accessControl.triggers.sasAuthenticationPolicy.state")
    if text(state.value).casefold() == "disabled":
        return not_applicable(
            subject, "Signed addresses are switched off.", seen("sasAuthenticationPolicy", state)
        )
    path = f"/subscriptions/{one.subscription}/{_EVENTS}?resource={one.key}"
    changes = {
        operation: _evidence(at, most, event)
        for event in side.index.rows(path)
        for operation, at in _changed(event)
        if timedelta(0) <= context.read_at - at <= timedelta(days=most)
    }
    if found := changes.get(_ROTATES):
        return passed(subject, f"Its keys were changed on {found.observed}.", found)
    if found := changes.get(_OLD):  # that it counts is inferred (reference §1.12)
        return manual(subject, _OF_OLD_API, found)
    side.index.whole(path, "its events in the activity log")
    if most > LOG_DAYS:
        return manual(
            subject,
            f"Not within the {LOG_DAYS} days that the activity log tells; ask who changed the keys before.",
        )
    return failed(
        subject,
        f"No change of its keys within {most} days is in the activity log.",
        Evidence(
            what="regenerateAccessKey", observed="no event", expected=f"within {most} days", source=path
        ),
    )


def _changed(event: AzureResource) -> Iterator[tuple[str, datetime]]:
    """The action by which keys were changed, and when; nothing of other events, and of what didn't succeed."""
    operation = text(get(event.document, "operationName", "value")).casefold()
    at = moment(get(event.document, "eventTimestamp"))
    succeeded = text(get(event.document, "status", "value")).casefold() == "succeeded"
    if succeeded and operation in (_ROTATES, _OLD) and at and is_moment(at):
        yield operation, at


def _evidence(at: datetime, most: int, event: AzureResource) -> Evidence:
    return Evidence(
        what="regenerateAccessKey",
        observed=f"{at:%Y-%m-%d}",
        expected=f"within {most} days",
        source=event.where(),
    )


CHECKS = {"azure_keys_rotated": azure_check(Rotation, judge_rotation)}
