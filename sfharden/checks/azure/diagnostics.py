"""AzSK 200: runs are recorded by diagnostic settings, and the records are kept."""

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from sfharden.azure.index import AzureIndex
from sfharden.azure.log_settings import AUDIT, CATEGORIES, SETTINGS, log_settings
from sfharden.azure.objects import get, text
from sfharden.checks.azure.common import azure_check, judge_each
from sfharden.checks.azure.kept import Tables, judge_kept
from sfharden.checks.common import Context, Verdict, failed, unknown
from sfharden.model.azure import AzureResource
from sfharden.model.base import Model
from sfharden.model.results import Evidence, Subject
from sfharden.text.wording import count

# Category of a workflow's runs, Consumption and Standard (Azure Monitor, supported resource log categories).
CATEGORY: Final = "WorkflowRuntime"
_TABLES: Final = Tables("AzureDiagnostics", "insights-logs-workflowruntime", "LogicAppWorkflowRuntime")


class Diagnostics(Model):
    """For at least so many days."""

    least_days: int = Field(default=365, ge=1)


def judge_diagnostics(context: Context, parameters: Diagnostics) -> Iterator[Verdict]:
    """Each workflow and Standard app sends its runs to where they are kept."""
    side = context.azure
    yield from judge_each(
        side,
        side.apps,
        lambda one, subject: _judge(side.index, one, subject, parameters.least_days),
        "azure-workflow",
    )


def _judge(index: AzureIndex, one: AzureResource, subject: Subject, least: int) -> Verdict:
    return judge_sent(index, one.id, subject, "Runs are", CATEGORY, _TABLES, least)


def judge_sent(
    index: AzureIndex, about: str, subject: Subject, what: str, category: str, tables: Tables, least: int
) -> Verdict:
    """A category of a resource's logs is sent somewhere, and kept there. Raises CannotTell."""
    path = f"{about}/{SETTINGS}"
    settings, unread = log_settings(index.rows(path))
    audit = AUDIT in group_members(index, about, category)
    sending = [one for one in settings if one.sends(category, audit)]
    if sending:
        return judge_kept(index, subject, what, sending, tables, least)
    whole = index.whole(path, "its diagnostic settings")
    if unread:
        raise unread
    if any(one.may_send(category) for one in settings):
        return unknown(
            subject,
            f"a setting may send {category}, and it isn't told whether it does",
            settings[0].row.where(),
        )
    observed = (
        f"none of {count(len(whole), 'setting')} sends {category}" if whole else "no diagnostic setting"
    )
    evidence = Evidence(
        what="diagnostic settings", observed=observed, expected=f"{category} sent", source=path
    )
    return failed(subject, f"{what} not recorded: {observed}.", evidence)


def group_members(index: AzureIndex, about: str, category: str) -> frozenset[str]:
    """The category groups that hold a category, as far as Azure says so."""
    rows = index.rows(f"{about}/{CATEGORIES}")
    found = (
        get(row.document, "properties", "categoryGroups")
        for row in rows
        if row.name.casefold() == category.casefold()
    )
    return frozenset(
        text(group).casefold() for groups in found if isinstance(groups, list) for group in groups
    )


CHECKS = {"azure_diagnostics_kept": azure_check(Diagnostics, judge_diagnostics)}
