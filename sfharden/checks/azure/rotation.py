"""AzSK 190: the access keys behind a trigger's signed address are changed from time to time.

`Microsoft.Logic/workflows/regenerateAccessKey/action` in the activity log, which answers 90 days (reference §0.10, §1.12).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from pydantic import Field

from sfharden.azure.index import given, value
from sfharden.azure.objects import get, kind, moment, text
from sfharden.azure.side import AzureSide
from sfharden.azure.steps import steps_of
from sfharden.checks.azure.common import azure_check, judge_each, seen
from sfharden.checks.common import Context, Verdict, failed, manual, not_applicable, passed
from sfharden.model.azure import SITES, AzureResource
from sfharden.model.base import Model, is_moment
from sfharden.model.results import Evidence, Subject

LOG_DAYS: Final = 90  # the activity log answers no older event
_EVENTS: Final = "providers/Microsoft.Insights/eventtypes/management/values"
_ROTATES: Final = frozenset(
    {
        "microsoft.logic/workflows/regenerateaccesskey/action",
        "microsoft.logic/workflows/accesskeys/regenerate/action",
    }
)


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
    if not signed_triggers(one):
        return not_applicable(subject, "It has no Request trigger, so no signed address.")
    state = value(one, "properties.accessControl.triggers.sasAuthenticationPolicy.state")
    if text(state.value).casefold() == "disabled":
        return not_applicable(
            subject, "Signed addresses are switched off.", seen("sasAuthenticationPolicy", state)
        )
    path = f"/subscriptions/{one.subscription}/{_EVENTS}?resource={one.key}"
    for event in side.index.rows(path):
        if text(get(event.document, "operationName", "value")).casefold() not in _ROTATES:
            continue
        at = moment(get(event.document, "eventTimestamp"))
        succeeded = text(get(event.document, "status", "value")).casefold() == "succeeded"
        if (
            succeeded
            and at
            and is_moment(at)
            and timedelta(0) <= context.read_at - at <= timedelta(days=most)
        ):
            evidence = Evidence(
                what="regenerateAccessKey",
                observed=f"{at:%Y-%m-%d}",
                expected=f"within {most} days",
                source=event.where(),
            )
            return passed(subject, f"Its keys were changed on {at:%Y-%m-%d}.", evidence)
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


def signed_triggers(flow: AzureResource) -> list[str]:
    """The names of a workflow's Request triggers. Raises CannotTell without a definition."""
    definition = given(flow, "properties.definition").value
    triggers = get(definition, "triggers")
    names = list(triggers) if isinstance(triggers, dict) else []
    return [
        step.path
        for step in steps_of(definition)
        if step.path in names and step.body and kind(step.body) == "request"
    ]


CHECKS = {"azure_keys_rotated": azure_check(Rotation, judge_rotation)}
